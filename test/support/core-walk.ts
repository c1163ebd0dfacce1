import { question } from "../../src/core/encounter.ts";
import type { FieldValue } from "../../src/core/field.ts";
import { waysOut } from "../../src/core/ways.ts";
import type { Incident } from "../../src/core/incident.ts";
import { type Protocol, RETURN } from "../../src/core/protocol.ts";
import type { Question, Reply } from "../../src/core/question.ts";
import { next } from "./core-encounter.ts";

// Walks through a protocol, by the engine itself: every way on from a screen, the shortest way to each screen, and the
// shortest way out.

/** A whole number from 0 up to, and without, `below`. */
export type Pick = (below: number) => number;

const samples: Readonly<Record<NonNullable<Question["field"]>["kind"], string>> = {
  text: "Front-desk staff",
  quote: "Their words.",
  count: "2",
  time: "14:05",
  choice: "",
  file: "",
};

/** Every way on from what is asked: each answer, each value and reason of a field, and the rest left not asked. */
export function waysOn(asked: Question): readonly Reply[] {
  const { step, field, choices, about } = asked;
  if (field === undefined) return choices.map(({ id }) => ({ step, answer: id }));
  const values: readonly FieldValue[] = [
    ...(field.kind === "choice" ? choices.map(({ id }) => id) : field.kind === "file" ? [] : [samples[field.kind]]),
    ...field.unknowns.map((unknown) => ({ unknown })),
  ];
  return [
    ...values.map((value): Reply => ({ step, fields: { [field.id]: value }, ...(about && { about }) })),
    ...(field.kind === "file" ? [{ step, attach: "photo.jpg", for: field.id, ...(about && { about }) }] : []),
    { step, fields: {}, rest: "notAsked" },
  ];
}

/** What is asked, without which agent or paper it is about: two screens with the same name ask the same. */
export function screenName(incident: Incident, asked: Question): string {
  const open = incident.papers.find(({ looked }) => looked === undefined);
  const kind =
    asked.looksFor === undefined ? [] : (open?.seen.map(({ question: id, answer }) => `${id}=${answer}`) ?? []);
  const tree = kind.filter((seen) => !/=(yes|no)$|Good=|Named=|Matches=|All=|orders=/.test(seen));
  const more = asked.choices.map(({ id }) => id).join("/");
  const hasPaper = incident.papers.length > 0 ? "with a paper" : "";
  return [
    asked.step,
    asked.looksFor ?? "",
    ...tree,
    asked.field === undefined ? more : `${asked.field.id} ${asked.field.left}`,
    incident.calledFrom.join("<"),
    hasPaper,
  ].join(" ");
}

/** More screens than any protocol has: a walk that finds more does not come back from where it went. */
const MANY = 3000;

export type Place = { readonly asked: Question; readonly incident: Incident; readonly replies: readonly Reply[] };

/** One shortest walk to each screen that can be come to from `from`, by its name; not beyond those that are `within`. */
export function places(
  protocol: Protocol,
  from: Incident,
  within: (incident: Incident) => boolean = () => true,
): ReadonlyMap<string, Place> {
  const found = new Map<string, Place>();
  let front: readonly Omit<Place, "asked">[] = [{ incident: from, replies: [] }];
  while (front.length > 0) {
    const following: Omit<Place, "asked">[] = [];
    for (const { incident, replies } of front) {
      const asked = question(protocol, incident);
      if (asked === undefined || !within(incident)) continue;
      const name = screenName(incident, asked);
      if (found.has(name)) continue;
      found.set(name, { asked, incident, replies });
      if (found.size > MANY)
        throw new Error(`more than ${MANY} screens: the guide goes deeper and deeper, as at "${name}"`);
      for (const reply of waysOn(asked))
        following.push({ incident: next(protocol, incident, reply), replies: [...replies, reply] });
    }
    front = following;
  }
  return found;
}

/** How many screens it is from each step to an end, or back to where an interrupt was called. */
function distances({ steps, interrupts }: Protocol): ReadonlyMap<string, number> {
  const inside = new Set<string>([interrupts.danger, interrupts.entered]);
  const far = new Map<string, number>([
    [RETURN, 0],
    ...Object.values(steps).flatMap((step) => (step.kind === "end" ? [[step.id, 0] as const] : [])),
  ]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const step of Object.values(steps)) {
      const ways = waysOut(step).flatMap(([, to]) => (inside.has(to) ? [] : (far.get(to) ?? [])));
      const least = Math.min(...ways) + 1;
      if (ways.length > 0 && least < (far.get(step.id) ?? Infinity)) {
        far.set(step.id, least);
        changed = true;
      }
    }
  }
  return far;
}

const known = new WeakMap<Protocol, ReadonlyMap<string, number>>();

/** The answer that leads out soonest: they leave, and what is not known is left not asked. */
export function soonest(protocol: Protocol, asked: Question): Reply {
  const far = known.get(protocol) ?? distances(protocol);
  known.set(protocol, far);
  const { step, choices, field } = asked;
  if (field !== undefined) return { step, fields: {}, rest: "notAsked" };
  const to = protocol.steps[step];
  const ways = to === undefined || to.kind === "examine" || to.kind === "record" ? [] : waysOut(to);
  const { danger, entered } = protocol.interrupts;
  const length = (id: string): number => (id === danger || id === entered ? 1000 : (far.get(id) ?? 1000));
  const nearest = ways.toSorted(([, a], [, b]) => length(a) - length(b))[0]?.[0];
  return { step, answer: nearest ?? choices.at(-1)?.id ?? "" };
}

/** The incident, ended by the shortest way. @throws when it does not come to an end. */
export function finish(protocol: Protocol, from: Incident): Incident {
  let incident = from;
  for (let screens = 0; screens < 120; screens++) {
    const asked = question(protocol, incident);
    if (asked === undefined) return incident;
    incident = next(protocol, incident, soonest(protocol, asked));
  }
  throw new Error(`no end from step "${from.step}", called from ${from.calledFrom.join(", ") || "nowhere"}`);
}

const odd = [
  "Zoë & Łukasz",
  "12 – 14 “quoted”",
  "\u202Eabc\u202C",
  "a\u0007b\tc",
  "日本語 🚪",
  "{site} {count}",
  "-1",
  "x".repeat(400),
] as const;

/** One of the things that can be done at a screen, whether or not it is sensible. */
export function anyReply(asked: Question, pick: Pick): Reply {
  const { step, field, about } = asked;
  const chance = pick(20);
  if (chance === 0) return { step, note: odd[pick(odd.length)] ?? "note" };
  if (chance === 1 && asked.canGoBack) return { step, back: true };
  if (chance === 2 && asked.isLive) return { step, interrupt: pick(2) === 0 ? "danger" : "entered" };
  if (chance === 3) return { step, attach: "photo.jpg", ...(about && { about }) };
  if (chance === 4) return { step, pause: true };
  if (chance === 5) return { step, handOver: odd[pick(odd.length - 1)] ?? "role" };
  if ((field?.kind === "text" || field?.kind === "quote") && chance < 12) {
    return { step, fields: { [field.id]: odd[pick(odd.length)] ?? "words" }, ...(about && { about }) };
  }
  const ways = waysOn(asked);
  // Left to chance alone, hardly any paper would be found to be a court's and complete.
  if (asked.looksFor !== undefined && chance > 9) return ways[pick(2)] ?? { step, note: "nothing can be seen" };
  return ways[pick(ways.length)] ?? { step, note: "nothing can be done here" };
}

/** An encounter of `length` replies as `pick` has it; it may end before. */
export function wander(protocol: Protocol, from: Incident, pick: Pick, length: number): Incident {
  let incident = from;
  for (let i = 0; i < length; i++) {
    const asked = question(protocol, incident);
    if (asked === undefined) return incident;
    incident = next(protocol, incident, anyReply(asked, pick));
  }
  return incident;
}

/** Numbers that look like chance and are the same for the same seed (mulberry32). */
export function seeded(seed: number): Pick {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}
