import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Problem } from "../src/core/problem.ts";
import { asShown, forTraits, type Protocol } from "../src/core/protocol.ts";
import { settings, type Trait } from "../src/core/settings.ts";
import { type FirstProtocol, type FirstWords, protocolPath } from "../src/shell/compiled.ts";
import { openProtocol, openWhole, protocolLanguages } from "../src/shell/library.ts";
import { compileTemplates, templateFaults } from "../src/shell/templates.ts";
import { readWords } from "./support/pdf-text.ts";
import { type Desk, openProgram } from "./support/program-desk.ts";
import { filled, flat, protocolFor, words } from "./support/program-words.ts";
import { freshWorld, linesOf, node, onlyEncounter, type World } from "./support/program-world.ts";
import { everythingUnder, freshFolder, put, top } from "./support/shell-folders.ts";
import { addLanguage, dotted, fileOf, productOf } from "./support/shell-languages.ts";
import { isBuilt, run } from "./support/shell-program.ts";
import { templatesWith, told } from "./support/shell-templates.ts";

// A language is added by adding its files. These tests add one that nobody speaks.

/** A folder of templates with the language xx, and a fault put into it. */
function withFault(breakIt: (folder: string) => void): string {
  const folder = templatesWith();
  addLanguage(folder, "xx");
  breakIt(folder);
  return folder;
}

function edit(path: string, find: RegExp, by: string): void {
  const text = readFileSync(path, "utf8");
  if (!find.test(text)) throw new Error(`${path} holds nothing like ${String(find)}`);
  writeFileSync(
    path,
    text.replace(find, () => by),
  );
}

/** Every fault, as file and sentence; a fault that stops the reading too. */
function faultsIn(folder: string): readonly (readonly [file: string, says: string])[] {
  const say = (message: string, hint?: string) => {
    const { file, says } = told(folder, message, hint);
    return [file, says.replaceAll(folder, "FOLDER")] as const;
  };
  try {
    return templateFaults(folder).map(({ message, hint }) => say(message, hint));
  } catch (error) {
    if (error instanceof Problem) return [say(error.message, error.hint)];
    throw error;
  }
}

const xx = (folder: string, kind: "protocols" | "words" | "languages") => fileOf(folder, kind, "xx");

describe("what a language lacks is named, with its file", () => {
  test.each<[string, (folder: string) => void, file: string, says: string | RegExp]>([
    [
      "no other words",
      (folder) => rmSync(xx(folder, "words")),
      "words/xx.yaml",
      "is not there, and protocols/nyc.xx.yaml needs it",
    ],
    [
      "nothing about the language",
      (folder) => rmSync(xx(folder, "languages")),
      "languages/xx.yaml",
      "is not there, and protocols/nyc.xx.yaml needs it",
    ],
    [
      "a word of the screen",
      (folder) => edit(xx(folder, "words"), /^ {2}paused: .*\n(?: {4}.*\n)*/m, ""),
      "words/xx.yaml",
      "finish.paused: invalid input: expected string, received undefined",
    ],
    [
      "a place in a sentence",
      (folder) => edit(xx(folder, "words"), /(?<=^ {2}sinceOpened: .*)\{time\}/m, ""),
      "words/xx.yaml",
      "screen.sinceOpened: must hold {time}",
    ],
    [
      "words for the report, which is in English",
      (folder) => writeFileSync(xx(folder, "words"), `${readFileSync(xx(folder, "words"), "utf8")}report: {}\n`),
      "words/xx.yaml",
      'unrecognized key: "report"',
    ],
    [
      "the words of a field",
      (folder) => edit(xx(folder, "words"), /^ {2}arrivedAt:$/m, "  arrivedAtt:"),
      "words/xx.yaml",
      'the field "arrivedAt" has no words',
    ],
    [
      "the words of an answer",
      (folder) => edit(xx(folder, "protocols"), /(?<=^ {2}hold:\n(?: {4}.*\n)*?) {6}waiting: .*\n/m, ""),
      "protocols/nyc.xx.yaml",
      'answer "waiting" of step "hold" has no words',
    ],
    [
      "its own name among the words of the protocol",
      (folder) => edit(xx(folder, "protocols"), /^language: xx$/m, "language: en"),
      "protocols/nyc.xx.yaml",
      'the language is called "en", its file "xx"',
    ],
    [
      "its own name",
      (folder) => edit(xx(folder, "languages"), /^language: xx$/m, "language: yy"),
      "languages/xx.yaml",
      'the language is called "yy", its file "xx"',
    ],
    [
      "a sentence that English says",
      (folder) => edit(xx(folder, "protocols"), /(?<=^ {2}hold:\n(?: {4}.*\n)*? {4}say: [^.]*\. )[^.]*\. /m, ""),
      "protocols/nyc.xx.yaml",
      /^what step "hold" says has \d sentences in English and \d in /,
    ],
    [
      "the care that every language must take",
      (folder) => edit(xx(folder, "protocols"), /(?<=^ {2}hold:\n(?: {4}.*\n)*? {6}waiting: )/m, dotted("Valid. ")),
      "protocols/nyc.xx.yaml",
      /^answer "waiting" of step "hold" holds "Välïd" \(deciding\)$/,
    ],
  ])("%s", (_, breakIt, file, says) => {
    const found = faultsIn(withFault(breakIt));
    expect(found[0]?.[0]).toBe(file);
    expect(found[0]?.[1]).toMatch(typeof says === "string" ? new RegExp(`^${RegExp.escape(says)}$`) : says);
    expect(() => compileTemplates(withFault(breakIt))).toThrow(Problem);
  });

  test("what its files share with English is told once", () => {
    const folder = withFault((made) => edit(join(made, "protocols/nyc.yaml"), /role: backup/, "role: bakup"));
    expect(faultsIn(folder)).toEqual([["protocols/nyc.yaml", 'there is no role "bakup"']]);
  });

  test("what is wrong with a kind of paper is told with its own file", () => {
    const folder = templatesWith(["instruments/judicial_search_warrant.yaml", /^family: court$/m, "family: agency"]);
    expect(faultsIn(folder).map(([file]) => file)).toContain("instruments/judicial_search_warrant.yaml");
  });

  test("words without a protocol are no language yet, and no fault", () => {
    const folder = templatesWith();
    addLanguage(folder, "xx", ["protocols"]);
    put(folder, "words/yy.yaml", "half: written\n");
    expect(faultsIn(folder)).toEqual([]);
    expect(compileTemplates(folder).files.map(({ path }) => path)).toEqual(
      compileTemplates(templatesWith()).files.map(({ path }) => path),
    );
  });
});

describe("a language that is whole", () => {
  let folder: string;
  let files: ReadonlyMap<string, string>;
  const read = (path: string): unknown => JSON.parse(files.get(path) ?? "null");
  const protocol = (setting: string, language: string) => read(protocolPath("nyc", setting, language)) as Protocol;

  beforeAll(() => {
    folder = templatesWith();
    addLanguage(folder, "xx");
    files = new Map(compileTemplates(folder).files.map(({ path, bytes }) => [path, bytes]));
  });

  test("is compiled for every setting, and changes nothing of the English", () => {
    for (const setting of settings) {
      const [english, shown] = [protocol(setting, "en"), protocol(setting, "xx")];
      expect(shown).toMatchObject({ language: "xx", steps: english.steps, roles: english.roles });
      expect(asShown(shown).steps["hold"]?.say).toBe(dotted(english.steps["hold"]?.say ?? ""));
      expect(english.shown).toBeUndefined();
    }
    const before = new Map(compileTemplates(templatesWith()).files.map(({ path, bytes }) => [path, bytes]));
    for (const setting of settings)
      expect(files.get(protocolPath("nyc", setting, "en"))).toBe(before.get(protocolPath("nyc", setting)));
  });

  test("has the words of the screen, and with them what is printed in English", () => {
    const [english, shown] = [read("words.en.json"), read("words.xx.json")] as [Shown, Shown];
    expect(shown.home.here).toBe(dotted(english.home.here));
    expect(shown.report).toEqual(english.report);
    expect(Object.keys(shown).toSorted()).toEqual(Object.keys(english).toSorted());
  });

  type Shown = { readonly home: { readonly here: string }; readonly report: unknown };

  test("stands in the first words, with what the first menu calls it", () => {
    const first = read("first.json") as FirstWords;
    const missing: FirstProtocol = { canRequest: false, langs: {}, hashes: {} };
    expect(Object.keys(first.langs)).toEqual(["en", "xx"]);
    expect(first.langs["xx"]?.choice).toBe(dotted("In English"));
    expect(first.langs["xx"]?.english).toBe(dotted("ENGLISH"));
    expect(first.langs["en"]?.english).toBeUndefined();
    const { langs, hashes } = first.protocols["nyc"] ?? missing;
    expect(langs["xx"]?.settings["school"]?.say).toBe(dotted(langs["en"]?.settings["school"]?.say ?? ""));
    expect(Object.keys(hashes).toSorted()).toEqual(
      settings.flatMap((setting) => [`${setting}.en`, `${setting}.xx`]).toSorted(),
    );
    expect(new Set(Object.values(hashes)).size).toBe(6);
  });

  test("is what is listed", async () =>
    expect([await protocolLanguages("nyc", folder), await protocolLanguages("nyd", folder)]).toEqual([
      ["en", "xx"],
      [],
    ]));
});

describe("a protocol from the shelf", () => {
  let folder: string;
  beforeAll(() => {
    folder = templatesWith();
    addLanguage(folder, "xx");
  });

  test("is as it is for the place; what was approved is the same for every place", async () => {
    const whole = await openWhole("nyc", "shelter", { folder });
    const plain = await openProtocol("nyc", "shelter", { folder });
    const [trait] = Object.keys(whole.protocol.traits ?? {}) as [Trait];
    const other = await openProtocol("nyc", "shelter", { folder, traits: [trait] });
    expect(plain.protocol).toEqual(forTraits(whole.protocol));
    expect(Buffer.compare(plain.bytes, whole.bytes)).toBe(0);
    expect([plain.hash, plain.contentHash, other.contentHash]).toEqual([whole.hash, whole.hash, whole.hash]);
    expect(other.protocol).toEqual(forTraits(whole.protocol, [trait]));
    expect(JSON.parse(Buffer.from(other.bytes).toString("utf8"))).toEqual(other.protocol);
    expect(other.hash).not.toBe(whole.hash);
    expect(other.protocol.traits).toBeUndefined();
  });

  test("in another language has other bytes, and English under them", async () => {
    const { protocol, contentHash } = await openProtocol("nyc", "school", { folder, language: "xx" });
    const english = await openProtocol("nyc", "school", { folder });
    expect([protocol.language, english.protocol.language]).toEqual(["xx", "en"]);
    expect(protocol.steps).toEqual(english.protocol.steps);
    expect(contentHash).not.toBe(english.contentHash);
  });

  test.each<[string, string, string, RegExp, RegExp]>([
    [
      "a language that is not there",
      "nyc",
      "yy",
      /in "yy": FOLDER.protocols.nyc\.yy\.yaml is not there$/,
      /^it is there in: en, xx;/,
    ],
    ["a protocol that is not there", "nyd", "en", /^there is no protocol "nyd" for a shelter$/, /FOLDER/],
  ])("%s", async (_, id, language, says, hint) => {
    const problem = await openProtocol(id, "shelter", { folder, language }).catch((error: unknown) => error);
    if (!(problem instanceof Problem)) throw problem;
    expect(problem.code).toBe("template");
    expect(problem.message.replaceAll(folder, "FOLDER")).toMatch(says);
    expect(problem.hint?.replaceAll(folder, "FOLDER")).toMatch(hint);
  });

  test("a fault in another language or protocol of a site's own stops nobody", async () => {
    const own = withFault((made) => rmSync(xx(made, "words")));
    put(own, "protocols/ours.yaml", "half: written\n");
    expect((await openProtocol("nyc", "shelter", { folder: own })).protocol.language).toBe("en");
    await expect(openProtocol("nyc", "shelter", { folder: own, language: "xx" })).rejects.toThrow("words");
  });
});

const shelter = protocolFor("shelter");

describe.skipIf(!isBuilt)(
  "the program in a language that was added by its files alone (where it has been built)",
  () => {
    let launcher: string;
    beforeAll(() => {
      const own =
        "I am not authorized to let you {past}. I am calling our legal office soon. Please wait {waitingPlace}.";
      const differing = `    contracted: { say: "${own}" }\n`;
      const folder = templatesWith([
        "protocols/nyc.en.yaml",
        /(?<=^ {2}hold:\n(?: {4}.*\n)*?)(?= {4}hospital:)/m,
        differing,
      ]);
      addLanguage(folder, "xx");
      launcher = productOf(folder);
    }, 60_000);

    const ran = (world: World, args: readonly string[], input?: string) =>
      run(node, [launcher, ...args], { env: world.env, ...(input !== undefined && { input }) });
    const desk = (world: World, ...args: readonly string[]) => openProgram(world, launcher, ...args);
    const painted = ({ bytes }: Desk) =>
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
      flat((bytes.split("\u001b[H\u001b[J")[0] ?? "").replace(/\u001b\[[0-9;?]*[A-Za-z]/g, ""));
    const answers = join(top, "templates", "answers", "shelter-i200.jsonl");
    const first = (): { readonly say: string; readonly values: Readonly<Record<string, string>> } => {
      const words = JSON.parse(
        readFileSync(join(dirname(launcher), "..", "dist", "templates", "first.json"), "utf8"),
      ) as FirstWords;
      return words.protocols["nyc"]?.langs["en"]?.settings["shelter"] ?? { say: "", values: {} };
    };
    const said = () => flat(first().say.replace(/\{(\w+)\}/g, (_, name: string) => first().values[name] ?? ""));

    test("guides through a whole encounter from a file of answers, and reports in English", async () => {
      const world = freshWorld();
      const out = join(freshFolder(), "report.pdf");
      const { code, stdout, stderr } = await ran(world, [
        "encounter",
        "--lang",
        "xx",
        "--answers",
        answers,
        "--out",
        out,
      ]);
      expect([code, stdout]).toEqual([0, `${out}\n`]);
      expect(stderr).toContain(dotted(words.finish.report));
      const entries = linesOf(onlyEncounter(world.data)).map(({ entry }) => entry.what);
      expect(entries[0]).toMatchObject({ type: "opened", language: "xx" });
      const shown = entries.flatMap((what) => (what.type === "answered" ? [what.shown.ask] : []));
      expect(shown.filter((ask) => /[aeiou]/.test(ask))).toEqual([]);
      const page = flat(await readWords(readFileSync(out)));
      const hold = shelter.steps["hold"];
      const label = (hold?.kind === "ask" && hold.answers.find(({ id }) => id === "waiting")?.label) || "";
      expect(page).toContain(flat(label));
      expect(page).not.toContain(flat(dotted(label)));
      expect(JSON.parse(readFileSync(join(onlyEncounter(world.data), "protocol.json"), "utf8"))).toMatchObject({
        language: "xx",
      });
    });

    test("a request from afar is told in it to the end: whom to tell, and what is missing", async () => {
      const world = freshWorld();
      const rest = { fields: {}, rest: "notAsked" };
      const replies = [
        { step: "request", answer: "email" },
        { step: "request_written", answer: "done" },
        { step: "request_privacy", answer: "unreached" },
        { step: "request_counsel", answer: "reached" },
        { step: "request_done", answer: "done" },
        ...["rec_request", "rec_request_given", "rec_author"].map((step) => ({ step, ...rest })),
        { step: "tell_privacy", answer: "reached" },
        { step: "hand_on", answer: "done" },
        { step: "end", answer: "done" },
      ];
      const file = put(freshFolder(), "request.jsonl", replies.map((reply) => JSON.stringify(reply)).join("\n"));
      const args = ["encounter", "--request", "--setting", "shelter", "--lang", "xx", "--answers", file];
      const { code, stderr } = await ran(world, args);
      expect([code, stderr]).toEqual([0, expect.stringContaining(dotted(words.record["requestAt"]?.label ?? ""))]);
      expect(stderr).toContain(dotted(shelter.values["contact.privacyOfficer"] ?? ""));
      expect(stderr).not.toContain(words.record["requestAt"]?.label);
      expect(linesOf(onlyEncounter(world.data)).at(-1)?.entry.what).toMatchObject({
        type: "ended",
        missing: expect.arrayContaining([words.record["requestAt"]?.label]) as readonly string[],
      });
    });

    test.each<[string, readonly string[], string]>([
      ["the site's language", [], "setting: shelter\nlanguage: xx\n"],
      ["--lang", ["--lang", "xx"], "setting: shelter\n"],
      ["--lang=", ["--lang=xx"], "setting: shelter\n"],
      ["--lang before a command", ["--lang", "xx", "encounter"], "setting: shelter\n"],
      ["--lang after it", ["encounter", "--lang", "xx"], "setting: shelter\n"],
    ])("paints its first words at once, and the English under them: %s", async (_, args, site) => {
      const world = freshWorld({ site });
      await ran(world, ["setup", "--print"]); // makes site.json, which the launcher reads
      const screen = desk(world, ...args);
      await screen.until(() => screen.bytes.includes("\u001b[H\u001b[J"), "the program's own screen");
      const text = painted(screen);
      expect(text).toContain(`"${dotted(said())}"`);
      expect(text).toContain(`${dotted("ENGLISH")} "${said()}"`);
      await screen.sees(`"${dotted(said())}"`, `${dotted("ENGLISH")} "${said()}"`);
      screen.end();
    });

    test.each<[string, string, readonly string[]]>([
      ["in another language", "setting: shelter\nlanguage: xx\n", []],
      ["in English", "setting: school\nname: Oak\n", ["Oak"]],
      [
        "a place with words of its own, in both",
        "setting: shelter\nlanguage: xx\nwaitingPlace: by the blue door\nspoken: { xx: { waitingPlace: by thë dööt } }\n",
        ["by thë dööt", "by the blue door"],
      ],
      [
        "a place with a trait that changes the words",
        "setting: shelter\ntraits: [contracted]\n",
        ["legal office soon"],
      ],
      [
        "the same in another language",
        "setting: shelter\ntraits: [contracted]\nlanguage: xx\n",
        [dotted("legal office soon")],
      ],
      ["a trait that changes nothing", "setting: school\ntraits: [youth]\n", []],
    ])("the launcher paints what the program then draws, line for line: %s", async (_, site, held) => {
      const world = freshWorld({ site });
      await ran(world, ["setup", "--print"]);
      const screen = desk(world);
      await screen.until(() => screen.bytes.includes("\u001b[H\u001b[J"), "the program's own screen");
      const lines = (screen.bytes.split("\u001b[H\u001b[J")[0] ?? "")
        // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
        .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "")
        .split(/\r?\n/)
        .map((line) => line.trimEnd());
      await screen.sees("> ");
      const said = lines.slice(lines.findIndex((line) => line.includes('"')));
      const drawn = screen.lines.slice(screen.lines.findIndex((line) => line.includes('"')));
      const rows = said.findLastIndex((line) => line !== "") + 1;
      expect(rows).toBeGreaterThan(4);
      expect(drawn.slice(0, rows)).toEqual(said.slice(0, rows));
      for (const words of held) expect(painted(screen)).toContain(words);
      screen.end();
    });

    test("one digit on the first menu shows it in the language, and what follows is in it", async () => {
      const world = freshWorld({ site: "setting: shelter\n" });
      const screen = desk(world);
      await screen.sees(`4 ${dotted("In English")}`);
      await screen.press("4");
      await screen.sees(dotted(words.home.ask), "4 In English");
      await screen.press("1");
      await screen.sees(dotted(shelter.steps["hold"]?.ask ?? ""));
      screen.send("\u0003");
      await screen.exit;
      expect(linesOf(onlyEncounter(world.data))[0]?.entry.what).toMatchObject({ type: "opened", language: "xx" });
    });

    test("an encounter is gone on with in the language it was opened in", async () => {
      const world = freshWorld({ site: "setting: shelter\n" });
      const file = put(world.tmp, "answers.jsonl", '{"step":"hold","answer":"waiting"}\n');
      await ran(world, ["encounter", "--lang", "xx", "--answers", file]);
      const screen = desk(world, "encounter", "--resume");
      await screen.sees(dotted(shelter.steps["call_lead"]?.ask ?? ""), dotted("ENGLISH"));
      screen.end();
      const other = freshWorld({ site: "setting: shelter\nlanguage: xx\n" });
      await ran(other, [
        "encounter",
        "--lang",
        "en",
        "--answers",
        put(other.tmp, "a.jsonl", '{"step":"hold","answer":"waiting"}\n'),
      ]);
      const english = desk(other, "encounter", "--resume");
      await english.sees(shelter.steps["call_lead"]?.ask ?? "");
      expect(english.text).not.toMatch(/[äëïöü]/);
      english.end();
    });

    test.each<[string, readonly string[], RegExp, RegExp]>([
      ["encounter", ["encounter", "--lang", "yy"], /^threshold: error: there are no words in "yy"$/m, /in: en, xx$/m],
      ["home", ["--lang", "yy"], /there are no words in "yy"$/m, /in: en, xx$/m],
      ["note", ["note", "--lang", "yy"], /there are no words in "yy"$/m, /in: en, xx$/m],
      ["check", ["--lang=yy", "check", "--answers", "agency"], /there are no words in "yy"$/m, /in: en, xx$/m],
      ["setup", ["setup", "--language", "yy"], /there are no words in "yy"$/m, /in: en, xx$/m],
      ["no language at all", ["--lang"], /argument missing$/m, /--help$/m],
    ])("a language without words is refused: %s", async (_, args, error, hint) => {
      const world = freshWorld();
      const { code, stdout, stderr } = await ran(world, args);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(error);
      expect(stderr).toMatch(hint);
      expect(existsSync(world.data)).toBe(false);
    });

    test("a language that the site asks for and nobody wrote leaves nobody without a guide", async () => {
      const world = freshWorld({ site: "setting: shelter\nlanguage: yy\n" });
      const screen = desk(world, "encounter");
      await screen.sees('"yy"', shelter.steps["hold"]?.ask ?? "");
      screen.end();
      const own = templatesWith();
      const mixed = freshWorld({ site: `setting: shelter\nlanguage: xx\ntemplates: ${own}\n` });
      const guided = desk(mixed, "encounter");
      await guided.sees('has no words in "xx"', shelter.steps["hold"]?.ask ?? "");
      guided.end();
      const asked = await ran(mixed, ["encounter", "--lang", "xx", "--answers", put(mixed.tmp, "a.jsonl", "")]);
      expect([asked.code, asked.stderr]).toEqual([3, expect.stringContaining(join(own, "protocols", "nyc.xx.yaml"))]);
    });

    test("check, note and setup talk in it too", async () => {
      const world = freshWorld({ site: "setting: shelter\nlanguage: xx\n" });
      const checked = await ran(world, ["check", "--answers", "agency,arrest,officer"]);
      expect(checked.stdout).not.toMatch(/[aeiou]/i);
      const saved = await ran(world, ["setup", "--desk", "Front"]);
      const path = join(world.data, "site.yaml");
      expect([saved.code, saved.stderr]).toEqual([0, `${filled(dotted(words.setup.saved), { path })}\n`]);
      await ran(world, ["encounter", "--answers", put(world.tmp, "a.jsonl", '{"step":"hold","answer":"waiting"}\n')]);
      const noted = await ran(world, ["note"], "a second car came\n");
      expect([noted.code, noted.stderr]).toEqual([0, `${filled(dotted(words.note.added), { n: "4" })}\n`]);
      expect(basename(launcher)).toBe("threshold.js");
      expect(everythingUnder(world.data)).toContain("a second car came");
    });
  },
);
