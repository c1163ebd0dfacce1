import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { assert, asyncProperty, integer, nat, oneof, sample, string } from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Entry, Sentence } from "../src/core/entry.ts";
import { Problem } from "../src/core/problem.ts";
import { whyNot } from "../src/shell/disk.ts";
import {
  type Appended,
  attach,
  createJournal,
  type Journal,
  openJournal,
  readJournal,
  startJournal,
} from "../src/shell/journal.ts";
import { Lock } from "../src/shell/lock.ts";
import {
  canFreeze,
  canMount,
  child,
  frozenDisk,
  has,
  node,
  printed,
  run,
  type SmallDisk,
  smallDisk,
  start,
} from "./support/journal-programs.ts";
import {
  clock,
  fakeClock,
  freshFolder,
  header,
  journalBytes,
  noted,
  protocolBytes,
  recordOf,
  returned,
  sha256,
} from "./support/journal-samples.ts";

const isLong = process.env["THRESHOLD_LONG"] !== undefined;
const root = mkdtempSync(join(tmpdir(), "threshold-journals-"));
process.env["TMPDIR"] = root;
afterAll(() => rmSync(root, { recursive: true, force: true }));

const open = (folder: string) => openJournal(folder, clock);
const texts = (entries: readonly Entry[]) => entries.map(({ what }) => (what.type === "noted" ? what.text : what.type));
const numbers = (entries: readonly Entry[]) => entries.map((entry) => entry.n);
const count = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const keptFiles = (folder: string) => readdirSync(folder).filter((name) => name.startsWith("journal.kept-"));

async function given(...sentences: readonly Sentence[]): Promise<string> {
  const folder = freshFolder(root);
  const journal = await startJournal(folder, header, protocolBytes, clock);
  for (const sentence of sentences) await journal.append(sentence);
  await journal.close();
  return folder;
}

async function refusal(promise: Promise<unknown>): Promise<Problem> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Problem)) throw new Error(`expected a Problem, got ${String(error)}`);
  return error;
}

describe("a record", () => {
  test("is a folder of its own, closed to others", async () => {
    const folder = await given(noted("a"));
    const modes = Object.fromEntries(
      readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]),
    );
    expect(modes).toEqual({
      attachments: 0o700,
      "header.json": 0o600,
      "journal.jsonl": 0o600,
      "journal.lock": 0o600,
      "protocol.json": 0o600,
    });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(folder, "protocol.json"))).toEqual(protocolBytes);
    expect(JSON.parse(readFileSync(join(folder, "header.json"), "utf8"))).toEqual(header);
    expect(readdirSync(dirname(folder))).toEqual([basename(folder)]);
  });

  test("has one line an entry, each naming the hash of the line before", async () => {
    const folder = await given(noted("a"), noted("b"));
    const [first = "", second = "", end] = journalBytes(folder).toString().split("\n");
    expect(JSON.parse(first)).toMatchObject({
      v: 1,
      n: 1,
      prev: sha256(readFileSync(join(folder, "header.json"))),
      entry: { elapsed: 0, what: noted("a") },
    });
    expect(JSON.parse(second)).toMatchObject({ v: 1, n: 2, prev: sha256(Buffer.from(first)) });
    expect(end).toBe("");
    expect((await readJournal(folder)).head).toBe(sha256(Buffer.from(second)));
  });

  test.each([
    ["an empty folder is taken", (folder: string) => mkdirSync(folder), undefined],
    [
      "a folder with something in it is not",
      (folder: string) => (mkdirSync(folder), writeFileSync(join(folder, "x"), "")),
      /holds something already/,
    ],
    ["a file is not", (folder: string) => writeFileSync(folder, ""), /holds something already/],
  ])("%s", async (_, make, message) => {
    const folder = freshFolder(root);
    make(folder);
    if (message === undefined) return expect(await createJournal(folder, header, protocolBytes)).toBeUndefined();
    expect((await refusal(createJournal(folder, header, protocolBytes))).message).toMatch(message);
    expect((await refusal(startJournal(folder, header, protocolBytes, clock))).message).toMatch(message);
    return expect(readdirSync(dirname(folder))).toEqual([basename(folder)]);
  });

  test("opens without entries where the journal is empty or missing", async () => {
    const folder = await given();
    rmSync(join(folder, "journal.jsonl"));
    const journal = await open(folder);
    expect([journal.entries, journal.found, journal.header, Buffer.from(journal.protocolBytes)]).toEqual([
      [],
      undefined,
      header,
      Buffer.from(protocolBytes),
    ]);
    expect((await journal.append(noted("a"))).written).toBe(true);
    await journal.close();
    expect((await readJournal(folder)).fault).toBeUndefined();
  });

  test("refuses a sentence that could not be read back, and goes on", async () => {
    const folder = await given();
    const journal = await open(folder);
    await expect(journal.append(noted("x".repeat(10_001)))).rejects.toThrow();
    expect(await journal.append(noted("a"))).toMatchObject({ written: true, entry: { n: 1 } });
    await journal.close();
    await expect(journal.append(noted("b"))).rejects.toThrow("closed");
  });

  test("takes an attachment once, whole, under its hash", async () => {
    const folder = await given();
    const bytes = Buffer.from("a picture");
    await attach(folder, bytes, sha256(bytes));
    await attach(folder, bytes, sha256(bytes));
    expect(readdirSync(join(folder, "attachments"))).toEqual([sha256(bytes)]);
    expect(readFileSync(join(folder, "attachments", sha256(bytes)))).toEqual(bytes);
    expect(statSync(join(folder, "attachments", sha256(bytes))).mode & 0o777).toBe(0o600);
    writeFileSync(join(folder, "attachments", sha256(bytes)), "spoiled");
    await attach(folder, bytes, sha256(bytes));
    expect(readFileSync(join(folder, "attachments", sha256(bytes)))).toEqual(bytes);
    await expect(attach(folder, bytes, sha256(protocolBytes))).rejects.toThrow("hash");
  });
});

describe("what was appended is what is read", () => {
  const anything = oneof(string({ unit: "binary", maxLength: 300 }), string({ unit: "grapheme", maxLength: 100 }));
  test("whatever the text is", { timeout: 60_000 }, async () => {
    const folder = await given();
    const journal = await open(folder);
    const told: Entry[] = [];
    await assert(
      asyncProperty(anything, async (text) => {
        const { entry, added } = await journal.append(noted(text));
        told.push(...added);
        expect(entry.what).toStrictEqual(noted(text));
      }),
      { seed: 7, numRuns: isLong ? 2000 : 200 },
    );
    await journal.close();
    expect((await readJournal(folder)).entries).toStrictEqual(told);
  });

  test.each(["a\nb\r\n", "\u2028\u2029", "\0\u0001", "👩🏽‍⚕️ ñ é e\u0301", "\ud800 alone", '"}\n{"v":1', "\ufeff"])(
    "%j",
    async (text) => {
      const folder = await given(noted(text), noted("after"));
      expect(texts((await readJournal(folder)).entries)).toStrictEqual([text, "after"]);
    },
  );
});

describe("harms", async () => {
  const sound = await given(
    noted("one"),
    noted("two é 👩🏽‍⚕️"),
    noted("three"),
    noted("four"),
    noted("five"),
    noted("six"),
  );
  const bytes = journalBytes(sound);
  const whole = await readJournal(sound);
  const headerBytes = readFileSync(join(sound, "header.json"));
  const lines = bytes.toString().split("\n").slice(0, -1);
  const starts = lines.map((_, i) =>
    Buffer.byteLength(
      lines
        .slice(0, i)
        .map((line) => `${line}\n`)
        .join(""),
    ),
  );
  const harmed = (journal: Uint8Array, parts: { header?: Uint8Array; protocol?: Uint8Array } = {}) =>
    recordOf(journal, { header: headerBytes, ...parts });
  const text = (...parts: readonly string[]) => Buffer.from(parts.map((line) => `${line}\n`).join(""));

  /** Where a line does not follow, the one before it may be the one that was changed. */
  const surely = (good: number, what: string | undefined) =>
    what?.includes("does not follow") ? Math.max(0, good - 1) : good;

  /** Opening repairs: the first `good` entries stay, the bytes after them are in one file beside, and it goes on. */
  async function repaired(folder: string, good: number, what: string | undefined): Promise<void> {
    const sure = surely(good, what);
    const before = journalBytes(folder);
    const journal = await open(folder);
    expect(journal.entries).toHaveLength(good);
    expect(journal.entries.slice(0, sure)).toStrictEqual(whole.entries.slice(0, sure));
    if (what === undefined) expect([journal.found, keptFiles(folder)]).toEqual([undefined, []]);
    else {
      expect(journal.found).toMatchObject({ line: good + 1, what });
      const [kept = ""] = keptFiles(folder);
      expect(kept).toMatch(/^journal\.kept-\d{8}T\d{6}Z\.jsonl$/);
      expect(journal.found?.keptIn).toBe(kept);
      expect(Buffer.concat([journalBytes(folder), readFileSync(join(folder, kept))])).toEqual(before);
    }
    expect(await journal.append(noted("on"))).toMatchObject({ written: true, entry: { n: good + 1 } });
    await journal.close();
    const after = await readJournal(folder);
    expect([after.fault, numbers(after.entries)]).toEqual([undefined, count(good + 1)]);
    rmSync(folder, { recursive: true });
  }

  test("cut at every byte of the last two lines", { timeout: 60_000 }, async () => {
    for (let length = starts[4] ?? 0; length <= bytes.length; length += 1) {
      const good = length === bytes.length ? 6 : length >= (starts[5] ?? 0) ? 5 : 4;
      const isTorn = length !== starts[4] && length !== starts[5] && length !== bytes.length;
      await repaired(harmed(bytes.subarray(0, length)), good, isTorn ? `line ${good + 1} is not whole` : undefined);
    }
  });

  const [l1 = "", l2 = "", l3 = "", l4 = "", l5 = "", l6 = ""] = lines;
  const frame = (n: number, prev: string, rest: object) =>
    JSON.stringify({ v: 1, n, prev: sha256(Buffer.from(prev)), ...rest });
  const entry = { at: "2026-11-23T14:03:22Z", elapsed: 9, what: noted("x") };
  test.each<[string, Uint8Array, number, string | undefined]>([
    ["nothing at all", Buffer.alloc(0), 0, undefined],
    ["zeros after a power cut", Buffer.concat([bytes, Buffer.alloc(4096)]), 6, "line 7 is not whole"],
    ["zeros and a newline", Buffer.concat([bytes, Buffer.alloc(80), Buffer.from("\n")]), 6, "line 7 is not whole"],
    ["nothing but zeros", Buffer.alloc(512), 0, "line 1 is not whole"],
    ["garbage", Buffer.concat([bytes, Buffer.from("fd00ff\nfe\n", "latin1")]), 6, "line 7 is not whole"],
    [
      "bytes that are no UTF-8",
      Buffer.concat([bytes, Buffer.from([0x22, 0xc3, 0x22, 0x0a])]),
      6,
      "line 7 is not whole",
    ],
    ["an empty line", text(l1, "", l2), 1, "line 2 is not whole"],
    ["a byte order mark", Buffer.concat([Buffer.from("\ufeff"), bytes]), 0, "line 1 is not whole"],
    ["no last newline", text(...lines).subarray(0, -1), 5, "line 6 is not whole"],
    ["two lines in each other's place", text(l1, l2, l4, l3, l5), 2, "line 3 does not follow line 2"],
    ["a line twice", text(l1, l2, l2, l3), 2, "line 3 does not follow line 2"],
    ["a line left out", text(l1, l3, l4), 1, "line 2 does not follow line 1"],
    ["the first line left out", text(l2, l3), 0, "line 1 does not follow the header"],
    ["a carriage return", text(l1, `${l2}\r`, l3), 2, "line 3 does not follow line 2"],
    ["a space", text(l1, l2.replace('"n":2', '"n": 2'), l3), 2, "line 3 does not follow line 2"],
    ["another word", text(l1, l2.replace("two", "too"), l3), 2, "line 3 does not follow line 2"],
    ["a number that is wrong", text(l1, frame(3, l1, { entry })), 1, "line 2 does not follow line 1"],
    ["no entry in it", text(l1, frame(2, l1, {})), 1, "line 2 is not an entry this version knows"],
    [
      "an entry of a kind nobody knows",
      text(l1, frame(2, l1, { entry: { ...entry, what: { type: "guessed" } } })),
      1,
      "line 2 is not an entry this version knows",
    ],
    [
      "something beside the entry",
      text(l1, frame(2, l1, { entry, more: 1 })),
      1,
      "line 2 is not an entry this version knows",
    ],
    [
      "a line from a version before the first",
      text(l1, frame(2, l1, { entry }).replace('"v":1', '"v":0')),
      1,
      "line 2 is not an entry this version knows",
    ],
    ["JSON that is no object", text(l1, "null"), 1, "line 2 is not an entry this version knows"],
  ])("%s", async (_, journal, good, what) => {
    const seen = await readJournal(harmed(journal));
    expect(seen.fault).toEqual(what === undefined ? undefined : { line: good + 1, what });
    expect(seen.entries).toHaveLength(good);
    expect(seen.entries.slice(0, surely(good, what))).toStrictEqual(whole.entries.slice(0, surely(good, what)));
    await repaired(harmed(journal), good, what);
  });

  test("an entry the chain vouches for is read, whoever wrote it", async () => {
    expect(texts((await readJournal(harmed(text(l1, frame(2, l1, { entry }))))).entries)).toEqual(["one", "x"]);
  });

  test("reading repairs nothing", async () => {
    const folder = harmed(bytes.subarray(0, -3));
    await readJournal(folder);
    expect([journalBytes(folder), readdirSync(folder).toSorted()]).toEqual([
      bytes.subarray(0, -3),
      ["header.json", "journal.jsonl", "protocol.json"],
    ]);
  });

  test("a second repair in the same second takes nothing from the first", async () => {
    const folder = harmed(bytes.subarray(0, -3));
    const still = fakeClock();
    await (await openJournal(folder, still)).close();
    writeFileSync(join(folder, "journal.jsonl"), bytes.subarray(0, -9));
    await (await openJournal(folder, still)).close();
    expect(
      keptFiles(folder)
        .map((name) => readFileSync(join(folder, name)).length)
        .toSorted((a, b) => a - b),
    ).toEqual([l6.length - 8, l6.length - 2]);
  });

  test("a line of a newer version is refused, and nothing is touched", async () => {
    const newer = Buffer.concat([
      text(l1, l2, frame(3, l2, { sealed: "eA==" }).replace('"v":1', '"v":2')),
      Buffer.from('{"v":'),
    ]);
    const folder = harmed(newer);
    const before = readdirSync(folder);
    const { code, message } = await refusal(open(folder));
    expect([code, message]).toEqual(["journal", `line 3 was written by a newer version of threshold, in ${folder}`]);
    expect([journalBytes(folder), readdirSync(folder)]).toEqual([newer, before]);
    expect((await readJournal(folder)).fault).toEqual({ line: 3, what: "line 3 was written by a newer version" });
  });

  test.each([
    ["missing", Buffer.alloc(0), /there is no record/],
    ["not JSON", Buffer.from("{"), /header\.json .* cannot be read/],
    ["of another shape", Buffer.from('{"v":1}'), /header\.json .* cannot be read/],
    ["newer", Buffer.from('{"v":2,"x":1}'), /newer version/],
  ])("a header that is %s", async (_, changed, message) => {
    const folder = harmed(bytes, { header: changed });
    expect((await refusal(open(folder))).message).toMatch(message);
    expect((await refusal(readJournal(folder))).message).toMatch(message);
    expect(journalBytes(folder)).toEqual(bytes);
  });

  test("a header that was changed", async () => {
    const folder = harmed(bytes, { header: Buffer.from(headerBytes.toString().replace("live", "drill")) });
    expect(await readJournal(folder)).toMatchObject({
      entries: [],
      fault: { line: 1, what: "line 1 does not follow the header" },
    });
  });

  test("a protocol that was changed", async () => {
    const folder = harmed(bytes, { protocol: Buffer.from("{}") });
    expect((await readJournal(folder)).fault).toEqual({
      line: 0,
      what: "protocol.json is not the protocol that the header names",
    });
    expect((await refusal(open(folder))).message).toMatch(/protocol\.json is not the protocol/);
  });

  // A flip in the last line may leave a line that can be read; what it cannot leave is the head.
  test("every flipped bit is found", { timeout: 60_000 }, async () => {
    const flips = sample(nat(bytes.length * 8 - 1), { seed: 42, numRuns: isLong ? 2000 : 200 });
    const missed = await Promise.all(
      flips.map(async (bit) => {
        const spoiled = Buffer.from(bytes);
        spoiled[bit >> 3] = (spoiled[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const folder = harmed(spoiled);
        const seen = await readJournal(folder);
        const isHead = seen.fault === undefined && seen.head !== whole.head && bit >> 3 >= (starts[5] ?? 0);
        const sure = isHead ? 5 : surely(seen.entries.length, seen.fault?.what);
        expect(seen.entries.slice(0, sure)).toStrictEqual(whole.entries.slice(0, sure));
        rmSync(folder, { recursive: true });
        return seen.fault !== undefined || isHead ? [] : [bit];
      }),
    );
    expect(missed.flat()).toEqual([]);
  });
});

describe("killed while it writes", () => {
  test.each(count(isLong ? 20 : 1))(
    "nothing acknowledged is lost, and the chain is whole (%i)",
    { timeout: 120_000 },
    async (seed) => {
      const folder = await given(noted("first"));
      const acknowledged: string[] = [];
      let torn = 0;
      for (const [i, wait] of sample(integer({ min: 0, max: 40 }), { seed, numRuns: 20 }).entries()) {
        const program = start("append", folder, `run${i}`, "100000", "1400");
        await printed(program, 1);
        await sleep(wait);
        program.process.kill("SIGKILL");
        await program.ended;
        acknowledged.push(...program.lines.map((line) => line.split(" ")[0] ?? ""));
        const journal = await open(folder);
        if (journal.found) torn += 1;
        await journal.close();
      }
      const seen = await readJournal(folder);
      expect([seen.fault, numbers(seen.entries)]).toEqual([undefined, count(seen.entries.length)]);
      const there = new Set(texts(seen.entries).map((each) => each.split(" ")[0]));
      expect(acknowledged.filter((each) => !there.has(each))).toEqual([]);
      expect(acknowledged.length).toBeGreaterThan(20);
      expect(keptFiles(folder)).toHaveLength(torn);
    },
  );
});

describe("several programs at one record", () => {
  test.each([2, 4])("%i append at once: nothing is lost", { timeout: 60_000 }, async (programs) => {
    const folder = await given(noted("first"));
    const each = isLong ? 1000 : 150;
    const started = count(programs).map((i) => start("append", folder, `p${i}`, String(each), "50"));
    const here = await open(folder);
    const told: Entry[] = [...here.entries];
    const take = ({ added, refold }: { added: readonly Entry[]; refold: boolean }) =>
      refold ? told.splice(0, told.length, ...here.entries) : told.push(...added);
    await Promise.all(started.map((program) => printed(program, 1)));
    for (const i of count(each)) take(await here.append(noted(`here-${i}`)));
    await Promise.all(started.map((program) => program.ended));
    take(await here.refresh());
    await here.close();
    const seen = await readJournal(folder);
    expect(seen.fault).toBeUndefined();
    expect(keptFiles(folder)).toEqual([]);
    expect(numbers(seen.entries)).toEqual(count(1 + each * (programs + 1)));
    expect(told).toStrictEqual(seen.entries);
    const there = texts(seen.entries).map((text) => text.split(" ")[0]);
    for (const [i, program] of started.entries()) {
      expect(there.filter((text) => text?.startsWith(`p${i + 1}-`))).toEqual(count(each).map((n) => `p${i + 1}-${n}`));
      expect(program.lines).toHaveLength(each);
    }
    const turns = there.filter((text, i) => text?.split("-")[0] !== there[i - 1]?.split("-")[0]).length;
    expect(turns).toBeGreaterThan(programs * 3); // they did write by turns
    expect(seen.entries.every((entry, i) => entry.elapsed >= (seen.entries[i - 1]?.elapsed ?? 0))).toBe(true);
  });

  test("what others added is told first, then one's own, each once", async () => {
    const folder = await given(noted("a"));
    const [here, there] = [await open(folder), await open(folder)];
    await there.append(noted("b"));
    const appended = await here.append(noted("c"));
    expect([texts(appended.added), appended.refold, appended.entry.n]).toEqual([["b", "c"], false, 3]);
    await there.append(noted("d"));
    expect(texts((await here.refresh()).added)).toEqual(["d"]);
    expect((await here.refresh()).added).toEqual([]);
    await Promise.all([here.close(), there.close()]);
  });

  test("appends that are not waited for keep their order", async () => {
    const folder = await given();
    const journal = await open(folder);
    const all = await Promise.all(count(20).map((i) => journal.append(noted(String(i)))));
    expect(all.map(({ entry }) => entry.n)).toEqual(count(20));
    expect(numbers(all.flatMap(({ added }) => added))).toEqual(count(20));
    await journal.close();
    expect(texts((await readJournal(folder)).entries)).toEqual(count(20).map(String));
  });

  test("a watch calls when others have added, and not for one's own", async () => {
    const folder = await given(noted("a"));
    const [here, there] = [await open(folder), await open(folder)];
    const calls: number[] = [];
    const stop = here.watch(() => calls.push(1));
    await here.append(noted("own"));
    await sleep(1200);
    expect(calls).toHaveLength(0);
    await there.append(noted("theirs"));
    for (let i = 0; i < 100 && calls.length === 0; i += 1) await sleep(20);
    await sleep(1200);
    expect(calls).toHaveLength(1);
    stop();
    await there.append(noted("unseen"));
    await sleep(100);
    expect(calls).toHaveLength(1);
    expect(texts((await here.refresh()).added)).toEqual(["own", "theirs", "unseen"].slice(1));
    await Promise.all([here.close(), there.close()]);
  });
});

describe("the lock", () => {
  test("of a program that was killed holds nobody up", async () => {
    const folder = await given(noted("a"));
    const holder = start("hold", join(folder, "journal.lock"));
    await printed(holder, 1);
    expect(holder.lines).toEqual(["taken"]);
    holder.process.kill("SIGKILL");
    await holder.ended;
    const journal = await open(folder);
    const began = performance.now();
    expect((await journal.append(noted("b"))).written).toBe(true);
    expect(performance.now() - began).toBeLessThan(1000);
    await journal.close();
  });

  test("of a program that goes on for five seconds: the guide goes on after two, and nothing is lost", {
    timeout: 20_000,
  }, async () => {
    const folder = await given(noted("a"));
    const journal = await open(folder);
    const holder = start("hold", join(folder, "journal.lock"));
    await printed(holder, 1);
    const began = performance.now();
    const waited = await journal.append(noted("b"));
    const took = performance.now() - began;
    expect(waited).toMatchObject({ written: false, why: "another program is writing", entry: { n: 2 } });
    expect([took > 1500, took < 3000, journal.pending, journal.why]).toEqual([
      true,
      true,
      1,
      "another program is writing",
    ]);
    await sleep(2500);
    holder.process.kill("SIGKILL");
    await holder.ended;
    const next = await journal.append(noted("c"));
    expect(next).toMatchObject({ written: true, refold: false, entry: { n: 3 } });
    expect([texts(next.added), journal.pending, journal.why]).toEqual([["c"], 0, undefined]);
    await journal.close();
    const seen = await readJournal(folder);
    expect([texts(seen.entries), seen.fault, seen.entries[1]]).toEqual([["a", "b", "c"], undefined, waited.entry]);
  });

  test("let go of, while somebody watches: what waited goes in by itself", { timeout: 20_000 }, async () => {
    const folder = await given(noted("a"));
    const journal = await open(folder);
    const holder = new Lock(join(folder, "journal.lock"));
    expect(await holder.take(0)).toBe("taken");
    await journal.append(noted("b"));
    const calls: number[] = [];
    const stop = journal.watch(() => calls.push(1));
    holder.close();
    for (let i = 0; i < 100 && calls.length === 0; i += 1) await sleep(20);
    expect([calls.length, journal.pending]).toEqual([1, 0]);
    stop();
    await journal.close();
  });

  // Written by somebody else while `b` waited: `b` moves, what undoes it moves along, and the caller is told to fold anew.
  test("entries that move while they wait take along what undoes them", { timeout: 30_000 }, async () => {
    const folder = await given(noted("a"));
    const journal = await open(folder);
    const holder = new Lock(join(folder, "journal.lock"));
    await holder.take(0);
    const [b] = await Promise.all([journal.append(noted("b")), journal.append(noted("c"))]);
    expect(b).toMatchObject({ written: false, entry: { n: 2 } });
    const undone = journal.append(returned(2));
    await sleep(10);
    writeFileSync(join(folder, "journal.jsonl"), withTheirs(journalBytes(folder), 0));
    holder.close();
    const last = await undone;
    expect(last).toMatchObject({ written: true, refold: true, entry: { n: 5, what: { type: "returned", undoes: 3 } } });
    await journal.close();
    const seen = await readJournal(folder);
    expect([texts(seen.entries), seen.fault]).toEqual([["a", "theirs", "b", "c", "returned"], undefined]);
    expect(seen.entries.at(-1)?.what).toEqual(returned(3));
    expect(journal.entries).toStrictEqual(seen.entries);
  });
});

/** The first line, and after it one that another program wrote. */
function withTheirs(bytes: Uint8Array, elapsed: number): string {
  const [line = ""] = Buffer.from(bytes).toString().split("\n");
  const entry = { at: "2026-11-23T19:03:22Z", elapsed, what: noted("theirs") };
  return `${line}\n${JSON.stringify({ v: 1, n: 2, prev: sha256(Buffer.from(line)), entry })}\n`;
}

describe("a record that others harm while it is open", () => {
  const cases: readonly [string, (folder: string, bytes: Buffer) => void, readonly string[], number][] = [
    ["cut back", (folder) => truncateSync(join(folder, "journal.jsonl"), 0), ["a", "b", "c", "d"], 0],
    ["deleted", (folder) => rmSync(join(folder, "journal.jsonl")), ["a", "b", "c", "d"], 0],
    [
      "put back from an older copy",
      (folder, bytes) => writeFileSync(join(folder, "journal.jsonl"), bytes.subarray(0, bytes.indexOf(10) + 1)),
      ["a", "b", "c", "d"],
      0,
    ],
    [
      "a line torn by a program that died",
      (folder, bytes) =>
        writeFileSync(join(folder, "journal.jsonl"), Buffer.concat([bytes, Buffer.from('{"v":1,"n":4')])),
      ["a", "b", "c", "d"],
      1,
    ],
    [
      "a word changed, and something added",
      (folder, bytes) => writeFileSync(join(folder, "journal.jsonl"), `${bytes.toString().replace('"b"', '"B"')}\n`),
      ["a", "B", "b", "c", "d"],
      1,
    ],
    [
      "a line of others in the place of one's own, from an hour later",
      (folder, bytes) => writeFileSync(join(folder, "journal.jsonl"), withTheirs(bytes, 3_600_000)),
      ["a", "theirs", "b", "c", "d"],
      0,
    ],
  ];
  test.each(cases)("%s", async (_, harm, expected, kept) => {
    const folder = await given(noted("a"));
    const journal = await open(folder);
    for (const each of ["b", "c"]) await journal.append(noted(each));
    harm(folder, journalBytes(folder));
    expect((await journal.append(noted("d"))).written).toBe(true);
    await journal.close();
    const seen = await readJournal(folder);
    expect([seen.fault, texts(seen.entries), numbers(seen.entries)]).toEqual([
      undefined,
      expected,
      count(expected.length),
    ]);
    expect(seen.entries.every((entry, i) => entry.elapsed >= (seen.entries[i - 1]?.elapsed ?? 0))).toBe(true);
    expect(keptFiles(folder)).toHaveLength(kept);
  });

  test("the folder is gone, then back: what waited is written, in order, with its own times", async () => {
    const time = fakeClock();
    const folder = await given();
    const journal = await openJournal(folder, time);
    await journal.append(noted("a"));
    renameSync(folder, `${folder}.moved`);
    run("cp", "-r", `${folder}.moved`, `${folder}.copy`);
    rmSync(`${folder}.moved`, { recursive: true });
    const waited: Appended[] = [];
    for (const each of ["b", "c"]) {
      time.pass(1000);
      waited.push(await journal.append(noted(each)));
    }
    expect(waited.map(({ written, why }) => [written, why])).toEqual([1, 2].map(() => [false, "the folder is gone"]));
    renameSync(`${folder}.copy`, folder);
    time.pass(1000);
    expect((await journal.append(noted("d"))).written).toBe(true);
    await journal.close();
    const { entries, fault } = await readJournal(folder);
    expect([fault, texts(entries), entries.map((entry) => entry.elapsed)]).toEqual([
      undefined,
      ["a", "b", "c", "d"],
      [0, 1000, 2000, 3000],
    ]);
    expect(entries.slice(1, 3)).toStrictEqual(waited.map(({ entry }) => entry));
  });

  test("a line of a newer version is left alone, and what comes after it waits", async () => {
    const folder = await given(noted("a"));
    const journal = await open(folder);
    const newer = Buffer.concat([journalBytes(folder), Buffer.from(`{"v":2,"n":2}\n`)]);
    writeFileSync(join(folder, "journal.jsonl"), newer);
    const { written, why } = await journal.append(noted("b"));
    expect([written, why]).toEqual([false, `line 2 was written by a newer version of threshold, in ${folder}`]);
    await journal.close();
    expect([journalBytes(folder), keptFiles(folder)]).toEqual([newer, []]);
  });

  test("another record in its place is left alone", async () => {
    const folder = await given(noted("a"));
    const journal = await open(folder);
    rmSync(folder, { recursive: true });
    await createJournal(folder, { ...header, number: "2026-1124-AAAA" }, protocolBytes);
    expect(await journal.append(noted("b"))).toMatchObject({ written: false, why: "the folder holds another record" });
    await journal.close();
    expect(journalBytes(folder)).toHaveLength(0);
  });
});

describe("time", () => {
  test("elapsed never goes back, and a clock that was moved is noticed", async () => {
    const time = fakeClock();
    const journal = await startJournal(freshFolder(root), header, protocolBytes, time);
    const write = async (move: () => void) => {
      move();
      const { elapsed, jump } = (await journal.append(noted("x"))).entry;
      return [elapsed, jump];
    };
    expect(await write(() => time.pass(500))).toEqual([0, undefined]);
    expect(await write(() => time.pass(1500.4))).toEqual([1500, undefined]);
    expect(await write(() => (time.pass(1000), time.set(-3_600_000)))).toEqual([2500, -3600]);
    expect(await write(() => time.pass(1000))).toEqual([3500, undefined]);
    expect(await write(() => (time.pass(1000), time.set(7_200_000)))).toEqual([4500, 7200]);
    expect(await write(() => (time.pass(1000), time.set(1900)))).toEqual([5500, undefined]);
    expect(journal.now()).toMatchObject({ elapsed: 5500, at: time.now().at });
    await journal.close();
  });

  test.each<[string, number, number, number | undefined]>([
    ["a minute later", 60_000, 60_000 + 5000, undefined],
    ["on a clock set back by an hour", -3_600_000, 5000, -3600],
    ["within the same second of a clock told to the second", -900, 5000, undefined],
  ])("goes on in another program, %s", async (_, passed, elapsed, jump) => {
    const time = fakeClock();
    const folder = freshFolder(root);
    const first = await startJournal(folder, header, protocolBytes, time);
    await first.append(noted("a"));
    time.pass(5000);
    await first.append(noted("b"));
    await first.close();
    const other = fakeClock(time.wall + passed, 7);
    const journal = await openJournal(folder, other);
    const { entry } = await journal.append(noted("c"));
    expect([entry.elapsed, entry.jump]).toEqual([elapsed, jump]);
    other.pass(1000);
    expect((await journal.append(noted("d"))).entry).toMatchObject({ elapsed: elapsed + 1000 });
    await journal.close();
  });

  test("two programs that opened it empty count from the same first line", async () => {
    const [one, two] = [fakeClock(), fakeClock(undefined, 55_000)];
    const folder = await given();
    const [first, second] = [await openJournal(folder, one), await openJournal(folder, two)];
    await first.append(noted("a"));
    one.pass(60_000);
    two.pass(60_000);
    expect((await second.append(noted("b"))).entry.elapsed).toBe(60_000);
    two.pass(500);
    expect((await second.append(noted("c"))).entry.elapsed).toBe(60_500);
    await Promise.all([first.close(), second.close()]);
  });
});

const noDisk = !canMount();
const because = noDisk ? " (skipped: this account may not mount a small disk)" : "";

describe.skipIf(noDisk)(`a disk that fails${because}`, () => {
  let small: SmallDisk;
  beforeAll(() => {
    small = smallDisk("64k");
    return () => small.remove();
  });
  afterEach(() => {
    small.remount("rw");
    for (const name of readdirSync(small.path)) rmSync(join(small.path, name), { recursive: true });
  });
  const ballast = () => join(small.path, "ballast");
  const fill = (free: number) => {
    spawnSync("sh", ["-c", `cat /dev/zero > ${ballast()} 2>/dev/null`]);
    truncateSync(ballast(), Math.floor((statSync(ballast()).size - free) / 4096) * 4096);
  };

  async function waitsAndGoesIn(
    journal: Journal,
    time: ReturnType<typeof fakeClock>,
    heal: () => void,
    reason: string,
  ): Promise<void> {
    const whole = existsSync(journal.folder) ? journalBytes(journal.folder) : Buffer.alloc(0);
    const before = journal.entries;
    const waited: Appended[] = [];
    for (const text of ["b".repeat(3000), "c".repeat(3000), "d".repeat(3000)]) {
      time.pass(1000);
      waited.push(await journal.append(noted(text)));
    }
    const written = waited.filter((each) => each.written).length;
    expect(waited.at(-1)).toMatchObject({ written: false, why: reason });
    expect([journal.pending, journal.why]).toEqual([3 - written, reason]);
    if (existsSync(journal.folder)) {
      expect(journalBytes(journal.folder).subarray(0, whole.length)).toEqual(whole);
      const now = await readJournal(journal.folder); // the line that the disk took in part has been undone
      expect([now.fault, now.entries.length, keptFiles(journal.folder)]).toEqual([
        undefined,
        before.length + written,
        [],
      ]);
    }
    heal();
    time.pass(1000);
    expect(await journal.append(noted("e"))).toMatchObject({ written: true, refold: false });
    await journal.close();
    const { entries, fault } = await readJournal(journal.folder);
    expect([fault, texts(entries.slice(before.length)).map((text) => text[0])]).toEqual([
      undefined,
      ["b", "c", "d", "e"],
    ]);
    expect(entries.slice(before.length, -1)).toStrictEqual(waited.map(({ entry }) => entry));
    expect(journal.entries).toStrictEqual(entries);
  }

  test("full: the entries wait, and go in when there is space", async () => {
    const time = fakeClock();
    const journal = await startJournal(freshFolder(small.path), header, protocolBytes, time);
    await journal.append(noted("a"));
    fill(4096);
    await waitsAndGoesIn(journal, time, () => rmSync(ballast()), "the disk is full");
  });

  test("full at the very first: the whole record waits", async () => {
    const time = fakeClock();
    const folder = freshFolder(small.path);
    fill(0);
    expect((await refusal(createJournal(folder, header, protocolBytes))).message).toMatch(
      /could not be started: the disk is full/,
    );
    const journal = await startJournal(folder, header, protocolBytes, time);
    expect([existsSync(folder), journal.why, readdirSync(dirname(folder))]).toEqual([false, "the disk is full", []]);
    await waitsAndGoesIn(journal, time, () => rmSync(ballast()), "the disk is full");
  });

  test("full, and the torn line of a program that died: it opens, and repairs when there is space", async () => {
    const folder = freshFolder(small.path);
    const first = await startJournal(folder, header, protocolBytes, clock);
    await first.append(noted("a"));
    await first.close();
    writeFileSync(join(folder, "journal.jsonl"), '{"v":1,"n":2', { flag: "a" });
    const harmed = journalBytes(folder);
    fill(0);
    const journal = await open(folder);
    expect([texts(journal.entries), journal.why, journalBytes(folder)]).toEqual([["a"], "the disk is full", harmed]);
    expect(await journal.append(noted("b"))).toMatchObject({ written: false });
    expect(journalBytes(folder)).toEqual(harmed);
    rmSync(ballast());
    expect(await journal.append(noted("c"))).toMatchObject({ written: true, entry: { n: 3 } });
    await journal.close();
    expect(keptFiles(folder).map((name) => readFileSync(join(folder, name), "utf8"))).toEqual(['{"v":1,"n":2']);
    expect(texts((await readJournal(folder)).entries)).toEqual(["a", "b", "c"]);
  });

  test("read-only: it opens, the entries wait, and close takes them along when it is not any more", async () => {
    const folder = freshFolder(small.path);
    const first = await startJournal(folder, header, protocolBytes, clock);
    await first.append(noted("a"));
    await first.close();
    small.remount("ro");
    const journal = await open(folder);
    let calls = 0;
    const stop = journal.watch(() => (calls += 1));
    expect(await journal.append(noted("b"))).toMatchObject({
      written: false,
      why: "the disk is read-only",
      entry: { n: 2 },
    });
    expect((await refusal(attach(folder, protocolBytes, sha256(protocolBytes)))).message).toMatch(
      /the disk is read-only/,
    );
    await sleep(2200);
    expect(calls).toBe(0); // a screen that is drawn again every second cannot be answered
    stop();
    small.remount("rw");
    await journal.close();
    expect([journal.pending, texts((await readJournal(folder)).entries)]).toEqual([0, ["a", "b"]]);
  });

  test("a lock that cannot be had at all does not stop the record", async () => {
    const folder = freshFolder(small.path);
    await createJournal(folder, header, protocolBytes);
    rmSync(join(folder, "journal.lock"));
    mkdirSync(join(folder, "journal.lock"));
    const journal = await open(folder);
    expect((await journal.append(noted("a"))).written).toBe(true);
    await journal.close();
  });
});

const noFreezer = !canFreeze();
const frozen = noFreezer ? " (skipped: this account may not freeze a disk)" : "";
test.skipIf(noFreezer)(
  `a disk that hangs: the guide goes on after four seconds${frozen}`,
  { timeout: 30_000 },
  async () => {
    const freezer = frozenDisk();
    try {
      const journal = await startJournal(freshFolder(freezer.path), header, protocolBytes, clock);
      await journal.append(noted("a"));
      freezer.freeze();
      const began = performance.now();
      const hung = await journal.append(noted("b"));
      const took = performance.now() - began;
      expect([hung.written, hung.why, hung.entry.n, journal.pending]).toEqual([
        false,
        "the disk does not answer",
        2,
        1,
      ]);
      expect([took > 3500, took < 5500]).toEqual([true, true]);
      freezer.thaw();
      expect(await journal.append(noted("c"))).toMatchObject({ written: true, refold: false, entry: { n: 3 } });
      await journal.close();
      expect(texts((await readJournal(journal.folder)).entries)).toEqual(["a", "b", "c"]);
    } finally {
      freezer.remove();
    }
  },
);

const isRoot = process.getuid?.() === 0;
test.skipIf(isRoot || process.platform === "win32")(
  `a folder this account may not write to${isRoot ? " (skipped: root may write everywhere)" : ""}`,
  async () => {
    const folder = await given(noted("a"));
    chmodSync(join(folder, "journal.jsonl"), 0o400);
    const journal = await open(folder);
    expect(await journal.append(noted("b"))).toMatchObject({ written: false, why: "this account may not write there" });
    chmodSync(join(folder, "journal.jsonl"), 0o600);
    expect((await journal.refresh(), journal.pending)).toBe(0);
    await journal.close();
  },
);

test("a fault of ours is no fault of the disk", () => {
  expect([
    whyNot(new TypeError("x")),
    whyNot("x"),
    whyNot(Object.assign(new Error("x"), { code: "EIO", syscall: "write" })),
  ]).toEqual([undefined, undefined, "the disk does not answer"]);
});

const noStrace = !has("strace");
test.skipIf(noStrace)(
  `the disk has answered before append does${noStrace ? " (skipped: strace is not here)" : ""}`,
  async () => {
    const folder = await given(noted("first"));
    const log = join(root, "strace");
    const traced = spawnSync(
      "strace",
      [
        "-f",
        "-o",
        log,
        "-s",
        "200",
        "-e",
        "trace=openat,write,fdatasync,fsync",
        "-e",
        "inject=fdatasync:delay_exit=20000",
        node,
        child,
        "append",
        folder,
        "s",
        "5",
        "10",
      ],
      {
        env: { ...process.env, UV_USE_IO_URING: "0" },
      },
    );
    expect(traced.status).toBe(0);
    const calls = readFileSync(log, "utf8").split("\n");
    const at = (what: RegExp, from = 0) => calls.findIndex((call, i) => i >= from && what.test(call));
    for (const i of count(5)) {
      const wrote = calls.findIndex((call) => call.includes("write(") && call.includes(`\\"n\\":${i + 1},`));
      const file = /write\((\d+),/.exec(calls[wrote] ?? "")?.[1];
      const begun = at(new RegExp(`fdatasync\\(${file}`), wrote);
      const thread = calls[begun]?.split(" ")[0];
      const done = calls[begun]?.includes("= 0") ? begun : at(new RegExp(`^${thread} .*fdatasync resumed.*= 0`), begun);
      const said = calls.findIndex((call) => call.includes("write(1,") && call.includes(`s-${i} `));
      expect(wrote).toBeGreaterThan(-1);
      expect([wrote, begun, done, said]).toEqual([wrote, begun, done, said].toSorted((a, b) => a - b));
      expect([begun, done, said].includes(-1)).toBe(false);
    }
  },
);
