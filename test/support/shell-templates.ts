import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { Problem } from "../../src/core/problem.ts";
import { compileTemplates } from "../../src/shell/templates.ts";
import { freshFolder, top } from "./shell-folders.ts";

/** What one edit finds, and what it puts there. A text must be found exactly once; an expression too. */
export type Edit = readonly [file: string, find: string | RegExp, put: string];

/** What a copy leaves out, so that a test meets one protocol in one language. */
const others = /[/\\](?:protocols[/\\](?!nyc\.).*|(?:.*\.)?(?!en\.)[a-z]{2}\.yaml)$/;

/** A copy of the templates that come with Threshold, the protocol nyc in English alone, with each edit made. */
export function templatesWith(...edits: readonly Edit[]): string {
  const folder = freshFolder("templates");
  cpSync(join(top, "templates"), folder, { recursive: true, filter: (path) => !others.test(path) });
  for (const [file, find, put] of edits) change(join(folder, file), find, put);
  return folder;
}

function change(path: string, find: string | RegExp, put: string): void {
  const text = readFileSync(path, "utf8");
  const pattern =
    typeof find === "string"
      ? new RegExp(RegExp.escape(find), "g")
      : new RegExp(find.source, `g${find.flags.replace("g", "")}`);
  const times = [...text.matchAll(pattern)].length;
  if (times !== 1)
    throw new Error(`${path}: ${String(find)} stands there ${times} times; this test needs it exactly once`);
  writeFileSync(
    path,
    text.replace(pattern, () => put),
  );
}

/** The first fault of a folder as it is told: where, on a line that reads how, what, and what would be right. */
export type Told = {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly says: string;
  readonly hint: string | undefined;
};

/** The first fault, or undefined when the folder compiles. */
export function firstFault(folder: string): Told | undefined {
  try {
    compileTemplates(folder);
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "template") throw error;
    return told(folder, error.message.replace(/ \(and \d+ more\)$/, ""), error.hint);
  }
}

/** Takes `file:line: sentence` apart, and looks up the line. */
export function told(folder: string, message: string, hint: string | undefined): Told {
  const [, path = "", line = "0", says = message] = /^(.+?\.yaml)(?::(\d+):)? (.*)$/s.exec(message) ?? [];
  const text = Number(line) > 0 ? (readFileSync(path, "utf8").split("\n")[Number(line) - 1] ?? "") : "";
  return {
    file: path.replace(`${folder}${sep}`, "").replaceAll(sep, "/"),
    line: Number(line),
    text: text.trim(),
    says,
    hint,
  };
}
