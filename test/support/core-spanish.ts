import { compileWhole, type Parts } from "../../src/core/compile.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import { tinyParts } from "./core-parts.ts";

// The small protocol as it is shown in another language: the same words, each text between « and », so that a word in
// the wrong language is seen at once.

/** True for words that stand in the other language, whatever a site has filled in. */
export function isForeign(words: string): boolean {
  return words.includes("«") && words.includes("»");
}

export function foreign(words: string): string {
  return `«${words}»`;
}

/** Every text below `words` in the other language; what stands under one of `keys` is no text. */
function translated<T>(words: T, keys: readonly string[] = []): T {
  if (typeof words === "string") return foreign(words) as T;
  if (Array.isArray(words)) return words.map((each: unknown) => translated(each)) as T;
  if (typeof words !== "object" || words === null) return words;
  return Object.fromEntries(
    Object.entries(words).map(([key, value]) => [key, keys.includes(key) ? (value as unknown) : translated(value)]),
  ) as T;
}

/** The parts of the small protocol with words that people nearby may hear. */
function withNearby(): Parts {
  const parts = tinyParts();
  const start = { ...parts.words.steps["start"], nearby: "Please keep clear of {area}." };
  return { ...parts, words: { ...parts.words, steps: { ...parts.words.steps, start } } };
}

function spanishParts(): Parts {
  const parts = withNearby();
  return {
    ...parts,
    words: { ...translated(parts.words, ["language", "readBy"]), language: "es" },
    record: translated(parts.record),
  };
}

export const tinySpanish: Protocol = compileWhole(withNearby(), spanishParts(), "shelter");
export const tinyNearby: Protocol = compileWhole(withNearby(), withNearby(), "shelter");
