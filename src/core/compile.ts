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
import type { Answer, Protocol, Step, WordedField } from "./protocol.ts";
import type { Setting } from "./settings.ts";

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
  readonly fields: Readonly<Record<string, Field>>;
  readonly look: LookGraph;
  readonly instruments: Readonly<Record<string, Instrument>>;
  readonly record: RecordWords;
};

/** The protocol for one setting. @throws ZodError when a variant makes a step that is none. */
export function compile(parts: Parts, setting: Setting): Protocol {
  const { graph, words } = parts;
  const steps = Object.entries(graph.steps).filter(
    ([, step]) => step.only === undefined || step.only.includes(setting),
  );
  return {
    v: 1,
    id: graph.id,
    version: graph.version,
    title: words.title,
    setting,
    language: words.language,
    approved: false,
    start: graph.start,
    interrupts: graph.interrupts,
    never: words.never,
    roles: graph.roles.map((id) => ({ id, label: words.roles[id] ?? "" })),
    values: words.values[setting] ?? {},
    outcomes: words.outcomes,
    sources: graph.sources,
    steps: Object.fromEntries(
      steps.map(([id, step]) => [id, compileStep(parts, setting, id, varied(graph, setting, id, step))]),
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

function varied(graph: Graph, setting: Setting, id: string, step: GraphStep): GraphStep {
  const variant = graph.variants?.[setting]?.[id];
  return variant === undefined ? step : GraphStep.parse(withVariant(step, variant));
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

/** The words of a step in a setting: the setting's own, key by key, before the common ones. */
export function wordsFor(words: ProtocolWords, setting: Setting, id: string): ProtocolWords["steps"][string] {
  const all = words.steps[id] ?? {};
  const own = all[setting] ?? {};
  return { ...all, ...own, ...((all.answers || own.answers) && { answers: { ...all.answers, ...own.answers } }) };
}

function compileStep({ words, record }: Parts, setting: Setting, id: string, step: GraphStep): Step {
  const text = wordsFor(words, setting, id);
  const base = {
    id,
    phase: step.phase,
    ...(text.say !== undefined && { say: text.say }),
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
