import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Words } from "../../src/core/product-words.ts";
import type { Protocol, Step } from "../../src/core/protocol.ts";
import type { Setting } from "../../src/core/settings.ts";
import type { FirstWords } from "../../src/shell/compiled.ts";
import { top } from "./shell-folders.ts";

// The words as they were built, so that no test holds a sentence of its own.

const compiled = (name: string): unknown => JSON.parse(readFileSync(join(top, "dist", "templates", name), "utf8"));

export const words = compiled("words.en.json") as Words;

export const firstWords = compiled("first.json") as FirstWords;

export function protocolFor(setting: Setting, language = "en"): Protocol {
  return compiled(`protocols/nyc.${setting}.${language}.json`) as Protocol;
}

export function stepOf(protocol: Protocol, id: string): Step {
  const step = protocol.steps[id];
  if (step === undefined) throw new Error(`there is no step "${id}"`);
  return step;
}

/** Every run of white space as one space: words as they are, wherever a screen or a page breaks them. */
export function flat(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** A sentence with its placeholders filled, in the way of the product but not by its code. */
export function filled(sentence: string, ...values: readonly Readonly<Record<string, string>>[]): string {
  return flat(
    sentence.replace(/\{([A-Za-z.]+)\}/g, (all, name: string) => values.find((each) => name in each)?.[name] ?? all),
  );
}

// What vitest says of these is "any", and would let anything stand.
/** Text that holds these words. */
export function holding(part: string): unknown {
  return expect.stringContaining(part);
}

/** Text that looks like this; without a pattern, any text at all. */
export function like(pattern: RegExp = /(?:)/): unknown {
  return expect.stringMatching(pattern);
}

/** The part of a sentence before its first placeholder, for words that are filled in. */
export function stable(sentence: string): string {
  return flat(sentence.split("{")[0] ?? "");
}
