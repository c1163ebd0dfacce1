import type { Parts } from "./compile.ts";
import { compile, withVariant, wordsFor } from "./compile.ts";
import { misfit } from "./field.ts";
import { fill } from "./fill.ts";
import { findings, SIGNER, signers } from "./instrument.ts";
import { type Graph, GraphStep, OWN_PLACEHOLDERS, PLACEHOLDERS, type Protocol, RETURN, type Step } from "./protocol.ts";
import type { Setting } from "./settings.ts";

// What a protocol must prove before anybody is asked anything (section 6 of the design, as far as it can be checked
// without scenarios). Every fault is a sentence, and says in which file and at which key it is to be put right.

/** Where a fault is: the file by its part, and the keys that lead to it. */
export type Fault = {
  readonly part: "graph" | "words" | "fields" | "look" | "instruments" | "record";
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What would be right. */
  readonly hint: string;
};

export const SAY_WORDS = 27;
export const SAY_CHARACTERS = 160;
const CHOICES = 4;

/** Everything that is wrong, in the order of the files; none for a protocol that may be shown to people. */
export function faults(parts: Parts): readonly Fault[] {
  const shape = [...shapeFaults(parts), ...fieldFaults(parts), ...lookFaults(parts)];
  if (shape.length > 0) return shape;
  return unique(
    parts.graph.settings.flatMap((setting) => [
      ...wayFaults(parts.graph, compile(parts, setting)),
      ...wordFaults(parts, setting),
    ]),
  );
}

function unique(list: readonly Fault[]): readonly Fault[] {
  return [...new Map(list.map((fault) => [JSON.stringify(fault), fault])).values()];
}

function quote(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(", ");
}

/** Names that exist are named where they should. */
function shapeFaults(parts: Parts): readonly Fault[] {
  const { graph } = parts;
  const found: Fault[] = [];
  const steps = Object.keys(graph.steps);
  const stepNamed = (path: readonly string[], id: string) => {
    if (id !== RETURN && !steps.includes(id))
      found.push({
        part: "graph",
        path,
        message: `there is no step "${id}"`,
        hint: `use the name of a step, as "${nearest(id, steps)}"`,
      });
  };
  stepNamed(["start"], graph.start);
  stepNamed(["interrupts", "danger"], graph.interrupts.danger);
  stepNamed(["interrupts", "entered"], graph.interrupts.entered);
  for (const [id, step] of Object.entries(graph.steps)) found.push(...stepFaults(parts, ["steps", id], id, step));
  for (const [setting, variants] of Object.entries(graph.variants ?? {})) {
    for (const [id, variant] of Object.entries(variants)) found.push(...variantFaults(parts, setting, id, variant));
  }
  return found;
}

/** What is wrong with a setting's own version of a step. What it leaves as it was is told where it stands. */
function variantFaults(
  parts: Parts,
  setting: string,
  id: string,
  variant: Readonly<Record<string, unknown>>,
): readonly Fault[] {
  const steps = parts.graph.steps;
  const path = ["variants", setting, id];
  const step = steps[id];
  if (step === undefined)
    return [
      {
        part: "graph",
        path,
        message: `there is no step "${id}"`,
        hint: `use the name of a step, as "${nearest(id, Object.keys(steps))}"`,
      },
    ];
  const read = GraphStep.safeParse(withVariant(step, variant));
  if (read.success)
    return stepFaults(parts, path, id, read.data).filter((fault) => String(fault.path[path.length]) in variant);
  const issue = read.error.issues[0];
  return [
    {
      part: "graph",
      path,
      message: `in a ${setting}, step "${id}" would be none: ${[...(issue?.path ?? []), issue?.message].join(": ")}`,
      hint: "change only keys that a step of its kind has",
    },
  ];
}

function stepFaults({ graph, fields }: Parts, path: readonly string[], id: string, step: GraphStep): readonly Fault[] {
  const found: Fault[] = [];
  const steps = Object.keys(graph.steps);
  const at = (keys: readonly (string | number)[], message: string, hint: string) =>
    found.push({ part: "graph", path: [...path, ...keys], message, hint });
  for (const [key, next] of nexts(step)) {
    if (next !== RETURN && !steps.includes(next))
      at(key, `there is no step "${next}"`, `use the name of a step, as "${nearest(next, steps)}"`);
  }
  for (const [i, source] of step.why.entries()) {
    if (graph.sources[source] === undefined)
      at(
        ["why", i],
        `there is no source "${source}"`,
        `add it under "sources", or use "${nearest(source, Object.keys(graph.sources))}"`,
      );
  }
  if (step.kind === "call" && !graph.roles.includes(step.role))
    at(["role"], `there is no role "${step.role}"`, `one of ${quote(graph.roles)}`);
  if (step.kind === "record") {
    if (step.next === RETURN)
      at(
        ["next"],
        "a record step cannot lead back to where an interrupt was called",
        "let a tell or ask step after it do so",
      );
    for (const [i, field] of step.fields.entries()) {
      const per = step.each ?? "incident";
      if (fields[field] === undefined)
        at(
          ["fields", i],
          `there is no field "${field}"`,
          `use the name of a field, as "${nearest(field, Object.keys(fields))}"`,
        );
      else if (fields[field].per !== per)
        at(
          ["fields", i],
          `field "${field}" is per ${fields[field].per}, this step asks per ${per}`,
          `put "each" right, or move the field`,
        );
    }
  }
  if (step.kind !== "ask") return found;
  const answers = Object.entries(step.answers);
  const named = answers.filter(([answer]) => answer !== "other");
  if (named.length === 0) at(["answers"], `step "${id}" has no answer`, "give it at least one answer");
  if (named.length > CHOICES)
    at(["answers"], `step "${id}" has ${named.length} answers`, `${CHOICES} at most, and "other"`);
  for (const [answer, { next, sets }] of answers) {
    if (sets && (next === graph.interrupts.danger || next === graph.interrupts.entered))
      at(
        ["answers", answer, "sets"],
        "an answer that leads to an interrupt cannot set a field",
        "set it in the step it leads to",
      );
    for (const [field, value] of Object.entries(sets ?? {})) {
      const why =
        fields[field] === undefined
          ? `there is no field "${field}"`
          : fields[field].per === "incident"
            ? misfit(fields[field], value)
            : `field "${field}" is per ${fields[field].per}`;
      if (why !== undefined)
        at(["answers", answer, "sets", field], why, "use a field of the visit and a value it may hold");
    }
  }
  return found;
}

/** Every way out of a step in the graph, with the keys that lead to it. */
function nexts(step: Graph["steps"][string]): readonly (readonly [readonly string[], string])[] {
  switch (step.kind) {
    case "tell":
    case "record":
      return [[["next"], step.next]];
    case "ask":
      return Object.entries(step.answers).map(([answer, { next }]) => [["answers", answer], next]);
    case "call":
    case "examine":
      return Object.entries(step.next).map(([key, next]) => [["next", key], next]);
    case "end":
      return [];
  }
}

/** Every step that one answer can lead to, by its answer. An examine step's answers are its routes. */
export function waysOut(step: Step): readonly (readonly [string, string])[] {
  switch (step.kind) {
    case "tell":
    case "record":
      return [["done", step.next]];
    case "ask":
      return step.answers.map(({ id, next }) => [id, next]);
    case "call":
    case "examine":
      return Object.entries(step.next);
    case "end":
      return [];
  }
}

/** No dead end, nothing unreachable, nowhere to be lost: every step can be come to, and every step can be got out of. */
function wayFaults(graph: Graph, protocol: Protocol): readonly Fault[] {
  const { setting, steps } = protocol;
  const gone = Object.values(steps).flatMap((step) =>
    waysOut(step)
      .filter(([, to]) => to !== RETURN && steps[to] === undefined)
      .map(([answer, to]) => ({ step, answer, to })),
  );
  if (gone.length > 0) {
    return gone.map(({ step, answer, to }) => ({
      part: "graph",
      path: ["steps", step.id],
      message: `in a ${setting}, answer "${answer}" of step "${step.id}" leads to "${to}", which a ${setting} does not have`,
      hint: `lead elsewhere under variants: ${setting}: ${step.id}`,
    }));
  }
  const found: Fault[] = [];
  const interrupts = [graph.interrupts.danger, graph.interrupts.entered];
  const reached = reachable(protocol, [protocol.start, ...interrupts]);
  const ending = leadingToEnd(protocol);
  const spine = reachable(protocol, [protocol.start], new Set(interrupts));
  for (const step of Object.values(steps)) {
    const path = ["steps", step.id];
    if (!reached.has(step.id))
      found.push({
        part: "graph",
        path,
        message: `in a ${setting}, no answer leads to step "${step.id}"`,
        hint: "let an answer lead to it, or take it out",
      });
    if (!ending.has(step.id))
      found.push({
        part: "graph",
        path,
        message: `in a ${setting}, step "${step.id}" never comes to an end`,
        hint: "give it an answer that leads on",
      });
    const back = waysOut(step).some(([, to]) => to === RETURN);
    if (back && spine.has(step.id))
      found.push({
        part: "graph",
        path,
        message: `step "${step.id}" goes back to where an interrupt was called, but can be reached without one`,
        hint: `only steps after "danger" or "entered" may lead to "${RETURN}"`,
      });
    if (step.kind === "ask" && waysOut(step).every(([, to]) => to === step.id))
      found.push({
        part: "graph",
        path,
        message: `every answer of step "${step.id}" leads to itself`,
        hint: "give it an answer that leads on",
      });
  }
  return found;
}

function reachable(
  { steps }: Protocol,
  from: readonly string[],
  not: ReadonlySet<string> = new Set(),
): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = from.filter((id) => !not.has(id));
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = steps[id];
    if (step === undefined || reached.has(id)) continue;
    reached.add(id);
    open.push(
      ...waysOut(step)
        .map(([, to]) => to)
        .filter((to) => !not.has(to)),
    );
  }
  return reached;
}

/** Steps from which an end can be come to. Going back to where an interrupt was called counts: every live step is got out of by itself. */
function leadingToEnd({ steps }: Protocol): ReadonlySet<string> {
  const good = new Set([
    RETURN,
    ...Object.values(steps)
      .filter((step) => step.kind === "end")
      .map((step) => step.id),
  ]);
  for (let size = -1; size !== good.size; ) {
    size = good.size;
    for (const step of Object.values(steps)) if (waysOut(step).some(([, to]) => good.has(to))) good.add(step.id);
  }
  return good;
}

/** Every word is there, none is left over, and what is said aloud is short. */
function wordFaults(parts: Parts, setting: Setting): readonly Fault[] {
  const { graph, words } = parts;
  const protocol = compile(parts, setting);
  const found: Fault[] = [];
  const at = (path: readonly (string | number)[], message: string, hint: string) =>
    found.push({ part: "words", path, message, hint });
  for (const role of graph.roles)
    if (!words.roles[role]) at(["roles", role], `the role "${role}" has no name`, `add roles: ${role}`);
  const bySite = [...PLACEHOLDERS, ...graph.roles.map((role) => `contact.${role}`)];
  const known = new Set<string>([...bySite, ...OWN_PLACEHOLDERS]);
  for (const name of bySite)
    if (!words.values[setting]?.[name])
      at(["values", setting], `nothing stands in for {${name}} in a ${setting}`, `add values: ${setting}: ${name}`);
  for (const id of Object.keys(words.steps))
    if (graph.steps[id] === undefined)
      at(
        ["steps", id],
        `there is no step "${id}"`,
        `take these words out, or name a step, as "${nearest(id, Object.keys(graph.steps))}"`,
      );
  for (const step of Object.values(protocol.steps)) {
    const path = ["steps", step.id];
    const text = wordsFor(words, setting, step.id);
    if (step.kind !== "examine" && step.kind !== "record" && step.ask === "")
      at(path, `step "${step.id}" asks nothing`, `add steps: ${step.id}: ask`);
    if (step.phase === "live" && step.kind !== "examine" && step.kind !== "record" && step.do.length === 0)
      at(path, `step "${step.id}" does not say what to do`, `add steps: ${step.id}: do`);
    const labels = answerLabels(step);
    for (const [answer, label] of labels)
      if (label === "")
        at(
          [...path, "answers"],
          `answer "${answer}" of step "${step.id}" has no words`,
          `add steps: ${step.id}: answers: ${answer}`,
        );
    for (const answer of Object.keys(text.answers ?? {})) {
      if (!labels.some(([id]) => id === answer))
        at(
          [...path, "answers", answer],
          `step "${step.id}" has no answer "${answer}"`,
          labels.length > 0 ? `one of ${quote(labels.map(([id]) => id))}` : "take these words out",
        );
    }
    for (const spoken of [step.say ?? "", ...step.do, step.ask, ...labels.map(([, label]) => label)]) {
      for (const [, name] of spoken.matchAll(/\{([^}]*)\}/g))
        if (!known.has(name ?? ""))
          at(
            path,
            `step "${step.id}" holds {${name}}, which nothing fills`,
            `one of ${[...known].map((word) => `{${word}}`).join(", ")}`,
          );
    }
    const say = fill(step.say ?? "", protocol.values);
    const count = say.split(/\s+/).filter(Boolean).length;
    if (count > SAY_WORDS)
      at(
        [...path, "say"],
        `what step "${step.id}" says in a ${setting} has ${count} words`,
        `${SAY_WORDS} at most, so that it can be said in one breath`,
      );
    if (say.length > SAY_CHARACTERS)
      at(
        [...path, "say"],
        `what step "${step.id}" says in a ${setting} has ${say.length} characters`,
        `${SAY_CHARACTERS} at most`,
      );
    if (step.kind === "end" && !words.outcomes[step.outcome])
      at(["outcomes", step.outcome], `the outcome "${step.outcome}" has no words`, `add outcomes: ${step.outcome}`);
  }
  return found;
}

function answerLabels(step: Step): readonly (readonly [string, string])[] {
  switch (step.kind) {
    case "ask":
      return step.answers.map(({ id, label }) => [id, label]);
    case "tell":
    case "end":
      return [["done", step.done]];
    case "call":
      return [
        ["reached", step.reached],
        ["unreached", step.unreached],
      ];
    case "record":
    case "examine":
      return [];
  }
}

/** Names of fields that would hold what must not be collected, whatever they are called. */
const NOT_COLLECTED =
  /status|citizen|national|birth|country|origin|religio|race|ethnic|language|alien|passport|visa|isClient|isPatient|isStudent|isPupil|isResident/i;

function fieldFaults({ fields, record }: Parts): readonly Fault[] {
  const found: Fault[] = [];
  for (const [id, field] of Object.entries(fields)) {
    const path = ["fields", id];
    const at = (message: string, hint: string) => found.push({ part: "fields", path, message, hint });
    if (NOT_COLLECTED.test(id)) at(`field "${id}" would hold what must not be collected`, "take it out");
    if (field.kind === "choice" && !field.choices) at(`field "${id}" is a choice without choices`, "add choices");
    if (field.kind !== "choice" && field.choices)
      at(`field "${id}" has choices but is of kind "${field.kind}"`, `make it kind: choice, or take the choices out`);
    const when = field.when && fields[field.when.field];
    if (field.when && when === undefined)
      at(
        `field "${id}" hangs on "${field.when.field}", which is no field`,
        `use a field, as "${nearest(field.when.field, Object.keys(fields))}"`,
      );
    if (field.when && when && when.per !== field.per)
      at(
        `field "${id}" is per ${field.per}, but hangs on a field per ${when.per}`,
        "let it hang on a field of the same kind",
      );
    for (const value of field.when?.is ?? [])
      if (when?.choices && !when.choices.includes(value))
        at(`field "${id}" hangs on "${value}", which "${field.when?.field}" never is`, `one of ${quote(when.choices)}`);
    const words = record.record[id];
    if (words === undefined)
      found.push({
        part: "record",
        path: ["record"],
        message: `the field "${id}" has no words`,
        hint: `add record: ${id}`,
      });
    for (const choice of field.choices ?? [])
      if (words && !words.choices?.[choice])
        found.push({
          part: "record",
          path: ["record", id],
          message: `the choice "${choice}" of field "${id}" has no words`,
          hint: `add record: ${id}: choices: ${choice}`,
        });
  }
  return found;
}

function lookFaults({ look, instruments, record }: Parts): readonly Fault[] {
  const found: Fault[] = [];
  const at = (path: readonly string[], message: string, hint: string) =>
    found.push({ part: "look", path, message, hint });
  const questions = Object.keys(look.questions);
  const kinds = Object.keys(instruments);
  if (!questions.includes(look.start))
    at(["start"], `there is no question "${look.start}"`, `one of ${quote(questions)}`);
  for (const [id, answers] of Object.entries(look.questions)) {
    if (Object.keys(answers).length > CHOICES + 1)
      at(
        ["questions", id],
        `question "${id}" has ${Object.keys(answers).length} answers`,
        `${CHOICES} at most, and one for everything else`,
      );
    for (const [answer, to] of Object.entries(answers)) {
      if ("next" in to && !questions.includes(to.next))
        at(["questions", id, answer], `there is no question "${to.next}"`, `one of ${quote(questions)}`);
      if ("instrument" in to && !kinds.includes(to.instrument))
        at(
          ["questions", id, answer],
          `there is no instrument "${to.instrument}"`,
          `use the name of one, as "${nearest(to.instrument, kinds)}"`,
        );
      if (!record.look[id]?.answers[answer])
        found.push({
          part: "record",
          path: ["look", id],
          message: `the answer "${answer}" of question "${id}" has no words`,
          hint: `add look: ${id}: answers: ${answer}`,
        });
    }
  }
  const leading = leadingToInstrument(look);
  for (const id of questions)
    if (!leading.has(id))
      at(["questions", id], `question "${id}" never comes to an instrument`, "give it an answer that leads to one");
  const wanted = new Set(Object.values(instruments).flatMap((kind) => kind.findings));
  for (const [id, answers] of [
    [SIGNER, signers] as const,
    ...[...wanted].map((finding) => [finding, findings] as const),
  ]) {
    for (const answer of answers)
      if (record.look[id] && !record.look[id].answers[answer])
        found.push({
          part: "record",
          path: ["look", id],
          message: `the answer "${answer}" of question "${id}" has no words`,
          hint: `add look: ${id}: answers: ${answer}`,
        });
  }
  for (const id of new Set([...questions, SIGNER, ...wanted]))
    if (!record.look[id]?.ask)
      found.push({
        part: "record",
        path: ["look"],
        message: `the question "${id}" has no words`,
        hint: `add look: ${id}: ask`,
      });
  for (const id of kinds)
    if (!record.instruments[id])
      found.push({
        part: "record",
        path: ["instruments"],
        message: `the instrument "${id}" has no name`,
        hint: `add instruments: ${id}`,
      });
  return found;
}

/** Questions from which an instrument can be come to. */
function leadingToInstrument({ questions }: Parts["look"]): ReadonlySet<string> {
  const good = new Set<string>();
  for (let size = -1; size !== good.size; ) {
    size = good.size;
    for (const [id, answers] of Object.entries(questions))
      if (Object.values(answers).some((to) => "instrument" in to || good.has(to.next))) good.add(id);
  }
  return good;
}

/** The name most like `word`, for a hint. */
function nearest(word: string, names: readonly string[]): string {
  const distance = (a: string, b: string): number => {
    let row = Array.from({ length: b.length + 1 }, (_, i) => i);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++)
        next.push(
          Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
        );
      row = next;
    }
    return row[b.length] ?? 0;
  };
  return names.toSorted((a, b) => distance(word, a) - distance(word, b))[0] ?? "";
}
