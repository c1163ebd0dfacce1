// The one place where colour is chosen and where text is written.
//
// - What was asked for goes to stdout, by `result`. All else goes to stderr: that is where the person looks.
// - Nothing typed, pasted or read from a file reaches the terminal raw: it goes through `safe` first.
// - Colour and weight never carry meaning alone. None with NO_COLOR, TERM=dumb, or when stderr is no terminal;
//   FORCE_COLOR overrules. A problem is two lines, in lower case, without a period.
// - A reader that has gone away (a closed pipe, a terminal that hung up) is no error: the record matters more.

import process from "node:process";
import { Chalk } from "chalk";
import stringWidth from "fast-string-width";
import type { Problem } from "../core/problem.ts";

/** A stream to write on, with what is known of the screen behind it. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** How words are set off. Each returns its text unchanged without colour. */
export type Paint = {
  /** What is to be read aloud, and what to press. */
  readonly strong: (text: string) => string;
  /** The real thing, and warnings. */
  readonly alarm: (text: string) => string;
  /** Practice and examples. */
  readonly calm: (text: string) => string;
};

export type Terminal = {
  /** True when a person can be asked: stdin and stderr are terminals. */
  readonly isInteractive: boolean;
  readonly useColour: boolean;
  /** The width and height of the screen, now: 80 and 24 when they cannot be known. */
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
  /** Where the screen is drawn. */
  readonly screen: Output;
  say(line: string): void;
  warn(line: string): void;
  /** Warnings set apart by blank lines; nothing when there are none. */
  banner(lines: readonly string[]): void;
  /** One line of what was asked for, to stdout, byte for byte. */
  result(line: string): void;
  problem(problem: Problem): void;
};

/** What the terminal needs of the world; `stdin` only tells whether a person can be asked. */
export type World = {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin?: { readonly isTTY?: boolean };
};

export function openTerminal({ stdout, stderr, env, stdin = process.stdin }: World): Terminal {
  const colour = usesColour(stderr, env);
  const paint = paintWith(colour);
  for (const stream of [stdout, stderr]) stream.on("error", ignoreGone);
  const write = (text: string): void => void stderr.write(`${text}\n`);
  const say = (line: string, painted = (text: string) => text): void => {
    const lines = stderr.isTTY ? wrap(safe(line), (stderr.columns || 80) - 1) : [safe(line)];
    write(lines.map(painted).join("\n"));
  };
  return {
    isInteractive: Boolean(stdin.isTTY && stderr.isTTY),
    useColour: colour,
    get columns() {
      return Math.max(20, stderr.columns || 80); // a serial line says 0
    },
    get rows() {
      return Math.max(4, stderr.rows || 24);
    },
    paint,
    screen: stderr,
    say: (line) => say(line),
    warn: (line) => say(line, paint.alarm),
    banner(lines) {
      if (lines.length === 0) return;
      write("");
      for (const line of lines) say(line, paint.alarm);
      write("");
    },
    result: (line) => void stdout.write(`${line}\n`),
    problem({ message, hint }) {
      write(`threshold: ${paint.alarm("error")}: ${safe(message)}`);
      if (hint !== undefined) write(`threshold: ${paint.strong("hint")}: ${safe(hint.replace(/\.$/, ""))}`);
    },
  };
}

function ignoreGone(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE" && error.code !== "EIO" && error.code !== "ERR_STREAM_DESTROYED") throw error;
}

function usesColour(stderr: Output, env: World["env"]): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return Boolean(stderr.isTTY) && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

function paintWith(colour: boolean): Paint {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  // Of one argument each, so that they can be handed to `map` and `replace`.
  return {
    strong: (text) => chalk.bold(text),
    alarm: (text) => chalk.bold.red(text),
    calm: (text) => chalk.bold.cyan(text),
  };
}

// --- text that can be shown ---

const sequences =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|[ -/]*[0-~])?|\u009b[0-?]*[ -/]*[@-~]/g;
const breaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
// Marks that turn the direction of writing, and those that cannot be seen. Joiners stay: scripts and emoji need them.
const hidden =
  /[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/**
 * One line of text that cannot steer a terminal: escape sequences, control characters and marks that turn or hide
 * writing are left out, and line breaks are spaces. What can be read stays as it is.
 */
export function safe(text: string): string {
  return text
    .replace(sequences, "")
    .replace(breaks, " ")
    .replace(/\p{Cc}/gu, "")
    .replace(hidden, "")
    .toWellFormed();
}

let segmenter: Intl.Segmenter | undefined;

/** Latin letters with their accents, and the quotation marks and dashes around them: each is one character by itself. */
const plain = /^[ -~\u00a1-\u024f\u2010-\u2027]*$/;

/** The characters of a text as a person counts them. */
export function characters(text: string): readonly string[] {
  // The segmenter takes ten milliseconds to load, a sixth of the way to the first screen.
  if (plain.test(text)) return text.split("");
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** How many columns a text takes at most: terminals that do not join emoji draw each of their parts. */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  return Math.max(stringWidth(text), sum(Array.from(text, (point) => stringWidth(point))));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/**
 * Breaks one line of text between words so that no line takes more than `width` columns; a longer word is broken
 * inside. Lines after the first begin with `indent` spaces, which count. Empty text is one empty line.
 */
export function wrap(text: string, width: number, indent = 0): string[] {
  const room = Math.max(2, width);
  const hang = " ".repeat(Math.min(indent, room - 2));
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(" ")) {
    // Only the pieces of a broken word follow each other without a space, so each of them begins a line.
    for (const [at, piece] of pieces(word, room - hang.length).entries()) {
      if (line === undefined) line = piece;
      else if (at === 0 && columnsOf(line) + 1 + columnsOf(piece) <= room) line = `${line} ${piece}`;
      else {
        lines.push(line);
        line = hang + piece;
      }
    }
  }
  return [...lines, line ?? ""];
}

/** Cuts text into pieces of at most `width`, as `measure` counts one character: columns, unless told. */
export function pieces(text: string, width: number, measure: (character: string) => number = columnsOf): string[] {
  const found: string[] = [];
  let piece: string[] = [];
  let taken = 0;
  for (const character of characters(text)) {
    const wide = measure(character);
    if (taken + wide > width && piece.length > 0) {
      found.push(piece.join(""));
      piece = [];
      taken = 0;
    }
    piece.push(character);
    taken += wide;
  }
  return [...found, piece.join("")];
}

/** The text if it fits `width` columns, else its beginning and an ellipsis. */
export function cut(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  const [kept = ""] = pieces(text, width - 1);
  return columnsOf(kept) < width ? `${kept}…` : "…";
}
