import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Problem } from "../src/core/problem.ts";
import {
  encounterFolder,
  findEncounter,
  freshNumber,
  listEncounters,
  newNumber,
  openEncounters,
} from "../src/shell/encounters.ts";
import { startJournal } from "../src/shell/journal.ts";
import { header, protocolBytes } from "./support/journal-samples.ts";
import { filesUnder, freshFolder, put } from "./support/shell-folders.ts";
import { isBuilt, threshold } from "./support/shell-program.ts";

type Sample = { readonly number: string; readonly opened?: string; readonly kind?: string; readonly journal?: string };

const ended =
  '{"v":1,"n":2,"prev":"","entry":{"at":"2026-11-23T14:40:00-05:00","elapsed":9,"what":{"type":"ended","step":"close","outcome":"closed","missing":[]}}}\n';
const said = `{"v":1,"n":2,"prev":"","entry":{"at":"2026-11-23T14:40:00-05:00","elapsed":9,"what":${JSON.stringify({ type: "noted", text: '"what":{"type":"ended"', from: "desk" })}}}\n`;

/** A folder of records; each with as much of an encounter as a list looks at. */
function recordsOf(...samples: readonly Sample[]): string {
  const data = freshFolder("encounters");
  for (const { number, opened = "2026-11-23T14:03:22-05:00", kind = "live", journal } of samples) {
    put(data, `encounters/${number}/header.json`, JSON.stringify({ v: 1, number, opened, kind }));
    if (journal !== undefined) put(data, `encounters/${number}/journal.jsonl`, journal);
  }
  return data;
}

function refused(data: string, number: string): readonly (string | undefined)[] {
  try {
    findEncounter(data, number);
  } catch (error) {
    if (error instanceof Problem) return [error.code, error.message, error.hint];
    throw error;
  }
  throw new Error(`${number} was found`);
}

describe("a new number", () => {
  test("is the day in the site's own zone, and four signs that cannot be mistaken for one another", () => {
    const many = Array.from({ length: 5000 }, () => newNumber("2026-11-23T23:59:59-05:00"));
    expect(many.filter((number) => !/^2026-1123-[2-9A-HJKMNP-Z]{4}$/.test(number))).toEqual([]);
  });

  test("uses every sign of its alphabet in every place, and no others", () => {
    const many = Array.from({ length: 20_000 }, () => newNumber("2026-11-23T14:03:22-05:00").slice(10));
    const used = [0, 1, 2, 3].map((place) =>
      [...new Set(many.map((signs) => signs.charAt(place)))].toSorted((a, b) => (a < b ? -1 : 1)).join(""),
    );
    expect(used).toEqual(Array(4).fill("23456789ABCDEFGHJKMNPQRSTUVWXYZ"));
  });

  test("is hardly ever the same: a thousand differ but for a few", () => {
    expect(new Set(Array.from({ length: 1000 }, () => newNumber("2026-11-23T14:03:22-05:00"))).size).toBeGreaterThan(
      990,
    );
  });

  test("for any moment is one that can stand in a path", () => {
    const moment = fc.date({ min: new Date("1970-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(fc.property(moment, (date) => /^\d{4}-\d{4}-[2-9A-Z]{4}$/.test(newNumber(date.toISOString()))));
  });

  test("is one nobody has, and its folder's parent is there, for its owner alone", () => {
    const data = join(freshFolder("encounters"), "not", "there", "yet");
    const number = freshNumber(data, "2026-11-23T14:03:22-05:00");
    expect(readdirSync(join(data, "encounters"))).toEqual([]);
    expect(encounterFolder(data, number)).toBe(join(data, "encounters", number));
    if (process.platform !== "win32") expect(statSync(join(data, "encounters")).mode & 0o777).toBe(0o700);
  });
});

describe("the list", () => {
  test.each<[string, readonly Sample[], readonly string[]]>([
    // why, records, numbers in the order of the list
    ["nothing", [], []],
    ["one", [{ number: "2026-1123-K7QF" }], ["2026-1123-K7QF"]],
    [
      "the latest first",
      [
        { number: "2026-1121-AAAA", opened: "2026-11-21T10:00:00-05:00" },
        { number: "2026-1123-CCCC", opened: "2026-11-23T10:00:00-05:00" },
        { number: "2026-1122-BBBB", opened: "2026-11-22T10:00:00-05:00" },
      ],
      ["2026-1123-CCCC", "2026-1122-BBBB", "2026-1121-AAAA"],
    ],
    [
      "the latest first, by the moment and not by the hands of the clock: the night the hour comes twice",
      [
        { number: "2026-1101-AAAA", opened: "2026-11-01T01:50:00-04:00" },
        { number: "2026-1101-BBBB", opened: "2026-11-01T01:10:00-05:00" },
      ],
      ["2026-1101-BBBB", "2026-1101-AAAA"],
    ],
  ])("%s", (_, samples, numbers) =>
    expect(listEncounters(recordsOf(...samples)).map(({ number }) => number)).toEqual(numbers),
  );

  test("is empty where there is no folder, and where a file stands in its place", () => {
    expect(listEncounters(join(freshFolder("encounters"), "nowhere"))).toEqual([]);
    const data = freshFolder("encounters");
    put(data, "encounters", "a file");
    expect(listEncounters(data)).toEqual([]);
  });

  test.each<[string, string, string]>([
    // why, file, bytes
    ["an empty folder", "encounters/junk/", ""],
    ["a file among the folders", "encounters/.DS_Store", "junk"],
    ["a header that is cut off", "encounters/2026-1123-AAAA/header.json", '{"v":1,"number":"2026-11'],
    ["an empty header", "encounters/2026-1123-AAAA/header.json", ""],
    ["a header that is null", "encounters/2026-1123-AAAA/header.json", "null"],
    ["a header that says nothing", "encounters/2026-1123-AAAA/header.json", "{}"],
    ["a header that is a list", "encounters/2026-1123-AAAA/header.json", "[]"],
    [
      "a header whose number is no word",
      "encounters/2026-1123-AAAA/header.json",
      '{"v":1,"number":7,"opened":"2026-11-23T14:03:22-05:00","kind":"live"}',
    ],
    [
      "a header that does not say when",
      "encounters/2026-1123-AAAA/header.json",
      '{"v":1,"number":"2026-1123-AAAA","kind":"live"}',
    ],
    ["a header that is a folder", "encounters/2026-1123-AAAA/header.json/x", ""],
  ])("passes over %s, and still finds the others", (_, file, bytes) => {
    const data = recordsOf({ number: "2026-1123-K7QF" });
    if (file.endsWith("/")) mkdirSync(join(data, file));
    else put(data, file, bytes);
    expect(listEncounters(data).map(({ number }) => number)).toEqual(["2026-1123-K7QF"]);
    expect(openEncounters(data).map(({ number }) => number)).toEqual(["2026-1123-K7QF"]);
    expect(findEncounter(data, "k7qf").number).toBe("2026-1123-K7QF");
    expect(refused(data, "XXXX")[1]).toBe('there is no encounter "XXXX"');
  });
});

describe("whether an encounter has ended", () => {
  test.each<[string, Omit<Sample, "number">, boolean, boolean]>([
    // why, record, has it ended, does "go on" offer it
    ["no journal yet", {}, false, true],
    ["an empty journal", { journal: "" }, false, true],
    ["its last line says so", { journal: ended }, true, false],
    ["something was corrected afterwards", { journal: `${ended}{"v":1,"n":3}\n` }, true, false],
    ["somebody only wrote these words in a note", { journal: said }, false, true],
    ["the line that says so is torn: it was never written down", { journal: ended.slice(0, -20) }, false, true],
    ["an example, open", { kind: "example" }, false, false],
    ["a drill, open", { kind: "drill" }, false, false],
  ])("%s", (_, record, isEnded, isOffered) => {
    const data = recordsOf({ number: "2026-1123-K7QF", ...record });
    expect(listEncounters(data)).toMatchObject([
      {
        number: "2026-1123-K7QF",
        isEnded,
        kind: record.kind ?? "live",
        folder: join(data, "encounters", "2026-1123-K7QF"),
      },
    ]);
    expect(openEncounters(data).length).toBe(isOffered ? 1 : 0);
  });

  test("as the journal itself writes it", async () => {
    const data = freshFolder("encounters");
    mkdirSync(join(data, "encounters"));
    const journal = await startJournal(encounterFolder(data, header.number), header, protocolBytes, {
      now: () => ({ at: header.opened, mono: 1 }),
    });
    await journal.append({ type: "noted", text: '"what":{"type":"ended"', from: "desk" });
    expect(openEncounters(data).map(({ number }) => number)).toEqual([header.number]);
    await journal.append({ type: "ended", step: "close", outcome: "Record closed at the desk", missing: [] });
    await journal.close();
    expect(openEncounters(data)).toEqual([]);
    expect(listEncounters(data)).toMatchObject([
      { number: header.number, opened: header.opened, isEnded: true, kind: "live" },
    ]);
  });
});

describe("finding one", () => {
  const data = recordsOf(
    { number: "2026-1123-K7QF" },
    { number: "2026-1124-K7QF", opened: "2026-11-24T10:00:00-05:00" },
    { number: "2026-1123-M2XA", journal: ended },
  );

  test.each([
    ["the whole number", "2026-1123-K7QF", "2026-1123-K7QF"],
    ["in small letters", "2026-1123-k7qf", "2026-1123-K7QF"],
    ["with spaces around it", "  2026-1124-K7QF ", "2026-1124-K7QF"],
    ["its last four signs", "M2XA", "2026-1123-M2XA"],
    ["its last four signs in small letters", "m2xa", "2026-1123-M2XA"],
    ["a longer end of it", "1124-K7QF", "2026-1124-K7QF"],
    ["one that has ended", "2026-1123-m2xa", "2026-1123-M2XA"],
  ])("by %s", (_, typed, number) => expect(findEncounter(data, typed).number).toBe(number));

  test.each([
    // why, typed, what is said, what to do
    ["two end alike", "K7QF", '"K7QF" stands for 2 encounters', "one of: 2026-1124-K7QF, 2026-1123-K7QF"],
    [
      "no such number",
      "2026-1123-ZZZZ",
      'there is no encounter "2026-1123-ZZZZ"',
      "see them all: threshold incident list",
    ],
    ["three signs are too few", "2XA", 'there is no encounter "2XA"', "see them all: threshold incident list"],
    [
      "its beginning is not enough",
      "2026-1123",
      'there is no encounter "2026-1123"',
      "see them all: threshold incident list",
    ],
    ["nothing typed", "", 'there is no encounter ""', "see them all: threshold incident list"],
    [
      "a way out of the folder",
      "../../etc",
      'there is no encounter "../../etc"',
      "see them all: threshold incident list",
    ],
  ])("not when %s", (_, typed, message, hint) => expect(refused(data, typed)).toEqual(["usage", message, hint]));

  test("where there are none yet, it says so", () => {
    expect(refused(recordsOf(), "K7QF")).toEqual([
      "usage",
      'there is no encounter "K7QF"',
      "none has been opened on this computer yet",
    ]);
  });
});

describe.skipIf(!isBuilt)("the report of one (where the program has been built)", () => {
  const answers = put(
    freshFolder(),
    "answers.jsonl",
    '{"threshold":"answers","v":1,"setting":"shelter"}\n{"step":"hold","answer":"waiting"}\n',
  );

  test.each<[string, (room: string) => string, RegExp]>([
    ["a folder in its place", (room) => (mkdirSync(room), room), /: a folder stands there$/],
    [
      "a file where its folder should be",
      (room) => join(put(room, "file", ""), "report.pdf"),
      /: a file stands where its folder should be$/,
    ],
  ])("cannot be written over %s: exit 6, and no half of it is left", async (_, place, says) => {
    const data = freshFolder("data");
    const around = freshFolder("room");
    const room = join(around, "room");
    const out = place(room);
    await threshold(["encounter", "--answers", answers], data);
    const [{ number } = { number: "" }] = listEncounters(data);
    const { code, stdout, stderr } = await threshold(["report", number, "--out", out], data);
    const [error = "", hint, ...more] = stderr.trimEnd().split("\n");
    expect({ code, stdout, hint, more }).toEqual({
      code: 6,
      stdout: "",
      hint: "threshold: hint: name another place with --out FILE",
      more: [],
    });
    expect(error).toMatch(says);
    expect(error.startsWith(`threshold: error: the report cannot be written to ${out}`)).toBe(true);
    expect(filesUnder(around)).toEqual(out === room ? [] : ["room/file"]);
  });
});
