import { PassThrough, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import xterm from "@xterm/headless";
import type { Reply } from "../../src/core/question.ts";
import { type KeyboardOptions, openKeyboard } from "../../src/shell/keyboard.ts";
import type { Prompter, Screen } from "../../src/shell/prompter.ts";
import { openTerminal, type Output, type Terminal } from "../../src/shell/terminal.ts";
import { words } from "./desk-words.ts";

/** Writes that do not stand on their screen yet. */
let unseen = 0;

/** A screen that nobody looks at: takes bytes, tells what would stand on it. */
export class Glass extends Writable {
  readonly isTTY: boolean = true;
  /** Inquirer ends its output after each prompt, unless it is the process's own. */
  readonly _isStdio = true;
  columns: number;
  rows: number;
  bytes = "";
  readonly #terminal: xterm.Terminal;

  constructor(columns = 80, rows = 24) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.bytes += chunk.toString();
    unseen += 1;
    this.#terminal.write(chunk.toString(), () => {
      unseen -= 1;
      done();
    });
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.#terminal.resize(columns, rows);
    this.emit("resize");
  }

  /** The lines in sight, without those that are empty at the end. */
  get lines(): readonly string[] {
    const { active } = this.#terminal.buffer;
    const lines = Array.from(
      { length: this.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? "",
    );
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  get text(): string {
    return this.lines.join("\n");
  }

  /** How many lines have left the screen at the top. */
  get scrolled(): number {
    return this.#terminal.buffer.active.baseY;
  }

  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#terminal.buffer.active.cursorY, column: this.#terminal.buffer.active.cursorX };
  }
}

export function terminalOn(
  stderr: Output,
  env: Record<string, string> = { NO_COLOR: "1" },
  stdout: Output = new PassThrough(),
): Terminal {
  return openTerminal({ stdout, stderr, env, stdin: { isTTY: true } });
}

/** Long enough for a burst of keys to be used and the screen to be drawn. */
export async function settled(): Promise<void> {
  for (let calm = 0; calm < 4; calm = unseen > 0 ? 0 : calm + 1) await wait(2);
}

export type Desk = {
  readonly glass: Glass;
  readonly keyboard: Prompter;
  readonly clock: { now: number };
  /** Asks; the reply is there when a key has made one. */
  ask(screen: Screen): {
    readonly reply: Promise<Reply>;
    readonly abort: () => void;
    readonly isAnswered: () => boolean;
  };
  /** Sends bytes as a terminal does, one piece each. */
  send(...pieces: readonly string[]): Promise<void>;
};

/** A keyboard on a screen of our own, for conversations of several questions. Hears keys from the first moment unless told. */
export function openDesk(options: Partial<KeyboardOptions> & { columns?: number; rows?: number } = {}): Desk {
  const { columns, rows, ...rest } = options;
  const glass = new Glass(columns, rows);
  const input = new PassThrough();
  const clock = { now: 14_000 };
  const keyboard = openKeyboard({
    terminal: terminalOn(glass),
    words,
    clock: () => clock.now,
    timeNow: () => "14:05",
    deaf: 0,
    input,
    ...rest,
  });
  return {
    glass,
    keyboard,
    clock,
    ask(screen) {
      const stop = new AbortController();
      let isAnswered = false;
      const reply = keyboard.ask(screen, stop.signal);
      reply.then(
        () => (isAnswered = true),
        () => {},
      );
      return { reply, abort: () => stop.abort(), isAnswered: () => isAnswered };
    },
    async send(...pieces) {
      for (const piece of pieces) {
        input.write(piece);
        await settled();
      }
    },
  };
}
