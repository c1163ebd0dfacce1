import * as z from "zod";
import { unknowns } from "./field.ts";
import { marks } from "./protocol.ts";

// Every word a person meets at the desk that is not a protocol's own. Words in {braces} are filled in.

const text = z.string().trim().min(1);

/** Words with a place for each of `names`, so that a translation cannot lose one. */
function withPlaces(...names: readonly string[]) {
  return text.refine(
    (words) => names.every((name) => words.includes(`{${name}}`)),
    `must hold ${names.map((name) => `{${name}}`).join(" and ")}`,
  );
}

/** Words under each of `keys`, and under no others; spaces around them count. */
export const keyed = <const K extends readonly string[]>(...keys: K) => {
  const words = z.string().min(1);
  return z.strictObject(Object.fromEntries(keys.map((key) => [key, words])) as Record<K[number], typeof words>);
};

/** A key to press. `word` is what is typed after a slash where letters make text; `label` says what it does. */
const Key = z.strictObject({
  key: z.string().regex(/^[a-z?]$/, "one small letter, or ?"),
  word: z.string().regex(/^[a-z]{2,12}$/, "one word of small letters"),
  label: text,
});

/** What can stand in the place of a value: a letter, and what it means. */
const Letter = z.strictObject({ key: z.string().regex(/^[a-z]$/, "one small letter"), label: text });

const keyNames = ["danger", "entered", "note", "handOver", "back", "contacts", "why", "stop", "rest", "help"] as const;

/** The words of the screen. Refused when two keys that can meet on one screen are the same letter. */
export const ScreenWords = z
  .strictObject({
    /** The labels before what to say, to agents and into the telephone, in English, to people nearby, and what to do. */
    say: text,
    phone: text,
    english: text,
    nearby: text,
    do: text,
    /** The mark of an encounter that is neither a drill nor an example. */
    live: text,
    sinceOpened: withPlaces("time"),
    /** The time since then, from one day on; `time` is HH:MM. */
    days: withPlaces("days", "time"),
    writtenDown: withPlaces("time"),
    keys: z.record(z.enum(keyNames), Key),
    unknowns: z.record(z.enum(unknowns), Letter),
    /** Said back at the top of the next screen's last lines, and by the plain prompter at once. */
    chosen: withPlaces("choice"),
    choose: z.strictObject({
      /** Another key than those offered. */
      wrong: withPlaces("last"),
      /** Another key, where nothing has a number. */
      wrongKey: text,
      enter: text,
      /** Several keys at once, or something pasted. */
      many: text,
    }),
    /** After a question with others behind it in the same part. */
    left: withPlaces("count"),
    /** How to answer where a line is typed, by kind of field. */
    type: z.strictObject({ text, quote: text, count: text, time: text, file: text, orLetter: text, now: text }),
    misfit: z.strictObject({
      empty: text,
      count: withPlaces("typed"),
      time: withPlaces("typed"),
      command: withPlaces("typed", "commands"),
      long: withPlaces("most"),
    }),
    note: z.strictObject({ ask: text, keys: text }),
    /** `done` is said once it is written down. */
    handOver: z.strictObject({ ask: text, keys: text, long: withPlaces("most"), done: withPlaces("who") }),
    contacts: z.strictObject({ title: text, none: text }),
    why: z.strictObject({ title: text, none: text, read: withPlaces("date"), sure: z.record(z.enum(marks), text) }),
    help: z.strictObject({ title: text, lines: z.array(text).min(1).max(8) }),
    panel: z.strictObject({ more: text, back: text }),
    /** For lines that are printed one after the other and never repainted. */
    plain: z.strictObject({
      say: withPlaces("words"),
      phone: withPlaces("words"),
      english: withPlaces("words"),
      nearby: withPlaces("words"),
      do: withPlaces("words"),
      start: z.array(text).min(1),
      wrong: withPlaces("typed"),
      answer: text,
      early: text,
      keys: withPlaces("keys"),
      commands: withPlaces("keys"),
      letters: withPlaces("letters"),
      /** What was typed before a command, which cannot stand on the line again. */
      kept: withPlaces("typed"),
    }),
  })
  .superRefine((words, context) => {
    const all = [...Object.values(words.keys), ...Object.values(words.unknowns)].map(({ key }) => key);
    const twice = all.find((key, at) => all.indexOf(key) !== at);
    if (twice !== undefined)
      context.addIssue({
        code: "custom",
        path: ["keys"],
        message: `"${twice}" stands for two things; keys and unknowns each need a letter of their own`,
      });
    const commands = Object.values(words.keys).map(({ word }) => word);
    const double = commands.find((word, at) => commands.indexOf(word) !== at);
    if (double !== undefined)
      context.addIssue({
        code: "custom",
        path: ["keys"],
        message: `"/${double}" stands for two things; each key needs a word of its own`,
      });
  });
export type ScreenWords = z.infer<typeof ScreenWords>;
