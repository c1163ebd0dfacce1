import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { compileTemplates } from "../../src/shell/templates.ts";
import { freshFolder, put, top } from "./shell-folders.ts";

// A language nobody speaks: English in which every vowel has two dots. It is added as any language is, by its files.

/** Words as they stand in that language; a placeholder stays what it is. */
export function dotted(words: string): string {
  return words.replace(/\{[^}]*\}|[aeiou]/gi, (found) => (found.length > 1 ? found : `${found}\u0308`.normalize()));
}

/** Every string in a value in that language; keys, and what stands under `plain`, stay as they are. */
function translated(value: unknown, plain: ReadonlySet<string>): unknown {
  if (typeof value === "string") return dotted(value);
  if (Array.isArray(value)) return value.map((each) => translated(each, plain));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, plain.has(key) ? each : translated(each, plain)]),
  );
}

const room = { protocols: "nyc.", words: "", languages: "" } as const;
type Room = keyof typeof room;

/** The file of a language in a folder of templates. */
export function fileOf(folder: string, kind: Room, language: string): string {
  return join(folder, kind, `${room[kind]}${language}.yaml`);
}

function english(folder: string, kind: Room): Record<string, unknown> {
  return parse(readFileSync(fileOf(folder, kind, "en"), "utf8")) as Record<string, unknown>;
}

/** Adds a language to a folder of templates by adding files only; `except` leaves some of them out. */
export function addLanguage(folder: string, language: string, except: readonly Room[] = []): void {
  const write = (kind: Room, value: unknown) => {
    if (!except.includes(kind)) writeFileSync(fileOf(folder, kind, language), stringify(value, { lineWidth: 0 }));
  };
  const words = translated(english(folder, "protocols"), new Set(["language", "readBy"]));
  write("protocols", { ...(words as object), language });
  const { report: _, ...other } = english(folder, "words");
  write("words", translated(other, new Set(["key", "word"])));
  const rules = translated(english(folder, "languages"), new Set(["language", "reading", "reported"]));
  const reading = { formula: "fleschKincaid", most: 30 }; // no vowel is silent any more
  write("languages", { ...(rules as object), language, name: dotted("English"), reading });
}

/** The product as it would be built from these templates. Gives its launcher. */
export function productOf(templates: string): string {
  const product = freshFolder("product");
  for (const name of ["bin", "dist", "package.json"])
    cpSync(join(top, name), join(product, name), {
      recursive: true,
      filter: (path) => !/dist.(templates|cache)(?![^/\\])/.test(path),
    });
  symlinkSync(join(top, "node_modules"), join(product, "node_modules"), "junction");
  cpSync(templates, join(product, "templates"), { recursive: true });
  for (const { path, bytes } of compileTemplates(templates).files) put(product, `dist/templates/${path}`, bytes);
  return join(product, "bin", "threshold.js");
}
