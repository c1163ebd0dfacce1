import type { Protocol, Step } from "./protocol.ts";

// Ways through a protocol: out of a step, on from a step, and all of them in the order of a walk.

/** Every step that one answer can lead to, by its answer. An examine step's answers are its routes. */
export function waysOut(step: Step): readonly (readonly [string, string])[] {
  switch (step.kind) {
    case "tell":
    case "record":
      return [["done", step.next]];
    case "ask":
      return step.answers.map(({ id, next }) => [id, next]);
    case "call":
    case "examine":
      return Object.entries(step.next);
    case "end":
      return [];
  }
}

/** The ids of `from` and of every step that can be come to from there, not by way of those in `not`. */
export function reachable(
  { steps }: Protocol,
  from: readonly string[],
  not: ReadonlySet<string> = new Set(),
): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = from.filter((id) => !not.has(id));
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = steps[id];
    if (step === undefined || reached.has(id)) continue;
    reached.add(id);
    open.push(
      ...waysOut(step)
        .map(([, to]) => to)
        .filter((to) => !not.has(to)),
    );
  }
  return reached;
}

/** Where a walk begins: at the desk, at a request from afar, and at the two keys. */
export const entrances = ["start", "request", "danger", "entered"] as const;
export type Entrance = (typeof entrances)[number];

/** The step at each entrance; `request` is undefined where the protocol has none. */
export function entranceSteps({
  start,
  request,
  interrupts,
}: Protocol): Readonly<Record<Entrance, string | undefined>> {
  return { start, request, danger: interrupts.danger, entered: interrupts.entered };
}

export type Walked = { readonly step: Step; readonly part: Entrance; readonly depth: number };

/** Every step that can be come to, each once, in the order of its number: breadth first from one entrance after the other. */
export function walkOrder(protocol: Protocol): readonly Walked[] {
  const found = new Map<string, Walked>();
  const roots = entranceSteps(protocol);
  for (const part of entrances) {
    const queue = [{ id: roots[part] ?? "", depth: 0 }];
    for (const { id, depth } of queue) {
      const step = protocol.steps[id];
      if (step === undefined || found.has(id)) continue;
      found.set(id, { step, part, depth });
      queue.push(...waysOut(step).map(([, to]) => ({ id: to, depth: depth + 1 })));
    }
  }
  return [...found.values()];
}
