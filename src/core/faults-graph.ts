import { withVariant, type Parts } from "./compile.ts";
import { CHOICES, type Fault } from "./fault.ts";
import { misfit } from "./field.ts";
import { nearest, quote } from "./names.ts";
import { type Graph, GraphStep } from "./graph.ts";
import { type Protocol, RETURN } from "./protocol.ts";
import { reachable, waysOut } from "./ways.ts";

// Faults of the graph: names that are not there, ways that lead nowhere.

/** Names that exist are named where they should. */
export function shapeFaults(parts: Parts): readonly Fault[] {
  const { graph } = parts;
  const found: Fault[] = [];
  const steps = Object.keys(graph.steps);
  const stepNamed = (path: readonly string[], id: string) => {
    if (id !== RETURN && !steps.includes(id))
      found.push({
        part: "graph",
        path,
        message: `there is no step "${id}"`,
        hint: `use the name of a step, as "${nearest(id, steps)}"`,
      });
  };
  stepNamed(["start"], graph.start);
  if (graph.request !== undefined) stepNamed(["request"], graph.request);
  for (const [i, id] of (graph.off ?? []).entries()) stepNamed(["off", String(i)], id);
  stepNamed(["interrupts", "danger"], graph.interrupts.danger);
  stepNamed(["interrupts", "entered"], graph.interrupts.entered);
  for (const [id, step] of Object.entries(graph.steps)) found.push(...stepFaults(parts, ["steps", id], id, step));
  for (const [setting, variants] of Object.entries(graph.variants ?? {})) {
    for (const [id, variant] of Object.entries(variants)) found.push(...variantFaults(parts, setting, id, variant));
  }
  return found;
}

/** What is wrong with a setting's own version of a step. What it leaves as it was is told where it stands. */
function variantFaults(
  parts: Parts,
  setting: string,
  id: string,
  variant: Readonly<Record<string, unknown>>,
): readonly Fault[] {
  const steps = parts.graph.steps;
  const path = ["variants", setting, id];
  const step = steps[id];
  if (step === undefined)
    return [
      {
        part: "graph",
        path,
        message: `there is no step "${id}"`,
        hint: `use the name of a step, as "${nearest(id, Object.keys(steps))}"`,
      },
    ];
  const read = GraphStep.safeParse(withVariant(step, variant));
  if (read.success)
    return stepFaults(parts, path, id, read.data).filter((fault) => String(fault.path[path.length]) in variant);
  const issue = read.error.issues[0];
  return [
    {
      part: "graph",
      path,
      message: `in a ${setting}, step "${id}" would be none: ${[...(issue?.path ?? []), issue?.message].join(": ")}`,
      hint: "change only keys that a step of its kind has",
    },
  ];
}

function stepFaults({ graph, fields }: Parts, path: readonly string[], id: string, step: GraphStep): readonly Fault[] {
  const found: Fault[] = [];
  const steps = Object.keys(graph.steps);
  const at = (keys: readonly (string | number)[], message: string, hint: string) =>
    found.push({ part: "graph", path: [...path, ...keys], message, hint });
  for (const [key, next] of nexts(step)) {
    if (next !== RETURN && !steps.includes(next))
      at(key, `there is no step "${next}"`, `use the name of a step, as "${nearest(next, steps)}"`);
  }
  for (const [i, source] of step.why.entries()) {
    if (graph.sources[source] === undefined)
      at(
        ["why", i],
        `there is no source "${source}"`,
        `add it under "sources", or use "${nearest(source, Object.keys(graph.sources))}"`,
      );
  }
  if (step.kind === "call" && !graph.roles.includes(step.role))
    at(["role"], `there is no role "${step.role}"`, `one of ${quote(graph.roles)}`);
  if (step.kind === "record") {
    if (step.next === RETURN)
      at(
        ["next"],
        "a record step cannot lead back to where an interrupt was called",
        "let a tell or ask step after it do so",
      );
    for (const [i, field] of step.fields.entries()) {
      const per = step.each ?? "incident";
      if (fields[field] === undefined)
        at(
          ["fields", i],
          `there is no field "${field}"`,
          `use the name of a field, as "${nearest(field, Object.keys(fields))}"`,
        );
      else if (fields[field].per !== per)
        at(
          ["fields", i],
          `field "${field}" is per ${fields[field].per}, this step asks per ${per}`,
          `put "each" right, or move the field`,
        );
    }
  }
  if (step.kind !== "ask") return found;
  const answers = Object.entries(step.answers);
  const named = answers.filter(([answer]) => answer !== "other");
  if (named.length === 0) at(["answers"], `step "${id}" has no answer`, "give it at least one answer");
  if (named.length > CHOICES)
    at(["answers"], `step "${id}" has ${named.length} answers`, `${CHOICES} at most, and "other"`);
  for (const [answer, { next, sets }] of answers) {
    if (sets && (next === graph.interrupts.danger || next === graph.interrupts.entered))
      at(
        ["answers", answer, "sets"],
        "an answer that leads to an interrupt cannot set a field",
        "set it in the step it leads to",
      );
    for (const [field, value] of Object.entries(sets ?? {})) {
      const why =
        fields[field] === undefined
          ? `there is no field "${field}"`
          : fields[field].per === "incident"
            ? misfit(fields[field], value)
            : `field "${field}" is per ${fields[field].per}`;
      if (why !== undefined)
        at(["answers", answer, "sets", field], why, "use a field of the visit and a value it may hold");
    }
  }
  return found;
}

/** Every way out of a step in the graph, with the keys that lead to it. */
function nexts(step: Graph["steps"][string]): readonly (readonly [readonly string[], string])[] {
  switch (step.kind) {
    case "tell":
    case "record":
      return [[["next"], step.next]];
    case "ask":
      return Object.entries(step.answers).map(([answer, { next }]) => [["answers", answer], next]);
    case "call":
    case "examine":
      return Object.entries(step.next).map(([key, next]) => [["next", key], next]);
    case "end":
      return [];
  }
}

/** No dead end, nothing unreachable, nowhere to be lost: every step can be come to, and every step can be got out of. */
export function wayFaults(graph: Graph, protocol: Protocol, place: string): readonly Fault[] {
  const { steps } = protocol;
  const gone = Object.values(steps).flatMap((step) =>
    waysOut(step)
      .filter(([, to]) => to !== RETURN && steps[to] === undefined)
      .map(([answer, to]) => ({ step, answer, to })),
  );
  if (gone.length > 0) {
    return gone.map(({ step, answer, to }) => ({
      part: "graph",
      path: ["steps", step.id],
      message: `in a ${place}, answer "${answer}" of step "${step.id}" leads to "${to}", which a ${place} does not have`,
      hint: `lead elsewhere under variants: ${protocol.setting}: ${step.id}`,
    }));
  }
  const found: Fault[] = [];
  const interrupts = [graph.interrupts.danger, graph.interrupts.entered];
  const starts = [protocol.start, ...(protocol.request === undefined ? [] : [protocol.request])];
  const reached = reachable(protocol, [...starts, ...interrupts]);
  const ending = leadingToEnd(protocol);
  const spine = reachable(protocol, starts, new Set(interrupts));
  for (const step of Object.values(steps)) {
    const path = ["steps", step.id];
    if (!reached.has(step.id))
      found.push({
        part: "graph",
        path,
        message: `in a ${place}, no answer leads to step "${step.id}"`,
        hint: "let an answer lead to it, or take it out",
      });
    if (!ending.has(step.id))
      found.push({
        part: "graph",
        path,
        message: `in a ${place}, step "${step.id}" never comes to an end`,
        hint: "give it an answer that leads on",
      });
    const back = waysOut(step).some(([, to]) => to === RETURN);
    if (back && spine.has(step.id))
      found.push({
        part: "graph",
        path,
        message: `step "${step.id}" goes back to where an interrupt was called, but can be reached without one`,
        hint: `only steps after "danger" or "entered" may lead to "${RETURN}"`,
      });
    if (step.kind === "ask" && waysOut(step).every(([, to]) => to === step.id))
      found.push({
        part: "graph",
        path,
        message: `every answer of step "${step.id}" leads to itself`,
        hint: "give it an answer that leads on",
      });
  }
  return found;
}

/** Steps from which an end can be come to. Going back to where an interrupt was called counts: every live step is got out of by itself. */
function leadingToEnd({ steps }: Protocol): ReadonlySet<string> {
  const good = new Set([
    RETURN,
    ...Object.values(steps)
      .filter((step) => step.kind === "end")
      .map((step) => step.id),
  ]);
  for (let size = -1; size !== good.size; ) {
    size = good.size;
    for (const step of Object.values(steps)) if (waysOut(step).some(([, to]) => good.has(to))) good.add(step.id);
  }
  return good;
}
