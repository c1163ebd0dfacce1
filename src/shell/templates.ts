// From the YAML files under a templates folder to checked, compiled protocols.
//
// - Every fault is told with file and line, what is wrong and what would be right; nothing half-checked comes out.
// - Used when the product is built, and again when a site brings templates of its own. Nothing else reads YAML.

import { isUtf8 } from "node:buffer";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Document, isCollection, isPair, LineCounter, parseDocument } from "yaml";
import * as z from "zod";
import { compile, compileWhole, FieldsFile, type Parts, RecordWords } from "../core/compile.ts";
import type { Fault } from "../core/fault.ts";
import { faults } from "../core/faults.ts";
import { Instrument, LookGraph } from "../core/instrument.ts";
import { Language } from "../core/language.ts";
import { OpenQuestions } from "../core/open-questions.ts";
import { Problem } from "../core/problem.ts";
import { Graph, ProtocolWords } from "../core/graph.ts";
import type { Protocol } from "../core/protocol.ts";
import { Words } from "../core/product-words.ts";
import { type Setting, settings, type Trait } from "../core/settings.ts";

const LANGUAGE = "en";

/** One template file: what it says, and where each key stands in it. */
type File<T> = { readonly name: string; readonly value: T; lineOf(path: readonly (string | number)[]): number };

/** A file that a build ships, or that a site's own templates make. */
export type CompiledFile = { readonly path: string; readonly bytes: string };

/**
 * Compiles every template of a folder laid out as `templates/` is: a file per protocol and setting, the words of the
 * screen and the paper, and the first words.
 * @throws Problem `template` that names the first fault with file and line, and counts the others.
 */
export function compileTemplates(folder: string): { readonly files: readonly CompiledFile[] } {
  const words = readWords(folder);
  const protocols = protocolNames(folder).flatMap((name) => compileProtocol(folder, name, words));
  const first = protocols.filter(({ id }) => id === "nyc" || protocols.every((other) => other.id !== "nyc"));
  return {
    files: [
      ...protocols.map((protocol) => ({
        path: protocolPath(protocol.id, protocol.setting),
        bytes: `${JSON.stringify(protocol)}\n`,
      })),
      { path: `words.${LANGUAGE}.json`, bytes: `${JSON.stringify(words.value)}\n` },
      { path: "first.json", bytes: `${JSON.stringify(firstWords(first, words.value))}\n` },
    ],
  };
}

/** Where a compiled protocol stands in the folder of compiled templates. */
export function protocolPath(id: string, setting: string): string {
  return `protocols/${id}.${setting}.${LANGUAGE}.json`;
}

/** Every fault of every protocol in the folder, as `file:line: sentence`, with its hint. @throws Problem for a file that cannot be read at all. */
export function templateFaults(folder: string): readonly { readonly message: string; readonly hint: string }[] {
  const words = readWords(folder);
  return protocolNames(folder).flatMap((name) => located(readParts(folder, name, words)));
}

/** What the protocol `name` leaves open; undefined when the folder has no such file. @throws Problem `template` for a fault in it. */
export function openQuestions(folder: string, name: string): OpenQuestions["questions"] | undefined {
  const path = join(folder, "protocols", `${name}.open.yaml`);
  if (!existsSync(path)) return undefined;
  const file = readFile(path, OpenQuestions);
  const { steps } = readFile(join(folder, "protocols", `${name}.yaml`), Graph).value;
  for (const [id, question] of Object.entries(file.value.questions)) {
    for (const [i, step] of question.steps.entries()) {
      if (steps[step] !== undefined) continue;
      const line = file.lineOf(["questions", id, "steps", i]);
      throw new Problem("template", `${path}:${line}: there is no step "${step}"`, "name the steps that would change");
    }
  }
  return file.value.questions;
}

function protocolNames(folder: string): readonly string[] {
  const path = join(folder, "protocols");
  if (!existsSync(path))
    throw new Problem(
      "template",
      `${path} does not exist`,
      "a templates folder holds protocols/, instruments/, record/ and words/",
    );
  const names = readdirSync(path)
    .filter((file) => /^[a-z][a-z0-9-]*\.yaml$/.test(file))
    .map((file) => basename(file, ".yaml"));
  if (names.length === 0)
    throw new Problem(
      "template",
      `${path} holds no protocol`,
      "a protocol is a graph such as nyc.yaml and its words, nyc.en.yaml",
    );
  return names;
}

type ReadParts = {
  readonly parts: Parts;
  readonly files: Readonly<Record<Fault["part"], File<unknown>>>;
  readonly instruments: Readonly<Record<string, File<unknown>>>;
};

function readParts(folder: string, name: string, words: File<unknown>): ReadParts {
  const graph = readFile(join(folder, "protocols", `${name}.yaml`), Graph);
  if (graph.value.id !== name) {
    const line = graph.lineOf(["id"]);
    throw new Problem(
      "template",
      `${graph.name}:${line}: the protocol is called "${graph.value.id}", its file "${name}"`,
      "give both the same name",
    );
  }
  const spoken = readFile(join(folder, "protocols", `${name}.${LANGUAGE}.yaml`), ProtocolWords);
  const language = readFile(join(folder, "languages", `${LANGUAGE}.yaml`), Language);
  const fields = readFile(join(folder, "record", "fields.yaml"), FieldsFile);
  const look = readFile(join(folder, "instruments", "look.yaml"), LookGraph);
  const kinds = readdirSync(join(folder, "instruments"))
    .filter((file) => file.endsWith(".yaml") && file !== "look.yaml")
    .toSorted();
  const instruments = Object.fromEntries(
    kinds.map((file) => [basename(file, ".yaml"), readFile(join(folder, "instruments", file), Instrument)]),
  );
  const record = RecordWords.parse(words.value);
  return {
    parts: {
      graph: graph.value,
      words: spoken.value,
      language: language.value,
      fields: fields.value.fields,
      look: look.value,
      instruments: Object.fromEntries(Object.entries(instruments).map(([id, file]) => [id, file.value])),
      record,
    },
    files: { graph, words: spoken, fields, look, instruments: look, record: words },
    instruments,
  };
}

function located({ parts, files }: ReadParts): readonly { readonly message: string; readonly hint: string }[] {
  const torn = variantFaults(parts);
  return (torn.length > 0 ? torn : faults(parts)).map((fault) => ({
    message: `${files[fault.part].name}:${files[fault.part].lineOf(fault.path)}: ${fault.message}`,
    hint: fault.hint,
  }));
}

/** Variants that do not make a whole step: `compile` throws at them, so they are looked for first. */
function variantFaults({ graph, ...others }: Parts): readonly Fault[] {
  const variants = Object.entries(graph.variants ?? {}).flatMap(([setting, steps]) =>
    Object.entries(steps).map(([id, variant]) => ({ setting: setting as Setting | Trait, id, variant })),
  );
  return variants.flatMap(({ setting, id, variant }): readonly Fault[] => {
    const isSetting = settings.some((each) => each === setting);
    const place = {
      setting: isSetting ? (setting as Setting) : (graph.settings[0] ?? "shelter"),
      traits: isSetting ? [] : [setting as Trait],
    };
    try {
      compile({ ...others, graph: { ...graph, variants: { [setting]: { [id]: variant } } } }, place);
      return [];
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      const { keys, says, hint } = explained(error.issues[0]);
      return [
        {
          part: "graph",
          path: ["variants", setting, id, ...keys],
          message: `step "${id}" in a ${setting}: ${says}`,
          hint,
        },
      ];
    }
  });
}

function compileProtocol(folder: string, name: string, words: File<Words>): readonly Protocol[] {
  const read = readParts(folder, name, words);
  const [first, ...others] = located(read);
  if (first)
    throw new Problem(
      "template",
      others.length > 0 ? `${first.message} (and ${others.length} more)` : first.message,
      first.hint,
    );
  return read.parts.graph.settings.map((setting) => compileWhole(read.parts, read.parts, setting));
}

function readWords(folder: string): File<Words> {
  return readFile(join(folder, "words", `${LANGUAGE}.yaml`), Words);
}

/** What the launcher paints: the first step's words for each setting, placeholders and all. */
function firstWords(protocols: readonly Protocol[], words: Words) {
  const settings = Object.fromEntries(
    protocols.map((protocol) => {
      const step = protocol.steps[protocol.start];
      return [protocol.setting, { say: step?.say ?? "", do: step?.do ?? [], values: protocol.values }];
    }),
  );
  const { say, phone, do: todo } = words.screen;
  return {
    v: 1,
    default: LANGUAGE,
    langs: {
      [LANGUAGE]: {
        say,
        phone,
        do: todo,
        never: protocols[0]?.never ?? "",
        settings: { unset: settings["shelter"], ...settings },
      },
    },
  };
}

/** Reads and checks one file. @throws Problem `template`: file, line, what is wrong, what would be right. */
function readFile<T>(path: string, schema: z.ZodType<T>): File<T> {
  const text = readText(path);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", uniqueKeys: true });
  const broken = document.errors[0];
  if (broken)
    throw new Problem(
      "template",
      `${path}:${broken.linePos?.[0].line ?? 1}: ${sentence(broken.message.split("\n")[0]?.replace(/ at line .*$/, ""))}`,
      "put the YAML right; indent with spaces and quote text that holds a colon",
    );
  const lineOf = (keys: readonly (string | number)[]) => lineAt(document, lines, keys);
  const parsed = schema.safeParse(valueOf(document, path, text));
  if (parsed.success) return { name: path, value: parsed.data, lineOf };
  const { keys, says, hint } = explained(parsed.error.issues[0]);
  throw new Problem("template", `${path}:${lineOf(keys)}: ${says}`, hint);
}

function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    throw new Problem("template", `${path} cannot be read`, "put the file there, or name another folder of templates");
  }
  const text = bytes.toString("utf8");
  if (!isUtf8(bytes))
    throw new Problem("template", `${path}:${lineOfText(text, "\ufffd")}: this is not UTF-8`, "save the file as UTF-8");
  return text;
}

/** What the YAML says. @throws Problem for an alias that stands for nothing, or for too much. */
function valueOf(document: Document, path: string, text: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const alias = /alias\): (\S+)$/.exec(error.message)?.[1];
    throw new Problem(
      "template",
      `${path}:${alias === undefined ? 1 : lineOfText(text, `*${alias}`)}: ${sentence(error.message)}`,
      "write the words out, or set the anchor (&name) before the alias (*name)",
    );
  }
}

function lineOfText(text: string, wanted: string): number {
  return text.slice(0, Math.max(0, text.indexOf(wanted))).split("\n").length;
}

/** An issue of zod's in words: the keys that lead to it, what is wrong, what would be right. */
function explained(first: z.core.$ZodIssue | undefined): {
  readonly keys: readonly (string | number)[];
  readonly says: string;
  readonly hint: string;
} {
  const issue = deepest(first);
  const keys = (issue?.path ?? []).map((key) => (typeof key === "number" ? key : String(key)));
  const extra = issue?.code === "unrecognized_keys" ? [issue.keys[0] ?? ""] : [];
  return {
    keys: [...keys, ...extra],
    says: `${keys.length > 0 ? `${keys.join(".")}: ` : ""}${sentence(issue?.message)}`,
    hint: expected(issue),
  };
}

/** Of a union, the issue of the member that came furthest. */
function deepest(issue: z.core.$ZodIssue | undefined, path: readonly PropertyKey[] = []): z.core.$ZodIssue | undefined {
  if (issue === undefined) return undefined;
  const whole = { ...issue, path: [...path, ...issue.path] };
  if (issue.code !== "invalid_union") return whole;
  const members = issue.errors.flatMap((errors) => deepest(errors[0], whole.path) ?? []);
  return members.toSorted((a, b) => b.path.length - a.path.length)[0] ?? whole;
}

function sentence(message: string | undefined): string {
  const words = message ?? "not as it should be";
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function expected(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "unrecognized_keys") return "take the key out, or put its spelling right";
  if (issue?.code === "invalid_type")
    return `write ${issue.expected === "array" ? "a list" : issue.expected === "object" || issue.expected === "record" ? "keys with values" : `a ${issue.expected}`} here`;
  if (issue?.code === "invalid_value") return `one of ${issue.values.map((value) => `"${String(value)}"`).join(", ")}`;
  if (issue?.code === "too_big") return `${issue.maximum} at most`;
  return "see the same key in the templates that come with Threshold";
}

/** The line of the key at `path`, or of the nearest thing above it that is there. */
function lineAt(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let line = 1;
  for (const key of path) {
    if (!isCollection(node)) break;
    const pair = node.items.find((item) => isPair(item) && String(item.key) === String(key));
    const child: unknown = isPair(pair) ? pair.key : node.items[Number(key)];
    const range = (child as { range?: readonly number[] } | undefined)?.range;
    if (range?.[0] === undefined) break;
    line = lines.linePos(range[0]).line;
    node = isPair(pair) ? pair.value : child;
  }
  return line;
}
