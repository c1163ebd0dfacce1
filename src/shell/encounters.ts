// The folder of encounters: which there are, which are open, where a new one goes.

import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../core/problem.ts";

/** One encounter as it can be told from the outside. */
export type Listed = {
  readonly number: string;
  readonly folder: string;
  readonly opened: string;
  readonly isEnded: boolean;
  readonly kind: string;
};

/** Letters and digits that are not mistaken for one another over the phone. */
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/** A number that can be said over the phone: year, month and day, and four signs by chance. `at` is ISO 8601. */
export function newNumber(at: string): string {
  const signs = Array.from(
    crypto.getRandomValues(new Uint32Array(4)),
    (chance) => ALPHABET[chance % ALPHABET.length],
  ).join("");
  return `${at.slice(0, 4)}-${at.slice(5, 7)}${at.slice(8, 10)}-${signs}`;
}

export function encounterFolder(data: string, number: string): string {
  return join(data, "encounters", number);
}

/** A number nobody has yet, with its folder's parent made. */
export function freshNumber(data: string, at: string): string {
  mkdirSync(join(data, "encounters"), { recursive: true, mode: 0o700 });
  for (;;) {
    const number = newNumber(at);
    if (!existsSync(encounterFolder(data, number))) return number;
  }
}

/** Every encounter, the latest first. Folders that are none are passed over. */
export function listEncounters(data: string): readonly Listed[] {
  let names: string[];
  try {
    names = readdirSync(join(data, "encounters"));
  } catch {
    return [];
  }
  // A crash while a folder is made leaves it under another name.
  return names
    .filter((name) => !name.includes(".new-"))
    .flatMap((name) => listed(encounterFolder(data, name)) ?? [])
    .toSorted((a, b) => Date.parse(b.opened) - Date.parse(a.opened));
}

/** Live encounters that have not ended, the latest first. */
export function openEncounters(data: string): readonly Listed[] {
  return listEncounters(data).filter((each) => !each.isEnded && each.kind === "live");
}

function listed(folder: string): Listed | undefined {
  try {
    const { number, opened, kind } = JSON.parse(readFileSync(join(folder, "header.json"), "utf8")) as Readonly<
      Record<string, unknown>
    >;
    if (typeof number !== "string" || typeof opened !== "string" || typeof kind !== "string") return undefined;
    return { number, folder, opened, isEnded: isEnded(join(folder, "journal.jsonl")), kind };
  } catch {
    return undefined;
  }
}

function isEnded(journal: string): boolean {
  if (!existsSync(journal)) return false;
  const bytes = readFileSync(journal);
  // Inside an entry's own text a quotation mark is escaped, so this can only be the entry itself. A torn line was never written down.
  return bytes.subarray(0, bytes.lastIndexOf("\n") + 1).includes('"what":{"type":"ended"');
}

/** The encounter with that number, or whose number ends like it. @throws Problem `usage` when there is none, or more than one. */
export function findEncounter(data: string, number: string): Listed {
  const wanted = number.trim().toUpperCase();
  const all = listEncounters(data);
  const found = all.filter((each) => each.number === wanted);
  const similar = found.length > 0 ? found : all.filter((each) => each.number.endsWith(wanted) && wanted.length >= 4);
  if (similar.length > 1)
    throw new Problem(
      "usage",
      `"${number}" stands for ${similar.length} encounters`,
      `one of: ${similar.map((each) => each.number).join(", ")}`,
    );
  const [only] = similar;
  if (only === undefined)
    throw new Problem(
      "usage",
      `there is no encounter "${number}"`,
      all.length > 0 ? "see them all: threshold incident list" : "none has been opened on this computer yet",
    );
  return only;
}
