import { describe, expect, test } from "vitest";
import { question } from "../../src/core/encounter.ts";
import { whenOf } from "../../src/core/incident.ts";
import { type Example, examples, play, readAnswers } from "../support/core-answers.ts";
import { refolded } from "../support/core-encounter.ts";

// The three encounters that ship as files of answers. They are read by people, so what they say is held to as well.

const stories: Readonly<
  Record<
    Example,
    {
      readonly paper: string;
      readonly verdict: string;
      readonly route: string;
      readonly facts: object;
      readonly calls: readonly string[];
      readonly missing: readonly string[];
    }
  >
> = {
  "shelter-i200": {
    paper: "i200",
    verdict: "notJudicial",
    route: "agency",
    facts: {
      agentCount: "2",
      enteredNonPublic: "no",
      given: "nothing",
      taken: "no",
      outcome: "comeBack",
      video: "asked",
    },
    calls: [
      "lead unreached",
      "backup reached",
      "counsel unreached",
      "counselBackup unreached",
      "counsel reached",
      "privacyOfficer reached",
    ],
    missing: [],
  },
  "school-subpoena": {
    paper: "admin_subpoena",
    verdict: "notJudicial",
    route: "subpoena",
    facts: { agentCount: "2", enteredNonPublic: "no", given: "nothing", outcome: "left", parentNotice: "told" },
    calls: ["lead reached", "counsel reached", "privacyOfficer unreached", "office reached"],
    missing: ["Copy of the paper (1)"],
  },
  "hospital-judicial-warrant": {
    paper: "judicial_search_warrant",
    verdict: "complete",
    route: "search",
    facts: { agentCount: "4", enteredNonPublic: "yes", entryHow: "paper", given: "nothing", outcome: "leftTook" },
    calls: [
      "lead reached",
      "counsel unreached",
      "counselBackup unreached",
      "counsel reached",
      "privacyOfficer reached",
    ],
    missing: ["Copy of the paper (1)"],
  },
};

describe.each(examples)("%s", (name) => {
  test("each reply is taken, and the last one closes the record", () => {
    const { incident, protocol } = play(name);
    expect(question(protocol, incident)).toBeUndefined();
    expect(incident.ended?.outcome).toBe("Record closed at the desk");
    expect(incident.entries.at(-1)?.what).toMatchObject({ type: "ended", step: "end" });
    expect(refolded(incident)).toEqual(incident);
  });

  test("tells the story it is there to tell", () => {
    const { incident } = play(name);
    const story = stories[name];
    const values = Object.fromEntries(Object.keys(story.facts).map((id) => [id, incident.fields[id]?.value]));
    expect(values).toEqual(story.facts);
    expect(incident.papers.map(({ looked }) => looked)).toMatchObject([
      { instrument: story.paper, verdict: story.verdict, route: story.route },
    ]);
    expect(incident.calls.map(({ role, outcome }) => `${role} ${outcome}`)).toEqual(story.calls);
    expect(incident.ended?.missing).toEqual(story.missing);
    expect(incident.agents).toHaveLength(Number(incident.fields["agentCount"]?.value));
    expect(incident.calledFrom).toEqual([]);
  });

  test("the times run forward, each reply has one, and all are of the day it was opened", () => {
    const { header, incident, replies } = play(name);
    const times = incident.entries.map(whenOf);
    expect(replies.filter(({ at }) => at === undefined)).toEqual([]);
    expect(times).toEqual(times.toSorted());
    expect(new Set(times).size).toBe(times.length);
    expect([...new Set(times.map((at) => at.slice(0, 10)))]).toEqual([header.opened.slice(0, 10)]);
    const at = (id: string): string => JSON.stringify(incident.fields[id]?.value);
    const clock = [at("arrivedAt"), JSON.stringify(header.opened.slice(11, 16)), at("leftAt")];
    expect(clock).toEqual(clock.toSorted());
  });

  test("comments are few, and the looks name what they answer", () => {
    const { text, replies } = readAnswers(name);
    const comments = text.split("\n").filter((line) => line.startsWith("//"));
    expect(comments.length).toBeGreaterThan(0);
    expect(comments.length).toBeLessThanOrEqual(4);
    expect(comments.filter((line) => line.length > 120)).toEqual([]);
    const looks = replies.filter((reply) => reply.step === "look" && "answer" in reply);
    expect(looks.filter((reply) => "answer" in reply && reply.looksFor === undefined)).toEqual([]);
  });
});

// What staff write must tell nothing of who is or is not inside, and nothing that finds a real person.
const never: readonly (readonly [string, RegExp])[] = [
  ["status", /\b(status|undocumented|documented|(im)?migrants?|asylum|refugees?|visas?|green card|deportable)\b/i],
  [
    "nationality",
    /\b(citizens?|citizenship|national(ity)?|countr(y|ies)|foreign(er)?s?|mexic|guatemal|ecuador|venezuel|hondur|salvador|haiti|chin(a|ese))/i,
  ],
  ["birthplace", /\b(birth|born)/i],
  [
    "language, faith, race",
    /\b(spanish|accent|language|religio|muslim|christian|jewish|race|white|black|latin[oax]|hispanic|asian|skin)/i,
  ],
  [
    "who lives, learns or is cared for here",
    /\b(clients?|residents?|pupils?|students?|patients?|tenants?|families|lives? here|stays? here)\b/i,
  ],
  ["a first person's opinion", /\b(valid|invalid|fake|illegal|unlawful|scared|afraid)\b/i],
];
const numbers = /\b\d{3}-\d{3}-\d{4}\b/g;

describe.each(examples)("the words of %s", (name) => {
  const { text } = readAnswers(name);
  const told = text.replaceAll("Immigration Liaison", "liaison").replaceAll("Deportation Officer", "officer");
  test.each(never)("no word of %s", (_what, words) => {
    expect(told.match(new RegExp(words, "gi")) ?? []).toEqual([]);
  });

  test("every telephone number is one that nobody has", () => {
    const found = text.match(numbers) ?? [];
    expect(found.length).toBeGreaterThan(4);
    expect(found.filter((number) => !/^\d{3}-555-01\d\d$/.test(number))).toEqual([]);
  });

  test("what is quoted is short", () => {
    const { incident, protocol } = play(name);
    const quotes = Object.entries(incident.fields).flatMap(([id, { value }]) =>
      protocol.fields[id]?.kind === "quote" && typeof value === "string" ? [value] : [],
    );
    expect(quotes.length).toBeGreaterThan(2);
    expect(quotes.filter((quote) => quote.length > 90)).toEqual([]);
  });

  test("no court is named but by a heading", () => {
    const courts = (text.match(/[A-Z][A-Za-z ]* Court[A-Za-z ,]*/g) ?? []).map((words) => words.trim());
    expect(courts.filter((words) => words !== "United States District Court")).toEqual([]);
  });
});

test("one answer in the shelter is taken back and given anew", () => {
  const { incident } = play("shelter-i200");
  const undone = incident.entries.filter(({ n }) => incident.undone.has(n));
  expect(undone.map(({ what }) => what)).toMatchObject([
    { type: "examined", question: "signer", answer: { id: "judge" } },
  ]);
  expect(incident.papers[0]?.seen.map(({ answer }) => answer)).toEqual(["agency", "arrest", "officer"]);
});

test("in the hospital agents go in before counsel is reached", () => {
  const { incident } = play("hospital-judicial-warrant");
  const entered = incident.fields["enteredNonPublic"]?.at ?? "";
  const counsel = incident.calls.find(({ role, outcome }) => role === "counsel" && outcome === "reached")?.at ?? "";
  expect(entered).toBe("2026-11-19T11:15:22-05:00");
  expect(entered < counsel).toBe(true);
});
