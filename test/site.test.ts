import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Problem } from "../src/core/problem.ts";
import type { Site } from "../src/core/site.ts";
import { siteTitle, siteValues } from "../src/core/site-words.ts";
import { isSetUp, openSite, openSiteOrNone, saveSite } from "../src/shell/site-file.ts";
import { readWords } from "./support/pdf-text.ts";
import { everythingUnder, filesUnder, freshFolder, put } from "./support/shell-folders.ts";
import { isBuilt, launcher, onTerminal, threshold } from "./support/shell-program.ts";

const maple: Site = {
  code: "M7",
  name: "Maple Street Shelter",
  setting: "shelter",
  agency: "Department of Homeless Services",
  address: "12 Maple Street",
  timeZone: "America/New_York",
  waitingPlace: "in the lobby",
  past: "past this door",
  desk: "front desk",
  areas: [
    { name: "the lobby", public: true },
    { name: "the rooms and offices", public: false },
    { name: "the kitchen", public: false },
  ],
  contacts: { lead: { who: "Shift supervisor", phone: "212-555-0142" }, counsel: { who: "Legal office" } },
};

function dataWith(yaml: string | Uint8Array): string {
  const data = freshFolder("site");
  put(data, "site.yaml", yaml);
  return data;
}

const jsonOf = (data: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(data, "site.json"), "utf8")) as Record<string, unknown>;

async function refusal(data: string): Promise<readonly (string | undefined)[]> {
  try {
    await openSite(data);
  } catch (error) {
    if (error instanceof Problem)
      return [error.code, error.message.replace(join(data, "site.yaml"), "site.yaml"), error.hint];
    throw error;
  }
  throw new Error("the site was opened");
}

describe("the two files", () => {
  test("nothing is set up: an empty site, and nothing is written", async () => {
    const data = join(freshFolder("site"), "data");
    expect([await openSite(data), await openSiteOrNone(data), isSetUp(data)]).toEqual([{}, { site: {} }, false]);
    expect(filesUnder(data)).toEqual([]);
  });

  test("what is saved comes back, whole, for its owner alone", async () => {
    const data = join(freshFolder("site"), "new", "data");
    await saveSite(data, maple);
    expect(await openSite(data)).toEqual(maple);
    expect(isSetUp(data)).toBe(true);
    expect(filesUnder(data)).toEqual(["site.json", "site.yaml"]);
    if (process.platform === "win32") return;
    expect(["", "site.yaml", "site.json"].map((name) => statSync(join(data, name)).mode & 0o777)).toEqual([
      0o700, 0o600, 0o600,
    ]);
  });

  test("the .json holds what the first screen needs, and the text it was made from", async () => {
    const data = freshFolder("site");
    await saveSite(data, maple);
    expect(jsonOf(data)).toEqual({
      v: 2,
      yaml: readFileSync(join(data, "site.yaml"), "utf8"),
      setting: "shelter",
      lang: "en",
      title: "Maple Street Shelter",
      values: siteValues(maple),
      site: maple,
    });
  });

  test("while the .yaml is as it was, only the .json is read", async () => {
    const data = freshFolder("site");
    await saveSite(data, maple);
    writeFileSync(join(data, "site.json"), JSON.stringify({ ...jsonOf(data), site: { name: "read from the json" } }));
    expect(await openSite(data)).toEqual({ name: "read from the json" });
  });

  test("an edit by hand counts at the next start, and the .json is made anew, whatever the time on the file", async () => {
    const data = freshFolder("site");
    await saveSite(data, maple);
    const edited = readFileSync(join(data, "site.yaml"), "utf8").replace("in the lobby", "at the bench");
    writeFileSync(join(data, "site.yaml"), edited);
    utimesSync(join(data, "site.yaml"), new Date("2001-01-01"), new Date("2001-01-01"));
    expect(await openSite(data)).toEqual({ ...maple, waitingPlace: "at the bench" });
    expect(jsonOf(data)).toMatchObject({ yaml: edited, values: { waitingPlace: "at the bench" } });
  });

  test.each<[string, string]>([
    ["a comment", "# ours\nname: Maple Street Shelter\n"],
    ["a byte order mark", "\ufeffname: Maple Street Shelter\n"],
    ["the line ends of Windows", "name: Maple Street Shelter\r\ncode: M7\r\n"],
    ["spaces around a name", "name: '  Maple Street Shelter  '\n"],
  ])("written by hand with %s", async (_, yaml) =>
    expect(await openSite(dataWith(yaml))).toMatchObject({ name: "Maple Street Shelter" }),
  );

  test.each<[string, string]>([
    ["empty", ""],
    ["a comment only", "# nothing yet\n"],
    ["null", "null\n"],
    ["no keys", "{}\n"],
  ])("a .yaml that is %s is a site that is not described", async (_, yaml) =>
    expect(await openSite(dataWith(yaml))).toEqual({}),
  );

  test.each<[string, string]>([
    ["cut off", '{"v":1,"yaml":"'],
    ["empty", ""],
    ["null", "null"],
    ["a list", "[]"],
    ["a word", '"site"'],
    ["of another version", '{"v":1}'],
    ["of another version, and whole", '{"v":1,"yaml":"name: Maple\\n","site":{"name":"Oak"}}'],
    ["without a site", '{"v":2,"yaml":"name: Maple\\n"}'],
    ["with a site that is none", '{"v":2,"yaml":"name: Maple\\n","site":null}'],
    ["with a word for a site", '{"v":2,"yaml":"name: Maple\\n","site":"Maple"}'],
    ["of another site", '{"v":2,"yaml":"name: Oak\\n","site":{"name":"Oak"}}'],
  ])("a .json that is %s is passed over and made anew", async (_, json) => {
    const data = dataWith("name: Maple\n");
    put(data, "site.json", json);
    expect(await openSite(data)).toEqual({ name: "Maple" });
    expect(jsonOf(data)).toMatchObject({ v: 2, yaml: "name: Maple\n", site: { name: "Maple" } });
  });

  test("where the .json cannot be written, the site is read all the same", async () => {
    const data = dataWith("name: Maple\n");
    mkdirSync(join(data, "site.json"));
    expect([await openSite(data), await openSite(data)]).toEqual([{ name: "Maple" }, { name: "Maple" }]);
  });

  test("where nothing can be saved, it says so in two lines", async () => {
    const data = join(put(freshFolder("site"), "file", "not a folder"), "data");
    const problem = await saveSite(data, maple).catch((error: unknown) => error);
    expect(problem).toEqual(
      new Problem(
        "usage",
        `the site cannot be saved in ${data}: the folder is gone`,
        "free the folder or make room, then do it again",
      ),
    );
    expect(problem).toBeInstanceOf(Problem);
  });

  test("what is saved can hold anything a line can", async () => {
    const data = freshFolder("site");
    const strange: Site = {
      name: 'Casa "Ñandú": #1 {site}',
      waitingPlace: "- in the lobby: left",
      agency: "yes",
      desk: "1e3",
      code: "007",
    };
    await saveSite(data, strange);
    writeFileSync(join(data, "site.json"), "");
    expect(await openSite(data)).toEqual(strange);
  });
});

const hint = "put it right, or run: threshold setup";

describe("a .yaml with a fault", () => {
  const faults: readonly [string, string | Uint8Array, string][] = [
    ["a bracket that is not closed", "name: Maple\nareas: [\n", "site.yaml:3: not YAML"],
    ["a tab", "name: Maple\ncontacts:\n\tlead: x\n", "site.yaml:3: not YAML"],
    ["the same key twice", "name: Maple\nname: Oak\n", "site.yaml:2: not YAML"],
    [
      "an alias for nothing",
      "name: Maple\ndesk: *front\n",
      "site.yaml:2: unresolved alias (the anchor must be set before the alias): front",
    ],
    ["not UTF-8", Buffer.from("name: Maple\ndesk: caf\u00e9\n", "latin1"), "site.yaml:2: this is not UTF-8"],
    [
      "an unknown key",
      "name: Maple\n\nWaitingPlace: in the lobby\n",
      'site.yaml:3: WaitingPlace: unrecognized key: "WaitingPlace"',
    ],
    [
      "an unknown key of a contact",
      "contacts:\n  lead:\n    who: Lead\n    email: x\n",
      'site.yaml:4: contacts.lead.email: unrecognized key: "email"',
    ],
    [
      "a setting that is none",
      "name: Maple\nsetting: prison\n",
      'site.yaml:2: setting: invalid option: expected one of "shelter"|"school"|"hospital"',
    ],
    [
      "yes in the place of true",
      "code: M7\nconfidential: yes\n",
      "site.yaml:2: confidential: invalid input: expected boolean, received string",
    ],
    ["a code with spaces", "name: Maple\ncode: M 7\n", "site.yaml:2: code: letters, digits and dashes, 24 at most"],
    ["an empty name", "code: M7\nname: ''\n", "site.yaml:2: name: too small: expected string to have >=1 characters"],
    [
      "a name that is too long",
      `code: M7\nname: ${"x".repeat(121)}\n`,
      "site.yaml:2: name: too big: expected string to have <=120 characters",
    ],
    [
      "a number where words should be",
      "name: Maple\ndesk: 7\n",
      "site.yaml:2: desk: invalid input: expected string, received number",
    ],
    [
      "a contact without a name",
      "name: Maple\ncontacts:\n  lead:\n    phone: 212-555-0142\n",
      "site.yaml:4: contacts.lead.who: invalid input: expected string, received undefined",
    ],
    [
      "an area that does not say whether it is public",
      "name: Maple\nareas:\n  - name: the lobby\n    public: true\n  - name: the kitchen\n",
      "site.yaml:5: areas.1.public: invalid input: expected boolean, received undefined",
    ],
    [
      "a language by its name",
      "name: Maple\nlanguage: Spanish\n",
      "site.yaml:2: language: two small letters such as en",
    ],
    [
      "a trait that is none",
      "name: Maple\ntraits: [contracted, secret]\n",
      'site.yaml:2: traits.1: invalid option: expected one of "contracted"|"private"|"domesticViolence"|"youth"',
    ],
    [
      "words that are not said aloud",
      "spoken:\n  es:\n    desk: entrada\n",
      'site.yaml:3: spoken.es.desk: unrecognized key: "desk"',
    ],
    ["a list of sites", "- name: Maple\n", "site.yaml:1: invalid input: expected object, received array"],
    ["words alone", "Maple Street Shelter\n", "site.yaml:1: invalid input: expected object, received string"],
  ];

  test.each(faults)("%s is told with its line", async (_, yaml, says) =>
    expect(await refusal(dataWith(yaml))).toEqual(["usage", says, hint]),
  );

  test.each(faults)("%s leaves nobody without a guide", async (_, yaml, says) => {
    const data = dataWith("name: Oak\nsetting: school\n");
    await openSite(data);
    writeFileSync(join(data, "site.yaml"), yaml);
    const { site, problem } = await openSiteOrNone(data);
    // The last description that was right.
    expect(site).toEqual({ name: "Oak", setting: "school" });
    expect(problem?.message.endsWith(says)).toBe(true);
    expect(isSetUp(data)).toBe(true);
    const fresh = await openSiteOrNone(dataWith(yaml));
    expect([fresh.site, fresh.problem?.code]).toEqual([{}, "usage"]);
  });

  test("a folder in its place is a fault too, and not a site that is not set up", async () => {
    const data = freshFolder("site");
    mkdirSync(join(data, "site.yaml"));
    expect((await refusal(data))[1]).toBe("site.yaml cannot be read");
    expect((await openSiteOrNone(data)).problem?.code).toBe("usage");
  });

  test("a fault does not touch the files", async () => {
    const data = dataWith("name: Maple\nsetting: prison\n");
    await openSiteOrNone(data);
    expect(filesUnder(data)).toEqual(["site.yaml"]);
    expect(readFileSync(join(data, "site.yaml"), "utf8")).toBe("name: Maple\nsetting: prison\n");
  });
});

describe("what of a site is shown", () => {
  test.each<[string, Site, string | undefined]>([
    ["nothing is set up", {}, undefined],
    ["a name", { name: "Maple" }, "Maple"],
    ["a code", { code: "M7" }, "M7"],
    ["a name and a code", { name: "Maple", code: "M7" }, "Maple"],
    ["confidential", { name: "Maple", code: "M7", confidential: true }, "M7"],
    ["confidential, and no code", { name: "Maple", confidential: true }, undefined],
    ["not confidential, said so", { name: "Maple", code: "M7", confidential: false }, "Maple"],
    ["a domestic-violence program", { name: "Maple", code: "M7", traits: ["domesticViolence"] }, "M7"],
    [
      "one that says it is not confidential",
      { name: "Maple", code: "M7", confidential: false, traits: ["domesticViolence"] },
      "M7",
    ],
    ["a place with another trait", { name: "Maple", code: "M7", traits: ["youth"] }, "Maple"],
  ])("its title: %s", (_, site, title) => expect(siteTitle(site)).toBe(title));

  test.each<[string, Site, Record<string, string>]>([
    ["nothing is set up", {}, {}],
    [
      "everything",
      maple,
      {
        site: "Maple Street Shelter",
        waitingPlace: "in the lobby",
        past: "past this door",
        area: "the rooms and offices, the kitchen",
        "contact.lead": "Shift supervisor: 212-555-0142",
        "contact.counsel": "Legal office",
      },
    ],
    ["only public areas", { areas: [{ name: "the lobby", public: true }] }, {}],
    ["confidential", { name: "Maple", code: "M7", confidential: true }, { site: "M7" }],
    ["confidential, and no code", { name: "Maple", confidential: true }, {}],
    ["a role of the site's own", { contacts: { nurse: { who: "Nurse" } } }, { "contact.nurse": "Nurse" }],
  ])("what fills the placeholders: %s", (_, site, values) => expect(siteValues(site)).toEqual(values));

  const twice: Site = {
    ...maple,
    contacts: {},
    spoken: { es: { past: "más allá de esta puerta", area: "las oficinas" }, fr: { waitingPlace: "dans le hall" } },
  };
  const own = { site: "Maple Street Shelter", waitingPlace: "in the lobby", past: "past this door" };
  const rooms = "the rooms and offices, the kitchen";
  test.each<[string, string | undefined, Record<string, string>]>([
    ["in no language in particular", undefined, { ...own, area: rooms }],
    ["in a language it has", "es", { ...own, past: "más allá de esta puerta", area: "las oficinas" }],
    ["in another", "fr", { ...own, area: rooms, waitingPlace: "dans le hall" }],
    ["in one it does not have, its own words", "en", { ...own, area: rooms }],
  ])("what is said aloud %s", (_, language, values) => expect(siteValues(twice, language)).toEqual(values));

  test("and the launcher finds the words of each language, in the site's own first", async () => {
    const data = freshFolder("site");
    await saveSite(data, { ...twice, language: "es", traits: ["private"], protocol: "us" });
    expect(jsonOf(data)).toMatchObject({
      lang: "es",
      traits: ["private"],
      protocol: "us",
      values: siteValues(twice, "es"),
      valuesIn: { en: siteValues(twice, "en"), es: siteValues(twice, "es"), fr: siteValues(twice, "fr") },
    });
  });
});

describe("a confidential site appears by its code alone", () => {
  const secret: Site = { ...maple, name: "Harriet House", address: "98 Hidden Lane", confidential: true, code: "H4" };
  const names = /Harriet|Hidden Lane/;

  test("in what the launcher and the first screen read", async () => {
    const data = freshFolder("site");
    await saveSite(data, secret);
    const { title, values } = jsonOf(data);
    expect(title).toBe("H4");
    expect(JSON.stringify(values)).not.toMatch(names);
  });

  test.skipIf(!isBuilt)("on the first screen, at its top (where the program has been built)", async () => {
    const data = freshFolder("site");
    await saveSite(data, secret);
    // "encounter --help=x" would not paint; "--lang xx" paints and then stops.
    const { bytes } = await onTerminal(launcher, ["encounter", "--lang", "xx"], { THRESHOLD_DATA: data });
    expect(bytes).toContain("H4");
    expect(bytes).toContain("in the lobby");
    expect(bytes).not.toMatch(names);
  });

  test.skipIf(!isBuilt)(
    "in a record, its files, its names, its report and what the program says (where it has been built)",
    async () => {
      const data = freshFolder("site");
      await saveSite(data, secret);
      const answers = put(
        freshFolder(),
        "answers.jsonl",
        '{"step":"hold","answer":"waiting"}\n{"step":"call_lead","answer":"reached"}\n',
      );
      const said = [
        await threshold(["encounter", "--answers", answers], data),
        await threshold(["incident", "list"], data),
        await threshold(["incident", "list", "--json"], data),
      ];
      const number = /\d{4}-\d{4}-[2-9A-Z]{4}/.exec(said[1]?.stdout ?? "")?.[0] ?? "none";
      const pdf = join(freshFolder(), "report.pdf");
      said.push(
        await threshold(["incident", "show", number], data),
        await threshold(["incident", "show", number, "--json"], data),
        await threshold(["report", number, "--out", pdf], data),
      );
      expect(said.map(({ code }) => code)).toEqual([2, 0, 0, 0, 0, 0]);
      for (const { stdout, stderr } of said) expect(`${stdout}${stderr}`).not.toMatch(names);
      expect(said[3]?.stdout).toContain("H4");
      expect(everythingUnder(join(data, "encounters"))).not.toMatch(names);
      const report = await readWords(readFileSync(pdf));
      expect(report).toContain("H4");
      expect(report).not.toMatch(names);
      expect(readFileSync(pdf).toString("latin1")).not.toMatch(names);
    },
  );
});

describe("through the program itself", () => {
  test.skipIf(!isBuilt)(
    "setup shows a fault with its line, and an encounter goes on with a warning (where it has been built)",
    async () => {
      const data = dataWith("name: Maple\nsetting: prison\n");
      const shown = await threshold(["setup", "--print"], data);
      expect([shown.code, shown.stderr.split("\n")[0]?.replace(data, "")]).toEqual([
        2,
        `threshold: error: ${join("/", "site.yaml")}:2: setting: invalid option: expected one of "shelter"|"school"|"hospital"`,
      ]);
      const answers = put(
        freshFolder(),
        "answers.jsonl",
        '{"threshold":"answers","v":1,"setting":"shelter"}\n{"step":"hold","answer":"waiting"}\n',
      );
      const { code, stderr } = await threshold(["encounter", "--answers", answers], data);
      expect(stderr).toContain('but step "call_lead" is asked');
      expect(code).toBe(2);
    },
  );
});
