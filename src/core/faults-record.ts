import type { Parts } from "./compile.ts";
import { CHOICES, type Fault } from "./fault.ts";
import { findings, SIGNER, signers } from "./instrument.ts";
import { nearest, quote } from "./names.ts";

// Faults of what a record may hold, and of how a paper is looked at.

/** Names of fields that would hold what must not be collected, whatever they are called. */
const NOT_COLLECTED =
  /status|citizen|national|birth|country|origin|religio|race|ethnic|language|alien|passport|visa|isClient|isPatient|isStudent|isPupil|isResident/i;

export function fieldFaults({ fields, record }: Parts): readonly Fault[] {
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

export function lookFaults({ look, instruments, record }: Parts): readonly Fault[] {
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
