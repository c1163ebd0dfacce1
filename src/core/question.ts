import * as z from "zod";
import { About } from "./entry.ts";
import { FieldValue, type Field, type Unknown } from "./field.ts";
import type { Phase, Source } from "./protocol.ts";

// What passes between the engine and whoever answers: a person at the keyboard, a file of answers, another program,
// a scenario. One shape for all of them, as plain data, so that it can also be sent as JSON.

export type Choice = { readonly id: string; readonly label: string };

/** One screen: what to say and do, and the one thing that is asked. All words are final; placeholders are filled. */
export type Question = {
  readonly step: string;
  readonly phase: Phase;
  /** True while agents may be present: the live keys work, and "do not touch or block" stands on the screen. */
  readonly isLive: boolean;
  /** True outside an encounter, as on the first menu: nothing is written down, so of the keys only `stop` works. */
  readonly isOutside?: boolean;
  /** What to say aloud, to the agents, or into the telephone on a screen that asks for a call. */
  readonly say?: string | undefined;
  /** True when `say` is for the telephone. */
  readonly isCall?: boolean;
  /** `say` in English, where another language is shown: to read aloud or to point at, since agents and offices speak it. */
  readonly inEnglish?: string;
  /** What can be said to people nearby, to anyone alike. */
  readonly nearby?: string;
  readonly do: readonly string[];
  /** Only on live screens. */
  readonly never?: string;
  readonly ask: string;
  /** Which agent or paper is asked about, counted from 0. */
  readonly about?: About;
  /** Which thing is looked for on a paper. */
  readonly looksFor?: string;
  /** Choices to take by digit, 1 first. Empty when a field is typed. */
  readonly choices: readonly Choice[];
  /** The field that is asked for, if one is. With kind `choice` the choices are its values. */
  readonly field?: {
    readonly id: string;
    readonly kind: Field["kind"];
    /** What may stand in the place of a value. */
    readonly unknowns: readonly Unknown[];
    /** How many fields this step still asks, this one included. */
    readonly left: number;
  };
  /** Where the words come from, for the `why` key. */
  readonly why: readonly Source[];
  readonly contacts: readonly { readonly role: string; readonly label: string; readonly words: string }[];
  readonly canGoBack: boolean;
};

const step = z.string().min(1).max(80);
const at = z.iso.datetime({ offset: true }).optional();

/** Exactly one thing is answered at a time; `step` names the screen it answers, so a stale reply is noticed. */
export const Reply = z.union([
  z.strictObject({ step, answer: z.string().max(80), looksFor: z.string().optional(), at }),
  /** `rest`: what stands for every other field that this step still asks. */
  z.strictObject({
    step,
    fields: z.record(z.string(), FieldValue),
    about: About.optional(),
    rest: z.enum(["notAsked"]).optional(),
    at,
  }),
  z.strictObject({ step, note: z.string().min(1).max(10_000), at }),
  /** Who has the desk from now on: a role, never a name. */
  z.strictObject({
    step,
    handOver: z
      .string()
      .max(120)
      .regex(/^.*\S.*$/, "must be one line of words"),
    at,
  }),
  /** A path to a picture, scan or PDF; the guide copies it in. `for`: the field it answers. */
  z.strictObject({
    step,
    attach: z.string().min(1).max(4096),
    about: About.optional(),
    for: z.string().optional(),
    at,
  }),
  z.strictObject({ step, interrupt: z.enum(["danger", "entered"]), at }),
  z.strictObject({ step, back: z.literal(true), at }),
  z.strictObject({ step, pause: z.literal(true), at }),
]);
export type Reply = z.infer<typeof Reply>;
