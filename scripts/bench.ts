// Measures what a person at the desk waits for, against a bare Node doing the least that could be done, on a real terminal.
//
//   npm run bench -- [--rounds N] [--check]
//
// Rounds are interleaved, so that a busy machine slows both sides alike; the ratio of the medians is the figure. With --check
// the exit code is 1 when a ratio is over its limit, or when something could not be measured.

import { spawn } from "@lydell/node-pty";
import { createHash } from "node:crypto";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { openClock } from "../src/shell/clock.ts";
import { startJournal } from "../src/shell/journal.ts";

type Row = {
  readonly what: string;
  readonly ours: string;
  readonly bare: string;
  ours_ms: number[];
  bare_ms: number[];
  readonly limit: number;
};

const top = resolve(import.meta.dirname, "..");
const launcher = join(top, "bin", "threshold.js");
const patience = 20_000;

/** What the first choice of the first screen begins with. */
const firstChoice = /^ +1 {1,3}\S/m;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { rounds: { type: "string", default: "15" }, check: { type: "boolean", default: false } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds wants a whole number from 1");
  const setup = createRequire(import.meta.url)("./setup.cjs") as { pinnedNode(): string | undefined };
  const node = setup.pinnedNode();
  if (node === undefined) throw new Error("the pinned Node is not installed");
  const folder = mkdtempSync(join(tmpdir(), "threshold-bench-"));
  try {
    const rows = [...(await measureStart(node, folder, rounds)), ...(await measureJournal(folder, rounds))];
    print(rows, rounds);
    return values.check && rows.some((row) => !(ratio(row) <= row.limit)) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureStart(node: string, folder: string, rounds: number): Promise<Row[]> {
  const env = { ...process.env, THRESHOLD_DATA: folder, TERM: "xterm-256color" } as Record<string, string | undefined>;
  for (const name of ["THRESHOLD_PAINTED", "NO_COLOR", "ACCESSIBLE", "NODE_OPTIONS"]) delete env[name];
  const words = row("first words", "threshold", "node -e write", 1.1);
  const prompt = row("first live prompt", "threshold", "node -e 0", 2.5);
  const live = row("first step asked", "threshold encounter", "node -e 0", 5);
  const encounter = [launcher, "encounter", "--setting", "shelter"];
  // The first round fills the disk cache, and shows which bytes are painted first.
  const seen = await watch(node, [launcher], env, (text) => firstChoice.test(plain(text)));
  const painted = seen.chunks[0] ?? "";
  const bareWords = ["-e", `require("fs").writeSync(2, ${JSON.stringify(painted)})`];
  for (let round = 0; round < rounds; round++) {
    words.bare_ms.push((await watch(node, bareWords, env, (text) => text.length > 0)).ms);
    const start = await watch(node, [launcher], env, (text) => firstChoice.test(plain(text)));
    words.ours_ms.push(start.firstMs);
    prompt.ours_ms.push(start.ms);
    live.ours_ms.push((await watch(node, encounter, env, (text) => firstChoice.test(plain(text)))).ms);
    const bare = (await watch(node, ["-e", "0"], env, undefined)).ms;
    prompt.bare_ms.push(bare);
    live.bare_ms.push(bare);
  }
  return [words, prompt, live];
}

/** Time from spawn until `isThere` is true of what stands on the terminal, or, without it, until the process has ended. */
function watch(
  node: string,
  args: string[],
  env: Record<string, string | undefined>,
  isThere: ((text: string) => boolean) | undefined,
): Promise<{ ms: number; firstMs: number; chunks: string[] }> {
  return new Promise((done, refuse) => {
    const begin = performance.now();
    const terminal = spawn(node, args, { cols: 80, rows: 24, cwd: top, env });
    const chunks: string[] = [];
    let ms = Number.NaN;
    let firstMs = Number.NaN;
    const timer = setTimeout(() => terminal.kill("SIGKILL"), patience);
    terminal.onData((text) => {
      const now = performance.now() - begin;
      if (chunks.length === 0) firstMs = now;
      chunks.push(text);
      if (!Number.isNaN(ms) || !isThere?.(chunks.join(""))) return;
      ms = now;
      terminal.kill("SIGKILL");
    });
    terminal.onExit(() => {
      clearTimeout(timer);
      if (isThere === undefined) ms = performance.now() - begin;
      if (Number.isNaN(ms)) refuse(new Error(`this never came on the screen; what came was:\n${chunks.join("")}`));
      else done({ ms, firstMs, chunks });
    });
  });
}

/** One append to a journal against one write and fdatasync of as many bytes in the same folder, turn by turn. */
async function measureJournal(folder: string, rounds: number): Promise<Row[]> {
  const journal = await openJournalHere(folder);
  const append = row("journal append", "append", "write + fdatasync", 5);
  const file = openSync(join(folder, "bare.jsonl"), "a");
  try {
    for (let round = 0; round < rounds * 10; round++) {
      const before = statSync(journal.file, { throwIfNoEntry: false })?.size ?? 0;
      const begin = performance.now();
      await journal.append(round);
      append.ours_ms.push(performance.now() - begin);
      append.bare_ms.push(syncedWrite(file, Buffer.alloc(statSync(journal.file).size - before, 0x61)));
    }
  } finally {
    closeSync(file);
  }
  return [append];
}

/** A journal as an encounter has it, which takes one more note each time. */
async function openJournalHere(
  folder: string,
): Promise<{ readonly file: string; append(round: number): Promise<unknown> }> {
  const protocol = Buffer.from("{}");
  const hash = createHash("sha256").update(protocol).digest("hex");
  const clock = openClock();
  const header = {
    v: 1,
    number: "BENCH",
    opened: clock.now().at,
    kind: "example",
    setting: "shelter",
    language: "en",
    protocol: { id: "bench", version: "0.0.0", hash },
    openedBy: "keyboard",
  } as const;
  const journal = await startJournal(join(folder, "BENCH"), header, protocol, clock);
  return {
    file: join(folder, "BENCH", "journal.jsonl"),
    append: (round) => journal.append({ type: "noted", text: `note ${round}`.padEnd(300, "."), from: "desk" }),
  };
}

function syncedWrite(file: number, bytes: Uint8Array): number {
  const begin = performance.now();
  writeSync(file, bytes);
  fdatasyncSync(file);
  return performance.now() - begin;
}

function print(rows: readonly Row[], rounds: number): void {
  const cells = rows.map((each) => [
    each.what,
    `${each.ours} ${median(each.ours_ms).toFixed(1)} ms`,
    `${each.bare} ${median(each.bare_ms).toFixed(1)} ms`,
    ratio(each).toFixed(2),
    each.limit.toFixed(1),
  ]);
  const table = [["", "ours (median)", "bare (median)", "ratio", "limit"], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((line) => (line[column] ?? "").length)));
  for (const line of table)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  console.log(`${rounds} rounds, Node ${process.version}, ${process.platform} ${process.arch}`);
}

function row(what: string, ours: string, bare: string, limit: number): Row {
  return { what, ours, bare, ours_ms: [], bare_ms: [], limit };
}

function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll("\r", "");
}

function ratio(each: Row): number {
  return median(each.ours_ms) / median(each.bare_ms);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

process.exitCode = await main();
