import {
  closeSync,
  cpSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  existsSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readWords } from "./support/pdf-text.ts";
import { i200, openTalk, type Plan, play } from "./support/program-talk.ts";
import { filled, flat, holding, like, protocolFor, stable, words } from "./support/program-words.ts";
import { freshWorld, linesOf, threshold, touched, type World } from "./support/program-world.ts";
import { filesUnder, freshFolder, put, top } from "./support/shell-folders.ts";
import { templatesWith } from "./support/shell-templates.ts";

// Every command, run as a person or a script would, with nobody at a terminal.

const site = "name: Maple Street Shelter\nsetting: shelter\n";
const shelter = protocolFor("shelter");
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const twoLines = /^threshold: error: (?![A-Z])[^\n]*[^.\n]\nthreshold: hint: [^\n]*[^.\n]\n$/;
/** Control characters, those of eight bits too, and marks that turn the direction of writing. */
const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

type Made = { readonly data: string; readonly number: string };
let closed: Made;
let open: Made;

/** A record that another program made, up to `until`. */
async function make(plan: Plan, until: string): Promise<Made> {
  const world = freshWorld({ site });
  const talk = openTalk(world, []);
  await play(talk, plan, until);
  talk.hangUp();
  await talk.over;
  return { data: world.data, number: readdirSync(join(world.data, "encounters"))[0] ?? "" };
}

beforeAll(async () => {
  [closed, open] = await Promise.all([make(i200, "over"), make(i200, "call_lead")]);
});

/** A computer with a copy of a record on it. */
function worldWith({ data, number }: Made): World & { readonly number: string; readonly folder: string } {
  const world = freshWorld();
  cpSync(data, world.data, { recursive: true });
  return { ...world, number, folder: join(world.data, "encounters", number) };
}

function json(text: string): unknown {
  return JSON.parse(text) as unknown;
}

describe.concurrent("help and wrong use", () => {
  test.for([
    "encounter",
    "note",
    "check",
    "incident",
    "incident list",
    "incident show",
    "incident correct",
    "incident attach",
    "incident verify",
    "report",
    "protocol",
    "protocol list",
    "protocol lint",
    "protocol walk",
    "protocol approve",
    "protocol print",
    "setup",
    "",
  ])("threshold %s --help shows examples first", async (command) => {
    const { code, stdout, stderr } = await threshold(freshWorld(), [...command.split(" ").filter(Boolean), "--help"]);
    const [example, usage] = [stdout.search(/^Examples?:$/m), stdout.search(/^Usage: /m)];
    expect([code, stderr]).toEqual([0, ""]);
    expect(example).toBeGreaterThanOrEqual(0);
    expect(usage).toBeGreaterThan(example);
    expect(stdout.slice(example, usage)).toMatch(new RegExp(`^ +(.*\\| )?threshold ${command}`.trimEnd(), "m"));
  });

  test.for([
    ["encoutner", /unknown command 'encoutner'/, /encounter/],
    ["incident", /command is missing/, /help/],
    ["incident lst", /unknown command 'lst'/, /list/],
    ["encounter --Resum", /unknown option '--Resum'/, /./],
    ["encounter --setting castle", /"castle" is no setting/, /shelter, school, hospital/],
    ["encounter --lang fr", /there are no words in "fr"/, /in: en\b/],
    ["note --lang=fr", /there are no words in "fr"/, /in: en\b/],
    ["--lang fr", /there are no words in "fr"/, /in: en\b/],
    ["--lang", /argument missing/, /--help/],
    ["encounter --stdio --resume", /no encounter is open/, /threshold encounter/],
    ["encounter --stdio --resume K7QF", /no encounter "K7QF"/, /./],
    ["encounter --answers", /argument missing/, /./],
    ["report", /missing required argument 'number'/, /help/],
    ["report K7QF", /no encounter "K7QF"/, /none has been opened/],
    ["report K7QF more", /too many arguments/, /./],
    ["note", /no encounter is open/, /incident list/],
    ["check --setting castle", /"castle" is no setting/, /shelter/],
    ["check --answers agency", /not answered/, /arrest/],
    ["check --answers agency,lunch", /answer 2, "lunch"/, /arrest/],
    ["check --answers agency,arrest,officer,yes", /answer 4, "yes", is one too many/, /leave it out/],
    ["setup --setting castle", /--setting/, /./],
    ["setup --area lobby", /--area lobby.*"=" is missing/, /name=public/],
    ["setup --area lobby=open", /"open" is neither public nor closed/, /lobby=public/],
    ["setup --contact lead", /--contact lead.*"=" is missing/, /role=who/],
    ["setup --contact Lead=x,1", /--contact \(Lead\)/, /./],
    ["setup --code no/slash", /--code.*letters, digits and dashes/, /./],
    ["setup --time-zone Mars/Base", /--time-zone Mars\/Base/, /America\/New_York/],
    ["setup --confidential", /needs a code/, /--code/],
    ["setup --trait domesticViolence", /needs a code/, /--code/],
    ["setup --trait secret", /--trait \(0\)/, /--help/],
    ["setup --language fr", /there are no words in "fr"/, /in: en\b/],
    ["setup --spoken past=x", /--spoken past=x: "" is not said aloud/, /waitingPlace, area, past/],
    ["setup --spoken es.past", /--spoken es\.past.*"=" is missing/, /language\.key=words/],
    ["protocol approve --by x --again 2027-01-01", /required option '--setting <setting>'/, /help/],
    ["protocol approve --setting shelter --again 2027-01-01", /required option '--by <office>'/, /help/],
    ["protocol approve --setting shelter --by x", /required option '--again <day>'/, /help/],
    ["protocol approve --setting castle --by x --again 2027-01-01", /"castle" is no setting/, /shelter, school/],
    ["protocol approve --setting shelter --by x --again 2027-01-01", /not a terminal/, /--yes/],
    ["protocol approve --setting shelter --by x --again 2027-01-01 --yes --hash 1a2b3c", /too few/, /8 at least/],
    ["protocol approve --setting shelter --by x --again 2027-01-01 --yes --hash 00000000", /another hash/, /walk/],
    ["protocol approve --setting shelter --by x --again soon --yes", /again: must be a day/, /./],
    ["protocol approve --setting shelter --by x --again 2001-01-01 --yes", /again: must not be before/, /./],
    ["protocol walk --setting castle", /"castle" is no setting/, /shelter, school/],
    ["protocol print --setting castle", /"castle" is no setting/, /shelter, school/],
  ] as const)("threshold %s: two lines, exit code 2, nothing written", async ([line, error, hint]) => {
    const world = freshWorld();
    const { code, stdout, stderr } = await threshold(world, line.split(" "));
    expect(stderr).toMatch(twoLines);
    expect(stderr.split("\n")[0]).toMatch(error);
    expect(stderr.split("\n")[1]).toMatch(hint);
    expect([code, stdout, touched(world)]).toEqual([2, "", []]);
  });

  test("threshold --version is the version of the package", async () => {
    const { version } = json(readFileSync(join(top, "package.json"), "utf8")) as { version: string };
    expect(await threshold(freshWorld(), ["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe.concurrent("setup", () => {
  const named = ["--name", "Maple Street Shelter", "--code", "M7", "--setting", "shelter", "--agency", "DHS"];
  const placed = ["--time-zone", "America/New_York", "--desk", "Front door", "--waiting-place", "in the lobby"];
  const called = ["--contact", "lead=Shift supervisor,212-555-0142", "--contact", "counsel=Legal, Office"];
  const areas = ["--area", "lobby=public", "--area", "the rooms=closed", "--past", "past this door"];
  const kinds = ["--trait", "contracted", "--trait", "youth"];
  const spoken = ["--spoken", "es.past=de esta puerta", "--spoken", "es.area=los cuartos"];
  const whole = {
    name: "Maple Street Shelter",
    code: "M7",
    setting: "shelter",
    agency: "DHS",
    timeZone: "America/New_York",
    desk: "Front door",
    waitingPlace: "in the lobby",
    past: "past this door",
    traits: ["contracted", "youth"],
    spoken: { es: { past: "de esta puerta", area: "los cuartos" } },
    areas: [
      { name: "lobby", public: true },
      { name: "the rooms", public: false },
    ],
    contacts: { lead: { who: "Shift supervisor", phone: "212-555-0142" }, counsel: { who: "Legal", phone: "Office" } },
  };

  test("by options, then shown in both forms, then one thing changed", async () => {
    const world = freshWorld();
    const saved = await threshold(world, ["setup", ...named, ...placed, ...called, ...areas, ...kinds, ...spoken]);
    const path = join(world.data, "site.yaml");
    expect(saved).toEqual({ code: 0, stdout: "", stderr: `${filled(words.setup.saved, { path })}\n` });
    const shown = await threshold(world, ["setup", "--print", "--json"]);
    expect([shown.code, json(shown.stdout)]).toEqual([0, { v: 1, path, site: whole }]);
    const printed = await threshold(world, ["setup", "--print"]);
    expect([printed.code, parse(printed.stdout)]).toEqual([0, whole]);
    expect(printed.stderr).toContain(path);
    const changed = ["--desk", "Back door", "--contact", "backup=Director,1", "--trait", "none", "--language", "en"];
    await threshold(world, ["setup", ...changed, "--spoken", "es.area=las oficinas"]);
    const again = json((await threshold(world, ["setup", "--print", "--json"])).stdout);
    const contacts = { ...whole.contacts, backup: { who: "Director", phone: "1" } };
    const es = { past: "de esta puerta", area: "las oficinas" };
    const site = { ...whole, desk: "Back door", contacts, traits: [], language: "en", spoken: { es } };
    expect(again).toEqual({ v: 1, path, site });
  });

  test("--print changes nothing, and says so when there is nothing", async () => {
    const world = freshWorld();
    const { code, stdout, stderr } = await threshold(world, ["setup", "--print", "--name", "X"]);
    expect([code, stdout, stderr]).toEqual([0, "", holding("threshold setup")]);
    expect(json((await threshold(world, ["setup", "--print", "--json"])).stdout)).toMatchObject({ site: {} });
    expect(touched(world)).toEqual([]);
  });

  test("a site.yaml with a fault is told with its line, and stops nobody from being guided", async () => {
    const world = freshWorld({ site: "name: Maple\nsetting: shelter\ncolour: red\n" });
    const { code, stderr } = await threshold(world, ["setup", "--print"]);
    expect([code, stderr]).toEqual([2, holding(`${join(world.data, "site.yaml")}:3: colour`)]);
    const talk = openTalk(world, ["--setting", "shelter"]);
    const { question, banner } = await talk.asked();
    expect(question.step).toBe("hold");
    expect(banner?.join(" ")).toContain(stable(words.guide.siteProblem));
    talk.hangUp();
    await talk.over;
  });
});

describe.concurrent("check", () => {
  const ways = (id: string, last: string): string => {
    const { findings } = shelter.instruments[id] ?? { findings: [] };
    return findings.map((_, at) => (at === findings.length - 1 ? `,${last}` : ",yes")).join("");
  };

  test.for([
    ["agency,arrest,officer", "i200", "notJudicial", "officer"],
    ["agency,removal,officer", "i205", "notJudicial", "officer"],
    ["agency,arrest,unsure", "i200", "unclear", "unsure"],
    ["federalCourt,search,clerk", "judicial_search_warrant", "unclear", "clerk"],
    [
      `federalCourt,search,judge${ways("judicial_search_warrant", "yes")}`,
      "judicial_search_warrant",
      "complete",
      "judge",
    ],
    [
      `stateCourt,search,judge${ways("judicial_search_warrant", "no")}`,
      "judicial_search_warrant",
      "defective",
      "judge",
    ],
    [
      `federalCourt,arrest,judge${ways("judicial_arrest_warrant", "yes")}`,
      "judicial_arrest_warrant",
      "complete",
      "judge",
    ],
    [" agency , detainer , officer ", "i247_detainer", "notJudicial", "officer"],
  ] as const)("%s looks like %s, %s", async ([answers, instrument, verdict, signer]) => {
    const world = freshWorld();
    const asJson = await threshold(world, ["check", "--answers", answers, "--json"]);
    const name = shelter.instruments[instrument]?.name;
    const expected = {
      v: 1,
      instrument,
      verdict,
      signer,
      name,
      verdictWords: shelter.verdicts[verdict],
      says: words.check.next,
    };
    expect([asJson.code, json(asJson.stdout), asJson.stderr]).toEqual([0, expect.objectContaining(expected), ""]);
    const plain = await threshold(world, ["check", "--answers", answers]);
    for (const told of [name, shelter.verdicts[verdict], words.check.next])
      expect(flat(plain.stdout)).toContain(flat(told ?? ""));
    expect(touched(world)).toEqual([]);
  });
});

describe.concurrent("note", () => {
  test.for([
    ["the open encounter, unnamed", [], "a second car came\n", "a second car came"],
    ["an encounter by its last four signs, in small letters", ["4"], "they ask for a room", "they ask for a room"],
    ["a note of several lines", [], "one\ntwo\r\n\tthree\n\n", "one\ntwo\r\n\tthree"],
  ] as const)("goes into %s", async ([, args, input, text]) => {
    const world = worldWith(open);
    const named = args.length > 0 ? [world.number.slice(-4).toLowerCase()] : [];
    const { code, stdout, stderr } = await threshold(world, ["note", ...named], input);
    expect([code, stdout, stderr]).toEqual([0, "", `${filled(words.note.added, { n: "4" })}\n`]);
    expect(linesOf(world.folder).at(-1)).toMatchObject({
      n: 4,
      entry: { what: { type: "noted", text, from: "second" } },
    });
  });

  test("says which desk it comes from, in the record and in the report", async () => {
    const world = worldWith(open);
    await threshold(world, ["note", "--desk", " Side door "], "two of them knock");
    expect(linesOf(world.folder).at(-1)?.entry.what).toMatchObject({ desk: "Side door", text: "two of them knock" });
    const out = join(world.folder, "desk.pdf");
    expect(await threshold(world, ["report", world.number, "--out", out])).toMatchObject({ code: 0 });
    const noted = filled(words.report.notedDesk, { desk: "Side door", text: "two of them knock" });
    expect(flat(await readWords(readFileSync(out)))).toContain(flat(noted));
  });

  test.for([
    ["an empty note", () => open, [], " \n\t\n", /empty/],
    ["too long a note", () => open, [], "x".repeat(10_001), /10001 characters/],
    ["a desk without a name", () => open, ["--desk", " "], "late", /--desk names one desk/],
    ["a desk of two lines", () => open, ["--desk", "a\nb"], "late", /--desk names one desk/],
    ["an encounter that is closed", () => closed, ["all"], "late", /the encounter \d{4}-\d{4}-[2-9A-Z]{4} is closed/],
    ["a number that there is not", () => open, ["ZZZZ"], "late", /no encounter "ZZZZ"/],
  ] as const)("refuses %s", async ([, made, args, input, message]) => {
    const world = worldWith(made());
    const before = linesOf(world.folder).length;
    const { code, stderr } = await threshold(
      world,
      ["note", ...args.map((arg) => (arg === "all" ? world.number : arg))],
      input,
    );
    expect([code, stderr]).toEqual([2, like(twoLines)]);
    expect(stderr).toMatch(message);
    expect(linesOf(world.folder)).toHaveLength(before);
  });
});

describe.concurrent("incident list and show", () => {
  test("list shows the latest first, open and closed", async () => {
    const world = worldWith(closed);
    cpSync(join(open.data, "encounters"), join(world.data, "encounters"), { recursive: true });
    const header = (made: Made) =>
      json(readFileSync(join(made.data, "encounters", made.number, "header.json"), "utf8")) as { opened: string };
    const told = [
      { ...closed, isEnded: true },
      { ...open, isEnded: false },
    ].map(({ data, ...rest }) => ({
      ...rest,
      opened: header({ data, number: rest.number }).opened,
      kind: "live",
    }));
    const listed = await threshold(world, ["incident", "list", "--json"]);
    const found = json(listed.stdout) as readonly { opened: string }[];
    expect(found).toHaveLength(2);
    expect(found).toEqual(expect.arrayContaining(told));
    expect(found.map(({ opened }) => opened)).toEqual(
      found
        .map(({ opened }) => opened)
        .toSorted()
        .toReversed(),
    );
    const { stdout, code } = await threshold(world, ["incident", "list"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${closed.number} .*${words.incident.ended}`, "m"));
    expect(stdout).toMatch(new RegExp(`^${open.number} .*${words.incident.open}`, "m"));
  });

  test("list with none says so on the screen, and gives an empty list", async () => {
    expect(await threshold(freshWorld(), ["incident", "list"])).toEqual({
      code: 0,
      stdout: "",
      stderr: `${words.incident.none}\n`,
    });
    expect(await threshold(freshWorld(), ["incident", "list", "--json"])).toEqual({
      code: 0,
      stdout: "[]\n",
      stderr: "",
    });
  });

  test("show prints the record; with --json, the incident with every entry", async () => {
    const world = worldWith(closed);
    const plain = await threshold(world, ["incident", "show", closed.number.slice(-4)]);
    expect([plain.code, plain.stderr]).toEqual([0, ""]);
    for (const told of [closed.number, shelter.instruments["i200"]?.name ?? "", words.report.byStdio])
      expect(plain.stdout).toContain(told);
    const { stdout } = await threshold(world, ["incident", "show", closed.number, "--json"]);
    const shown = json(stdout) as {
      v: number;
      entries: readonly unknown[];
      fields: Record<string, { value: unknown }>;
      head: string;
    };
    expect(shown).toMatchObject({
      v: 1,
      header: { number: closed.number },
      ended: { outcome: shelter.outcomes["closed"] },
    });
    expect(shown.entries).toHaveLength(linesOf(world.folder).length);
    expect(shown.fields["agentCount"]?.value).toBe("2");
    expect(shown.head).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe.concurrent("incident correct", () => {
  test("keeps the old value beside the new, in the record and on paper", async () => {
    const world = worldWith(closed);
    const args = ["correct", world.number, "agentCount", "--value", "3", "--reason", "counted on the video"];
    expect(await threshold(world, ["incident", ...args])).toEqual({
      code: 0,
      stdout: "",
      stderr: `${words.incident.corrected}\n`,
    });
    const { fields } = json((await threshold(world, ["incident", "show", world.number, "--json"])).stdout) as {
      fields: Record<string, unknown>;
    };
    expect(fields["agentCount"]).toMatchObject({
      value: "3",
      before: [{ value: "2", reason: "counted on the video" }],
    });
    const { stdout } = await threshold(world, ["report", world.number]);
    const page = flat(await readWords(readFileSync(stdout.trim())));
    const corrections = page.slice(page.lastIndexOf(words.report.corrections));
    expect(corrections).toMatch(/\b2 3 \d\d:\d\d counted on the video/);
  });

  test.for([
    ["a field of an agent", ["name", "--agent", "1", "--value", "Smith"], { agent: 0 }, "Smith"],
    ["the next agent", ["badge", "--agent", "2", "--unknown", "hid"], { agent: 1 }, { unknown: "hid" }],
    ["a field of a paper", ["paperFrom", "--paper", "1", "--value", "DHS"], { paper: 0 }, "DHS"],
  ] as const)("corrects %s", async ([, args, about, value]) => {
    const world = worldWith(closed);
    expect(await threshold(world, ["incident", "correct", world.number, ...args])).toMatchObject({ code: 0 });
    expect(linesOf(world.folder).at(-1)?.entry.what).toMatchObject({ type: "corrected", field: args[0], about, value });
  });

  test.for([
    ["an agent that is far away", ["name", "--agent", "9", "--value", "x"], /has 1 agents/, /next one is 2/],
    ["an agent by no number", ["name", "--agent", "first", "--value", "x"], /"first" is not a place/, /from 1/],
    ["an agent by nought", ["name", "--agent", "0", "--value", "x"], /"0" is not a place/, /from 1/],
    ["an agent and a paper", ["name", "--agent", "1", "--paper", "1", "--value", "x"], /both/, /./],
    ["a field nobody knows", ["citizenship", "--value", "x"], /no field "citizenship"/, /agentCount/],
    ["a field of agents without an agent", ["name", "--value", "x"], /about one agent/, /--agent N/],
    ["a field of the visit with an agent", ["reason", "--agent", "1", "--value", "x"], /visit as a whole/, /leave/],
    ["a value that does not fit", ["agentCount", "--value", "many"], /"many" is not a whole number/, /./],
    ["a choice there is not", ["given", "--value", "much"], /"much" is not one of "nothing", "something"/, /./],
    ["an empty value", ["reason", "--value", ""], /nothing was written/, /./],
    ["a reason there is not", ["reason", "--unknown", "lazy"], /"lazy" is no reason/, /refused/],
    ["a reason that is none here", ["reason", "--unknown", "hid"], /"hid" is not an answer here/, /./],
    [
      "both a value and a reason",
      ["reason", "--value", "x", "--unknown", "none"],
      /--value or --unknown/,
      /one of the two/,
    ],
    ["neither", ["reason"], /--value or --unknown/, /./],
    ["a file by its name", ["copy", "--paper", "1", "--value", "x.png"], /attached, not written/, /./],
  ] as const)("refuses %s, and writes nothing", async ([, args, error, hint]) => {
    const world = worldWith(closed);
    const before = readFileSync(join(world.folder, "journal.jsonl"));
    const { code, stderr } = await threshold(world, ["incident", "correct", world.number, ...args]);
    expect([code, stderr]).toEqual([2, like(twoLines)]);
    expect(stderr.split("\n")[0]).toMatch(error);
    expect(stderr.split("\n")[1]).toMatch(hint);
    expect(readFileSync(join(world.folder, "journal.jsonl"))).toEqual(before);
  });
});

describe.concurrent("incident attach", () => {
  test("puts a picture into the record, once, whatever it is called", async () => {
    const world = worldWith(closed);
    const picture = put(world.tmp, "scan of paper", png);
    for (const _ of ["once", "twice"]) {
      const ran = await threshold(world, ["incident", "attach", world.number, picture, "--paper", "1"]);
      expect(ran).toEqual({
        code: 0,
        stdout: "",
        stderr: `${filled(words.incident.attached, { name: "scan of paper" })}\n`,
      });
    }
    const [stored, ...more] = readdirSync(join(world.folder, "attachments"));
    expect(more).toEqual([]);
    expect(readFileSync(join(world.folder, "attachments", stored ?? ""))).toEqual(png);
    const file = { name: "scan of paper", media: "image/png", bytes: png.length, sha256: stored };
    expect(linesOf(world.folder).at(-1)?.entry.what).toEqual({
      type: "attached",
      about: { paper: 0 },
      field: "copy",
      label: "Copy of the paper",
      file,
    });
    expect(await threshold(world, ["incident", "verify", world.number])).toMatchObject({ code: 0 });
  });

  const sparse = (path: string): void => {
    const file = openSync(path, "w");
    ftruncateSync(file, 50 * 1024 * 1024 + 1);
    closeSync(file);
  };

  test.for([
    ["an empty file", "a.png", (path: string) => writeFileSync(path, ""), /a\.png is empty/],
    ["a text", "a.pdf", (path: string) => writeFileSync(path, "PDF"), /a\.pdf is not a picture or a PDF/],
    ["one byte more than 50 MB", "a.jpg", sparse, /a\.jpg is 51 MB/],
    [
      "a HEIC picture",
      "a.heic",
      (path: string) => writeFileSync(path, "\0\0\0\u0018ftypheic\0\0\0\0mif1heic"),
      /HEIC.*JPEG/s,
    ],
    ["a folder", "a.png", (path: string) => mkdirSync(path), /a\.png is not a file/],
    ["nothing at all", "a.png", () => undefined, /a\.png cannot be found/],
    ["a paper that is far away", "a.png", (path: string) => writeFileSync(path, png), /has 1 papers/, "9"],
  ] as const)("refuses %s, and keeps nothing of it", async ([, name, lay, message, paper = "1"]) => {
    const world = worldWith(closed);
    const path = join(world.tmp, name);
    lay(path);
    const before = readFileSync(join(world.folder, "journal.jsonl"));
    const { code, stderr } = await threshold(world, ["incident", "attach", world.number, path, "--paper", paper]);
    expect([code, stderr]).toEqual([2, like(twoLines)]);
    expect(stderr).toMatch(message);
    expect(readFileSync(join(world.folder, "journal.jsonl"))).toEqual(before);
    expect(filesUnder(join(world.folder, "attachments"))).toEqual([]);
  });
});

describe.concurrent("incident verify", () => {
  test("says of a whole record how long it is and what its head is, and no more than that", async () => {
    const world = worldWith(closed);
    const lines = linesOf(world.folder).length;
    const { code, stdout, stderr } = await threshold(world, ["incident", "verify", world.number]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${world.number}: .*\\b${lines}\\b.*[0-9a-f]{64}\\n$`));
    expect(`${stdout}${stderr}`).not.toMatch(/authentic|valid|genuine/i);
    const asJson = json((await threshold(world, ["incident", "verify", world.number, "--json"])).stdout);
    expect(asJson).toEqual({
      v: 1,
      number: world.number,
      lines,
      head: stdout.match(/[0-9a-f]{64}/)?.[0],
      isWhole: true,
    });
  });

  const lost = (lines: readonly string[], ...at: readonly number[]) =>
    lines.filter((_, index) => !at.includes(index + 1));

  test.for([
    ["a changed word", (lines: readonly string[]) => lines.with(2, (lines[2] ?? "").replace(/"at":"2/, '"at":"1')), 4],
    ["a space more", (lines: readonly string[]) => lines.with(4, `${lines[4] ?? ""} `), 6],
    ["a dropped line", (lines: readonly string[]) => lost(lines, 3), 3],
    ["the first line dropped", (lines: readonly string[]) => lost(lines, 1), 1],
    [
      "two lines that changed places",
      (lines: readonly string[]) => lines.with(4, lines[5] ?? "").with(5, lines[4] ?? ""),
      5,
    ],
    ["a line twice", (lines: readonly string[]) => lines.toSpliced(3, 0, lines[2] ?? ""), 4],
    ["a line that is no entry", (lines: readonly string[]) => lines.with(3, "{}"), 4],
    [
      "a last line that is torn",
      (lines: readonly string[]) => [...lines.slice(0, -1), (lines.at(-1) ?? "").slice(0, 40)],
      -1,
    ],
  ] as const)("finds %s, and names the line", async ([, injure, found]) => {
    const world = worldWith(closed);
    const path = join(world.folder, "journal.jsonl");
    const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
    const line = found < 0 ? lines.length : found;
    const injured = `${injure(lines).join("\n")}${found < 0 ? "" : "\n"}`;
    writeFileSync(path, injured);
    const { code, stdout } = await threshold(world, ["incident", "verify", world.number]);
    expect([code, stdout]).toEqual([4, like(new RegExp(`^${world.number}: line ${line} `))]);
    const asJson = await threshold(world, ["incident", "verify", world.number, "--json"]);
    expect(asJson.code).toBe(4);
    expect(json(asJson.stdout)).toMatchObject({ v: 1, isWhole: false, lines: line - 1, fault: { line } });
    expect(readFileSync(path, "utf8")).toBe(injured);
  });

  test.for([
    ["is gone", (path: string) => rmSync(path)],
    ["was changed", (path: string) => writeFileSync(path, "another")],
  ] as const)("finds an attachment that %s, and shows its name safely", async ([, injure]) => {
    const world = worldWith(closed);
    const name = "paper\u001b[31m \u202egnp.png";
    await threshold(world, ["incident", "attach", world.number, put(world.tmp, name, png)]);
    const [stored = ""] = readdirSync(join(world.folder, "attachments"));
    injure(join(world.folder, "attachments", stored));
    const { code, stdout } = await threshold(world, ["incident", "verify", world.number]);
    expect([code, stdout]).toEqual([4, holding("paper gnp.png")]);
    expect(stdout).not.toMatch(unsafe);
  });
});

describe.concurrent("report", () => {
  test.for([
    ["a folder that is not there", (world: World) => join(world.tmp, "none", "report.pdf")],
    // Where such a folder is made without end by mkdir.
    [
      "a folder that cannot be there",
      () => (process.platform === "linux" ? "/proc/none/report.pdf" : "/dev/null/report.pdf"),
    ],
    ["a file in the place of a folder", (world: World) => join(put(world.tmp, "file", ""), "report.pdf")],
    [
      "a folder in the place of the file",
      (world: World) => (mkdirSync(join(world.tmp, "report.pdf")), join(world.tmp, "report.pdf")),
    ],
  ] as const)("to %s: exit code 6, and nothing is left behind", async ([, place]) => {
    const world = worldWith(closed);
    const out = place(world);
    const before = readdirSync(world.tmp);
    const { code, stdout, stderr } = await threshold(world, ["report", world.number, "--out", out]);
    expect([code, stdout, stderr]).toEqual([6, "", like(twoLines)]);
    expect(stderr).toContain(out);
    expect(stderr).toContain("--out FILE");
    expect(readdirSync(world.tmp)).toEqual(before);
  });

  test("goes where it is told, over a former one, for its owner alone", async () => {
    const world = worldWith(open);
    const out = put(world.tmp, "report.pdf", "a former one");
    const { code, stdout, stderr } = await threshold(world, ["report", world.number.slice(-4), "--out", out]);
    expect([code, stdout, stderr]).toEqual([0, `${out}\n`, ""]);
    const page = flat(await readWords(readFileSync(out)));
    expect(page).toContain(flat(words.report.open));
    expect(page).toContain(world.number);
  });

  test("of a broken journal says so, on the screen and on paper, and prints what stands before", async () => {
    const world = worldWith(closed);
    const path = join(world.folder, "journal.jsonl");
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(path, lines.toSpliced(7, 1).join("\n"));
    const { code, stdout, stderr } = await threshold(world, ["report", world.number]);
    expect([code, stderr]).toEqual([0, like(/line 8 /)]);
    const page = flat(await readWords(readFileSync(stdout.trim())));
    expect(page).toContain(stable(words.report.broken));
    expect(page).toMatch(/line 8 /);
    expect(page).not.toContain(stable(words.report.outcome));
  });

  test("of a journal in which nothing can be read ends with 4", async () => {
    const world = worldWith(closed);
    writeFileSync(join(world.folder, "journal.jsonl"), "gone\n");
    for (const args of [
      ["report", world.number],
      ["incident", "show", world.number],
    ]) {
      const { code, stderr } = await threshold(world, args);
      expect([code, stderr.split("\n").slice(-3).join("\n")]).toEqual([4, like(twoLines)]);
      expect(stderr).toContain(`incident verify ${world.number}`);
    }
  });
});

describe.concurrent("protocol, and templates of one's own", () => {
  test("list names the protocols, who read their words, and that nobody has approved them", async () => {
    const listed = await threshold(freshWorld(), ["protocol", "list"]);
    expect([listed.code, listed.stdout]).toEqual([0, like(/^nyc \d+\.\d+\.\d+ /m)]);
    for (const setting of Object.values(words.home.settings))
      expect(listed.stdout).toContain(`${setting}: ${words.protocol.unapproved}`);
    expect(listed.stdout).toContain(filled(words.protocol.readBy, { language: "English", who: "nobody yet" }));
    const lines = (await threshold(freshWorld(), ["protocol", "list", "--json"])).stdout.trimEnd().split("\n");
    expect(lines.map(json)).toContainEqual(
      expect.objectContaining({ id: "nyc", approved: false, settings: ["shelter", "school", "hospital"] }),
    );
  });

  test("lint finds no fault in what comes with the product, and gives its figures and what nobody has drilled", async () => {
    const { code, stdout, stderr } = await threshold(freshWorld(), ["protocol", "lint", "--undrilled"]);
    expect([code, stderr, stdout]).toEqual([0, "", like(/^nyc: .*\b3\b/m)]);
    expect(stdout).toMatch(
      /^ {2}English: \d+ steps \(1 written and not shown\), \d+ answers, \d+ walks; a call on screen 7 at the latest; hardest to say: \d\.\d \(\w+\)\.$/m,
    );
    const nyc = stdout.slice(stdout.search(/^nyc: /m)).split(/\n(?=[a-z-]+: )/)[0] ?? "";
    const left = Number(new RegExp(`^${stable(words.protocol.undrilled)} (\\d+)`, "m").exec(nyc)?.[1]);
    const ways = nyc.split("\n").filter((line) => /^ {2}\w+: \w+$/.test(line));
    expect(left).toBeGreaterThan(0);
    expect(ways).toHaveLength(left);
    // The shipped examples begin with agents who wait.
    expect(ways).not.toContain("  hold: waiting");
  }, 60_000);

  test("lint with an example that no longer fits names its line", async () => {
    const folder = join(freshFolder("templates"), "templates");
    cpSync(join(top, "templates"), folder, { recursive: true });
    put(
      folder,
      "answers/ours.jsonl",
      '{"threshold":"answers","v":1,"setting":"shelter"}\n{"step":"hold","answer":"lunch"}\n',
    );
    const { code, stderr } = await threshold(freshWorld(), ["protocol", "lint", folder]);
    expect([code, stderr]).toEqual([3, like(/ours\.jsonl:2: .*lunch/)]);
  });

  const approved = ["--setting", "shelter", "--by", "General Counsel, DSS", "--again", "2999-12-31"];
  type Listed = {
    readonly title: string;
    readonly languages: readonly { readonly hashes: { readonly shelter: string } }[];
  };
  const hashOf = async (world: World): Promise<string> => {
    const listed = json((await threshold(world, ["protocol", "list", "--json"])).stdout.split("\n")[0] ?? "") as Listed;
    return listed.languages[0]?.hashes.shelter ?? "";
  };
  const bannerOf = async (world: World): Promise<{ readonly banner: string; readonly opened: unknown }> => {
    const talk = openTalk(world, []);
    const { banner } = await talk.asked();
    talk.hangUp();
    await talk.over;
    const folder = join(world.data, "encounters", readdirSync(join(world.data, "encounters"))[0] ?? "");
    return { banner: banner?.join(" ") ?? "", opened: linesOf(folder)[0]?.entry.what };
  };

  test("approve writes down what was approved, by the hash on the walk, and every screen follows", async () => {
    const world = freshWorld({ site });
    const hash = await hashOf(world);
    const walked = await threshold(world, ["protocol", "walk", "nyc", "--setting", "shelter"]);
    expect(walked.stdout.replaceAll(/\s/g, "")).toContain(hash);
    const hashWords = `${hash.slice(0, 8)} ${hash.slice(8, 16)}`.toUpperCase();
    const said = await threshold(world, ["protocol", "approve", ...approved, "--yes", "--hash", hashWords]);
    expect([said.code, said.stdout]).toEqual([0, ""]);
    const path = join(world.data, "approvals.json");
    for (const told of [hash, filled(words.protocol.approve.claim, { path }), "nyc", "en"])
      expect(flat(said.stderr)).toContain(told);
    expect(json(readFileSync(path, "utf8"))).toMatchObject({
      v: 1,
      approvals: [{ protocol: "nyc", setting: "shelter", language: "en", hash, by: "General Counsel, DSS" }],
    });
    const listed = (await threshold(world, ["protocol", "list"])).stdout;
    expect(listed).toContain(`${words.home.settings.shelter}: Approved by General Counsel, DSS on`);
    expect(listed).toContain(`${words.home.settings.school}: ${words.protocol.unapproved}`);
    const { banner, opened } = await bannerOf(world);
    expect(banner).toBe(words.guide.readable);
    expect(opened).toMatchObject({
      protocol: { approval: { state: "approved", by: "General Counsel, DSS", again: "2999-12-31" } },
    });
  });

  test("another language is approved after the English that its record is kept in", async () => {
    const world = freshWorld({ site });
    const inSpanish = ["protocol", "approve", ...approved, "--yes", "--lang", "es"];
    const refused = await threshold(world, inSpanish);
    expect([refused.code, refused.stderr]).toEqual([2, like(/English words of nyc for a shelter[^]*--lang en/)]);
    expect(existsSync(join(world.data, "approvals.json"))).toBe(false);
    expect(await threshold(world, ["protocol", "approve", ...approved, "--yes"])).toMatchObject({ code: 0 });
    expect(await threshold(world, inSpanish)).toMatchObject({ code: 0 });
    expect(json(readFileSync(join(world.data, "approvals.json"), "utf8"))).toMatchObject({
      approvals: [{ language: "en" }, { language: "es" }],
    });
  });

  const record = { protocol: "nyc", version: "0.1.0", setting: "shelter", language: "en", by: "General Counsel, DSS" };
  const listOf = (hash: string, on: string, again: string) =>
    JSON.stringify({ v: 1, approvals: [{ ...record, hash, on, again }] });
  test.for([
    ["nobody has", () => undefined, "unapproved", () => words.guide.unapproved],
    [
      "another has been",
      () => listOf("0".repeat(64), "2001-01-01", "2999-12-31"),
      "changed",
      () => words.guide.changed,
    ],
    [
      "the day has passed",
      (hash: string) => listOf(hash, "2001-01-01", "2001-02-03"),
      "overdue",
      () => filled(words.guide.overdue, { date: "February 3, 2001" }),
    ],
    ["the list is broken", () => "{", "unapproved", () => stable(words.guide.approvalsProblem)],
  ] as const)("every screen and the record say how the words stand when %s", async ([, file, state, line]) => {
    const world = freshWorld({ site });
    const list = file(await hashOf(world));
    if (list !== undefined) put(world.data, "approvals.json", list);
    const { banner, opened } = await bannerOf(world);
    expect(banner).toContain(line());
    expect(opened).toMatchObject({ protocol: { approval: { state } } });
  });

  test("an approval that came with a site's own templates counts for them, and for nothing else", async () => {
    const folder = templatesWith(["protocols/nyc.en.yaml", /^title: .*$/m, "title: Our own words"]);
    const world = freshWorld({ site: `${site}templates: ${folder}\n` });
    const lines = (await threshold(world, ["protocol", "list", "--json"])).stdout.trimEnd().split("\n");
    const own = lines.map((line) => json(line) as Listed).find(({ title }) => title === "Our own words");
    put(folder, "approvals.json", listOf(own?.languages[0]?.hashes.shelter ?? "", "2001-01-01", "2999-12-31"));
    expect((await bannerOf(world)).banner).toBe(words.guide.readable);
    expect((await bannerOf(freshWorld({ site }))).banner).toContain(words.guide.unapproved);
  });

  test("walk and print write where they are told: a PDF, an SVG, lines of text", async () => {
    const world = freshWorld({ site });
    const step = shelter.steps["hold"];
    for (const [name, begins] of [
      ["walk.pdf", "%PDF-"],
      ["walk.txt", ""],
    ] as const) {
      const out = join(world.tmp, name);
      const { code, stdout } = await threshold(world, ["protocol", "walk", "--out", out]);
      expect([code, stdout]).toEqual([0, `${out}\n`]);
      expect(readFileSync(out, "latin1").startsWith(begins)).toBe(true);
    }
    expect(flat(readFileSync(join(world.tmp, "walk.txt"), "utf8"))).toContain(flat(step?.ask ?? ""));
    const [wall, lines] = [join(world.tmp, "wall.svg"), join(world.tmp, "wall.txt")];
    for (const out of [wall, lines])
      expect(await threshold(world, ["protocol", "print", "--out", out])).toMatchObject({
        code: 0,
        stdout: `${out}\n`,
      });
    expect(readFileSync(wall, "utf8")).toMatch(/^<svg /);
    expect(readFileSync(wall, "utf8")).toContain(words.chart.mark);
    expect((await threshold(world, ["protocol", "print"])).stdout).toBe(readFileSync(lines, "utf8"));
    const nowhere = await threshold(world, ["protocol", "print", "--out", join(world.tmp, "none", "wall.svg")]);
    expect([nowhere.code, nowhere.stderr]).toEqual([6, like(twoLines)]);
    await threshold(world, ["protocol", "approve", ...approved, "--yes"]);
    await threshold(world, ["protocol", "print", "--out", wall]);
    expect(readFileSync(wall, "utf8")).not.toContain(words.chart.mark);
  });

  test("a request from afar begins where the protocol says", async () => {
    const world = freshWorld({ site });
    const talk = openTalk(world, ["--request"]);
    expect((await talk.asked()).question.step).toBe(shelter.request);
    talk.hangUp();
    await talk.over;
  });

  test.for([
    ["a step that leads nowhere", "protocols/nyc.yaml", "reached: ask_id,", "reached: nowhere,", "reached: ask_id,"],
    ["a key nobody knows", "protocols/nyc.yaml", "kind: ask", "kind: ask\n    colour: red", "kind: ask"],
    [
      "what is no YAML",
      "protocols/nyc.en.yaml",
      "ask: What are the agents doing?",
      "ask: What: are: they",
      "ask: What are",
    ],
    // The word that is not there stands nowhere: the line is that of the words it belongs to.
    ["a missing word", "words/en.yaml", '  paused: "All', '  pausd: "All', "\nfinish:"],
  ] as const)(
    "with %s: the file and the line, exit code 3, before any record",
    async ([, name, right, wrong, place]) => {
      const folder = join(freshFolder("templates"), "templates");
      cpSync(join(top, "templates"), folder, { recursive: true });
      const path = join(folder, name);
      const text = readFileSync(path, "utf8");
      expect(text).toContain(right);
      writeFileSync(path, text.replace(right, wrong));
      const world = freshWorld();
      const linted = await threshold(world, ["protocol", "lint", folder]);
      expect(linted.code).toBe(3);
      expect(`${linted.stdout}${linted.stderr}`).toMatch(new RegExp(`${path.replaceAll(".", "\\.")}:\\d+: `));
      const file = put(world.tmp, "answers.jsonl", '{"step":"hold","answer":"waiting"}\n');
      const ran = await threshold(world, [
        "encounter",
        "--setting",
        "shelter",
        "--templates",
        folder,
        "--answers",
        file,
      ]);
      expect([ran.code, ran.stderr]).toEqual([3, like(twoLines)]);
      const line = text.slice(0, text.indexOf(place) + 1).split("\n").length;
      const told = Number(new RegExp(`${path.replaceAll(".", "\\.")}:(\\d+): `).exec(ran.stderr)?.[1]);
      expect(Math.abs(told - line)).toBeLessThanOrEqual(1);
      expect(touched(world)).toEqual([]);
    },
  );

  test("with words of its own guides by them, and the record keeps them", async () => {
    const folder = join(freshFolder("templates"), "templates");
    cpSync(join(top, "templates"), folder, { recursive: true });
    const path = join(folder, "protocols", "nyc.en.yaml");
    const own = "ask: What do you see them do?";
    writeFileSync(path, readFileSync(path, "utf8").replace("ask: What are the agents doing?", own));
    const world = freshWorld({ site: `${site}templates: ${folder}\n` });
    const talk = openTalk(world, []);
    expect((await talk.asked()).question.ask).toBe("What do you see them do?");
    talk.hangUp();
    await talk.over;
    rmSync(folder, { recursive: true });
    const again = openTalk({ ...world, env: { ...world.env } }, ["--resume"]);
    expect((await again.asked()).question.ask).toBe("What do you see them do?");
    again.hangUp();
    await again.over;
  });
});

describe("text that nobody would wish on a terminal", () => {
  const odd = {
    escapes: "red \u001b[31m and \u001b]0;title\u0007 and \u009b2J and \u0000\u0007\u007f end",
    long: "five thousand ".repeat(357).trim(),
    emoji: "a family 👩‍👩‍👧 and a flag 🇺🇸",
    turned: "مرحبا، \u202eevil\u202c \u2066inside\u2069 שלום",
    chinese: "请等一下，我在给法律办公室打电话",
    lines: "one\r\ntwo\tthree\u2028four",
  };
  const kept = Object.values(odd);

  test("is stored as it came, and shown safely", async () => {
    expect(odd.long.length).toBeGreaterThanOrEqual(4_990);
    const world = freshWorld({ site });
    const talk = openTalk(world, []);
    await play(talk, i200, "call_lead");
    for (const note of kept) {
      talk.send({ step: "call_lead", note });
      await talk.asked();
    }
    talk.send({ step: "call_lead", answer: "reached" });
    await play(
      talk,
      {
        ...i200,
        staffPresent: odd.turned,
        reason: odd.escapes,
        askedFor: odd.long,
        replied: odd.chinese,
        agency: odd.emoji,
      },
      "name",
    );
    talk.hangUp();
    await talk.over;
    expect(await threshold(world, ["note"], odd.escapes)).toMatchObject({ code: 0 });
    const number = readdirSync(join(world.data, "encounters"))[0] ?? "";
    const said = linesOf(join(world.data, "encounters", number)).map(({ entry }) => entry.what);
    expect(said.flatMap((what) => (what.type === "noted" ? [what.text] : []))).toEqual([...kept, odd.escapes]);
    const fields = said.flatMap((what) =>
      what.type === "recorded" ? Object.values(what.fields).map(({ value }) => value) : [],
    );
    expect(fields).toEqual(expect.arrayContaining([odd.turned, odd.escapes, odd.long, odd.chinese, odd.emoji]));

    const correction = [
      "correct",
      number,
      "reason",
      "--value",
      odd.escapes.replaceAll("\0", ""),
      "--reason",
      odd.turned,
    ];
    const commands = [
      ["incident", "show", number],
      ["incident", ...correction],
      ["incident", "list"],
      ["incident", "verify", number],
      ["report", number],
      ["setup", "--name", "Maple \u001b[31m\u009b2J \u202eteertS"],
      ["setup", "--print"],
    ];
    for (const args of commands) {
      const { code, stdout, stderr } = await threshold(world, args);
      expect([args[0], args[1], code]).toEqual([args[0], args[1], 0]);
      expect(`${stdout}${stderr}`.replaceAll("\n", "").match(unsafe)?.index, `${args[0]} ${args[1]}`).toBeUndefined();
    }
    for (const args of [
      ["incident", "show", number, "--json"],
      ["setup", "--print", "--json"],
    ]) {
      const { stdout } = await threshold(world, args);
      expect(stdout.replaceAll("\n", "").match(/[\u0000-\u001f\u007f-\u009f]/)?.index, args.join(" ")).toBeUndefined();
      expect(JSON.stringify(json(stdout))).toContain("[31m");
    }
    const shown = await threshold(world, ["incident", "show", number]);
    for (const part of [odd.long, odd.emoji, odd.chinese, "مرحبا", "שלום", "red"]) expect(shown.stdout).toContain(part);
    const page = flat(await readWords(readFileSync(join(world.data, "encounters", number, `incident-${number}.pdf`))));
    expect(page.split("five thousand").length).toBeGreaterThan(357);
    expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
  }, 60_000);
});
