import { describe, expect, test } from "vitest";
import type { Parts } from "../../src/core/compile.ts";
import { verdictOf } from "../../src/core/instrument.ts";
import { instrumentFaults } from "../../src/core/proofs-papers.ts";
import { shippedParts } from "../support/core-parts.ts";
import { type Case, provenBy, put, restsOf, set, to } from "../support/proof-cases.ts";

// Papers, the record, sources and roles: what the proofs find.

const papers: readonly Case[] = [
  [
    "two kinds of paper share a step",
    put(["graph steps look next arrest", "search_warrant"]),
    "graph",
    "steps look next arrest",
    'route "arrest" of step "look" leads to "search_warrant", where route "search" of step "look" leads',
    "give each kind of paper a step of its own",
  ],
  [
    "a court's branch without a look",
    put(["graph steps said_only answers paper", to("search_warrant")]),
    "graph",
    "steps said_only answers paper",
    'answer "paper" of step "said_only" leads to "search_warrant", the branch of route "search", without a look at the paper',
    'lead to "look"',
  ],
  [
    "the branch of what seems missing without a look",
    put(["graph steps said_only answers paper", to("defective_paper")]),
    "graph",
    "steps said_only answers paper",
    'leads to "defective_paper", the branch of route "defective", without a look at the paper',
  ],
  [
    "an arrest that becomes a search",
    put(["graph steps arrest_warrant answers inside next", "search_going_on"]),
    "graph",
    "steps search_going_on",
    'the branches of routes "search" and "arrest" of step "look" share step "search_going_on"',
  ],
  [
    "a search that becomes an arrest",
    put(["graph steps search_warrant answers inside next", "arrest_going_on"]),
    "graph",
    "steps arrest_going_on",
    'the branches of routes "search" and "arrest" of step "look" share step "arrest_going_on"',
  ],
  [
    "an agency's paper that leads to a search",
    put(["instruments i200 route", "search"]),
    "instruments",
    "i200 route",
    'instrument "i200" is no court\'s paper and leads to route "search"',
  ],
  [
    "a letter that leads to an order",
    put(["instruments le_request_letter route", "order"]),
    "instruments",
    "le_request_letter route",
    'instrument "le_request_letter" is no court\'s paper and leads to route "order"',
  ],
  [
    "a search warrant that a clerk may sign",
    put(["instruments judicial_search_warrant signers", ["judge", "clerk"]]),
    "instruments",
    "judicial_search_warrant signers",
    'instrument "judicial_search_warrant" of a court foresees the signature of "clerk"',
    '"judge" at most',
  ],
  [
    "an arrest warrant that an officer may sign",
    put(["instruments judicial_arrest_warrant signers", ["judge", "officer"]]),
    "instruments",
    "judicial_arrest_warrant signers",
    'instrument "judicial_arrest_warrant" signed by "officer" has the verdict "complete"',
    "only a judge's signature makes a court's paper complete",
  ],
  [
    "a warrant that a signature alone makes complete",
    put(["instruments judicial_search_warrant findings", []]),
    "instruments",
    "judicial_search_warrant findings",
    'instrument "judicial_search_warrant" leads to route "search" by the signature alone',
  ],
  [
    "a question about a paper that nobody asks",
    put(["look questions extra", { all: { instrument: "i200" } }]),
    "look",
    "questions extra",
    'no answer leads to question "extra"',
  ],
  [
    "a kind of paper that nobody comes to",
    (parts) => set(parts, "instruments extra", parts.instruments["i200"]),
    "instruments",
    "extra",
    'no question leads to instrument "extra"',
  ],
];

const written: readonly Case[] = [
  [
    "a field that nobody asks",
    put(["fields extra", { per: "incident", kind: "text", level: "must", prints: "report", section: "visit" }]),
    "fields",
    "fields extra",
    'nobody asks field "extra", and no answer writes it',
  ],
  [
    "a choice that nobody writes",
    put(["graph steps preserve_video answers noCamera", undefined]),
    "fields",
    "fields video",
    'nobody asks field "video", and no answer writes "noCamera"',
  ],
  [
    "left out, and no field",
    put(["graph leaves", ["callbak"]]),
    "graph",
    "leaves 0",
    'there is no field "callbak" to leave out',
    'take it out, or use the name of a field, as "callback"',
  ],
  [
    "left out, and asked",
    put(["graph leaves", ["callback"]]),
    "graph",
    "leaves 0",
    'field "callback" is left out by name, and a record step asks it',
  ],
  [
    "asked twice on one way",
    ({ graph }) => set(graph.steps, "rec_people fields", [...fieldsOf(graph.steps["rec_people"]), "forceWhat"]),
    "graph",
    "steps rec_force fields 1",
    'field "forceWhat" is asked in step "rec_force" and again in step "rec_people"',
  ],
  [
    "asked before what it hangs on",
    put(["graph steps rec_force fields", ["forceWhat", "injuries"]]),
    "graph",
    "steps rec_force fields 0",
    'step "rec_force" asks field "forceWhat", which hangs on "force", and a way leads here on which that is not asked',
    'ask "force" before it',
  ],
  [
    "what hangs on a field is not asked",
    put(["graph steps rec_force fields", ["force", "forceWhat"]]),
    "graph",
    "steps rec_force fields 0",
    'step "rec_force" asks field "force", and nobody asks "injuries" after it, which hangs on it',
  ],
  [
    "an answer writes what hangs on nothing",
    put(["graph steps search_warrant answers inside sets", { entryHow: "paper" }]),
    "graph",
    "steps search_warrant answers inside sets",
    'answer "inside" of step "search_warrant" writes "entryHow", which hangs on "enteredNonPublic", and does not write "yes" there',
  ],
  [
    "an answer writes what another says",
    put(["graph steps said_only answers screen sets claimedPaper", "no"]),
    "graph",
    "steps said_only answers screen sets",
    'answer "screen" of step "said_only" writes "no" for "claimedPaper", which can be "screen"',
    "set claimedPaper: screen",
  ],
  [
    "some answers write what nobody asks",
    put(["graph steps parent_notice answers told sets", undefined]),
    "graph",
    "steps parent_notice answers notYet sets",
    'answer "notYet" of step "parent_notice" writes "parentNotice", which "told" of the same step do not, and no record step asks it',
  ],
  [
    "an answer writes what nobody asks on other ways",
    put(["graph steps rec_group fields", ["supervisor", "gear", "vehicles"]]),
    "graph",
    "steps call_back answers confirmed sets",
    'answer "confirmed" of step "call_back" writes "callback", which an end can be come to without, and no record step asks it',
    "ask it in a record step",
  ],
  [
    "two answers write the same",
    put(["graph steps went_further answers walked sets entryHow", "force"]),
    "graph",
    "steps went_further answers force sets",
    'answer "force" of step "went_further" writes the same as answer "walked"',
  ],
  [
    "an answer writes less than the one beside it",
    put(["graph steps went_further answers walked sets", { enteredNonPublic: "yes" }]),
    "graph",
    "steps went_further answers walked sets",
    'answer "walked" of step "went_further" leads where answer "force" leads and does not write "entryHow"',
  ],
  [
    "the same words write something else",
    put(["graph steps court_order answers inside sets entryHow", "force"]),
    "graph",
    "steps court_order answers inside sets",
    'answer "inside" of step "court_order" has the same words as answer "inside" of step "search_warrant" and does not write the same',
  ],
];

const names: readonly Case[] = [
  [
    "a source that no step rests on",
    put(["graph sources extra", { cite: "x", says: "x", mark: "C", link: "x", read: "2026-01-01" }]),
    "graph",
    "sources extra",
    'no step rests on the source "extra"',
  ],
  [
    "a source without a link",
    put(["graph sources access link", " "]),
    "graph",
    "sources access link",
    'the source "access" has no link',
  ],
  ...["2026-02-29", "2025-13-01", "2025-04-31", "2025-00-10", "2025-01-00"].map(
    (day): Case => [
      `a source read on ${day}`,
      put(["graph sources access read", day]),
      "graph",
      "sources access read",
      `the source "access" was read on ${day}, which is no day`,
    ],
  ),
  [
    "a step without a source",
    put(["graph steps hold why", []]),
    "graph",
    "steps hold why",
    'step "hold" names no source',
  ],
  [
    "a source named twice",
    put(["graph steps nypd why", ["nypd", "nypd"]]),
    "graph",
    "steps nypd why 1",
    'step "nypd" names the source "nypd" twice',
  ],
  [
    "a citation that its source does not know",
    put(["graph rests", { ...restsOf(shippedParts()), nypd: [] }]),
    "graph",
    "steps nypd why 0",
    'step "nypd" names the source "nypd", and is not among the steps that rest on it',
    'add nypd under rests: nypd, or take "nypd" out here',
  ],
  [
    "a citation that its step does not know",
    put(["graph rests", { ...restsOf(shippedParts()), nypd: ["hold", ...(restsOf(shippedParts())["nypd"] ?? [])] }]),
    "graph",
    "rests nypd 0",
    'step "hold" rests on the source "nypd", and does not name it under why',
  ],
  [
    "a citation of a variant that its step does not know",
    put(["graph rests", { ...restsOf(shippedParts()), nypd: ["school.nypd"] }]),
    "graph",
    "rests nypd 0",
    'step "school.nypd" rests on the source "nypd", and does not name it under why',
  ],
  [
    "a source there is not, for steps to rest on",
    put(["graph rests", { ...restsOf(shippedParts()), nypdd: [] }]),
    "graph",
    "rests nypdd",
    'there is no source "nypdd" for steps to rest on',
    'use the name of a source, as "nypd"',
  ],
  [
    "a role there is not, to be told",
    put(["graph told", ["privacyOficer"]]),
    "graph",
    "told 0",
    'there is no role "privacyOficer"',
  ],
  [
    "a role there is not, to hold the desk",
    put(["graph holding", ["lead", "counsel", "emergency", "boss"]]),
    "graph",
    "holding 3",
    'there is no role "boss"',
  ],
  [
    "a role that nobody calls or names",
    ({ graph }) => set(graph, "roles", [...graph.roles, "nurse"]),
    "graph",
    `roles ${shippedParts().graph.roles.length}`,
    'the role "nurse" is called by no step and named by no words',
  ],
  [
    "a call that names nobody",
    put(["words steps call_backup do", ["Call them and say these words."]]),
    "words",
    "steps call_backup do",
    'step "call_backup" calls "backup", and in a shelter its words do not name {contact.backup}',
    "let what to do name {contact.backup} first, or call another role",
  ],
  [
    "a call that names somebody else first",
    put(["graph steps call_lead role", "security"]),
    "words",
    "steps call_lead do",
    'step "call_lead" calls "security", and in a shelter its words name {contact.lead} first',
  ],
];

/** Who a step asks for, in a copy that may be any kind of step. */
function fieldsOf(step: Parts["graph"]["steps"][string] | undefined): readonly string[] {
  return step?.kind === "record" ? step.fields : [];
}

provenBy([
  ["papers stay apart", papers],
  ["the record is asked for", written],
  ["sources and roles are there", names],
]);

describe("verdicts that the program itself might get wrong", () => {
  const { instruments } = shippedParts();
  const messages = (verdict: typeof verdictOf): readonly string[] =>
    instrumentFaults({ instruments }, verdict).map(({ message }) => message);

  test.each([
    ["a clerk's signature is taken for a judge's", "clerk", "complete", "i200", "complete"],
    ["a signature nobody could read makes a paper no court's", "unsure", "notJudicial", "i200", "notJudicial"],
  ] as const)("%s", (_name, signer, verdict, id, told) => {
    expect(messages((kind, by, found) => (by === signer ? verdict : verdictOf(kind, by, found)))).toContain(
      `instrument "${id}" signed by "${signer}" has the verdict "${told}"`,
    );
  });

  test("a paper on which something is missing is complete", () => {
    expect(
      messages((kind, by, found) => (found.includes("no") && by === "judge" ? "complete" : verdictOf(kind, by, found))),
    ).toContain('instrument "judicial_search_warrant" signed by "judge" leads to route "search" in doubt');
  });

  test("an agency's paper comes to a court's branch", () => {
    expect(
      instrumentFaults({ instruments }, verdictOf, (kind, verdict) =>
        kind.family === "agency" && verdict === "unclear" ? "search" : "other",
      ).map(({ message }) => message),
    ).toContain('instrument "i200" signed by "judge" leads to route "search"');
  });
});
