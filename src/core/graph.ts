import * as z from "zod";
import { marks, phases, type Source as CompiledSource } from "./protocol.ts";
import { type Route, routes } from "./routes.ts";
import { type Setting, settings, type Trait, traits } from "./settings.ts";

// The two files a protocol is made of, so that counsel can read them apart: the graph (`nyc.yaml`: steps, answers, where
// each leads, sources) and its words (`nyc.en.yaml`). `compile` puts them together for one setting.

const id = z.string().regex(/^[a-z][A-Za-z0-9_]*$/, "letters, digits and underscores, beginning with a small letter");
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, "a date such as 2026-11-23");

const Source: z.ZodType<CompiledSource> = z.strictObject({
  cite: z.string().min(1),
  says: z.string().min(1),
  mark: z.enum(marks),
  link: z.string().min(1),
  read: day,
});

const Sets = z.record(id, z.string());
const GraphAnswer = z.union([
  id.transform((next) => ({ next, sets: undefined })),
  z.strictObject({ next: id, sets: Sets.optional() }),
]);

const text = z.string().trim().min(1);
/** Whatever a step, a variant or a block of words can be for. */
const places = [...settings, ...traits] as const;

const common = {
  phase: z.enum(phases),
  why: z.array(z.string()).min(1),
  /** The ways that lead here, each as "step.answer", "start.here", "start.request" or "key.danger": every way stands in the files twice. */
  after: z.array(text).min(1).optional(),
  /** The settings or traits that have this step; everyone when it is missing. */
  only: z.array(z.enum(places)).min(1).optional(),
  /** True where agents go on and staff have stepped aside: nothing on this screen may delay them. */
  aside: z.literal(true).optional(),
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
  /** Where a request by phone, e-mail or letter begins. */
  request: id.optional(),
  interrupts: z.strictObject({ danger: id, entered: id }),
  /** Whom a site can have a number for, in the order in which they are told. */
  roles: z.array(id).min(1),
  /** The roles of whom at least one is being called, soon, on every way from the start. */
  holding: z.array(id).optional(),
  /** The roles of whom each is called before the end. */
  told: z.array(id).optional(),
  /** Fields of the record that this protocol does not ask. */
  leaves: z.array(id).optional(),
  /** The steps that rest on each source, a variant of one as "place.step": every citation stands in the files twice. */
  rests: z.record(z.string(), z.array(text)).optional(),
  /** Steps that are written and not shown: they, and the answers that lead to them, wait for counsel. */
  off: z.array(id).optional(),
  /** Where a setting, or a place with a trait, leads elsewhere than the rest: step id to the parts that differ. */
  variants: z.partialRecord(z.enum(places), z.record(id, z.record(z.string(), z.unknown()))).optional(),
  sources: z.record(z.string(), Source),
  steps: z.record(id, GraphStep),
});
export type Graph = z.infer<typeof Graph>;

const StepText = {
  say: text.optional(),
  /** What can be said to people nearby, to anyone alike. */
  nearby: text.optional(),
  do: z.array(text).max(3).optional(),
  ask: text.optional(),
  answers: z.record(id, text).optional(),
};
const own = z.strictObject(StepText).optional();
const StepWords = z.strictObject({
  ...StepText,
  ...(Object.fromEntries(places.map((place) => [place, own])) as Record<Setting | Trait, typeof own>),
});
export const ProtocolWords = z.strictObject({
  language: z.string().regex(/^[a-z]{2}$/, "two small letters such as en"),
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
