import * as z from "zod";

// What a language asks of the words that are read and said in it: `templates/languages/<language>.yaml`. Data, so that a
// language is added by adding its files.

const text = z.string().trim().min(1);
/** Words or phrases, in any case; a `*` at the end of a word stands for any ending. */
const phrases = z.array(text).min(1);

export const Language = z.strictObject({
  language: z.string().regex(/^[a-z]{2}$/, "two small letters such as en"),
  /** As those who speak it call it. */
  name: text,
  /** How hard what is said may be to read: a school grade at most, or an index of ease at least. */
  reading: z.union([
    z.strictObject({ formula: z.literal("fleschKincaid"), most: z.number() }),
    z.strictObject({ formula: z.literal("fernandezHuerta"), least: z.number() }),
  ]),
  /** How long what is said may be, so that it is said in one breath. */
  say: z.strictObject({
    words: z.int().min(1),
    characters: z.int().min(1),
    sentences: z.int().min(1).optional(),
  }),
  /** What no word that staff read or say may hold, under the name of what it would teach. */
  forbidden: z.record(z.string(), phrases),
  /** Names under `forbidden` that an answer may hold all the same where it only reports: it writes a choice of the record. */
  reported: z.array(text).optional(),
  /** What is never said aloud, though it may be read: verdicts, defects, statutes. */
  unsaid: z.record(z.string(), phrases),
  /** How this language asks someone to wait. It is asked once. */
  waits: phrases,
  /** How this language steps aside. Every step where agents go on says it. */
  aside: phrases,
  /** How a line begins that says what not to do. What to do begins with something to do. */
  negations: phrases.optional(),
  /** How this language speaks of agents to somebody else: every call says one, and nothing that agents are told does. */
  phone: phrases.optional(),
});
export type Language = z.infer<typeof Language>;
