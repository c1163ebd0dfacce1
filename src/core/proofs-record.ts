import type { Parts } from "./compile.ts";
import type { Fault } from "./fault.ts";
import { reachable } from "./ways.ts";
import { nearest, quote } from "./names.ts";
import { type View, type Way, wayName } from "./proofs-view.ts";
import type { Step } from "./protocol.ts";

// What is written down: every field is asked, or written by an answer, or left out by name; and an answer writes what it
// says.

/** Every field of the record over all places. */
export function fieldProofs({ graph, fields }: Parts, views: readonly View[]): readonly Fault[] {
  const found: Fault[] = [];
  const asked = new Set(
    views.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "record" ? step.fields : []))),
  );
  const writing = views.flatMap(({ ways }) => ways.filter(({ sets }) => sets !== undefined));
  const leaves = graph.leaves ?? [];
  for (const [i, id] of leaves.entries()) {
    if (fields[id] === undefined)
      found.push({
        part: "graph",
        path: ["leaves", i],
        message: `there is no field "${id}" to leave out`,
        hint: `take it out, or use the name of a field, as "${nearest(id, Object.keys(fields))}"`,
      });
    else if (asked.has(id))
      found.push({
        part: "graph",
        path: ["leaves", i],
        message: `field "${id}" is left out by name, and a record step asks it`,
        hint: "take it out of one of the two",
      });
  }
  for (const [id, field] of Object.entries(fields)) {
    if (asked.has(id) || leaves.includes(id)) continue;
    const written = new Set(writing.flatMap(({ sets }) => sets?.[id] ?? []));
    if (written.size === 0) {
      found.push({
        part: "fields",
        path: ["fields", id],
        message: `nobody asks field "${id}", and no answer writes it`,
        hint: `ask it in a record step, or name it under leaves in the graph`,
      });
      continue;
    }
    const never = (field.choices ?? []).filter((choice) => !written.has(choice));
    if (never.length > 0)
      found.push({
        part: "fields",
        path: ["fields", id],
        message: `nobody asks field "${id}", and no answer writes ${quote(never)}`,
        hint: "let an answer write it, or ask the field in a record step",
      });
  }
  return found;
}

/** What is asked and written in one place: nothing twice, nothing without what it hangs on. */
export function recordProofs(view: View): readonly Fault[] {
  const { parts, steps, protocol } = view;
  const { fields } = parts;
  const found: Fault[] = [];
  const records = steps.filter((step) => step.kind === "record");
  const hangingOn = Map.groupBy(Object.keys(fields), (id) => fields[id]?.when?.field);
  for (const step of records) {
    const onward = reachable(protocol, [step.next]);
    for (const [i, field] of step.fields.entries()) {
      const at = (message: string, hint: string): void => {
        found.push({ part: "graph", path: ["steps", step.id, "fields", i], message, hint });
      };
      const again = records.find(({ id, fields: other }) => onward.has(id) && other.includes(field));
      if (again !== undefined || step.fields.indexOf(field) !== i)
        at(
          `field "${field}" is asked in step "${step.id}" and again in step "${again?.id ?? step.id}"`,
          "ask it in one of the two",
        );
      const on = fields[field]?.when?.field;
      if (on !== undefined && !step.fields.slice(0, i).includes(on) && canPassBy(view, step.id, on))
        at(
          `step "${step.id}" asks field "${field}", which hangs on "${on}", and a way leads here on which that is not asked`,
          `ask "${on}" before it`,
        );
      for (const hanging of hangingOn.get(field) ?? [])
        if (
          !(parts.graph.leaves ?? []).includes(hanging) &&
          !records.some(({ id, fields: all }) => all.includes(hanging) && (id === step.id || onward.has(id)))
        )
          at(
            `step "${step.id}" asks field "${field}", and nobody asks "${hanging}" after it, which hangs on it`,
            `ask "${hanging}" too, or name it under leaves`,
          );
    }
  }
  return [...found, ...writtenFaults(view)];
}

/** True when a step can be come to, from some of the starts, on a way that neither asks nor writes a field. */
function canPassBy({ protocol, starts, waysFrom }: View, id: string, field: string, from = starts): boolean {
  const reached = new Set<string>();
  const open = [...from];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    if (step === id) return true;
    const here = protocol.steps[step];
    if (here === undefined || reached.has(step) || (here.kind === "record" && here.fields.includes(field))) continue;
    reached.add(step);
    for (const way of waysFrom.get(step) ?? []) if (way.sets?.[field] === undefined) open.push(way.to);
  }
  return false;
}

/** What answers write: what they say, what goes together, and all that no record step asks. */
function writtenFaults(view: View): readonly Fault[] {
  const asking = view.steps.filter((step) => step.kind === "ask");
  const waysOf = ({ id }: Step): readonly Way[] => view.waysFrom.get(id) ?? [];
  return [
    ...unaskedFaults(view),
    ...asking.flatMap((step) =>
      waysOf(step).flatMap((way) => [...saidFaults(view, way), ...besideFaults(way, waysOf(step))]),
    ),
    ...sameWordFaults(view, asking),
  ];
}

function fault(way: Way, message: string, hint: string): Fault {
  return { part: "graph", path: [...way.path, "sets"], message: `${wayName(way)} ${message}`, hint };
}

/** What no record step asks is written on every way. */
function unaskedFaults(view: View): readonly Fault[] {
  const { ways, steps, protocol, waysFrom } = view;
  const asked = new Set(steps.flatMap((step) => (step.kind === "record" ? step.fields : [])));
  const end = steps.find(({ kind }) => kind === "end")?.id ?? "";
  const visited = reachable(protocol, [protocol.start]);
  const found: Fault[] = [];
  const told = new Set<string>();
  for (const way of ways)
    for (const field of Object.keys(way.sets ?? {})) {
      if (asked.has(field)) continue;
      const without = (waysFrom.get(way.step) ?? []).filter(({ sets }) => sets?.[field] === undefined);
      if (without.length > 0)
        found.push(
          fault(
            way,
            `writes "${field}", which ${quote(without.map(({ answer }) => answer))} of the same step do not, and no record step asks it`,
            "let every answer write it, or ask it in a record step",
          ),
        );
      else if (!told.has(field) && visited.has(way.step) && canPassBy(view, end, field, [protocol.start]))
        found.push(
          fault(
            way,
            `writes "${field}", which an end can be come to without, and no record step asks it`,
            "ask it in a record step",
          ),
        );
      told.add(field);
    }
  return found;
}

/** An answer writes what it says, with what that hangs on. */
function saidFaults({ parts: { fields } }: View, way: Way): readonly Fault[] {
  return Object.entries(way.sets ?? {}).flatMap(([field, value]) => {
    const { when, choices } = fields[field] ?? {};
    const found: Fault[] = [];
    if (when !== undefined && !when.is.includes(way.sets?.[when.field] ?? ""))
      found.push(
        fault(
          way,
          `writes "${field}", which hangs on "${when.field}", and does not write ${quote(when.is)} there`,
          `set ${when.field} too`,
        ),
      );
    if (value !== way.answer && choices?.includes(way.answer))
      found.push(
        fault(way, `writes "${value}" for "${field}", which can be "${way.answer}"`, `set ${field}: ${way.answer}`),
      );
    return found;
  });
}

/** The answer for everything else, which need not know what the others do. */
const OTHER = "other";

/** Answers that lead to the same step write the same fields, and not the same values. */
function besideFaults(way: Way, all: readonly Way[]): readonly Fault[] {
  const beside = all.filter((other) => other !== way && other.to === way.to);
  const lacks = ({ sets }: Way): readonly string[] =>
    Object.keys(sets ?? {}).filter((field) => way.sets?.[field] === undefined);
  const fuller = beside.find((other) => ![other.answer, way.answer].includes(OTHER) && lacks(other).length > 0);
  const twin = beside.find(
    (other) => way.sets !== undefined && written(other) === written(way) && all.indexOf(other) < all.indexOf(way),
  );
  return [
    ...(fuller === undefined
      ? []
      : [
          fault(
            way,
            `leads where answer "${fuller.answer}" leads and does not write ${quote(lacks(fuller))}`,
            "let both write it, or lead them apart",
          ),
        ]),
    ...(twin === undefined
      ? []
      : [fault(way, `writes the same as answer "${twin.answer}"`, "let each answer write what it says")]),
  ];
}

/** The same answer to the same question writes the same, wherever it is given: what most of them write. */
function sameWordFaults({ waysFrom }: View, asking: readonly Step[]): readonly Fault[] {
  const same = Map.groupBy(
    asking.flatMap((step) => (waysFrom.get(step.id) ?? []).map((way) => ({ step, way }))),
    ({ step, way }) => {
      const label = step.kind === "ask" ? step.answers.find(({ id }) => id === way.answer)?.label : undefined;
      return JSON.stringify([step.ask, way.answer, label]);
    },
  );
  return [...same.values()].flatMap((all) => {
    const ways = all.map(({ way }) => way);
    const [usual] = [...Map.groupBy(ways, written).values()].toSorted((a, b) => b.length - a.length)[0] ?? [];
    return ways
      .filter((way) => usual !== undefined && written(way) !== written(usual))
      .map((way) =>
        fault(
          way,
          `has the same words as ${usual === undefined ? "" : wayName(usual)} and does not write the same`,
          "let the same words write the same, or word them apart",
        ),
      );
  });
}

function written({ sets }: Way): string {
  return JSON.stringify(Object.entries(sets ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
