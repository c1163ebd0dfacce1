import { expect, test } from "vitest";
import { type Field, misfit } from "../../src/core/field.ts";
import { fill } from "../../src/core/fill.ts";

const field = (kind: Field["kind"], more: Partial<Field> = {}): Field => ({
  per: "incident",
  kind,
  level: "must",
  prints: "report",
  section: "visit",
  ...more,
});

const fits: readonly (readonly [string, Field, string | { unknown: "refused" }, string | undefined])[] = [
  ["words", field("text"), "x", undefined],
  ["nothing", field("text"), "", "nothing was written"],
  ["only spaces", field("quote"), " \n\t", "nothing was written"],
  ["a count", field("count"), "12", undefined],
  ["no one at all", field("count"), "0", undefined],
  ["a count in words", field("count"), "two", '"two" is not a whole number'],
  ["a count below nothing", field("count"), "-1", '"-1" is not a whole number'],
  ["half a count", field("count"), "1.5", '"1.5" is not a whole number'],
  ["a count too long", field("count"), "10000", '"10000" is not a whole number'],
  ["a time", field("time"), "14:05", undefined],
  ["a time with one digit", field("time"), "9:05", undefined],
  ["the last minute", field("time"), "23:59", undefined],
  ["after the last minute", field("time"), "24:00", '"24:00" is not a time such as 14:05'],
  ["no such minute", field("time"), "14:60", '"14:60" is not a time such as 14:05'],
  ["a time with seconds", field("time"), "14:05:10", '"14:05:10" is not a time such as 14:05'],
  ["a choice", field("choice", { choices: ["no", "yes"] }), "yes", undefined],
  ["another choice", field("choice", { choices: ["no", "yes"] }), "maybe", '"maybe" is not one of "no", "yes"'],
  ["refused", field("text", { unknowns: ["refused"] }), { unknown: "refused" }, undefined],
  [
    "refused, where that cannot be",
    field("text", { unknowns: ["none", "hid"] }),
    { unknown: "refused" },
    '"refused" is not an answer here; use "none", "hid"',
  ],
  [
    "refused, where a value must be",
    field("text"),
    { unknown: "refused" },
    '"refused" is not an answer here; use a value',
  ],
];
test.each(fits)("%s", (_name, of, value, why) => expect(misfit(of, value)).toBe(why));

const fillings: readonly (readonly [string, string, readonly Readonly<Record<string, string>>[], string])[] = [
  ["one name", "Call {contact.lead}.", [{ "contact.lead": "A" }], "Call A."],
  ["a name with a digit", "{sha256}", [{ sha256: "abc" }], "abc"],
  ["a name twice", "{a} {a}", [{ a: "x" }], "x x"],
  ["the first that knows it", "{a}{b}", [{ a: "1" }, { a: "2", b: "3" }], "13"],
  ["an unknown name stays", "{nobody}", [{ a: "1" }], "{nobody}"],
  ["an empty word fills", "[{a}]", [{ a: "" }, { a: "x" }], "[]"],
  ["what is filled in is not filled again", "{a}", [{ a: "{b}", b: "x" }], "{b}"],
  ["a dollar sign is a dollar sign", "{a}", [{ a: "$& $1" }], "$& $1"],
];
test.each(fillings)("fill: %s", (_name, words, sources, filled) => expect(fill(words, ...sources)).toBe(filled));
