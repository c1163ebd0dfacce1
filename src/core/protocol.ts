import type { Field, Unknown } from "./field.ts";
import type { Instrument, InstrumentWords, Look, Verdict } from "./instrument.ts";
import type { Route } from "./routes.ts";
import type { Setting, Trait } from "./settings.ts";

// A protocol: the approved, versioned graph of steps, compiled with its words for one setting. What the files must hold
// that it is compiled from stands in `graph.ts`. There is no expression language: `next` is the logic.

/** The pseudo-step that leads back to where an interrupt was called. */
export const RETURN = "return";

/**
 * How sure we are of a source. P: the primary text was read. P-part: part of it was. S: a secondary source was.
 * K: well-established law, the page not opened. C: inferred.
 */
export const marks = ["P", "P-part", "S", "K", "C"] as const;

export type Source = {
  readonly cite: string;
  /** What the source says that the step rests on, in our words, no surer than the mark. */
  readonly says: string;
  readonly mark: (typeof marks)[number];
  readonly link: string;
  readonly read: string;
};

export const phases = ["live", "record", "close"] as const;
export type Phase = (typeof phases)[number];

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
  /** What can be said to people nearby, to anyone alike. */
  readonly nearby?: string;
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

/** Everything of a protocol that is shown to staff, in one language. */
export type Spoken = {
  readonly title: string;
  readonly never: string;
  readonly roles: readonly { readonly id: string; readonly label: string }[];
  /** Stand-ins for placeholders that the site has not set. */
  readonly values: Readonly<Record<string, string>>;
  readonly steps: Readonly<Record<string, Step>>;
  readonly fields: Readonly<Record<string, WordedField>>;
  readonly unknowns: Readonly<Record<Unknown, string>>;
  readonly look: Look;
};

/**
 * A protocol for one setting in one language, whole: an encounter keeps a copy and needs nothing else to go on. Its own
 * words are those of the record, which is kept in English; `shown` holds what staff read and say where that is another.
 */
export type Protocol = Spoken & {
  readonly v: 1;
  readonly id: string;
  readonly version: string;
  readonly setting: Setting;
  /** The language of what is shown. */
  readonly language: string;
  readonly shown?: Spoken;
  readonly start: string;
  /** Where a request by phone, e-mail or letter begins. */
  readonly request?: string;
  readonly interrupts: { readonly danger: string; readonly entered: string };
  readonly outcomes: Readonly<Record<string, string>>;
  readonly sources: Readonly<Record<string, Source>>;
  /** What differs where the place is more than its setting: whole steps, in the place of those with their ids. */
  readonly traits?: Readonly<Partial<Record<Trait, Differs>>>;
  /** What would differ if the steps that wait for counsel were shown: nobody is asked them, and counsel reads them. */
  readonly off?: Differs;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly instruments: Readonly<Record<string, Instrument & InstrumentWords>>;
};

/** The steps that a trait of the place changes or adds, in the record's language and in the one that is shown. */
type Differs = { readonly steps: Spoken["steps"]; readonly shown?: Spoken["steps"] };

/** The language of the record and of what is printed. */
export const RECORD_LANGUAGE = "en";

/** The protocol as staff read it: the same, with the words of the language that is shown. */
export function asShown(protocol: Protocol): Protocol {
  return protocol.shown === undefined ? protocol : { ...protocol, ...protocol.shown };
}

/** The protocol as it is for a place with these traits. */
export function forTraits({ traits: all, off: _off, ...protocol }: Protocol, traits: readonly Trait[] = []): Protocol {
  return differing(
    protocol,
    traits.flatMap((trait) => all?.[trait] ?? []),
  );
}

/** The protocol with the steps that wait for counsel. */
export function withWaiting(protocol: Protocol): Protocol {
  return differing(forTraits(protocol), protocol.off === undefined ? [] : [protocol.off]);
}

function differing(protocol: Protocol, differs: readonly Differs[]): Protocol {
  const steps = Object.assign({}, protocol.steps, ...differs.map((each) => each.steps)) as Spoken["steps"];
  if (protocol.shown === undefined) return { ...protocol, steps };
  const spoken = Object.assign({}, protocol.shown.steps, ...differs.map((each) => each.shown)) as Spoken["steps"];
  return { ...protocol, steps, shown: { ...protocol.shown, steps: spoken } };
}

/** Placeholders that a site fills, besides `{contact.<role>}` for the roles of the graph. */
export const PLACEHOLDERS = ["site", "past", "waitingPlace", "area"] as const;

/** Placeholders that the encounter itself fills: its number, as it is said over the phone. */
export const OWN_PLACEHOLDERS = ["number"] as const;
