import { compile, type Parts, type Place, placeName, placesOf, withOff, wordsFor } from "./compile.ts";
import type { Fault } from "./fault.ts";
import { shapeFaults, wayFaults } from "./faults-graph.ts";
import { fieldFaults, lookFaults } from "./faults-record.ts";
import { fill } from "./fill.ts";
import { nearest, quote } from "./names.ts";
import { OWN_PLACEHOLDERS, PLACEHOLDERS, type Step } from "./protocol.ts";

// What a protocol must prove before anybody is asked anything (section 6 of the design, as far as it can be checked
// without scenarios). Every fault is a sentence, and says in which file and at which key it is to be put right.

/** Everything that is wrong, in the order of the files; none for a protocol that may be shown to people. */
export function faults(parts: Parts): readonly Fault[] {
  const shape = [...shapeFaults(parts), ...fieldFaults(parts), ...lookFaults(parts)];
  if (shape.length > 0) return shape;
  return overPlaces(parts.graph, (place) => placeFaults(parts, place));
}

/** The faults of every place. What is wrong in a setting anyway is not told again of each trait. */
export function overPlaces(graph: Parts["graph"], found: (place: Place) => readonly Fault[]): readonly Fault[] {
  const told = new Map<string, Fault>();
  for (const place of placesOf(graph)) {
    for (const fault of found(place)) {
      const message = fault.message.replaceAll(placeName(place), place.setting);
      const key = JSON.stringify([
        fault.part,
        fault.path,
        message,
        fault.hint.replaceAll(placeName(place), place.setting),
      ]);
      if (!told.has(key)) told.set(key, fault);
    }
  }
  return [...told.values()];
}

function placeFaults(parts: Parts, place: Place): readonly Fault[] {
  const whole = withOff(parts);
  const name = placeName(place);
  return [
    ...wayFaults(parts.graph, compile(parts, place), name),
    ...wayFaults(parts.graph, compile(whole, place), name),
    ...wordFaults(whole, place),
  ];
}

/** Every word is there, none is left over, and what is said aloud is short. */
function wordFaults(parts: Parts, place: Place): readonly Fault[] {
  const { graph, words, language } = parts;
  const { setting } = place;
  const own = [setting, ...(place.traits ?? [])];
  const protocol = compile(parts, place);
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
    const text = wordsFor(words, own, step.id);
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
    for (const spoken of [
      step.say ?? "",
      step.nearby ?? "",
      ...step.do,
      step.ask,
      ...labels.map(([, label]) => label),
    ]) {
      unfilled(spoken, path, `step "${step.id}"`);
    }
    const say = fill(step.say ?? "", protocol.values);
    const count = say.split(/\s+/).filter(Boolean).length;
    if (count > language.say.words)
      at(
        [...path, "say"],
        `what step "${step.id}" says in a ${placeName(place)} has ${count} words`,
        `${language.say.words} at most, so that it can be said in one breath`,
      );
    if (say.length > language.say.characters)
      at(
        [...path, "say"],
        `what step "${step.id}" says in a ${placeName(place)} has ${say.length} characters`,
        `${language.say.characters} at most`,
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
