import type { Parts } from "./compile.ts";
import type { Fault } from "./fault.ts";
import { nearest, quote } from "./names.ts";
import type { Keys, PlaceView, View } from "./proofs-view.ts";

// Sources and roles: each is there for a step, and each step for it.

/** Every source is named by a step, and says when it was read; every step names one. */
export function sourceProofs(parts: Parts): readonly Fault[] {
  const { graph } = parts;
  const found: Fault[] = [];
  const at = (path: readonly (string | number)[], message: string, hint: string): void => {
    found.push({ part: "graph", path, message, hint });
  };
  const named = new Set<unknown>();
  for (const [id, { why }] of Object.entries(graph.steps)) {
    for (const source of why) named.add(source);
    if (why.length === 0)
      at(["steps", id, "why"], `step "${id}" names no source`, "name at least one of the sources that it rests on");
    const twice = why.findIndex((source, i) => why.indexOf(source) !== i);
    if (twice >= 0)
      at(["steps", id, "why", twice], `step "${id}" names the source "${why[twice]}" twice`, "once is enough");
  }
  for (const steps of Object.values(graph.variants ?? {}))
    for (const { why } of Object.values(steps)) for (const source of Array.isArray(why) ? why : []) named.add(source);
  for (const [id, { link, read }] of Object.entries(graph.sources)) {
    if (!named.has(id))
      at(["sources", id], `no step rests on the source "${id}"`, "name it under why of a step, or take it out");
    if (link.trim() === "")
      at(["sources", id, "link"], `the source "${id}" has no link`, "say where it can be read, or why nowhere");
    if (!isDay(read))
      at(
        ["sources", id, "read"],
        `the source "${id}" was read on ${read}, which is no day`,
        "a date such as 2026-11-23",
      );
  }
  return [...found, ...restFaults(parts)];
}

/** Where a protocol says which steps rest on each source, that and what each step names are the same. */
function restFaults({ graph }: Parts): readonly Fault[] {
  const { rests } = graph;
  if (rests === undefined) return [];
  const found: Fault[] = [];
  const at = (path: Keys, message: string, hint: string): void => {
    found.push({ part: "graph", path, message, hint });
  };
  const naming = new Map<string, Map<string, Keys>>();
  const name = (id: string, why: unknown, path: Keys): void => {
    for (const [i, source] of (Array.isArray(why) ? why : []).entries()) {
      const steps = naming.get(String(source)) ?? new Map<string, Keys>();
      naming.set(String(source), steps.set(id, [...path, "why", i]));
    }
  };
  for (const [id, { why }] of Object.entries(graph.steps)) name(id, why, ["steps", id]);
  for (const [place, steps] of Object.entries(graph.variants ?? {}))
    for (const [id, { why }] of Object.entries(steps)) name(`${place}.${id}`, why, ["variants", place, id]);
  for (const [source, steps] of Object.entries(rests)) {
    if (graph.sources[source] === undefined)
      at(
        ["rests", source],
        `there is no source "${source}" for steps to rest on`,
        `use the name of a source, as "${nearest(source, Object.keys(graph.sources))}"`,
      );
    for (const [i, id] of steps.entries())
      if (naming.get(source)?.has(id) !== true)
        at(
          ["rests", source, i],
          `step "${id}" rests on the source "${source}", and does not name it under why`,
          `name it there, or take ${id} out here`,
        );
  }
  for (const [source, steps] of naming)
    for (const [id, path] of steps)
      if (rests[source]?.includes(id) !== true)
        at(
          path,
          `step "${id}" names the source "${source}", and is not among the steps that rest on it`,
          `add ${id} under rests: ${source}, or take "${source}" out here`,
        );
  return found;
}

function isDay(date: string): boolean {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return /^\d{4}-\d\d-\d\d$/.test(date) && day >= 1 && day <= days;
}

/** Every role is somebody's: named by words or called; and what the graph asks of roles it asks of its own. */
export function roleProofs({ graph }: Parts, views: readonly View[]): readonly Fault[] {
  const found: Fault[] = [];
  for (const key of ["holding", "told"] as const)
    for (const [i, role] of (graph[key] ?? []).entries())
      if (!graph.roles.includes(role))
        found.push({
          part: "graph",
          path: [key, i],
          message: `there is no role "${role}"`,
          hint: `one of ${quote(graph.roles)}, as "${nearest(role, graph.roles)}"`,
        });
  const called = new Set(
    views.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "call" ? step.role : []))),
  );
  const spoken = new Set(
    views.flatMap(({ steps }) => steps.flatMap((step) => [step.say ?? "", step.nearby ?? "", ...step.do, step.ask])),
  );
  const named = new Set([...spoken].flatMap((words) => words.match(CONTACT) ?? []));
  for (const [i, role] of graph.roles.entries())
    if (!called.has(role) && !named.has(contact(role)))
      found.push({
        part: "graph",
        path: ["roles", i],
        message: `the role "${role}" is called by no step and named by no words`,
        hint: "let a step call it, or take it out",
      });
  return found;
}

/** Of the people whom a call's words name, the one who is called comes first. */
export function callProofs({ whole: { texts, name }, own }: PlaceView): readonly Fault[] {
  return own.flatMap((step): readonly Fault[] => {
    if (step.kind !== "call") return [];
    const told = texts(step.id).filter(({ kind }) => kind === "do" || kind === "ask");
    const [first] = told.flatMap(({ raw }) => raw.match(CONTACT) ?? []);
    if (first === contact(step.role)) return [];
    const path = told[0]?.kind === "do" ? told[0].path.slice(0, -1) : ["steps", step.id];
    return [
      {
        part: "words",
        path,
        message:
          first === undefined
            ? `step "${step.id}" calls "${step.role}", and in a ${name} its words do not name ${contact(step.role)}`
            : `step "${step.id}" calls "${step.role}", and in a ${name} its words name ${first} first`,
        hint: `let what to do name ${contact(step.role)} first, or call another role`,
      },
    ];
  });
}

const CONTACT = /\{contact\.\w+\}/g;

function contact(role: string): string {
  return `{contact.${role}}`;
}
