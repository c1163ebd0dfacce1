import * as z from "zod";
import { FieldValue } from "./field.ts";
import { verdicts } from "./instrument.ts";
import { routes } from "./routes.ts";
import { settings } from "./settings.ts";

// The only sentences a journal can hold. Past tense, and whole: an entry holds the words that were shown, what was
// answered and the step it led to, so a journal can be read years later without the protocol that made it. The record's
// language is English; what staff read and said in another language stands beside it.

const words = z.string().max(10_000);
const step = z.string().min(1).max(80);

/** Which agent or paper a field is about: its place, counted from 0. Missing: the visit as a whole. */
export const About = z.union([
  z.strictObject({ agent: z.int().min(0).max(99) }),
  z.strictObject({ paper: z.int().min(0).max(99) }),
]);
export type About = z.infer<typeof About>;

export const openedBy = ["keyboard", "answers", "stdio"] as const;
export type OpenedBy = (typeof openedBy)[number];

const Shown = z.strictObject({ say: words.optional(), nearby: words.optional(), do: z.array(words), ask: words });
/** The words that were on the screen when the answer was given, in the language they were shown in. */
export type Shown = z.infer<typeof Shown>;
const English = Shown.omit({ do: true });
/** The same in the record's language, where another was shown. */
export type English = z.infer<typeof English>;
/** `label` is in the record's language, `shown` as it stood on the screen where that was another. */
const Chosen = z.strictObject({ id: z.string(), label: words, shown: words.optional() });
export type Chosen = z.infer<typeof Chosen>;
const Labelled = z.record(z.string(), z.strictObject({ label: words, value: FieldValue, words: words.optional() }));
const extra = {
  /** When it happened, as the file of answers told it; the entry's own time says when it was written. */
  happenedAt: z.iso.datetime({ offset: true }).optional(),
};

/** Whether somebody had approved the words when the encounter was opened, and who. */
export const Approval = z.strictObject({
  state: z.enum(["approved", "overdue", "changed", "unapproved"]),
  by: words.optional(),
  on: words.optional(),
  again: words.optional(),
});
export type Approval = z.infer<typeof Approval>;

export const Opened = z.strictObject({
  type: z.literal("opened"),
  ...extra,
  number: z.string(),
  isDrill: z.boolean(),
  /** True for a shipped example, which is nobody's record. */
  isExample: z.boolean(),
  setting: z.enum(settings),
  language: z.string(),
  site: z.strictObject({
    title: words.optional(),
    code: words.optional(),
    agency: words.optional(),
    desk: words.optional(),
  }),
  /** What filled the placeholders, so that the words can be shown again as they were. */
  values: z.record(z.string(), words),
  /** The same as it is said in the language that is shown, where that is another. */
  shownValues: z.record(z.string(), words).optional(),
  contacts: z.array(z.strictObject({ role: z.string(), label: words, words })),
  protocol: z.strictObject({
    id: z.string(),
    version: z.string(),
    title: words,
    /** How records of the first version told it. */
    approved: z.boolean().optional(),
    approval: Approval.optional(),
    hash: z.string(),
  }),
  openedBy: z.enum(openedBy),
  step,
});
export type Opened = z.infer<typeof Opened>;

export const Sentence = z.discriminatedUnion("type", [
  Opened,
  z.strictObject({
    type: z.literal("answered"),
    ...extra,
    step,
    shown: Shown,
    english: English.optional(),
    answer: Chosen,
    sets: Labelled.optional(),
    begins: z.literal("agent").optional(),
    to: step,
  }),
  z.strictObject({ type: z.literal("recorded"), ...extra, step, about: About.optional(), fields: Labelled, to: step }),
  z.strictObject({
    type: z.literal("called"),
    ...extra,
    step,
    shown: Shown,
    english: English.optional(),
    role: z.string(),
    contact: words,
    outcome: z.enum(["reached", "unreached"]),
    answer: Chosen,
    to: step,
  }),
  z.strictObject({
    type: z.literal("examined"),
    ...extra,
    step,
    paper: z.int().min(0).max(99),
    question: z.string(),
    ask: words,
    /** As it stood on the screen, where that was in another language. */
    shownAsk: words.optional(),
    answer: Chosen,
    /** Only on the last answer about a paper: what it all adds up to. */
    looked: z
      .strictObject({ instrument: z.string(), name: words, verdict: z.enum(verdicts), route: z.enum(routes) })
      .optional(),
    to: step,
  }),
  z.strictObject({ type: z.literal("interrupted"), ...extra, step, key: z.enum(["danger", "entered"]), to: step }),
  /** Somebody went back: the entry `undoes` no longer counts, and stays. */
  z.strictObject({ type: z.literal("returned"), ...extra, step, undoes: z.int().min(1), to: step }),
  z.strictObject({
    type: z.literal("noted"),
    ...extra,
    step: step.optional(),
    text: words,
    from: z.enum(["desk", "second"]),
    /** The other desk or door that it came from, when it said so. */
    desk: words.optional(),
  }),
  /** Others have the desk from here on. `to` is a role, never a name. */
  z.strictObject({ type: z.literal("handedOver"), ...extra, step, to: words }),
  z.strictObject({
    type: z.literal("attached"),
    ...extra,
    step: step.optional(),
    about: About.optional(),
    /** The field that the file answers, and how the record names it. */
    field: z.string().optional(),
    label: words.optional(),
    file: z.strictObject({
      name: words,
      media: z.enum(["image/jpeg", "image/png", "image/tiff", "application/pdf"]),
      bytes: z.int().min(1),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  }),
  z.strictObject({
    type: z.literal("corrected"),
    ...extra,
    field: z.string(),
    label: words,
    about: About.optional(),
    value: FieldValue,
    words: words.optional(),
    reason: words.optional(),
  }),
  z.strictObject({ type: z.literal("paused"), ...extra, step, cause: z.enum(["asked", "signal", "answersEnded"]) }),
  z.strictObject({
    type: z.literal("resumed"),
    ...extra,
    step,
    openedBy: z.enum(openedBy),
    /** What was found amiss in the journal and put beside it. */
    found: z.strictObject({ line: z.int().min(1), what: words, keptIn: words }).optional(),
  }),
  z.strictObject({ type: z.literal("ended"), ...extra, step, outcome: words, missing: z.array(words) }),
]);
/** An entry before the journal stamps it with its number and its time. */
export type Sentence = z.infer<typeof Sentence>;

const Stamp = z.strictObject({
  /** Counted from 1. */
  n: z.int().min(1),
  /** Wall clock, ISO 8601 with the site's offset. */
  at: z.iso.datetime({ offset: true }),
  /** Milliseconds since `opened`, from a clock that cannot be set. */
  elapsed: z.int().min(0),
  /** Seconds by which the wall clock was found to have been moved since the entry before. */
  jump: z.int().optional(),
});
export type Stamp = z.infer<typeof Stamp>;

/** One line of a journal, opened: what happened, and when. */
export type Entry = Stamp & { readonly what: Sentence };

/** The moment an entry is made: what the clock in `shell` gives. */
export type Now = { readonly at: string; readonly elapsed: number; readonly jump?: number };

/** How an entry stands in a line of the journal. */
export const EntryInLine = z.strictObject({
  at: Stamp.shape.at,
  elapsed: Stamp.shape.elapsed,
  jump: Stamp.shape.jump,
  what: Sentence,
});
