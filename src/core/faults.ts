import { compile, type Parts, wordsFor } from "./compile.ts";
import type { Fault } from "./fault.ts";
import { shapeFaults, wayFaults } from "./faults-graph.ts";
import { fieldFaults, lookFaults } from "./faults-record.ts";
import { fill } from "./fill.ts";
import { nearest, quote } from "./names.ts";
import { OWN_PLACEHOLDERS, PLACEHOLDERS, type Step } from "./protocol.ts";
import type { Setting } from "./settings.ts";

// What a protocol must prove before anybody is asked anything (section 6 of the design, as far as it can be checked
// without scenarios). Every fault is a sentence, and says in which file and at which key it is to be put right.

export const SAY_WORDS = 27;
export const SAY_CHARACTERS = 160;

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
  const unfilled = (spoken: string, path: readonly string[], where: string) => {
    for (const [, name] of spoken.matchAll(/\{([^}]*)\}/g)) {
      if (known.has(name ?? "")) continue;
      at(
        path,
        `${where} holds {${name}}, which nothing fills`,
        `one of ${[...known].map((word) => `{${word}}`).join(", ")}`,
      );
    }
  };
  unfilled(words.never, ["never"], "what stands on every live screen");
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
      unfilled(spoken, path, `step "${step.id}"`);
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
