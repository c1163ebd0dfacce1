import { randomBytes } from "node:crypto";
import { watch } from "node:fs";
import { type FileHandle, mkdir, open, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { type Entry, EntryInLine, type Now, type Sentence } from "../core/entry.ts";
import { Problem } from "../core/problem.ts";
import type { Clock } from "./clock.ts";
import { cut, readIfThere, readOn, syncFolder, whyNot, within, writeAll, writeBeside, writeNew } from "./disk.ts";
import * as record from "./journal-folder.ts";
import { type Broken, type Fault, hashOf, type Line, type Scan, scan, toLine } from "./journal-line.ts";
import { Lock } from "./lock.ts";

// The journal: one file, one line an entry, each naming the hash of the line before. Its rules:
// - An entry is acknowledged when fdatasync has returned, and not before.
// - A fault of the disk never stops the guide: the entry is kept here, with its own time, and goes in before the next.
// - What stands in the file is never written over. What is cut off was copied into a file beside it first.
// - Nobody writes without the lock while there is one to be had; whoever has it reads what others added, then chains on.
// - An entry that was acknowledged and is no longer in the file (cut, restored from a copy, deleted) is written again.

export type Header = record.Header;

/** What was amiss when a journal was opened, and the name of the file beside it that now holds it. */
export type Found = Fault & { readonly keptIn: string };

/**
 * What the caller has not been told yet, in order, each entry once. `refold`: entries it was told before have other
 * numbers now (somebody wrote while they waited for the disk): fold `journal.entries` anew instead.
 */
export type Added = { readonly added: readonly Entry[]; readonly refold: boolean };

/** `entry`: as it stands now. `written`: it is on the disk. `why`: in plain words, when it is not. */
export type Appended = Added & { readonly entry: Entry; readonly written: boolean; readonly why?: string };

/** A record as it stands on the disk. `head`: the hash of its last whole line, of the header when there is none. */
export type ReadJournal = {
  readonly header: Header;
  readonly protocolBytes: Uint8Array;
  readonly entries: readonly Entry[];
  readonly head: string;
  readonly fault?: Fault;
};

const lockPatience = 2_000;
const shortPatience = 20; // for what nobody waits for
const diskPatience = 4_000;
const jumpFrom = 2_000;
const tick = 1_000;

/**
 * Makes the folder of a record. It appears whole or not at all.
 * @throws Problem when the folder holds something already, or the disk does not take it.
 */
export async function createJournal(folder: string, header: Header, protocolBytes: Uint8Array): Promise<void> {
  try {
    await record.lay(folder, record.groundOf(header, protocolBytes));
  } catch (error) {
    throw record.asProblem(error, `the record in ${folder} could not be started`);
  }
}

/**
 * `createJournal`, then open for going on; but a disk that fails stops nothing: the whole record waits in memory, and
 * goes in with the first entry that the disk takes (`pending`, `why`).
 * @throws Problem when the folder holds something already.
 */
export async function startJournal(
  folder: string,
  header: Header,
  protocolBytes: Uint8Array,
  clock: Clock,
): Promise<Journal> {
  const ground = record.groundOf(header, protocolBytes);
  let isLaid = true;
  try {
    await record.lay(folder, ground);
  } catch (error) {
    if (whyNot(error) === undefined) throw error;
    isLaid = false;
  }
  const journal = new Journal(folder, ground, { lines: [], end: 0 }, clock, isLaid);
  await journal.refresh();
  return journal;
}

/**
 * Opens a record for going on. What is torn or does not follow is put aside (`found`), and the journal cut back to its
 * last whole entry. When the disk does not let it write, it opens all the same, and entries wait (`why`).
 * @throws Problem when header or protocol cannot be read or do not belong together, or when a newer version wrote it.
 */
export async function openJournal(folder: string, clock: Clock): Promise<Journal> {
  const ground = await record.readGround(folder);
  const fault = record.strangeProtocol(ground);
  if (fault)
    throw new Problem("journal", `${fault.what} in ${folder}`, "start a new encounter; this one can still be shown");
  const seen = await scan(await record.readFrom(folder, record.journalFile), 0, ground.hash);
  if (seen.fault?.isNewer) throw record.newerProblem(folder, seen.fault.what);
  const journal = new Journal(folder, ground, seen, clock, true);
  await journal.refresh();
  return journal;
}

/**
 * Reads a record and repairs nothing; entries are those before the first fault.
 * @throws Problem when header or protocol cannot be read.
 */
export async function readJournal(folder: string): Promise<ReadJournal> {
  const ground = await record.readGround(folder);
  let bytes = await record.readFrom(folder, record.journalFile);
  let seen = await scan(bytes, 0, ground.hash);
  for (let tries = 0; seen.fault && tries < 5; tries += 1) {
    await sleep(10); // a line that is being written this moment looks torn, and is whole a moment later
    const again = await record.readFrom(folder, record.journalFile);
    if (again.length === bytes.length && tries > 0) break;
    bytes = again;
    seen = await scan(bytes, 0, ground.hash);
  }
  const fault = record.strangeProtocol(ground) ?? seen.fault;
  return {
    header: ground.header,
    protocolBytes: ground.protocolBytes,
    entries: seen.lines.map((line) => line.entry),
    head: seen.lines.at(-1)?.hash ?? ground.hash,
    ...(fault && { fault: { line: fault.line, what: fault.what } }),
  };
}

/**
 * Puts a picture or scan into the record, under its hash; an entry then names it. Once more does nothing.
 * @throws Problem when the disk does not take it.
 */
export async function attach(folder: string, bytes: Uint8Array, sha256: string): Promise<void> {
  if (hashOf(bytes) !== sha256) throw new Error("the attachment does not have the hash it is named by");
  const shelf = join(folder, record.attachmentsFolder);
  const path = join(shelf, sha256);
  try {
    if (hashOf(await readIfThere(path)) === sha256) return;
    if ((await mkdir(shelf, { mode: 0o700, recursive: true })) !== undefined) await syncFolder(folder);
    const half = join(shelf, `.${sha256}.${randomBytes(4).toString("hex")}`);
    await writeNew(half, bytes);
    await rename(half, path);
    await syncFolder(shelf);
  } catch (error) {
    throw record.asProblem(error, "the file could not be put into the record");
  }
}

/** An entry that is not on the disk yet. */
type Waiting = {
  entry: Entry;
  /** When it was made, by the clock that cannot be set; missing for one that had its place before. */
  readonly mono?: number;
  /** The line it was last tried as. */
  hash?: string;
  /** The waiting entry that it undoes, whose number may yet change. */
  undoes?: Waiting;
};

/** A record held open. Made by `startJournal` and `openJournal`; must be closed. */
export class Journal {
  readonly folder: string;
  readonly header: Header;
  readonly protocolBytes: Uint8Array;

  readonly #clock: Clock;
  readonly #ground: record.Ground;
  readonly #lock: Lock;
  readonly #held: Line[]; // on the disk
  #waiting: Waiting[] = [];
  #end: number; // where the next line begins
  #looked: number; // the file's length when somebody was last told of it
  #file: FileHandle | undefined;
  #isLaid: boolean;
  #isClosed = false;
  #found: Found | undefined;
  #why: string | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #under = 0;
  #anchor: Anchor | undefined;
  #before: Moment;
  #told: readonly Entry[] = [];
  #toldWaiting = new Map<number, Waiting>();
  readonly #watches = new Set<() => void>();

  constructor(folder: string, ground: record.Ground, { lines, end }: Scan, clock: Clock, isLaid: boolean) {
    this.folder = folder;
    this.header = ground.header;
    this.protocolBytes = ground.protocolBytes;
    this.#ground = ground;
    this.#held = [...lines];
    this.#end = end;
    this.#looked = end;
    this.#clock = clock;
    this.#isLaid = isLaid;
    this.#lock = new Lock(join(folder, record.lockFile));
    this.#before = momentOf(clock);
    const last = lines.at(-1)?.entry;
    if (last) {
      this.#anchorTo(last, this.#before);
      // A wall clock behind the last entry was set back since.
      this.#before = { ...this.#before, wall: Math.max(this.#before.wall, Date.parse(last.at)) };
    }
  }

  /** All entries in order, those that still wait for the disk last. */
  get entries(): readonly Entry[] {
    return [...this.#held.map((line) => line.entry), ...this.#waiting.map((waiting) => waiting.entry)];
  }

  /** The hash of the last line on the disk; of the header when there is none. */
  get head(): string {
    return this.#held.at(-1)?.hash ?? this.#ground.hash;
  }

  /** How many entries are not on the disk yet. */
  get pending(): number {
    return this.#waiting.length;
  }

  /** Why the disk did not take what it was last given; undefined when it did. */
  get why(): string | undefined {
    return this.#why;
  }

  /** What was amiss, last: when the journal was opened, or while it was written. */
  get found(): Found | undefined {
    return this.#found;
  }

  /** The moment as an entry would be stamped with it now. */
  now(): Now {
    const moment = momentOf(this.#clock);
    const jump = jumpBetween(this.#before, moment);
    return { at: moment.at, elapsed: this.#elapsed(moment.mono), ...(jump !== undefined && { jump }) };
  }

  /**
   * Writes an entry down, after those that wait and those that others added. Resolves when it is on the disk, or when
   * it is known not to be, after four seconds at the latest. Never rejects for a disk; it does for a sentence that
   * could not be read back, which is a bug.
   */
  async append(sentence: Sentence): Promise<Appended> {
    if (this.#isClosed) throw new Error("the journal is closed");
    const waiting = this.#stamped(sentence);
    this.#waiting.push(waiting);
    this.#renumber();
    await this.#settle();
    const told = this.#tell();
    if (!this.#waiting.includes(waiting)) return { ...told, entry: waiting.entry, written: true };
    this.#why ??= "the disk does not answer";
    return { ...told, entry: waiting.entry, written: false, why: this.#why };
  }

  /** Reads what others added, and tries again what waits for the disk. Never rejects for a disk. */
  async refresh(): Promise<Added> {
    if (this.#isClosed) throw new Error("the journal is closed");
    await this.#settle();
    return this.#tell();
  }

  /**
   * Calls when others have added entries, or entries that waited are on the disk now: `refresh` then tells which.
   * While somebody watches, what waits is tried again every second. Returns what ends the watch.
   */
  watch(onChange: () => void): () => void {
    const path = join(this.folder, record.journalFile);
    const look = async () => {
      if (this.#under > 0 || this.#isClosed) return;
      const size = (await stat(path).catch(() => undefined))?.size ?? this.#end;
      if (this.#under > 0 || size === this.#end || size === this.#looked) return;
      this.#looked = size;
      onChange();
    };
    const retry = async () => {
      if (this.#under > 0 || this.#isClosed) return;
      const [held, waiting] = [this.#held.length, this.#waiting.length];
      await this.#settle(shortPatience).catch(() => undefined); // a bug shows at the next append
      if (this.#held.length !== held || this.#waiting.length !== waiting) onChange();
    };
    const timer = setInterval(() => void (this.#why === undefined ? look() : retry()), tick);
    timer.unref();
    const watcher = watchFolder(this.folder, () => void look());
    const stop = () => {
      clearInterval(timer);
      watcher?.close();
      this.#watches.delete(stop);
    };
    this.#watches.add(stop);
    return stop;
  }

  /** Tries once more what waits for the disk (`pending` tells what still does), and lets go of the file. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stop of this.#watches) stop();
    if (this.#waiting.length > 0) await this.#settle();
    const letGo = this.#queue.then(() => this.#letGo());
    await within(diskPatience, letGo);
  }

  // --- time -----------------------------------------------------------------------------------------------------

  #stamped(sentence: Sentence): Waiting {
    const moment = momentOf(this.#clock);
    const jump = jumpBetween(this.#before, moment);
    const plain: unknown = JSON.parse(JSON.stringify({ at: moment.at, elapsed: 0, jump, what: sentence }));
    const entry = { n: 0, ...EntryInLine.parse(plain) }; // what could not be read back is refused before it is written
    this.#before = moment;
    const undoes = sentence.type === "returned" ? this.#toldWaiting.get(sentence.undoes) : undefined;
    return { entry, mono: moment.mono, ...(undoes && { undoes }) };
  }

  /** From here on, time runs on from `last`, which another process may have written. */
  #anchorTo(last: Entry, now: Moment): void {
    this.#anchor = { mono: now.mono, elapsed: last.elapsed + Math.max(0, now.wall - Date.parse(last.at)) };
  }

  #elapsed(mono: number): number {
    const last = this.#held.at(-1)?.entry.elapsed ?? 0;
    const from = this.#anchor ?? this.#ownAnchor();
    return from ? Math.max(last, Math.round(from.elapsed + mono - from.mono)) : last;
  }

  /** Time as it runs when the first that waits here becomes line 1. */
  #ownAnchor(): Anchor | undefined {
    const [first] = this.#waiting;
    return first?.mono === undefined ? undefined : { mono: first.mono, elapsed: 0 };
  }

  /** Gives what waits the numbers and the elapsed times that it would have if it were written now. */
  #renumber(): void {
    let last = this.#held.at(-1)?.entry;
    if (!this.#anchor && last) this.#anchorTo(last, momentOf(this.#clock));
    for (const waiting of this.#waiting) {
      const elapsed = waiting.mono === undefined ? waiting.entry.elapsed : this.#elapsed(waiting.mono);
      waiting.entry = placed(waiting, (last?.n ?? 0) + 1, Math.max(elapsed, last?.elapsed ?? 0));
      last = waiting.entry;
    }
  }

  // --- what the caller knows ------------------------------------------------------------------------------------

  #tell(): Added {
    this.#renumber();
    const now = this.entries;
    let same = 0;
    while (same < this.#told.length && this.#told[same] === now[same]) same += 1;
    const refold = same < this.#told.length;
    this.#told = now;
    this.#toldWaiting = new Map(this.#waiting.map((waiting) => [waiting.entry.n, waiting]));
    return { added: now.slice(same), refold };
  }

  // --- the disk -------------------------------------------------------------------------------------------------

  /** One attempt, after those before it. Goes on after `diskPatience`, whatever the disk does. */
  async #settle(patience = lockPatience): Promise<void> {
    this.#under += 1;
    const attempt = this.#queue.then(() => this.#attempt(patience));
    this.#queue = attempt.catch(() => undefined).finally(() => (this.#under -= 1));
    await within(diskPatience, attempt);
  }

  async #attempt(patience: number): Promise<void> {
    try {
      if (!this.#isLaid) await this.#lay();
      if (await this.#isUnlinked()) await this.#letGo(); // the lock too is on a file that nobody else will find
      if ((await this.#lock.take(patience)) === "busy") throw new Problem("journal", "another program is writing");
      await this.#catchUp();
      await this.#write();
      this.#why = undefined;
    } catch (error) {
      await this.#letGo();
      this.#why = error instanceof Problem ? error.message : whyNot(error);
      if (this.#why === undefined) throw error;
    } finally {
      this.#lock.release();
    }
  }

  async #lay(): Promise<void> {
    const there = await record.readFrom(this.folder, record.headerFile);
    if (Buffer.compare(there, this.#ground.headerBytes) !== 0) await record.lay(this.folder, this.#ground);
    this.#isLaid = true;
  }

  async #isUnlinked(): Promise<boolean> {
    return this.#file !== undefined && (await this.#file.stat()).nlink === 0;
  }

  async #letGo(): Promise<void> {
    await this.#closeFile();
    this.#lock.close();
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }

  /** Reads what others added. After it the file ends with the last line held, and nothing else. */
  async #catchUp(): Promise<void> {
    const file = this.#file;
    if (!file) return this.#open();
    const { size } = await file.stat();
    if (size === this.#end) return undefined;
    if (size < this.#end) return this.#open();
    const seen = await scan(await readOn(file, this.#end), this.#held.length, this.head);
    if (seen.fault) return this.#open(); // perhaps the file was cut back and has grown again: look from the start
    this.#adopt(this.#held.length, seen.lines);
    this.#end += seen.end;
  }

  async #open(): Promise<void> {
    const header = await readFile(join(this.folder, record.headerFile));
    if (header.compare(this.#ground.headerBytes) !== 0) throw new Problem("journal", "the folder holds another record");
    await this.#closeFile();
    const file = await open(join(this.folder, record.journalFile), "a+", 0o600);
    this.#file = file;
    const bytes = await readOn(file, 0);
    const seen = await scan(bytes, 0, this.#ground.hash);
    let same = 0;
    while (same < this.#held.length && this.#held[same]?.hash === seen.lines[same]?.hash) same += 1;
    this.#adopt(same, seen.lines.slice(same));
    this.#end = seen.end;
    if (seen.fault) await this.#putAside(file, seen.fault, bytes.subarray(seen.end));
    await file.datasync(); // who wrote these lines may have died before they were on the disk
    await syncFolder(this.folder);
  }

  /**
   * From line `same` on, what is held is what the file has. What was held there waits to be written again; what waits
   * and is found in the file, because the disk failed between writing and telling, waits no longer.
   */
  #adopt(same: number, lines: readonly Line[]): void {
    const lost: Waiting[] = this.#held.splice(same).map((line) => ({ ...line }));
    const numbers = new Map(lost.map((waiting) => [waiting.entry.n, waiting]));
    for (const [n, waiting] of numbers) this.#toldWaiting.set(n, waiting);
    this.#waiting.unshift(...lost);
    for (const waiting of this.#waiting) {
      const undoes = waiting.entry.what.type === "returned" ? numbers.get(waiting.entry.what.undoes) : undefined;
      if (undoes) waiting.undoes ??= undoes;
    }
    for (const line of lines) {
      const own = this.#waiting.findIndex((waiting) => waiting.hash === line.hash);
      const [waited] = own < 0 ? [] : this.#waiting.splice(own, 1);
      this.#held.push(waited && isDeepStrictEqual(waited.entry, line.entry) ? { ...line, entry: waited.entry } : line);
    }
    this.#renumber();
  }

  /** Copies what cannot stand into a file of its own, and only then cuts it off. */
  async #putAside(file: FileHandle, fault: Broken, rest: Uint8Array): Promise<void> {
    if (fault.isNewer) throw record.newerProblem(this.folder, fault.what);
    const stamp = new Date(momentOf(this.#clock).wall).toISOString().replace(/[-:]|\.\d+/g, "");
    const keptIn = await writeBeside(this.folder, `journal.kept-${stamp}`, ".jsonl", rest);
    await cut(file, join(this.folder, record.journalFile), this.#end);
    await file.sync();
    this.#found = { line: fault.line, what: fault.what, keptIn };
  }

  /** Writes what waits, in order. As much as the disk took is held; a line it took in part is undone. */
  async #write(): Promise<void> {
    const file = this.#file;
    const batch = [...this.#waiting];
    if (!file || batch.length === 0) return;
    const lines: Written[] = [];
    try {
      for (const waiting of batch) lines.push(await this.#writeOne(file, waiting, lines.at(-1)?.hash ?? this.head));
    } catch (error) {
      await this.#cutBack(file, endOf(lines, this.#end));
      await this.#acknowledge(file, lines);
      throw error;
    }
    await this.#acknowledge(file, lines);
  }

  async #writeOne(file: FileHandle, waiting: Waiting, prev: string): Promise<Written> {
    const { entry } = waiting;
    const bytes = await toLine(entry, prev);
    const hash = hashOf(bytes.subarray(0, -1));
    waiting.hash = hash;
    await writeAll(file, bytes);
    return { entry, hash, length: bytes.length };
  }

  async #acknowledge(file: FileHandle, lines: readonly Written[]): Promise<void> {
    if (lines.length === 0) return;
    try {
      await file.datasync();
    } catch (error) {
      await this.#cutBack(file, this.#end); // what a failed sync left is in doubt: written again, not synced again
      throw error;
    }
    this.#anchor ??= this.#ownAnchor();
    this.#held.push(...lines.map(({ entry, hash }) => ({ entry, hash })));
    this.#waiting.splice(0, lines.length);
    this.#end = endOf(lines, this.#end);
  }

  /** Undoes what was written after `end`. Where the disk does not let it, the next opening puts it aside. */
  async #cutBack(file: FileHandle, end: number): Promise<void> {
    await cut(file, join(this.folder, record.journalFile), end).catch(() => undefined);
  }
}

/** A line just written, and how many bytes it takes. */
type Written = Line & { readonly length: number };

function endOf(lines: readonly Written[], start: number): number {
  return lines.reduce((end, line) => end + line.length, start);
}

/** The entry in its place; the same object when nothing about it changes. */
function placed(waiting: Waiting, n: number, elapsed: number): Entry {
  const { entry, undoes } = waiting;
  const { what } = entry;
  const moves = what.type === "returned" && undoes !== undefined && undoes.entry.n !== what.undoes;
  if (entry.n === n && entry.elapsed === elapsed && !moves) return entry;
  return { ...entry, n, elapsed, what: moves ? { ...what, undoes: undoes.entry.n } : what };
}

// --- time -------------------------------------------------------------------------------------------------------

/** What `elapsed` was at a moment of the clock that cannot be set. */
type Anchor = { readonly mono: number; readonly elapsed: number };
type Moment = { readonly at: string; readonly wall: number; readonly mono: number };

function momentOf(clock: Clock): Moment {
  const { at, mono } = clock.now();
  return { at, mono, wall: Date.parse(at) };
}

/** Whole seconds by which the wall clock was moved between two moments; undefined when it was not. */
function jumpBetween(before: Moment, now: Moment): number | undefined {
  const drift = now.wall - before.wall - (now.mono - before.mono);
  return Math.abs(drift) > jumpFrom ? Math.round(drift / 1000) : undefined;
}

/** Undefined where there is nothing to watch with; the timer is left. */
function watchFolder(folder: string, onChange: () => void): { close(): void } | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_, name) => {
      if (name === null || name === record.journalFile) onChange();
    });
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
