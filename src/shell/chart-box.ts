import { type Arrow, type Box, boxRoom, type Chart, type Line, measure, MORE } from "../core/chart.ts";
import { type Phase, RETURN } from "../core/protocol.ts";

// One box of a chart: its words and its answers, how high they make it, and the sizes they are drawn in. Lengths are in
// ems of the words that are read aloud. Text is taken to be as wide as in DejaVu Sans, the widest of the usual fonts.

/** The words around the chart. `mark` is for a protocol that nobody has approved. */
export type ChartWords = {
  readonly phases: Readonly<Record<Phase, string>>;
  readonly kinds: Readonly<Record<Box["kind"], string>>;
  readonly start: string;
  readonly key: string;
  readonly returns: string;
  readonly legend: string;
  readonly mark?: string;
};

/** An answer in its box, `at` its middle. `flag`: where it leads, when it has no arrow; `isSplit`: on a line of its own. */
export type Row = { readonly way: Arrow; readonly at: number; readonly flag?: string; readonly isSplit: boolean };
/** A box where it stands, with the tab over it. */
export type Placed = {
  readonly box: Box;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rows: readonly Row[];
};
export type Point = { readonly x: number; readonly y: number };
export type Area = { readonly phase: Phase } & Point & { readonly width: number; readonly height: number };
/** What stands in one or more areas. Each arrow goes through its points: out of a row, along lanes between boxes, into a box. */
export type Part = {
  readonly boxes: readonly Placed[];
  readonly areas: readonly Area[];
  readonly arrows: readonly { readonly way: Arrow; readonly through: readonly Point[]; readonly isDown: boolean }[];
};

/** Sizes of type. */
export const type = {
  said: 1,
  more: MORE,
  number: 1.5,
  name: 1.05,
  row: 0.8,
  tab: 0.9,
  phase: 2,
  title: 2.8,
  never: 1.6,
  note: 1.05,
  letter: 1.2,
};
export const leading = 1.24;
/** Room beside the words. Most fonts are so much narrower than they are measured that it looks the same on both sides. */
export const pad = { left: 0.9, right: 0.45, foot: 0.5 };
export const head = 2.3;
export const tab = 1.6;
export const row = 1.28;
/** Between the words of a box and the answers under them. */
const rest = 0.5;
/** What a flag takes besides its words, the least between it and the label, and the room on its right. */
export const flagPad = { words: 1.2, label: 0.3, right: 0.75 };
/** The least between boxes, and between other things. */
export const gap = { column: 3.8, box: 1.5, lane: 0.9, poured: 2.2, area: 2.2 };
/** For the title, a heading over what is in an area and the space around that, and the samples under all. */
export const band = { title: 3.4, heading: 3.9, inside: 1.3, foot: 3.4 };
/** With more ways in than this, all of them are flags. */
const many = 8;

/** As many letters as fit before "…". */
export function shortenTo(words: string, room: number): string {
  const letters = Array.from(words);
  if (measure(words) <= room) return words;
  while (letters.length > 0 && measure(`${letters.join("")}…`) > room) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

/** Lines of whole words, as wide as they may be. */
export function wrapTo(words: string, room: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words.split(/\s+/).filter((word) => word !== "")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`;
    if (lines.length > 0 && measure(longer) <= room) lines[lines.length - 1] = longer;
    else lines.push(shortenTo(word, room));
  }
  return lines;
}

export const nameOf = (id: string): string => id.replaceAll("_", " ");
/** Lines of one tone stand together, a little apart from the next. */
export const linesOf = ({ lines }: Box): readonly (Line & { readonly size: number; readonly at: number })[] => {
  let y = 0;
  return lines.map((line, i) => {
    if (i > 0 && lines[i - 1]?.tone !== line.tone) y += 0.3;
    const size = line.tone === "say" ? type.said : type.more;
    y += leading * size;
    return { ...line, size, at: y };
  });
};

export type Plan = {
  readonly chart: Chart;
  readonly words: ChartWords;
  readonly numbers: ReadonlyMap<string, number>;
  readonly ways: ReadonlyMap<string, readonly Arrow[]>;
  readonly hubs: ReadonlySet<string>;
  readonly width: number;
};

export function planOf(chart: Chart, words: ChartWords): Plan {
  const into = new Map<string, number>();
  const ways = new Map<string, Arrow[]>(chart.boxes.map(({ id }) => [id, []]));
  for (const way of chart.arrows) {
    into.set(way.to, (into.get(way.to) ?? 0) + 1);
    ways.get(way.from)?.push(way);
  }
  const labels = chart.arrows.map(({ label }) => measure(label) * type.row + 3);
  return {
    chart,
    words,
    ways,
    numbers: new Map(chart.boxes.map(({ id, number }) => [id, number])),
    hubs: new Set([...into].filter(([, count]) => count > many).map(([id]) => id)),
    width: Math.max(boxRoom, ...labels) + pad.left + pad.right,
  };
}

export const isTabbed = ({ isStart, isKey }: Box): boolean => isStart || isKey;

/** A box with its rows, at the origin. */
export function boxOf(plan: Plan, box: Box, hasArrow: (way: Arrow) => boolean): Placed {
  const { width, words, numbers } = plan;
  const room = width - pad.left - flagPad.right;
  let y = (isTabbed(box) ? tab : 0) + head + (linesOf(box).at(-1)?.at ?? 0) + rest;
  const rows = (plan.ways.get(box.id) ?? []).map((way): Row => {
    const top = y;
    if (hasArrow(way)) {
      y += way.label === "" ? 0 : row;
      return { way, at: (top + y) / 2, isSplit: false };
    }
    const leads = way.to === RETURN ? words.returns : `${numbers.get(way.to) ?? ""} ${nameOf(way.to)}`;
    const column = way.to === RETURN ? 0 : measure(columnMark("M"));
    const flag = shortenTo(leads, (room - flagPad.words) / type.row - column);
    const wide = (measure(flag) + column) * type.row + flagPad.words;
    const isSplit = way.label !== "" && measure(way.label) * type.row + flagPad.label + wide > room;
    y += isSplit ? 2 * row : row;
    return { way, at: (top + y) / 2, flag, isSplit };
  });
  return { box, x: 0, y: 0, width, height: y + (rows.length > 0 ? pad.foot : 0), rows };
}

/** After a number: the column in which to look for it. */
export const columnMark = (letter: string): string => ` · ${letter}`;

export const entryOf = ({ box }: Placed): number => (isTabbed(box) ? tab : 0) + head / 2;
