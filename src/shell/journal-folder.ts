import { mkdir, mkdtemp, readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { openedBy } from "../core/entry.ts";
import { Problem } from "../core/problem.ts";
import { settings } from "../core/settings.ts";
import { hasCode, readIfThere, syncFolder, whyNot, writeNew } from "./disk.ts";
import { type Fault, hashOf, jsonOf, Newer, sha256Hex } from "./journal-line.ts";

// The folder of a record, and what stands in it beside the journal. Its rules:
// - It appears whole or not at all: it is made under another name (`<folder>.new-...`) and moved into its place.
// - header.json and protocol.json are written once. Line 1 names the header's hash, and the header the protocol's.
// - Folders are 0700, files 0600. `journal.lock` is empty for ever, belongs to lock.ts, and is no part of the record.

export const headerFile = "header.json";
const protocolFile = "protocol.json";
export const journalFile = "journal.jsonl";
export const lockFile = "journal.lock";
export const attachmentsFolder = "attachments";

/** What stands in the clear beside a journal, and is bound to its first line by hash. */
export const Header = z.strictObject({
  v: z.literal(1),
  number: z.string().min(1),
  opened: z.iso.datetime({ offset: true }),
  kind: z.enum(["live", "drill", "example"]),
  setting: z.enum(settings),
  language: z.string().min(1),
  /** The title, or the code of a confidential site. */
  site: z.string().min(1).optional(),
  /** `hash`: the SHA-256 of the bytes of protocol.json, in hex. */
  protocol: z.strictObject({ id: z.string().min(1), version: z.string().min(1), hash: sha256Hex }),
  openedBy: z.enum(openedBy),
  timeZone: z.string().min(1).optional(),
});
export type Header = z.infer<typeof Header>;

/** What a record stands on. `hash`: of the header's bytes, which line 1 names. */
export type Ground = {
  readonly header: Header;
  readonly headerBytes: Uint8Array;
  readonly protocolBytes: Uint8Array;
  readonly hash: string;
};

export function groundOf(header: Header, protocolBytes: Uint8Array): Ground {
  const headerBytes = Buffer.from(`${JSON.stringify(Header.parse(header), undefined, 2)}\n`);
  const ground = { header, headerBytes, protocolBytes, hash: hashOf(headerBytes) };
  if (strangeProtocol(ground)) throw new Error("header.protocol.hash is not the SHA-256 of the protocol's bytes");
  return ground;
}

export function strangeProtocol(ground: Ground): Fault | undefined {
  if (hashOf(ground.protocolBytes) === ground.header.protocol.hash) return undefined;
  return { line: 0, what: "protocol.json is not the protocol that the header names" };
}

/** Makes the folder under another name and moves it into its place, so that half a record is never seen. */
export async function lay(folder: string, ground: Ground): Promise<void> {
  const parent = dirname(folder);
  await mkdir(parent, { mode: 0o700, recursive: true });
  if (!(await isFree(folder)))
    throw new Problem("journal", `${folder} holds something already`, "choose another number");
  const half = await mkdtemp(`${folder}.new-`); // 0700
  try {
    await mkdir(join(half, attachmentsFolder), { mode: 0o700 });
    await writeNew(join(half, headerFile), ground.headerBytes);
    await writeNew(join(half, protocolFile), ground.protocolBytes);
    for (const empty of [journalFile, lockFile]) await writeNew(join(half, empty), new Uint8Array(0));
    await syncFolder(half);
    await rmdir(folder).catch(() => undefined); // an empty one; Windows does not let it be replaced
    await rename(half, folder);
  } catch (error) {
    await rm(half, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(parent);
}

async function isFree(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return true;
    if (hasCode(error, "ENOTDIR")) return false;
    throw error;
  }
}

export async function readGround(folder: string): Promise<Ground> {
  const headerBytes = await readFrom(folder, headerFile);
  if (headerBytes.length === 0) throw new Problem("journal", `there is no record in ${folder}`);
  const json = jsonOf(headerBytes);
  if (Newer.safeParse(json).success) throw newerProblem(folder, "header.json was written by a newer version");
  const header = Header.safeParse(json);
  if (!header.success)
    throw new Problem("journal", `header.json in ${folder} cannot be read`, z.prettifyError(header.error));
  const protocolBytes = await readFrom(folder, protocolFile);
  return { header: header.data, headerBytes, protocolBytes, hash: hashOf(headerBytes) };
}

/** The bytes of one file of a record; none when it is not there. */
export async function readFrom(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readIfThere(join(folder, name));
  } catch (error) {
    throw asProblem(error, `${name} in ${folder} cannot be read`);
  }
}

export function newerProblem(folder: string, what: string): Problem {
  return new Problem("journal", `${what} of threshold, in ${folder}`, "open it with that version; nothing was changed");
}

/** A fault of the disk as a Problem that begins with `message`; anything else as it is. */
export function asProblem(error: unknown, message: string): unknown {
  const why = whyNot(error);
  return why === undefined ? error : new Problem("journal", `${message}: ${why}`);
}
