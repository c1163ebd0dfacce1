import { describe, expect, test } from "vitest";
import { type Entry, type Opened, Sentence } from "../../src/core/entry.ts";
import { type Incident, evolve } from "../../src/core/incident.ts";
import { dateWords, type Imprint } from "../../src/core/paperwork.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import { incidentSheet } from "../../src/core/sheet.ts";
import type { Block, Sheet } from "../../src/core/sheet-blocks.ts";
import { renderSheetText } from "../../src/core/sheet-text.ts";
import { examples, play } from "../support/core-answers.ts";
import { type Line, after, begin, opening, photo, site, stamp } from "../support/core-encounter.ts";
import { twoChains } from "../support/core-chains.ts";
import { shipped, shippedWords } from "../support/core-parts.ts";
import { tinyNearby, tinySpanish } from "../support/core-spanish.ts";
import { finish } from "../support/core-walk.ts";

// An incident on paper. Entries are stamped a minute apart, each seven seconds past the minute.

const words = shippedWords().report;
const imprint: Imprint = {
  at: "2026-11-23T15:30:07-05:00",
  head: "e".repeat(64),
  protocolHash: "f".repeat(64),
  withPictures: false,
};
const protocol = shipped("shelter");

const sheetOf = (incident: Incident, more: Partial<Imprint> = {}): Sheet =>
  incidentSheet(incident, shipped(incident.opened.setting), words, { ...imprint, ...more });
const report = (lines: readonly Line[], opened: Partial<Opened> = {}, more: Partial<Imprint> = {}): Sheet =>
  sheetOf(after(protocol, lines, begin(protocol, opening(protocol, site, opened))), more);

/** Every string of a sheet, wherever it stands. */
function strings(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}
const text = (sheet: Sheet): string => strings(sheet).join("\n");

/** The blocks under a heading, up to the next of the same level. */
function under(sheet: Sheet, name: string): readonly Block[] {
  const from = sheet.blocks.findIndex((block) => block.kind === "heading" && block.text === name);
  const rest = from === -1 ? [] : sheet.blocks.slice(from + 1);
  const level = (sheet.blocks[from] as Extract<Block, { kind: "heading" }> | undefined)?.level ?? 1;
  const to = rest.findIndex((block) => block.kind === "heading" && block.level <= level);
  return to === -1 ? rest : rest.slice(0, to);
}
const rowsOf = (sheet: Sheet, name: string): readonly (readonly string[])[] =>
  under(sheet, name).flatMap((block) =>
    block.kind === "table"
      ? block.rows
      : block.kind === "facts"
        ? block.rows.map(({ label, value }) => [label, value])
        : [],
  );
const paragraphs = (blocks: readonly Block[]): readonly string[] =>
  blocks.flatMap((block) => (block.kind === "paragraph" ? [block.text] : []));

/** What was looked for on a paper, and what was answered, as the protocol asks it. */
const seenAs = (id: string, answer: string): [ask: string, label: string] => {
  const asked = protocol.look.questions[id];
  return [asked?.ask ?? "", asked?.answers.find((each) => each.id === answer)?.label ?? ""];
};

const toRecord: readonly Line[] = ["inside", "walked", "reached", "gone", "gone"];
const corrected = (
  field: string,
  value: string,
  more: Partial<Extract<Sentence, { type: "corrected" }>> = {},
): Sentence => ({
  type: "corrected",
  field,
  label: protocol.fields[field]?.label ?? field,
  value,
  ...more,
});

describe("what is withheld is nowhere on the sheet", () => {
  const withheld = Object.entries(protocol.fields)
    .filter(([, { prints }]) => prints === "withheld")
    .map(([id]) => id);
  const secret = (id: string): string => `SECRET-${id}`;
  /** Every withheld field holds a secret of its own, some were taken back before, and all are corrected once. */
  const filled = (): Incident => {
    const unfinished = after(
      protocol,
      [
        ...toRecord,
        "=",
        { reason: "A reason", personSought: "SECRET-taken-back" },
        "<",
        { personSought: secret("personSought") },
        "=",
        { given: "something", givenWhat: secret("givenWhat") },
        "=",
        "=",
        "done",
        { vehicles: secret("vehicles") },
        "=",
        "=",
        { force: "yes", injuries: secret("injuries") },
        "=",
        { taken: "taken", takenWhere: secret("takenWhere") },
        "=",
        "asked",
        { videoKept: secret("videoKept") },
        "=",
        "=",
      ],
      begin(protocol, opening(protocol)),
    );
    const corrections = withheld.map((id) => corrected(id, `SECRET-new-${id}`, { words: `SECRET-words-${id}` }));
    return finish(protocol, after(protocol, corrections, unfinished));
  };

  test("not by its value, not by what it was before, not by what took its place", () => {
    const incident = filled();
    expect(withheld.toSorted()).toEqual([
      "givenWhat",
      "injuries",
      "personSought",
      "takenWhere",
      "vehicles",
      "videoKept",
    ]);
    for (const id of withheld) {
      const { value, words: shown, before } = incident.fields[id] ?? {};
      expect([value, shown, before?.map((former) => former.value)], id).toEqual([
        `SECRET-new-${id}`,
        `SECRET-words-${id}`,
        [secret(id)],
      ]);
    }
    expect(incident.ended).toBeDefined();
    expect(text(sheetOf(incident))).not.toContain("SECRET");
    expect(renderSheetText(sheetOf(incident)).join("\n")).not.toContain("SECRET");
  });

  test("but it is said how many answers are", () => {
    expect(text(sheetOf(filled()))).toContain("6 answers are kept in the record and left out of this report");
    const one = report([...toRecord, "=", { personSought: "SECRET" }]);
    expect(text(one)).toContain("One answer is kept in the record and left out");
    expect(text(report([...toRecord, "=", "="]))).not.toContain("left out of this report, because");
  });

  test("a field that the protocol does not know is withheld too", () => {
    const sheet = report([...toRecord, corrected("stranger", "SECRET"), corrected("stranger", "SECRET too")]);
    expect(text(sheet)).not.toContain("SECRET");
    expect(text(sheet)).toContain("One answer is kept in the record");
  });

  test.each(examples)("and so it is in %s", (name) => {
    const { incident } = play(name);
    const all = [incident.fields, ...incident.agents, ...incident.papers.map(({ fields }) => fields)].flatMap(
      (fields) => Object.entries(fields),
    );
    const kept = all.flatMap(([id, { value }]) => (withheld.includes(id) && typeof value === "string" ? [value] : []));
    const printed = all.flatMap(([id, { value }]) =>
      !withheld.includes(id) && protocol.fields[id]?.kind === "text" && typeof value === "string" ? [value] : [],
    );
    expect(kept.length).toBeGreaterThan(1);
    expect(printed.length).toBeGreaterThan(8);
    const sheet = text(sheetOf(incident));
    expect(kept.filter((value) => sheet.includes(value))).toEqual([]);
    expect(printed.filter((value) => !sheet.includes(value))).toEqual([]);
  });
});

describe("corrections", () => {
  test("an answer that was taken back, and what took its place", () => {
    const sheet = report(["waiting", "<", "pursuit"]);
    expect(rowsOf(sheet, words.corrections)).toEqual([
      ["What are the agents doing?", "They wait or talk to me", "They run after someone", "14:03", "not given"],
    ]);
    expect(rowsOf(sheet, words.timeline).map(([time, , written]) => [time, written])).toEqual([
      ["14:01", "The record was opened. (at the desk)"],
      ["14:02", "They wait or talk to me (taken back at 14:03)"],
      ["14:03", "Went back one screen"],
      ["14:04", "They run after someone"],
    ]);
  });

  test("an answer that was taken back and not given again", () => {
    expect(rowsOf(report(["waiting", "<"]), words.corrections)).toEqual([
      ["What are the agents doing?", "They wait or talk to me", "taken back", "14:03", "not given"],
    ]);
  });

  test("a look that was taken back, and the new one", () => {
    const { incident } = play("shelter-i200");
    expect(rowsOf(sheetOf(incident), words.corrections)).toEqual([
      [
        "Who signed it? Read the title under the line.",
        "A judge or magistrate (not an immigration judge)",
        "An officer, an agent or an immigration judge",
        "14:09",
        "not given",
      ],
    ]);
  });

  test("the key for danger, taken back", () => {
    expect(rowsOf(report(["!danger", "<"]), words.corrections)).toEqual([
      ["", "Danger: the key was pressed", "taken back", "14:03", "not given"],
    ]);
  });

  test("a field that was taken back shows what it said and what it says", () => {
    const sheet = report([...toRecord, { agentCount: "2" }, "<", { agentCount: "3" }]);
    expect(rowsOf(sheet, words.corrections)).toEqual([["Number of agents", "2", "3", "14:08", "not given"]]);
  });

  test("fields that were taken back together, each in its row", () => {
    const sheet = report([...toRecord, { agentCount: "2", staffPresent: "Guard" }, "<", { agentCount: "3" }]);
    expect(rowsOf(sheet, words.corrections)).toEqual([
      ["Number of agents", "2", "3", "14:08", "not given"],
      ["Staff who spoke with agents or saw the visit (roles)", "Guard", "taken back", "14:08", "not given"],
    ]);
  });

  test("a field that was taken back twice: each time, what stands there in the end", () => {
    const sheet = report([...toRecord, { agentCount: "2" }, "<", { agentCount: "3" }, "<", { agentCount: "4" }]);
    expect(rowsOf(sheet, words.corrections).map(([, was, is, at]) => [was, is, at])).toEqual([
      ["2", "4", "14:08"],
      ["3", "4", "14:10"],
    ]);
  });

  test("a field of one agent is not taken for another's", () => {
    const lines = [...toRecord, "=", "=", "=", { name: "A" }, "<", "=", "another", { name: "B" }];
    expect(rowsOf(report(lines), words.corrections)).toEqual([
      ["Agent's name, agent 1", "A", "It was not asked", "14:11", "not given"],
    ]);
  });

  test("a withheld field that was taken back is told without what it said", () => {
    const rows = rowsOf(
      report([...toRecord, "=", { personSought: "SECRET" }, "<", { personSought: "SECRET too" }]),
      words.corrections,
    );
    expect(rows).toEqual([
      [protocol.fields["personSought"]?.label, words.wroteWithheld, words.wroteWithheld, "14:09", "not given"],
    ]);
  });

  test("a field that was corrected: what it said, what it says, when and why", () => {
    const sheet = report([
      ...toRecord,
      { agentCount: "2" },
      corrected("agentCount", "3", { reason: "Counted again" }),
      corrected("agentCount", "4"),
    ]);
    expect(rowsOf(sheet, words.corrections)).toEqual([
      ["Number of agents", "2", "3", "14:08", "Counted again"],
      ["Number of agents", "3", "4", "14:09", "not given"],
    ]);
    expect(rowsOf(sheet, words.sections.visit)).toContainEqual(["Number of agents", "4"]);
    expect(rowsOf(sheet, words.timeline)).toContainEqual(["14:08", "", "Corrected: Number of agents"]);
  });

  test("a withheld field that was corrected is told by name alone", () => {
    const sheet = report([
      ...toRecord,
      "=",
      { personSought: "SECRET" },
      corrected("personSought", "SECRET too", { reason: "Misheard" }),
    ]);
    expect(rowsOf(sheet, words.corrections)).toEqual([
      [protocol.fields["personSought"]?.label, words.wroteWithheld, words.wroteWithheld, "14:09", "Misheard"],
    ]);
  });

  test("which agent was meant", () => {
    const sheet = report([...toRecord, "=", "=", "=", { name: "A" }, corrected("name", "B", { about: { agent: 0 } })]);
    expect(rowsOf(sheet, words.corrections)).toEqual([["Agent's name, agent 1", "A", "B", "14:11", "not given"]]);
  });

  test("all in the order in which they were made", () => {
    const sheet = report([
      ...toRecord,
      { agentCount: "2" },
      corrected("agentCount", "3"),
      { staffPresent: "Guard" },
      "<",
      { staffPresent: "Guards" },
      corrected("agentCount", "4"),
    ]);
    expect(rowsOf(sheet, words.corrections).map(([, , , at]) => at)).toEqual(["14:08", "14:10", "14:12"]);
  });

  test("none", () => {
    expect(paragraphs(under(report(["waiting"]), words.corrections))).toEqual([words.noCorrections]);
  });

  test("a fact that was told twice is no correction", () => {
    const sheet = report(["!entered", "walked", "reached", "!entered", "walked", "reached"]);
    expect(paragraphs(under(sheet, words.corrections))).toEqual([words.noCorrections]);
  });
});

describe("marks", () => {
  const says = (sheet: Sheet): readonly string[] =>
    sheet.blocks.flatMap((block) => (block.kind === "paragraph" && block.tone === "strong" ? [block.text] : []));
  const table: readonly (readonly [string, Sheet, string | undefined, readonly string[]])[] = [
    ["a record that is open", report(["waiting"]), undefined, [words.open]],
    ["a drill", report(["waiting"], { isDrill: true }), "DRILL", [words.drillSays, words.open]],
    ["an example", report(["waiting"], { isExample: true }), "EXAMPLE", [words.exampleSays, words.open]],
    [
      "a drill that is also an example is a drill",
      report(["waiting"], { isDrill: true, isExample: true }),
      "DRILL",
      [words.drillSays, words.exampleSays, words.open],
    ],
    [
      "a file of answers, with the day it was written down",
      report(["waiting"], { openedBy: "answers", happenedAt: "2026-11-17T14:02:10-05:00" }),
      undefined,
      [
        "This record was made from a file of answers, not at the keyboard. The times are as that file gives them; it was written down on November 23, 2026, 14:01.",
        words.open,
      ],
    ],
    ["another program", report(["waiting"], { openedBy: "stdio" }), undefined, [words.byStdio, words.open]],
    [
      "a journal that is not whole",
      report(["waiting"], {}, { fault: "line 7 does not follow line 6" }),
      undefined,
      [
        "The journal is not whole: line 7 does not follow line 6. This report holds what stands before that line.",
        words.open,
      ],
    ],
    [
      "a record that is closed",
      sheetOf({ ...play("shelter-i200").incident, opened: opening(protocol) }),
      undefined,
      [],
    ],
  ];
  test.each(table)("%s", (_name, sheet, mark, lines) => {
    expect([sheet.mark, says(sheet)]).toEqual([mark, lines]);
    expect(renderSheetText(sheet)[0]).toBe(mark === undefined ? sheet.title : `*** ${mark} ***`);
  });
});

describe("what every sheet holds", () => {
  test.each(examples)("%s: no seconds, the head, the protocol's hash, every entry", (name) => {
    const { incident } = play(name);
    const sheet = sheetOf(incident);
    const { made: _made, ...printed } = sheet;
    expect(strings(printed).filter((line) => /\d:\d\d:\d\d/.test(line))).toEqual([]);
    expect(rowsOf(sheet, words.aboutRecord)).toEqual([
      [words.protocol, `${protocol.title} (nyc), version ${protocol.version}`],
      [words.approved, words.approval.no],
      [words.protocolHash, imprint.protocolHash],
      [words.lines, String(incident.entries.length)],
      [words.head, imprint.head],
      [words.made, "November 23, 2026, 15:30"],
    ]);
    expect(rowsOf(sheet, words.timeline)).toHaveLength(incident.entries.length);
    expect(sheet.mark).toBe("EXAMPLE");
    expect(strings({ ...printed, pageWords: "" }).join("\n")).not.toMatch(/undefined|null|\[object|NaN|\{[a-z]/i);
  });

  test("the summary of the shelter", () => {
    const { incident } = play("shelter-i200");
    expect(paragraphs(under(sheetOf(incident), words.summary))[0]).toBe(
      "2 agents came to this shelter on November 17, 2026, and the record was opened at 14:02. They were from: ICE, as he said; ERO on the vest; ICE, as he said; no patch seen. They said why: “We have a warrant for a guy upstairs.” They showed: Form I-200, Warrant for Arrest of Alien. The guide asked for these calls, and they were answered: Shelter director: 212-555-0143; Legal office: 212-555-0110; Privacy officer: 212-555-0118. Agents did not go past the public area. Nobody at the desk gave them information, records or things. How it ended: They left and said they would come back.",
    );
  });

  test("the summary of next to nothing says that it is not known", () => {
    const [summary] = paragraphs(under(report([]), words.summary));
    expect(summary).toBe(
      `Agents came to this shelter on November 23, 2026, and the record was opened at 14:01. ${words.noPapers} ${words.notReached} ${words.entered.unknown} ${words.given.unknown}`,
    );
  });

  test("agents went in: said so, and how", () => {
    const sheet = sheetOf(play("hospital-judicial-warrant").incident);
    expect(paragraphs(under(sheet, words.summary))[0]).toContain(words.entered.yes);
    expect(rowsOf(sheet, words.sections.entry)).toContainEqual(["How agents went in", "They relied on a paper"]);
  });

  test("what is missing is a list; nothing missing is said", () => {
    const lists = (sheet: Sheet) =>
      under(sheet, words.missing).flatMap((block) => (block.kind === "list" ? block.items : []));
    expect(lists(sheetOf(play("school-subpoena").incident))).toEqual(["Copy of the paper (1)"]);
    expect(paragraphs(under(sheetOf(play("shelter-i200").incident), words.missing))).toEqual([words.missingNone]);
    expect(lists(report(["waiting"]))).toContain("Number of agents");
  });

  test("what was added after the close is missing no longer", () => {
    const open = after(
      protocol,
      [
        "inside",
        "walked",
        "reached",
        "gone",
        "gone",
        { agentCount: { unknown: "notKnown" } },
        "=",
        "=",
        "=",
        "=",
        "done",
      ],
      begin(protocol, opening(protocol)),
    );
    const closed = finish(protocol, open);
    const lists = (incident: Incident) =>
      under(sheetOf(incident), words.missing).flatMap((block) => (block.kind === "list" ? block.items : []));
    expect(closed.ended?.missing).toContain("Number of agents");
    expect(lists(closed)).toEqual(closed.ended?.missing);
    expect(lists(after(protocol, [corrected("agentCount", "0")], closed))).not.toContain("Number of agents");
  });

  test("who was called, since when, with what answer and when", () => {
    expect(rowsOf(report(["waiting", "unreached", "reached"]), words.calls)).toEqual([
      ["Shift lead: 212-555-0101", "14:02", "not reached", "14:03"],
      ["the shelter director (number not set)", "14:03", "reached", "14:04"],
    ]);
    expect(paragraphs(under(report(["waiting"]), words.calls))).toEqual([words.noCalls]);
  });

  test("other people's words stand in quotation marks, ours do not; a reason for none is told", () => {
    const sheet = report([
      ...toRecord,
      { staffPresent: "Guard", leftAt: { unknown: "notKnown" } },
      "=",
      { reason: "Because", askedFor: { unknown: "none" } },
    ]);
    expect(rowsOf(sheet, words.sections.asked)).toEqual([
      ["Reason agents gave", "“Because”"],
      ["What agents asked for", "None, or it did not happen"],
    ]);
    expect(rowsOf(sheet, words.sections.visit)).toContainEqual(["Agents left at", "Not known"]);
    expect(rowsOf(sheet, words.sections.visit)).toContainEqual([
      "Staff who spoke with agents or saw the visit (roles)",
      "Guard",
    ]);
  });

  test("a paper: what it looks like, who signed, what was seen, and that it is no legal opinion", () => {
    const sheet = sheetOf(play("hospital-judicial-warrant").incident);
    expect(rowsOf(sheet, "Paper 1: Court search warrant").slice(0, 5)).toEqual([
      ["Looks like", "Court search warrant"],
      ["Who signed, as the desk saw it", "A judge or magistrate (not an immigration judge)"],
      ["What the desk saw", protocol.verdicts.complete],
      seenAs("top", "federalCourt"),
      seenAs("federalTitle", "search"),
    ]);
    expect(paragraphs(under(sheet, words.sections.papers))).toEqual([words.notLegal]);
  });

  test("a look that was not finished says so, and tells no verdict", () => {
    const sheet = report(["waiting", "reached", "gave", "shown", "agency"]);
    expect(rowsOf(sheet, `Paper 1: ${words.halfLooked}`)).toEqual([
      ["Looks like", words.halfLooked],
      seenAs("top", "agency"),
    ]);
  });

  test("no agent and no paper are said", () => {
    expect(paragraphs(under(report(["waiting"]), words.sections.agents))).toEqual([words.noAgents]);
    expect(paragraphs(under(report(["waiting"]), words.sections.papers))).toEqual([words.noPaperLooked]);
  });

  test("each agent under a heading of its own", () => {
    const sheet = sheetOf(play("shelter-i200").incident);
    expect(rowsOf(sheet, "Agent 1")).toEqual([
      ["Agency and unit, and how staff knew it", "ICE, as he said; ERO on the vest"],
      ["Agent's name", "They refused"],
      ["Badge or ID number", "ended in 417"],
      ["ID seen", "Shown only"],
    ]);
    expect(rowsOf(sheet, "Agent 2")).toContainEqual(["Badge or ID number", "They kept it out of sight"]);
  });

  test("the title and the header: number and site; without a site, that it is not set up", () => {
    expect(report([]).title).toBe("Incident report 2026-1123-TEST");
    expect(report([]).header).toBe("Incident 2026-1123-TEST · Test Site");
    const bare = sheetOf(begin(protocol, opening(protocol, {})));
    expect(bare.header).toBe("Incident 2026-1123-TEST · site not set up");
    expect(bare.footer).toBe(words.footer);
    expect(bare.made).toBe(imprint.at);
  });

  test("a confidential site stands there by its code alone", () => {
    const secret = sheetOf(
      begin(
        protocol,
        opening(protocol, { name: "Hope House", code: "S-7", confidential: true, address: "1 Hill Road" }),
      ),
    );
    expect(text(secret)).toContain("S-7");
    expect(text(secret)).not.toMatch(/Hope House|Hill Road/);
  });
});

describe("the timeline", () => {
  const last = (lines: readonly Line[], opened: Partial<Opened> = {}): readonly string[] =>
    rowsOf(report(lines, opened), words.timeline).at(-1) ?? [];
  const resumed = { type: "resumed", step: "hold", openedBy: "keyboard" } as const;
  const table: readonly (readonly [string, readonly Line[], string, string])[] = [
    [
      "an answer, with what was said and asked",
      ["waiting"],
      `“I am not authorized to let you past this point. I am calling our legal office. Please wait in the lobby.”\nWhat are the agents doing?`,
      "They wait or talk to me",
    ],
    [
      "an answer without anything to say",
      ["waiting", "reached", "police", "alone"],
      "“My supervisor will speak with your sergeant. What is your name, and which precinct are you from?”\nIs another agency here too?",
      "No, only NYPD",
    ],
    [
      "a screen on which nothing is said",
      ["waiting", "reached", "police", "alone", "done"],
      "Does the lead have it?",
      "Yes",
    ],
    ["a look", ["waiting", "reached", "gave", "shown", "agency"], ...seenAs("top", "agency")],
    ["a note", ["+They wait."], "", "Note: They wait."],
    [
      "a note from elsewhere",
      [{ type: "noted", text: "Another door.", from: "second" }],
      "",
      "Note from a second screen: Another door.",
    ],
    ["danger", ["!danger"], "", words.interrupted.danger],
    ["they went in", ["!entered"], "", words.interrupted.entered],
    ["handing over", [">night supervisor"], "", "Handed over to: night supervisor"],
    ["a pause", [{ step: "hold", pause: true }], "", words.paused.asked],
    ["a pause from outside", [{ type: "paused", step: "hold", cause: "signal" }], "", words.paused.signal],
    ["going on", [resumed], "", words.resumed],
    [
      "going on with a broken line",
      [{ ...resumed, found: { line: 7, what: "half a line", keptIn: "journal.torn" } }],
      "",
      "The guide went on. Line 7 of the journal was found amiss (half a line); it was kept in journal.torn",
    ],
    [
      "fields",
      [...toRecord, { agentCount: "2", staffPresent: "Guard" }],
      "",
      "Wrote down: Number of agents, Staff who spoke with agents or saw the visit (roles)",
    ],
    ["fields of an agent", [...toRecord, "=", "=", "=", { name: "A" }], "agent 1", "Wrote down: Agent's name"],
    [
      "fields left",
      [...toRecord, { step: "rec_visit", fields: { agentCount: "2" }, rest: "notAsked" }],
      "",
      "Wrote down: Number of agents\nLeft as not asked: Agents arrived at, Arrival time is, Arrival seen by (role), Agents left at, Staff who spoke with agents or saw the visit (roles)",
    ],
    ["a withheld field", [...toRecord, "=", { personSought: "x" }], "", words.wroteWithheld],
    ["a file", [{ step: "hold", attach: "photo.jpg", about: { paper: 0 } }], "paper 1", "Attached: photo.jpg"],
  ];
  test.each(table)("%s", (_name, lines, screen, written) => {
    expect(last(lines).slice(1)).toEqual([screen, written]);
  });

  test("the end", () => {
    expect(rowsOf(sheetOf(play("shelter-i200").incident), words.timeline).at(-1)).toEqual([
      "14:48",
      "",
      "Closed: Record closed at the desk",
    ]);
  });

  test("the file of answers that opened it", () => {
    expect(last([], { openedBy: "answers" })[2]).toBe("The record was opened. (from a file of answers)");
  });

  test("a clock that was moved is told before what came after", () => {
    const moved = evolve(begin(protocol), { ...stamp(2, { type: "noted", text: "x", from: "desk" }), jump: -3600 });
    expect(rowsOf(sheetOf(moved), words.timeline).slice(1)).toEqual([
      ["14:02", "", "The computer's clock was moved by -3600 seconds before this"],
      ["14:02", "", "Note: x"],
    ]);
  });
});

describe("words that were shown in another language", () => {
  const table: readonly (readonly [string, Protocol, readonly Line[], string, string])[] = [
    [
      "an answer, with what was said, to people nearby too",
      tinySpanish,
      ["talk"],
      "“Please wait in the lobby.”\n(Spanish) “«Please wait in the lobby.»”\nTo people nearby: “Please keep clear of the rooms.”\nTo people nearby: (Spanish) “«Please keep clear of «the rooms».»”\nWhat do they do?",
      "They talk",
    ],
    [
      "the same in English stands there once",
      tinyNearby,
      ["talk"],
      "“Please wait in the lobby.”\nTo people nearby: “Please keep clear of the rooms.”\nWhat do they do?",
      "They talk",
    ],
    [
      "a call, on which nothing is said",
      tinySpanish,
      ["talk", "done", "reached"],
      "Shift lead: 212-555-0101\nReached?",
      "Yes",
    ],
    ["a look", tinySpanish, ["look", "agency"], seenAs("top", "agency")[0], seenAs("top", "agency")[1]],
    ["a field", tinySpanish, ["gone", { entered: "yes" }], "", "Wrote down: The entered"],
  ];
  const sheetIn = (own: Protocol, lines: readonly Line[], opened: Partial<Opened> = {}): Sheet =>
    incidentSheet(after(own, lines, begin(own, opening(own, site, opened))), own, words, imprint);
  test.each(table)("%s", (_name, own, lines, screen, written) => {
    expect(rowsOf(sheetIn(own, lines), words.timeline).at(-1)?.slice(1)).toEqual([screen, written]);
  });

  test("nothing else on the sheet is in that language, and its name is told", () => {
    const lines = ["look", "agency", "arrest", "officer", "done", "reached", "gone", { agentCount: "1" }, "<"] as const;
    const sheet = sheetIn(tinySpanish, lines);
    const foreign = strings(sheet).flatMap((each) => each.split("\n").filter((line) => line.includes("«")));
    expect(foreign.length).toBeGreaterThan(2);
    expect(foreign.filter((line) => !line.includes("(Spanish) “«"))).toEqual([]);
    expect(rowsOf(sheet, words.aboutRecord)[0]).toEqual([words.language, expect.stringMatching(/^Spanish\. /)]);
    expect(text(sheetIn(tinyNearby, lines))).not.toContain(words.language);
  });

  test("a language that has no name here is told by its code", () => {
    const sheet = sheetIn(tinySpanish, ["talk"], { language: "xx" });
    expect(text(sheet)).toContain("(xx) “«Please wait in the lobby.»”");
    expect(rowsOf(sheet, words.aboutRecord)[0]?.[1]).toMatch(/^xx\. /);
  });

  test("a journal from before there were languages reads and prints as it did", () => {
    const sentence = {
      type: "answered",
      step: "start",
      shown: { say: "Please wait.", do: [], ask: "What do they do?" },
      answer: { id: "talk", label: "They talk" },
      to: "talk",
    };
    expect(Sentence.parse(sentence)).toEqual(sentence);
    expect(
      rowsOf(sheetIn(tinySpanish, [sentence as Sentence]), words.timeline)
        .at(-1)
        ?.slice(1),
    ).toEqual(["“Please wait.”\nWhat do they do?", "They talk"]);
  });

  test("the question of an answer that was taken back stands in the corrections in English", () => {
    expect(rowsOf(sheetIn(tinySpanish, ["talk", "<", "look"]), words.corrections)).toEqual([
      ["What do they do?", "They talk", "They show a paper", "14:03", "not given"],
    ]);
  });
});

describe("who approved the words", () => {
  const by = { by: "General Counsel, DSS", on: "2026-11-01", again: "2027-11-01" };
  const table: readonly (readonly [string, Opened["protocol"]["approval"], boolean | undefined, string])[] = [
    [
      "approved",
      { state: "approved", ...by },
      undefined,
      "Yes, by General Counsel, DSS, on November 1, 2026. To be read again by November 1, 2027.",
    ],
    [
      "overdue",
      { state: "overdue", ...by },
      undefined,
      "By General Counsel, DSS, on November 1, 2026. It was to be read again by November 1, 2027, and was not.",
    ],
    [
      "changed",
      { state: "changed", ...by },
      undefined,
      "No. General Counsel, DSS approved other words on November 1, 2026, and they were changed after that.",
    ],
    ["unapproved", { state: "unapproved" }, undefined, words.approval.no],
    [
      "by nobody that is named",
      { state: "approved" },
      undefined,
      "Yes, by not written down, on not written down. To be read again by not written down.",
    ],
    ["an old record: yes", undefined, true, words.approval.yes],
    ["an old record: no", undefined, false, words.approval.no],
    ["nothing is told", undefined, undefined, words.approval.no],
  ];
  test.each(table)("%s", (_, approval, approved, said) => {
    const { approval: _none, ...own } = opening(protocol).protocol;
    const told = { ...own, ...(approval && { approval }), ...(approved !== undefined && { approved }) };
    expect(rowsOf(report([], { protocol: told }), words.aboutRecord)).toContainEqual([words.approved, said]);
  });
});

describe("over several days", () => {
  const on = (n: number, at: string, what: Sentence) => ({ ...stamp(n, what), at: `2026-11-${at}:07-05:00` });
  const note = (told: string): Sentence => ({ type: "noted", text: told, from: "desk" });
  const lived = (...entries: readonly Entry[]) =>
    sheetOf(entries.reduce((incident, entry) => evolve(incident, entry), begin(protocol)));

  test("the timeline tells each new day before what came in it, and no other", () => {
    const sheet = lived(
      on(2, "23T23:59", note("a")),
      on(3, "24T00:00", note("b")),
      { ...on(4, "24T07:30", note("c")), jump: 60 },
      { ...on(5, "26T08:00", note("d")), jump: 60 },
    );
    expect(rowsOf(sheet, words.timeline).slice(1)).toEqual([
      ["23:59", "", "Note: a"],
      ["", "November 24, 2026", ""],
      ["00:00", "", "Note: b"],
      ["07:30", "", "The computer's clock was moved by 60 seconds before this"],
      ["07:30", "", "Note: c"],
      ["", "November 26, 2026", ""],
      ["08:00", "", "The computer's clock was moved by 60 seconds before this"],
      ["08:00", "", "Note: d"],
    ]);
  });

  test("a call and a correction on another day than the first tell it", () => {
    const called: Sentence = {
      type: "called",
      step: "call_lead",
      shown: { do: [], ask: "Reached?" },
      role: "lead",
      contact: "Lead",
      outcome: "reached",
      answer: { id: "reached", label: "Yes" },
      to: "ask_id",
    };
    const sheet = lived(
      on(2, "23T23:50", note("a")),
      on(3, "24T00:02", called),
      on(4, "24T00:03", { type: "returned", step: "ask_id", undoes: 3, to: "call_lead" }),
      on(5, "24T00:04", called),
      on(6, "25T09:00", corrected("agentCount", "2")),
      on(7, "25T09:05", corrected("agentCount", "3")),
    );
    expect(rowsOf(sheet, words.calls)).toEqual([
      ["Lead", "November 24, 2026, 00:03", "reached", "November 24, 2026, 00:04"],
    ]);
    expect(rowsOf(sheet, words.corrections).map(([, , , at]) => at)).toEqual([
      "November 24, 2026, 00:03",
      "November 25, 2026, 09:05",
    ]);
    expect(rowsOf(sheet, words.timeline)[3]).toEqual(["00:02", "Lead\nReached?", "Yes (taken back at 00:03)"]);
  });

  test("fields and answers that were taken back on another day say so", () => {
    const wrote: Sentence = {
      type: "recorded",
      step: "rec_visit",
      fields: { agentCount: { label: "Number of agents", value: "2" } },
      to: "rec_visit",
    };
    const sheet = lived(
      on(2, "23T14:02", wrote),
      on(3, "24T08:00", { type: "returned", step: "rec_visit", undoes: 2, to: "rec_visit" }),
      on(4, "24T08:01", { type: "interrupted", step: "hold", key: "danger", to: "danger" }),
      on(5, "24T08:02", { type: "returned", step: "danger", undoes: 4, to: "hold" }),
    );
    expect(rowsOf(sheet, words.corrections).map(([, , , at]) => at)).toEqual([
      "November 24, 2026, 08:00",
      "November 24, 2026, 08:02",
    ]);
  });

  test("what was taken back on another day says so", () => {
    const sheet = lived(
      on(2, "23T14:02", { type: "interrupted", step: "hold", key: "danger", to: "danger" }),
      on(3, "24T08:00", { type: "returned", step: "danger", undoes: 2, to: "hold" }),
    );
    expect(rowsOf(sheet, words.timeline)[1]?.[2]).toBe(
      `${words.interrupted.danger} (taken back at November 24, 2026, 08:00)`,
    );
  });
});

describe("a request from afar", () => {
  const chains = twoChains();
  const summary = (start: "here" | "request", ...lines: readonly Line[]): string => {
    const incident = after(chains, lines, begin(chains, opening(chains, site, { start })));
    return paragraphs(under(incidentSheet(incident, chains, words, imprint), words.summary))[0] ?? "";
  };
  const afar =
    "A request came to this shelter by phone, e-mail or letter, and the record was opened on November 23, 2026 at 14:01.";
  test("is no visit, and nobody is said to have come", () => {
    expect(summary("request", "read")).toContain(afar);
    expect(summary("request", "read")).not.toMatch(/agents came|public area/i);
  });
  test("unless agents came meanwhile", () => {
    expect(summary("request", "here")).toContain("Agents came to this shelter");
    expect(summary("request", "here", "<")).toContain(afar);
    expect(summary("here")).toContain("Agents came to this shelter");
    expect(summary("here")).toContain(words.entered.unknown);
  });
});

describe("attachments", () => {
  const attached = (more: Partial<Extract<Sentence, { type: "attached" }>> = {}): Sentence => ({
    type: "attached",
    file: photo,
    ...more,
  });
  const scan = { name: "scan.pdf", media: "application/pdf", bytes: 1025, sha256: "c".repeat(64) } as const;
  test("name, kind, size and hash; pictures only when asked for", () => {
    const lines = [attached({ about: { paper: 0 } }), attached({ file: scan })];
    const rows = [
      ["photo.jpg, paper 1", "picture (JPEG)", "2 kB", photo.sha256],
      ["scan.pdf", "PDF", "2 kB", scan.sha256],
    ];
    const without = report(lines);
    const withThem = report(lines, {}, { withPictures: true });
    expect([rowsOf(without, words.attachments), rowsOf(withThem, words.attachments)]).toEqual([rows, rows]);
    const pictures = ({ blocks }: Sheet): readonly Block[] => blocks.filter(({ kind }) => kind === "picture");
    expect(pictures(without)).toEqual([]);
    expect(pictures(withThem)).toEqual([
      {
        kind: "picture",
        sha256: photo.sha256,
        alt: "Picture attached to the record: photo.jpg",
        caption: "photo.jpg",
        lost: words.pictureLost.replace("{sha256}", photo.sha256),
      },
    ]);
    expect([text(without), text(withThem)].map((sheet) => sheet.includes(words.picturesLeftOut))).toEqual([
      true,
      false,
    ]);
  });
  test("none", () => {
    expect(paragraphs(under(report([]), words.attachments))).toEqual([words.noAttachments]);
  });
  test("a file that took another's place, by the field's name", () => {
    const about = { paper: 0 };
    const sheet = report([attached({ about, field: "copy" }), attached({ about, field: "copy", file: scan })]);
    expect(rowsOf(sheet, words.corrections)).toEqual([
      ["Copy of the paper, paper 1", "photo.jpg", "scan.pdf", "14:03", "not given"],
    ]);
  });
});

describe("whatever was written passes through as it was written", () => {
  const odd = [
    "Zoë, 日本語, 🚪",
    "\u202Eright to left\u202C",
    "bell\u0007 escape\u001B[31m null\u0000",
    "line\nbreak\ttab",
    "{count} {site} $& $1",
    '</w:t> <b> \\ "quoted"',
    "e\u0301 \uD83D",
  ];
  test.each(odd)("%j", (written) => {
    const sheet = report([`+${written}`, ...toRecord, { staffPresent: written }, "=", { reason: written }]);
    expect(rowsOf(sheet, words.timeline)).toContainEqual(["14:02", "", `Note: ${written}`]);
    expect(rowsOf(sheet, words.sections.visit)).toContainEqual([protocol.fields["staffPresent"]?.label, written]);
    expect(rowsOf(sheet, words.sections.asked)).toContainEqual(["Reason agents gave", `“${written}”`]);
  });
});

test("a day and its month in words", () => {
  expect(["2026-01-01T00:00:00-05:00", "2026-12-31T23:59:59-05:00"].map((at) => dateWords(at, words))).toEqual([
    "January 1, 2026",
    "December 31, 2026",
  ]);
});

describe("as text", () => {
  const sheet: Sheet = {
    ...report([]),
    mark: "DRILL",
    title: "Title",
    header: "Header",
    footer: "Footer",
    blocks: [
      { kind: "heading", level: 1, text: "One" },
      { kind: "paragraph", text: "Words.", tone: "strong" },
      { kind: "heading", level: 2, text: "Two" },
      {
        kind: "facts",
        rows: [
          { label: "A", value: "b" },
          { label: "C", value: "d" },
        ],
      },
      { kind: "list", items: ["x", "y"] },
      {
        kind: "table",
        caption: "What happened",
        head: ["When", "Screen", "Written"],
        widths: [1, 1, 1],
        rows: [
          ["14:01", "Say\nask", "Yes"],
          ["14:02", "", "No"],
        ],
      },
      { kind: "picture", sha256: "abc", alt: "alt", caption: "photo.jpg", lost: "gone" },
    ],
  };
  test("all that the paper says, line by line", () => {
    expect(renderSheetText(sheet)).toEqual([
      "*** DRILL ***",
      "Title",
      "Header",
      "",
      "",
      "ONE",
      "",
      "Words.",
      "",
      "",
      "Two",
      "A: b",
      "C: d",
      "",
      "- x",
      "- y",
      "",
      "What happened",
      "When | Screen | Written",
      "14:01 | Say ask | Yes",
      "14:02 | No",
      "",
      "photo.jpg (abc)",
      "",
      "Footer",
    ]);
  });
  test.each(examples)("every word of %s, but for case, line breaks and the page", (name) => {
    const printed = sheetOf(play(name).incident);
    const plain = (value: string): string => value.toLowerCase().replaceAll("\n", " ");
    const lines = plain(renderSheetText(printed).join("\n"));
    const { language: _language, pageWords: _page, made: _made, blocks, ...ends } = printed;
    const said = blocks.map((block) =>
      block.kind === "table"
        ? [block.head, block.rows]
        : block.kind === "paragraph"
          ? block.text
          : block.kind === "heading"
            ? block.text
            : block.kind === "facts"
              ? block.rows
              : block.kind === "list"
                ? block.items
                : block.caption,
    );
    expect(strings([ends, said]).filter((line) => !lines.includes(plain(line)))).toEqual([]);
  });
});
