import type { Parts } from "./compile.ts";
import type { Fault } from "./fault.ts";
import { sentencesOf } from "./proofs-words.ts";
import { settings, traits } from "./settings.ts";

// A translation says what the original says: the same steps and answers, the same parts of each, the same placeholders,
// and as many sentences and questions wherever words are said aloud. What is said in it is for whoever speaks it.

/** A text that stands in both unchanged, and is longer than this, was forgotten. */
const SAME_WORDS = 3;

/**
 * How much shorter or longer what to do may be in a translation than it usually is between the two languages. The shipped
 * words lie between 0.75 and 1.35.
 */
const [SHORTER, LONGER] = [0.7, 1.45];

/** What `other` lacks, or has too much, beside `base`: both are parts of one protocol, in two languages. */
export function parity(base: Parts, other: Parts): readonly Fault[] {
  const pair = new Pair(base.language.name, other.language.name);
  const [english, foreign] = [base.words, other.words];
  const words = pair.in("words");
  words.usual = usualLength(english, foreign);
  words.text(["title"], "the title", english.title, foreign.title);
  words.text(["never"], "what stands on every live screen", english.never, foreign.never);
  words.texts(["roles"], "the role", english.roles, foreign.roles);
  words.texts(["outcomes"], "the outcome", english.outcomes, foreign.outcomes);
  for (const setting of settings)
    words.texts(
      ["values", setting],
      `in a ${setting}, the stand-in`,
      english.values[setting] ?? {},
      foreign.values[setting] ?? {},
    );
  for (const id of keysOf(english.steps, foreign.steps))
    words.step(["steps", id], `step "${id}"`, english.steps[id], foreign.steps[id]);
  recordParity(pair, base, other);
  return pair.found;
}

/** How long what to do is in a language, beside the other: all of it. 1 where there is nothing. */
function usualLength(base: Parts["words"], other: Parts["words"]): number {
  const [there, here] = [base, other].map(({ steps }) =>
    Object.values(steps).reduce((sum, { do: lines = [] }) => sum + lines.join(" ").length, 0),
  );
  return there && here ? here / there : 1;
}

function recordParity(pair: Pair, { record: base }: Parts, { record: other }: Parts): void {
  const words = pair.in("record");
  for (const id of keysOf(base.record, other.record)) {
    const path = ["record", id];
    const [a, b] = [base.record[id], other.record[id]];
    if (!words.both(path, `the field "${id}"`, a, b)) continue;
    words.text([...path, "label"], `the label of field "${id}"`, a?.label, b?.label);
    words.text([...path, "ask"], `what field "${id}" asks`, a?.ask, b?.ask);
    words.texts([...path, "choices"], `in field "${id}", the choice`, a?.choices ?? {}, b?.choices ?? {});
  }
  for (const id of keysOf(base.look, other.look)) {
    const path = ["look", id];
    const [a, b] = [base.look[id], other.look[id]];
    if (!words.both(path, `the question "${id}" about a paper`, a, b)) continue;
    words.text([...path, "ask"], `the question "${id}" about a paper`, a?.ask, b?.ask);
    words.texts([...path, "answers"], `in question "${id}", the answer`, a?.answers ?? {}, b?.answers ?? {});
  }
  for (const id of keysOf(base.instruments, other.instruments)) {
    const path = ["instruments", id];
    const [a, b] = [base.instruments[id], other.instruments[id]];
    if (!words.both(path, `the instrument "${id}"`, a, b)) continue;
    // A form may be called in another country as it is called here.
    words.text([...path, "name"], `the name of instrument "${id}"`, a?.name, b?.name, { mayBeSame: true });
    words.text([...path, "about"], `what is said about instrument "${id}"`, a?.about, b?.about);
  }
  for (const key of ["verdicts", "unknowns", "more"] as const)
    words.texts([key], `under ${key}, the text`, base[key], other[key]);
}

function keysOf(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}

type Keys = readonly (string | number)[];
type StepWords = NonNullable<Parts["words"]["steps"][string]>;

/** Compares two files of words, one text after the other, and keeps what is wrong in the second. */
class Pair {
  readonly found: Fault[] = [];
  readonly base: string;
  readonly other: string;
  usual = 1;
  #part: Fault["part"] = "words";

  constructor(base: string, other: string) {
    this.base = base;
    this.other = other;
  }

  in(part: "words" | "record"): this {
    this.#part = part;
    return this;
  }

  #at(path: Keys, message: string, hint: string): void {
    this.found.push({ part: this.#part, path, message, hint });
  }

  /** Tells what only one of the two has; true when both have it. */
  both(path: Keys, what: string, a: unknown, b: unknown): boolean {
    if (a !== undefined && b === undefined)
      this.#at(path, `${what} has no words in ${this.other}`, `translate ${path.join(": ")}`);
    if (a === undefined && b !== undefined)
      this.#at(
        path,
        `${what} has words in ${this.other} and none in ${this.base}`,
        "take them out, or write the others",
      );
    return a !== undefined && b !== undefined;
  }

  texts(path: Keys, what: string, a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): void {
    for (const id of keysOf(a, b)) this.text([...path, id], `${what} "${id}"`, a[id], b[id]);
  }

  text(
    path: Keys,
    what: string,
    a: string | undefined,
    b: string | undefined,
    { mayBeSame = false, isSaid = false } = {},
  ): void {
    if (!this.both(path, what, a, b) || a === undefined || b === undefined) return;
    if (!mayBeSame && a === b && a.split(/\s+/).length > SAME_WORDS)
      this.#at(path, `${what} is the same in ${this.other} as in ${this.base}`, "translate it");
    this.#placeholders(path, what, a, b);
    if (!isSaid) return;
    this.#count(path, what, "sentences", sentencesOf(a), sentencesOf(b));
    this.#count(path, what, "questions", questionsIn(a), questionsIn(b));
  }

  #placeholders(path: Keys, what: string, a: string, b: string): void {
    const [there, here] = [placeholdersIn(a), placeholdersIn(b)];
    for (const name of there)
      if (!here.has(name))
        this.#at(path, `${what} holds ${name} in ${this.base} and not in ${this.other}`, `put ${name} into the words`);
    for (const name of here)
      if (!there.has(name))
        this.#at(
          path,
          `${what} holds ${name} in ${this.other} and not in ${this.base}`,
          `take ${name} out of the words`,
        );
  }

  #count(path: Keys, what: string, of: string, a: number, b: number): void {
    if (a !== b)
      this.#at(path, `${what} has ${a} ${of} in ${this.base} and ${b} in ${this.other}`, `say it in as many ${of}`);
  }

  step(path: Keys, what: string, a: StepWords | undefined, b: StepWords | undefined): void {
    if (!this.both(path, what, a, b) || a === undefined || b === undefined) return;
    this.#block(path, what, a, b);
    for (const place of [...settings, ...traits]) {
      if (a[place] === undefined && b[place] === undefined) continue;
      const there = `${what} (${place})`;
      if (this.both([...path, place], there, a[place], b[place]))
        this.#block([...path, place], there, a[place] ?? {}, b[place] ?? {});
    }
  }

  #block(path: Keys, what: string, a: NonNullable<StepWords["shelter"]>, b: NonNullable<StepWords["shelter"]>): void {
    if (a.say !== undefined && b.say === undefined)
      this.#at([...path, "say"], `${what} says nothing in ${this.other}`, `translate ${[...path, "say"].join(": ")}`);
    else this.text([...path, "say"], `what ${what} says`, a.say, b.say, { isSaid: true });
    this.text([...path, "nearby"], `what ${what} says to people nearby`, a.nearby, b.nearby, { isSaid: true });
    this.text([...path, "ask"], `what ${what} asks`, a.ask, b.ask);
    const lines = `what to do in ${what}`;
    if (this.both([...path, "do"], lines, a.do, b.do)) {
      const same = (b.do ?? []).findIndex((line) => a.do?.includes(line) && line.split(/\s+/).length > SAME_WORDS);
      if (same >= 0)
        this.#at(
          [...path, "do", same],
          `${lines} holds a line that is the same in ${this.other} as in ${this.base}`,
          "translate it",
        );
      const [there, here] = [(a.do ?? []).join(" "), (b.do ?? []).join(" ")];
      this.#placeholders([...path, "do"], lines, there, here);
      const ratio = here.length / there.length / this.usual;
      if (ratio < SHORTER || ratio > LONGER)
        this.#at(
          [...path, "do"],
          `${lines} is much ${ratio < 1 ? "shorter" : "longer"} in ${this.other} than in ${this.base}`,
          "say the same in both: nothing lost, nothing added",
        );
    }
    for (const answer of keysOf(a.answers ?? {}, b.answers ?? {}))
      this.text(
        [...path, "answers", answer],
        `answer "${answer}" of ${what}`,
        a.answers?.[answer],
        b.answers?.[answer],
      );
  }
}

function placeholdersIn(text: string): ReadonlySet<string> {
  return new Set(text.match(/\{[^}]*\}/g));
}

function questionsIn(text: string): number {
  return text.split("?").length - 1;
}
