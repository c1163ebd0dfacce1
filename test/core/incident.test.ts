import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { question } from "../../src/core/encounter.ts";
import { type Entry, Sentence } from "../../src/core/entry.ts";
import { type Incident, evolve, fold, missing } from "../../src/core/incident.ts";
import { Problem } from "../../src/core/problem.ts";
import {
  type Line,
  after,
  begin,
  cases,
  given,
  next,
  opening,
  refolded,
  stamp,
  standing,
} from "../support/core-encounter.ts";
import { twoChains } from "../support/core-chains.ts";
import { shipped, tiny } from "../support/core-parts.ts";
import { isForeign, tinySpanish } from "../support/core-spanish.ts";
import { type Pick, anyReply, wander } from "../support/core-walk.ts";

// The incident is a fold of the entries and of nothing else.

// The walks are long where the machine has other work to do.
vi.setConfig({ testTimeout: 120_000 });

const protocols = [tiny, tinySpanish, twoChains(), shipped("shelter"), shipped("school"), shipped("hospital")];
const chosen = fc.constantFrom(...protocols);
/** What somebody does, one number for each choice they have. */
const doings = fc.array(fc.nat({ max: 9999 }), { minLength: 20, maxLength: 160, size: "max" });

function picking(numbers: readonly number[]): Pick {
  let i = 0;
  return (below) => (numbers[i++ % numbers.length] ?? 0) % below;
}

function lived(protocol: (typeof protocols)[number], numbers: readonly number[]): Incident {
  return wander(protocol, begin(protocol), picking(numbers), Math.ceil(numbers.length / 2));
}

/** Every time taken out, for comparing what was said and done alone. */
function timeless(incident: Incident): unknown {
  const drop = (key: string, value: unknown): unknown =>
    ["at", "since", "changedAt", "openedAt"].includes(key) ? undefined : value;
  return JSON.parse(JSON.stringify(standing(incident), drop));
}

describe("whatever is done", () => {
  test("folding the entries gives what evolving one by one gave", () => {
    fc.assert(
      fc.property(chosen, doings, (protocol, numbers) => {
        const incident = lived(protocol, numbers);
        expect(fold(incident.entries)).toEqual(incident);
        const half = Math.ceil(incident.entries.length / 2);
        const early = fold(incident.entries.slice(0, half));
        expect(incident.entries.slice(half).reduce<Incident | undefined>(evolve, early)).toEqual(incident);
      }),
      { numRuns: 150 },
    );
  });

  test("entries that went through JSON fold to the same incident, and ask the same", () => {
    fc.assert(
      fc.property(chosen, doings, (protocol, numbers) => {
        const incident = lived(protocol, numbers);
        expect(refolded(incident)).toEqual(incident);
        expect(question(protocol, refolded(incident))).toEqual(question(protocol, incident));
      }),
      { numRuns: 150 },
    );
  });

  test("each sentence is one that a journal can hold", () => {
    fc.assert(
      fc.property(chosen, doings, (protocol, numbers) => {
        for (const { what } of lived(protocol, numbers).entries)
          expect(Sentence.parse(JSON.parse(JSON.stringify(what)))).toEqual(what);
      }),
      { numRuns: 80 },
    );
  });

  test("what is written down is in English, and what was shown in another language stands beside it", () => {
    /** Words that were shown; all else in an entry is the record's. */
    const asShown: readonly string[] = ["shown", "shownAsk"];
    const found = (value: unknown): readonly string[] =>
      typeof value === "string"
        ? [value]
        : Object.entries(Object(value) as object).flatMap(([key, each]) => (asShown.includes(key) ? [] : found(each)));
    fc.assert(
      fc.property(doings, (numbers) => {
        for (const { what } of lived(tinySpanish, numbers).entries) {
          expect(found(what).filter(isForeign)).toEqual([]);
          if (what.type === "answered" || what.type === "called") {
            const { say, nearby, ask, do: todo } = what.shown;
            expect([say, nearby, ask, ...todo].filter((words) => words !== undefined && !isForeign(words))).toEqual([]);
            expect([what.english?.say, what.english?.nearby].map(Boolean)).toEqual([say, nearby].map(Boolean));
          }
          if ("answer" in what) expect(isForeign(what.answer.shown ?? "")).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("back takes away the last move alone: what is asked is as before it", () => {
    fc.assert(
      fc.property(chosen, doings, fc.nat({ max: 9999 }), (protocol, numbers, number) => {
        const before = lived(protocol, numbers);
        const asked = question(protocol, before);
        if (asked === undefined) return;
        const moved = next(
          protocol,
          before,
          anyReply({ ...asked, canGoBack: false }, (below) => (number + 5) % below),
        );
        const isMove = ["answered", "recorded", "called", "examined", "interrupted"].includes(
          moved.entries.at(-1)?.what.type ?? "",
        );
        if (!isMove || moved.ended) return;
        const back = next(protocol, moved, "<");
        expect(timeless(back)).toEqual(timeless(before));
        expect(question(protocol, back)).toEqual(question(protocol, before));
        expect(back.entries).toHaveLength(before.entries.length + 2);
        expect(back.undone).toEqual(new Set([...before.undone, before.entries.length + 1]));
      }),
      { numRuns: 200 },
    );
  });

  test("back and the same answer again gives the same, but for history", () => {
    fc.assert(
      fc.property(chosen, doings, fc.nat({ max: 9999 }), (protocol, numbers, number) => {
        const before = lived(protocol, numbers);
        const asked = question(protocol, before);
        if (asked === undefined) return;
        const reply = anyReply({ ...asked, canGoBack: false }, (below) => (number + 5) % below);
        if (!("answer" in reply || "fields" in reply || "interrupt" in reply)) return;
        const once = next(protocol, before, reply);
        if (once.ended) return;
        const again = next(protocol, next(protocol, once, "<"), reply);
        expect(timeless(again)).toEqual(timeless(once));
        expect(question(protocol, again)).toEqual(question(protocol, once));
      }),
      { numRuns: 200 },
    );
  });

  test("going back all the way loses no note, no attachment and no entry", () => {
    fc.assert(
      fc.property(chosen, doings, (protocol, numbers) => {
        const incident = lived(protocol, numbers);
        let back = incident;
        for (let asked = question(protocol, back); asked?.canGoBack; asked = question(protocol, back))
          back = next(protocol, back, "<");
        const written = incident.entries.flatMap(({ what }) => (what.type === "noted" ? [what.text] : []));
        const kept = incident.entries.flatMap(({ what }) => (what.type === "attached" ? [what.file.name] : []));
        expect(back.notes.map(({ text }) => text)).toEqual(written);
        expect(back.attachments.map(({ name }) => name)).toEqual(kept);
        expect(back.notes).toEqual(incident.notes);
        expect(back.attachments).toEqual(incident.attachments);
        expect(back.entries.slice(0, incident.entries.length)).toEqual(incident.entries);
        if (!incident.ended)
          expect([back.step, back.calledFrom, back.calls, back.agents.length]).toEqual([protocol.start, [], [], 0]);
      }),
      { numRuns: 120 },
    );
  });
});

const ring = ["talk", "done"] as const;
const wait = [...ring, "reached"] as const;

describe("the fold", () => {
  test("no entries, no incident", () => {
    expect(fold([])).toBeUndefined();
  });

  test("nothing comes before the opening", () => {
    const early: Entry = stamp(1, { type: "noted", text: "x", from: "desk" });
    expect(() => fold([early])).toThrow(new Problem("journal", "entry 1 comes before the encounter was opened"));
  });

  test("an incident is not changed by what comes after it", () => {
    const before = after(tiny, wait);
    const copy = structuredClone(before);
    after(tiny, ["inside", "reached", "gone", { agentCount: "2" }, "<", "+x"], before);
    expect(before).toEqual(copy);
  });

  test("the time is the one that was told, else the one it was written at", () => {
    const told = begin(tiny, opening(tiny, undefined, { happenedAt: "2026-11-17T14:02:10-05:00" }));
    expect([told.openedAt, begin(tiny).openedAt]).toEqual(["2026-11-17T14:02:10-05:00", "2026-11-23T14:01:07-05:00"]);
    expect(next(tiny, told, { step: "start", note: "x", at: "2026-11-17T14:03:00-05:00" }).notes[0]?.at).toBe(
      "2026-11-17T14:03:00-05:00",
    );
  });

  const since = ({ calls }: Incident) => calls.map(({ since: from, at }) => [from.slice(11, 16), at.slice(11, 16)]);
  cases({
    "a call runs from its screen to its answer": given(...wait).leaves(since, [["14:03", "14:04"]]),
    "a note during a call does not shorten it": given(...ring, "+ringing", "+still ringing", "reached").leaves(since, [
      ["14:03", "14:06"],
    ]),
    "nor does a picture, or a correction": given(
      ...ring,
      { step: "ring", attach: "photo.jpg" },
      { type: "corrected", field: "agentCount", label: "n", value: "2" },
      "reached",
    ).leaves(since, [["14:03", "14:06"]]),
    "a pause does: its screen comes up again": given(
      ...ring,
      { type: "paused", step: "ring", cause: "asked" },
      { type: "resumed", step: "ring", openedBy: "keyboard" },
      "reached",
    ).leaves(since, [["14:05", "14:06"]]),
    "going back to a call begins it anew": given(...wait, "<", "reached").leaves(since, [["14:05", "14:06"]]),
  });
});

describe("what is missing", () => {
  const ends = [...wait, "gone"] as const;
  const unknown = (reason: "refused" | "hid" | "couldNotSee" | "notAsked" | "notKnown" | "none") => ({
    type: "corrected" as const,
    field: "entered",
    label: "The entered",
    value: { unknown: reason },
  });
  const isMissing = (incident: Incident) => missing(tiny, incident).includes("The entered");
  cases({
    "what was never asked": given(...ends).leaves(isMissing, true),
    "what was left not asked": given(...ends, unknown("notAsked")).leaves(isMissing, true),
    "what is not known": given(...ends, unknown("notKnown")).leaves(isMissing, true),
    "not what they refused": given(...ends, unknown("refused")).leaves(isMissing, false),
    "not what they hid": given(...ends, unknown("hid")).leaves(isMissing, false),
    "not what nobody could see": given(...ends, unknown("couldNotSee")).leaves(isMissing, false),
    "not what there was none of": given(...ends, unknown("none")).leaves(isMissing, false),
    "not what is known": given(...ends, { entered: "no" }).leaves(isMissing, false),
    "not what need not be there": given(...ends).leaves(
      (incident) => missing(tiny, incident),
      ["The agentCount", "The entered", "The taken", "The name (1)", "The badge (1)"],
    ),
    "what a condition asks for": given(...ends, { taken: "taken" }).leaves(
      (incident) => missing(tiny, incident),
      ["The agentCount", "The entered", "The takenCount", "The name (1)", "The badge (1)"],
    ),
  });
});

describe("what is missing where there are two chains of record steps", () => {
  const protocol = twoChains();
  const visit = ["The agentCount", "The entered", "The taken", "The name (1)", "The badge (1)"];
  const letter = ["The sentBy", "The given"];
  const missingAfter = (start: "here" | "request", ...lines: readonly Line[]) =>
    missing(protocol, after(protocol, lines, begin(protocol, opening(protocol, {}, { start }))));
  const table: readonly (readonly [string, "here" | "request", readonly Line[], readonly string[]])[] = [
    ["agents came, and nothing is recorded yet", "here", [], visit],
    ["agents came, and are here", "here", ["talk", "done"], visit],
    ["agents have gone", "here", ["gone"], visit],
    ["agents have gone, and some is recorded", "here", ["gone", { agentCount: "0", entered: "no" }], ["The taken"]],
    ["a letter came", "request", [], letter],
    ["a letter came, and another", "request", ["more"], letter],
    ["danger while a letter is answered is no visit", "request", ["!danger"], letter],
    ["a letter is answered", "request", ["read"], letter],
    ["a letter is answered, and some is recorded", "request", ["read", { sentBy: "A" }], ["The given"]],
    ["all of a letter is recorded", "request", ["read", { sentBy: "A" }, "no", { given: "B" }], []],
    ["a short record of a visit", "here", ["talk", "done", "reached", "short"], ["The name (1)", "The badge (1)"]],
    ["agents came while a letter was recorded", "request", ["read", { sentBy: "A" }, "yes", "gone"], visit],
    [
      "and had a short record: the last way into the record counts",
      "request",
      ["read", { sentBy: "A" }, "yes", "short"],
      ["The name (1)", "The badge (1)"],
    ],
    ["agents came while a letter was answered", "request", ["here"], visit],
    ["and have gone", "request", ["here", "gone"], visit],
    ["they came, but somebody went back on that", "request", ["here", "<"], letter],
    ["and the letter is answered", "request", ["here", "<", "read"], letter],
    ["the letter was answered, but somebody went back on that", "request", ["read", "<", "here"], visit],
    ["they had gone, but somebody went back on that, twice", "request", ["here", "gone", "<", "<", "read"], letter],
    ["a note, and handing over, change nothing", "request", ["read", "+x", ">rec_visit"], letter],
  ];
  test.each(table)("%s", (_, start, lines, expected) => {
    expect(missingAfter(start, ...lines)).toEqual(expected);
  });

  test("the entry of the end holds the same", () => {
    const ended = after(
      protocol,
      ["read", "=", "no", "=", "reached", "done"],
      begin(protocol, opening(protocol, {}, { start: "request" })),
    );
    expect(ended.ended?.missing).toEqual(letter);
    const thin = after(protocol, ["gone", "=", "=", "done", "reached", "done"]);
    expect(thin.ended?.missing).toEqual(visit);
  });
});

describe("what stood in a field before", () => {
  const record = [...wait, "gone", { agentCount: "2" }] as const;
  const corrected = (value: string | { unknown: "notKnown" }, reason?: string) => ({
    type: "corrected" as const,
    field: "agentCount",
    label: "The agentCount",
    value,
    ...(reason && { reason }),
  });
  const history = ({ fields }: Incident) => [
    fields["agentCount"]?.value,
    fields["agentCount"]?.before.map(({ value, reason }) => [value, reason]),
  ];
  cases({
    nothing: given(...record).leaves(history, ["2", []]),
    "one value": given(...record, corrected("3", "counted again")).leaves(history, ["3", [["2", "counted again"]]]),
    "two values, oldest first": given(...record, corrected("3"), corrected({ unknown: "notKnown" })).leaves(history, [
      { unknown: "notKnown" },
      [
        ["2", undefined],
        ["3", undefined],
      ],
    ]),
    "when each was written and changed": given(...record, corrected("3")).leaves(
      ({ fields }) =>
        [fields["agentCount"]?.before[0]?.at, fields["agentCount"]?.before[0]?.changedAt, fields["agentCount"]?.at].map(
          (at) => at?.slice(11, 16),
        ),
      ["14:06", "14:07", "14:07"],
    ),
    "the same value again is no change": given(...wait, "inside", "reached", "inside").leaves(
      ({ fields }) => [fields["entered"]?.value, fields["entered"]?.at.slice(11, 16), fields["entered"]?.before],
      ["yes", "14:05", []],
    ),
    "the same value for want of another is no change": given(
      ...record,
      corrected({ unknown: "notKnown" }),
      corrected({ unknown: "notKnown" }),
    ).leaves(history, [{ unknown: "notKnown" }, [["2", undefined]]]),
    "a correction after the end": given(...record, "=", "=", "done", "reached", "done", corrected("4")).leaves(
      history,
      ["4", [["2", undefined]]],
    ),
    "going back takes away neither a correction nor its history": given(
      ...record,
      { entered: "no" },
      corrected("3", "r"),
      "<",
    ).leaves(history, ["3", [["2", "r"]]]),
    "of an agent": given(
      ...wait,
      "gone",
      "=",
      { name: "A" },
      { type: "corrected", field: "name", label: "n", about: { agent: 0 }, value: "B" },
    ).leaves(
      ({ agents }) => [agents[0]?.["name"]?.value, agents[0]?.["name"]?.before.map(({ value }) => value)],
      ["B", ["A"]],
    ),
  });
});
