import { describe, expect, test } from "vitest";
import type { Parts } from "../../src/core/compile.ts";
import { parity } from "../../src/core/parity.ts";
import { shippedParts } from "../support/core-parts.ts";
import { type Case, faultLike, type Loose, put, set } from "../support/proof-cases.ts";
import { partsIn, shippedPacks } from "../support/mutations.ts";

// A translation beside its original: those that ship, and one made of the English words, with one thing lost in each line.

test.each(
  shippedPacks().flatMap((pack) =>
    Object.keys(pack.tongues)
      .slice(1)
      .map((language) => [`${pack.name} in ${language}`, pack, language] as const),
  ),
)("%s says what the original says", (_name, pack, language) => {
  expect(parity(partsIn(pack, Object.keys(pack.tongues)[0] ?? ""), partsIn(pack, language))).toEqual([]);
});

describe("a translation", () => {
  /** The English words said again with every word backwards: as long, with as many sentences, and with no word the same. */
  const backwards = (text: string): string =>
    text.replace(/\{[^}]*\}|[\p{L}\p{N}']+/gu, (word) =>
      word.startsWith("{") ? word : Array.from(word).toReversed().join(""),
    );
  const turned = (value: unknown): unknown =>
    typeof value === "string"
      ? backwards(value)
      : Array.isArray(value)
        ? value.map(turned)
        : Object.fromEntries(Object.entries(value as Loose).map(([key, each]) => [key, turned(each)]));
  const base = shippedParts();
  const translated = (): Parts => ({
    ...shippedParts(),
    language: { ...base.language, language: "xx", name: "Sdrawkcab" },
    words: { ...(turned(base.words) as Parts["words"]), language: "xx" },
    record: turned(base.record) as Parts["record"],
  });

  test("that says the same has no fault", () => {
    expect(parity(base, translated())).toEqual([]);
  });

  const say = base.words.steps["waiting"]?.say ?? "";
  const cases: readonly Case[] = [
    [
      "without a step",
      put(["words steps hold", undefined]),
      "words",
      "steps hold",
      'step "hold" has no words in Sdrawkcab',
      "translate steps: hold",
    ],
    [
      "with a step too many",
      put(["words steps hald", {}]),
      "words",
      "steps hald",
      'step "hald" has words in Sdrawkcab and none in English',
    ],
    [
      "that says nothing",
      put(["words steps hold say", undefined]),
      "words",
      "steps hold say",
      'step "hold" says nothing in Sdrawkcab',
      "translate steps: hold: say",
    ],
    [
      "that says something of its own",
      put(["words steps left say", "X."]),
      "words",
      "steps left say",
      'what step "left" says has words in Sdrawkcab and none in English',
    ],
    [
      "that tells people nearby nothing",
      put(["words steps waiting nearby", undefined]),
      "words",
      "steps waiting nearby",
      'what step "waiting" says to people nearby has no words in Sdrawkcab',
    ],
    [
      "that asks nothing",
      put(["words steps hold ask", undefined]),
      "words",
      "steps hold ask",
      'what step "hold" asks has no words in Sdrawkcab',
    ],
    [
      "with nothing to do",
      put(["words steps hold do", undefined]),
      "words",
      "steps hold do",
      'what to do in step "hold" has no words in Sdrawkcab',
    ],
    [
      "without an answer",
      put(["words steps hold answers other", undefined]),
      "words",
      "steps hold answers other",
      'answer "other" of step "hold" has no words in Sdrawkcab',
    ],
    [
      "with an answer too many",
      put(["words steps hold answers more", "X"]),
      "words",
      "steps hold answers more",
      'answer "more" of step "hold" has words in Sdrawkcab and none in English',
    ],
    [
      "without a setting's words",
      put(["words steps hold hospital", undefined]),
      "words",
      "steps hold hospital",
      'step "hold" (hospital) has no words in Sdrawkcab',
    ],
    [
      "without a trait's words",
      put(["words steps stop_order private", undefined]),
      "words",
      "steps stop_order private",
      'step "stop_order" (private) has no words in Sdrawkcab',
    ],
    [
      "with a setting's words of its own",
      put(["words steps left school", { say: "X." }]),
      "words",
      "steps left school",
      'step "left" (school) has words in Sdrawkcab and none in English',
    ],
    [
      "that loses a placeholder",
      put(["words steps hold say", "X. X. X {past}."]),
      "words",
      "steps hold say",
      'what step "hold" says holds {waitingPlace} in English and not in Sdrawkcab',
      "put {waitingPlace} into the words",
    ],
    [
      "that loses a placeholder of what to do",
      put([
        "words steps call_lead do",
        ["Llac eht {contact.lead} dna yas eseht sdrow.", "Ksa ytiruces ot dnats yb ta eht ksed."],
      ]),
      "words",
      "steps call_lead do",
      'what to do in step "call_lead" holds {contact.security} in English and not in Sdrawkcab',
    ],
    [
      "with a placeholder too many",
      put(["words steps hold ask", "X {site}?"]),
      "words",
      "steps hold ask",
      'what step "hold" asks holds {site} in Sdrawkcab and not in English',
    ],
    [
      "with a sentence too many",
      put(["words steps waiting say", `${backwards(say)} X.`]),
      "words",
      "steps waiting say",
      'what step "waiting" says has 2 sentences in English and 3 in Sdrawkcab',
    ],
    [
      "with a question that is none",
      put(["words steps nypd say", "X. X, X."]),
      "words",
      "steps nypd say",
      'what step "nypd" says has 1 questions in English and 0 in Sdrawkcab',
    ],
    [
      "left in English",
      put(["words steps waiting say", say]),
      "words",
      "steps waiting say",
      'what step "waiting" says is the same in Sdrawkcab as in English',
      "translate it",
    ],
    [
      "with a line left in English",
      put(["words steps hold do 1", "Leave every door as it is."]),
      "words",
      "steps hold do 1",
      'what to do in step "hold" holds a line that is the same in Sdrawkcab as in English',
    ],
    [
      "much shorter",
      put(["words steps hold do", ["Yats."]]),
      "words",
      "steps hold do",
      'what to do in step "hold" is much shorter in Sdrawkcab than in English',
    ],
    [
      "much longer",
      put(["words steps pursuit do 0", "X".repeat(100)]),
      "words",
      "steps pursuit do",
      'what to do in step "pursuit" is much longer in Sdrawkcab than in English',
    ],
    [
      "without a role",
      put(["words roles lead", undefined]),
      "words",
      "roles lead",
      'the role "lead" has no words in Sdrawkcab',
    ],
    [
      "without a stand-in",
      put(["words values school past", undefined]),
      "words",
      "values school past",
      'in a school, the stand-in "past" has no words in Sdrawkcab',
    ],
    [
      "without an outcome",
      put(["words outcomes closed", undefined]),
      "words",
      "outcomes closed",
      'the outcome "closed" has no words in Sdrawkcab',
    ],
    [
      "with a title left in English",
      put(["words title", base.words.title]),
      "words",
      "title",
      "the title is the same in Sdrawkcab as in English",
    ],
    [
      "with an English line on every screen",
      put(["words never", base.words.never]),
      "words",
      "never",
      "what stands on every live screen is the same in Sdrawkcab as in English",
    ],
    [
      "without a field",
      put(["record record given", undefined]),
      "record",
      "record given",
      'the field "given" has no words in Sdrawkcab',
    ],
    [
      "without a choice",
      put(["record record given choices nothing", undefined]),
      "record",
      "record given choices nothing",
      'in field "given", the choice "nothing" has no words in Sdrawkcab',
    ],
    [
      "with a field's question left in English",
      put(["record record given ask", base.record.record["given"]?.ask]),
      "record",
      "record given ask",
      'what field "given" asks is the same in Sdrawkcab as in English',
    ],
    [
      "with a field's name left in English",
      put(["record record given label", base.record.record["given"]?.label]),
      "record",
      "record given label",
      'the label of field "given" is the same in Sdrawkcab as in English',
    ],
    [
      "without a question about a paper",
      put(["record look top", undefined]),
      "record",
      "look top",
      'the question "top" about a paper has no words in Sdrawkcab',
    ],
    [
      "with a question about a paper left in English",
      put(["record look top ask", base.record.look["top"]?.ask]),
      "record",
      "look top ask",
      'the question "top" about a paper is the same in Sdrawkcab as in English',
    ],
    [
      "without an answer about a paper",
      put(["record look top answers agency", undefined]),
      "record",
      "look top answers agency",
      'in question "top", the answer "agency" has no words in Sdrawkcab',
    ],
    [
      "without a kind of paper",
      put(["record instruments i200", undefined]),
      "record",
      "instruments i200",
      'the instrument "i200" has no words in Sdrawkcab',
    ],
    [
      "with what is said about a paper left in English",
      put(["record instruments i200 about", base.record.instruments["i200"]?.about]),
      "record",
      "instruments i200 about",
      'what is said about instrument "i200" is the same in Sdrawkcab as in English',
    ],
    [
      "with a verdict left in English",
      put(["record verdicts unclear", base.record.verdicts.unclear]),
      "record",
      "verdicts unclear",
      'under verdicts, the text "unclear" is the same in Sdrawkcab as in English',
    ],
    [
      "without a reason",
      put(["record unknowns hid", undefined]),
      "record",
      "unknowns hid",
      'under unknowns, the text "hid" has no words in Sdrawkcab',
    ],
    [
      "that loses a number",
      put(["record more agent", "Agent: "]),
      "record",
      "more agent",
      'under more, the text "agent" holds {n} in English and not in Sdrawkcab',
    ],
  ];
  test.each(cases.map((line) => [line[0], line] as const))("%s", (_name, [, spoil, part, path, message, hint]) => {
    const other = translated();
    spoil(other);
    expect(parity(base, other)).toContainEqual(faultLike(part, path, message, hint));
  });

  test("may call a form as it is called here", () => {
    const other = translated();
    set(other, "record instruments i200 name", base.record.instruments["i200"]?.name);
    expect(parity(base, other)).toEqual([]);
  });
});
