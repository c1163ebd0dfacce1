import { describe, expect, test } from "vitest";
import { type Box, boxRoom, BOLD, chartOf, chartText, measure, MORE } from "../../src/core/chart.ts";
import { waysOut } from "../../src/core/ways.ts";
import type { Protocol, Step } from "../../src/core/protocol.ts";
import { settings } from "../../src/core/settings.ts";
import { shipped, tiny } from "../support/core-parts.ts";

// A protocol as boxes and arrows, and as lines of text.

/** The tiny protocol with some steps changed. */
function changed(steps: Readonly<Record<string, object>>, more: Partial<Protocol> = {}): Protocol {
  const all = { ...tiny.steps } as Record<string, Step>;
  for (const [id, change] of Object.entries(steps)) all[id] = { ...all[id], ...change } as Step;
  return { ...tiny, ...more, steps: all };
}

const boxOf = (protocol: Protocol, id: string): Box | undefined => chartOf(protocol).boxes.find((box) => box.id === id);
const linesOf = (protocol: Protocol, id: string): readonly string[] =>
  boxOf(protocol, id)?.lines.map(({ tone, words }) => `${tone}: ${words}`) ?? [];
const waysFrom = (protocol: Protocol, id: string): readonly string[] =>
  chartOf(protocol)
    .arrows.filter(({ from }) => from === id)
    .map(({ label, to, isBack }) => `${label} > ${to}${isBack ? " (back)" : ""}`);

describe("the boxes", () => {
  test("are numbered breadth first from the start, in the order of answers, then from the keys", () => {
    expect(chartOf(tiny).boxes.map(({ number, id }) => `${number} ${id}`)).toEqual([
      "1 start",
      "2 talk",
      "3 look",
      "4 danger",
      "5 rec_visit",
      "6 ring",
      "7 searching",
      "8 wait",
      "9 danger_again",
      "10 rec_agents",
      "11 rec_papers",
      "12 tell_counsel",
      "13 end",
      "14 went_in",
    ]);
  });

  test("a second start is numbered after all that the first leads to, before the keys", () => {
    const protocol = changed(
      {
        request: { ...tiny.steps["talk"], id: "request", next: "asked" },
        asked: { ...tiny.steps["talk"], id: "asked" },
      },
      { request: "request" },
    );
    expect(
      chartOf(protocol)
        .boxes.slice(12)
        .map(({ number, id }) => `${number} ${id}`),
    ).toEqual(["13 end", "14 request", "15 asked", "16 went_in"]);
    expect(
      chartOf(protocol)
        .boxes.filter(({ isStart }) => isStart)
        .map(({ id }) => id),
    ).toEqual(["start", "request"]);
  });

  test("say what they are", () => {
    const of = (id: string) => {
      const { kind, phase, isStart, isKey } = boxOf(tiny, id) ?? {};
      return [kind, phase, isStart, isKey];
    };
    expect(of("start")).toEqual(["ask", "live", true, false]);
    expect(of("danger")).toEqual(["call", "live", false, true]);
    expect(of("went_in")).toEqual(["ask", "live", false, true]);
    expect(of("look")).toEqual(["examine", "live", false, false]);
    expect(of("rec_papers")).toEqual(["record", "record", false, false]);
    expect(of("end")).toEqual(["end", "close", false, false]);
  });

  test.each<[string, Protocol, string, readonly string[]]>([
    [
      "what is said in quotes, then what is asked",
      tiny,
      "start",
      ["say: “Please wait in the hall.”", "ask: What do they do?"],
    ],
    [
      "what to do where there is nothing to say, and a role for whom to call",
      tiny,
      "ring",
      ["do: Call Lead.", "ask: Reached?"],
    ],
    ["what is written down", tiny, "rec_agents", ["write: The name; The badge"]],
    [
      "what an encounter fills is left blank",
      changed({ talk: { say: "It is {number}." } }),
      "talk",
      ["say: “It is ____.”", "ask: Ready?"],
    ],
    [
      "a word that is wider than the box is broken",
      changed({ talk: { say: "m".repeat(30) } }),
      "talk",
      [`say: “${"m".repeat(17)}`, `say: ${"m".repeat(13)}”`, "ask: Ready?"],
    ],
    ["nothing at all", changed({ wait: { do: [], ask: "" } }), "wait", []],
  ])("%s", (_, protocol, id, lines) => expect(linesOf(protocol, id)).toEqual(lines));
});

describe("the arrows", () => {
  test.each<[string, string, readonly string[]]>([
    [
      "an ask step",
      "start",
      ["They talk > talk", "They show a paper > look", "Someone is hurt > danger", "They have gone > rec_visit"],
    ],
    ["a tell step", "talk", ["Done > ring"]],
    ["a call step, to a step as far from the start, and back", "ring", ["Yes > wait", "No > talk (back)"]],
    ["a record step, which has no words", "rec_visit", [" > rec_agents"]],
    ["the end", "end", []],
    ["back to where a key was pressed", "danger_again", ["Done > return"]],
    [
      "an examine step, by its routes",
      "look",
      [
        "search > searching",
        "arrest > ring",
        "order > wait",
        "subpoena > wait",
        "agency > talk",
        "other > wait",
        "defective > wait",
        "unclear > ring",
      ],
    ],
  ])("%s", (_, id, ways) => expect(waysFrom(tiny, id)).toEqual(ways));

  test("to an earlier phase lead back, however far the walk", () => {
    expect(waysFrom(changed({ rec_visit: { next: "wait" } }), "rec_visit")).toEqual([" > wait (back)"]);
    expect(waysFrom(changed({ start: { phase: "record" } }), "start")[0]).toBe("They talk > talk (back)");
  });

  test.each<[string, string]>([
    ["Twenty-eight letters fit, no more", "Twenty-eight letters fit…"],
    ["They say that it is an emergency", "They say that it is an…"],
    ["They have twenty-seven letters, so", "They have twenty-seven…"],
    ["Exactly twenty-eight letters", "Exactly twenty-eight letters"],
    ["Exactly twenty-nine letters x", "Exactly twenty-nine letters…"],
    ["Antidisestablishmentarianismistic", "Antidisestablishmentarianis…"],
  ])("the words of an answer are shortened at a word's end: %s", (done, label) => {
    expect(label.length).toBeLessThanOrEqual(28);
    expect(waysFrom(changed({ talk: { done } }), "talk")).toEqual([`${label} > ring`]);
  });
});

describe.each(settings)("the protocol that ships, in a %s", (setting) => {
  const protocol = shipped(setting);
  const chart = chartOf(protocol);

  test("each step is one box, with a number of its own", () => {
    expect(chart.boxes.map(({ id }) => id).toSorted()).toEqual(Object.keys(protocol.steps).toSorted());
    expect(chart.boxes.map(({ number }) => number)).toEqual(chart.boxes.map((_, i) => i + 1));
  });

  test("each answer is one arrow", () => {
    const ways = Object.values(protocol.steps).flatMap((step) => waysOut(step).map(([, to]) => `${step.id} ${to}`));
    expect(chart.arrows.map(({ from, to }) => `${from} ${to}`).toSorted()).toEqual(ways.toSorted());
    expect(chart.arrows.filter(({ label }) => Array.from(label).length > 28)).toEqual([]);
  });

  test("no line is wider than a box, no word of what is said is lost, and nothing is left to fill", () => {
    for (const { id, lines } of chart.boxes) {
      for (const { tone, words } of lines) {
        const size = (tone === "say" ? 1 : MORE) * (tone === "ask" ? BOLD : 1);
        expect(measure(words) * size, words).toBeLessThanOrEqual(boxRoom + 1e-9);
        expect(words).not.toMatch(/[{}]/);
      }
      const said = lines.filter(({ tone }) => tone === "say").map(({ words }) => words);
      const say = protocol.steps[id]?.say;
      if (say !== undefined && !say.includes("{")) expect(said.join(" ")).toBe(`“${say}”`);
    }
  });

  test("as text, each step and each answer stands once, all words in full, in the order of the numbers", () => {
    const text = chartText(protocol);
    const lines = text.split("\n");
    expect(lines.filter((line) => Array.from(line).length > 100)).toEqual([]);
    const heads = lines.flatMap((line) => /^ *(\d+) {2}([a-z_0-9]+) \(/.exec(line)?.slice(1).join(" ") ?? []);
    expect(heads).toEqual(chart.boxes.map(({ number, id }) => `${number} ${id}`));
    const flat = text.replace(/\s+/g, " ");
    for (const step of Object.values(protocol.steps)) {
      for (const words of [...step.do, step.ask, step.say ?? ""])
        if (!words.includes("{")) expect(flat).toContain(words);
    }
    const numbers = new Map(chart.boxes.map(({ id, number }) => [id, number]));
    const steps = text.split(/\n\n/).slice(1);
    expect(steps).toHaveLength(chart.boxes.length);
    for (const [i, { id }] of chart.boxes.entries()) {
      const step = protocol.steps[id];
      const ways = step === undefined ? [] : waysOut(step).map(([, to]) => `${numbers.get(to) ?? ""} ${to}`.trim());
      const shown = (steps[i] ?? "").replace(/\n {9,}/g, " ");
      expect(Array.from(shown.matchAll(/^ +[a-z]\) .*?-> (.*)$/gm), (found) => found[1])).toEqual(ways);
    }
  });

  test("the same again", () => {
    expect(chartOf(structuredClone(protocol))).toEqual(chart);
    expect(chartText(structuredClone(protocol))).toBe(chartText(protocol));
  });
});

test("text: a step, as it is read", () => {
  const text = chartText(tiny);
  expect(text).toMatch(
    /^Tiny · tiny 0\.0\.1 · shelter\nDo not touch or block anyone\.\n\n 1 {2}start \(live, ask, start\)\n/,
  );
  expect(text).toContain(
    [
      " 4  danger (live, call, key)",
      "    - Step back.",
      "    Reached?",
      "      a) Yes -> return",
      "      b) No -> 9 danger_again",
      "",
    ].join("\n"),
  );
  expect(text).toContain(
    ["10  rec_agents (record, record)", "    The name; The badge", "      a) -> 11 rec_papers", ""].join("\n"),
  );
});

test("text: a word of a thousand letters is broken", () => {
  const text = chartText(changed({ talk: { ask: "x".repeat(1000) } }));
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBe(100);
  expect(text.match(/x+/g)?.join("").replace(/[^x]/g, "").length).toBeGreaterThanOrEqual(1000);
});
