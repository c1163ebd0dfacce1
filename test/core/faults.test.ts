import { describe, expect, test } from "vitest";
import type { Parts } from "../../src/core/compile.ts";
import { faults } from "../../src/core/faults.ts";
import { shippedParts, tinyParts } from "../support/core-parts.ts";
import type { Case } from "../support/proof-cases.ts";

// What ships has no fault. Each line below puts one fault into a copy of it and expects it to be told: the file, the
// keys that lead there, the sentence, and what would be right.

test("what ships has no fault, and neither has the small protocol of the tests", () => {
  expect(faults(shippedParts())).toEqual([]);
  expect(faults(tinyParts())).toEqual([]);
});

type Loose = Record<string, Record<string, unknown>>;
const loose = (value: unknown): Loose => value as Loose;
/** The thing at these keys, to be changed in place: the copy is the test's own. */
function at(value: unknown, ...keys: readonly string[]): Loose {
  return keys.reduce<Loose>((thing, key) => loose(thing[key]), loose(value));
}
function set(value: unknown, keys: string, to: unknown): void {
  const path = keys.split(".");
  const last = path.pop() ?? "";
  const thing = at(value, ...path) as Record<string, unknown>;
  if (to === undefined) delete thing[last];
  else thing[last] = to;
}

const step =
  (id: string, key: string, to: unknown) =>
  ({ graph }: Parts) =>
    set(graph.steps, `${id}.${key}`, to);
const words =
  (id: string, key: string, to: unknown) =>
  ({ words: spoken }: Parts) =>
    set(spoken.steps, `${id}.${key}`, to);
const to = (next: string, sets?: object) => ({ next, sets });

const graphFaults: readonly Case[] = [
  [
    "the start is no step",
    ({ graph }) => set(graph, "start", "hald"),
    "graph",
    "start",
    'there is no step "hald"',
    'use the name of a step, as "hold"',
  ],
  [
    "danger is no step",
    ({ graph }) => set(graph, "interrupts.danger", "dangr"),
    "graph",
    "interrupts danger",
    'there is no step "dangr"',
    'use the name of a step, as "danger"',
  ],
  [
    "they went in is no step",
    ({ graph }) => set(graph, "interrupts.entered", "wentin"),
    "graph",
    "interrupts entered",
    'there is no step "wentin"',
    'use the name of a step, as "went_in"',
  ],
  [
    "a tell step leads nowhere",
    step("other_door", "next", "call_leed"),
    "graph",
    "steps other_door next",
    'there is no step "call_leed"',
    'use the name of a step, as "call_lead"',
  ],
  [
    "an answer leads nowhere",
    step("hold", "answers.waiting", to("nowhere")),
    "graph",
    "steps hold answers waiting",
    'there is no step "nowhere"',
  ],
  [
    "a call leads nowhere",
    step("call_lead", "next.unreached", "nowhere"),
    "graph",
    "steps call_lead next unreached",
    'there is no step "nowhere"',
  ],
  [
    "a route leads nowhere",
    step("look", "next.search", "nowhere"),
    "graph",
    "steps look next search",
    'there is no step "nowhere"',
  ],
  [
    "a record step leads nowhere",
    step("rec_visit", "next", "nowhere"),
    "graph",
    "steps rec_visit next",
    'there is no step "nowhere"',
  ],
  [
    "a variant of no step",
    ({ graph }) => set(graph.variants, "school.nothing", { next: "end" }),
    "graph",
    "variants school nothing",
    'there is no step "nothing"',
  ],
  [
    "a source there is not",
    step("hold", "why", ["acces"]),
    "graph",
    "steps hold why 0",
    'there is no source "acces"',
    'add it under "sources", or use "access"',
  ],
  [
    "the second source is not there",
    step("hold", "why", ["access", "zzz"]),
    "graph",
    "steps hold why 1",
    'there is no source "zzz"',
  ],
  [
    "a role there is not",
    step("call_lead", "role", "boss"),
    "graph",
    "steps call_lead role",
    'there is no role "boss"',
    'one of "lead", "backup", "counsel", "counselBackup", "security", "privacyOfficer", "office", "emergency"',
  ],
  [
    "a record step goes back to where an interrupt was called",
    step("rec_author", "next", "return"),
    "graph",
    "steps rec_author next",
    "a record step cannot lead back to where an interrupt was called",
    "let a tell or ask step after it do so",
  ],
  [
    "a field there is not",
    step("rec_given", "fields", ["givn"]),
    "graph",
    "steps rec_given fields 0",
    'there is no field "givn"',
    'use the name of a field, as "given"',
  ],
  [
    "a field of an agent where the visit is asked about",
    step("rec_given", "fields", ["given", "badge"]),
    "graph",
    "steps rec_given fields 1",
    'field "badge" is per agent, this step asks per incident',
    'put "each" right, or move the field',
  ],
  [
    "a field of the visit where agents are asked about",
    step("rec_agents", "fields", ["reason"]),
    "graph",
    "steps rec_agents fields 0",
    'field "reason" is per incident, this step asks per agent',
  ],
  [
    "no answer but other",
    step("nypd", "answers", { other: to("left") }),
    "graph",
    "steps nypd answers",
    'step "nypd" has no answer',
    "give it at least one answer",
  ],
  [
    "too many answers",
    step("nypd", "answers", {
      alone: to("nypd_alone"),
      both: to("left"),
      unsure: to("left"),
      more: to("left"),
      most: to("left"),
      other: to("left"),
    }),
    "graph",
    "steps nypd answers",
    'step "nypd" has 5 answers',
    '4 at most, and "other"',
  ],
  [
    "an answer to danger that sets a field",
    step("lobby_arrest", "answers.hurt", to("danger", { taken: "taken" })),
    "graph",
    "steps lobby_arrest answers hurt sets",
    "an answer that leads to an interrupt cannot set a field",
    "set it in the step it leads to",
  ],
  [
    "an answer sets a field there is not",
    step("no_paper", "answers.waiting", to("call_counsel", { zzz: "yes" })),
    "graph",
    "steps no_paper answers waiting sets zzz",
    'there is no field "zzz"',
    "use a field of the visit and a value it may hold",
  ],
  [
    "an answer sets a field of an agent",
    step("no_paper", "answers.waiting", to("call_counsel", { badge: "1" })),
    "graph",
    "steps no_paper answers waiting sets badge",
    'field "badge" is per agent',
  ],
  [
    "an answer sets a value there is not",
    step("no_paper", "answers.waiting", to("call_counsel", { taken: "gone" })),
    "graph",
    "steps no_paper answers waiting sets taken",
    '"gone" is not one of "no", "questioned", "taken"',
  ],
];

const wayFaults: readonly Case[] = [
  [
    "a step that one setting lacks",
    step("tell_privacy", "next.reached", "parent_notice"),
    "graph",
    "steps tell_privacy",
    'in a hospital, answer "reached" of step "tell_privacy" leads to "parent_notice", which a hospital does not have',
    "lead elsewhere under variants: hospital: tell_privacy",
  ],
  [
    "a step that no answer leads to",
    step("hold", "answers.other", to("call_lead")),
    "graph",
    "steps other_door",
    'in a shelter, no answer leads to step "other_door"',
    "let an answer lead to it, or take it out",
  ],
  [
    "a step that never comes to an end",
    step("hand_on", "next", "hand_on"),
    "graph",
    "steps hand_on",
    'in a shelter, step "hand_on" never comes to an end',
    "give it an answer that leads on",
  ],
  [
    "a way back to an interrupt that was not called",
    step("approved_entry", "next", "return"),
    "graph",
    "steps approved_entry",
    'step "approved_entry" goes back to where an interrupt was called, but can be reached without one',
    'only steps after "danger" or "entered" may lead to "return"',
  ],
  [
    "an ask step that leads to itself alone",
    step("nypd", "answers", { alone: to("nypd"), both: to("nypd") }),
    "graph",
    "steps nypd",
    'every answer of step "nypd" leads to itself',
    "give it an answer that leads on",
  ],
  [
    "a variant that makes a step that is none",
    ({ graph }) => set(graph.variants, "school.hold", { kind: "dance" }),
    "graph",
    "variants school hold",
    'in a school, step "hold" would be none: kind: Invalid discriminator value',
  ],
  [
    "a variant with a key that a step has not",
    ({ graph }) => set(graph.variants, "school.hold", { nxt: "left" }),
    "graph",
    "variants school hold",
    'in a school, step "hold" would be none: Unrecognized key: "nxt"',
  ],
  [
    "a variant with a source there is not",
    ({ graph }) => set(graph.variants, "school.hold", { why: ["acces"] }),
    "graph",
    "variants school hold why 0",
    'there is no source "acces"',
  ],
  [
    "a variant with a field there is not",
    ({ graph }) => set(graph.variants, "school.rec_given", { fields: ["givn"] }),
    "graph",
    "variants school rec_given fields 0",
    'there is no field "givn"',
  ],
  [
    "a variant that leads nowhere",
    ({ graph }) => set(graph.variants, "school.other_door", { next: "nowhere" }),
    "graph",
    "variants school other_door next",
    'there is no step "nowhere"',
  ],
];

const long = "word ".repeat(28).trim();
const wordFaults: readonly Case[] = [
  [
    "a role without a name",
    ({ words: spoken }) => set(spoken, "roles.backup", undefined),
    "words",
    "roles backup",
    'the role "backup" has no name',
    "add roles: backup",
  ],
  [
    "a stand-in that is missing",
    ({ words: spoken }) => set(spoken, "values.school.waitingPlace", undefined),
    "words",
    "values school",
    "nothing stands in for {waitingPlace} in a school",
    "add values: school: waitingPlace",
  ],
  [
    "a contact's stand-in that is missing",
    ({ words: spoken }) => {
      delete spoken.values.hospital["contact.lead"];
    },
    "words",
    "values hospital",
    "nothing stands in for {contact.lead} in a hospital",
  ],
  [
    "words for no step",
    ({ words: spoken }) => set(spoken.steps, "hald", {}),
    "words",
    "steps hald",
    'there is no step "hald"',
    'take these words out, or name a step, as "hold"',
  ],
  [
    "a step that asks nothing",
    words("waiting", "ask", undefined),
    "words",
    "steps waiting",
    'step "waiting" asks nothing',
    "add steps: waiting: ask",
  ],
  [
    "a live step that does not say what to do",
    words("waiting", "do", undefined),
    "words",
    "steps waiting",
    'step "waiting" does not say what to do',
    "add steps: waiting: do",
  ],
  [
    "an answer without words",
    words("waiting", "answers.paper", undefined),
    "words",
    "steps waiting answers",
    'answer "paper" of step "waiting" has no words',
    "add steps: waiting: answers: paper",
  ],
  [
    "a call's answer without words",
    words("call_lead", "answers.unreached", undefined),
    "words",
    "steps call_lead answers",
    'answer "unreached" of step "call_lead" has no words',
  ],
  [
    "a tell step's answer without words",
    words("other_door", "answers.done", undefined),
    "words",
    "steps other_door answers",
    'answer "done" of step "other_door" has no words',
  ],
  [
    "words for no answer",
    words("waiting", "answers.dance", "They dance"),
    "words",
    "steps waiting answers dance",
    'step "waiting" has no answer "dance"',
    'one of "counsel", "paper", "leaving", "inside", "other"',
  ],
  [
    "words for an answer where none is given",
    words("rec_visit", "answers", { done: "x" }),
    "words",
    "steps rec_visit answers done",
    'step "rec_visit" has no answer "done"',
    "take these words out",
  ],
  [
    "a placeholder that nothing fills",
    words("waiting", "say", "Call {contact.boss}."),
    "words",
    "steps waiting",
    'step "waiting" holds {contact.boss}, which nothing fills',
  ],
  [
    "a placeholder in what to do",
    words("waiting", "do", ["Go to {room}."]),
    "words",
    "steps waiting",
    'step "waiting" holds {room}, which nothing fills',
  ],
  [
    "a placeholder in an answer",
    words("waiting", "answers.paper", "See {room}"),
    "words",
    "steps waiting",
    'step "waiting" holds {room}, which nothing fills',
  ],
  [
    "a placeholder in what is asked",
    words("waiting", "ask", "See {room}?"),
    "words",
    "steps waiting",
    'step "waiting" holds {room}, which nothing fills',
  ],
  [
    "words of one setting alone",
    words("hold", "hospital.do", ["Go to {room}."]),
    "words",
    "steps hold",
    'step "hold" holds {room}, which nothing fills',
  ],
  [
    "too many words in one breath",
    words("waiting", "say", long),
    "words",
    "steps waiting say",
    'what step "waiting" says in a shelter has 28 words',
    "27 at most, so that it can be said in one breath",
  ],
  [
    "too many letters in one breath",
    words("waiting", "say", "x".repeat(161)),
    "words",
    "steps waiting say",
    'what step "waiting" says in a shelter has 161 characters',
    "160 at most",
  ],
  [
    "an outcome without words",
    ({ words: spoken }) => set(spoken, "outcomes.closed", undefined),
    "words",
    "outcomes closed",
    'the outcome "closed" has no words',
    "add outcomes: closed",
  ],
];

const text = { per: "incident", kind: "text", level: "must", prints: "report", section: "visit" };
const notCollected = [
  "immigrationStatus",
  "citizenship",
  "nationality",
  "birthDate",
  "countryFrom",
  "origin",
  "religion",
  "race",
  "ethnicity",
  "languageSpoken",
  "alienNumber",
  "passport",
  "visa",
  "isClient",
  "isPatient",
  "isStudent",
  "isPupil",
  "isResident",
];
const fieldFaults: readonly Case[] = [
  ...notCollected.map(
    (id): Case => [
      `the field ${id}`,
      (parts) => {
        set(parts.fields, id, text);
        set(parts.record.record, id, { label: "x", ask: "x" });
      },
      "fields",
      `fields ${id}`,
      `field "${id}" would hold what must not be collected`,
      "take it out",
    ],
  ),
  [
    "a choice without choices",
    ({ fields }) => set(fields, "given.choices", undefined),
    "fields",
    "fields given",
    'field "given" is a choice without choices',
    "add choices",
  ],
  [
    "choices for what is no choice",
    ({ fields }) => set(fields, "reason.choices", ["a", "b"]),
    "fields",
    "fields reason",
    'field "reason" has choices but is of kind "quote"',
    "make it kind: choice, or take the choices out",
  ],
  [
    "a condition on no field",
    ({ fields }) => set(fields, "givenWhy.when.field", "givn"),
    "fields",
    "fields givenWhy",
    'field "givenWhy" hangs on "givn", which is no field',
    'use a field, as "given"',
  ],
  [
    "a condition on a field of something else",
    ({ fields }) => set(fields, "givenWhy.when", { field: "credential", is: ["shown"] }),
    "fields",
    "fields givenWhy",
    'field "givenWhy" is per incident, but hangs on a field per agent',
    "let it hang on a field of the same kind",
  ],
  [
    "a condition that never holds",
    ({ fields }) => set(fields, "givenWhy.when.is", ["everything"]),
    "fields",
    "fields givenWhy",
    'field "givenWhy" hangs on "everything", which "given" never is',
    'one of "nothing", "something"',
  ],
  [
    "a field without words",
    ({ record }) => set(record.record, "reason", undefined),
    "record",
    "record",
    'the field "reason" has no words',
    "add record: reason",
  ],
  [
    "a choice without words",
    ({ record }) => set(record.record, "given.choices.nothing", undefined),
    "record",
    "record given",
    'the choice "nothing" of field "given" has no words',
    "add record: given: choices: nothing",
  ],
];

const lookFaults: readonly Case[] = [
  [
    "a look that starts nowhere",
    ({ look }) => set(look, "start", "bottom"),
    "look",
    "start",
    'there is no question "bottom"',
  ],
  [
    "a look with too many answers",
    ({ look, record }) => {
      set(look.questions, "top.more", { instrument: "i200" });
      set(record.look, "top.answers.more", "More");
    },
    "look",
    "questions top",
    'question "top" has 6 answers',
    "4 at most, and one for everything else",
  ],
  [
    "a look that leads to no question",
    ({ look }) => set(look.questions, "top.federalCourt", { next: "title" }),
    "look",
    "questions top federalCourt",
    'there is no question "title"',
  ],
  [
    "a look that leads to no instrument",
    ({ look }) => set(look.questions, "agencyTitle.arrest", { instrument: "i20" }),
    "look",
    "questions agencyTitle arrest",
    'there is no instrument "i20"',
    'use the name of one, as "i200"',
  ],
  [
    "a look that never comes to an instrument",
    ({ look }) =>
      set(look.questions, "otherKind", {
        court: { next: "otherKind" },
        subpoena: { next: "otherKind" },
        letter: { next: "otherKind" },
        unsure: { next: "otherKind" },
      }),
    "look",
    "questions otherKind",
    'question "otherKind" never comes to an instrument',
    "give it an answer that leads to one",
  ],
  [
    "a look's answer without words",
    ({ record }) => set(record.look, "top.answers.agency", undefined),
    "record",
    "look top",
    'the answer "agency" of question "top" has no words',
    "add look: top: answers: agency",
  ],
  [
    "a look's question without words",
    ({ record }) => set(record.look, "federalTitle.ask", ""),
    "record",
    "look",
    'the question "federalTitle" has no words',
    "add look: federalTitle: ask",
  ],
  [
    "the signer without words",
    ({ record }) => set(record.look, "signer.ask", ""),
    "record",
    "look",
    'the question "signer" has no words',
  ],
  [
    "a finding without words",
    ({ record }) => set(record.look, "dateGood", undefined),
    "record",
    "look",
    'the question "dateGood" has no words',
  ],
  [
    "a signer's answer without words",
    ({ record }) => set(record.look, "signer.answers.clerk", undefined),
    "record",
    "look signer",
    'the answer "clerk" of question "signer" has no words',
    "add look: signer: answers: clerk",
  ],
  [
    "a finding's answer without words",
    ({ record }) => set(record.look, "dateGood.answers.unsure", undefined),
    "record",
    "look dateGood",
    'the answer "unsure" of question "dateGood" has no words',
    "add look: dateGood: answers: unsure",
  ],
  [
    "an instrument without a name",
    ({ record }) => set(record.instruments, "i205", undefined),
    "record",
    "instruments",
    'the instrument "i205" has no name',
    "add instruments: i205",
  ],
];

describe.each<readonly [string, readonly Case[]]>([
  ["the graph", graphFaults],
  ["the ways through it", wayFaults],
  ["its words", wordFaults],
  ["the fields", fieldFaults],
  ["the look", lookFaults],
])("a fault in %s is told", (_part, list) => {
  test.each(list.map((line) => [line[0], line] as const))("%s", (_name, [, spoil, part, path, message, hint]) => {
    const parts = shippedParts();
    spoil(parts);
    const found = faults(parts);
    expect(found).toContainEqual({
      part,
      path: expect.toSatisfy((keys: readonly unknown[]) => keys.join(" ") === path) as unknown,
      message: expect.stringContaining(message) as unknown,
      hint: hint ?? (expect.stringMatching(/./) as unknown),
    });
    expect(new Set(found.map((fault) => JSON.stringify(fault))).size).toBe(found.length);
  });
});

test("a fault in one setting's words is told of that setting alone", () => {
  const parts = shippedParts();
  set(parts.words.steps, "hold.hospital.say", "x".repeat(170));
  expect(faults(parts).map(({ message }) => message)).toEqual([
    'what step "hold" says in a hospital has 170 characters',
  ]);
});

test("a fault in what a setting leaves as it was is told once, where it stands", () => {
  const parts = shippedParts();
  set(parts.graph.steps, "tell_privacy.role", "boss");
  expect(faults(parts).map(({ path }) => path)).toEqual([["steps", "tell_privacy", "role"]]);
});

test("the length of what is said counts the stand-ins, not the braces", () => {
  const parts = shippedParts();
  set(parts.words.values.school, "waitingPlace", `outside ${"far ".repeat(20)}away`);
  expect(faults(parts).map(({ message }) => message)).toEqual([
    expect.stringMatching(/^what step "hold" says in a school has \d+ words$/),
    expect.stringMatching(/^what step "hold" says in a school has \d+ characters$/),
  ]);
});
