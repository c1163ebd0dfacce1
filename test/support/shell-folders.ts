import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll } from "vitest";

/** The top of the checkout. */
export const top: string = join(import.meta.dirname, "..", "..");

const made: string[] = [];
afterAll(() => made.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A new, empty folder among the temporary ones; it goes away when the tests of the file have ended. */
export function freshFolder(name = "shell"): string {
  const folder = mkdtempSync(join(tmpdir(), `threshold-${name}-`));
  made.push(folder);
  return folder;
}

/** Writes a file and the folders it stands in; gives its path. */
export function put(folder: string, name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

/** Every file under a folder, by its path from there, in order; none when the folder is not there. */
export function filesUnder(folder: string, from = folder): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(folder).toSorted();
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path, from) : [relative(from, path).replaceAll("\\", "/")];
  });
}

/** The text of every file under a folder, and the names of the files. */
export function everythingUnder(folder: string): string {
  return filesUnder(folder)
    .map((name) => `${name}\n${readFileSync(join(folder, name), "latin1")}`)
    .join("\n");
}
