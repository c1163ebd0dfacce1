import type { Fault } from "./fault.ts";
import { reachable, waysOut } from "./ways.ts";
import type { Graph } from "./graph.ts";
import { quote } from "./names.ts";
import { type View, type Way, wayName } from "./proofs-view.ts";
import { type Phase, type Protocol, phases, RETURN, type Step } from "./protocol.ts";

// Where the ways lead: to an end, never backwards, to a call within seven screens, aside where agents go on, and past
// everyone who must be told. Each proof is over every way at once: no way is walked.

/** Screens from a start to the first call that holds the desk, that call among them. */
export const SCREENS = 7;

/** Every proof about the ways of one place. */
export function wayProofs(view: View): readonly Fault[] {
  return [
    ...endFaults(view),
    ...phaseFaults(view),
    ...keyFaults(view),
    ...holdingFaults(view),
    ...asideFaults(view),
    ...toldFaults(view),
  ];
}

/** From every step an end is come to without a key, and without coming back from one. */
function endFaults(view: View): readonly Fault[] {
  const inner = reachable(view.protocol, view.keys);
  const good = new Set(view.steps.filter(({ kind }) => kind === "end").map(({ id }) => id));
  const isOut = ({ step, to }: Way): boolean =>
    inner.has(step) ? to === RETURN || good.has(to) : good.has(to) && !inner.has(to);
  for (let size = -1; size !== good.size; ) {
    size = good.size;
    for (const way of view.ways) if (isOut(way)) good.add(way.step);
  }
  return view.steps
    .filter(({ id }) => !good.has(id))
    .map(({ id }) => ({
      part: "graph",
      path: ["steps", id],
      message: inner.has(id)
        ? `in a ${view.name}, step "${id}" never comes back to where the key was pressed`
        : `in a ${view.name}, step "${id}" comes to no end without a key`,
      hint: inner.has(id) ? `give it an answer that leads to "${RETURN}"` : "give it an answer that leads on",
    }));
}

/** Live, then the record, then the close; each kind of step where it belongs. */
function phaseFaults({ steps, ways, protocol, starts, keys }: View): readonly Fault[] {
  const found: Fault[] = [];
  const step = (id: string, message: string, hint: string): void => {
    found.push({ part: "graph", path: ["steps", id, "phase"], message, hint });
  };
  for (const { id, kind, phase } of steps) {
    const allowed = belongs[kind];
    if (!allowed.includes(phase))
      step(id, `step "${id}" of kind "${kind}" is in phase "${phase}"`, `phase: ${allowed.join(" or ")}`);
  }
  for (const id of starts)
    if (protocol.steps[id]?.phase !== "live") step(id, `step "${id}" is a start and not live`, "phase: live");
  for (const id of reachable(protocol, keys))
    if (protocol.steps[id]?.phase !== "live")
      step(id, `step "${id}" comes after a key and is not live`, "phase: live; only live steps have the keys");
  for (const way of ways) {
    const from = protocol.steps[way.step];
    const to = protocol.steps[way.to];
    if (from === undefined || to === undefined) continue;
    const at = (message: string, hint: string): void => {
      found.push({ part: "graph", path: way.path, message: `${wayName(way)} ${message}`, hint });
    };
    const ahead = phases.indexOf(to.phase) - phases.indexOf(from.phase);
    if (ahead < 0)
      at(
        `leads from phase "${from.phase}" back to phase "${to.phase}", to step "${to.id}"`,
        "what is over does not begin again: lead on, or put a phase right",
      );
    else if (ahead > 1) at(`leads past the record to step "${to.id}"`, "let a record step come first");
    else if (ahead === 1 && to.phase === "record" && to.kind !== "record")
      at(
        `leads into the record at step "${to.id}", which is no record step`,
        "let a record step come first, or put a phase right",
      );
  }
  return found;
}

const belongs: Readonly<Record<Step["kind"], readonly Phase[]>> = {
  tell: phases,
  ask: phases,
  record: ["record"],
  call: ["live", "close"],
  examine: ["live"],
  end: ["close"],
};

/** What a key opens leads back to where it was pressed, and nowhere else. */
function keyFaults(view: View): readonly Fault[] {
  const inner = reachable(view.protocol, view.keys);
  const spine = reachable(view.protocol, view.starts, new Set(view.keys));
  return view.ways
    .filter(({ step, to }) => inner.has(step) && !spine.has(step) && spine.has(to))
    .map((way) => ({
      part: "graph",
      path: way.path,
      message: `${wayName(way)} leads out of what a key opened, to step "${way.to}"`,
      hint: `lead to "${RETURN}", or to a step that only a key leads to`,
    }));
}

/** The latest first call that holds the desk, over every way from a start: its screen, and the steps to it. */
export type Latest = { readonly screens: number; readonly trail: readonly string[] };

/**
 * The screen at which the latest first call to a role of `graph.holding` stands, over every way from either start; a way
 * that goes round without one, or that comes to an end without one, makes it Infinity.
 */
export function longestToHolding(protocol: Protocol, graph: Pick<Graph, "holding">): number {
  return Math.max(...startsOf(protocol).map((start) => latestCall(protocol, graph, start).screens));
}

function startsOf({ start, request }: Protocol): readonly string[] {
  return request === undefined ? [start] : [start, request];
}

/** Each step's own latest is found once; a step met again on the way to itself goes round for ever. */
export function latestCall({ steps }: Protocol, { holding = [] }: Pick<Graph, "holding">, start: string): Latest {
  const known = new Map<string, Latest>();
  const open = new Set<string>();
  const latest = (id: string): Latest => {
    const step = steps[id];
    if (step?.kind === "call" && holding.includes(step.role)) return { screens: 1, trail: [id] };
    if (step === undefined || step.kind === "end" || open.has(id)) return { screens: Infinity, trail: [id] };
    const before = known.get(id);
    if (before !== undefined) return before;
    open.add(id);
    let worst: Latest = { screens: 0, trail: [] };
    for (const [, to] of waysOut(step)) {
      const next = latest(to);
      if (next.screens > worst.screens) worst = next;
    }
    open.delete(id);
    const whole = { screens: worst.screens + 1, trail: [id, ...worst.trail] };
    known.set(id, whole);
    return whole;
  };
  return latest(start);
}

function holdingFaults({ parts, protocol, starts, name }: View): readonly Fault[] {
  const { graph } = parts;
  if ((graph.holding ?? []).length === 0)
    return [
      {
        part: "graph",
        path: ["holding"],
        message: "the protocol does not say whose call holds the desk",
        hint: "add holding: with the roles of whom one is being called soon, on every way",
      },
    ];
  return starts.flatMap((start): readonly Fault[] => {
    const { screens, trail } = latestCall(protocol, graph, start);
    if (screens <= SCREENS) return [];
    const last = (screens < Infinity ? trail[SCREENS - 1] : trail.at(-2)) ?? start;
    const how =
      screens < Infinity
        ? `the first call is screen ${screens}`
        : protocol.steps[trail.at(-1) ?? ""]?.kind === "end"
          ? "a way comes to an end without one"
          : "a way goes round without one";
    return [
      {
        part: "graph",
        path: ["steps", last],
        message: `in a ${name}, nobody of ${quote(graph.holding ?? [])} is being called within ${SCREENS} screens of "${start}": ${how} (${trail.join(", ")})`,
        hint: `let a call to one of them come within ${SCREENS} screens, on this way too`,
      },
    ];
  });
}

/** Where agents go on, the desk has stepped aside, and calls. */
function asideFaults(view: View): readonly Fault[] {
  const { parts, protocol, aside, ways } = view;
  const found: Fault[] = [];
  const approved = new Set(ways.filter(isApproved).map(({ to }) => to));
  for (const way of ways) {
    if (way.sets?.[ENTERED.field] !== ENTERED.value) continue;
    if (!aside.has(way.step) && !aside.has(way.to) && !approved.has(way.to))
      found.push({
        part: "graph",
        path: way.path,
        message: `${wayName(way)} writes that agents went in, and neither it nor step "${way.to}" is aside`,
        hint: "lead to a step with aside: true, where nothing delays agents",
      });
  }
  const { entered } = parts.graph.interrupts;
  if (!aside.has(entered))
    found.push({
      part: "graph",
      path: ["steps", entered],
      message: `step "${entered}" of the key "they went in" is not aside`,
      hint: `add steps: ${entered}: aside: true`,
    });
  const isCalling = (to: string, screens: number): boolean => {
    const step = protocol.steps[to];
    if (to === RETURN || step === undefined || step.phase !== "live" || step.kind === "call") return true;
    return screens > 1 && (view.waysFrom.get(to) ?? []).every((way) => isCalling(way.to, screens - 1));
  };
  for (const way of ways)
    if (aside.has(way.step) && !isCalling(way.to, 2))
      found.push({
        part: "graph",
        path: way.path,
        message: `${wayName(way)}, which is aside, leads to no call within two screens`,
        hint: "lead to a call, or to a step from which every answer does",
      });
  return found;
}

/** What an answer writes when agents went past the desk, and when the legal office said they may. */
const ENTERED = { field: "enteredNonPublic", value: "yes" } as const;
const APPROVED = { field: "entryHow", value: "approved" } as const;

function isApproved({ sets }: Way): boolean {
  return sets?.[APPROVED.field] === APPROVED.value;
}

/** Nobody is let in on the desk's own word: only counsel, just reached, says that agents may go in. */
export function approvalFaults(view: View): readonly Fault[] {
  const { ways, protocol, starts, keys } = view;
  const isCounsel = (way: Way): boolean => {
    const step = protocol.steps[way.step];
    return step?.kind === "call" && way.answer === "reached" && step.role.startsWith("counsel");
  };
  const approving = ways.filter(isApproved);
  const found: Fault[] = [];
  for (const way of approving) {
    const others = ways.filter((into) => into.to === way.step && !isCounsel(into)).map(wayName);
    if (starts.includes(way.step) || keys.includes(way.step)) others.push(`"${way.step}", where one begins`);
    if (others.length > 0)
      found.push({
        part: "graph",
        path: way.path,
        message: `${wayName(way)} lets agents in, though counsel need not have been reached: ${others.join(", ")}`,
        hint: `let only "reached" of a call to counsel lead to step "${way.step}"`,
      });
  }
  const admitting = new Set(approving.map(({ to }) => to));
  for (const way of ways)
    if (admitting.has(way.to) && !isApproved(way))
      found.push({
        part: "graph",
        path: way.path,
        message: `${wayName(way)} leads to "${way.to}", where agents go in with leave, and writes no leave down`,
        hint: `lead elsewhere, or set ${APPROVED.field}: ${APPROVED.value}`,
      });
  return found;
}

/** Before every end, everyone who must be told has been called, and the record's number has been given on. */
function toldFaults(view: View): readonly Fault[] {
  const { parts, steps, protocol, starts, name } = view;
  const around = (gone: readonly Step[]): boolean => {
    const left = reachable(protocol, starts, new Set(gone.map(({ id }) => id)));
    return steps.some(({ id, kind }) => kind === "end" && left.has(id));
  };
  const { told = [] } = parts.graph;
  const found: Fault[] = [];
  if (told.length === 0)
    found.push({
      part: "graph",
      path: ["told"],
      message: "the protocol does not say who is told before the end",
      hint: "add told: with the roles that are called on every way to an end",
    });
  for (const [i, role] of told.entries())
    if (around(steps.filter((step) => step.kind === "call" && step.role === role)))
      found.push({
        part: "graph",
        path: ["told", i],
        message: `in a ${name}, an end can be come to without a call to "${role}"`,
        hint: `let every way to an end pass a call to "${role}"`,
      });
  const hands = steps.filter(({ do: lines }) => lines.some((line) => line.includes("{number}")));
  if (around(hands)) {
    const end = steps.find(({ kind }) => kind === "end")?.id ?? "";
    found.push({
      part: "words",
      path: ["steps", end],
      message: `in a ${name}, an end can be come to and nobody was given the number of the record`,
      hint: "let a line of what to do in a step before every end hold {number}",
    });
  }
  return found;
}
