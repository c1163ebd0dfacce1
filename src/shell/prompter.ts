// Whoever answers: a person at the keyboard, a person hearing printed lines, a file, another program.
// Below the contract stands what the first two share: what a key or a typed line means. Pure; types only from core.

import { fill } from "../core/fill.ts";
import type { Problem } from "../core/problem.ts";
import type { Source } from "../core/protocol.ts";
import process from "node:process";
import type { Question, Reply } from "../core/question.ts";
import type { ScreenWords } from "../core/words.ts";

/** One screen: the question, and what stands around it. All words are final. */
export type Screen = {
  readonly question: Question;
  /** The site, as a screen may name it. */
  readonly title: string;
  /** "DRILL" or "EXAMPLE"; missing: the real thing, from the moment it is opened. */
  readonly mark?: string;
  /** What `performance.now()` was when the encounter was opened; missing: no clock. */
  readonly openedAt?: number;
  /** When the last entry reached the disk, as "14:03:22". */
  readonly writtenAt?: string;
  /** Warnings that stay on every screen. */
  readonly banner: readonly string[];
};

export interface Prompter {
  /**
   * Asks one question and waits; nothing ever times out into an answer.
   * What was half typed when `signal` aborts stands there again when the same question is asked next.
   * @throws what `isAborted` knows when `signal` aborts, what `isStopped` knows on Ctrl-C or when there is nobody left to answer.
   */
  ask(screen: Screen, signal: AbortSignal): Promise<Reply>;
  /** Tells something that asks nothing. It stays in sight of a person until the next answer. */
  say(line: string): void;
  /**
   * Hears that the last reply did not fit. Only for those who are no person: a person reads it in the next banner.
   * @throws Problem of its own when it cannot answer again.
   */
  refuse?(problem: Problem): void;
  /** Leaves the terminal as it was found. May be called twice, and at any moment. */
  close(): void;
}

/** True for the error with which `ask` ends when its signal aborts. */
export function isAborted(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || error.name === "AbortPromptError");
}

/** True for the error with which `ask` ends on Ctrl-C, and when the input is over. */
export function isStopped(error: unknown): boolean {
  return error instanceof Error && (error.name === "StoppedError" || error.name === "ExitPromptError");
}

/** The error that `isStopped` knows. */
export function stopped(): Error {
  return Object.assign(new Error("stopped"), { name: "StoppedError" });
}

/** The error that `isAborted` knows. */
export function aborted(): Error {
  return Object.assign(new Error("aborted"), { name: "AbortError" });
}

// --- what a key or a typed line means ---

export type KeyName = keyof ScreenWords["keys"];

/** A line of one's own on any screen, which does not answer it: a note, or who takes over. */
export type Aside = "note" | "handOver";
/** What a typed line can hold, in UTF-16 units. */
export const LONGEST: Readonly<Record<Aside | "line", number>> = { line: 10_000, note: 10_000, handOver: 120 };

/** True where what is opened is a line to type, false for a panel to read. */
export function isAside(what: Aside | "contacts" | "why" | "help"): what is Aside {
  return what === "note" || what === "handOver";
}

/** What was meant: a reply, something to open on the same screen, or nothing that fits, said in words. */
export type Meaning =
  | {
      readonly means: "reply";
      readonly reply: Reply /** The words of the choice, to say back. */;
      readonly chosen?: string /** Typed text that is not part of the reply. */;
      readonly keep?: string;
    }
  | { readonly means: "open"; readonly what: Aside | "contacts" | "why" | "help"; readonly keep?: string }
  | { readonly means: "misfit"; readonly says: string };

/** The same for a question and its redraws, another for any other question. */
export function placeOf({ step, about, looksFor, field }: Question): string {
  return JSON.stringify([step, about ?? null, looksFor ?? null, field?.id ?? null]);
}

/** What is asked, and in a part with several questions how many are left, so that a tired person sees the end. */
export function askOf({ ask, field }: Question, words: ScreenWords): string {
  return field === undefined || field.left < 2 ? ask : `${ask} ${fill(words.left, { count: String(field.left) })}`;
}

/** True where a line is typed, false where a digit or a letter answers. */
export function isTyped({ field }: Question): boolean {
  return field !== undefined && field.kind !== "choice";
}

/** The keys that work on this screen, in the order they are shown. `help` works everywhere and is not among them. */
export function keysOf({ isLive, isOutside = false, canGoBack, contacts, field }: Question): readonly KeyName[] {
  const works: Record<KeyName, boolean> = {
    danger: isLive,
    entered: isLive,
    note: !isOutside,
    handOver: !isOutside,
    back: canGoBack,
    contacts: isLive && contacts.length > 0,
    why: !isOutside,
    stop: true,
    rest: !isLive && field !== undefined && field.left > 1,
    help: false,
  };
  return (Object.keys(works) as KeyName[]).filter((name) => works[name]);
}

/** What a key means. It must be one that works on this screen. */
export function meaningOfKey(name: KeyName, { step, about }: Question): Meaning {
  switch (name) {
    case "danger":
    case "entered":
      return { means: "reply", reply: { step, interrupt: name } };
    case "back":
      return { means: "reply", reply: { step, back: true } };
    case "stop":
      return { means: "reply", reply: { step, pause: true } };
    case "rest":
      return { means: "reply", reply: { step, fields: {}, ...(about && { about }), rest: "notAsked" } };
    case "note":
    case "handOver":
    case "contacts":
    case "why":
    case "help":
      return { means: "open", what: name };
  }
}

/** What a single letter or digit means where it answers at once; undefined when it is none of those offered. */
export function meaningOfPress(typed: string, question: Question, words: ScreenWords): Meaning | undefined {
  const pressed = typed.toLowerCase();
  if (/^[1-9]$/.test(pressed)) {
    const choice = question.choices[Number(pressed) - 1];
    return choice && { means: "reply", reply: choiceReply(question, choice.id), chosen: choice.label };
  }
  const key = [...keysOf(question), "help" as const].find((name) => words.keys[name].key === pressed);
  return key ? meaningOfKey(key, question) : meaningOfLetter(pressed, question, words);
}

function choiceReply({ step, looksFor, field, about }: Question, id: string): Reply {
  if (field) return { step, fields: { [field.id]: id }, ...(about && { about }) };
  return { step, answer: id, ...(looksFor !== undefined && { looksFor }) };
}

function meaningOfLetter(letter: string, { step, field, about }: Question, words: ScreenWords): Meaning | undefined {
  const unknown = field?.unknowns.find((id) => words.unknowns[id].key === letter);
  if (!field || !unknown) return undefined;
  return {
    means: "reply",
    reply: { step, fields: { [field.id]: { unknown } }, ...(about && { about }) },
    chosen: words.unknowns[unknown].label,
  };
}

/** What a line means where one is typed. `now` gives the site's time of day as HH:MM. */
export function meaningOfLine(line: string, question: Question, words: ScreenWords, now: () => string): Meaning {
  const typed = line.trim();
  if (typed === "") return { means: "misfit", says: words.misfit.empty };
  if (typed === words.keys.help.key) return meaningOfKey("help", question);
  return (
    meaningOfCommand(typed, question, words) ??
    (typed.length === 1 ? meaningOfLetter(typed.toLowerCase(), question, words) : undefined) ??
    meaningOfValue(typed, question, words, now)
  );
}

/** What a line means where a note, or who takes over, is typed: that, unless it ends with a command that is a reply of its own. */
export function meaningOfAside(aside: Aside, line: string, question: Question, words: ScreenWords): Meaning {
  const text = line.trim();
  if (text === "") return { means: "misfit", says: words.misfit.empty };
  const meant = meaningOfTail(text, question, words);
  return meant && meant.means !== "open" ? meant : meaningOfText(aside, text, question, words);
}

/** A note, or who takes over, as it is written down. */
export function meaningOfText(aside: Aside, text: string, { step }: Question, words: ScreenWords): Meaning {
  if (aside === "note") return { means: "reply", reply: { step, note: text } };
  if (text.length > LONGEST.handOver)
    return { means: "misfit", says: fill(words.handOver.long, { most: String(LONGEST.handOver) }) };
  return { means: "reply", reply: { step, handOver: text } };
}

/** `/note`, `/note and its words`, or a command after what was half typed: the half is kept. */
function meaningOfCommand(typed: string, question: Question, words: ScreenWords): Meaning | undefined {
  for (const aside of ["note", "handOver"] as const) {
    const { word } = words.keys[aside];
    const text = typed.startsWith(`/${word} `) ? typed.slice(word.length + 2).trim() : "";
    if (text !== "" && !question.isOutside) return meaningOfText(aside, text, question, words);
  }
  const meant = meaningOfTail(typed, question, words);
  if (meant || question.field?.kind === "file" || !/^\/\p{L}+$/u.test(typed)) return meant;
  return noCommand(typed, question, words);
}

function meaningOfTail(typed: string, question: Question, words: ScreenWords): Meaning | undefined {
  const at = typed.search(/(?:^|\s)\/\p{L}+$/u);
  if (at < 0) return undefined;
  const command = typed.slice(at).trim().toLowerCase();
  const key = (Object.keys(words.keys) as KeyName[]).find((name) => `/${words.keys[name].word}` === command);
  if (key === undefined) return undefined;
  if (key !== "help" && !keysOf(question).includes(key)) return noCommand(command, question, words);
  const keep = typed.slice(0, at).trim();
  return { ...meaningOfKey(key, question), ...(keep !== "" && { keep }) };
}

function noCommand(typed: string, question: Question, words: ScreenWords): Meaning {
  return {
    means: "misfit",
    says: fill(words.misfit.command, { typed, commands: commandsOf(question, words).join(" ") }),
  };
}

/** The commands that work where a line is typed, with their slash. */
export function commandsOf(question: Question, words: ScreenWords): readonly string[] {
  return keysOf(question).map((name) => `/${words.keys[name].word}`);
}

function meaningOfValue(
  typed: string,
  { step, field, about }: Question,
  words: ScreenWords,
  now: () => string,
): Meaning {
  const id = field?.id ?? "";
  const said = (value: string): Meaning => ({
    means: "reply",
    reply: { step, fields: { [id]: value }, ...(about && { about }) },
  });
  switch (field?.kind) {
    case "count":
      return /^\d{1,4}$/.test(typed) ? said(typed) : { means: "misfit", says: fill(words.misfit.count, { typed }) };
    case "time": {
      const time = typed.toLowerCase() === words.type.now ? now() : timeOf(typed);
      return time ? said(time) : { means: "misfit", says: fill(words.misfit.time, { typed }) };
    }
    case "file":
      return { means: "reply", reply: { step, attach: pathOf(typed), for: id, ...(about && { about }) } };
    default:
      return said(typed);
  }
}

/** Where words come from: what is cited, what it says, how sure we are and when it was read, where it is. */
export function sourceLines(
  { cite, says, mark, read, link }: Source,
  { why }: ScreenWords,
): readonly [string, string, string, string] {
  return [cite, says, `${why.sure[mark]} (${fill(why.read, { date: read })})`, link];
}

/** HH:MM out of 14:05, 1405, 14.05, 2:05 pm, 2 pm; undefined when it is no time of day. */
export function timeOf(typed: string): string | undefined {
  const match = /^(\d{1,2})(?:[:.]?([0-5]\d))?\s*(?:([ap])\.?m\.?)?$/i.exec(typed.trim());
  if (!match || (match[2] === undefined && match[3] === undefined)) return undefined;
  const half = match[3]?.toLowerCase();
  const hour = Number(match[1]);
  if (half ? hour < 1 || hour > 12 : hour > 23) return undefined;
  const hours = half ? (hour % 12) + (half === "p" ? 12 : 0) : hour;
  return `${String(hours).padStart(2, "0")}:${match[2] ?? "00"}`;
}

/** A path as it was meant: without the quotes, backslashes or `&` that dropping a file on a terminal adds. */
export function pathOf(typed: string): string {
  const bare = typed.trim().replace(/^& (?=['"])/, "");
  const quoted = /^'(.*)'$/.exec(bare) ?? /^"(.*)"$/.exec(bare);
  if (quoted?.[1]) return quoted[1];
  return /^[/~]/.test(bare) ? bare.replace(/\\(.)/g, "$1") : bare;
}

/** The time of day on this computer's clock, as HH:MM. */
export function timeHere(): string {
  const now = new Date();
  return [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** What stands beside the title: the mark, the clock, the last writing. Before anything is opened nothing is live. */
export function titleParts(
  { mark, openedAt, writtenAt }: Screen,
  words: ScreenWords,
  clock: () => number,
): readonly string[] {
  const shown = mark ?? (openedAt === undefined ? undefined : words.live);
  return [
    ...(shown === undefined ? [] : [shown]),
    ...(openedAt === undefined ? [] : [fill(words.sinceOpened, { time: elapsed(clock() - openedAt, words) })]),
    ...(writtenAt === undefined ? [] : [fill(words.writtenDown, { time: writtenAt })]),
  ];
}

/** Milliseconds as mm:ss, h:mm:ss from one hour on, days and hh:mm from one day on. */
function elapsed(milliseconds: number, words: ScreenWords): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number): string => String(part).padStart(2, "0");
  if (hours >= 24)
    return fill(words.days, { days: String(Math.floor(hours / 24)), time: `${two(hours % 24)}:${two(minutes)}` });
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

/** True where a screen must not be painted: asked for, a screen reader, a terminal that cannot, Git Bash. */
export function isPlain(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): boolean {
  const isAccessible = env["ACCESSIBLE"] !== undefined && env["ACCESSIBLE"] !== "" && env["ACCESSIBLE"] !== "0";
  const isWindows = platform === "win32";
  return isAccessible || env["TERM"] === "dumb" || (isWindows ? env["MSYSTEM"] !== undefined : !env["TERM"]);
}
