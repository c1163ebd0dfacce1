import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Arrow, BOLD, type Box, type Chart, chartOf, measure } from "../src/core/chart.ts";
import { phases, RETURN } from "../src/core/protocol.ts";
import { settings } from "../src/core/settings.ts";
import type { ChartWords, Placed } from "../src/shell/chart-box.ts";
import { type Laid, layChart, page } from "../src/shell/chart-layout.ts";
import { renderChartSvg } from "../src/shell/chart-svg.ts";
import { shipped, tiny } from "./support/core-parts.ts";

// The chart on its page, looked at as a person with a ruler would: by what stands in the SVG. Text is measured with the
// widths of DejaVu Sans, which is wider than Arial, Helvetica, Liberation Sans and Noto Sans.

const words: ChartWords = {
  phases: { live: "While agents are here", record: "Writing it down", close: "Telling and closing" },
  kinds: {
    tell: "Say and do",
    ask: "A question",
    record: "Write down",
    call: "Make a call",
    examine: "Look at the paper",
    end: "The end",
  },
  start: "Start here",
  key: "By a key, at any time",
  returns: "back to where you were",
  legend: "In quotes: say it aloud. A line leads on to the next box; a flag names the number to go to, and its column.",
  mark: "Not approved by counsel",
};

// In thousandths of an em, from U+0020 to U+007E.
const regular = numbers(
  "318 401 460 838 636 950 780 275 390 390 500 838 318 361 318 337 636 636 636 636 636 636 636 636 636 636 337 337 838 838 838 531 1000 684 686 698 770 632 575 775 752 295 295 656 557 863 748 787 603 787 695 635 611 732 684 989 685 611 685 390 337 390 838 500 500 613 635 550 635 615 352 635 634 278 278 579 278 974 634 612 635 635 411 521 392 634 592 818 592 592 525 636 337 636 838",
);
const heavy = numbers(
  "348 456 521 838 696 1002 872 306 457 457 523 838 380 415 380 365 696 696 696 696 696 696 696 696 696 696 400 400 838 838 838 580 1000 774 762 734 830 683 683 821 837 372 372 775 637 995 837 850 733 850 770 720 682 812 774 1103 771 724 725 457 365 457 838 500 500 675 716 593 716 678 435 716 712 343 343 665 343 1042 712 687 716 716 493 595 478 712 652 924 645 652 582 712 365 712 838",
);
const beyond: Readonly<Record<string, number>> = { "“": 657, "”": 657, "·": 380, "’": 380, é: 678 };

function numbers(line: string): readonly number[] {
  return line.split(" ").map(Number);
}

function widthOf(words: string, isBold: boolean): number {
  const table = isBold ? heavy : regular;
  return Array.from(words).reduce(
    (sum, letter) => sum + (table[(letter.codePointAt(0) ?? 0) - 32] ?? beyond[letter] ?? 1000) / 1000,
    0,
  );
}

type Rectangle = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
type Text = Rectangle & { readonly words: string; readonly at: number };
type Drawing = { readonly svg: string; readonly texts: readonly Text[]; readonly paths: readonly string[] };

const attribute = (tag: string, name: string): string | undefined => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
const unescaped = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");

function read(svg: string): Drawing {
  const texts = Array.from(svg.matchAll(/(<text [^>]*>)([^<]*)<\/text>/g), ([, tag = "", inside = ""], i): Text => {
    const size = Number(attribute(tag, "font-size"));
    const words = unescaped(inside);
    const width = widthOf(words, attribute(tag, "font-weight") === "700") * size;
    const x = Number(attribute(tag, "x"));
    const anchor = attribute(tag, "text-anchor");
    return {
      words,
      at: i,
      x: anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x,
      y: Number(attribute(tag, "y")) - size * 0.76,
      width,
      height: size * 0.98,
    };
  });
  const paths = Array.from(svg.matchAll(/<g class="way-[^"]*"><path d="([^"]*)"/g), (found) => found[1] ?? "");
  return { svg, texts, paths };
}

/** Numbers are drawn to a thousandth of an em. */
const near = 2e-3;

const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width - near &&
  b.x < a.x + a.width - near &&
  a.y < b.y + b.height - near &&
  b.y < a.y + a.height - near;
const holds = (outer: Rectangle, inner: Rectangle): boolean =>
  inner.x >= outer.x - near &&
  inner.y >= outer.y - near &&
  inner.x + inner.width <= outer.x + outer.width + near &&
  inner.y + inner.height <= outer.y + outer.height + near;

/** The page inside its margin, in ems. */
const sheet = ({ em }: Laid): Rectangle => ({
  x: page.margin / em,
  y: page.margin / em,
  width: (page.width - 2 * page.margin) / em,
  height: (page.height - 2 * page.margin) / em,
});

/** Points along what is drawn, close together. */
function along(d: string): readonly { readonly x: number; readonly y: number }[] {
  const points: { x: number; y: number }[] = [];
  for (const [, command = "", rest = ""] of d.matchAll(/([MLC])([^MLC]*)/g)) {
    const [a = 0, b = 0, c = 0, e = 0, f = a, g = b] = rest.trim().split(/\s+/).map(Number);
    const from = points.at(-1) ?? { x: a, y: b };
    for (let i = 1; i <= 40; i++) {
      const t = i / 40;
      const mix = (p: number, q: number, r: number, s: number): number =>
        command === "C"
          ? (1 - t) ** 3 * p + 3 * (1 - t) ** 2 * t * q + 3 * (1 - t) * t * t * r + t ** 3 * s
          : p + (q - p) * t;
      points.push({ x: mix(from.x, a, c, f), y: mix(from.y, b, e, g) });
    }
  }
  return points;
}

const body = ({ x, y, width, height }: Rectangle): Rectangle => ({
  x: x + 0.1,
  y: y + 0.1,
  width: width - 0.2,
  height: height - 0.2,
});

/** Everything that must be so of every chart, as sentences about what is not. */
function faults(chart: Chart): readonly string[] {
  const laid = layChart(chart, words);
  const drawing = read(renderChartSvg(chart, words));
  const found: string[] = [];
  const { boxes, arrows, areas } = laid;

  if (
    boxes
      .map(({ box }) => box.id)
      .toSorted()
      .join() !==
    chart.boxes
      .map(({ id }) => id)
      .toSorted()
      .join()
  )
    found.push("not each step is there once");
  for (const [i, a] of boxes.entries()) {
    if (!holds(sheet(laid), a)) found.push(`${a.box.id} is not on the page`);
    for (const area of areas)
      if (overlap(a, area) && (area.phase !== a.box.phase || !holds(area, a)))
        found.push(`${a.box.id} is not in its area`);
    const around = { x: a.x - 1.4, y: a.y - 1.4, width: a.width + 2.8, height: a.height + 2.8 };
    for (const b of boxes.slice(i + 1)) if (overlap(around, b)) found.push(`${a.box.id} and ${b.box.id} are too near`);
  }
  for (const [i, a] of areas.entries()) {
    if (!holds(sheet(laid), a)) found.push(`${a.phase} is not on the page`);
    for (const b of areas.slice(i + 1)) if (overlap(a, b)) found.push(`${a.phase} and ${b.phase} overlap`);
  }

  // Each answer stands in its own box once, in order; it has a flag, or one arrow.
  for (const { box, rows } of boxes) {
    const ways = chart.arrows.filter(({ from }) => from === box.id);
    if (rows.length !== ways.length || rows.some(({ way }, i) => way !== ways[i]))
      found.push(`${box.id} lacks an answer`);
    for (const { way, flag } of rows) {
      const drawn = arrows.filter((arrow) => arrow.way === way).length;
      if (drawn !== (flag === undefined ? 1 : 0)) found.push(`${way.from} to ${way.to} is there ${drawn} times`);
    }
  }
  if (drawing.paths.length !== arrows.length) found.push("not each arrow is drawn");

  for (const [i, a] of drawing.texts.entries()) {
    if (!holds(sheet(laid), a)) found.push(`"${a.words}" is not on the page`);
    for (const b of drawing.texts.slice(i + 1)) if (overlap(a, b)) found.push(`"${a.words}" and "${b.words}" overlap`);
  }
  for (const placed of boxes) found.push(...boxFaults(chart, placed, drawing));

  const live = new Set(chart.boxes.filter(({ phase }) => phase === "live").map(({ id }) => id));
  for (const [i, { way, through }] of arrows.entries()) {
    if (way.isBack && live.has(way.to)) found.push(`${way.from} leads back to ${way.to}`);
    const points = along(drawing.paths[i] ?? "");
    const to = boxes.find(({ box }) => box.id === way.to);
    const end = through.at(-1);
    if (to && end && !(Math.abs(end.x - to.x) < 1e-6 || Math.abs(end.y - to.y) < 1e-6))
      found.push(`${way.from} misses ${way.to}`);
    for (const placed of boxes)
      if (points.some((point) => overlap(body(placed), { ...point, width: 0, height: 0 })))
        found.push(`${way.from} to ${way.to} goes through ${placed.box.id}`);
  }
  return found;
}

/** All that belongs to a box stands in it: number, name, lines, answers and flags, whole, and nothing else. */
function boxFaults(chart: Chart, placed: Placed, { svg, texts }: Drawing): readonly string[] {
  const { box, rows } = placed;
  const group = new RegExp(`<g id="step-${box.number}">(.*?)</g>`).exec(svg);
  if (group === null) return [`${box.id} is not drawn`];
  const before = svg.slice(0, group.index).match(/<text /g)?.length ?? 0;
  const own = texts.slice(before, before + (group[1]?.match(/<text /g)?.length ?? 0));
  const isTabbed = box.isStart || box.isKey;
  const [number, name, ...rest] = isTabbed ? own.slice(1) : own;
  const found: string[] = [];
  if (number?.words !== String(box.number)) found.push(`${box.id} lacks its number`);
  if (!(name?.words ?? "?").startsWith(box.id.replaceAll("_", " ").slice(0, 3))) found.push(`${box.id} lacks its name`);
  const wanted = [
    ...box.lines.map(({ words }) => words),
    ...rows.flatMap(({ way, flag }) => {
      const number = String(chart.boxes.find(({ id }) => id === way.to)?.number);
      return way.label === "" ? [flag ?? ""] : [way.label, flag ?? number];
    }),
  ];
  if (wanted.filter((words) => words !== "").join("\n") !== rest.map(({ words }) => words).join("\n"))
    found.push(`${box.id} says other words than its own`);
  for (const text of own) if (!holds(placed, text)) found.push(`"${text.words}" stands out of ${box.id}`);
  for (const { way, flag } of rows) {
    if (flag === undefined) continue;
    const to = chart.boxes.find(({ id }) => id === way.to);
    if (to ? !flag.startsWith(`${to.number} `) : flag !== words.returns)
      found.push(`a flag of ${box.id} names nothing`);
  }
  return found;
}

describe.each(settings)("the protocol that ships, in a %s", (setting) => {
  const chart = chartOf(shipped(setting));
  const laid = layChart(chart, words);
  const svg = renderChartSvg(chart, words);

  test("everything is on the page once, whole, and nothing is over anything else", () => {
    expect(chart.boxes.length).toBeGreaterThan(60);
    expect(faults(chart)).toEqual([]);
  });

  test("what is read aloud is at least 4.5 mm high, the answers 3.6 mm", () => {
    expect(laid.em).toBeGreaterThanOrEqual(4.5);
    const sizes = Array.from(svg.matchAll(/font-size="([^"]*)"/g), (found) => Number(found[1]) * laid.em);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(3.6);
  });

  test("a good part of the answers is drawn, and no arrow is long, or leads to where very many do", () => {
    expect(laid.arrows.length).toBeGreaterThan(chart.arrows.length / 4);
    const into = (id: string): number => chart.arrows.filter(({ to }) => to === id).length;
    const column = new Map(laid.boxes.map(({ box, x }) => [box.id, laid.columns.findIndex((each) => each.x === x)]));
    for (const { way } of laid.arrows) {
      expect(into(way.to)).toBeLessThanOrEqual(8);
      expect((column.get(way.to) ?? 99) - (column.get(way.from) ?? 0)).toBeLessThanOrEqual(2);
    }
    expect(into("call_counsel")).toBeGreaterThan(8);
  });

  test("a flag names the column in which its number stands, and the column has that letter over it", () => {
    const places = new Map(laid.boxes.map(({ box, x }) => [box.id, x]));
    const flags = laid.boxes.flatMap(({ rows }) => rows.filter(({ flag, way }) => flag && way.to !== RETURN));
    expect(flags.length).toBeGreaterThan(20);
    for (const { flag, way } of flags) {
      const column = laid.columns.find(({ letter }) => flag?.endsWith(` · ${letter}`));
      expect(column?.x).toBe(places.get(way.to));
    }
    for (const { letter, x } of laid.columns) {
      const over = read(svg).texts.filter(({ words }) => words === letter);
      expect(over.map((text) => text.x > x && text.y < Math.min(...laid.boxes.map(({ y }) => y)))).toEqual([true]);
    }
  });

  test("the same bytes again", () => {
    expect(renderChartSvg(structuredClone(chart), structuredClone(words))).toBe(svg);
  });
});

describe("the page", () => {
  const svg = renderChartSvg(chartOf(tiny), words);

  test("is A0 across, in millimetres, with a title and a description for those who listen", () => {
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="1189mm" height="841mm" viewBox="0 0 1189 841" /,
    );
    expect(svg).toContain('role="img" aria-labelledby="title desc"');
    expect(svg).toContain('<title id="title">Tiny · tiny 0.0.1 · shelter</title>');
    expect(svg).toContain(`<desc id="desc">${words.legend}</desc>`);
    expect(svg).toMatch(/font-family="[^"]*, sans-serif"/);
  });

  test("holds no colour, no script, no font, and nothing from elsewhere", () => {
    const colours = Array.from(svg.matchAll(/(?:fill|stroke)="([^"]*)"/g), (found) => found[1]);
    expect(new Set(colours)).toEqual(new Set(["#000", "#ececec", "#fff", "none"]));
    expect(svg).not.toMatch(/<script|<style|href|url\(|data:|<image/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("says what is around the chart: each word once, and the mark only where there is one", () => {
    const said = read(svg).texts.map(({ words }) => words);
    for (const word of [...Object.values(words.phases), ...Object.values(words.kinds), words.mark ?? "", tiny.never])
      expect(said.filter((each) => each === word)).toEqual([word]);
    expect(said.filter((each) => each === words.start)).toHaveLength(1);
    expect(said.filter((each) => each === words.key)).toHaveLength(2);
    expect(said.filter((each) => each === words.returns)).toHaveLength(4);
    const { mark, ...unmarked } = words;
    expect(renderChartSvg(chartOf(tiny), unmarked)).not.toContain(mark);
  });

  test("a second start has the tab of a start too", () => {
    const chart = chartOf(tiny);
    const two = { ...chart, boxes: chart.boxes.map((box) => (box.id === "wait" ? { ...box, isStart: true } : box)) };
    expect(read(renderChartSvg(two, words)).texts.filter((text) => text.words === words.start)).toHaveLength(2);
    expect(faults(two)).toEqual([]);
  });

  test.each<[Box["kind"], string, RegExp]>([
    ["tell", "talk", /^<path d="M[^L]+(?:L[^LZ]+){3}Z" stroke="#000" stroke-width="0.13" fill="#fff"\/>$/],
    ["ask", "wait", /^<rect [^>]*rx="0.85" stroke="#000"[^>]*>$/],
    ["record", "rec_visit", /^<path [^>]* stroke-dasharray="[^"]+"\/>$/],
    ["call", "ring", /^<path [^>]*><path [^>]*>$/],
    ["examine", "look", /^<path d="M[^L]+(?:L[^LZ]+){4}Z"[^>]*>$/],
    ["end", "end", /^<path [^>]* stroke-width="0.5" [^>]*>$/],
  ])("each kind of step has a border of its own: %s", (kind, id, border) => {
    const box = chartOf(tiny).boxes.find((box) => box.id === id);
    const group = new RegExp(`<g id="step-${box?.number}">(.*?)<text`).exec(svg)?.[1];
    expect(box?.kind).toBe(kind);
    expect(group).toMatch(border);
  });

  test("an answer without words leaves from the foot of its box, straight down", () => {
    const laid = layChart(chartOf(tiny), words);
    const from = laid.boxes.find(({ box }) => box.id === "rec_visit");
    const to = laid.boxes.find(({ box }) => box.id === "rec_agents");
    const x = (from?.x ?? 0) + (from?.width ?? 0) / 2;
    expect(laid.arrows.find(({ way }) => way.from === "rec_visit")?.through).toEqual([
      { x, y: (from?.y ?? 0) + (from?.height ?? 0) },
      { x, y: to?.y },
    ]);
  });

  test("boxes stand in the order in which arrows do not cross", () => {
    const ids = ["start", "upper", "lower", "of_lower", "of_upper"];
    const boxes = ids.map(
      (id, i): Box => ({ id, number: i + 1, kind: "ask", phase: "live", lines: [], isStart: i === 0, isKey: false }),
    );
    const arrows = [
      ["start", "upper"],
      ["start", "lower"],
      ["lower", "of_lower"],
      ["upper", "of_upper"],
    ].map(([from = "", to = ""]): Arrow => ({ from, to, label: "on" }));
    const laid = layChart({ title: "", never: "", boxes, arrows }, words);
    const y = (id: string): number => laid.boxes.find(({ box }) => box.id === id)?.y ?? 0;
    expect(y("upper")).toBeLessThan(y("lower"));
    expect(y("of_upper")).toBeLessThan(y("of_lower"));
    expect(laid.arrows).toHaveLength(4);
  });

  test("text is measured as no narrower than in DejaVu Sans", () => {
    for (const [i, width] of regular.entries())
      expect(measure(String.fromCodePoint(32 + i)), String.fromCodePoint(32 + i)).toBeGreaterThanOrEqual(width / 1000);
    const lines = settings.flatMap((setting) => chartOf(shipped(setting)).boxes.flatMap(({ lines }) => lines));
    for (const { words } of lines) expect(measure(words) * BOLD, words).toBeGreaterThanOrEqual(widthOf(words, true));
  });

  test("a chart that is too much for any size is refused", () => {
    const chart = chartOf(tiny);
    const lines = Array.from({ length: 4000 }, () => ({ tone: "say" as const, words: "on and on" }));
    expect(() => layChart({ ...chart, boxes: chart.boxes.map((box) => ({ ...box, lines })) }, words)).toThrow(
      "does not fit",
    );
  });

  test("what is markup to a reader of SVG is words here, and what no file may hold is replaced", () => {
    const chart = chartOf(tiny);
    const odd = `<b>"R&D"</b> ]]> \u0000\u0007\uFFFE\uD800`;
    const svg = renderChartSvg(
      {
        ...chart,
        title: odd,
        never: odd,
        boxes: chart.boxes.map((box) => ({ ...box, lines: [{ tone: "say", words: odd }] })),
        arrows: chart.arrows.map((way) => ({ ...way, label: '<i>&"' })),
      },
      { ...words, legend: odd, mark: odd, start: odd, key: odd, returns: odd },
    );
    expect(wellFormed(svg)).toBe("");
    expect(svg).not.toMatch(/<b>|<i>|[\u0000-\u0008\uFFFE\uD800]/);
    expect(svg).toContain("&lt;b&gt;&quot;R&amp;D&quot;&lt;/b&gt;");
  });

  test.each(settings)("is well formed, in a %s", (setting) =>
    expect(wellFormed(renderChartSvg(chartOf(shipped(setting)), words))).toBe(""),
  );
});

/** What is left of XML when all that is well formed is taken away: elements without elements, again and again. */
function wellFormed(svg: string): string {
  const tag = String.raw`(?:\s[a-zA-Z-]+="[^"<&]*(?:&(?:lt|gt|amp|quot);[^"<&]*)*")*\s*`;
  const plain = String.raw`(?:[^<>&]|&(?:lt|gt|amp|quot);)*`;
  const element = new RegExp(`<([a-z]+)${tag}(?:/>|>${plain}</\\1>)`, "g");
  for (let left = svg; ; ) {
    const next = left.replace(element, "");
    if (next === left) return left.trim();
    left = next;
  }
}

describe("any protocol", () => {
  const kinds = ["tell", "ask", "record", "call", "examine", "end"] as const;
  const text = fc.string({ unit: fc.constantFrom("a", "W", "i", " ", "m", "&", "<", "é", "@"), maxLength: 28 });
  const box = fc.record({
    kind: fc.constantFrom(...kinds),
    phase: fc.constantFrom(...phases),
    lines: fc.array(
      fc.record({ tone: fc.constantFrom("say", "do", "ask", "write"), words: fc.constantFrom("a", "“Please wait.”") }),
      {
        maxLength: 12,
      },
    ),
    isStart: fc.boolean(),
    isKey: fc.boolean(),
    ways: fc.array(
      fc.record({
        to: fc.nat(40),
        label: text.map((label) => label.trim().replace(/\s+/g, " ")),
        isBack: fc.boolean(),
      }),
      { maxLength: 8 },
    ),
  });
  const chart = fc.array(box, { minLength: 1, maxLength: 30 }).map((all): Chart => {
    const id = (i: number): string => (i >= all.length ? RETURN : `step_${i}`);
    return {
      title: "Any",
      never: "Never",
      boxes: all.map(
        ({ kind, phase, lines, isStart, isKey }, i): Box => ({
          id: id(i),
          number: i + 1,
          kind,
          phase,
          lines,
          isStart,
          isKey,
        }),
      ),
      arrows: all.flatMap(({ ways }, i) => ways.map((way): Arrow => ({ ...way, from: id(i), to: id(way.to) }))),
    };
  });

  test("everything is on the page once, whole, and nothing is over anything else", () => {
    fc.assert(
      fc.property(chart, (chart) => {
        expect(faults(chart)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test.each(Array.from({ length: 12 }, (_, i) => i * 40))("a live step beside %d lines of the close", (length) => {
    const box = (id: string, number: number, phase: Box["phase"], count: number): Box => ({
      id,
      number,
      kind: "tell",
      phase,
      isStart: number === 1,
      isKey: false,
      lines: Array.from({ length: count }, () => ({ tone: "say", words: "Please wait" })),
    });
    const rest = Array.from({ length: 12 }, (_, i) => box(`step_${i}`, i + 2, "close", length / 10 + i));
    expect(faults({ title: "", never: "", boxes: [box("start", 1, "live", 1), ...rest], arrows: [] })).toEqual([]);
  });

  test("twice as many steps as ship still fit", () => {
    const { boxes, arrows, ...rest } = chartOf(shipped("school"));
    const again = (id: string): string => (id === RETURN ? id : `again_${id}`);
    const twice: Chart = {
      ...rest,
      boxes: [...boxes, ...boxes.map((box) => ({ ...box, id: again(box.id), number: box.number + boxes.length }))],
      arrows: [...arrows, ...arrows.map((way) => ({ ...way, from: again(way.from), to: again(way.to) }))],
    };
    expect(faults(twice)).toEqual([]);
  });
});
