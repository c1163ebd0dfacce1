// A Prompter of printed lines, for screen readers, dumb terminals and Git Bash.
//
// - Lines only: no escape sequence, no carriage return, nothing repainted, no colour. Every answer is typed, then Enter.
// - Title, warnings and what to say are printed once a screen; the keys once, and again when "?" is typed.
// - What was chosen is said back at once. An empty line answers nothing.
// - A line that came before its question was meant for the one before it: it is dropped, and that is said.

import process from "node:process";
import { createInterface } from "node:readline";
import { fill } from "../core/fill.ts";
import type { Question, Reply } from "../core/question.ts";
import type { ScreenWords } from "../core/words.ts";
import {
  type Aside,
  askOf,
  aborted,
  commandsOf,
  isAside,
  isTyped,
  type KeyName,
  keysOf,
  type Meaning,
  meaningOfAside,
  meaningOfKey,
  meaningOfLine,
  meaningOfPress,
  meaningOfText,
  placeOf,
  type Prompter,
  type Screen,
  sourceLines,
  stopped,
  timeHere,
  titleParts,
} from "./prompter.ts";
import { safe, type Terminal } from "./terminal.ts";

/** Milliseconds during which a new question hears no line. */
const DEAF = 300;

export type PlainOptions = {
  readonly terminal: Pick<Terminal, "say">;
  readonly words: ScreenWords;
  readonly clock?: () => number;
  /** The site's time of day as HH:MM, for "now"; this computer's unless told. */
  readonly timeNow?: () => string;
  /** Milliseconds during which a new question hears no line; 300 unless a test has its own. */
  readonly deaf?: number;
  readonly input?: NodeJS.ReadableStream;
};

/** Opens the printed desk. It reads lines from now on, and hears those that come while something is asked. */
export function openPlain(options: PlainOptions): Prompter {
  const { terminal, words, clock = () => performance.now(), timeNow = timeHere, deaf = DEAF } = options;
  const say = (line: string): void => terminal.say(line);
  const lines = openLines(options.input ?? process.stdin, { clock, early: () => say(words.plain.early) });
  const printed: Printed = { typed: new Map(), banner: [], hints: new Set() };
  return {
    async ask(screen, signal) {
      if (signal.aborted) throw aborted();
      const { question } = screen;
      const isNew = printScreen(screen, printed, words, clock, say);
      lines.listen(isNew ? clock() + deaf : undefined);
      for (;;) {
        // A note that a redraw broke off is gone on with, so that its words cannot answer the question.
        const { aside } = printed;
        if (aside) say(words[aside].ask);
        const meant = meaningOf(await lines.next(signal), question);
        if (meant.means === "reply") return finished(printed, question, meant, words, say);
        if (meant.means === "misfit") {
          say(meant.says);
          if (aside && !printed.aside) for (const line of questionLines(question, words)) say(line);
        } else if (isAside(meant.what)) printed.aside = meant.what;
        else for (const line of panelLines(meant.what, question, words)) say(line);
      }
    },
    say,
    close: () => lines.close(),
  };

  function meaningOf(line: string, question: Question): Meaning {
    if (!printed.aside)
      return isTyped(question) ? meaningOfLine(line, question, words, timeNow) : meaningOfChoice(line, question, words);
    const meant = meaningOfAside(printed.aside, line, question, words);
    if (meant.means === "reply" || line.trim() === "") delete printed.aside;
    return meant;
  }
}

/** The reply, with what was chosen said back. */
function finished(
  printed: Printed,
  question: Question,
  { reply, chosen, keep }: Extract<Meaning, { means: "reply" }>,
  words: ScreenWords,
  say: (line: string) => void,
): Reply {
  if (chosen !== undefined) say(fill(words.chosen, { choice: chosen }));
  if ("handOver" in reply) say(fill(words.handOver.done, { who: safe(reply.handOver) }));
  if (keep !== undefined) printed.typed.set(placeOf(question), keep);
  if (!("note" in reply || "handOver" in reply)) delete printed.place;
  return reply;
}

// --- the lines that are typed ---

type Lines = {
  /** Tells of lines that came before; drops those that come before `from`, or before the last such moment. */
  listen(from: number | undefined): void;
  next(signal: AbortSignal): Promise<string>;
  close(): void;
};

/** @throws from `next` what `isAborted` knows, or what `isStopped` knows on Ctrl-C and at the end of the input. */
function openLines(input: NodeJS.ReadableStream, { clock, early }: { clock: () => number; early: () => void }): Lines {
  const reader = createInterface({ input, terminal: false });
  let wanted: { take(line: string): void; fail(error: Error): void } | undefined;
  let deafUntil = 0;
  let isOver = false;
  let isEarly = false;
  reader.on("line", (line) => {
    if (!wanted) isEarly = true;
    else if (clock() < deafUntil) early();
    else {
      wanted.take(line);
      wanted = undefined;
    }
  });
  reader.on("close", () => {
    isOver = true;
    wanted?.fail(stopped());
  });
  return {
    listen(from) {
      deafUntil = from ?? deafUntil;
      if (isEarly) early();
      isEarly = false;
    },
    async next(signal) {
      if (isOver) throw stopped();
      const onAbort = (): void => wanted?.fail(aborted());
      const onInterrupt = (): void => wanted?.fail(stopped());
      signal.addEventListener("abort", onAbort);
      process.on("SIGINT", onInterrupt);
      try {
        return await new Promise<string>((take, fail) => (wanted = { take, fail }));
      } finally {
        wanted = undefined;
        signal.removeEventListener("abort", onAbort);
        process.removeListener("SIGINT", onInterrupt);
      }
    },
    close() {
      isOver = true;
      reader.close();
    },
  };
}

/** What a line means where choices have numbers: a number, a letter, or a word with or without its slash. */
function meaningOfChoice(line: string, question: Question, words: ScreenWords): Meaning {
  const typed = line.trim();
  if (typed === "") return { means: "misfit", says: words.misfit.empty };
  const [first = "", ...rest] = typed.replace(/^\//, "").toLowerCase().split(/\s+/);
  const name = [...keysOf(question), "help" as const].find(
    (key) => words.keys[key].word === first || words.keys[key].key === first,
  );
  if ((name === "note" || name === "handOver") && rest.length > 0)
    return meaningOfText(name, typed.slice(typed.search(/\s/)).trim(), question, words);
  const isOne = rest.length === 0;
  const meant =
    isOne && name !== undefined
      ? meaningOfKey(name, question)
      : isOne && first.length === 1
        ? meaningOfPress(first, question, words)
        : undefined;
  return meant ?? { means: "misfit", says: fill(words.plain.wrong, { typed: safe(typed).slice(0, 40) }) };
}

// --- the lines that are printed ---

/** What has been printed already, so that it is not printed again, and what is being typed besides the answer. */
type Printed = {
  aside?: Aside;
  place?: string;
  step?: string;
  banner: readonly string[];
  readonly hints: Set<string>;
  readonly typed: Map<string, string>;
};

/** Prints the screen, or only what is new of it. True when the question is a new one. */
function printScreen(
  screen: Screen,
  printed: Printed,
  words: ScreenWords,
  clock: () => number,
  say: (line: string) => void,
): boolean {
  const { question } = screen;
  const isNew = printed.place !== placeOf(question);
  const isNewStep = printed.step !== question.step;
  const banner = isNewStep ? screen.banner : screen.banner.filter((line) => !printed.banner.includes(line));
  const hint = isTyped(question) ? "typed" : "pressed";
  const kept = printed.typed.get(placeOf(question));
  say("");
  const lines = [
    ...(isNewStep ? [[screen.title, ...titleParts(screen, words, clock)].join(". ")] : []),
    ...banner,
    ...(isNewStep ? spokenLines(question, words) : []),
    ...(printed.hints.has(hint) ? [] : hintLines(question, words, printed.hints.size === 0)),
    ...(kept === undefined ? [] : [fill(words.plain.kept, { typed: kept })]),
    ...questionLines(question, words),
  ];
  for (const line of lines) say(line);
  printed.place = placeOf(question);
  printed.step = question.step;
  printed.banner = screen.banner;
  printed.hints.add(hint);
  printed.typed.delete(placeOf(question));
  return isNew;
}

function spokenLines(question: Question, { plain }: ScreenWords): readonly string[] {
  const { say, isCall, inEnglish, nearby, do: todo, never } = question;
  return [
    ...(say === undefined ? [] : [fill(isCall ? plain.phone : plain.say, { words: say })]),
    ...(inEnglish === undefined ? [] : [fill(plain.english, { words: inEnglish })]),
    ...(nearby === undefined ? [] : [fill(plain.nearby, { words: nearby })]),
    ...todo.map((line) => fill(plain.do, { words: line })),
    ...(never === undefined ? [] : [never]),
  ];
}

function questionLines(question: Question, words: ScreenWords): readonly string[] {
  const { choices, field } = question;
  const letters = (field?.unknowns ?? [])
    .map((id) => `${words.unknowns[id].key} ${words.unknowns[id].label}`)
    .join(", ");
  return [
    askOf(question, words),
    ...choices.map(({ label }, at) => `${at + 1}. ${label}`),
    ...(field === undefined || field.kind === "choice" ? [] : [words.type[field.kind]]),
    ...(letters === "" ? [] : [fill(words.plain.letters, { letters })]),
    words.plain.answer,
  ];
}

function hintLines(question: Question, words: ScreenWords, isFirst: boolean): readonly string[] {
  const label = (name: KeyName): string =>
    words.keys[name].label === words.keys[name].word ? "" : ` (${words.keys[name].label})`;
  const keys = isTyped(question)
    ? fill(words.plain.commands, {
        keys: commandsOf(question, words)
          .map((command, at) => command + label(keysOf(question)[at] ?? "help"))
          .join(", "),
      })
    : fill(words.plain.keys, {
        keys: keysOf(question)
          .map((name) => `${words.keys[name].key} ${words.keys[name].label}`)
          .join(", "),
      });
  return [...(isFirst ? words.plain.start : []), keys];
}

function panelLines(panel: "contacts" | "why" | "help", question: Question, words: ScreenWords): readonly string[] {
  switch (panel) {
    case "contacts":
      return [
        words.contacts.title,
        ...(question.contacts.length > 0
          ? question.contacts.map(({ label, words }) => `${label}: ${words}`)
          : [words.contacts.none]),
        words.plain.answer,
      ];
    case "why":
      return [
        words.why.title,
        ...(question.why.length > 0 ? question.why.flatMap((source) => sourceLines(source, words)) : [words.why.none]),
        words.plain.answer,
      ];
    case "help":
      return [...hintLines(question, words, true), ...words.help.lines, ...questionLines(question, words)];
  }
}
