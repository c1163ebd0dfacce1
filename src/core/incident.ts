import type { About, Entry, Opened, Sentence } from "./entry.ts";
import type { FieldValue } from "./field.ts";
import type { Looked } from "./instrument.ts";
import { Problem } from "./problem.ts";
import { type Protocol, RETURN, type Step } from "./protocol.ts";
import { reachable } from "./ways.ts";

// The incident: what the entries say. There is no second state; screen, report and registry are folds over the same
// entries. An entry that somebody went back on no longer counts, and is kept.

/** What stands in one field, and every value that stood there before, oldest first. */
export type Recorded = {
  readonly label: string;
  readonly value: FieldValue;
  readonly words?: string;
  readonly at: string;
  readonly before: readonly Former[];
};
export type Former = {
  readonly value: FieldValue;
  readonly words?: string;
  readonly at: string;
  readonly changedAt: string;
  readonly reason?: string;
};
export type Fields = Readonly<Record<string, Recorded>>;

/** One paper as it was looked at. `looked` is there once every question about it has been answered. */
export type Paper = {
  readonly at: string;
  readonly seen: readonly {
    readonly question: string;
    readonly ask: string;
    readonly answer: string;
    readonly label: string;
  }[];
  readonly looked?: Pick<Looked, "instrument" | "verdict" | "route"> & { readonly name: string };
  readonly fields: Fields;
};
/** A call the guide asked for. `since`: when its screen came up; `at`: when it was answered or given up. */
export type Call = {
  readonly role: string;
  readonly contact: string;
  readonly outcome: "reached" | "unreached";
  readonly since: string;
  readonly at: string;
};
export type Attachment = Extract<Sentence, { type: "attached" }>["file"] & {
  readonly at: string;
  readonly about?: About;
};

export type Incident = {
  readonly opened: Opened;
  readonly openedAt: string;
  readonly entries: readonly Entry[];
  /** Numbers of the entries that were gone back on. */
  readonly undone: ReadonlySet<number>;
  /** The step the encounter stands at, before steps with nothing left to ask are passed over. */
  readonly step: string;
  /** Where interrupts were called from, the latest last. */
  readonly calledFrom: readonly string[];
  readonly fields: Fields;
  readonly agents: readonly Fields[];
  readonly papers: readonly Paper[];
  readonly calls: readonly Call[];
  readonly notes: readonly { readonly at: string; readonly text: string }[];
  readonly attachments: readonly Attachment[];
  /** The role that has the desk now, once it has been handed over. */
  readonly atDesk?: string;
  readonly ended?: { readonly at: string; readonly outcome: string; readonly missing: readonly string[] };
};

/** When it happened: as the file of answers told it, else when it was written. */
export function whenOf(entry: Entry): string {
  return entry.what.happenedAt ?? entry.at;
}

/** The fold of all entries; undefined when there are none. */
export function fold(entries: readonly Entry[]): Incident | undefined {
  return entries.reduce<Incident | undefined>(evolve, undefined);
}

/** The incident after one more entry. @throws Problem `journal` when the first entry is not `opened`. */
export function evolve(incident: Incident | undefined, entry: Entry): Incident {
  if (entry.what.type === "opened") return begin(entry, entry.what);
  if (incident === undefined) throw new Problem("journal", `entry ${entry.n} comes before the encounter was opened`);
  const entries = [...incident.entries, entry];
  if (entry.what.type !== "returned") return { ...apply(incident, entry), entries };
  const undone = new Set(incident.undone).add(entry.what.undoes);
  return { ...refold(entries, undone), entries, undone };
}

/** The same entries again without those that were gone back on: one way back, whatever they had changed. */
function refold(entries: readonly Entry[], undone: ReadonlySet<number>): Incident {
  const first = entries[0];
  if (first?.what.type !== "opened") throw new Problem("journal", "the journal does not begin with the opening");
  let incident = begin(first, first.what);
  for (const entry of entries.slice(1)) {
    incident = {
      ...(undone.has(entry.n) || entry.what.type === "returned" ? incident : apply(incident, entry)),
      entries: [...incident.entries, entry],
    };
  }
  return incident;
}

function begin(entry: Entry, opened: Opened): Incident {
  return {
    opened,
    openedAt: whenOf(entry),
    entries: [entry],
    undone: new Set(),
    step: opened.step,
    calledFrom: [],
    fields: {},
    agents: [],
    papers: [],
    calls: [],
    notes: [],
    attachments: [],
  };
}

/** Entries that leave the screen as it is. */
const aside: ReadonlySet<Sentence["type"]> = new Set(["noted", "handedOver", "attached", "corrected", "paused"]);

/** `incident.entries` still ends with the entry before this one. */
function apply(incident: Incident, entry: Entry): Incident {
  const { what } = entry;
  const at = whenOf(entry);
  switch (what.type) {
    case "answered": {
      const agents = what.begins === "agent" ? [...incident.agents, {}] : incident.agents;
      return move({ ...incident, agents, fields: write(incident.fields, Object.entries(what.sets ?? {}), at) }, what);
    }
    case "recorded":
      return move(
        within(incident, what.about, (fields) => write(fields, Object.entries(what.fields), at)),
        what,
      );
    case "called": {
      const last = incident.entries.findLast((before) => !aside.has(before.what.type));
      const call = {
        role: what.role,
        contact: what.contact,
        outcome: what.outcome,
        since: last ? whenOf(last) : at,
        at,
      };
      return move({ ...incident, calls: [...incident.calls, call] }, what);
    }
    case "examined":
      return move({ ...incident, papers: look(incident.papers, what, at) }, what);
    case "interrupted":
      return move(incident, what);
    case "noted":
      return { ...incident, notes: [...incident.notes, { at, text: what.text }] };
    case "handedOver":
      return { ...incident, atDesk: what.to };
    case "attached": {
      const attachment = { ...what.file, at, ...(what.about && { about: what.about }) };
      const kept = { ...incident, attachments: [...incident.attachments, attachment] };
      const field = what.field;
      if (field === undefined) return kept;
      return within(kept, what.about, (fields) =>
        write(fields, [[field, { label: what.label ?? field, value: what.file.sha256, words: what.file.name }]], at),
      );
    }
    case "corrected":
      return within(incident, what.about, (fields) => write(fields, [[what.field, what]], at, what.reason));
    case "ended":
      return { ...incident, ended: { at, outcome: what.outcome, missing: what.missing } };
    case "opened":
    case "returned":
    case "paused":
    case "resumed":
      return incident;
  }
}

type Move = Extract<Sentence, { type: "answered" | "recorded" | "called" | "examined" | "interrupted" }>;
const moves: ReadonlySet<Sentence["type"]> = new Set<Move["type"]>([
  "answered",
  "recorded",
  "called",
  "examined",
  "interrupted",
]);

/** True for a sentence that leads to a step, as what can be gone back on does. */
export function isMove(what: Sentence): what is Move {
  return moves.has(what.type);
}

/** A move to a step. An interrupt's step remembers where it was called from; `return` goes back there. */
function move(
  incident: Incident,
  what: { readonly step: string; readonly to: string; readonly type: string },
): Incident {
  if (what.to === RETURN) {
    const to = incident.calledFrom.at(-1);
    return to === undefined ? incident : { ...incident, step: to, calledFrom: incident.calledFrom.slice(0, -1) };
  }
  if (what.type === "interrupted" && what.step !== what.to) {
    return { ...incident, step: what.to, calledFrom: [...incident.calledFrom, what.step] };
  }
  return { ...incident, step: what.to };
}

/** Changes the fields of the visit, of one agent or of one paper. */
function within(incident: Incident, about: About | undefined, change: (fields: Fields) => Fields): Incident {
  if (about === undefined) return { ...incident, fields: change(incident.fields) };
  if ("agent" in about) return { ...incident, agents: put(incident.agents, about.agent, {}, change) };
  const none: Paper = { at: incident.openedAt, seen: [], fields: {} };
  return {
    ...incident,
    papers: put(incident.papers, about.paper, none, (paper) => ({ ...paper, fields: change(paper.fields) })),
  };
}

function put<T>(list: readonly T[], place: number, none: T, change: (item: T) => T): readonly T[] {
  const copy = [...list];
  while (copy.length <= place) copy.push(none);
  copy[place] = change(copy[place] ?? none);
  return copy;
}

type Value = { readonly label: string; readonly value: FieldValue; readonly words?: string | undefined };

/** The same value again is no change. */
function write(fields: Fields, values: readonly (readonly [string, Value])[], at: string, reason?: string): Fields {
  const next: Record<string, Recorded> = { ...fields };
  for (const [id, { label, value, words }] of values) {
    const old = next[id];
    if (old !== undefined && JSON.stringify(old.value) === JSON.stringify(value)) continue;
    const before = old
      ? [
          ...old.before,
          {
            value: old.value,
            ...(old.words !== undefined && { words: old.words }),
            at: old.at,
            changedAt: at,
            ...(reason !== undefined && { reason }),
          },
        ]
      : [];
    next[id] = { label, value, ...(words !== undefined && { words }), at, before };
  }
  return next;
}

function look(papers: readonly Paper[], what: Extract<Sentence, { type: "examined" }>, at: string): readonly Paper[] {
  const seen = { question: what.question, ask: what.ask, answer: what.answer.id, label: what.answer.label };
  return put(papers, what.paper, { at, seen: [], fields: {} }, (paper) => ({
    ...paper,
    seen: [...paper.seen, seen],
    ...(what.looked && { looked: what.looked }),
  }));
}

// --- what a step still asks ---

/** A field that a step asks next, and about which agent or paper. */
export type Asking = { readonly field: string; readonly about?: About };

/** Every field that a record step still asks of what is known now, in order. */
export function stillAsked(
  protocol: Protocol,
  incident: Incident,
  step: Extract<Step, { kind: "record" }>,
): readonly Asking[] {
  const scopes: readonly (readonly [About | undefined, Fields])[] =
    step.each === "agent"
      ? agentsAskedAbout(incident).map((fields, agent) => [{ agent }, fields] as const)
      : step.each === "paper"
        ? incident.papers.map((paper, index) => [{ paper: index }, paper.fields] as const)
        : [[undefined, incident.fields]];
  return scopes.flatMap(([about, fields]) =>
    step.fields
      .filter((field) => fields[field] === undefined && applies(protocol, fields, field))
      .map((field) => ({ field, ...(about && { about }) })),
  );
}

/** The agents that are described, or a first one to describe, unless nobody came. */
function agentsAskedAbout({ agents, fields }: Incident): readonly Fields[] {
  const count = fields["agentCount"]?.value;
  return agents.length > 0 || (typeof count === "string" && Number(count) === 0) ? agents : [{}];
}

/** False for a field whose condition does not hold, as "how was force used" when none was. */
export function applies(protocol: Protocol, fields: Fields, field: string): boolean {
  const when = protocol.fields[field]?.when;
  if (when === undefined) return true;
  const value = fields[when.field]?.value;
  return typeof value === "string" && when.is.includes(value);
}

/** Whether a step for each agent may ask for one more: the count is not known, or has not been reached. */
export function mayHaveMoreAgents(incident: Incident): boolean {
  const count = incident.fields["agentCount"]?.value;
  if (incident.agents.length >= MOST_AGENTS) return false;
  return typeof count !== "string" || !/^\d+$/.test(count) || incident.agents.length < Number(count);
}

/** As many as an entry can point at. */
const MOST_AGENTS = 100;

/** Labels of the fields that every record must hold and this one does not: never asked, passed over, or not known. */
export function missing(protocol: Protocol, incident: Incident): readonly string[] {
  const chain = chainOf(protocol, incident);
  const steps = Object.values(protocol.steps)
    .filter((step) => step.kind === "record")
    .filter(({ id }) => chain.has(id));
  const lacking = (fields: Fields, ids: readonly string[]) =>
    ids
      .filter(
        (id) => protocol.fields[id]?.level === "must" && applies(protocol, fields, id) && isLacking(fields[id]?.value),
      )
      .map((id) => protocol.fields[id]?.label ?? id);
  const found = steps.flatMap((step) => {
    if (step.each === undefined) return lacking(incident.fields, step.fields);
    if (step.each === "paper")
      return incident.papers.flatMap((paper, i) =>
        lacking(paper.fields, step.fields).map((label) => `${label} (${i + 1})`),
      );
    return agentsAskedAbout(incident).flatMap((fields, i) =>
      lacking(fields, step.fields).map((label) => `${label} (${i + 1})`),
    );
  });
  const yetToDo = Object.entries(incident.fields)
    .filter(([, { value }]) => value === NOT_YET)
    .map(([id, { label }]) => protocol.fields[id]?.label ?? label);
  return [...new Set([...found, ...yetToDo])];
}

/**
 * The steps of the chain of the record that this incident goes through: those that lie behind the one at which it last
 * came from the live steps to the record's; before that, those that the start of its kind can lead to.
 */
function chainOf(protocol: Protocol, incident: Incident): ReadonlySet<string> {
  const phaseOf = (id: string) => protocol.steps[id]?.phase;
  const live = Object.keys(protocol.steps).filter((id) => phaseOf(id) === "live");
  const entered = incident.entries.findLast(
    ({ n, what }) =>
      !incident.undone.has(n) && isMove(what) && phaseOf(what.step) === "live" && phaseOf(what.to) === "record",
  )?.what;
  if (entered !== undefined && isMove(entered)) return reachable(protocol, [entered.to], new Set(live));
  const { start, request = start } = protocol;
  return isVisit(protocol, incident)
    ? reachable(protocol, [start], new Set([request]))
    : reachable(protocol, [request], new Set(visitSteps(protocol)));
}

/** False for a request by phone, e-mail or letter, unless agents came while it was answered. */
export function isVisit(protocol: Protocol, { opened, entries, undone }: Incident): boolean {
  if (opened.step !== protocol.request) return true;
  const here = visitSteps(protocol);
  return entries.some(
    ({ n, what }) => isMove(what) && what.type !== "interrupted" && !undone.has(n) && here.includes(what.to),
  );
}

/** The live steps that a visit can come to. */
function visitSteps(protocol: Protocol): readonly string[] {
  const { start, request = start } = protocol;
  return [...reachable(protocol, [start], new Set([request]))].filter((id) => protocol.steps[id]?.phase === "live");
}

/** The choice of any field that says: it is still to be done. */
const NOT_YET = "notYet";

function isLacking(value: FieldValue | undefined): boolean {
  return (
    value === undefined || (typeof value !== "string" && (value.unknown === "notAsked" || value.unknown === "notKnown"))
  );
}
