import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ScreenWords } from "../../src/core/words.ts";

const file = join(import.meta.dirname, "..", "..", "templates", "words", "en.yaml");

/** The shipped words of the screen, before and after they are checked. */
export const source = (parse(readFileSync(file, "utf8")) as { screen: unknown }).screen;
export const words = ScreenWords.parse(source);
