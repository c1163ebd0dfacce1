// `approvals.json`: who approved which words. Its rules:
//
// - It is read on the way to every live screen, so a missing file costs nothing: the schema, and zod with it, is loaded
//   only when there is a file. Then it costs what the journal pays anyway (measured: zod alone 4 ms from the cache), and
//   there is one truth about what an approval looks like.
// - Approvals are only ever added. Those in the file are written back as they were found, whatever they hold.
// - A new file is made beside the old one, synced, and renamed over it: half a file is never read. `approvals.json.new` can
//   be made only once, also where the disk knows no locks, and what is read after it was made is the latest.

import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Approval } from "../core/approval.ts";
import { Problem } from "../core/problem.ts";
import { hasCode, syncFolder, whyNot, writeAll } from "./disk.ts";
import { Lock } from "./lock.ts";

const FILE = "approvals.json";
/** How long another program may take to write its own approval, in milliseconds. */
const PATIENCE = 4000;

/** The approvals in a folder; none when it has no such file. @throws Problem `template` for a file that is broken. */
export async function openApprovals(folder: string): Promise<readonly Approval[]> {
  return (await read(join(folder, FILE)))?.checked ?? [];
}

/** The same, for when agents are here: with a broken file nothing counts as approved, and it is said why. */
export async function openApprovalsOrNone(
  folder: string,
): Promise<{ readonly approvals: readonly Approval[]; readonly problem?: Problem }> {
  try {
    return { approvals: await openApprovals(folder) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { approvals: [], problem: error };
  }
}

/**
 * Adds an approval to those in the folder, which is made when it is not there. On return it lasts through a power cut.
 * @throws Problem `usage` when the same office approved the same content that day already, when the approval is none, or
 * when the disk does not take it; `template` when the file that is there is broken. Nothing has changed then.
 */
export async function saveApproval(folder: string, approval: Approval): Promise<void> {
  const added = await checked(approval);
  const lock = new Lock(join(folder, `${FILE}.lock`));
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const got = await lock.take(PATIENCE);
    if (got === "busy") throw busy(folder);
    // Left by a program that was stopped halfway; whoever holds the lock is alone.
    if (got === "taken") await rm(join(folder, `${FILE}.new`), { force: true });
    await add(folder, added);
  } catch (error) {
    const why = hasCode(error, "EEXIST") ? "a file stands where its folder should be" : whyNot(error);
    if (error instanceof Problem || why === undefined) throw error;
    throw new Problem(
      "usage",
      `the approval cannot be saved in ${folder}: ${why}`,
      "free the folder or make room, then do it again",
    );
  } finally {
    lock.release();
    lock.close();
  }
}

async function add(folder: string, approval: Approval): Promise<void> {
  const path = join(folder, FILE);
  const fresh = `${path}.new`;
  const file = await open(fresh, "wx", 0o600).catch((error: unknown) => {
    throw hasCode(error, "EEXIST") ? busy(folder) : error;
  });
  try {
    const found = await read(path);
    const twice = found?.checked.find((each) => isSame(each, approval));
    if (twice !== undefined)
      throw new Problem(
        "usage",
        `${twice.by} approved these words on ${twice.on} already`,
        "nothing was changed; see: threshold protocol list",
      );
    const all = { v: 1, approvals: [...(found?.asWritten ?? []), approval] };
    await writeAll(file, Buffer.from(`${JSON.stringify(all, undefined, 2)}\n`, "utf8"));
    await file.sync();
    await file.close();
    await rename(fresh, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(fresh, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

function isSame(a: Approval, b: Approval): boolean {
  const office = ({ by }: Approval) => by.trim().replace(/\s+/g, " ").toLowerCase();
  return (
    a.protocol === b.protocol &&
    a.setting === b.setting &&
    a.language === b.language &&
    a.hash === b.hash &&
    a.on === b.on &&
    office(a) === office(b)
  );
}

function busy(folder: string): Problem {
  return new Problem(
    "usage",
    `another program is writing in ${folder}`,
    `do it again in a moment; if nothing else is running, delete ${FILE}.new there`,
  );
}

async function checked(approval: Approval): Promise<Approval> {
  const { Approval: Schema } = await import("../core/approval.ts");
  const parsed = Schema.safeParse(approval);
  if (parsed.success) return parsed.data;
  throw new Problem("usage", `this is no approval: ${says(parsed.error)}`, "put it right, then do it again");
}

/** `asWritten`: the approvals as they stand in the file. Undefined when there is no file. */
type Read = { readonly checked: readonly Approval[]; readonly asWritten: readonly unknown[] };

async function read(path: string): Promise<Read | undefined> {
  const bytes = bytesOf(path);
  if (bytes === undefined) return undefined;
  const { Approvals } = await import("../core/approval.ts");
  const value = jsonOf(path, bytes);
  const parsed = Approvals.safeParse(value);
  if (!parsed.success) throw broken(path, says(parsed.error));
  return { checked: parsed.data.approvals, asWritten: (value as { approvals: unknown[] }).approvals };
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return undefined;
    throw new Problem("template", `${path} cannot be read`, "see that it is a file, and that this account may read it");
  }
}

function jsonOf(path: string, bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw broken(path, "this is not UTF-8");
  try {
    return JSON.parse(bytes.toString("utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    const line = /\(line (\d+) /.exec(error instanceof Error ? error.message : "")?.[1];
    throw broken(line === undefined ? path : `${path}:${line}`, "this is not JSON");
  }
}

function broken(where: string, what: string): Problem {
  return new Problem(
    "template",
    `${where}: ${what}`,
    "put it right, or bring back the last copy; until then nothing counts as approved",
  );
}

/** What a schema finds, the first thing first. */
type Found = { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] };

/** The first fault in words: which approval, counted from one, which key, and what is wrong with it. */
function says({ issues: [issue] }: Found): string {
  const [list, at, ...keys] = (issue?.path ?? []).map(String);
  const isInList = list === "approvals" && at !== undefined;
  const where = isInList ? [`approval ${Number(at) + 1}`, keys.join(".")] : [list ?? ""];
  const message = issue?.message ?? "not as it should be";
  return [...where, `${message.charAt(0).toLowerCase()}${message.slice(1)}`].filter((part) => part !== "").join(": ");
}
