import { type Arrow, BOLD, type Chart } from "../core/chart.ts";
import { type Phase, phases } from "../core/protocol.ts";
import {
  band,
  boxOf,
  type ChartWords,
  columnMark,
  entryOf,
  gap,
  leading,
  type Part,
  type Placed,
  type Plan,
  planOf,
  type Point,
  type,
  wrapTo,
} from "./chart-box.ts";
import { layLive } from "./chart-columns.ts";

// Where everything of a chart stands on one page for a wall, A0 across. The rules of this file:
//
// 1. Each step is there once. Each answer is there once, as a row in its box: an arrow leaves from the row, or, where the
//    arrow would be long, lead back, or end where very many do, the row has a flag with the number and the column.
// 2. The live phase is on the left. The record, and the close under it, are walked in one line and are poured into columns.
// 3. The type is as large as the page lets it be: the first size at which everything fits.

/** Everything in ems. `em`: what one is in millimetres, and so the size of what is read aloud. */
export type Laid = Part & {
  readonly em: number;
  /** Each with the letter by which flags name it. */
  readonly columns: readonly { readonly letter: string; readonly x: number }[];
  /** The lines over the areas, and those under all. */
  readonly never: readonly string[];
  readonly legend: readonly string[];
};

export const page = { width: 1189, height: 841, margin: 12 };
const ems = { largest: 9, smallest: 0.5, step: 0.1 };

/** Where everything stands. @throws Error when it does not fit even in the smallest type. */
export function layChart(chart: Chart, words: ChartWords): Laid {
  const plan = planOf(chart, words);
  for (let em = ems.largest; em >= ems.smallest; em = Math.round((em - ems.step) * 100) / 100) {
    const laid = lay(plan, em);
    if (laid !== undefined) return laid;
  }
  throw new Error("the chart does not fit on its page");
}

function lay(plan: Plan, em: number): Laid | undefined {
  const wide = (page.width - 2 * page.margin) / em;
  const never = wrapTo(plan.chart.never, wide / type.never / BOLD);
  const legend = wrapTo(plan.words.legend, wide / type.note);
  const title = band.title + never.length * type.never * leading;
  const tall = (page.height - 2 * page.margin) / em - title - band.foot - legend.length * type.note * leading;
  const side = laySide(plan, tall);
  if (side === undefined) return undefined;
  const left = side.width === 0 ? wide : wide - side.width - gap.area;
  const live = layLive(plan, left, tall);
  if (live === undefined) return undefined;
  const margin = page.margin / em;
  const all = [live, ...side.parts.map((part) => shifted(part, left + gap.area, 0))].map((part) =>
    shifted(part, margin, margin + title),
  );
  const placed = all.flatMap(({ boxes }) => boxes);
  const columns = columnsAt(placed);
  const letters = new Map(placed.map(({ box, x }) => [box.id, columns.find((column) => column.x === x)?.letter ?? ""]));
  return {
    em,
    columns,
    never,
    legend,
    boxes: placed.map((each) => ({
      ...each,
      rows: each.rows.map((row) => {
        const letter = letters.get(row.way.to);
        return row.flag === undefined || letter === undefined
          ? row
          : { ...row, flag: `${row.flag}${columnMark(letter)}` };
      }),
    })),
    areas: all.flatMap(({ areas }) => areas),
    arrows: all.flatMap(({ arrows }) => arrows),
  };
}

function columnsAt(boxes: readonly Placed[]): Laid["columns"] {
  const lefts = [...new Set(boxes.map(({ x }) => x))].toSorted((a, b) => a - b);
  return lefts.map((x, i) => ({ x, letter: String.fromCodePoint(65 + i) }));
}

function shifted(part: Part, x: number, y: number): Part {
  const move = <P extends Point>(point: P): P => ({ ...point, x: point.x + x, y: point.y + y });
  return {
    boxes: part.boxes.map(move),
    areas: part.areas.map(move),
    arrows: part.arrows.map((arrow) => ({ ...arrow, through: arrow.through.map(move) })),
  };
}

/** The record, and the close under it, in as few columns as hold them. */
function laySide(plan: Plan, tall: number): { readonly width: number; readonly parts: readonly Part[] } | undefined {
  const held = phases.filter((phase) => phase !== "live" && plan.chart.boxes.some((box) => box.phase === phase));
  if (held.length === 0) return { width: 0, parts: [] };
  for (let columns = 1; columns <= 6; columns++) {
    const width = columns * (plan.width + gap.column) - gap.column + 2 * band.inside;
    let y = 0;
    const parts = held.map((phase, i) => {
      const poured = pour(plan, phase, columns);
      const height = i === held.length - 1 ? Math.max(tall - y, poured.height) : poured.height;
      const part = shifted({ ...poured, areas: [{ phase, x: 0, y: 0, width, height }] }, 0, y);
      y += height + gap.area;
      return part;
    });
    if (y - gap.area <= tall + 1e-6) return { width, parts };
  }
  return undefined;
}

/** The steps of a phase one under the other, in columns as even as can be. An arrow leads only to the next one. */
function pour(plan: Plan, phase: Phase, columns: number): Part & { readonly height: number } {
  const boxes = plan.chart.boxes.filter((box) => box.phase === phase);
  const after = new Map(boxes.map(({ id }, i) => [id, boxes[i + 1]?.id]));
  const hasArrow = ({ from, to }: Arrow): boolean => after.get(from) === to && !plan.hubs.has(to);
  const made = boxes.map((box) => boxOf(plan, box, hasArrow));
  const total = made.reduce((sum, { height }) => sum + height + gap.poured, 0);
  let most = total / columns;
  let placed: readonly Placed[] | undefined;
  while (placed === undefined) {
    placed = pourInto(made, columns, most);
    most += 1;
  }
  const byId = new Map(placed.map((each) => [each.box.id, each]));
  return {
    height: Math.max(...placed.map(({ y, height }) => y + height)) + band.inside,
    boxes: placed,
    areas: [],
    arrows: placed.flatMap((from) =>
      from.rows.flatMap(({ way, at, flag }) => {
        const to = byId.get(way.to);
        return flag === undefined && to !== undefined
          ? [{ way, isDown: to.x === from.x, through: stepDown(from, way.label === "" ? from.height : at, to) }]
          : [];
      }),
    ),
  };
}

function pourInto(made: readonly Placed[], columns: number, most: number): readonly Placed[] | undefined {
  const top = band.heading;
  let [column, y] = [0, top];
  const placed: Placed[] = [];
  for (const each of made) {
    if (y > top && y + each.height > top + most) [column, y] = [column + 1, top];
    if (column >= columns) return undefined;
    placed.push(moved(each, band.inside + column * (each.width + gap.column), y));
    y += each.height + gap.poured;
  }
  return placed;
}

/** From a row, or the foot of a box, into the top of the box under it, or round to the first of the next column. */
function stepDown(from: Placed, at: number, to: Placed): readonly Point[] {
  const right = from.x + from.width;
  const middle = from.x + from.width / 2;
  const foot = from.y + from.height;
  const out = right + 0.9;
  const begin =
    at === from.height
      ? [{ x: middle, y: foot }]
      : [
          { x: right, y: from.y + at },
          { x: out, y: from.y + at },
        ];
  const turn = foot + gap.poured * 0.4;
  if (to.x === from.x)
    return [
      ...begin,
      ...(begin.length > 1
        ? [
            { x: out, y: turn },
            { x: middle, y: turn },
          ]
        : []),
      { x: middle, y: to.y },
    ];
  const lane = right + gap.column / 2;
  const entry = to.y + entryOf(to);
  return [
    ...begin,
    ...(begin.length > 1 ? [] : [{ x: middle, y: turn }]),
    { x: lane, y: begin.length > 1 ? from.y + at : turn },
    { x: lane, y: entry },
    { x: to.x, y: entry },
  ];
}

const moved = (placed: Placed, x: number, y: number): Placed => ({ ...placed, x, y });
