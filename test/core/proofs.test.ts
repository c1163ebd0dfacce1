import { describe, expect, test } from "vitest";
import { compile, type Parts } from "../../src/core/compile.ts";
import { waysOut } from "../../src/core/ways.ts";
import { everyFault, figuresOf, proofs } from "../../src/core/proofs.ts";
import { latestCall } from "../../src/core/proofs-ways.ts";
import { type Protocol, RETURN, type Step } from "../../src/core/protocol.ts";
import { settings } from "../../src/core/settings.ts";
import { shippedParts } from "../support/core-parts.ts";
import { partsIn, shippedPacks } from "../support/mutations.ts";
import { type Case, provenBy, put, restsOf, set, to } from "../support/proof-cases.ts";

// What ships is proven. Each line below puts one thing out of order in a copy of it, and expects the proof that finds it:
// the file, the keys that lead there, the sentence, and what would be right.

const packs = shippedPacks();
const everyTongue = packs.flatMap((pack) =>
  Object.keys(pack.tongues).map((language) => [`${pack.name} in ${language}`, partsIn(pack, language)] as const),
);

describe.each(everyTongue)("%s", (_name, parts) => {
  test("nothing is wrong, and all is proven", () => {
    expect(everyFault(parts)).toEqual([]);
  });

  test("every step rests on sources that name it", () => {
    expect(parts.graph.rests).toBeDefined();
  });
});

const entry: readonly Case[] = [
  [
    "an answer leads to a step that does not name it",
    put(["graph steps ask_id answers gave", to("no_paper")]),
    "graph",
    "steps ask_id answers gave",
    'answer "gave" of step "ask_id" leads to "no_paper", which does not name it under after',
    'lead to "ask_papers", which does, or add ask_id.gave there',
  ],
  [
    "a step names an answer that leads elsewhere",
    put(["graph steps ask_id answers gave", to("no_paper")]),
    "graph",
    "steps ask_papers after 0",
    'step "ask_papers" names ask_id.gave under after, which leads to "no_paper"',
    'lead ask_id.gave to "ask_papers", or take it out here',
  ],
  [
    "nobody names a way",
    put(["graph steps look after", ["ask_papers.shown"]]),
    "graph",
    "steps said_only answers paper",
    'answer "paper" of step "said_only" leads to "look", which does not name it under after',
    "add said_only.paper there",
  ],
  [
    "a step names a way there is not",
    put(["graph steps other_door after 0", "elsewhere.dor"]),
    "graph",
    "steps other_door after 0",
    'step "other_door" names elsewhere.dor under after, and there is no such way',
    "take it out, or name a way, as elsewhere.door",
  ],
  [
    "a step names a way back to where a key was pressed",
    put(["graph steps danger_again after", ["danger.unreached", "danger.reached"]]),
    "graph",
    "steps danger_again after 1",
    'step "danger_again" names danger.reached under after, which leads to "return"',
  ],
  [
    "a step does not say what leads to it",
    put(["graph steps call_backup after", undefined]),
    "graph",
    "steps call_backup",
    'step "call_backup" does not say what leads to it',
    "add steps: call_backup: after: [call_lead.unreached]",
  ],
  [
    "the start is another",
    put(["graph start", "again"]),
    "graph",
    "start",
    '"start.here" leads to "again", which does not name it under after',
    'lead to "hold", which does, or add start.here there',
  ],
  [
    "a request begins elsewhere",
    put(["graph request", "request_phone"]),
    "graph",
    "request",
    '"start.request" leads to "request_phone", which does not name it under after',
  ],
  [
    "a key leads elsewhere",
    put(["graph interrupts danger", "danger_again"]),
    "graph",
    "interrupts danger",
    '"key.danger" leads to "danger_again", which does not name it under after',
  ],
  [
    "a variant leads to a step that does not name it",
    put(["graph variants school tell_office next", { reached: "end", unreached: "parent_notice" }]),
    "graph",
    "variants school tell_office next reached",
    'answer "reached" of step "tell_office" leads to "end", which does not name it under after',
  ],
  [
    "a tell step leads to a step that does not name it",
    put(["graph steps pursuit next", "lead_now"]),
    "graph",
    "steps pursuit next",
    'answer "done" of step "pursuit" leads to "lead_now", which does not name it under after',
  ],
];

const ways: readonly Case[] = [
  [
    "a step that only a key leads on from",
    ({ graph }) =>
      set(graph.steps, "filming", {
        ...graph.steps["filming"],
        kind: "ask",
        next: undefined,
        answers: { hurt: { next: "danger" } },
      }),
    "graph",
    "steps filming",
    'in a shelter, step "filming" comes to no end without a key',
    "give it an answer that leads on",
  ],
  [
    "a key's steps that never come back",
    put(
      ["graph steps danger next", { reached: "danger_again", unreached: "danger_again" }],
      ["graph steps danger_again next", "danger"],
    ),
    "graph",
    "steps danger_again",
    'in a shelter, step "danger_again" never comes back to where the key was pressed',
    'give it an answer that leads to "return"',
  ],
  [
    "a record step while agents are here",
    put(["graph steps rec_visit phase", "live"]),
    "graph",
    "steps rec_visit phase",
    'step "rec_visit" of kind "record" is in phase "live"',
    "phase: record",
  ],
  [
    "a call among the record",
    put(["graph steps tell_privacy phase", "record"]),
    "graph",
    "steps tell_privacy phase",
    'step "tell_privacy" of kind "call" is in phase "record"',
    "phase: live or close",
  ],
  [
    "an end that is not the close",
    put(["graph steps end phase", "record"]),
    "graph",
    "steps end phase",
    'step "end" of kind "end" is in phase "record"',
  ],
  [
    "a look after agents have gone",
    put(["graph steps look phase", "record"]),
    "graph",
    "steps look phase",
    'step "look" of kind "examine" is in phase "record"',
  ],
  [
    "a start that is not live",
    put(["graph steps request phase", "record"]),
    "graph",
    "steps request phase",
    'step "request" is a start and not live',
  ],
  [
    "a key's step that is not live",
    put(["graph steps danger_again phase", "record"]),
    "graph",
    "steps danger_again phase",
    'step "danger_again" comes after a key and is not live',
  ],
  [
    "a way back to a phase that is over",
    put(["graph steps rec_author next", "waiting"]),
    "graph",
    "steps rec_author next",
    'answer "done" of step "rec_author" leads from phase "record" back to phase "live", to step "waiting"',
  ],
  [
    "a way past the record",
    put(["graph steps left answers gone", to("tell_privacy")]),
    "graph",
    "steps left answers gone",
    'answer "gone" of step "left" leads past the record to step "tell_privacy"',
    "let a record step come first",
  ],
  [
    "a record that begins with a question",
    put(["graph steps left answers gone", to("preserve_video")]),
    "graph",
    "steps left answers gone",
    'answer "gone" of step "left" leads into the record at step "preserve_video", which is no record step',
  ],
  [
    "a way out of what a key opened",
    put(["graph steps went_in_lead next reached", "settled"]),
    "graph",
    "steps went_in_lead next reached",
    'answer "reached" of step "went_in_lead" leads out of what a key opened, to step "settled"',
    'lead to "return", or to a step that only a key leads to',
  ],
  [
    "nobody's call holds the desk",
    put(["graph holding", undefined]),
    "graph",
    "holding",
    "the protocol does not say whose call holds the desk",
  ],
  [
    "an empty list of whose call holds the desk",
    put(["graph holding", []]),
    "graph",
    "holding",
    "the protocol does not say whose call holds the desk",
  ],
  [
    "a way that goes round without a call",
    put(["graph steps call_lead role", "security"], ["graph steps call_lead next reached", "hold"]),
    "graph",
    "steps call_lead",
    'in a shelter, nobody of "lead", "counsel", "emergency" is being called within 7 screens of "hold": a way goes round without one',
  ],
  [
    "the same for a request",
    put(["graph steps request answers other", to("request")]),
    "graph",
    "steps request",
    'is being called within 7 screens of "request": a way goes round without one (request, request)',
  ],
  [
    "nobody is told",
    put(["graph told", undefined]),
    "graph",
    "told",
    "the protocol does not say who is told before the end",
  ],
  [
    "a way to the end without a call to who is told",
    put(["graph steps tell_privacy role", "lead"]),
    "graph",
    "told 0",
    'in a shelter, an end can be come to without a call to "privacyOfficer"',
    'let every way to an end pass a call to "privacyOfficer"',
  ],
  [
    "nobody is given the number",
    ({ words }) => {
      for (const step of Object.values(words.steps))
        set(
          step,
          "do",
          step.do?.map((line) => line.replaceAll("{number}", "")),
        );
    },
    "words",
    "steps end",
    "in a shelter, an end can be come to and nobody was given the number of the record",
  ],
  [
    "agents went in and the desk stays where it is",
    put(["graph steps search_warrant answers inside next", "waiting"]),
    "graph",
    "steps search_warrant answers inside",
    'answer "inside" of step "search_warrant" writes that agents went in, and neither it nor step "waiting" is aside',
  ],
  [
    "the key of those who went in is not aside",
    put(["graph steps went_in aside", undefined]),
    "graph",
    "steps went_in",
    'step "went_in" of the key "they went in" is not aside',
    "add steps: went_in: aside: true",
  ],
  [
    "aside, and no call soon",
    put(["graph steps went_further answers walked next", "waiting"]),
    "graph",
    "steps went_further answers walked",
    'answer "walked" of step "went_further", which is aside, leads to no call within two screens',
  ],
  [
    "a yes that counsel did not give",
    put(["graph steps waiting answers counsel", to("counsel_has_it")]),
    "graph",
    "steps counsel_has_it answers approved",
    'answer "approved" of step "counsel_has_it" lets agents in, though counsel need not have been reached: answer "counsel" of step "waiting"',
    'let only "reached" of a call to counsel lead to step "counsel_has_it"',
  ],
  [
    "a yes though counsel did not answer",
    put(["graph steps call_counsel_backup next unreached", "counsel_has_it"]),
    "graph",
    "steps counsel_has_it answers approved",
    'counsel need not have been reached: answer "unreached" of step "call_counsel_backup"',
  ],
  [
    "a yes of somebody else",
    put(["graph steps call_counsel role", "lead"]),
    "graph",
    "steps counsel_has_it answers approved",
    'counsel need not have been reached: answer "reached" of step "call_counsel"',
  ],
  [
    "a yes at the start",
    put(["graph request", "counsel_has_it"]),
    "graph",
    "steps counsel_has_it answers approved",
    'counsel need not have been reached: "counsel_has_it", where one begins',
  ],
  [
    "a way in without a yes",
    put(["graph steps waiting answers counsel", to("approved_entry")]),
    "graph",
    "steps waiting answers counsel",
    'answer "counsel" of step "waiting" leads to "approved_entry", where agents go in with leave, and writes no leave down',
  ],
];

provenBy([
  ["the ways stand twice", entry],
  ["the ways lead where they should", ways],
]);

describe("what is right is let be", () => {
  const fine: readonly (readonly [string, (parts: Parts) => void])[] = [
    [
      "a variant names under after what leads to it there",
      put(
        ["graph steps custody after", undefined],
        ["graph variants hospital custody", { after: ["elsewhere.custody"] }],
      ),
    ],
    [
      "an answer that writes may report that someone let them in",
      put(["words steps went_in answers letIn", "I let them in"]),
    ],
    ["a choice of the record may report it", put(["record record entryHow choices letIn", "Someone let them in"])],
    ["a leap day is a day", put(["graph sources access read", "2024-02-29"])],
    [
      "so is the first of a month, and the last",
      put(["graph sources access read", "2025-12-01"], ["graph sources nypd read", "2025-12-31"]),
    ],
    ["what a key opens may lead to its own steps", put(["graph steps went_in_counsel next reached", "return"])],
    ["a protocol need not say which steps rest on a source", (parts) => set(parts, "graph rests", undefined)],
    ["every citation stands in its source", (parts) => set(parts, "graph rests", restsOf(parts))],
  ];
  test.each(fine)("%s", (_name, change) => {
    const parts = shippedParts();
    change(parts);
    expect(proofs(parts)).toEqual([]);
  });
});

test("a fault is told once for all settings and traits, unless they differ", () => {
  const parts = shippedParts();
  set(parts, "words steps waiting say", "That is the law.");
  expect(proofs(parts)).toHaveLength(1);
});

test("a step that does not say what leads to it is told of once", () => {
  const parts = shippedParts();
  set(parts, "graph steps call_counsel after", undefined);
  expect(proofs(parts).map(({ message }) => message)).toEqual(['step "call_counsel" does not say what leads to it']);
});

test("steps that wait for counsel are held to the same proofs", () => {
  const parts = shippedParts();
  expect(parts.graph.off).toEqual(["client_asks"]);
  set(parts, "words steps client_asks nearby", "You may hide there.");
  expect(proofs(parts).map(({ message }) => message)).toContainEqual(
    'what step "client_asks" says to people nearby holds "hide" (hiding)',
  );
});

test("what is shown is proven without the steps that wait for counsel", () => {
  const parts = shippedParts();
  set(parts, "graph off", ["call_back"]);
  set(parts, "graph steps doubt_911 next", { reached: "ask_papers", unreached: "ask_papers" });
  set(parts, "graph steps ask_papers answers", { shown: { next: "call_back" }, hurt: { next: "danger" } });
  expect(proofs(parts).map(({ message }) => message)).toContainEqual(
    'in a shelter, step "ask_papers" comes to no end without a key',
  );
});

test("the way that went astray is told before what comes of it", () => {
  const parts = shippedParts();
  set(parts, "graph steps hold answers other", to("call_lead"));
  const messages = everyFault(parts).map(({ message }) => message);
  expect(messages[0]).toBe('answer "other" of step "hold" leads to "call_lead", which does not name it under after');
  expect(messages).toContainEqual('in a shelter, no answer leads to step "elsewhere"');
});

test("a name that is not there is told before any way", () => {
  const parts = shippedParts();
  set(parts, "graph steps hold answers other", to("nowhere"));
  expect(everyFault(parts).map(({ message }) => message)).toEqual(['there is no step "nowhere"']);
});

describe("the latest first call", () => {
  const step = (id: string, rest: object): [string, Step] => [id, { id, ...rest } as Step];
  const tell = (id: string, next: string) => step(id, { kind: "tell", next });
  const call = (id: string, role: string, next: string) =>
    step(id, { kind: "call", role, next: { reached: next, unreached: next } });
  const ask = (id: string, ...to: readonly string[]) =>
    step(id, { kind: "ask", answers: to.map((next, i) => ({ id: `a${i}`, label: "", next })) });
  const end = step("end", { kind: "end" });

  test.each<readonly [string, readonly [string, Step][], number, string]>([
    ["at once", [call("a", "lead", "end"), end], 1, "a"],
    ["after two screens", [tell("a", "b"), tell("b", "c"), call("c", "lead", "end"), end], 3, "a b c"],
    ["the longer way counts", [ask("a", "c", "b"), tell("b", "c"), call("c", "lead", "end"), end], 3, "a b c"],
    [
      "a way joined twice is as long as the longer one",
      [ask("a", "d", "b"), tell("b", "c"), tell("c", "d"), tell("d", "e"), call("e", "lead", "end"), end],
      5,
      "a b c d e",
    ],
    ["another role holds nobody", [call("a", "nurse", "b"), call("b", "lead", "end"), end], 2, "a b"],
    ["a way to the end", [ask("a", "b", "end"), call("b", "lead", "end"), end], Infinity, "a end"],
    ["a way round", [ask("a", "b", "c"), tell("b", "a"), call("c", "lead", "end"), end], Infinity, "a b a"],
    [
      "a way back to where a key was pressed",
      [ask("a", RETURN, "c"), call("c", "lead", "end"), end],
      Infinity,
      `a ${RETURN}`,
    ],
  ])("%s", (_name, steps, screens, trail) => {
    const found = latestCall(
      { steps: Object.fromEntries(steps) } as Pick<Protocol, "steps"> as Protocol,
      { holding: ["lead"] },
      "a",
    );
    expect([found.screens, found.trail.join(" ")]).toEqual([screens, trail]);
  });
});

test("the figures are counted, not guessed", () => {
  const parts = shippedParts();
  const whole = { ...parts, graph: { ...parts.graph, off: [] } };
  const steps = settings.map((setting) => Object.values(compile(whole, setting).steps));
  const figures = figuresOf(parts);
  expect(figures).toEqual({
    settings: 3,
    steps: Object.keys(parts.graph.steps).length,
    off: 1,
    answers: expect.any(Number) as unknown,
    walks: steps.flat().flatMap(waysOut).length,
    sources: Object.keys(parts.graph.sources).length,
    longestToHolding: expect.any(Number) as unknown,
    hardestSay: { step: expect.any(String) as unknown, reading: expect.any(Number) as unknown },
    hardestScreen: { step: expect.any(String) as unknown, reading: expect.any(Number) as unknown },
  });
  const labels = (step: Step): readonly string[] =>
    step.kind === "ask"
      ? step.answers.map(({ id }) => id)
      : step.kind === "call"
        ? ["reached", "unreached"]
        : ["tell", "end"].includes(step.kind)
          ? ["done"]
          : [];
  expect(figures.answers).toBe(
    new Set(steps.flat().flatMap((step) => labels(step).map((label) => `${step.id}.${label}`))).size,
  );
  expect(figures.longestToHolding).toBeGreaterThan(1);
  expect(figures.longestToHolding).toBeLessThanOrEqual(7);
  expect(figures.hardestSay.reading).toBeLessThanOrEqual(6);
});
