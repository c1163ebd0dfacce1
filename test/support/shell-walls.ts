import { posix } from "node:path";
import { type Code, codeOf, type Import, type Source } from "./shell-code.ts";

// The walls of the house. Each takes sources and gives its faults as sentences that begin with file and line.

type Kind = Import["kind"];
type Leave = Readonly<Record<string, readonly Kind[]>>;

const core = /^\.\.\/core\/[a-z-]+\.ts$/;
const beside = /^\.\/[a-z-]+\.ts$/;
const node = /^node:[a-z_/]+$/;

type Room = { readonly holds: RegExp; readonly name: string; readonly may: readonly RegExp[]; readonly rule: string };

/** The first that fits counts. */
const rooms: readonly Room[] = [
  { holds: /^src\/core\/[a-z-]+\.ts$/, name: "core", may: [/^zod$/, beside], rule: "core imports only zod and ./" },
  {
    holds: /^src\/shell\/[a-z-]+\.ts$/,
    name: "shell",
    may: [core, beside, node],
    rule: "shell imports only ../core/, ./, node: and the packages that are its own",
  },
  {
    holds: /^src\/commands\/[a-z-]+\.ts$/,
    name: "commands",
    may: [/^\.\.\/context\.ts$/, core, /^\.\.\/shell\/[a-z-]+\.ts$/, beside, node],
    rule: "commands import only ../context.ts, ../core/, ../shell/, ./, node: and the types of commander",
  },
  {
    holds: /^src\/context\.ts$/,
    name: "context",
    may: [/^\.\/(core|shell)\/[a-z-]+\.ts$/, node],
    rule: "context imports only ./core/, ./shell/ and node:",
  },
  {
    holds: /^src\/cli\.ts$/,
    name: "cli",
    may: [/^\.\/context\.ts$/, /^\.\/(core|commands)\/[a-z-]+\.ts$/, node],
    rule: "cli imports only ./context.ts, ./core/, ./commands/, node:, and when they are needed ./shell/terminal.ts, ./shell/prompter.ts and commander",
  },
];

const always: readonly Kind[] = ["static", "type", "dynamic"];
const whenNeeded: readonly Kind[] = ["type", "dynamic"];

/** Who may import which package from outside, and how. Nobody else may. */
export const outside: Readonly<Record<string, Leave>> = {
  "src/cli.ts": { commander: whenNeeded, "./shell/terminal.ts": ["dynamic"], "./shell/prompter.ts": ["dynamic"] },
  "src/commands/*": { commander: ["type"] },
  "src/commands/setup.ts": { commander: ["type"], inquirer: ["dynamic"], yaml: ["dynamic"] },
  "src/shell/keyboard.ts": { "@inquirer/core": always },
  "src/shell/terminal.ts": { chalk: always, "fast-string-width": always },
  "src/shell/picture.ts": { pngjs: always },
  "src/shell/pdf.ts": { pdfkit: whenNeeded },
  "src/shell/templates.ts": { zod: always },
  "src/shell/template-file.ts": { yaml: always, zod: ["type"] },
  "src/shell/site-file.ts": { yaml: whenNeeded },
  "src/shell/script.ts": { zod: always },
  "src/shell/lock.ts": { zod: always },
  "src/shell/journal.ts": { zod: always },
  "src/shell/journal-line.ts": { zod: always },
  "src/shell/journal-folder.ts": { zod: always },
};

/** Imports go one way, and each outside package has its door. */
export function importFaults(source: Source): readonly string[] {
  const { path, imports } = codeOf(source);
  const room = rooms.find(({ holds }) => holds.test(path));
  if (room === undefined)
    return [`${path}:1: this file stands in no room of the house (core, shell, commands, context.ts, cli.ts)`];
  const leave = outside[path] ?? outside[`${posix.dirname(path)}/*`] ?? {};
  return imports.flatMap(({ line, from, kind }) => {
    if (leave[from]?.includes(kind) || room.may.some((pattern) => pattern.test(from))) return [];
    return [`${path}:${line}: imports "${from}"${kind === "static" ? "" : ` (${kind})`}; ${room.rule}`];
  });
}

/** A pattern that must not occur in the code of some files. */
type Ban = {
  readonly where: RegExp;
  readonly except?: readonly string[];
  readonly what: RegExp;
  readonly says: string;
};

const writers = ["src/cli.ts", "src/context.ts", "src/shell/terminal.ts", "src/commands/encounter.ts"];

const bans: readonly Ban[] = [
  { where: /^src\/core\//, what: /\b(?:async|await|Promise)\b/, says: "core does not wait" },
  {
    where: /^src\/core\//,
    what: /\b(?:Date|performance|setTimeout|setInterval|setImmediate|queueMicrotask|Temporal)\b/,
    says: "core has no clock; the moment comes in",
  },
  { where: /^src\/core\//, what: /\bMath\.random\b|\bcrypto\b|\brandom[A-Z]\w*/, says: "core has no chance in it" },
  {
    where: /^src\/core\//,
    what: /\bIntl\b|\.toLocale\w*|\.localeCompare\b/,
    says: "core speaks no language of the machine",
  },
  {
    where: /^src\/core\//,
    what: /\b(?:process|console|globalThis|require|fetch|Buffer|__dirname|__filename)\b|\bimport\.meta\b/,
    says: "core does not reach for the world",
  },
  { where: /^src\//, what: /\bconsole\s*\./, says: "nothing is printed past the terminal" },
  { where: /^src\//, what: /(?<![\w.$])any\b(?!\s*[(:?=])/, says: "what is not known is unknown, and is checked" },
  { where: /^src\//, what: /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/, says: "every export has a name" },
  {
    where: /^src\//,
    except: writers,
    what: /\bprocess\s*\.\s*(?:stdout|stderr)\b/,
    says: "only cli.ts, context.ts, terminal.ts and the wiring of --stdio in encounter.ts know where words go",
  },
  {
    where: /^src\//,
    except: ["src/cli.ts"],
    what: /\bprocess\s*\.\s*(?:exit|exitCode)\b/,
    says: "only cli.ts ends the program, by its exit code",
  },
  { where: /^src\//, what: /@ts-(?:ignore|nocheck|expect-error)/, says: "the types are put right" },
  {
    where: /^src\//,
    except: ["src/shell/assets.ts"],
    what: /\brequire\s*[.(]/,
    says: "only assets.ts finds files by the packages that carry them",
  },
  { where: /^src\//, what: /\b(?:fetch|WebSocket|XMLHttpRequest)\b/, says: "there is no network" },
  { where: /^src\//, what: /\beval\s*\(|\bnew\s+Function\b/, says: "no text is run as code" },
];

/** Words that must not stand in the code. Comments are read too for what only they can hold. */
export function banFaults(source: Source): readonly string[] {
  const { path, bare } = codeOf(source);
  return bans
    .filter(({ where, except }) => where.test(path) && !except?.includes(path))
    .flatMap(({ what, says }) => {
      const lines = (says === "the types are put right" ? source.text : bare).split("\n");
      return lines.flatMap((line, i) => {
        const found = new RegExp(what).exec(line);
        return found === null ? [] : [`${path}:${i + 1}: "${found[0].trim()}": ${says}`];
      });
    });
}

/** No file of the network among the imports either. */
const network = /^node:(?:http|https|http2|net|tls|dgram|dns|inspector)\b/;

export function networkFaults(source: Source): readonly string[] {
  return codeOf(source).imports.flatMap(({ line, from }) =>
    network.test(from) ? [`${source.path}:${line}: imports "${from}"; Threshold works without a network`] : [],
  );
}

// --- sentences ---

/** The help of the command line is English and stands in code, as commander has it; so do the two lines of a Problem. */
const help = /\.(?:description|summary|addHelpText|option|argument|version)\(\s*(?:["'`][ ]*["'`]\s*,\s*)*["'`]?$/;

/** Sentences for people stand in templates/. A heuristic: what is said or asked outright, and what looks like a sentence. */
export function sentenceFaults(source: Source): readonly string[] {
  const code = codeOf(source);
  return code.literals.flatMap(({ line, text, before }) => {
    if (help.test(before)) return [];
    const plain = text.replaceAll("\\n", " ").trim();
    const isSaid =
      /\.(?:say|warn|banner|result)\(\s*(?:\[\s*)?$/.test(before) && /[A-Za-z]{3,}[ ,]+[A-Za-z]{2,}/.test(plain);
    const isShown = /\b(?:ask|say|label|never|title|do)\s*:\s*(?:\[\s*)?$/.test(before) && /[A-Za-z]{2,}/.test(plain);
    const isSentence = /^["“']?[A-Z][\w'’]*[ ,].*[.?!]["”']?$/.test(plain) && plain.split(/\s+/).length >= 3;
    return isSaid || isShown || isSentence
      ? [`${code.path}:${line}: "${plain.slice(0, 60)}" is for people to read; it belongs in templates/words/`]
      : [];
  });
}

// --- length ---

export const longest = 450;

/** Files that are longer for a reason: how long they may be, and why. */
export const mayBeLonger: Readonly<Record<string, readonly [lines: number, why: string]>> = {
  "src/shell/pdf.ts": [900, "the page is laid out and drawn in one pass, and its numbers belong together"],
  "src/shell/journal.ts": [650, "append, read and mend are one promise about the same bytes"],
  "src/shell/keyboard.ts": [900, "one prompt: its keys, its lines and its screen"],
};

export function lengthFaults({ path, text }: Source): readonly string[] {
  const lines = text.trimEnd().split("\n").length;
  const [most, why] = mayBeLonger[path] ?? [longest, ""];
  if (lines <= most) return [];
  return [
    `${path}:${most}: the file has ${lines} lines; ${most} at most${why === "" ? ", or a reason in test/support/shell-walls.ts" : ""}`,
  ];
}

// --- circles and weight ---

type House = ReadonlyMap<string, Code>;

export function houseOf(sources: readonly Source[]): House {
  return new Map(sources.map((source) => [source.path, codeOf(source)]));
}

function pathOf(importer: string, from: string): string | undefined {
  return from.startsWith(".") ? posix.join(posix.dirname(importer), from) : undefined;
}

/** Files that import one another in a circle, whatever the kind of import. Each circle is told once. */
export function circleFaults(sources: readonly Source[]): readonly string[] {
  const house = houseOf(sources);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly { readonly path: string; readonly line: number }[]): void => {
    const began = way.findIndex((stop) => stop.path === path);
    if (began >= 0) {
      const circle = way.slice(began);
      found.push(`${circle.map((stop) => `${stop.path}:${stop.line}`).join(" imports ")} imports ${path}: a circle`);
      return;
    }
    if (done.has(path)) return;
    for (const { from, line } of house.get(path)?.imports ?? []) {
      const next = pathOf(path, from);
      if (next !== undefined && house.has(next)) visit(next, [...way, { path, line }]);
    }
    done.add(path);
  };
  for (const path of house.keys()) visit(path, []);
  return found;
}

/** A file that is imported by a name that no file has. */
export function lostFaults(sources: readonly Source[]): readonly string[] {
  const house = houseOf(sources);
  return [...house].flatMap(([path, { imports }]) =>
    imports.flatMap(({ from, line }) => {
      const next = pathOf(path, from);
      return next === undefined || house.has(next) ? [] : [`${path}:${line}: imports "${from}", which is not there`];
    }),
  );
}

/**
 * Every package from outside that is loaded by `start`, with the way to it. Static imports are followed, and of the
 * dynamic ones those that lead to `followed`.
 */
export function loadedBy(
  sources: readonly Source[],
  start: string,
  followed: readonly string[],
): ReadonlyMap<string, string> {
  const house = houseOf(sources);
  const packages = new Map<string, string>();
  const seen = new Set<string>();
  const visit = (path: string, way: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { from, line, kind } of house.get(path)?.imports ?? []) {
      const next = pathOf(path, from);
      if (kind === "type" || (kind === "dynamic" && (next === undefined || !followed.includes(next)))) continue;
      if (next !== undefined) visit(next, `${way} > ${next}`);
      else if (!from.startsWith("node:") && !packages.has(from)) packages.set(from, `${way}:${line}`);
    }
  };
  visit(start, start);
  return packages;
}

export function weightFaults(
  sources: readonly Source[],
  start: string,
  followed: readonly string[],
  light: readonly string[],
): readonly string[] {
  return [...loadedBy(sources, start, followed)].flatMap(([name, way]) =>
    light.includes(name)
      ? []
      : [`${way} loads "${name}" before the first key is pressed; import it where it is needed`],
  );
}

// --- tests ---

/** `.only` leaves the others out; `.skip` hides a fault unless its name says why, or ends in a hole for the reason. */
export function testFaults(source: Source): readonly string[] {
  const { path, bare, literals } = codeOf(source);
  return bare.split("\n").flatMap((line, i) => {
    const found = /\b(?:test|it|describe|suite)\b[\w.]*\.(only|skip|skipIf|todo|runIf|fails)\b/.exec(line);
    if (found === null) return [];
    if (found[1] === "only") return [`${path}:${i + 1}: ${found[0]} leaves every other test out`];
    const name = literals.find(
      (literal) => literal.line >= i + 1 && /[\w)\]]\s*\(\s*["'`]?$/.test(literal.before) && literal.text.includes(" "),
    );
    return name !== undefined && (name.isCut || /\(.{5,}\)|\bbecause\b|\bneeds\b|\bonly\b|\bwhere\b/.test(name.text))
      ? []
      : [`${path}:${i + 1}: ${found[0]} without a reason in the name`];
  });
}

// --- what must not be collected ---

const notCollected = [
  "status",
  "citizen",
  "citizens",
  "citizenship",
  "national",
  "nationality",
  "nationalities",
  "birth",
  "born",
  "birthplace",
  "birthday",
  "country",
  "countries",
  "origin",
  "alien",
  "passport",
  "visa",
  "religion",
  "religious",
  "faith",
  "race",
  "racial",
  "ethnic",
  "ethnicity",
  "language",
  "languages",
  "accent",
  "immigrant",
  "immigrants",
  "undocumented",
  "refugee",
  "asylum",
  "ssn",
  "age",
  "dob",
  "gender",
  "sex",
  "skin",
  "diagnosis",
];
const belonging =
  /\b(?:is|are|was|were) (?:(?:he|she|they|the person|anyone|someone|this) )?(?:an? )?(?:client|clients|resident|residents|patient|patients|pupil|pupils|student|students)\b/i;

/** Whether a field's id or words would ask for what must not be collected. `where`: how the fault begins. */
export function collectFaults(where: string, id: string, words: readonly string[]): readonly string[] {
  const parts = id
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
  const bad =
    parts.find((part) => notCollected.includes(part)) ??
    (/^is(?:client|resident|patient|pupil|student)/i.test(id) ? id : undefined);
  const named =
    bad === undefined ? [] : [`${where}: the field "${id}" is named for "${bad}", which must not be collected`];
  return [
    ...named,
    ...words.flatMap((text) => {
      const word =
        text
          .toLowerCase()
          .split(/[^a-z]+/)
          .find((part) => notCollected.includes(part)) ?? belonging.exec(text)?.[0];
      const number = /\bA[- ]?numbers?\b/.exec(text)?.[0];
      const found = word ?? number;
      return found === undefined ? [] : [`${where}: "${text}" asks for "${found}", which must not be collected`];
    }),
  ];
}

// --- what must not be in a public file ---

const hosts = /https?:\/\/[^\s"'`)<>]*(?:registry|npmjs|artifactory|nexus|jfrog|verdaccio|npm-proxy)[^\s"'`)<>]*/i;
const ways = /(?<![\w$}.\-/])\/work\/[\w.]*|\.\.\/shared\b|\/root\/[\w.]*/;

export function publicFaults({ path, text }: Source): readonly string[] {
  if (text.includes("\0")) return [];
  return text.split("\n").flatMap((line, i) => {
    const host =
      hosts.exec(line)?.[0] ??
      (path.endsWith("package-lock.json") && /"resolved":/.test(line) ? "resolved" : undefined);
    const way = ways.exec(line)?.[0];
    return [
      ...(host === undefined
        ? []
        : [`${path}:${i + 1}: "${host}" names a registry; the lockfile and the docs name none`]),
      ...(way === undefined ? [] : [`${path}:${i + 1}: "${way}" is a place on somebody's own machine`]),
    ];
  });
}

// --- CONTRIBUTING.md ---

/** Every package that people run must be there with the reason why. */
export function reasonFaults(contributing: string | undefined, names: readonly string[]): readonly string[] {
  if (contributing === undefined)
    return ["CONTRIBUTING.md:1: the file is not there; it names every runtime dependency and why it is one"];
  const lines = contributing.split("\n");
  return names.flatMap((name) => {
    const found = lines.filter((line) => line.includes(`\`${name}\``));
    const isExplained = found.some(
      (line) =>
        line
          .replace(/`[^`]*`/g, "")
          .split(/[^A-Za-z]+/)
          .filter((word) => word.length > 1).length >= 3,
    );
    return isExplained
      ? []
      : [`CONTRIBUTING.md:1: "${name}" is a runtime dependency without a reason; add a row to "Why each package"`];
  });
}

/** Every file of src has its line in the table, and every line of it its file. `commands/` is one line. */
export function tableFaults(contributing: string, files: readonly string[]): readonly string[] {
  const rows = contributing.split("\n").map((line, i) => ({ line: i + 1, cell: /^\|([^|]*)\|/.exec(line)?.[1] ?? "" }));
  const named = rows.flatMap(({ line, cell }) => {
    let folder = "";
    return [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, name = ""]) => {
      if (name.includes("/")) folder = posix.dirname(name);
      const path = name.includes("/") ? name : `${folder}/${name}`;
      return path.startsWith("src/") ? [{ line, path }] : [];
    });
  });
  const folders = named.filter(({ path }) => path.endsWith("/")).map(({ path }) => path);
  return [
    ...files
      .filter((file) => !named.some(({ path }) => path === file) && !folders.some((folder) => file.startsWith(folder)))
      .map((file) => `CONTRIBUTING.md:1: ${file} has no line in "One line per file"`),
    ...named
      .filter(({ path }) => !path.endsWith("/") && !files.includes(path))
      .map(({ line, path }) => `CONTRIBUTING.md:${line}: ${path} is not there`),
  ];
}
