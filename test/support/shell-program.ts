import { spawn, type SpawnOptions } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as pty from "@lydell/node-pty";
import { top } from "./shell-folders.ts";

/** What a program left behind. `code` is -1 when a signal ended it. */
export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs a program to its end. */
export function run(
  file: string,
  args: readonly string[],
  options: SpawnOptions & { readonly input?: string } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: "pipe" });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on("data", (bytes: Buffer) => out.push(bytes));
    child.stderr?.on("data", (bytes: Buffer) => err.push(bytes));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code: code ?? -1, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
  });
}

export const launcher: string = join(top, "bin", "threshold.js");

/** Whether the program has been built; `npm test` sees to it. */
export const isBuilt: boolean = existsSync(join(top, "dist", "cli.cjs"));

/** Runs Threshold as a person would, with `data` as its folder of records. */
export function threshold(
  args: readonly string[],
  data: string,
  more: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  const env = { ...process.env, THRESHOLD_DATA: data, NO_COLOR: "1", ...more.env };
  return run(process.execPath, [launcher, ...args], { env, ...(more.input !== undefined && { input: more.input }) });
}

/** Runs a program of Node on a terminal of 80 by 24; gives every byte it wrote there. */
export function onTerminal(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly bytes: string }> {
  return new Promise((resolve) => {
    const inherited = Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    const child = pty.spawn(process.execPath, [file, ...args], {
      cols: 80,
      rows: 24,
      env: { ...inherited, TERM: "xterm-256color", ...env },
    });
    let bytes = "";
    child.onData((text) => (bytes += text));
    child.onExit(({ exitCode }) => resolve({ code: exitCode, bytes }));
  });
}
