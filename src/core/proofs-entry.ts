import type { Parts } from "./compile.ts";
import type { Fault } from "./fault.ts";
import { nearest } from "./names.ts";
import { entrances, type Keys, type View, type Way, wayName } from "./proofs-view.ts";

// Double entry: every way stands in the files twice, where it leads from and, under `after`, where it leads to. A hand
// that slips changes one of the two.

/** Every way that its end does not name, and every name under `after` that no way has, over all places at once. */
export function entryFaults(parts: Parts, views: readonly View[]): readonly Fault[] {
  const leading = new Map<string, Map<string, Way>>();
  for (const way of [...entrances(parts), ...views.flatMap(({ ways }) => ways)]) {
    const name = `${way.step}.${way.answer}`;
    leading.set(name, (leading.get(name) ?? new Map<string, Way>()).set(way.to, way));
  }
  const named = new Map(Object.keys(parts.graph.steps).map((id) => [id, namedBy(parts, id)] as const));
  const namers = (name: string): readonly string[] =>
    [...named].filter(([, lines]) => lines.some((line) => line.name === name)).map(([id]) => id);
  const found: Fault[] = [];
  for (const [name, ends] of leading) {
    for (const [to, way] of ends) {
      const lines = named.get(to) ?? [];
      if (lines.length === 0 || lines.some((line) => line.name === name)) continue;
      const [meant] = namers(name).filter((id) => !ends.has(id));
      found.push({
        part: "graph",
        path: way.path,
        message: `${way.step === "start" || way.step === "key" ? `"${name}"` : wayName(way)} leads to "${to}", which does not name it under after`,
        hint: meant === undefined ? `add ${name} there` : `lead to "${meant}", which does, or add ${name} there`,
      });
    }
  }
  for (const [id, lines] of named) {
    const ways = [...leading].filter(([, ends]) => ends.has(id)).map(([name]) => name);
    if (lines.length === 0)
      found.push({
        part: "graph",
        path: ["steps", id],
        message: `step "${id}" does not say what leads to it`,
        hint: `add steps: ${id}: after: [${ways.join(", ")}]`,
      });
    for (const { name, path } of lines) {
      if (ways.includes(name)) continue;
      const [to] = leading.get(name)?.keys() ?? [];
      found.push({
        part: "graph",
        path,
        message:
          to === undefined
            ? `step "${id}" names ${name} under after, and there is no such way`
            : `step "${id}" names ${name} under after, which leads to "${to}"`,
        hint:
          to === undefined
            ? `take it out, or name a way, as ${nearest(name, [...leading.keys()])}`
            : `lead ${name} to "${id}", or take it out here`,
      });
    }
  }
  return found;
}

/** What a step names under `after`, in the graph and in any place's variant of it. */
function namedBy({ graph }: Parts, id: string): readonly { readonly name: string; readonly path: Keys }[] {
  const lines = (names: unknown, path: Keys) =>
    Array.isArray(names) ? names.map((name, i) => ({ name: String(name), path: [...path, "after", i] })) : [];
  return [
    ...lines(graph.steps[id]?.after, ["steps", id]),
    ...Object.entries(graph.variants ?? {}).flatMap(([place, steps]) =>
      lines(steps[id]?.["after"], ["variants", place, id]),
    ),
  ];
}
