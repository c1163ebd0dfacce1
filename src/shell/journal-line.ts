import { createHash } from "node:crypto";
import * as z from "zod";
import { type Entry, EntryInLine } from "../core/entry.ts";

// A line of the journal: `{"v":1,"n":7,"prev":"<hash>","entry":{...}}` and a newline. Its rules:
// - `prev` is the SHA-256 of the raw bytes of the line before, without its newline; for line 1 of header.json.
// - So the last line's own bytes are vouched for by nobody in the folder: only its form and its `prev` can be checked,
//   and a space or a carriage return in it is seen by no one. That is what the head is for, once it has left the desk.
// - `toBody` and `fromBody` are the one place where a sealed body will stand beside the plain one.

export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** What is amiss: `line` counts from 1, and is 0 for what stands beside the journal. */
export type Fault = { readonly line: number; readonly what: string };

/** An entry, and the hash of the line it stands in. */
export type Line = { readonly entry: Entry; readonly hash: string };
export type Broken = Fault & { readonly isNewer?: boolean };
/** `end`: how many bytes the whole lines take. */
export type Scan = { readonly lines: readonly Line[]; readonly end: number; readonly fault?: Broken };

const newline = 0x0a;
const Frame = z.strictObject({ v: z.literal(1), n: z.int().min(1), prev: sha256Hex, entry: z.unknown() });
/** What a later version wrote, line or header. */
export const Newer = z.looseObject({ v: z.int().min(2) });

// Plain lines stay readable for ever, whatever comes beside them.
/** What stands in a line for the entry itself. */
type Body = { readonly entry: EntryInLine };
type EntryInLine = z.infer<typeof EntryInLine>;

async function toBody({ at, elapsed, jump, what }: Entry): Promise<Body> {
  return { entry: { at, elapsed, ...(jump !== undefined && { jump }), what } };
}

/** Undefined when this version cannot read it as an entry. */
async function fromBody(frame: z.infer<typeof Frame>): Promise<Entry | undefined> {
  const inLine = EntryInLine.safeParse(frame.entry);
  return inLine.success ? { n: frame.n, ...inLine.data } : undefined;
}

/** The bytes of the entry's line, with its newline. */
export async function toLine(entry: Entry, prev: string): Promise<Uint8Array> {
  return Buffer.from(`${JSON.stringify({ v: 1, n: entry.n, prev, ...(await toBody(entry)) })}\n`);
}

/**
 * Reads lines until one does not stand: the bytes that follow entry `n`, whose line had the hash `head`.
 * A last line without its newline is a fault even when all else of it is there: nobody was told that it is written,
 * and what was to come after it cannot be known.
 */
export async function scan(bytes: Uint8Array, n: number, head: string): Promise<Scan> {
  const lines: Line[] = [];
  let prev = head;
  let end = 0;
  while (end < bytes.length) {
    const at = n + lines.length + 1;
    const stop = bytes.indexOf(newline, end);
    const raw = bytes.subarray(end, stop < 0 ? bytes.length : stop);
    const entry = stop < 0 ? broken(at, `line ${at} is not whole`) : await readLine(raw, at, prev);
    if ("line" in entry) return { lines, end, fault: entry };
    prev = hashOf(raw);
    lines.push({ entry, hash: prev });
    end = stop + 1;
  }
  return { lines, end };
}

async function readLine(raw: Uint8Array, n: number, prev: string): Promise<Entry | Broken> {
  const json = jsonOf(raw);
  if (json === undefined) return broken(n, `line ${n} is not whole`);
  if (Newer.safeParse(json).success) return { ...broken(n, `line ${n} was written by a newer version`), isNewer: true };
  const frame = Frame.safeParse(json);
  if (!frame.success) return broken(n, `line ${n} is not an entry this version knows`);
  if (frame.data.prev !== prev || frame.data.n !== n) {
    return broken(n, `line ${n} does not follow ${n === 1 ? "the header" : `line ${n - 1}`}`);
  }
  return (await fromBody(frame.data)) ?? broken(n, `line ${n} is not an entry this version knows`);
}

function broken(line: number, what: string): Broken {
  return { line, what };
}

/** Undefined for what is not JSON in UTF-8. */
export function jsonOf(raw: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw)) as unknown;
  } catch {
    return undefined;
  }
}

/** SHA-256 in hex. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
