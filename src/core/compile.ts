import * as z from "zod";
import { Field, FieldWords, unknowns } from "./field.ts";
import {
  findings,
  type Instrument,
  InstrumentWords,
  type Look,
  type LookGraph,
  LookWords,
  SIGNER,
  signers,
  verdicts,
} from "./instrument.ts";
import { type Graph, GraphStep, type ProtocolWords } from "./graph.ts";
import type { Language } from "./language.ts";
import type { Answer, Protocol, Spoken, Step, WordedField } from "./protocol.ts";
import { type Setting, type Trait, traits } from "./settings.ts";

// From the files under `templates/` to a protocol for one setting: graph and words are put together, the parts of other
// settings left out. What is wrong in them is found by `faults.ts`; here a word that is missing becomes an empty one.

/** `templates/record/fields.yaml` */
export const FieldsFile = z.strictObject({ fields: z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), Field) });
/** The words about the record and the paper, in `templates/words/<lang>.yaml`. */
export const RecordWords = z.object({
  record: z.record(z.string(), FieldWords),
  look: LookWords,
  instruments: z.record(z.string(), InstrumentWords),
  verdicts: z.record(z.enum(verdicts), z.string().min(1)),
  unknowns: z.record(z.enum(unknowns), z.string().min(1)),
  more: z.strictObject({
    ask: z.string().min(1),
    another: z.string().min(1),
    done: z.string().min(1),
    agent: z.string().includes("{n}"),
    paper: z.string().includes("{n}"),
  }),
});
export type RecordWords = z.infer<typeof RecordWords>;

/** Everything a protocol is made of, each from its own file. */
export type Parts = {
  readonly graph: Graph;
  readonly words: ProtocolWords;
  readonly language: Language;
  readonly fields: Readonly<Record<string, Field>>;
  readonly look: LookGraph;
  readonly instruments: Readonly<Record<string, Instrument>>;
  readonly record: RecordWords;
};

/** What a protocol is compiled for: a kind of place, and what the place is besides. */
export type Place = { readonly setting: Setting; readonly traits?: readonly Trait[] };

/** Every place that a protocol's words and ways can differ for: each setting, alone and with each trait. */
export function placesOf({ settings }: Graph): readonly Place[] {
  return settings.flatMap((setting) => [{ setting }, ...traits.map((trait) => ({ setting, traits: [trait] }))]);
}

/** "shelter", "shelter (contracted)": a place as a sentence about a fault names it. */
export function placeName({ setting, traits: own = [] }: Place): string {
  return own.length === 0 ? setting : `${setting} (${own.join(", ")})`;
}

/** The same parts with the steps that wait for counsel shown too. */
export function withOff(parts: Parts): Parts {
  return { ...parts, graph: { ...parts.graph, off: [] } };
}

/** The protocol for one place, in the language of `parts`. @throws ZodError when a variant makes a step that is none. */
export function compile(parts: Parts, place: Setting | Place): Protocol {
  const { setting, traits: own = [] } = typeof place === "string" ? { setting: place } : place;
  const { graph, words } = parts;
  return {
    v: 1,
    id: graph.id,
    version: graph.version,
    title: words.title,
    setting,
    language: words.language,
    start: graph.start,
    ...(graph.request !== undefined && { request: graph.request }),
    interrupts: graph.interrupts,
    never: words.never,
    roles: graph.roles.map((id) => ({ id, label: words.roles[id] ?? "" })),
    values: words.values[setting] ?? {},
    outcomes: words.outcomes,
    sources: graph.sources,
    steps: Object.fromEntries(
      graphSteps(graph, [setting, ...own]).map(([id, step]) => [id, compileStep(parts, [setting, ...own], id, step)]),
    ),
    fields: Object.fromEntries(
      Object.entries(parts.fields).map(([id, field]) => [id, wordedField(field, parts.record.record[id])]),
    ),
    unknowns: parts.record.unknowns,
    verdicts: parts.record.verdicts,
    look: compileLook(parts),
    instruments: Object.fromEntries(
      Object.entries(parts.instruments).map(([id, kind]) => [
        id,
        { ...kind, ...(parts.record.instruments[id] ?? { name: "", about: "" }) },
      ]),
    ),
  };
}

/**
 * The protocol that ships: `parts` in the record's language, `spoken` in the language that is shown, and for each trait
 * the steps that it changes. @throws ZodError when a variant makes a step that is none.
 */
export function compileWhole(parts: Parts, spoken: Parts, setting: Setting): Protocol {
  const base = compile(parts, setting);
  const isForeign = spoken.words.language !== parts.words.language;
  const shown = isForeign ? compile(spoken, setting) : undefined;
  /** What another way of compiling changes, in both languages; undefined when it changes nothing. */
  const differs = (other: (parts: Parts) => Protocol) => {
    const found = {
      steps: changed(base.steps, other(parts).steps),
      ...(shown && { shown: changed(shown.steps, other(spoken).steps) }),
    };
    return Object.values(found).some((steps) => Object.keys(steps).length > 0) ? found : undefined;
  };
  const ofTraits = traits.flatMap((trait) => {
    const found = differs((each) => compile(each, { setting, traits: [trait] }));
    return found === undefined ? [] : [[trait, found] as const];
  });
  const off = differs((each) => compile(withOff(each), setting));
  return {
    ...base,
    language: spoken.words.language,
    ...(shown && { shown: spokenOf(shown) }),
    ...(ofTraits.length > 0 && { traits: Object.fromEntries(ofTraits) }),
    ...(off && { off }),
  };
}

function spokenOf({ title, never, roles, values, steps, fields, unknowns, look }: Protocol): Spoken {
  return { title, never, roles, values, steps, fields, unknowns, look };
}

function changed(before: Spoken["steps"], after: Spoken["steps"]): Spoken["steps"] {
  return Object.fromEntries(
    Object.entries(after).filter(([id, step]) => JSON.stringify(before[id]) !== JSON.stringify(step)),
  );
}

/** The steps that a place has, each as it is there, without those that wait for counsel. */
function graphSteps(graph: Graph, own: readonly (Setting | Trait)[]): readonly (readonly [string, GraphStep])[] {
  const off = new Set(graph.off);
  return Object.entries(graph.steps)
    .filter(([id, step]) => !off.has(id) && (step.only === undefined || step.only.some((each) => own.includes(each))))
    .map(([id, step]) => [id, withoutOff(varied(graph, own, id, step), off)] as const);
}

function varied(graph: Graph, own: readonly (Setting | Trait)[], id: string, step: GraphStep): GraphStep {
  return own.reduce((whole, place) => {
    const variant = graph.variants?.[place]?.[id];
    return variant === undefined ? whole : GraphStep.parse(withVariant(whole, variant));
  }, step);
}

function withoutOff(step: GraphStep, off: ReadonlySet<string>): GraphStep {
  if (step.kind !== "ask") return step;
  return {
    ...step,
    answers: Object.fromEntries(Object.entries(step.answers).filter(([, { next }]) => !off.has(next))),
  };
}

/** A step with what a setting changes of it, for the schema to read: it may be no step at all. */
export function withVariant(step: GraphStep, variant: Readonly<Record<string, unknown>>): unknown {
  return { ...unparsed(step), ...variant };
}

/** Answers in the short form again, as the schema reads them. */
function unparsed(step: GraphStep): Record<string, unknown> {
  if (step.kind !== "ask") return step;
  const answers = Object.entries(step.answers).map(([id, { next, sets }]) => [
    id,
    sets === undefined ? next : { next, sets },
  ]);
  return { ...step, answers: Object.fromEntries(answers) };
}

/** The words of a step in a place: those of its traits, key by key, before its setting's, and these before the common ones. */
export function wordsFor(
  words: ProtocolWords,
  own: readonly (Setting | Trait)[],
  id: string,
): ProtocolWords["steps"][string] {
  const all = words.steps[id] ?? {};
  return own.reduce((whole, place) => {
    const text = all[place] ?? {};
    return {
      ...whole,
      ...text,
      ...((whole.answers || text.answers) && { answers: { ...whole.answers, ...text.answers } }),
    };
  }, all);
}

function compileStep({ words, record }: Parts, own: readonly (Setting | Trait)[], id: string, step: GraphStep): Step {
  const text = wordsFor(words, own, id);
  const base = {
    id,
    phase: step.phase,
    ...(text.say !== undefined && { say: text.say }),
    ...(text.nearby !== undefined && { nearby: text.nearby }),
    do: text.do ?? [],
    ask: text.ask ?? "",
    why: step.why,
  };
  const label = (answer: string): string => text.answers?.[answer] ?? "";
  switch (step.kind) {
    case "tell":
      return { ...base, kind: "tell", done: label("done"), next: step.next };
    case "ask":
      return {
        ...base,
        kind: "ask",
        answers: Object.entries(step.answers).map(
          ([answer, to]): Answer => ({
            id: answer,
            label: label(answer),
            next: to.next,
            ...(to.sets && { sets: to.sets }),
          }),
        ),
      };
    case "record":
      return {
        ...base,
        kind: "record",
        fields: step.fields,
        ...(step.each && { each: step.each }),
        more: record.more,
        next: step.next,
      };
    case "call":
      return {
        ...base,
        kind: "call",
        role: step.role,
        reached: label("reached"),
        unreached: label("unreached"),
        next: step.next,
      };
    case "examine":
      return { ...base, kind: "examine", next: step.next };
    case "end":
      return { ...base, kind: "end", outcome: step.outcome, done: label("done") };
  }
}

function wordedField({ ...field }: Field, words: FieldWords | undefined): WordedField {
  return {
    ...field,
    label: words?.label ?? "",
    ask: words?.ask ?? "",
    ...(words?.choices && { choiceWords: words.choices }),
  };
}

const nothingAsked: LookWords[string] = { ask: "", answers: {} };

/** The tree of questions, then the signer, then the findings, all in one list. */
function compileLook({ look, record, instruments }: Parts): Look {
  const asked = (id: string) => record.look[id] ?? nothingAsked;
  const tree = Object.entries(look.questions).map(([id, answers]) => {
    const { ask, answers: labels } = asked(id);
    return [
      id,
      {
        ask,
        answers: Object.entries(answers).map(([answer, to]) => ({ id: answer, label: labels[answer] ?? "", ...to })),
      },
    ] as const;
  });
  const plain = (id: string, answers: readonly string[]) =>
    [
      id,
      {
        ask: asked(id).ask,
        answers: answers.map((answer) => ({ id: answer, label: asked(id).answers[answer] ?? "" })),
      },
    ] as const;
  const wanted = [...new Set(Object.values(instruments).flatMap((kind) => kind.findings))];
  return {
    start: look.start,
    questions: Object.fromEntries([
      ...tree,
      plain(SIGNER, signers),
      ...wanted.map((finding) => plain(finding, findings)),
    ]),
  };
}
