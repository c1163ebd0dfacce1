// One YAML file under a templates folder: read, checked, and every fault told with its line.

import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { type Document, isCollection, isPair, LineCounter, parseDocument } from "yaml";
import type * as z from "zod";
import { Problem } from "../core/problem.ts";

/** What a file says, and where each key stands in it. */
export type TemplateFile<T> = {
  readonly name: string;
  readonly value: T;
  lineOf(path: readonly (string | number)[]): number;
};

/** Reads and checks one file. @throws Problem `template`: file, line, what is wrong, what would be right. */
export function readTemplate<T>(path: string, schema: z.ZodType<T>): TemplateFile<T> {
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
export function explained(first: z.core.$ZodIssue | undefined): {
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
