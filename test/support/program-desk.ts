import { setTimeout as wait } from "node:timers/promises";
import { type IPty, spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { afterAll } from "vitest";
import type { Protocol } from "../../src/core/protocol.ts";
import { launcher } from "./shell-program.ts";
import { filled, flat, stepOf } from "./program-words.ts";
import { node, type World } from "./program-world.ts";

// A person at a real terminal of 80 columns and 24 rows.

/** A new question hears no key for 300 ms; this is after that. */
const HEARS = 350;

export type Exit = { readonly exitCode: number; readonly signal?: number | undefined };

export class Desk {
  readonly #pty: IPty;
  readonly #screen = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true, scrollback: 2000 });
  /** Every byte the terminal got. */
  bytes = "";
  readonly exit: Promise<Exit>;
  exited: Exit | undefined;

  constructor(world: World, file: string, args: readonly string[]) {
    const env = Object.fromEntries(Object.entries(world.env).filter(([, value]) => value !== undefined));
    this.#pty = spawn(file, [...args], { cols: 80, rows: 24, env });
    this.#pty.onData((text) => {
      this.bytes += text;
      this.#screen.write(text);
    });
    this.exit = new Promise((done) =>
      this.#pty.onExit((exit) => {
        this.exited = exit;
        // What was written last may come after the exit.
        setTimeout(() => done(exit), 50);
      }),
    );
  }

  get pid(): number {
    return this.#pty.pid;
  }

  get lines(): readonly string[] {
    const { active } = this.#screen.buffer;
    return Array.from(
      { length: 24 },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? "",
    );
  }

  /** What stands on the screen, as one line of words. */
  get text(): string {
    return flat(this.lines.join("\n"));
  }

  /** The same with everything that has left the screen at the top. */
  get all(): string {
    const { active } = this.#screen.buffer;
    return flat(
      Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? "").join("\n"),
    );
  }

  /** Whether the cursor was last shown rather than hidden. */
  get isCursorShown(): boolean {
    return this.bytes.lastIndexOf("\u001b[?25h") >= this.bytes.lastIndexOf("\u001b[?25l");
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    const end = performance.now() + 15_000;
    while (!holds()) {
      if (performance.now() > end)
        throw new Error(`${what}: not seen; the screen:\n${this.lines.join("\n")}\n${JSON.stringify(this.exited)}`);
      await wait(10);
    }
  }

  /** Waits until these words stand on the screen. */
  async sees(...parts: readonly string[]): Promise<void> {
    for (const part of parts) await this.until(() => this.text.includes(flat(part)), `"${flat(part)}"`);
  }

  /** Sends bytes at once, as a terminal does. */
  send(text: string): void {
    this.#pty.write(text);
  }

  /** Presses when keys are heard. */
  async press(text: string): Promise<void> {
    await wait(HEARS);
    this.send(text);
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  end(): void {
    if (this.exited === undefined) this.#pty.kill("SIGKILL");
  }
}

// Tests that run side by side cannot each end their own: a failed one would leave its program behind.
const desks: Desk[] = [];
afterAll(() => desks.forEach((desk) => desk.end()));

/** Starts the program at a terminal. */
export function openDesk(world: World, ...args: readonly string[]): Desk {
  return kept(new Desk(world, node, [launcher, ...args]));
}

/** Starts another build of the program. */
export function openProgram(world: World, from: string, ...args: readonly string[]): Desk {
  return kept(new Desk(world, node, [from, ...args]));
}

/** Runs a line of the shell at a terminal. */
export function openShell(world: World, line: string): Desk {
  return kept(new Desk(world, "/bin/sh", ["-c", line]));
}

function kept(desk: Desk): Desk {
  desks.push(desk);
  return desk;
}

/** The words that tell one screen from another: what to say and what is asked. `what`: what is looked for, or a field. */
export function screenOf(protocol: Protocol, id: string, what?: string): readonly string[] {
  const step = stepOf(protocol, id);
  const asked = what === undefined ? undefined : (protocol.look.questions[what]?.ask ?? protocol.fields[what]?.ask);
  const ask = asked ?? (step.kind === "record" ? step.more.ask : step.ask);
  return [step.say, ask].flatMap((text) =>
    text === undefined ? [] : filled(text, protocol.values).split(/ ?\{\w+\} ?/),
  );
}

/** The digit of an answer. */
export function digit(protocol: Protocol, id: string, answer: string, what?: string): string {
  const step = stepOf(protocol, id);
  const ids =
    what !== undefined
      ? (protocol.look.questions[what]?.answers.map((choice) => choice.id) ?? protocol.fields[what]?.choices ?? [])
      : step.kind === "ask"
        ? step.answers.map((choice) => choice.id)
        : step.kind === "call"
          ? ["reached", "unreached"]
          : step.kind === "record"
            ? ["another", "done"]
            : ["done"];
  const at = ids.indexOf(answer);
  if (at < 0) throw new Error(`"${answer}" is no answer to ${id} ${what ?? ""}: ${ids.join(", ")}`);
  return String(at + 1);
}

/** Waits for the screen of a step, then answers it. `what`: what is looked for on a paper, or a field of choices. */
export async function answer(desk: Desk, protocol: Protocol, id: string, chosen: string, what?: string): Promise<void> {
  await desk.sees(...screenOf(protocol, id, what));
  await desk.press(digit(protocol, id, chosen, what));
}

/** Waits for a field that is typed, then types and enters. */
export async function type(desk: Desk, protocol: Protocol, id: string, field: string, text: string): Promise<void> {
  await desk.sees(...screenOf(protocol, id, field));
  await desk.press(`${text}\r`);
}
