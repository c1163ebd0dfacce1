// A Prompter at the keyboard: one screen a question, drawn from the top.
//
// - A digit or a letter answers at once. Enter alone, arrows, a wrong digit, several keys at once and anything pasted
//   answer nothing where choices have numbers. Nothing times out into an answer.
// - Keys in the first moments of a question are dropped: they were meant for the screen before. A redraw because
//   somebody added a note is not a new question.
// - What is half typed is kept through redraws, panels and refusals. The line is our own, not readline's: nothing
//   typed reaches the terminal before it has been through `safe`.
// - The clock is painted over the first line alone, so that the rest never flickers.
// - However the prompt ends, cursor, raw mode and paste mode are put back.

import process from "node:process";
import { createPrompt, useEffect, useKeypress, useState } from "@inquirer/core";
import { fill } from "../core/fill.ts";
import type { Reply } from "../core/question.ts";
import type { ScreenWords } from "../core/words.ts";
import {
  type Aside,
  askOf,
  aborted,
  isAborted,
  isAside,
  isTyped,
  type KeyName,
  keysOf,
  LONGEST,
  type Meaning,
  meaningOfAside,
  meaningOfLine,
  meaningOfPress,
  placeOf,
  type Prompter,
  type Screen,
  sourceLines,
  stopped,
  timeHere,
  titleParts,
} from "./prompter.ts";
import { characters, columnsOf, cut, pieces, safe, type Terminal, wrap } from "./terminal.ts";

/** Milliseconds during which a new question hears no key. */
const DEAF = 300;
const [FROM_THE_TOP, PASTE_ON, PUT_BACK] = ["\u001b[H\u001b[J", "\u001b[?2004h", "\u001b[?2004l\u001b[?25h"];

export type KeyboardOptions = {
  readonly terminal: Terminal;
  readonly words: ScreenWords;
  /** Milliseconds that only go forward; `performance.now` unless a test has its own. */
  readonly clock?: () => number;
  /** The site's time of day as HH:MM, for "now"; this computer's unless told. */
  readonly timeNow?: () => string;
  /** Milliseconds during which a new question hears no key; 300 unless a test has its own. */
  readonly deaf?: number;
  readonly input?: NodeJS.ReadableStream;
  readonly output?: NodeJS.WritableStream;
};

/** A line being typed, and where the cursor stands in it, in UTF-16 units. */
type Line = { readonly text: string; readonly at: number };
const EMPTY: Line = { text: "", at: 0 };

/** What is half typed: the answer, a note, who takes over. */
type Lines = Readonly<Record<Aside | "line", Line>>;

/** What a person sees of a question now. `panel` lies over it; with `aside` the line is that one. */
type View = Lines & {
  readonly panel?: "contacts" | "why" | "help";
  readonly page: number;
  readonly aside: Aside | undefined;
  readonly notices: readonly string[];
};

/** One question at the keyboard, while it is asked. The only thing here that changes. */
type Asking = {
  readonly screen: Screen;
  readonly terminal: Terminal;
  readonly words: ScreenWords;
  readonly clock: () => number;
  readonly timeNow: () => string;
  /** Keys before this moment of the clock are dropped. */
  readonly deafUntil: number;
  view: View;
  /** How many lines are drawn. */
  height: number;
  /** Draws again; there while the prompt is open. */
  redraw?: () => void;
  /** Called when the input is over before there was an answer. */
  over?: () => void;
};

/** Opens the keyboard. Nothing is drawn, and the terminal is as it was, until something is asked. */
export function openKeyboard(options: KeyboardOptions): Prompter {
  const { terminal, words, clock = () => performance.now(), timeNow = timeHere, deaf = DEAF } = options;
  const input = options.input ?? process.stdin;
  const output = options.output ?? terminal.screen;
  const left: Left = {
    lines: new Map(),
    isSame: false,
    isAnswered: false,
    deafUntil: 0,
    note: EMPTY,
    handOver: EMPTY,
    aside: undefined,
    said: [],
  };
  let asking: Asking | undefined;
  const close = (): void => {
    process.removeListener("exit", close);
    if (asking?.redraw) putBack(input, (text) => output.write(text));
    asking = undefined;
  };
  return {
    async ask(screen, signal) {
      if (signal.aborted) throw aborted();
      const current = (asking = begin({ screen, terminal, words, clock, timeNow }, left, deaf));
      process.once("exit", close);
      // The input is closed after every answer too; only when none came by then is it over.
      const over = new Promise<never>((_, reject) => (current.over = () => void setImmediate(() => reject(stopped()))));
      output.write(FROM_THE_TOP);
      try {
        const reply = await Promise.race([deskPrompt(current, { input, output, signal }), over]);
        leave(left, current, reply);
        return reply;
      } catch (error) {
        if (isAborted(error)) leave(left, current);
        throw error;
      } finally {
        close();
      }
    },
    say(line) {
      if (!asking) terminal.say(line);
      tell(left, asking, safe(line));
    },
    close,
  };
}

function putBack(
  input: NodeJS.ReadableStream & { setRawMode?: (on: boolean) => void },
  write: (text: string) => void,
): void {
  write(PUT_BACK);
  try {
    input.setRawMode?.(false);
  } catch {
    // The terminal is gone, and its mode with it.
  }
}

// --- from one question to the next ---

/**
 * What is kept between questions: half-typed lines by question, half a note, what was chosen, what was said. A panel or
 * an aside that a redraw broke off opens again whatever is asked, so that keys meant for it answer nothing.
 */
type Left = {
  readonly lines: Map<string, Line>;
  place?: string;
  isSame: boolean;
  isAnswered: boolean;
  deafUntil: number;
  note: Line;
  handOver: Line;
  aside: View["aside"];
  panel?: View["panel"] | undefined;
  chosen?: string;
  said: string[];
};

function begin(
  asked: Pick<Asking, "screen" | "terminal" | "words" | "clock" | "timeNow">,
  left: Left,
  deaf: number,
): Asking {
  const place = placeOf(asked.screen.question);
  const isHere = left.place === place;
  // An answer that was not taken is asked for again, and its line stands there again; else it is done with.
  if (!isHere && left.isAnswered && left.place !== undefined) left.lines.delete(left.place);
  const chosen = left.chosen !== undefined && !isHere ? [fill(asked.words.chosen, { choice: left.chosen })] : [];
  const line = lineOf(left.lines.get(place)?.text ?? "");
  const view: View = {
    page: 0,
    aside: left.aside,
    line,
    note: lineOf(left.note.text),
    handOver: lineOf(left.handOver.text),
    notices: [...chosen, ...left.said],
    ...(left.panel !== undefined && { panel: left.panel }),
  };
  const deafUntil = isHere && left.isSame ? left.deafUntil : asked.clock() + deaf;
  return { ...asked, deafUntil, view, height: 0 };
}

/** Keeps what the next question may need. Without a reply the question was broken off, and the same may come again. */
function leave(left: Left, { screen, words, view, deafUntil }: Asking, reply?: Reply): void {
  const isNote = reply !== undefined && ("note" in reply || "handOver" in reply);
  const isAnswer = reply !== undefined && ("fields" in reply || "attach" in reply || "answer" in reply);
  left.place = placeOf(screen.question);
  left.isSame = reply === undefined || isNote;
  left.isAnswered = isAnswer;
  // A path that is refused is named in the refusal; the next one is dropped onto an empty line.
  left.lines.set(left.place, reply !== undefined && "attach" in reply ? EMPTY : view.line);
  left.note = view.note;
  left.handOver = view.handOver;
  left.aside = reply === undefined ? view.aside : undefined;
  left.panel = reply === undefined ? view.panel : undefined;
  left.deafUntil = deafUntil;
  if (reply === undefined) return;
  left.said = "handOver" in reply ? [fill(words.handOver.done, { who: safe(reply.handOver) })] : [];
  delete left.chosen;
  const chosen = isAnswer ? chosenIn(reply, screen, words) : undefined;
  if (chosen !== undefined) left.chosen = chosen;
}

function chosenIn(reply: Reply, { question }: Screen, words: ScreenWords): string | undefined {
  if (question.choices.length === 1) return undefined;
  if ("answer" in reply) return question.choices.find(({ id }) => id === reply.answer)?.label;
  const value = "fields" in reply ? Object.values(reply.fields)[0] : undefined;
  if (typeof value === "object") return words.unknowns[value.unknown].label;
  return question.field?.kind === "choice" ? question.choices.find(({ id }) => id === value)?.label : undefined;
}

function tell(left: Left, asking: Asking | undefined, line: string): void {
  left.said = [...left.said, line].slice(-2);
  if (!asking) return;
  asking.view = { ...asking.view, notices: left.said };
  asking.redraw?.();
}

// --- the prompt ---

/** A key as readline tells it. Typed text stands in `sequence`. */
type Press = { readonly name?: string; readonly ctrl?: boolean; readonly meta?: boolean; readonly sequence?: string };

/** One question as an inquirer prompt. */
const deskPrompt = createPrompt<Reply, Asking>((asking, done) => {
  const [turn, setTurn] = useState(0);
  const [reader] = useState(() => new Reader(asking, done));
  useKeypress((event) => reader.hear(event));
  useEffect((rl) => {
    let turns = turn;
    const write = penOf(rl.output);
    reader.readline = rl;
    const fromTheTop = (): void => {
      write(FROM_THE_TOP);
      asking.redraw?.();
    };
    asking.redraw = () => setTurn((turns += 1));
    reader.fromTheTop = fromTheTop;
    const stopClock = runClock(asking, write);
    // Ctrl-Z would leave the person before a shell; readline asks a listener first.
    rl.on("SIGTSTP", () => {});
    rl.on("close", () => asking.over?.());
    asking.terminal.screen.on("resize", fromTheTop);
    write(PASTE_ON);
    return () => {
      reader.stop();
      stopClock();
      delete asking.redraw;
      asking.terminal.screen.removeListener("resize", fromTheTop);
      putBack(rl.input, write);
    };
  }, []);
  const { content, under, after, height } = draw(asking);
  asking.height = height;
  reader.place(after);
  return [content, under];
});

/** Writes past the prompt's own muting, as its screen manager does. */
function penOf(output: { mute(): void; unmute(): void; write(text: string): unknown }): (text: string) => void {
  return (text) => {
    output.unmute();
    output.write(text);
    output.mute();
  };
}

/** Paints the first lines anew when the clock in them has moved. Not when they have scrolled out of sight. */
function runClock(asking: Asking, write: (text: string) => void): () => void {
  let shown = headOf(asking).join();
  const timer = setInterval(() => {
    const head = headOf(asking);
    if (head.join() === shown || asking.height > asking.terminal.rows) return;
    shown = head.join();
    write(`\u001b7\u001b[H${head.map((line) => `${line}\u001b[K`).join("\r\n")}\u001b8`);
  }, 250);
  timer.unref();
  return () => clearInterval(timer);
}

/** Takes keys in bursts: what arrives in one piece was pasted, or a hand fell on the keys. */
class Reader {
  readonly #asking: Asking;
  readonly #done: (reply: Reply) => void;
  #burst: Press[] = [];
  #isPasting = false;
  #isDropping = false;
  #soon: NodeJS.Immediate | undefined;
  fromTheTop: () => void = () => {};
  /** What inquirer reads the cursor's place from; its line is never the text. */
  readline: { line: string } | undefined;

  constructor(asking: Asking, done: (reply: Reply) => void) {
    this.#asking = asking;
    this.#done = done;
  }

  /** Puts the cursor before `after`, what stands behind it on its line. */
  place(after: string): void {
    if (this.readline) Object.assign(this.readline, { line: after, cursor: 0 });
  }

  hear(press: Press): void {
    this.place("");
    const isDeaf = this.#asking.clock() < this.#asking.deafUntil;
    if (press.name === "paste-start") {
      this.#isPasting = true;
      this.#isDropping = isDeaf;
    } else if (press.name === "paste-end") {
      this.#isPasting = false;
    } else if (!isDeaf && !(this.#isPasting && this.#isDropping)) {
      this.#burst.push(this.#isPasting ? { sequence: press.sequence ?? " ", name: "pasted" } : press);
      this.#soon ??= setImmediate(() => this.#settle());
    }
  }

  /** What has been heard and not yet used stays typed, but nothing is answered any more. */
  stop(): void {
    clearImmediate(this.#soon);
    const { view, screen } = this.#asking;
    if (view.panel === undefined && (view.aside || isTyped(screen.question))) this.#type(this.#burst);
    this.#burst = [];
  }

  #settle(): void {
    this.#soon = undefined;
    const burst = this.#burst;
    this.#burst = [];
    const before = this.#asking.view;
    const reply = this.#take(burst);
    if (reply) this.#done(reply);
    else if (burst.some(({ name, ctrl }) => ctrl && name === "l")) this.fromTheTop();
    else if (this.#asking.view !== before) this.#asking.redraw?.();
  }

  #take(burst: readonly Press[]): Reply | undefined {
    const { view, screen } = this.#asking;
    if (view.panel !== undefined) return this.#turn();
    if (view.aside || isTyped(screen.question)) return this.#type(burst) ? this.#enter() : undefined;
    return this.#press(burst);
  }

  #set(change: Partial<View>): void {
    this.#asking.view = { ...this.#asking.view, notices: [], ...change };
  }

  /** Any key turns the page of a panel; after the last it is closed. */
  #turn(): undefined {
    const { panel: _panel, ...view } = this.#asking.view;
    const isMore = view.page + 1 < pagesOf(this.#asking).length;
    this.#asking.view = isMore ? { ...this.#asking.view, page: view.page + 1 } : { ...view, page: 0 };
  }

  #press(burst: readonly Press[]): Reply | undefined {
    const { words, screen } = this.#asking;
    const first = burst[0];
    const pressed = textOf(first);
    if (burst.some((press) => press.name === "pasted" || textOf(press) !== pressed)) {
      this.#set({ notices: [words.choose.many] });
      return undefined;
    }
    const meant = pressed === undefined ? undefined : meaningOfPress(pressed, screen.question, words);
    if (meant) return this.#mean(meant);
    if (isEnter(first)) this.#set({ notices: [words.choose.enter] });
    else if (pressed !== undefined)
      this.#set({
        notices: [
          screen.question.choices.length > 0
            ? fill(words.choose.wrong, { last: String(screen.question.choices.length) })
            : words.choose.wrongKey,
        ],
      });
    return undefined;
  }

  /** Types a burst into the line. True when it ends with Enter; an Enter before more keys was pasted and is a space. */
  #type(burst: readonly Press[]): boolean {
    const { view, words } = this.#asking;
    const name = view.aside ?? "line";
    const most = LONGEST[name];
    const last = burst.at(-1);
    const isEntered = isEnter(last);
    if (view.aside && last?.name === "escape") {
      this.#set({ aside: undefined });
      return false;
    }
    const typed = burst.slice(0, isEntered ? -1 : undefined).reduce(edited, view[name]);
    const isLong = typed.text.length > most;
    const kept = isLong ? { text: typed.text.slice(0, most).toWellFormed(), at: Math.min(typed.at, most) } : typed;
    if (kept !== view[name])
      this.#set({ [name]: kept, ...(isLong && { notices: [fill(words.misfit.long, { most: String(most) })] }) });
    return isEntered;
  }

  #enter(): Reply | undefined {
    const { view, words, screen, timeNow } = this.#asking;
    const { aside } = view;
    if (!aside) return this.#mean(meaningOfLine(view.line.text, screen.question, words, timeNow));
    const { text } = view[aside];
    if (text.trim() !== "") return this.#mean(meaningOfAside(aside, text, screen.question, words));
    this.#set({ aside: undefined });
    return undefined;
  }

  #mean(meant: Meaning): Reply | undefined {
    if (meant.means === "misfit") {
      this.#set({ notices: [meant.says] });
      return undefined;
    }
    const { view, screen } = this.#asking;
    const isAnswer =
      meant.means === "reply" && ("fields" in meant.reply || "attach" in meant.reply) && meant.keep === undefined;
    const kept = lineOf(meant.keep ?? "");
    // A typed command is not part of what was typed before it.
    if (view.aside) this.#set({ [view.aside]: kept, aside: undefined });
    else if (isTyped(screen.question) && !isAnswer) this.#set({ line: kept });
    if (meant.means === "reply") return meant.reply;
    this.#set(isAside(meant.what) ? { aside: meant.what } : { panel: meant.what, page: 0 });
    return undefined;
  }
}

function isEnter(press: Press | undefined): boolean {
  return press?.name === "return" || press?.name === "enter";
}

/** The character a key stands for where keys are pressed; undefined for arrows and the like. */
function textOf(press: Press | undefined): string | undefined {
  if (press === undefined || press.ctrl || press.meta) return undefined;
  const text = press.sequence ?? (press.name?.length === 1 ? press.name : "");
  if (isSequence(text)) return undefined;
  return characters(safe(text)).length === 1 && text.trim() !== "" ? text : undefined;
}

/** True for what an arrow or a function key sends; some end with a letter. */
function isSequence(text: string): boolean {
  return text.startsWith("\u001b");
}

function lineOf(text: string): Line {
  return { text, at: text.length };
}

// --- the line that is typed ---

/** The line after one more key. Keys that mean nothing here leave it as it is. */
function edited(line: Line, press: Press): Line {
  const before = line.text.slice(0, line.at);
  const after = line.text.slice(line.at);
  const shortcut = press.ctrl ? `ctrl-${press.name}` : press.name;
  switch (shortcut) {
    case "backspace":
    case "ctrl-h":
      return { text: withoutLast(before) + after, at: withoutLast(before).length };
    case "delete":
      return { text: before + withoutFirst(after), at: line.at };
    case "left":
      return { text: line.text, at: withoutLast(before).length };
    case "right":
      return { text: line.text, at: line.text.length - withoutFirst(after).length };
    case "home":
    case "ctrl-a":
      return { text: line.text, at: 0 };
    case "end":
    case "ctrl-e":
      return lineOf(line.text);
    case "ctrl-u":
      return { text: after, at: 0 };
    case "ctrl-k":
      return lineOf(before);
    case "ctrl-w": {
      const kept = before.replace(/\S*\s*$/, "");
      return { text: kept + after, at: kept.length };
    }
    default:
      return inserted(line, press);
  }
}

function inserted(line: Line, press: Press): Line {
  const sequence = isEnter(press) ? " " : (press.sequence ?? "");
  const text = press.ctrl || press.meta || isSequence(sequence) ? "" : safe(sequence);
  if (text === "" || line.text.length > LONGEST.line) return line;
  return { text: line.text.slice(0, line.at) + text + line.text.slice(line.at), at: line.at + text.length };
}

function withoutLast(text: string): string {
  return characters(text).slice(0, -1).join("");
}

function withoutFirst(text: string): string {
  return characters(text).slice(1).join("");
}

// --- what is drawn ---

/** Lines that belong together. A blank line goes before them where there is room, unless they are tight. */
type Block = { readonly lines: readonly string[]; readonly isTight?: boolean };

/** `content` ends with the line the cursor stands in, before `after`; `under` is what is typed below that line. */
type Drawn = { readonly content: string; readonly under: string; readonly after: string; readonly height: number };

function draw(asking: Asking): Drawn {
  const { terminal, view } = asking;
  const head = headOf(asking);
  const room = terminal.rows - head.length - 1;
  const body = fitted(
    view.panel === undefined ? questionBlocks(asking, room) : (pagesOf(asking)[view.page] ?? []),
    room,
  );
  const line = view.panel !== undefined ? EMPTY : view[view.aside ?? "line"];
  const input = inputOf(line, widthOf(terminal), Math.min(5, terminal.rows - head.length - body.length));
  return {
    content: [...head, ...body, ...input.above].join("\n"),
    under: input.under.join("\n"),
    after: input.after,
    height: head.length + body.length + input.above.length + input.under.length,
  };
}

/** One column stays free: some terminals begin a new line as soon as the last is taken. */
function widthOf(terminal: Terminal): number {
  return terminal.columns - 1;
}

function heightOf(blocks: readonly Block[]): number {
  return blocks.reduce((total, { lines }) => total + lines.length, 0);
}

/** The blocks one below the other. Blank lines are left out from the top where `rows` are too few. */
function fitted(blocks: readonly Block[], rows: number): readonly string[] {
  const shown = blocks.filter(({ lines }) => lines.length > 0);
  let blanks = rows - heightOf(shown);
  const spaced = shown.toReversed().map(({ lines, isTight }) => (!isTight && blanks-- > 0 ? ["", ...lines] : lines));
  return spaced.toReversed().flat();
}

/** The title, the mark, the clock, and under them the warnings. */
function headOf(asking: Asking): readonly string[] {
  const { screen, terminal } = asking;
  const width = widthOf(terminal);
  const banner = screen.banner.flatMap((line) => indented(line, width, 1)).slice(0, 8);
  return [...titleOf(asking, width), ...banner.map(terminal.paint.alarm)];
}

function titleOf({ screen, terminal, words, clock }: Asking, width: number): readonly string[] {
  const title = safe(screen.title);
  const parts = titleParts(screen, words, clock).map(safe);
  const alarm = screen.mark === undefined ? terminal.paint.alarm : terminal.paint.calm;
  const painted = parts.map((part, at) => (at === 0 ? alarm(part) : part));
  for (const gap of ["    ", "  "]) {
    const room = width - 1 - columnsOf(["", ...parts].join(gap));
    if (columnsOf(title) <= room || (gap === "  " && room >= 12))
      return [` ${[cut(title, room), ...painted].join(gap)}`];
  }
  const room = width - 3 - columnsOf(parts[0] ?? "");
  if (room < 4) return packed([cut(title, width - 1), ...parts], width, "  ");
  return [` ${[cut(title, room), ...painted.slice(0, 1)].join("  ")}`, ...packed(parts.slice(1), width, "  ")];
}

/** Words side by side, as many on a line as fit, each line after `indent` spaces. */
function packed(parts: readonly string[], width: number, gap: string, indent = 1): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && columnsOf(last + gap + part) <= width) lines[lines.length - 1] = last + gap + part;
    else lines.push(...indented(part, width, indent));
  }
  return lines;
}

/** Text on lines of `width` columns, each after `indent` spaces; those after the first hang by `hang` more. */
function indented(text: string, width: number, indent: number, hang = 0): readonly string[] {
  return wrap(safe(text), width - indent, hang).map((line) => " ".repeat(indent) + line);
}

function questionBlocks(asking: Asking, room: number): readonly Block[] {
  const { screen, terminal, words, view } = asking;
  const { say, isCall, inEnglish, nearby, do: todo, never } = screen.question;
  const width = widthOf(terminal);
  const notices = view.notices.flatMap((notice) => indented(notice, width, 1));
  const aloud = (label: string, text: string | undefined): readonly string[] =>
    text === undefined ? [] : labelled(asking, label, `"${text}"`, terminal.paint.strong);
  const blocks: readonly Block[] = [
    { lines: aloud(isCall ? words.phone : words.say, say) },
    { lines: aloud(words.english, inEnglish), isTight: true },
    { lines: aloud(words.nearby, nearby) },
    {
      lines: [...todo, ...(never === undefined ? [] : [never])].flatMap((line, at) =>
        labelled(asking, at === 0 ? words.do : "", line),
      ),
    },
    { lines: view.aside ? indented(words[view.aside].ask, width, 1) : askLines(asking, width) },
    // What is told stands where the blank line was, so that nothing else moves.
    { lines: notices, isTight: true },
  ];
  const keys: Block = {
    lines: view.aside ? indented(words[view.aside].keys, width, 1) : keyLines(asking, width),
    isTight: notices.length > 0,
  };
  if (heightOf([...blocks, keys]) <= room || view.aside) return [...blocks, keys];
  return [...blocks, { ...keys, lines: fewKeys(asking, width) }];
}

/** A label, and words in the column beside it. What is said stands in quotes, strong, its lines under its first letter. */
function labelled(
  { screen, terminal, words }: Asking,
  label: string,
  text: string,
  said?: (text: string) => string,
): readonly string[] {
  const { inEnglish, nearby } = screen.question;
  const labels = [
    words.say,
    words.do,
    words.phone,
    ...(inEnglish === undefined ? [] : [words.english]),
    ...(nearby === undefined ? [] : [words.nearby]),
  ];
  const column = Math.max(...labels.map(columnsOf)) + 3;
  return wrap(safe(text), widthOf(terminal) - column - 1, said ? 1 : 0).map((line, at) => {
    const shown = at === 0 ? label : "";
    const gap = " ".repeat(column - columnsOf(shown));
    return ` ${terminal.paint.strong(shown)}${gap}${said ? line.replace(/\S.*$/, said) : line}`;
  });
}

function askLines({ screen, words, terminal }: Asking, width: number): readonly string[] {
  const { choices, field } = screen.question;
  const letters = (field?.unknowns ?? []).map((id) => `${words.unknowns[id].key} ${words.unknowns[id].label}`);
  const asked = indented(askOf(screen.question, words), width, 1);
  if (field === undefined || field.kind === "choice") {
    const numbered = choices.flatMap(({ label }, at) =>
      indented(`${at + 1}  ${label}`, width, 3, 3).map((line, row) => (row === 0 ? strongDigit(line, terminal) : line)),
    );
    return [...asked, ...numbered, ...packed(letters, width, "   ", 3)];
  }
  const or =
    letters.length === 0 ? [] : [...indented(words.type.orLetter, width, 3), ...packed(letters, width, "   ", 6)];
  return [...asked, ...indented(words.type[field.kind], width, 3), ...or];
}

function strongDigit(line: string, { paint }: Terminal): string {
  return line.replace(/\d/, paint.strong);
}

function keyLines(asking: Asking, width: number): readonly string[] {
  return packed(keysOf(asking.screen.question).map(keyWords(asking)), width, "   ");
}

/** One line of keys, for a screen without room for all: the first of them, and the one that shows the rest. */
function fewKeys(asking: Asking, width: number): readonly string[] {
  const words = keyWords(asking);
  const keys = keysOf(asking.screen.question).map(words);
  const lines = keys.map((_, left) => packed([...keys.slice(0, keys.length - 1 - left), words("help")], width, "   "));
  return lines.find(({ length }) => length === 1) ?? lines.at(-1) ?? [];
}

/** How a key is told: what to press, or the word to type where letters make text. */
function keyWords({ screen, words }: Asking): (name: KeyName) => string {
  return (name) => {
    const { key, word, label } = words.keys[name];
    if (!isTyped(screen.question)) return `${key} ${label}`;
    return label === word ? `/${word}` : `/${word} ${label}`;
  };
}

/** What is typed, on at most `rows` lines around the cursor. */
function inputOf(
  { text, at }: Line,
  width: number,
  rows: number,
): { readonly above: readonly string[]; readonly under: readonly string[]; readonly after: string } {
  // The prompt's screen manager counts UTF-16 units, terminals columns: a line is full when either is.
  const lines = pieces(text, width - 4, (character) => Math.max(columnsOf(character), character.length));
  let start = 0;
  let row = 0;
  while (row + 1 < lines.length && at >= start + (lines[row]?.length ?? 0)) start += lines[row++]?.length ?? 0;
  const first = Math.max(0, Math.min(row, lines.length - Math.max(1, rows)));
  const marked = lines
    .map((line, index) => `${index === 0 ? " > " : index === first ? " … " : "   "}${line}`)
    .slice(first, first + Math.max(1, rows));
  return {
    above: marked.slice(0, row - first + 1),
    under: marked.slice(row - first + 1),
    after: lines[row]?.slice(at - start) ?? "",
  };
}

// --- the panels ---

/** The blocks of the open panel, on as many pages as it takes. */
function pagesOf(asking: Asking): readonly (readonly Block[])[] {
  const { terminal, words } = asking;
  const width = widthOf(terminal);
  const { title, blocks } = panelOf(asking, width);
  const room = terminal.rows - headOf(asking).length - 6;
  const pages: Block[][] = [[]];
  for (const block of blocks) {
    const page = pages.at(-1) ?? [];
    if (page.length > 0 && heightOf(page) + page.length + block.lines.length > room) pages.push([block]);
    else page.push(block);
  }
  return pages.map((page, at) => [
    { lines: indented(title, width, 1).map(terminal.paint.strong) },
    ...page,
    { lines: indented(at + 1 < pages.length ? words.panel.more : words.panel.back, width, 1) },
  ]);
}

function panelOf(
  { screen, words, view }: Asking,
  width: number,
): { readonly title: string; readonly blocks: readonly Block[] } {
  const { question } = screen;
  const block = (...lines: readonly string[]): Block => ({
    lines: lines.flatMap((line, at) => indented(line, width, at === 0 ? 1 : 3, at === 0 ? 3 : 0)),
  });
  const orElse = (blocks: readonly Block[], none: string): readonly Block[] =>
    blocks.length > 0 ? blocks : [block(none)];
  switch (view.panel) {
    case "contacts":
      return {
        title: words.contacts.title,
        blocks: orElse(
          question.contacts.map(({ label, words }) => block(`${label}: ${words}`)),
          words.contacts.none,
        ),
      };
    case "why":
      return {
        title: words.why.title,
        blocks: orElse(
          question.why.map((source) => block(...sourceLines(source, words))),
          words.why.none,
        ),
      };
    default: {
      const isCommand = isTyped(question);
      const keys = [...keysOf(question), "help" as const].map(
        (name) => `${isCommand ? `/${words.keys[name].word}` : words.keys[name].key}  ${words.keys[name].label}`,
      );
      return {
        title: words.help.title,
        blocks: [
          { lines: keys.flatMap((line) => indented(line, width, 3)) },
          { lines: words.help.lines.flatMap((line) => indented(line, width, 1)) },
        ],
      };
    }
  }
}
