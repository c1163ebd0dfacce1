import * as z from "zod";
import type { Field, Unknown } from "./field.ts";
import type { Instrument, InstrumentWords, Look, Verdict } from "./instrument.ts";
import { type Route, routes } from "./routes.ts";
import { type Setting, settings } from "./settings.ts";

// A protocol: the approved, versioned graph of steps. Two files make it, so that counsel can read them apart:
// the graph (`nyc.yaml`: steps, answers, where each leads, sources) and its words (`nyc.en.yaml`).
// `compile` puts them together for one setting. There is no expression language: `next` is the logic.

const id = z.string().regex(/^[a-z][A-Za-z0-9_]*$/, "letters, digits and underscores, beginning with a small letter");
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, "a date such as 2026-11-23");

/** The pseudo-step that leads back to where an interrupt was called. */
export const RETURN = "return";
export const RESERVED = new Set([RETURN]);

/**
 * How sure we are of a source. P: the primary text was read. P-part: part of it was. S: a secondary source was.
 * K: well-established law, the page not opened. C: inferred.
 */
export const marks = ["P", "P-part", "S", "K", "C"] as const;

export const Source = z.strictObject({
  cite: z.string().min(1),
  /** What the source says that the step rests on, in our words, no surer than the mark. */
  says: z.string().min(1),
  mark: z.enum(marks),
  link: z.string().min(1),
  read: day,
});
export type Source = z.infer<typeof Source>;

export const phases = ["live", "record", "close"] as const;
export type Phase = (typeof phases)[number];

const Sets = z.record(id, z.string());
const GraphAnswer = z.union([
  id.transform((next) => ({ next, sets: undefined })),
  z.strictObject({ next: id, sets: Sets.optional() }),
]);

const common = {
  phase: z.enum(phases),
  why: z.array(z.string()).min(1),
  /** The settings that have this step; all of them when it is missing. */
  only: z.array(z.enum(settings)).min(1).optional(),
};
export const GraphStep = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("tell"), ...common, next: id }),
  z.strictObject({ kind: z.literal("ask"), ...common, answers: z.record(id, GraphAnswer) }),
  z.strictObject({
    kind: z.literal("record"),
    ...common,
    fields: z.array(id).min(1),
    each: z.enum(["agent", "paper"]).optional(),
    next: id,
  }),
  z.strictObject({
    kind: z.literal("call"),
    ...common,
    role: id,
    next: z.strictObject({ reached: id, unreached: id }),
  }),
  z.strictObject({
    kind: z.literal("examine"),
    ...common,
    next: z.strictObject(Object.fromEntries(routes.map((route) => [route, id])) as Record<Route, typeof id>),
  }),
  z.strictObject({ kind: z.literal("end"), ...common, outcome: id }),
]);
export type GraphStep = z.infer<typeof GraphStep>;

export const Graph = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, "a version such as 0.1.0"),
  settings: z.array(z.enum(settings)).min(1),
  start: id,
  interrupts: z.strictObject({ danger: id, entered: id }),
  /** What stands in for the site's own words until it is set up, per setting. */
  roles: z.array(id).min(1),
  /** Where a setting leads elsewhere than the rest: step id to the parts that differ. */
  variants: z.partialRecord(z.enum(settings), z.record(id, z.record(z.string(), z.unknown()))).optional(),
  sources: z.record(z.string(), Source),
  steps: z.record(id, GraphStep),
});
export type Graph = z.infer<typeof Graph>;

const text = z.string().trim().min(1);
const StepText = {
  say: text.optional(),
  do: z.array(text).max(3).optional(),
  ask: text.optional(),
  answers: z.record(id, text).optional(),
};
const StepWords = z.strictObject({
  ...StepText,
  shelter: z.strictObject(StepText).optional(),
  school: z.strictObject(StepText).optional(),
  hospital: z.strictObject(StepText).optional(),
});
export const ProtocolWords = z.strictObject({
  language: z.literal("en"),
  title: text,
  /** Who has read the words as a native speaker, or "nobody yet". */
  readBy: text,
  /** Stands on every live screen. */
  never: text,
  roles: z.record(id, text),
  values: z.record(z.enum(settings), z.record(z.string(), text)),
  outcomes: z.record(id, text),
  steps: z.record(id, StepWords),
});
export type ProtocolWords = z.infer<typeof ProtocolWords>;

/** One choice on a screen, and where it leads. `sets` are fields of the record that it answers by itself. */
export type Answer = {
  readonly id: string;
  readonly label: string;
  readonly next: string;
  readonly sets?: Readonly<Record<string, string>>;
};

/** What is asked after each agent, while there may be more; and how a question begins that is about one agent or paper, `{n}` of them. */
type More = {
  readonly ask: string;
  readonly another: string;
  readonly done: string;
  readonly agent: string;
  readonly paper: string;
};

type StepBase = {
  readonly id: string;
  readonly phase: Phase;
  readonly say?: string;
  readonly do: readonly string[];
  readonly ask: string;
  readonly why: readonly string[];
};
/** One screen of a protocol. */
export type Step = StepBase &
  (
    | { readonly kind: "tell"; readonly done: string; readonly next: string }
    | { readonly kind: "ask"; readonly answers: readonly Answer[] }
    | {
        readonly kind: "record";
        readonly fields: readonly string[];
        readonly each?: "agent" | "paper";
        readonly more: More;
        readonly next: string;
      }
    | {
        readonly kind: "call";
        readonly role: string;
        readonly reached: string;
        readonly unreached: string;
        readonly next: { readonly reached: string; readonly unreached: string };
      }
    | { readonly kind: "examine"; readonly next: Readonly<Record<Route, string>> }
    | { readonly kind: "end"; readonly outcome: string; readonly done: string }
  );

/** A field with the words it is asked and printed by. */
export type WordedField = Field & {
  readonly label: string;
  readonly ask: string;
  readonly choiceWords?: Readonly<Record<string, string>>;
};

/** A protocol for one setting in one language, whole: an encounter keeps a copy and needs nothing else to go on. */
export type Protocol = {
  readonly v: 1;
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly setting: Setting;
  readonly language: "en";
  readonly approved: boolean;
  readonly start: string;
  readonly interrupts: { readonly danger: string; readonly entered: string };
  readonly never: string;
  readonly roles: readonly { readonly id: string; readonly label: string }[];
  /** Stand-ins for placeholders that the site has not set. */
  readonly values: Readonly<Record<string, string>>;
  readonly outcomes: Readonly<Record<string, string>>;
  readonly sources: Readonly<Record<string, Source>>;
  readonly steps: Readonly<Record<string, Step>>;
  readonly fields: Readonly<Record<string, WordedField>>;
  readonly unknowns: Readonly<Record<Unknown, string>>;
  readonly look: Look;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly instruments: Readonly<Record<string, Instrument & InstrumentWords>>;
};

/** Placeholders that a site fills, besides `{contact.<role>}` for the roles of the graph. */
export const PLACEHOLDERS = ["site", "waitingPlace", "area"] as const;

/** Placeholders that the encounter itself fills: its number, as it is said over the phone. */
export const OWN_PLACEHOLDERS = ["number"] as const;
