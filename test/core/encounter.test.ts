import { describe, expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { question } from "../../src/core/encounter.ts";
import { Problem } from "../../src/core/problem.ts";
import { type Question, Reply } from "../../src/core/question.ts";
import {
  type Line,
  after,
  begin,
  cases,
  given,
  givenOf,
  next,
  opening,
  photo,
  sentenceOf,
  site,
} from "../support/core-encounter.ts";
import { shipped, tiny } from "../support/core-parts.ts";
import { twoChains } from "../support/core-chains.ts";
import { foreign, isForeign, tinyNearby, tinySpanish } from "../support/core-spanish.ts";
import { compile } from "../../src/core/compile.ts";
import { tinyParts } from "../support/core-parts.ts";

// The engine on the small protocol of core-parts.ts. Lines are as in core-encounter.ts: "id" answers, "<" goes back.

// The answers on the way to each place.
const ring = ["talk", "done"] as const;
const wait = [...ring, "reached"] as const;
const record = [...wait, "gone"] as const;
const visit = { agentCount: "1", entered: "no", taken: "no", said: { unknown: "none" } } as const;
const agents = [...record, visit] as const;
const search = ["federalCourt", "search", "judge", "yes", "yes", "yes", "yes", "yes"] as const;
const papers = ["look", ...search, "done", "gone", visit, { name: "A", badge: "1" }] as const;
const close = [...agents, { name: "A", badge: "1" }] as const;
const end = [...close, "reached"] as const;

const topOf = (answer: string) => tiny.look.questions["top"]?.answers.find(({ id }) => id === answer)?.label;
const stands = ({ step, calledFrom }: { step: string; calledFrom: readonly string[] }) => [step, ...calledFrom];

describe("each kind of step asks in its own way", () => {
  cases({
    ask: given().asks({
      step: "start",
      phase: "live",
      isLive: true,
      say: "Please wait in the lobby.",
      do: ["Stay at Test Site."],
      never: "Do not touch or block anyone.",
      ask: "What do they do?",
      choices: [
        { id: "talk", label: "They talk" },
        { id: "look", label: "They show a paper" },
        { id: "hurt", label: "Someone is hurt" },
        { id: "gone", label: "They have gone" },
      ],
      field: undefined,
      about: undefined,
      looksFor: undefined,
      canGoBack: false,
      why: [tiny.sources["rule"]],
    }),
    tell: given("talk").asks({ step: "talk", choices: [{ id: "done", label: "Done" }], canGoBack: true }),
    call: given(...ring).asks({
      step: "ring",
      say: undefined,
      choices: [
        { id: "reached", label: "Yes" },
        { id: "unreached", label: "No" },
      ],
    }),
    "examine, the first look": given("look").asks({
      step: "look",
      looksFor: "top",
      about: { paper: 0 },
      say: "Thank you.",
      ask: "What stands at the top of the paper?",
    }),
    "examine, further down the tree": given("look", "federalCourt").asks({
      step: "look",
      looksFor: "federalTitle",
      about: { paper: 0 },
    }),
    "examine, the signer after the tree": given("look", "agency", "arrest").asks({ looksFor: "signer" }),
    "examine, a finding": given("look", "federalCourt", "search", "judge").asks({ looksFor: "addressMatches" }),
    "examine, the next paper": given("look", "unsure", "unsure", "reached", "look").asks({
      looksFor: "top",
      about: { paper: 1 },
    }),
    "record, a count": given(...record).asks({
      step: "rec_visit",
      phase: "record",
      isLive: false,
      never: undefined,
      ask: "Which agentCount?",
      choices: [],
      field: { id: "agentCount", kind: "count", unknowns: ["notKnown"], left: 4 },
    }),
    "record, a choice": given(...record, { agentCount: "1" }).asks({
      ask: "Which entered?",
      choices: [
        { id: "no", label: "No" },
        { id: "yes", label: "Yes" },
      ],
      field: { id: "entered", kind: "choice", unknowns: [], left: 3 },
    }),
    "record, another agent": given(
      ...record,
      { ...visit, agentCount: { unknown: "notKnown" } },
      { name: "A", badge: "1" },
    ).asks({
      step: "rec_agents",
      ask: "Written down: 1. Another?",
      choices: [
        { id: "another", label: "Yes, another agent" },
        { id: "done", label: "No, that is all" },
      ],
      field: undefined,
    }),
    close: given(...close).asks({ step: "tell_counsel", phase: "close", isLive: false, never: undefined }),
    end: given(...end).asks({ step: "end", ask: "Anything else?", choices: [{ id: "done", label: "No, close it" }] }),
    "after the end": given(...end, "done").asksNothing(),
  });
});

describe("each kind of step writes its own sentence", () => {
  cases({
    ask: given()
      .when("talk")
      .gives({
        type: "answered",
        step: "start",
        to: "talk",
        answer: { id: "talk", label: "They talk" },
        sets: undefined,
        begins: undefined,
        shown: { say: "Please wait in the lobby.", do: ["Stay at Test Site."], ask: "What do they do?" },
      }),
    "ask that sets a field": given(...wait)
      .when("inside")
      .gives({
        type: "answered",
        to: "ring",
        sets: { entered: { label: "The entered", value: "yes", words: "Yes" } },
      }),
    tell: given("talk")
      .when("done")
      .gives({
        type: "answered",
        step: "talk",
        to: "ring",
        answer: { id: "done", label: "Done" },
        shown: { say: "I am calling.", do: ["Call Shift lead: 212-555-0101."], ask: "Ready?" },
      }),
    "a call that is answered": given(...ring)
      .when("reached")
      .gives({
        type: "called",
        role: "lead",
        contact: "Shift lead: 212-555-0101",
        outcome: "reached",
        answer: { id: "reached", label: "Yes" },
        to: "wait",
      }),
    "a call that is not": given(...ring)
      .when("unreached")
      .gives({ type: "called", outcome: "unreached", answer: { id: "unreached", label: "No" }, to: "talk" }),
    "a call to someone who is not set up": given(...close)
      .when("reached")
      .gives({ contact: "the legal office (number not set)" }),
    "a look on the way": given("look")
      .when("federalCourt")
      .gives({
        type: "examined",
        step: "look",
        paper: 0,
        question: "top",
        ask: "What stands at the top of the paper?",
        answer: { id: "federalCourt", label: topOf("federalCourt") },
        looked: undefined,
        to: "look",
      }),
    "the last look": given("look", "agency", "arrest")
      .when("officer")
      .gives({
        type: "examined",
        question: "signer",
        looked: {
          instrument: "i200",
          name: "Form I-200, Warrant for Arrest of Alien",
          verdict: "notJudicial",
          route: "agency",
        },
        to: "talk",
      }),
    "a record's field": given(...record)
      .when({ agentCount: "3" })
      .gives({
        type: "recorded",
        step: "rec_visit",
        about: undefined,
        fields: { agentCount: { label: "The agentCount", value: "3" } },
        to: "rec_visit",
      }),
    "a choice by its id": given(...record, { agentCount: "1" })
      .when("yes")
      .gives({
        type: "recorded",
        fields: { entered: { label: "The entered", value: "yes", words: "Yes" } },
      }),
    "what is not known": given(...agents)
      .when({ name: { unknown: "refused" } })
      .gives({
        type: "recorded",
        about: { agent: 0 },
        fields: { name: { label: "The name", value: { unknown: "refused" }, words: "They refused" } },
      }),
    "another agent": given(...record, { ...visit, agentCount: "2" }, { name: "A", badge: "1" })
      .when("another")
      .gives({
        type: "answered",
        begins: "agent",
        to: "rec_agents",
        shown: { do: [], ask: "Written down: 1. Another?" },
      }),
    "no other agent": given(...record, { ...visit, agentCount: "2" }, { name: "A", badge: "1" })
      .when("done")
      .gives({ type: "answered", begins: undefined, to: "rec_papers" }),
    "the end": given(...end)
      .when("done")
      .gives({ type: "ended", step: "end", outcome: "Record closed", missing: [] }),
    "the end of a thin record": given(...record, "=", "=", "done", "reached")
      .when("done")
      .gives({
        type: "ended",
        missing: ["The agentCount", "The entered", "The taken", "The name (1)", "The badge (1)"],
      }),
    pause: given("talk").when({ step: "talk", pause: true }).gives({ type: "paused", step: "talk", cause: "asked" }),
    note: given("talk").when("+They wait.").gives({ type: "noted", step: "talk", text: "They wait.", from: "desk" }),
    "a time of its own": given()
      .when({ step: "start", answer: "talk", at: "2026-11-23T14:02:00-05:00" })
      .gives({ type: "answered", happenedAt: "2026-11-23T14:02:00-05:00" }),
    "no time of its own": given().when("talk").gives({ happenedAt: undefined }),
  });

  const timed = { at: "2026-11-23T14:02:00-05:00" };
  const replies: readonly (readonly [string, Reply, readonly (typeof record)[number][]])[] = [
    ["back", { step: "talk", back: true, ...timed }, ["talk"]],
    ["interrupt", { step: "start", interrupt: "danger", ...timed }, []],
    ["note", { step: "start", note: "x", ...timed }, []],
    ["pause", { step: "start", pause: true, ...timed }, []],
    ["attach", { step: "start", attach: "photo.jpg", ...timed }, []],
    ["fields", { step: "rec_visit", fields: { agentCount: "1" }, ...timed }, [...record]],
  ];
  test.each(replies)("%s keeps the time it is given", (_name, reply, lines) => {
    expect(sentenceOf(tiny, after(tiny, lines), Reply.parse(reply))).toMatchObject({ happenedAt: timed.at });
  });
});

describe("every refusal says what is asked, and changes nothing", () => {
  const oneOf = "one of: talk, look, hurt, gone";
  cases({
    "another step": given()
      .when({ step: "talk", answer: "done" })
      .refuses('this answers step "talk", but step "start" is asked', 'answer "start" first'),
    "an answer there is not": given().when("dance").refuses('"dance" is no answer to step "start"', oneOf),
    "no answer at all": given().when({ step: "start", answer: "" }).refuses('"" is no answer to step "start"', oneOf),
    "fields for an ask step": given()
      .when({ agentCount: "1" })
      .refuses('step "start" asks for an answer, not for fields', oneOf),
    "fields for a look": given("look")
      .when({ agentCount: "1" })
      .refuses('step "look" asks for an answer, not for fields'),
    "an answer to another look": given("look")
      .when({ step: "look", answer: "federalCourt", looksFor: "signer" })
      .refuses('this answers "signer", but "top" is asked'),
    "a look where there is none": given()
      .when({ step: "start", answer: "talk", looksFor: "top" })
      .refuses('this answers "top", but "start" is asked'),
    "an answer where a field is typed": given(...record)
      .when("3")
      .refuses(
        'step "rec_visit" asks for the field "agentCount"',
        'reply with {"step":"rec_visit","fields":{"agentCount":"..."}}',
      ),
    "a choice there is not": given(...record, { agentCount: "1" })
      .when("maybe")
      .refuses('step "rec_visit" asks for the field "entered"'),
    "a count that is none": given(...record)
      .when({ agentCount: "two" })
      .refuses('field "agentCount" of step "rec_visit": "two" is not a whole number', "Which agentCount?"),
    "an empty value": given(...agents)
      .when({ name: "  " })
      .refuses('field "name" of step "rec_agents": nothing was written'),
    "a reason that is none here": given(...record)
      .when({ agentCount: { unknown: "hid" } })
      .refuses('field "agentCount" of step "rec_visit": "hid" is not an answer here; use "notKnown"'),
    "a field that has an answer": given(...record, { agentCount: "1" })
      .when({ agentCount: "2" })
      .refuses('field "agentCount" of step "rec_visit" has been answered already', "use: threshold incident correct"),
    "a field whose condition does not hold": given(...record)
      .when({ taken: "no", takenCount: "1" })
      .refuses(
        'field "takenCount" of step "rec_visit" is not asked here',
        'it is asked when {"field":"taken","is":["taken"]}',
      ),
    "a field whose condition is not known": given(...record)
      .when({ taken: { unknown: "couldNotSee" }, takenCount: "1" })
      .refuses('field "takenCount" of step "rec_visit" is not asked here'),
    "a stranger field": given(...record)
      .when({ agentCount: "1", name: "A" })
      .refuses(
        'step "rec_visit" does not ask for the field "name"',
        "one of: agentCount, entered, taken, takenCount, said",
      ),
    "no field": given(...record)
      .when({})
      .refuses('nothing was given for step "rec_visit"'),
    "another agent than the one asked about": given(...agents)
      .when({ step: "rec_agents", fields: { name: "A" }, about: { agent: 1 } })
      .refuses('step "rec_agents" asks about {"agent":0}, not {"agent":1}'),
    "the visit as a whole, with an agent": given(...record)
      .when({ step: "rec_visit", fields: { agentCount: "1" }, about: { agent: 0 } })
      .refuses('step "rec_visit" asks about the visit as a whole, not {"agent":0}'),
    "a paper where agents are asked about": given(...agents)
      .when({ step: "rec_agents", fields: { name: "A" }, about: { paper: 0 } })
      .refuses('step "rec_agents" asks about {"agent":0}, not {"paper":0}'),
    "fields where another agent is asked for": given(
      ...record,
      { ...visit, agentCount: "2" },
      { name: "A", badge: "1" },
    )
      .when({ name: "B" })
      .refuses('step "rec_agents" asks "Written down: 1. Another?"', "one of: another, done"),
    "back on the first screen": given().when("<").refuses("there is nothing to go back to", "this is the first screen"),
    "back when all has been taken back": given("talk", "<").when("<").refuses("there is nothing to go back to"),
    "back when there are only notes": given("+a", "+b").when("<").refuses("there is nothing to go back to"),
    "danger once they have gone": given(...record)
      .when("!danger")
      .refuses('"danger" is for while agents are here; step "rec_visit" comes after', "write it down as a note"),
    "they went in, at the end": given(...end)
      .when("!entered")
      .refuses('"entered" is for while agents are here; step "end" comes after'),
    "an answer after the end": given(...end, "done")
      .when({ step: "end", answer: "done" })
      .refuses("the encounter has ended"),
    "a note after the end": given(...end, "done")
      .when({ step: "end", note: "late" })
      .refuses("the encounter has ended", "add what is missing with: threshold incident correct"),
    "back after the end": given(...end, "done")
      .when({ step: "end", back: true })
      .refuses("the encounter has ended"),
  });

  test("a file that was not copied in", () => {
    const reply = { step: "start", attach: "photo.jpg" };
    expect(() => decide(tiny, begin(tiny), reply)).toThrow(new Problem("usage", "the file has not been copied in"));
  });
});

describe("rest: what is not asked is left not asked", () => {
  const notAsked = { unknown: "notAsked" };
  const values = (fields: object) =>
    Object.fromEntries(Object.entries(fields).map(([id, { value }]) => [id, value as unknown]));
  cases({
    "stands for all that is still asked": given(...record, "=").leaves(({ fields }) => values(fields), {
      agentCount: notAsked,
      entered: notAsked,
      taken: notAsked,
      said: notAsked,
    }),
    "leaves what is given": given(...record, {
      step: "rec_visit",
      fields: { taken: "taken" },
      rest: "notAsked",
    }).leaves(({ fields }) => values(fields), {
      agentCount: notAsked,
      entered: notAsked,
      taken: "taken",
      takenCount: notAsked,
      said: notAsked,
    }),
    "leaves what stood there": given(...record, { entered: "yes" }, "=").leaves(
      ({ fields }) => fields["entered"]?.value,
      "yes",
    ),
    "is about one agent": given(...record, { ...visit, agentCount: "2" }, "=").leaves(
      ({ agents: list }) => list.map(values),
      [{ name: notAsked, badge: notAsked }],
    ),
    "moves on": given(...record, "=").asks({ step: "rec_agents" }),
  });
});

describe("for each agent", () => {
  const many = (agentCount: string | { unknown: "notKnown" }) => [...record, { ...visit, agentCount }] as const;
  const one = { name: "A", badge: "1" };
  cases({
    "the first is asked about without being asked for": given(...many("1")).asks({
      step: "rec_agents",
      about: { agent: 0 },
      field: { id: "name", kind: "text", unknowns: ["refused", "notAsked"], left: 2 },
    }),
    "one field of it": given(...many("1"), { name: "A" }).asks({
      about: { agent: 0 },
      field: { id: "badge", kind: "text", unknowns: ["hid"], left: 1 },
    }),
    "the only one: on to the next step": given(...many("1"), one).asks({ step: "tell_counsel" }),
    "two: another is offered": given(...many("2"), one).asks({ ask: "Written down: 1. Another?" }),
    "two: the second is asked about": given(...many("2"), one, "another").asks({
      step: "rec_agents",
      ask: "Agent 2: Which name?",
      about: { agent: 1 },
    }),
    "two of two: on": given(...many("2"), one, "another", one).asks({ step: "tell_counsel" }),
    "a hundred of a crowd, as many as an entry can point at: on": given(
      ...many({ unknown: "notKnown" }),
      one,
      ...Array.from({ length: 99 }, () => ["another", one] as const).flat(),
    ).asks({ step: "tell_counsel" }),
    "two of three: another is offered": given(...many("3"), one, "another", one).asks({
      step: "rec_agents",
      ask: "Written down: 2. Another?",
    }),
    "one of three, and that is all: on": given(...many("3"), one, "done").asks({ step: "tell_counsel" }),
    "count not known: another is offered": given(...many({ unknown: "notKnown" }), one, "another", one).asks({
      ask: "Written down: 2. Another?",
    }),
    "count not known, and that is all: on": given(...many({ unknown: "notKnown" }), one, "done").asks({
      step: "tell_counsel",
    }),
    "nobody: no agent is asked about": given(...many("0")).asks({ step: "tell_counsel" }),
    "nobody: no agent is missing": given(...many("0"), "reached")
      .when("done")
      .gives({ missing: [] }),
    "each in its place": given(...many("2"), one, "another", { name: "B", badge: { unknown: "hid" } }).leaves(
      ({ agents: list }) => list.map((agent) => [agent["name"]?.value, agent["badge"]?.value]),
      [
        ["A", "1"],
        ["B", { unknown: "hid" }],
      ],
    ),
    "back takes the other agent away": given(...many("2"), one, "another", "<").leaves(
      ({ agents: list }) => list.length,
      1,
    ),
  });
});

describe("for each paper", () => {
  const second = [
    "look",
    "unsure",
    "unsure",
    "reached",
    "look",
    "unsure",
    "unsure",
    "reached",
    "gone",
    visit,
    { name: "A", badge: "1" },
  ] as const;
  cases({
    "no paper: nothing is asked": given(...agents, { name: "A", badge: "1" }).asks({ step: "tell_counsel" }),
    "one paper": given(...papers).asks({
      step: "rec_papers",
      ask: "Paper 1: Which copy?",
      about: { paper: 0 },
      field: { id: "copy", kind: "file", unknowns: ["refused"], left: 2 },
    }),
    "one paper, done": given(...papers, { copy: { unknown: "refused" }, from: "X" }).asks({ step: "tell_counsel" }),
    "two papers, the first first": given(...second).asks({ step: "rec_papers", about: { paper: 0 } }),
    "two papers, then the second": given(...second, { copy: { unknown: "refused" }, from: "X" }).asks({
      step: "rec_papers",
      about: { paper: 1 },
    }),
    "two papers, done": given(...second, "=", "=").asks({ step: "tell_counsel" }),
    "what is missing, with its number": given(...second, { copy: { unknown: "refused" }, from: "X" }, "=", "reached")
      .when("done")
      .gives({ missing: ["The from (2)"] }),
  });
});

describe("conditions within one reply", () => {
  cases({
    "hold by a value of the same reply": given(...record)
      .when({ taken: "taken", takenCount: "2" })
      .gives({
        fields: {
          taken: { label: "The taken", value: "taken", words: "Somebody" },
          takenCount: { label: "The takenCount", value: "2" },
        },
      }),
    "in whatever order they are written": given(...record)
      .when({ takenCount: "2", taken: "taken" })
      .gives({ type: "recorded" }),
    "hold by what stood there": given(...record, { taken: "taken" })
      .when({ takenCount: "2" })
      .gives({ type: "recorded" }),
    "ask the field next": given(...record, { agentCount: "1", entered: "no", taken: "taken" }).asks({
      field: { id: "takenCount", kind: "count", unknowns: [], left: 2 },
    }),
    "pass it over": given(...record, { agentCount: "1", entered: "no", taken: "no" }).asks({
      field: { id: "said", kind: "quote", unknowns: ["notAsked", "none"], left: 1 },
    }),
  });
});

describe("what is known is not asked again", () => {
  cases({
    "a field that an answer set": given(...wait, "inside", "reached", "gone", { agentCount: "1" }).asks({
      field: { id: "taken", kind: "choice", unknowns: ["couldNotSee"], left: 2 },
    }),
    "a field that was corrected meanwhile": given(...record, {
      type: "corrected",
      field: "agentCount",
      label: "n",
      value: "4",
    }).asks({ field: { id: "entered", kind: "choice", unknowns: [], left: 3 } }),
    "a step with nothing left is passed over": given(...agents, { name: "A", badge: "1" }).asks({
      step: "tell_counsel",
    }),
    "a step is passed over on the way to another": given("gone", visit, { name: "A", badge: "1" }).asks({
      step: "tell_counsel",
    }),
  });
});

describe("back", () => {
  cases({
    "over an answer": given("talk").when("<").gives({ type: "returned", step: "talk", undoes: 2, to: "start" }),
    "asks the same again": given("talk", "<").asks({ step: "start", canGoBack: false }),
    "over a note, to the answer before it": given("talk", "+a")
      .when("<")
      .gives({ type: "returned", undoes: 2, to: "start" }),
    twice: given("talk", "done", "<").when("<").gives({ type: "returned", undoes: 2, to: "start" }),
    "over a call": given(...wait, "<").leaves(({ calls, step }) => [calls, step], [[], "ring"]),
    "over an answer that set a field": given(...wait, "inside", "<").leaves(
      ({ fields, step }) => [fields, step],
      [{}, "wait"],
    ),
    "over a field": given(...record, { agentCount: "1" }, { entered: "yes" }, "<").asks({
      field: { id: "entered", kind: "choice", unknowns: [], left: 3 },
    }),
    "over a field of an agent": given(...agents, { name: "A" }, "<").asks({
      about: { agent: 0 },
      field: { id: "name", kind: "text", unknowns: ["refused", "notAsked"], left: 2 },
    }),
    "out of a step that is passed over": given(...close, "<").asks({
      step: "rec_agents",
      field: { id: "name", kind: "text", unknowns: ["refused", "notAsked"], left: 2 },
    }),
    "over a look": given("look", "federalCourt", "<").asks({ looksFor: "top", about: { paper: 0 } }),
    "over the last look": given("look", "agency", "arrest", "officer", "<").asks({
      step: "look",
      looksFor: "signer",
      about: { paper: 0 },
    }),
    "over the last look, which then counts anew": given("look", "agency", "arrest", "officer", "<", "judge").leaves(
      ({ papers: list, step }) => [list.map(({ looked }) => looked?.verdict), step],
      [["unclear"], "ring"],
    ),
    "over a look at the second paper": given("look", "unsure", "unsure", "reached", "look", "agency", "<").asks({
      looksFor: "top",
      about: { paper: 1 },
    }),
    "over all of the second paper": given("look", "unsure", "unsure", "reached", "look", "agency", "<", "<").leaves(
      ({ papers: list }) => list.length,
      1,
    ),
    "over an interrupt": given("talk", "!danger", "<").leaves(stands, ["talk"]),
    "over the way back from an interrupt": given("talk", "!danger", "reached", "<").leaves(stands, ["danger", "talk"]),
    "over both, and on as before": given("talk", "!danger", "reached", "<", "<", "done").leaves(stands, ["ring"]),
    "to the last paper though a later one has a picture": given(
      "look",
      "agency",
      "arrest",
      "officer",
      "done",
      "reached",
      "look",
      { step: "look", attach: "photo.jpg", about: { paper: 1 } },
      { step: "look", attach: "photo.jpg", about: { paper: 1 }, for: "copy" },
      "<",
      "<",
      "<",
      "<",
    ).asks({ step: "look", looksFor: "signer", about: { paper: 0 } }),
  });
});

describe("the two keys of a live screen", () => {
  cases({
    "danger is an entry": given("talk")
      .when("!danger")
      .gives({ type: "interrupted", step: "talk", key: "danger", to: "danger" }),
    "they went in is an entry": given("talk")
      .when("!entered")
      .gives({ type: "interrupted", step: "talk", key: "entered", to: "went_in" }),
    "danger comes back": given("talk", "!danger", "reached").asks({ step: "talk" }),
    "danger, not reached, comes back": given("talk", "!danger", "unreached", "done").asks({ step: "talk" }),
    "they went in comes back": given(...wait, "!entered", "walked").leaves(
      ({ step, calledFrom, fields }) => [step, calledFrom, fields["entered"]?.value],
      ["wait", [], "yes"],
    ),
    "out of a look, and back to the same look": given("look", "federalCourt", "search", "!danger", "reached").asks({
      step: "look",
      looksFor: "signer",
      about: { paper: 0 },
    }),
    "they went in, out of a look": given("look", "federalCourt", "!entered", "unsure").asks({
      step: "look",
      looksFor: "federalTitle",
      about: { paper: 0 },
    }),
    "danger inside danger stays": given("talk", "!danger", "!danger").leaves(stands, ["danger", "talk"]),
    "danger inside danger comes back once": given("talk", "!danger", "!danger", "reached").leaves(stands, ["talk"]),
    "danger after nobody was reached comes back there": given(
      "talk",
      "!danger",
      "unreached",
      "!danger",
      "reached",
    ).leaves(stands, ["danger_again", "talk"]),
    "they went in inside danger": given("talk", "!danger", "!entered", "walked").leaves(stands, ["danger", "talk"]),
    "danger inside they went in, and all the way back": given(
      "talk",
      "!entered",
      "!danger",
      "reached",
      "unsure",
    ).leaves(stands, ["talk"]),
    "an answer that leads to danger is danger": given()
      .when("hurt")
      .gives({ type: "interrupted", step: "start", key: "danger", to: "danger" }),
    "an answer that leads to danger comes back": given("hurt", "reached").asks({ step: "start" }),
  });

  // From wherever agents may be, both keys work and lead back.
  const live = {
    start: [],
    talk: ["talk"],
    ring,
    look: ["look"],
    searching: ["look", ...search],
    wait,
    danger: ["!danger"],
    danger_again: ["!danger", "unreached"],
  } as const;
  test.each(Object.entries(live))("they went in is written down from %s and comes back there", (step, lines) => {
    const before = after(tiny, lines);
    expect(question(tiny, before)?.step).toBe(step);
    const back = after(tiny, ["!entered", "walked"], before);
    expect(question(tiny, back)).toEqual({ ...question(tiny, before), canGoBack: true });
    expect(back.fields["entered"]?.value).toBe("yes");
    expect(back.calledFrom).toEqual(before.calledFrom);
  });
});

describe("a file", () => {
  const attach = (about?: { paper: number } | { agent: number }, field?: string): Reply => ({
    step: "rec_papers",
    attach: "photo.jpg",
    ...(about && { about }),
    ...(field && { for: field }),
  });
  cases({
    "without a field": given("talk")
      .when({ step: "talk", attach: "photo.jpg" })
      .gives({ type: "attached", step: "talk", about: undefined, field: undefined, file: photo }),
    "without a field answers nothing": given(...papers, attach({ paper: 0 })).asks({
      field: { id: "copy", kind: "file", unknowns: ["refused"], left: 2 },
    }),
    "with its field": given(...papers)
      .when(attach({ paper: 0 }, "copy"))
      .gives({ type: "attached", about: { paper: 0 }, field: "copy", file: photo }),
    "with its field answers it": given(...papers, attach({ paper: 0 }, "copy")).asks({
      field: { id: "from", kind: "text", unknowns: ["couldNotSee"], left: 1 },
    }),
    "is kept": given(...papers, attach({ paper: 0 }, "copy")).leaves(
      ({ attachments, papers: list }) => [attachments, list[0]?.fields["copy"]],
      [
        [{ ...photo, at: "2026-11-23T14:15:07-05:00", about: { paper: 0 } }],
        { label: "The copy", value: photo.sha256, words: "photo.jpg", at: "2026-11-23T14:15:07-05:00", before: [] },
      ],
    ),
    "during a look, for the paper that is looked at": given("look", {
      step: "look",
      attach: "photo.jpg",
      about: { paper: 0 },
      for: "copy",
    }).asks({ looksFor: "top", about: { paper: 0 } }),
    "for a field there is not": given(...papers)
      .when(attach({ paper: 0 }, "nothing"))
      .refuses('there is no field "nothing" that a file can answer', "one of: copy"),
    "for a field that is no file": given(...papers)
      .when(attach({ paper: 0 }, "from"))
      .refuses('there is no field "from" that a file can answer'),
    "for a paper's field, about an agent": given(...papers)
      .when(attach({ agent: 0 }, "copy"))
      .refuses('the field "copy" is about one paper', 'such as "about":{"paper":0}'),
    "for a paper's field, about nothing": given(...papers)
      .when(attach(undefined, "copy"))
      .refuses('the field "copy" is about one paper'),
    "about a paper there is not": given(...papers)
      .when(attach({ paper: 2 }))
      .refuses("there is no paper 3", "the next one is 2"),
    "about an agent there is not": given(...papers)
      .when(attach({ agent: 5 }))
      .refuses("there is no agent 6", "the next one is 2"),
    "about the next paper": given(...papers)
      .when(attach({ paper: 1 }))
      .gives({ type: "attached", about: { paper: 1 } }),
  });
});

describe("notes come in at any time", () => {
  const second = { type: "noted", text: "From the other desk.", from: "second" } as const;
  cases({
    "between the question and the reply": given("talk", second, "done").asks({ step: "ring" }),
    "do not change what is asked": given("look", "federalCourt", second).asks({
      step: "look",
      looksFor: "federalTitle",
    }),
    "do not end an interrupt": given("talk", "!danger", second, "reached").asks({ step: "talk" }),
    "stay when the answer before them is taken back": given("talk", second, "<").leaves(
      ({ notes, step }) => [notes.map(({ text }) => text), step],
      [["From the other desk."], "start"],
    ),
    "a pause and going on change nothing": given(
      "talk",
      { step: "talk", pause: true },
      { type: "resumed", step: "talk", openedBy: "keyboard" },
    ).asks({ step: "talk", canGoBack: true }),
  });
});

// The lines that bring each kind of screen up, and each kind of sentence about.
const screens = {
  ask: [],
  tell: ["talk"],
  call: [...ring],
  "examine, the first look": ["look"],
  "examine, the signer": ["look", "agency", "arrest"],
  "examine, a finding": ["look", "federalCourt", "search", "judge"],
  "record, a count": [...record],
  "record, a choice": [...record, { agentCount: "1" }],
  "record, an agent": [...agents],
  "record, another agent": [...record, { ...visit, agentCount: "2" }, { name: "A", badge: "1" }],
  "record, a paper": [...papers],
  close: [...close],
  end: [...end],
} as const;

describe("in another language", () => {
  const spanish = (...lines: readonly Line[]) => givenOf(tinySpanish, lines);
  /** Every word on a screen that staff read or say. What a site filled in is as the site gave it. */
  const wordsOn = ({ say, nearby, do: todo, never, ask, choices, contacts, ...rest }: Question) => ({
    shown: [
      ...[say, nearby, never].filter((words) => words !== undefined),
      ...todo,
      ask,
      ...choices.map(({ label }) => label),
      ...contacts.map(({ label }) => label),
      ...contacts.filter(({ role }) => role !== "lead").map(({ words }) => words),
    ],
    rest,
  });

  test.each(Object.entries(screens))("%s: every word is in the language shown, and asks the same", (_, lines) => {
    const asked = question(tinySpanish, after(tinySpanish, lines));
    const english = question(tinyNearby, after(tinyNearby, lines));
    if (asked === undefined || english === undefined) throw new Error("nothing is asked");
    const { inEnglish, ...rest } = wordsOn(asked).rest;
    expect(wordsOn(asked).shown.filter((words) => !isForeign(words))).toEqual([]);
    expect(wordsOn(english).shown.filter(isForeign)).toEqual([]);
    expect(wordsOn(asked).shown).toHaveLength(wordsOn(english).shown.length);
    expect(rest).toEqual(wordsOn(english).rest);
    expect([inEnglish, english.inEnglish]).toEqual([english.say, undefined]);
  });

  cases({
    "what is said, to agents and to people nearby": spanish().asks({
      say: "«Please wait in the lobby.»",
      inEnglish: "Please wait in the lobby.",
      nearby: "«Please keep clear of «the rooms».»",
      do: ["«Stay at Test Site.»"],
      never: "«Do not touch or block anyone.»",
      contacts: [
        { role: "lead", label: "«Lead»", words: "Shift lead: 212-555-0101" },
        { role: "counsel", label: "«Legal office»", words: "«the legal office (number not set)»" },
        { role: "emergency", label: "«Emergency»", words: "«911»" },
      ],
    }),
    "nothing to say: nothing in English": spanish(...ring).asks({ say: undefined, inEnglish: undefined }),
    "the number of the agent": spanish(...screens["record, another agent"], "another").asks({
      ask: "«Agent 2: »«Which name?»",
    }),
    "the same words in both languages stand there once": givenOf(
      { ...tinySpanish, shown: { ...tinySpanish, title: "Other" } },
      [],
    ).asks({ say: "Please wait in the lobby.", inEnglish: undefined }),
    "words for people nearby, in the record's own language": givenOf(tinyNearby, []).asks({
      nearby: "Please keep clear of the rooms.",
      inEnglish: undefined,
    }),
  });

  test("a site's own words are said in the language shown, and kept in both", () => {
    const spoken = { es: { waitingPlace: "en el pasillo" } };
    const begun = begin(tinySpanish, opening(tinySpanish, { ...site, spoken }));
    expect(question(tinySpanish, begun)).toMatchObject({
      say: "«Please wait en el pasillo.»",
      inEnglish: "Please wait in the lobby.",
    });
    expect(next(tinySpanish, begun, "talk").entries.at(-1)?.what).toMatchObject({
      shown: { say: "«Please wait en el pasillo.»" },
      english: { say: "Please wait in the lobby." },
    });
  });

  const talk = { say: "I am calling.", do: ["Call Shift lead: 212-555-0101."], ask: "Ready?" };
  const spanishTalk = { say: "«I am calling.»", do: ["«Call Shift lead: 212-555-0101.»"], ask: "«Ready?»" };
  const said = { say: talk.say, ask: talk.ask };
  cases({
    "the opening": () =>
      expect(opening(tinySpanish)).toMatchObject({
        language: "es",
        contacts: opening(tinyNearby).contacts,
        protocol: { title: "Tiny" },
      }),
    "an answer": spanish()
      .when("talk")
      .gives({
        answer: { id: "talk", label: "They talk", shown: "«They talk»" },
        shown: {
          say: "«Please wait in the lobby.»",
          nearby: "«Please keep clear of «the rooms».»",
          do: ["«Stay at Test Site.»"],
          ask: "«What do they do?»",
        },
        english: {
          say: "Please wait in the lobby.",
          nearby: "Please keep clear of the rooms.",
          ask: "What do they do?",
        },
      }),
    "an answer on a screen that tells": spanish("talk")
      .when("done")
      .gives({ answer: { id: "done", label: "Done", shown: "«Done»" }, shown: spanishTalk, english: said }),
    "an answer, shown in English": givenOf(tinyNearby, ["talk"])
      .when("done")
      .gives({ answer: { id: "done", label: "Done" }, shown: talk, english: undefined }),
    "an answer that sets a field": spanish(...wait)
      .when("inside")
      .gives({ sets: { entered: { label: "The entered", value: "yes", words: "Yes" } } }),
    "a call": spanish(...ring)
      .when("reached")
      .gives({
        type: "called",
        contact: "Shift lead: 212-555-0101",
        answer: { id: "reached", label: "Yes", shown: "«Yes»" },
        shown: { do: spanishTalk.do, ask: "«Reached?»" },
        english: { ask: "Reached?" },
      }),
    "a call to someone who is not set up": spanish(...close)
      .when("reached")
      .gives({ contact: "the legal office (number not set)" }),
    "a look": spanish("look")
      .when("federalCourt")
      .gives({
        ask: "What stands at the top of the paper?",
        shownAsk: "«What stands at the top of the paper?»",
        answer: { id: "federalCourt", label: topOf("federalCourt"), shown: foreign(topOf("federalCourt") ?? "") },
      }),
    "a look, shown in English": givenOf(tinyNearby, ["look"])
      .when("federalCourt")
      .gives({ shownAsk: undefined, answer: { id: "federalCourt", label: topOf("federalCourt") } }),
    "the last look": spanish("look", "agency", "arrest")
      .when("officer")
      .gives({
        looked: {
          instrument: "i200",
          name: "Form I-200, Warrant for Arrest of Alien",
          verdict: "notJudicial",
          route: "agency",
        },
      }),
    "a field": spanish(...record, { agentCount: "1" })
      .when("yes")
      .gives({ fields: { entered: { label: "The entered", value: "yes", words: "Yes" } } }),
    "what is not known": spanish(...agents)
      .when({ name: { unknown: "refused" }, badge: "¡Número 5!" })
      .gives({
        fields: {
          name: { label: "The name", value: { unknown: "refused" }, words: "They refused" },
          badge: { label: "The badge", value: "¡Número 5!" },
        },
      }),
    "another agent": spanish(...screens["record, another agent"])
      .when("another")
      .gives({
        shown: { do: [], ask: "«Written down: 1. Another?»" },
        english: { ask: "Written down: 1. Another?" },
        answer: { id: "another", label: "Yes, another agent", shown: "«Yes, another agent»" },
      }),
    "a file": spanish(...papers)
      .when({ step: "rec_papers", attach: "photo.jpg", about: { paper: 0 }, for: "copy" })
      .gives({ type: "attached", label: "The copy" }),
    "the end of a thin record": spanish(...record, "=", "=", "done", "reached")
      .when("done")
      .gives({
        outcome: "Record closed",
        missing: ["The agentCount", "The entered", "The taken", "The name (1)", "The badge (1)"],
      }),
  });
});

describe("handing over", () => {
  const to = "night supervisor";
  test.each(Object.entries(screens))("on any screen, and it changes nothing there: %s", (_, lines) => {
    for (const protocol of [tiny, tinySpanish]) {
      const before = after(protocol, lines);
      const asked = question(protocol, before);
      expect(sentenceOf(protocol, before, `>${to}`)).toEqual({ type: "handedOver", step: asked?.step, to });
      const { atDesk, ...handed } = next(protocol, before, `>${to}`);
      expect(question(protocol, { ...handed })).toEqual(asked);
      expect([before.atDesk, atDesk]).toEqual([undefined, to]);
      expect({ ...handed, entries: before.entries }).toEqual(before);
    }
  });

  cases({
    "keeps the time it is given": given()
      .when({ step: "start", handOver: to, at: "2026-11-23T14:02:00-05:00" })
      .gives({ type: "handedOver", happenedAt: "2026-11-23T14:02:00-05:00" }),
    "more than once: the last has it": given(">guard", ">night supervisor", "talk").leaves(({ atDesk }) => atDesk, to),
    "back goes over it": given("talk", ">guard").when("<").gives({ type: "returned", undoes: 2, to: "start" }),
    "back does not take it away": given("talk", ">guard", "<").leaves(({ atDesk }) => atDesk, "guard"),
    "does not shorten a call": given(...ring, ">guard", "reached").leaves(
      ({ calls }) => calls.map(({ since, at }) => [since.slice(11, 16), at.slice(11, 16)]),
      [["14:03", "14:05"]],
    ),
    "another step": given()
      .when({ step: "talk", handOver: to })
      .refuses('this answers step "talk", but step "start" is asked'),
    "after the end": given(...end, "done")
      .when({ step: "end", handOver: to })
      .refuses("the encounter has ended"),
  });

  test.each([
    ["", false],
    ["   ", false],
    ["two\nlines", false],
    ["two\u2028lines", false],
    ["x".repeat(121), false],
    ["x".repeat(120), true],
    ["supervisora de la noche", true],
  ])("%j is a role: %s", (handOver, is) => {
    expect(Reply.safeParse({ step: "start", handOver }).success).toBe(is);
  });
});

describe("where it begins", () => {
  const protocol = twoChains();
  test("with agents at the desk, unless told", () => {
    expect([opening(protocol).step, opening(protocol, {}, { start: "here" }).step]).toEqual(["start", "start"]);
  });
  test("with a request", () => {
    const opened = opening(protocol, {}, { start: "request" });
    expect(opened.step).toBe("letter");
    expect(question(protocol, begin(protocol, opened))).toMatchObject({ step: "letter", canGoBack: false });
  });
  test("a request where the protocol has no start for one is refused", () => {
    expect(() => opening(tiny, {}, { start: "request" })).toThrow(
      new Problem(
        "usage",
        "protocol tiny 0.0.1 has no start for a request by phone, e-mail or letter",
        "open it as a visit, and write the request down",
      ),
    );
  });
});

describe("placeholders", () => {
  const bare = () => begin(tiny, opening(tiny, {}));
  test("the site's own words come first", () => {
    expect(question(tiny, begin(tiny))).toMatchObject({ say: "Please wait in the lobby.", do: ["Stay at Test Site."] });
    expect(question(tiny, next(tiny, begin(tiny), "talk"))?.do).toEqual(["Call Shift lead: 212-555-0101."]);
  });
  test("a stand-in where the site has none", () => {
    expect(question(tiny, bare())).toMatchObject({ say: "Please wait in the hall.", do: ["Stay at No site."] });
    expect(question(tiny, next(tiny, bare(), "talk"))?.do).toEqual(["Call the lead (number not set)."]);
  });
  test("a confidential site is known by its code alone", () => {
    const secret = { name: "Hope House", code: "S-7", confidential: true, address: "1 Hill Road" };
    const asked = JSON.stringify(question(tiny, begin(tiny, opening(tiny, secret))));
    expect(asked).toContain("Stay at S-7.");
    expect(asked).not.toMatch(/Hope House|Hill Road/);
    const unnamed = opening(tiny, { name: "Hope House", confidential: true });
    expect(question(tiny, begin(tiny, unnamed))?.do).toEqual(["Stay at No site."]);
  });
  test("what a site says is not filled again", () => {
    expect(question(tiny, begin(tiny, opening(tiny, { name: "{area} {site}" })))?.do).toEqual([
      "Stay at {area} {site}.",
    ]);
  });
  test("contacts are shown as the record has them", () => {
    expect(question(tiny, begin(tiny))?.contacts).toEqual([
      { role: "lead", label: "Lead", words: "Shift lead: 212-555-0101" },
      { role: "counsel", label: "Legal office", words: "the legal office (number not set)" },
      { role: "emergency", label: "Emergency", words: "911" },
    ]);
  });
});

describe("a protocol for each setting", () => {
  cases({
    "a shelter goes the common way": givenOf(compile(tinyParts(), "shelter"), ["talk", "done"]).asks({ step: "ring" }),
    "a school goes its own": givenOf(compile(tinyParts(), "school"), ["talk", "done"]).asks({ step: "look" }),
    "a step of one setting only": () => {
      const has = (step: string) =>
        (["shelter", "school", "hospital"] as const).filter((setting) => shipped(setting).steps[step] !== undefined);
      expect([has("parent_notice"), has("hold")]).toEqual([["school"], ["shelter", "school", "hospital"]]);
    },
  });

  test("a protocol that goes round in circles is refused, not followed", () => {
    const parts = tinyParts();
    const round = {
      ...parts.graph,
      steps: { ...parts.graph.steps, rec_visit: { ...parts.graph.steps["rec_visit"], next: "rec_visit" } },
    };
    const protocol = compile({ ...parts, graph: round as typeof parts.graph }, "shelter");
    const stuck = after(protocol, ["gone", { agentCount: "1", entered: "no", taken: "no" }]);
    expect(() => next(protocol, stuck, { said: "x" })).not.toThrow();
    expect(() => question(protocol, next(protocol, stuck, { said: "x" }))).toThrow(/goes round in circles/);
  });

  test("a step that is gone is refused", () => {
    const { ring: _gone, ...steps } = tiny.steps;
    expect(() => question({ ...tiny, steps }, after(tiny, ring))).toThrow(/has no step "ring"/);
  });
});
