import { BOLD, type Box, type Chart, measure } from "../core/chart.ts";
import {
  type Area,
  band,
  type ChartWords,
  flagPad,
  head,
  isTabbed,
  leading,
  linesOf,
  nameOf,
  pad,
  type Placed,
  type Row,
  row,
  shortenTo,
  tab,
  type,
} from "./chart-box.ts";
import { type Laid, layChart, page } from "./chart-layout.ts";

// Chart -> one page for a wall, A0 across, as an SVG file. The same chart gives the same bytes. No font is embedded.
// Nothing is told by colour: there is black, white and pale grey, and kinds of step differ by their borders.

/** The chart as an SVG file, A0 landscape in millimetres. @throws Error when it does not fit even in the smallest type. */
export function renderChartSvg(chart: Chart, words: ChartWords): string {
  const laid = layChart(chart, words);
  const { em } = laid;
  const numbers = new Map(chart.boxes.map(({ id, number }) => [id, number]));
  const margin = page.margin / em;
  const wide = page.width / em;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${page.width}mm" height="${page.height}mm" viewBox="0 0 ${page.width} ${page.height}" role="img" aria-labelledby="title desc" font-family="Arial, Helvetica, 'Liberation Sans', 'Noto Sans', 'DejaVu Sans', sans-serif">`,
    `<title id="title">${escape(chart.title)}</title>`,
    `<desc id="desc">${escape(words.legend)}</desc>`,
    `<rect width="${page.width}" height="${page.height}" fill="#fff"/>`,
    `<g transform="scale(${em})" stroke-linecap="round" stroke-linejoin="round">`,
    ...laid.areas.map((area) => drawArea(area, words)),
    ...laid.columns.map((column) => drawLetter(column, laid)),
    drawTitle(chart, words, laid, margin, wide - margin),
    ...laid.arrows.map((arrow) => drawArrow(arrow, numbers)),
    ...laid.boxes.map((placed) => drawBox(placed, words, numbers)),
    drawLegend(words, laid, margin, page.height / em - margin, wide - margin),
    "</g>",
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

type Numbers = ReadonlyMap<string, number>;

// ---- ink ----

const ink = { thin: 0.07, line: 0.13, arrow: 0.16, thick: 0.5 };

function escape(words: string): string {
  return words
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const n = (length: number): string => String(Math.round(length * 1000) / 1000);

type Style = {
  readonly size: number;
  readonly isBold?: boolean;
  readonly anchor?: "middle" | "end";
  readonly fill?: string;
};

function text(words: string, x: number, y: number, { size, isBold, anchor, fill }: Style): string {
  if (words === "") return "";
  const weight = isBold ? ' font-weight="700"' : "";
  const where = anchor === undefined ? "" : ` text-anchor="${anchor}"`;
  const colour = fill === undefined ? "" : ` fill="${fill}"`;
  return `<text x="${n(x)}" y="${n(y)}" font-size="${n(size)}"${weight}${where}${colour}>${escape(words)}</text>`;
}

function path(d: string, stroke: number, more = ' fill="none"'): string {
  return `<path d="${d}" stroke="#000" stroke-width="${n(stroke)}"${more}/>`;
}

const polygon = (points: readonly (readonly [number, number])[]): string =>
  `M${points.map(([x, y]) => `${n(x)} ${n(y)}`).join("L")}Z`;

/** Words around the chart are rather set smaller than cut off. They are bold. */
const sizeWithin = (words: string, size: number, room: number): number =>
  Math.min(size, room / Math.max(measure(words) * BOLD, 0.1));

// ---- page ----

function drawTitle(chart: Chart, words: ChartWords, { never }: Laid, left: number, right: number): string {
  const top = left;
  const room = right - left;
  const size = type.never;
  const mark = words.mark ?? "";
  const marked = sizeWithin(mark, size, room / 2);
  const width = mark === "" ? 0 : measure(mark) * BOLD * marked + 2;
  const titled = sizeWithin(chart.title, type.title, room - width - 1);
  return [
    text(chart.title, left, top + type.title * 0.85, { size: titled, isBold: true }),
    ...(mark === ""
      ? []
      : [
          path(polygon(corners(right - width, top, width, size * 1.5)), ink.line * 2),
          text(mark, right - width / 2, top + size * 1.1, { size: marked, isBold: true, anchor: "middle" }),
        ]),
    ...never.map((line, i) => text(line, left, top + band.title + (i + 0.7) * size * leading, { size, isBold: true })),
  ].join("");
}

const corners = (x: number, y: number, width: number, height: number): readonly (readonly [number, number])[] => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];

function drawArea({ phase, x, y, width, height }: Area, words: ChartWords): string {
  const heading = words.phases[phase];
  const size = sizeWithin(heading, type.phase, width - 2 * band.inside);
  return [
    `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="0.8" fill="#ececec"/>`,
    text(heading, x + band.inside, y + 1.85, { size, isBold: true }),
  ].join("");
}

function drawLetter({ letter, x }: Laid["columns"][number], { areas, boxes }: Laid): string {
  const width = boxes[0]?.width ?? 0;
  const top = Math.min(...areas.map(({ y }) => y));
  return text(letter, x + width / 2, top + band.heading - 0.35, { size: type.letter, isBold: true, anchor: "middle" });
}

/** A sample of each kind of box with its word, then the rest in lines. */
function drawLegend(words: ChartWords, { legend }: Laid, left: number, bottom: number, right: number): string {
  const top = bottom - band.foot - legend.length * type.note * leading + 0.9;
  const size = type.note;
  const sample = { width: 3.2, height: 1.7 };
  const kinds = Object.keys(words.kinds) as Box["kind"][];
  const most = (right - left) / kinds.length - sample.width - 2.6;
  let x = left;
  const samples = kinds.map((kind) => {
    const at = x;
    const word = shortenTo(words.kinds[kind], most / size);
    x += sample.width + 0.6 + measure(word) * size + 2;
    return (
      outline(kind, at, top, sample.width, sample.height) +
      text(word, at + sample.width + 0.6, top + sample.height * 0.72, { size })
    );
  });
  const below = top + sample.height + 0.6;
  return [...samples, ...legend.map((line, i) => text(line, left, below + (i + 0.8) * size * leading, { size }))].join(
    "",
  );
}

// ---- boxes ----

/** Kinds differ by border alone: cut corner, two lines, thick, dashed, round. */
function outline(kind: Box["kind"], x: number, y: number, width: number, height: number): string {
  const fill = ' fill="#fff"';
  const inset = (ink.thick - ink.line) / 2;
  switch (kind) {
    case "tell":
      return path(polygon(corners(x, y, width, height)), ink.line, fill);
    case "ask":
      return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="0.85" stroke="#000" stroke-width="${n(ink.line)}"${fill}/>`;
    case "record":
      return path(polygon(corners(x, y, width, height)), ink.line * 1.3, `${fill} stroke-dasharray="0.5 0.4"`);
    case "call":
      return (
        path(polygon(corners(x, y, width, height)), ink.line, fill) +
        path(polygon(corners(x + 0.32, y + 0.32, width - 0.64, height - 0.64)), ink.line)
      );
    case "examine": {
      const cut = Math.min(1.6, height / 2);
      return path(
        polygon([
          [x, y],
          [x + width - cut, y],
          [x + width, y + cut],
          [x + width, y + height],
          [x, y + height],
        ]),
        ink.line * 1.6,
        fill,
      );
    }
    case "end":
      return path(polygon(corners(x + inset, y + inset, width - 2 * inset, height - 2 * inset)), ink.thick, fill);
  }
}

function drawBox(placed: Placed, words: ChartWords, numbers: Numbers): string {
  const { box, x, y, width, height, rows } = placed;
  const top = y + (isTabbed(box) ? tab : 0);
  const left = x + pad.left;
  const number = String(box.number);
  const numberWide = measure(number) * BOLD * type.number;
  const name = shortenTo(nameOf(box.id), (width - pad.left - pad.right - numberWide - 0.8) / type.name);
  const lines = linesOf(box).map(({ tone, words, size, at }) =>
    text(words, left, top + head + at - (leading - 0.92) * size, { size, isBold: tone === "ask" }),
  );
  return [
    `<g id="step-${box.number}">`,
    isTabbed(box) ? drawTab(placed, words) : "",
    outline(box.kind, x, top, width, height - (top - y)),
    text(number, left, top + 1.72, { size: type.number, isBold: true }),
    text(name, left + numberWide + 0.8, top + 1.68, { size: type.name }),
    ...lines,
    ...rows.map((row) => drawRow(placed, row, numbers)),
    "</g>",
  ].join("");
}

function drawTab({ box, x, y, width }: Placed, words: ChartWords): string {
  const word = [...(box.isStart ? [words.start] : []), ...(box.isKey ? [words.key] : [])].join(" · ");
  const size = sizeWithin(word, type.tab, width - 2);
  const wide = measure(word) * BOLD * size + 1.4;
  return [
    `<rect x="${n(x)}" y="${n(y)}" width="${n(wide)}" height="${n(tab)}"/>`,
    text(word, x + 0.7, y + 1.12, { size, isBold: true, fill: "#fff" }),
  ].join("");
}

/** The words on the left; on the right a flag, or the number that the arrow goes to, and a line between. */
function drawRow({ x, y, width }: Placed, { way, at, flag, isSplit }: Row, numbers: Numbers): string {
  const size = type.row;
  const left = x + pad.left;
  const right = x + width - flagPad.right;
  const middle = y + at + (isSplit ? row / 2 : 0);
  const labelAt = y + at - (isSplit ? row / 2 : 0);
  const label = text(way.label, left, labelAt + size * 0.35, { size });
  if (flag === undefined) {
    if (way.label === "") return "";
    const number = String(numbers.get(way.to) ?? "");
    const from = left + measure(way.label) * size + 0.3;
    const to = right - measure(number) * BOLD * size - 0.3;
    return [
      label,
      path(`M${n(from)} ${n(middle)}H${n(Math.max(from, to))}`, ink.thin),
      text(number, right, labelAt + size * 0.35, { size, isBold: true, anchor: "end" }),
      path(`M${n(right + 0.2)} ${n(middle)}H${n(x + width)}`, ink.thin),
    ].join("");
  }
  const wide = measure(flag) * size + flagPad.words;
  const half = size * 0.68;
  const shape = polygon([
    [right - wide, middle - half],
    [right - 0.6, middle - half],
    [right, middle],
    [right - 0.6, middle + half],
    [right - wide, middle + half],
  ]);
  return `${label}${path(shape, ink.thin, ' fill="#fff"')}${text(flag, right - wide + 0.35, middle + size * 0.35, { size })}`;
}

// ---- arrows ----

function drawArrow({ way, through, isDown }: Laid["arrows"][number], numbers: Numbers): string {
  const [first, ...rest] = through;
  const end = through.at(-1);
  if (first === undefined || end === undefined) return "";
  const tip = 0.9;
  const tail = isDown ? { x: end.x, y: end.y - tip } : { x: end.x - tip, y: end.y };
  let at = first;
  const steps = rest.map((point, i) => {
    const to = i === rest.length - 1 ? tail : point;
    const isStraight = at.x === to.x || at.y === to.y || isDown;
    const bend = (to.x - at.x) / 2;
    const step = isStraight
      ? `L${n(to.x)} ${n(to.y)}`
      : `C${n(at.x + bend)} ${n(at.y)} ${n(to.x - bend)} ${n(to.y)} ${n(to.x)} ${n(to.y)}`;
    at = to;
    return step;
  });
  const wing = 0.42;
  const tipped = isDown
    ? polygon([
        [end.x, end.y],
        [end.x - wing, end.y - tip],
        [end.x + wing, end.y - tip],
      ])
    : polygon([
        [end.x, end.y],
        [end.x - tip, end.y - wing],
        [end.x - tip, end.y + wing],
      ]);
  return `<g class="way-${numbers.get(way.from) ?? 0}-${numbers.get(way.to) ?? 0}">${path(`M${n(first.x)} ${n(first.y)}${steps.join("")}`, ink.arrow)}<path d="${tipped}"/></g>`;
}
