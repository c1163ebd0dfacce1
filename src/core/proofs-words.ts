import type { Parts } from "./compile.ts";
import type { Fault } from "./fault.ts";
import type { Language } from "./language.ts";
import { quote } from "./names.ts";
import { beginsWith, finder, type Held } from "./phrases.ts";
import { type Keys, type PlaceView, type Text, type View, wayName } from "./proofs-view.ts";
import type { Step } from "./protocol.ts";
import { readingOf } from "./reading.ts";

// Words: nothing they must not teach, nothing said aloud that the desk does not decide, one request to wait, and all of
// it short and easy enough for a bad day.

/** How long a text may be, filled, so that a screen of 80 columns and 24 lines holds it. */
export const LENGTHS = { do: 100, ask: 72, answer: 56 } as const;

/** The lists of a language, made ready once for every place. */
export type Lists = {
  readonly language: Language;
  readonly forbidden: (text: string) => Held;
  /** Of what is said aloud. */
  readonly unsaid: (text: string) => Held;
  readonly waits: (text: string) => string | undefined;
  readonly aside: (text: string) => string | undefined;
  readonly phone: (text: string) => string | undefined;
  readonly grade: (text: string) => number;
};

export function listsOf(language: Language): Lists {
  const { forbidden, unsaid, waits, aside, phone = [] } = language;
  const look = finder({ forbidden, unsaid, waits: { waits }, aside: { aside }, phone: { phone } });
  const first = (group: string) => (text: string) => look(text)[group]?.[0]?.[1];
  const known = new Map<string, number>();
  return {
    language,
    forbidden: (text) => look(text)["forbidden"] ?? [],
    unsaid: (text) => look(text)["unsaid"] ?? [],
    waits: first("waits"),
    aside: first("aside"),
    phone: first("phone"),
    grade: (text) => {
      const grade = known.get(text) ?? readingOf(text, language.reading.formula);
      known.set(text, grade);
      return grade;
    },
  };
}

/** Every proof about the words of one place. */
export function wordProofs({ whole, own }: PlaceView, lists: Lists): readonly Fault[] {
  return [...waitFaults(whole, lists, own), ...own.flatMap((step) => stepFaults(whole, lists, step))];
}

function stepFaults(view: View, lists: Lists, step: Step): readonly Fault[] {
  const texts = view.texts(step.id);
  if (texts.length === 0)
    return [
      {
        part: "words",
        path: ["steps"],
        message: `step "${step.id}" has no words`,
        hint: `add steps: ${step.id}`,
      },
    ];
  return [
    ...texts.flatMap((text) => [
      ...taughtFaults(lists, text),
      ...spokenFaults(lists, text, step),
      ...sizeFaults(view, lists, text),
    ]),
    ...(step.phase === "live" ? doFaults(lists, texts, step) : []),
    ...(step.phase === "live" ? screenFaults(lists, texts, step) : []),
    ...asideFaults(view, lists, texts, step),
  ];
}

/** What a text would teach, that no text may. An answer that writes into the record may report it all the same. */
function taughtFaults({ forbidden, language }: Lists, { what, text, path, reports }: Text): readonly Fault[] {
  return forbidden(text).flatMap(([name, held]) => {
    return reports && language.reported?.includes(name)
      ? []
      : [
          wordFault(
            path,
            `${what} holds "${held}" (${name})`,
            `take it out, or find words that teach nothing of ${name}`,
          ),
        ];
  });
}

function wordFault(path: Keys, message: string, hint: string, part: Fault["part"] = "words"): Fault {
  return { part, path, message, hint };
}

/** What is said aloud holds no verdict and no law; a call speaks of agents, and agents are spoken to. */
function spokenFaults(
  { unsaid, phone, language }: Lists,
  { kind, what, text, path }: Text,
  step: Step,
): readonly Fault[] {
  if (kind !== "say" && kind !== "nearby") return [];
  const found = unsaid(text).map(([name, held]) =>
    wordFault(path, `${what} holds "${held}" (${name})`, "it may be read, and is never said aloud"),
  );
  if (language.phone === undefined || kind === "nearby") return found;
  const third = phone(text);
  if ((step.kind === "call") === (third !== undefined)) return found;
  return [
    ...found,
    third === undefined
      ? wordFault(
          path,
          `${what} on a call does not say that agents are here`,
          "say who is at the desk: whoever answers does not know",
        )
      : wordFault(
          path,
          `${what} speaks of "${third}", and is said to agents`,
          "say what agents are told; a call has words of its own",
        ),
  ];
}

/** Short enough for the screen, easy enough to be said and heard. */
function sizeFaults({ name }: View, lists: Lists, { kind, what, text, raw, path }: Text): readonly Fault[] {
  const found: Fault[] = [];
  const where = raw.includes("{") ? ` in a ${name}` : "";
  const at = (message: string, hint: string): void => {
    found.push(wordFault(path, `${what}${where} ${message}`, hint));
  };
  const { words, characters, sentences } = lists.language.say;
  if (kind === "say" || kind === "nearby") {
    const hard = tooHard(lists, text);
    if (hard !== undefined) at(hard.says, hard.hint);
    const count = sentencesOf(text);
    if (sentences !== undefined && count > sentences)
      at(`has ${count} sentences`, `${sentences} at most, so that it is heard`);
    if (kind === "nearby" && text.split(/\s+/).length > words)
      at(`has ${text.split(/\s+/).length} words`, `${words} at most, so that it can be said in one breath`);
    if (kind === "nearby" && text.length > characters) at(`has ${text.length} characters`, `${characters} at most`);
    return found;
  }
  if (text.length > LENGTHS[kind])
    at(`has ${text.length} characters`, `${LENGTHS[kind]} at most, so that a screen holds it`);
  if (kind === "ask" && (text.match(/\?/g) ?? []).length > 1) at("asks more than once", "one question on a screen");
  return found;
}

/** How many sentences are said. */
export function sentencesOf(text: string): number {
  return text.split(/[.!?…]+(?=\s|$)/).filter((part) => /[\p{L}\p{N}]/u.test(part)).length;
}

/** Why a text is too hard to read; undefined when it is not. `margin` lets a text be harder than what is said. */
function tooHard(
  { language: { reading }, grade }: Lists,
  text: string,
  margin = { grades: 0, points: 0 },
): { readonly says: string; readonly hint: string } | undefined {
  const found = grade(text);
  const shown = Math.round(found * 10) / 10;
  if (reading.formula === "fleschKincaid") {
    const most = reading.most + margin.grades;
    return found <= most
      ? undefined
      : { says: `reads at grade ${shown}`, hint: `grade ${most} at most: shorter words and sentences` };
  }
  const least = reading.least - margin.points;
  return found >= least
    ? undefined
    : { says: `reads at ${shown}`, hint: `${least} or more: shorter words and sentences` };
}

/**
 * How much harder one line of what to do may be than what is said: a short line weighs each long word heavily. The hardest
 * shipped line is 3.1 grades harder in English, and 18 points in Spanish, where five points are about a grade.
 */
const LINE_MARGIN = { grades: 4, points: 20 } as const;

/** A line of what to do says what to do, not only what not to do. */
function doFaults({ language: { negations = [] } }: Lists, texts: readonly Text[], { id }: Step): readonly Fault[] {
  const lines = texts.filter(({ kind }) => kind === "do");
  const not = lines.filter(({ text }) => beginsWith(negations, text));
  const [first] = lines;
  if (first !== undefined && not.includes(first))
    return [wordFault(first.path, `${first.what} begins with what not to do`, "begin with something to do")];
  if (not.length * 2 <= lines.length) return [];
  return [
    wordFault(
      first?.path.slice(0, -1) ?? ["steps", id],
      `${not.length} of ${lines.length} lines of what to do in step "${id}" say what not to do`,
      "half of them at most",
    ),
  ];
}

/**
 * Texts read as one, with a period where one has none. Placeholders stay: what a site fills them with is not the
 * protocol's to answer for.
 */
export function asOne(texts: readonly Text[]): string {
  return texts.map(({ raw }) => (/[.!?…]["”’»)]?$/.test(raw) ? raw : `${raw}.`)).join(" ");
}

/** What to do on a live screen, and the screen as a whole, are as easy to read as what is said there. */
function screenFaults(lists: Lists, texts: readonly Text[], { id }: Step): readonly Fault[] {
  const lines = texts.filter(({ kind }) => kind === "do");
  const all = texts.filter(({ kind }) => kind !== "nearby");
  const [todo, screen] = [tooHard(lists, asOne(lines)), tooHard(lists, asOne(all))];
  for (const line of lines) {
    const alone = tooHard(lists, asOne([line]), LINE_MARGIN);
    if (alone !== undefined) return [wordFault(line.path, `${line.what} ${alone.says}`, alone.hint)];
  }
  if (todo !== undefined)
    return [
      wordFault(lines[0]?.path.slice(0, -1) ?? ["steps", id], `what to do in step "${id}" ${todo.says}`, todo.hint),
    ];
  return screen === undefined
    ? []
    : [wordFault(["steps", id], `the screen of step "${id}" as a whole ${screen.says}`, screen.hint)];
}

/** A step that is aside says so in its words, and what is said to agents steps aside in such a step alone. */
function asideFaults(view: View, { aside, language }: Lists, texts: readonly Text[], step: Step): readonly Fault[] {
  const spoken = texts.filter(({ kind }) => kind === "say" || kind === "nearby" || kind === "do");
  if (view.aside.has(step.id))
    return spoken.some(({ text }) => aside(text) !== undefined)
      ? []
      : [
          wordFault(
            ["steps", step.id],
            `step "${step.id}" is aside, and none of its words step aside`,
            `say or do one of ${quote(language.aside)}`,
          ),
        ];
  const stepping = spoken.find(({ kind, text }) => kind === "say" && aside(text) !== undefined);
  if (stepping === undefined || step.kind === "call" || isApproved(view, step.id)) return [];
  return [
    wordFault(
      ["steps", step.id],
      `${stepping.what} steps aside ("${aside(stepping.text)}"), and step "${step.id}" is not aside`,
      `add steps: ${step.id}: aside: true, where nothing delays agents, or say something else`,
      "graph",
    ),
  ];
}

/** Where agents go in with leave, staff step aside and have nobody to call. */
function isApproved({ ways }: View, id: string): boolean {
  return ways.some(({ to, sets }) => to === id && sets?.["entryHow"] === "approved");
}

/** Agents are asked to wait in one step, the start, which nothing leads back to: once at most. */
function waitFaults(view: View, { waits, language }: Lists, own: readonly Step[]): readonly Fault[] {
  const { start } = view.protocol;
  const asks = ({ text, raw }: Text): string | undefined =>
    raw.includes("{waitingPlace}") ? "{waitingPlace}" : waits(text);
  const first = view.texts(start).find(({ kind }) => kind === "say");
  const found: Fault[] = [];
  if (first === undefined || asks(first) === undefined)
    found.push(
      wordFault(
        first?.path ?? ["steps", start],
        `step "${start}", where the desk begins, does not ask agents to wait`,
        `say {waitingPlace}, or one of ${quote(language.waits)}`,
      ),
    );
  for (const text of own.flatMap(({ id }) => view.texts(id))) {
    const held = text === first ? undefined : asks(text);
    if (held !== undefined)
      found.push(
        wordFault(
          text.path,
          `${text.what} asks to wait ("${held}")`,
          `agents are asked once, by step "${start}": say something else`,
        ),
      );
  }
  for (const way of view.ways)
    if (way.to === start)
      found.push(
        wordFault(
          way.path,
          `${wayName(way)} leads back to "${start}", which asks agents to wait a second time`,
          "lead to a step that does not ask them to",
          "graph",
        ),
      );
  return found;
}

/** The words that are no step's: what they would teach. */
export function otherWordProofs(parts: Parts, lists: Lists): readonly Fault[] {
  const { words, record } = parts;
  const found: Fault[] = [];
  const look = (part: "words" | "record", path: Keys, text: string, reports = false): void => {
    found.push(
      ...taughtFaults(lists, { kind: "ask", what: path.join(": "), text, raw: text, path, reports }).map((fault) => ({
        ...fault,
        part,
      })),
    );
  };
  look("words", ["title"], words.title);
  look("words", ["never"], words.never);
  for (const key of ["roles", "outcomes"] as const)
    for (const [id, text] of Object.entries(words[key])) look("words", [key, id], text);
  for (const [setting, values] of Object.entries(words.values))
    for (const [id, text] of Object.entries(values)) look("words", ["values", setting, id], text);
  for (const [id, { label, ask, choices }] of Object.entries(record.record)) {
    look("record", ["record", id, "label"], label);
    look("record", ["record", id, "ask"], ask);
    for (const [choice, text] of Object.entries(choices ?? {}))
      look("record", ["record", id, "choices", choice], text, true);
  }
  for (const [id, { ask, answers }] of Object.entries(record.look)) {
    look("record", ["look", id, "ask"], ask);
    for (const [answer, text] of Object.entries(answers)) look("record", ["look", id, "answers", answer], text);
  }
  for (const [id, { name, about }] of Object.entries(record.instruments)) {
    look("record", ["instruments", id, "name"], name);
    look("record", ["instruments", id, "about"], about);
  }
  for (const key of ["verdicts", "unknowns", "more"] as const)
    for (const [id, text] of Object.entries(record[key])) look("record", [key, id], text);
  return found;
}

/** How hard the hardest text that is said and the hardest live screen of a place are to read, each with its step. */
export function hardest(view: View, { grade, language }: Lists): Readonly<Record<"say" | "screen", Hardest>> {
  const live = view.steps
    .filter(({ phase }) => phase === "live")
    .map(({ id }) => ({ step: id, texts: view.texts(id) }));
  const worst = (all: readonly Hardest[]): Hardest => all.reduce((a, b) => harder(language, a, b), NOTHING);
  return {
    say: worst(
      live.flatMap(({ step, texts }) =>
        texts
          .filter(({ kind }) => kind === "say" || kind === "nearby")
          .map(({ text }) => ({ step, reading: grade(text) })),
      ),
    ),
    screen: worst(
      live.map(({ step, texts }) => ({ step, reading: grade(asOne(texts.filter(({ kind }) => kind !== "nearby"))) })),
    ),
  };
}

/** A step, and how hard it is to read: a grade, or an index of ease. */
export type Hardest = { readonly step: string; readonly reading: number };

const NOTHING: Hardest = { step: "", reading: Number.NaN };

/** The harder of two, the first when they are alike. */
export function harder({ reading: { formula } }: Language, a: Hardest, b: Hardest): Hardest {
  if (Number.isNaN(a.reading)) return b;
  const isHarder = formula === "fleschKincaid" ? b.reading > a.reading : b.reading < a.reading;
  return isHarder ? b : a;
}
