import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Protocol } from "../src/core/protocol.ts";
import { compileTemplates } from "../src/shell/templates.ts";
import { codeOf, type Source } from "./support/shell-code.ts";
import { filesUnder, top } from "./support/shell-folders.ts";
import {
  banFaults,
  circleFaults,
  collectFaults,
  importFaults,
  lengthFaults,
  loadedBy,
  lostFaults,
  mayBeLonger,
  networkFaults,
  outside,
  publicFaults,
  reasonFaults,
  sentenceFaults,
  tableFaults,
  testFaults,
  weightFaults,
} from "./support/shell-walls.ts";

// The walls of the house, kept by reading it. A fault is a sentence that begins with file and line.

const read = (path: string): Source => ({ path, text: readFileSync(join(top, path), "utf8") });
const under = (folder: string): readonly Source[] =>
  filesUnder(join(top, folder))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => read(`${folder}/${name}`));

const src = under("src");
const tests = under("test");
const manifest = JSON.parse(readFileSync(join(top, "package.json"), "utf8")) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
};
const contributing = existsSync(join(top, "CONTRIBUTING.md"))
  ? readFileSync(join(top, "CONTRIBUTING.md"), "utf8")
  : undefined;

/** What `threshold` without arguments loads until the first key is pressed. */
const firstScreen = ["src/commands/home.ts", "src/shell/keyboard.ts"];
const light = ["chalk", "fast-string-width", "@inquirer/core"];

describe("the house", () => {
  test("there is one to look at", () => {
    expect(src.length).toBeGreaterThan(30);
    expect(tests.length).toBeGreaterThan(5);
  });

  test.each<[string, (source: Source) => readonly string[]]>([
    ["imports go one way, and each package has its door", importFaults],
    ["core is pure; nothing in src is printed, unnamed or unchecked", banFaults],
    ["nothing reaches for a network", networkFaults],
    ["no sentence for people stands in code", sentenceFaults],
    ["no file is too long to hold in the head", lengthFaults],
  ])("%s", (_, wall) => expect(src.flatMap(wall)).toEqual([]));

  test("no circle of imports", () => expect(circleFaults(src)).toEqual([]));

  test("every file that is imported is there", () => expect(lostFaults(src)).toEqual([]));

  test("the first screen loads nothing heavy", () =>
    expect(weightFaults(src, "src/cli.ts", firstScreen, light)).toEqual([]));

  test("nor does an encounter, until it makes its report", () => {
    expect(weightFaults(src, "src/cli.ts", [...firstScreen, "src/commands/encounter.ts"], [...light, "zod"])).toEqual(
      [],
    );
  });

  test("the way to the first screen is really walked", () => {
    expect([...loadedBy(src, "src/cli.ts", firstScreen).keys()].toSorted()).toEqual(light.toSorted());
  });

  test("no leave to import is kept that nobody uses", () => {
    const used = new Set(src.flatMap((source) => codeOf(source).imports.map(({ from }) => `${source.path} ${from}`)));
    const spare = ["src/shell/lock.ts zod", "src/shell/journal.ts zod"];
    const idle = Object.entries(outside)
      .flatMap(([path, leave]) => Object.keys(leave).map((name) => `${path} ${name}`))
      .filter((each) => !each.startsWith("src/commands/* ") && !used.has(each) && !spare.includes(each));
    expect(idle).toEqual([]);
  });

  test("no leave to be long is kept that nobody needs", () => {
    expect(Object.keys(mayBeLonger).filter((path) => !src.some((source) => source.path === path))).toEqual([]);
  });

  test("every package that src imports is one that people install", () => {
    const names = new Set(
      src
        .flatMap((source) => codeOf(source).imports)
        .map(({ from }) => from)
        .filter((from) => !from.startsWith(".") && !from.startsWith("node:")),
    );
    expect([...names].filter((name) => manifest.dependencies[name] === undefined)).toEqual([]);
  });
});

describe("around the house", () => {
  test("no test leaves others out, and none is left out without a reason", () => {
    expect(tests.filter(({ path }) => path !== "test/house.test.ts").flatMap(testFaults)).toEqual([]);
  });

  test("CONTRIBUTING.md says why there is each package that people install", () => {
    expect(
      reasonFaults(contributing, [
        ...Object.keys(manifest.dependencies),
        ...Object.keys(manifest.optionalDependencies),
      ]),
    ).toEqual([]);
  });

  test("CONTRIBUTING.md has a line for every file of src", () => {
    expect(
      tableFaults(
        contributing ?? "",
        src.map(({ path }) => path),
      ),
    ).toEqual([]);
  });

  test("no field asks for what must not be collected", () => {
    const protocols = compileTemplates(join(top, "templates"))
      .files.filter(({ path }) => path.startsWith("protocols/"))
      .map(({ bytes }) => JSON.parse(bytes) as Protocol);
    const fields = protocols.flatMap((protocol) =>
      Object.entries(protocol.fields).map(([id, field]) => ({
        where: `templates/record/fields.yaml (${protocol.setting})`,
        id,
        field,
      })),
    );
    expect(fields.length).toBeGreaterThan(60);
    expect(
      fields.flatMap(({ where, id, field }) =>
        collectFaults(where, id, [field.label, field.ask, ...Object.values(field.choiceWords ?? {})]),
      ),
    ).toEqual([]);
  });

  test.skipIf(!existsSync(join(top, ".git")))(
    "no file that is published names a registry or a place on somebody's machine (needs git)",
    () => {
      const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
        cwd: top,
        encoding: "utf8",
      })
        .split("\0")
        .filter((path) => path !== "" && existsSync(join(top, path)));
      expect(files.length).toBeGreaterThan(50);
      expect(files.flatMap((path) => publicFaults(read(path)))).toEqual([]);
    },
  );
});

describe("nothing is written into a person's own folders while tests run", () => {
  test("home and data are the run's own", () => {
    for (const name of ["HOME", "USERPROFILE", "XDG_DATA_HOME", "LOCALAPPDATA"])
      expect(process.env[name]).toContain("threshold-home-");
    expect(process.env["THRESHOLD_DATA"]).toBeUndefined();
  });
});

// --- the walls themselves: each is shown something bad, and must name it ---

const at = (path: string, ...lines: readonly string[]): Source => ({ path, text: `${lines.join("\n")}\n` });
/** So that this file is not itself what it warns of. */
const glued = (...pieces: readonly string[]): string => pieces.join("");

const toCore = "core imports only zod and ./";
const toShell = "shell imports only ../core/, ./, node: and the packages that are its own";
const toCommands = "commands import only ../context.ts, ../core/, ../shell/, ./, node: and the types of commander";
const toContext = "context imports only ./core/, ./shell/ and node:";
const toCli =
  "cli imports only ./context.ts, ./core/, ./commands/, node:, and when they are needed ./shell/terminal.ts, ./shell/prompter.ts and commander";
const toWriters = "only cli.ts, context.ts, terminal.ts and the wiring of --stdio in encounter.ts know where words go";
const toWords = "is for people to read; it belongs in templates/words/";

describe("the walls hold", () => {
  test.each<[string, Source, readonly string[]]>([
    [
      "core may import zod and its like",
      at(
        "src/core/a.ts",
        'import * as z from "zod";',
        'import type { B } from "./b.ts";',
        'export { c } from "./c.ts";',
      ),
      [],
    ],
    [
      "core and node:",
      at("src/core/a.ts", "", 'import { join } from "node:path";'),
      [`src/core/a.ts:2: imports "node:path"; ${toCore}`],
    ],
    [
      "core and the shell",
      at("src/core/a.ts", 'import { a } from "../shell/a.ts";'),
      [`src/core/a.ts:1: imports "../shell/a.ts"; ${toCore}`],
    ],
    [
      "core and a type of the shell",
      at("src/core/a.ts", 'import type { A } from "../shell/a.ts";'),
      [`src/core/a.ts:1: imports "../shell/a.ts" (type); ${toCore}`],
    ],
    [
      "core, over several lines",
      at("src/core/a.ts", "import {", "  a,", '} from "yaml";'),
      [`src/core/a.ts:1: imports "yaml"; ${toCore}`],
    ],
    [
      "core, for its effects",
      at("src/core/a.ts", 'import "node:fs";'),
      [`src/core/a.ts:1: imports "node:fs"; ${toCore}`],
    ],
    [
      "core, when needed",
      at("src/core/a.ts", 'const a = import("./b.ts").then(() => import("node:fs"));'),
      [`src/core/a.ts:1: imports "node:fs" (dynamic); ${toCore}`],
    ],
    ["core, handed on", at("src/core/a.ts", 'export * from "yaml";'), [`src/core/a.ts:1: imports "yaml"; ${toCore}`]],
    [
      "core, with an ending of another kind",
      at("src/core/a.ts", 'import { b } from "./b.js";'),
      [`src/core/a.ts:1: imports "./b.js"; ${toCore}`],
    ],
    [
      "core, a name that is worked out",
      at("src/core/a.ts", "const a = import(name);"),
      [`src/core/a.ts:1: imports "(a name that is worked out)" (dynamic); ${toCore}`],
    ],
    [
      "an import in a comment is none",
      at("src/core/a.ts", '// import "node:fs";', '/* import { a } from "yaml"; */'),
      [],
    ],
    [
      "an import in words is none",
      at("src/core/a.ts", "const a = 'import { a } from \"yaml\";';", 'const b = `import "yaml"`;'),
      [],
    ],
    [
      "the shell and its own",
      at(
        "src/shell/disk.ts",
        'import { a } from "node:fs/promises";',
        'import { b } from "../core/b.ts";',
        'import { c } from "./c.ts";',
      ),
      [],
    ],
    [
      "the shell and a command",
      at("src/shell/disk.ts", 'import { a } from "../commands/a.ts";'),
      [`src/shell/disk.ts:1: imports "../commands/a.ts"; ${toShell}`],
    ],
    [
      "the shell and the context",
      at("src/shell/disk.ts", 'import type { Context } from "../context.ts";'),
      [`src/shell/disk.ts:1: imports "../context.ts" (type); ${toShell}`],
    ],
    [
      "chalk anywhere but in the terminal",
      at("src/shell/keyboard.ts", 'import chalk from "chalk";'),
      [`src/shell/keyboard.ts:1: imports "chalk"; ${toShell}`],
    ],
    [
      "pdfkit before it is needed",
      at("src/shell/pdf.ts", 'import PDFDocument from "pdfkit";'),
      [`src/shell/pdf.ts:1: imports "pdfkit"; ${toShell}`],
    ],
    [
      "pdfkit when it is needed",
      at(
        "src/shell/pdf.ts",
        'import type PDFDocument from "pdfkit";',
        'const { default: D } = await import("pdfkit");',
      ),
      [],
    ],
    [
      "yaml before it is needed",
      at("src/shell/site-file.ts", 'import { parse } from "yaml";'),
      [`src/shell/site-file.ts:1: imports "yaml"; ${toShell}`],
    ],
    [
      "a package of somebody else's",
      at("src/shell/clock.ts", 'import dayjs from "dayjs";'),
      [`src/shell/clock.ts:1: imports "dayjs"; ${toShell}`],
    ],
    [
      "a command and the types of commander",
      at(
        "src/commands/a.ts",
        'import type { Command } from "commander";',
        'import { type Command as C } from "commander";',
      ),
      [],
    ],
    [
      "a command and commander",
      at("src/commands/a.ts", 'import { Command } from "commander";'),
      [`src/commands/a.ts:1: imports "commander"; ${toCommands}`],
    ],
    [
      "a command, a type and more of commander",
      at("src/commands/a.ts", 'import { type Command, Option } from "commander";'),
      [`src/commands/a.ts:1: imports "commander"; ${toCommands}`],
    ],
    [
      "a command and the command tree",
      at("src/commands/a.ts", 'import { main } from "../cli.ts";'),
      [`src/commands/a.ts:1: imports "../cli.ts"; ${toCommands}`],
    ],
    [
      "another command and inquirer",
      at("src/commands/a.ts", 'await import("inquirer");'),
      [`src/commands/a.ts:1: imports "inquirer" (dynamic); ${toCommands}`],
    ],
    [
      "setup and inquirer, before it is needed",
      at("src/commands/setup.ts", 'import inquirer from "inquirer";'),
      [`src/commands/setup.ts:1: imports "inquirer"; ${toCommands}`],
    ],
    [
      "the context and a command",
      at("src/context.ts", 'import { a } from "./commands/a.ts";'),
      [`src/context.ts:1: imports "./commands/a.ts"; ${toContext}`],
    ],
    [
      "the command tree and the shell",
      at("src/cli.ts", 'import { a } from "./shell/terminal.ts";'),
      [`src/cli.ts:1: imports "./shell/terminal.ts"; ${toCli}`],
    ],
    [
      "the command tree and commander, at once",
      at("src/cli.ts", 'import { Command } from "commander";'),
      [`src/cli.ts:1: imports "commander"; ${toCli}`],
    ],
    [
      "a file in no room",
      at("src/helpers/a.ts"),
      ["src/helpers/a.ts:1: this file stands in no room of the house (core, shell, commands, context.ts, cli.ts)"],
    ],
  ])("imports: %s", (_, source, faults) => expect(importFaults(source)).toEqual(faults));

  test.each<[string, Source, readonly string[]]>([
    [
      "async",
      at("src/core/a.ts", "", "export async function a() {}"),
      ['src/core/a.ts:2: "async": core does not wait'],
    ],
    [
      "a promise in a type",
      at("src/core/a.ts", "type A = Promise<string>;"),
      ['src/core/a.ts:1: "Promise": core does not wait'],
    ],
    [
      "new Date()",
      at("src/core/a.ts", "const a = new Date();"),
      ['src/core/a.ts:1: "Date": core has no clock; the moment comes in'],
    ],
    [
      "Date.now()",
      at("src/core/a.ts", "const a = Date.now();"),
      ['src/core/a.ts:1: "Date": core has no clock; the moment comes in'],
    ],
    [
      "in the hole of a template",
      at("src/core/a.ts", "const a = `at ${`${Date.now()}`}`;"),
      ['src/core/a.ts:1: "Date": core has no clock; the moment comes in'],
    ],
    [
      "after a pattern with a quotation mark",
      at("src/core/a.ts", 'const a = /"/.test(b) ? Date.now() : "";'),
      ['src/core/a.ts:1: "Date": core has no clock; the moment comes in'],
    ],
    [
      "Math.random",
      at("src/core/a.ts", "const a = Math.random();"),
      ['src/core/a.ts:1: "Math.random": core has no chance in it'],
    ],
    [
      "Intl",
      at("src/core/a.ts", "new Intl.NumberFormat();"),
      ['src/core/a.ts:1: "Intl": core speaks no language of the machine'],
    ],
    [
      "toLocaleString",
      at("src/core/a.ts", "a.toLocaleString();"),
      ['src/core/a.ts:1: ".toLocaleString": core speaks no language of the machine'],
    ],
    [
      "process",
      at("src/core/a.ts", "process.cwd();"),
      ['src/core/a.ts:1: "process": core does not reach for the world'],
    ],
    [
      "console",
      at("src/core/a.ts", "console.log(1);"),
      [
        'src/core/a.ts:1: "console": core does not reach for the world',
        'src/core/a.ts:1: "console.": nothing is printed past the terminal',
      ],
    ],
    [
      "words and comments may say so",
      at(
        "src/core/a.ts",
        "// async, Date, process",
        'const a = "await new Date()";',
        "/* Promise */ const b = `Math.random ${a} Intl`;",
        "const c = /Date/;",
      ),
      [],
    ],
    [
      "names that only hold such a word",
      at("src/core/a.ts", "const update = a.dates; const isAsync = b; const anyOf = AbortSignal.any([]);"),
      [],
    ],
    [
      "console in the shell",
      at("src/shell/a.ts", "", "console.error(1);"),
      ['src/shell/a.ts:2: "console.": nothing is printed past the terminal'],
    ],
    [
      "any",
      at("src/shell/a.ts", "function a(b: any) {}"),
      ['src/shell/a.ts:1: "any": what is not known is unknown, and is checked'],
    ],
    [
      "any of a list",
      at("src/shell/a.ts", "const a = b as any[];"),
      ['src/shell/a.ts:1: "any": what is not known is unknown, and is checked'],
    ],
    [
      "any inside a type",
      at("src/shell/a.ts", "const a: Record<string, any> = {};"),
      ['src/shell/a.ts:1: "any": what is not known is unknown, and is checked'],
    ],
    [
      "an export without a name",
      at("src/shell/a.ts", "export default function a() {}"),
      ['src/shell/a.ts:1: "export default": every export has a name'],
    ],
    [
      "an export without a name, another way",
      at("src/shell/a.ts", "export { a as default };"),
      ['src/shell/a.ts:1: "export { a as default": every export has a name'],
    ],
    [
      "writing past the terminal",
      at("src/commands/a.ts", "process.stdout.write(a);"),
      [`src/commands/a.ts:1: "process.stdout": ${toWriters}`],
    ],
    [
      "writing past the terminal, in the shell",
      at("src/shell/a.ts", "const { a } = process . stderr;"),
      [`src/shell/a.ts:1: "process . stderr": ${toWriters}`],
    ],
    ["the terminal may", at("src/shell/terminal.ts", "process.stderr.write(a);"), []],
    [
      "ending the program",
      at("src/commands/a.ts", "process.exit(1);"),
      ['src/commands/a.ts:1: "process.exit": only cli.ts ends the program, by its exit code'],
    ],
    [
      "types that are waved away",
      at("src/shell/a.ts", "// @ts-ignore"),
      ['src/shell/a.ts:1: "@ts-ignore": the types are put right'],
    ],
    [
      "require",
      at("src/shell/a.ts", 'const a = require("node:fs");'),
      ['src/shell/a.ts:1: "require(": only assets.ts finds files by the packages that carry them'],
    ],
    ["the network", at("src/shell/a.ts", "await fetch(a);"), ['src/shell/a.ts:1: "fetch": there is no network']],
    ["text that is run", at("src/shell/a.ts", "eval(a);"), ['src/shell/a.ts:1: "eval(": no text is run as code']],
  ])("bans: %s", (_, source, faults) => expect(banFaults(source)).toEqual(faults));

  test.each<[string, Source, readonly string[]]>([
    [
      "what is said outright",
      at("src/commands/a.ts", 'terminal.say("the record is closed");'),
      [`src/commands/a.ts:1: "the record is closed" ${toWords}`],
    ],
    [
      "what is warned of outright",
      at("src/shell/a.ts", "", "t.warn(`the disk is full: ${a}`);"),
      [`src/shell/a.ts:2: "the disk is full:" ${toWords}`],
    ],
    [
      "a question",
      at("src/commands/a.ts", 'const q = { ask: "Who is there?" };'),
      [`src/commands/a.ts:1: "Who is there?" ${toWords}`],
    ],
    [
      "a choice",
      at("src/commands/a.ts", 'const q = { id: "a", label: "leave" };'),
      [`src/commands/a.ts:1: "leave" ${toWords}`],
    ],
    ["what to do", at("src/commands/a.ts", 'const q = { do: ["stay"] };'), [`src/commands/a.ts:1: "stay" ${toWords}`]],
    [
      "a sentence anywhere",
      at("src/core/a.ts", 'const a = "Stay at the desk.";'),
      [`src/core/a.ts:1: "Stay at the desk." ${toWords}`],
    ],
    [
      "a sentence over a hole",
      at("src/core/a.ts", "const a = `Call them now, please.`;"),
      [`src/core/a.ts:1: "Call them now, please." ${toWords}`],
    ],
    [
      "the help of a command may",
      at(
        "src/commands/a.ts",
        'program.command("a").description("Does it at once.").option("--b <c>", "How it is done.").addHelpText("before", "Examples: do it.");',
      ),
      [],
    ],
    [
      "a problem may: lower case, no period",
      at("src/core/a.ts", 'throw new Problem("usage", `there is no step "${a}"`, "use the name of a step");'),
      [],
    ],
    ["an empty word", at("src/core/a.ts", 'const a = { ask: "", label: "" };'), []],
    ["a line of results without words", at("src/commands/a.ts", "terminal.result(`${a}: ${b}`);"), []],
  ])("sentences: %s", (_, source, faults) => expect(sentenceFaults(source)).toEqual(faults));

  test.each<[string, readonly Source[], readonly string[]]>([
    ["none", [at("src/a.ts", 'import "./b.ts";'), at("src/b.ts")], []],
    [
      "two files",
      [at("src/a.ts", 'import "./b.ts";'), at("src/b.ts", "", 'import "./a.ts";')],
      ["src/a.ts:1 imports src/b.ts:2 imports src/a.ts: a circle"],
    ],
    [
      "by type alone",
      [at("src/a.ts", 'import type { B } from "./b.ts";'), at("src/b.ts", 'import type { A } from "./a.ts";')],
      ["src/a.ts:1 imports src/b.ts:1 imports src/a.ts: a circle"],
    ],
    [
      "when needed",
      [at("src/a.ts", 'import "./b.ts";'), at("src/b.ts", 'await import("./a.ts");')],
      ["src/a.ts:1 imports src/b.ts:1 imports src/a.ts: a circle"],
    ],
    [
      "three files, across rooms",
      [
        at("src/x/a.ts", 'import "../y/b.ts";'),
        at("src/y/b.ts", 'import "./c.ts";'),
        at("src/y/c.ts", 'import "../x/a.ts";'),
      ],
      ["src/x/a.ts:1 imports src/y/b.ts:1 imports src/y/c.ts:1 imports src/x/a.ts: a circle"],
    ],
    ["a file and itself", [at("src/a.ts", 'import "./a.ts";')], ["src/a.ts:1 imports src/a.ts: a circle"]],
    [
      "two ways to one file are none",
      [
        at("src/a.ts", 'import "./b.ts";', 'import "./c.ts";'),
        at("src/b.ts", 'import "./d.ts";'),
        at("src/c.ts", 'import "./d.ts";'),
        at("src/d.ts"),
      ],
      [],
    ],
  ])("circles: %s", (_, sources, faults) => expect(circleFaults(sources)).toEqual(faults));

  test("a file that is not there", () => {
    expect(lostFaults([at("src/a.ts", 'import "./b.ts";', 'import "zod";')])).toEqual([
      'src/a.ts:1: imports "./b.ts", which is not there',
    ]);
  });

  test.each<[string, readonly Source[], readonly string[]]>([
    [
      "at once",
      [at("src/cli.ts", 'import { parse } from "yaml";')],
      ['src/cli.ts:1 loads "yaml" before the first key is pressed; import it where it is needed'],
    ],
    [
      "through another file",
      [at("src/cli.ts", 'import "./a.ts";'), at("src/a.ts", "", 'import { parse } from "yaml";')],
      ['src/cli.ts > src/a.ts:2 loads "yaml" before the first key is pressed; import it where it is needed'],
    ],
    [
      "through the first screen",
      [
        at("src/cli.ts", 'await import("./commands/home.ts");'),
        at("src/commands/home.ts", 'import { Command } from "commander";'),
      ],
      [
        'src/cli.ts > src/commands/home.ts:1 loads "commander" before the first key is pressed; import it where it is needed',
      ],
    ],
    [
      "by type alone",
      [
        at("src/cli.ts", 'import type { A } from "yaml";', 'import { type B } from "./b.ts";'),
        at("src/b.ts", 'import "pdfkit";'),
      ],
      [],
    ],
    [
      "when needed",
      [
        at("src/cli.ts", 'await import("pdfkit");', 'await import("./commands/other.ts");'),
        at("src/commands/other.ts", 'import "pdfkit";'),
      ],
      [],
    ],
    ["what is light", [at("src/cli.ts", 'import { Chalk } from "chalk";')], []],
  ])("weight: %s", (_, sources, faults) =>
    expect(weightFaults(sources, "src/cli.ts", firstScreen, light)).toEqual(faults),
  );

  test("length: a line too many", () => {
    const long = (lines: number): string => "x\n".repeat(lines);
    expect(lengthFaults({ path: "src/core/a.ts", text: long(450) })).toEqual([]);
    expect(lengthFaults({ path: "src/core/a.ts", text: long(451) })).toEqual([
      "src/core/a.ts:450: the file has 451 lines; 450 at most, or a reason in test/support/shell-walls.ts",
    ]);
    expect(lengthFaults({ path: "src/shell/pdf.ts", text: long(901) })).toEqual([
      "src/shell/pdf.ts:900: the file has 901 lines; 900 at most",
    ]);
  });

  test("network: a module of it", () => {
    expect(networkFaults(at("src/shell/a.ts", 'const http = await import("node:https");'))).toEqual([
      'src/shell/a.ts:1: imports "node:https"; Threshold works without a network',
    ]);
    expect(networkFaults(at("src/shell/a.ts", 'import { readFileSync } from "node:fs";'))).toEqual([]);
  });

  test.each<[string, Source, readonly string[]]>([
    [
      "only",
      at("test/a.test.ts", "", 'test.only("a thing", () => {});'),
      ["test/a.test.ts:2: test.only leaves every other test out"],
    ],
    [
      "only a group",
      at("test/a.test.ts", 'describe.only("things", () => {});'),
      ["test/a.test.ts:1: describe.only leaves every other test out"],
    ],
    [
      "only of a table",
      at("test/a.test.ts", 'test.only.each([1])("%s", () => {});'),
      ["test/a.test.ts:1: test.only leaves every other test out"],
    ],
    [
      "skip without a reason",
      at("test/a.test.ts", 'test.skip("a thing", () => {});'),
      ["test/a.test.ts:1: test.skip without a reason in the name"],
    ],
    ["skip with a reason", at("test/a.test.ts", 'test.skip("a thing (needs a printer)", () => {});'), []],
    [
      "skipIf without a reason",
      at("test/a.test.ts", 'test.skipIf(isWindows)("a thing", () => {});'),
      ["test/a.test.ts:1: test.skipIf without a reason in the name"],
    ],
    [
      "skipIf with a reason",
      at(
        "test/a.test.ts",
        'test.skipIf(process.platform === "win32")("a thing (Windows has no such thing)", () => {});',
      ),
      [],
    ],
    [
      "skipIf with a hole for the reason",
      at("test/a.test.ts", "test.skipIf(isRoot)(`a folder of somebody else${because}`, () => {});"),
      [],
    ],
    [
      "todo",
      at("test/a.test.ts", 'test.todo("a thing");'),
      ["test/a.test.ts:1: test.todo without a reason in the name"],
    ],
    ["a plain test", at("test/a.test.ts", 'test("only skip", () => {});', "const a = options.only;"), []],
  ])("tests: %s", (_, source, faults) => expect(testFaults(source)).toEqual(faults));

  test.each<[string, string, readonly string[], readonly string[]]>([
    [
      "a status",
      "immigrationStatus",
      [],
      ['f: the field "immigrationStatus" is named for "status", which must not be collected'],
    ],
    [
      "whether someone is a client",
      "isClient",
      [],
      ['f: the field "isClient" is named for "isClient", which must not be collected'],
    ],
    [
      "in the label",
      "about",
      ["Country of birth"],
      ['f: "Country of birth" asks for "country", which must not be collected'],
    ],
    [
      "in the question",
      "about",
      ["What language did they speak?"],
      ['f: "What language did they speak?" asks for "language", which must not be collected'],
    ],
    [
      "an A-number",
      "about",
      ["Was there an A-number on it?"],
      ['f: "Was there an A-number on it?" asks for "A-number", which must not be collected'],
    ],
    [
      "whether someone is a pupil",
      "about",
      ["Was the person a pupil here?"],
      ['f: "Was the person a pupil here?" asks for "Was the person a pupil", which must not be collected'],
    ],
    ["words that only hold such a word", "tracedVehicle", ["Where was it traced to? Which page?"], []],
    ["what may be asked", "badge", ["Badge or ID number", "What badge or ID number did you see?"], []],
  ])("collecting: %s", (_, id, words, faults) => expect(collectFaults("f", id, words)).toEqual(faults));

  test.each<[string, Source, readonly string[]]>([
    [
      "a registry",
      at("a.md", "", glued("see https:/", "/registry.example.org/x")),
      [glued('a.md:2: "https:/', '/registry.example.org/x" names a registry; the lockfile and the docs name none')],
    ],
    [
      "a proxy",
      at("a.md", glued("http:/", "/npm-proxy.local:8080/")),
      [glued('a.md:1: "http:/', '/npm-proxy.local:8080/" names a registry; the lockfile and the docs name none')],
    ],
    [
      "a lockfile that says where from",
      at("package-lock.json", glued('"resol', 'ved": "x"')),
      ['package-lock.json:1: "resolved" names a registry; the lockfile and the docs name none'],
    ],
    [
      "the workshop",
      at("a.md", glued("read /wo", "rk/shared/x")),
      [glued('a.md:1: "/wo', "rk/shared\" is a place on somebody's own machine")],
    ],
    [
      "a folder beside it",
      at("a.md", glued("see ../sha", "red/design.md")),
      [glued('a.md:1: "../sha', "red\" is a place on somebody's own machine")],
    ],
    [
      "a home",
      at("a.md", glued("/ro", "ot/.npmrc")),
      [glued('a.md:1: "/ro', "ot/.npmrc\" is a place on somebody's own machine")],
    ],
    ["a script's own folder", at("a.sh", 'cd "$room/work/x"'), []],
    ["a picture", { path: "a.png", text: glued("\0/wo", "rk/x") }, []],
  ])("public: %s", (_, source, faults) => expect(publicFaults(source)).toEqual(faults));

  test.each<[string, string | undefined, readonly string[]]>([
    [
      "no file at all",
      undefined,
      ["CONTRIBUTING.md:1: the file is not there; it names every runtime dependency and why it is one"],
    ],
    [
      "not named",
      "# Contributing\n",
      ['CONTRIBUTING.md:1: "zod" is a runtime dependency without a reason; add a row to "Why each package"'],
    ],
    [
      "named without a reason",
      "We use `zod`.\n",
      ['CONTRIBUTING.md:1: "zod" is a runtime dependency without a reason; add a row to "Why each package"'],
    ],
    ["named with a reason", "| `zod` | checks everything that comes from outside |\n", []],
  ])("reasons: %s", (_, text, faults) => expect(reasonFaults(text, ["zod"])).toEqual(faults));

  test("the table of files: one missing, one too many", () => {
    const table = [
      "| file | what |",
      "| `src/core/a.ts`, `b.ts` | x |",
      "| `src/commands/` | one file a command |",
      "| `src/core/gone.ts` | x |",
    ].join("\n");
    expect(tableFaults(table, ["src/core/a.ts", "src/core/b.ts", "src/core/c.ts", "src/commands/d.ts"])).toEqual([
      'CONTRIBUTING.md:1: src/core/c.ts has no line in "One line per file"',
      "CONTRIBUTING.md:4: src/core/gone.ts is not there",
    ]);
  });
});
