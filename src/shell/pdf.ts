import { deflateSync } from "node:zlib";
import type PDFDocument from "pdfkit";
import type { Block, Sheet } from "../core/sheet-blocks.ts";
import { fontFile, type Weight } from "./assets.ts";
import { readPng, stripJpeg } from "./picture.ts";

// Sheet -> PDF. The rules of this file:
//
// 1. Nothing is lost and nothing is hidden. What the font cannot draw, and what would not be seen (control
//    characters, bidi marks, joiners), is printed as [U+4E2D], one for each code point. No cell is cut off.
// 2. The same sheet gives the same bytes, anywhere: no clock, no locale, no time zone, no file order.
// 3. A picture gives up its pixels and nothing else: camera, owner and GPS stay out of the report.
// 4. Measure, place, draw. Blocks become strips (measured once), strips are placed on pages, pages are drawn.
//    pdfkit embeds fonts and writes objects; its text flow, tables and lists are not used.
// 5. Each piece of ink is either named in the structure tree (a Tag) or said to be an artifact.

const page = { width: 612, height: 792, side: 54, top: 40, bottom: 38, gutter: 12 };
const across = page.width - 2 * page.side;

type Style = { readonly weight: Weight; readonly size: number; readonly leading: number; readonly grey: number };

const styles = {
  title: { weight: "bold", size: 18, leading: 24, grey: 0 },
  heading1: { weight: "bold", size: 12, leading: 17, grey: 0 },
  heading2: { weight: "bold", size: 10, leading: 14.5, grey: 0 },
  body: { weight: "regular", size: 9.5, leading: 14, grey: 0 },
  strong: { weight: "bold", size: 9.5, leading: 14, grey: 0 },
  quiet: { weight: "regular", size: 8.5, leading: 12, grey: 0.3 },
  label: { weight: "regular", size: 9.5, leading: 14, grey: 0.3 },
  caption: { weight: "bold", size: 9, leading: 13, grey: 0 },
  head: { weight: "bold", size: 8, leading: 12, grey: 0 },
  cell: { weight: "regular", size: 8.5, leading: 12, grey: 0 },
  small: { weight: "regular", size: 7.5, leading: 10, grey: 0.25 },
  smallStrong: { weight: "bold", size: 7.5, leading: 10, grey: 0 },
} as const satisfies Record<string, Style>;

/**
 * The sheet as a PDF file (US Letter, tagged, fonts embedded). `pictures` maps SHA-256 to JPEG or PNG bytes; one
 * that is missing or cannot be read is said in its place, never thrown. Throws when `sheet.made` is not an
 * ISO 8601 time with an offset, because bytes would then depend on the machine.
 */
export async function renderPdf(sheet: Sheet, pictures: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const doc = await openDocument(sheet);
  const type = openType(doc);
  const root = doc.struct("Document");
  doc.addStructure(root);
  const strips = layOut(sheet, {
    doc,
    type,
    root: { role: "Document", element: root },
    images: openImages(doc, pictures),
  });
  const furniture = layFurniture(sheet, type);
  const pages = paginate(strips, furniture.bottom - furniture.top);
  for (const [index, placed] of pages.entries()) {
    doc.addPage();
    const pen = openPen(doc, type);
    furniture.draw(pen, index + 1, pages.length);
    for (const { strip, y, again } of placed) strip.draw(pen, furniture.top + y, again);
  }
  root.end();
  doc.end();
  const chunks: Uint8Array[] = [];
  for await (const chunk of doc as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// ---- pdfkit, and what is used of its inside ----

type Doc = InstanceType<typeof PDFDocument>;
type Element = ReturnType<Doc["struct"]>;

/** A place in the structure tree; undefined where ink is only furniture. */
type Tag = { readonly role: string; readonly element: Element };

type Embedded = {
  readonly id: string;
  readonly scale: number;
  readonly font: {
    hasGlyphForCodePoint(codePoint: number): boolean;
    glyphForCodePoint(codePoint: number): { readonly id: number; readonly advanceWidth: number };
  };
  readonly subset: { includeGlyph(id: number): number };
  readonly widths: number[];
  readonly unicode: (readonly number[])[];
  ref(): unknown;
  layoutRun(text: string): {
    readonly glyphs: readonly { readonly id: number; readonly codePoints: readonly number[] }[];
    readonly positions: readonly {
      readonly xAdvance: number;
      readonly advanceWidth: number;
      readonly xOffset: number;
      readonly yOffset: number;
    }[];
  };
};

type Inside = {
  readonly _font: Embedded;
  readonly page: { readonly fonts: Record<string, unknown> };
  _addInfo: () => void;
  openImage(bytes: Uint8Array): Jpeg;
  ref(dictionary: object): { end(data: Uint8Array): void };
};

const inside = (doc: Doc): Inside => doc as unknown as Inside;

async function openDocument(sheet: Sheet): Promise<Doc> {
  const made = new Date(/(Z|[+-]\d\d:\d\d)$/.test(sheet.made) ? sheet.made : Number.NaN);
  if (Number.isNaN(made.getTime())) throw new Error(`sheet.made is not a time with an offset: ${sheet.made}`);
  const { default: Document } = await import("pdfkit");
  const options = {
    font: null as unknown as string, // the default, Helvetica, is never embedded
    size: "letter",
    margin: 0,
    autoFirstPage: false,
    pdfVersion: "1.7" as const,
    tagged: true,
    lang: sheet.language,
    displayTitle: true,
    info: {
      Title: sayHidden((sheet.title.trim() || sheet.header.trim() || "Threshold").replace(/\s+/g, " ")),
      Creator: "Threshold",
      Producer: "Threshold",
      CreationDate: made,
      ModDate: made,
    },
  };
  const doc = new Document(options);
  escapeMetadata(doc);
  return doc;
}

/** pdfkit pastes the title into XML as it is: "Smith & Sons" would break the whole packet. */
function escapeMetadata(doc: Doc): void {
  const open = inside(doc);
  const original = open._addInfo;
  open._addInfo = function addInfo(this: { info: Record<string, unknown> }) {
    const plain = this.info;
    const escaped = Object.entries(plain).map(([key, value]) => [key, typeof value === "string" ? xml(value) : value]);
    this.info = Object.fromEntries(escaped) as Record<string, unknown>;
    original.call(this);
    this.info = plain;
  };
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

// ---- words: what is visible, how wide it is, where it breaks ----

type Glyph = {
  readonly id: number;
  readonly says: readonly number[];
  /** All in thousandths of the size. */
  readonly width: number;
  readonly advance: number;
  readonly right: number;
  readonly up: number;
};

type Face = { readonly inner: Embedded; readonly words: Map<string, readonly Glyph[]> };
type Type = Readonly<Record<Weight, Face>>;

/** Other, invisible or reordering: never put on the page as itself. */
const hidden = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const newline = /\r\n|[\n\r\u2028\u2029]/;
const named = String.raw`\[U\+[0-9A-F]{4,6}\]`;
/** Besides spaces a line may break around a named code point, and after a hyphen between letters. */
const breaks = new RegExp(String.raw`(?=${named})|(?<=${named})|(?<=\p{L}[-–—])(?=\p{L})`, "u");
/** Words that need the font's own shaping; for all others a glyph for each code point is right, and far faster. */
const shaped = /\p{M}|[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}]/u;

function openType(doc: Doc): Type {
  const open = (weight: Weight): Face => {
    doc.font(fontFile(weight));
    return { inner: inside(doc)._font, words: new Map() };
  };
  return { regular: open("regular"), bold: open("bold") };
}

function nameOf(char: string): string {
  return `[U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;
}

function sayHidden(text: string): string {
  return Array.from(text, (char) => (hidden.test(char) ? nameOf(char) : char)).join("");
}

/** One line of text as it can be printed. More than three marks on one letter would be a smear over other lines. */
function visible(face: Face, text: string): string {
  let marks = 3;
  const draw = (char: string): string => {
    marks = /\p{M}/u.test(char) ? marks + 1 : 0;
    if (marks <= 3 && !hidden.test(char) && face.inner.font.hasGlyphForCodePoint(char.codePointAt(0) ?? 0)) return char;
    marks = 3; // what would stand on it is named as well
    return nameOf(char);
  };
  const composed = text.replaceAll("\t", " ").replace(/\P{M}\p{M}+/gu, (cluster) => cluster.normalize("NFC"));
  return Array.from(composed, draw).join("");
}

function glyphs(face: Face, word: string): readonly Glyph[] {
  const known = face.words.get(word);
  if (known) return known;
  const made = shaped.test(word) ? shape(face.inner, word) : Array.from(word, (char) => plainGlyph(face.inner, char));
  face.words.set(word, made);
  return made;
}

function plainGlyph(inner: Embedded, char: string): Glyph {
  const codePoint = char.codePointAt(0) ?? 0;
  const glyph = inner.font.glyphForCodePoint(codePoint);
  const width = glyph.advanceWidth * inner.scale;
  return { id: glyph.id, says: [codePoint], width, advance: width, right: 0, up: 0 };
}

function shape(inner: Embedded, word: string): readonly Glyph[] {
  const run = inner.layoutRun(word);
  return run.glyphs.flatMap((glyph, index) => {
    const at = run.positions[index];
    if (!at) return [];
    const { advanceWidth: width, xAdvance: advance, xOffset: right, yOffset: up } = at;
    return [{ id: glyph.id, says: glyph.codePoints, width, advance, right, up }];
  });
}

function measure(face: Face, size: number, text: string): number {
  let thousandths = 0;
  for (const glyph of glyphs(face, text)) thousandths += glyph.advance;
  return (thousandths * size) / 1000;
}

/** Lines no wider than `width`; at least one. A word that is wider by itself breaks between letters. */
function wrap(type: Type, style: Style, text: string, width: number): readonly string[] {
  const face = type[style.weight];
  const lines: string[] = [];
  for (const paragraph of text.split(newline)) {
    let line = "";
    let used = 0;
    const add = (piece: string): void => {
      const bare = measure(face, style.size, piece.replace(/ +$/, ""));
      if (line !== "" && used + bare > width) {
        lines.push(line.replace(/ +$/, ""));
        line = "";
        used = 0;
      }
      const letters = bare > width ? (piece.match(/\P{M}\p{M}*|\p{M}+/gu) ?? []) : [];
      if (letters.length > 1) letters.forEach(add);
      else {
        line += piece;
        used += measure(face, style.size, piece);
      }
    };
    for (const word of visible(face, paragraph).match(/[^ ]* +|[^ ]+/g) ?? []) word.split(breaks).forEach(add);
    lines.push(line.replace(/ +$/, ""));
  }
  return lines;
}

// ---- the pen: the only place that puts ink on a page ----

type Pen = {
  /** One line with its baseline at y from the top of the page. */
  text(tag: Tag | undefined, text: string, x: number, y: number, style: Style): void;
  rule(x: number, y: number, width: number, thickness: number, grey: number): void;
  /** A thin line around a picture: where the white of a scanned paper ends. */
  frame(x: number, y: number, width: number, height: number): void;
  image(tag: Tag, image: Image, x: number, y: number, width: number, height: number): void;
  /** Large pale letters from corner to corner. */
  mark(text: string): void;
};

function openPen(doc: Doc, type: Type): Pen {
  const named = (tag: Tag | undefined, ink: () => void): void => {
    const content = tag && doc.markStructureContent(tag.role);
    if (!content) doc.markContent("Artifact", { type: "Layout" });
    ink();
    doc.endMarkedContent();
    if (content) tag.element.add(content);
  };
  const write = (tag: Tag | undefined, text: string, style: Style, matrix: readonly number[]): void => {
    const face = type[style.weight];
    inside(doc).page.fonts[face.inner.id] ??= face.inner.ref();
    doc.addContent(`q 1 0 0 -1 0 ${page.height} cm`);
    named(tag, () => doc.addContent(textOperators(face, text, style, matrix)));
    doc.addContent("Q");
  };
  return {
    text: (tag, text, x, y, style) => {
      if (text !== "") write(tag, text, style, [1, 0, 0, 1, x, page.height - y]);
    },
    rule: (x, y, width, thickness, grey) => {
      const line = `q ${number(grey)} g ${number(x)} ${number(y)} ${number(width)} ${number(thickness)} re f Q`;
      named(undefined, () => doc.addContent(line));
    },
    frame: (x, y, width, height) => {
      const box = [x, y, width, height].map(number).join(" ");
      named(undefined, () => doc.addContent(`q 0.6 G 0.4 w ${box} re S Q`));
    },
    image: (tag, image, x, y, width, height) => {
      named(tag, () => doc.image(image as unknown as string, x, y, { width, height }));
    },
    mark: (text) => {
      const angle = Math.atan2(page.height, page.width);
      const wide = measure(type.bold, 1, text);
      const size = Math.min(180, (0.74 * Math.hypot(page.width, page.height)) / wide);
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const [back, down] = [(wide * size) / 2, size * 0.357];
      const x = page.width / 2 - back * cos + down * sin;
      const y = page.height / 2 - back * sin - down * cos;
      write(undefined, text, { weight: "bold", size, leading: size, grey: 0.91 }, [cos, sin, -sin, cos, x, y]);
    },
  };
}

function number(value: number): string {
  return String(Math.round(value * 1000) / 1000 || 0);
}

/** One BT ... ET. Every glyph of the line goes through one TJ, or viewers see gaps between words. */
function textOperators(face: Face, text: string, style: Style, matrix: readonly number[]): string {
  const parts: string[] = [];
  let run = "";
  let pending = 0;
  let rise = 0;
  const flush = (): void => {
    if (run) parts.push(`<${run}>`);
    run = "";
  };
  for (const glyph of text.split(/(?<= )/).flatMap((word) => glyphs(face, word))) {
    pending += glyph.right;
    if (Math.abs(pending) >= 0.0005) {
      flush();
      parts.push(number(-pending));
      pending = 0;
    }
    if (glyph.up !== rise) {
      flush();
      parts.push(`] TJ ${number((glyph.up * style.size) / 1000)} Ts [`);
      rise = glyph.up;
    }
    run += use(face.inner, glyph).toString(16).padStart(4, "0");
    pending += glyph.advance - glyph.width - glyph.right;
  }
  flush();
  const head = `BT ${number(style.grey)} g /${face.inner.id} ${number(style.size)} Tf ${matrix.map(number).join(" ")} Tm`;
  return `${head} [${parts.join(" ")}] TJ ET`;
}

/** Puts the glyph into the embedded subset; its number there. */
function use(inner: Embedded, glyph: Glyph): number {
  const id = inner.subset.includeGlyph(glyph.id);
  inner.widths[id] ??= glyph.width;
  inner.unicode[id] ??= glyph.says;
  return id;
}

// ---- strips: blocks measured, ready to be placed ----

/** A piece of the sheet as wide as the page. It is never cut; one that can be cut offers its pieces. */
type Strip = {
  readonly height: number;
  /** Space above it, unless it is the first on its page. */
  readonly above: number;
  /** Must not be the last on a page: it belongs to the strip after it. */
  readonly keep: boolean;
  /** Said again when a page begins with this strip. */
  readonly repeat: Strip | undefined;
  readonly pieces: (() => readonly Strip[]) | undefined;
  /** `again`: it was drawn before, so this time it is an artifact. */
  readonly draw: (pen: Pen, y: number, again: boolean) => void;
};

type Cell = {
  readonly lines: readonly string[];
  readonly x: number;
  readonly style: Style;
  readonly tag: Tag | undefined;
};

/** How a row stands, in points: space above, padding inside, a rule at its lower edge. */
type Setting = {
  readonly above?: number;
  readonly top?: number;
  readonly bottom?: number;
  readonly keep?: boolean;
  readonly repeat?: Strip;
  readonly rule?: { readonly thickness: number; readonly grey: number } | undefined;
};

/** What laying out needs at hand. `root` is where the structure tree grows. */
type Bench = { readonly doc: Doc; readonly type: Type; readonly root: Tag; readonly images: Images };

const hairline = { thickness: 0.4, grey: 0.55 };
const missing = "–";

/** Cells side by side, their first lines level. */
function row(cells: readonly Cell[], setting: Setting): Strip {
  const deep = Math.max(...cells.map((cell) => cell.lines.length));
  const leading = Math.max(...cells.map((cell) => cell.style.leading));
  const { above = 0, top = 0, bottom = 0, keep = false, repeat, rule } = setting;
  const height = top + deep * leading + bottom;
  const draw: Strip["draw"] = (pen, y, again) => {
    for (const cell of cells) {
      const baseline = y + top + leading / 2 + cell.style.size * 0.36;
      const tag = again ? undefined : cell.tag;
      for (const [index, line] of cell.lines.entries()) {
        pen.text(tag, line, cell.x, baseline + index * leading, cell.style);
      }
    }
    if (rule) pen.rule(page.side, y + height - rule.thickness, across, rule.thickness, rule.grey);
  };
  const pieces = deep > 1 ? () => cut(cells, setting, deep) : undefined;
  return { height, above, keep, repeat, pieces, draw };
}

/** The row line by line; its first two lines stay together, and its last two. */
function cut(cells: readonly Cell[], setting: Setting, deep: number): readonly Strip[] {
  return Array.from({ length: deep }, (_, index) => {
    const [first, last] = [index === 0, index === deep - 1];
    const lines = cells.map((cell) => ({ ...cell, lines: cell.lines.slice(index, index + 1) }));
    return row(lines, {
      ...setting,
      above: first ? (setting.above ?? 0) : 0,
      top: first ? (setting.top ?? 0) : 0,
      bottom: last ? (setting.bottom ?? 0) : 0,
      rule: last ? setting.rule : undefined,
      keep: last ? (setting.keep ?? false) : first || index === deep - 2,
    });
  });
}

function child(bench: Bench, parent: Tag, role: string, options: Record<string, string> = {}): Tag {
  const element = bench.doc.struct(role, options);
  parent.element.add(element);
  return { role, element };
}

/** A column of the page filled with text; an empty text is shown as a dash. */
function fill(bench: Bench, tag: Tag | undefined, style: Style, text: string, x = page.side, width = across): Cell {
  return { lines: wrap(bench.type, style, text.trim() === "" ? missing : text, width), x, style, tag };
}

function layOut(sheet: Sheet, bench: Bench): readonly Strip[] {
  const title = fill(bench, child(bench, bench.root, "H1"), styles.title, sheet.title);
  const strips: Strip[] = [row([title], { bottom: 6, rule: { thickness: 1.2, grey: 0 } })];
  for (let index = 0; index < sheet.blocks.length; index++) {
    const block = sheet.blocks[index];
    const next = sheet.blocks[index + 1];
    if (block?.kind === "picture" && next?.kind === "picture") {
      strips.push(...layPictures(bench, [block, next]));
      index++;
    } else if (block) strips.push(...layBlock(bench, block));
  }
  return strips;
}

function layBlock(bench: Bench, block: Block): readonly Strip[] {
  switch (block.kind) {
    case "heading":
      return layHeading(bench, block);
    case "paragraph":
      return layParagraph(bench, block);
    case "facts":
      return layFacts(bench, block);
    case "table":
      return layTable(bench, block);
    case "list":
      return layList(bench, block);
    default:
      return layPictures(bench, [block]);
  }
}

type Kind<K extends Block["kind"]> = Extract<Block, { readonly kind: K }>;

function layHeading(bench: Bench, { level, text }: Kind<"heading">): readonly Strip[] {
  const cell = (style: Style): Cell => fill(bench, child(bench, bench.root, `H${level + 1}`), style, text);
  if (level === 2) return [row([cell(styles.heading2)], { above: 12, bottom: 2, keep: true })];
  return [row([cell(styles.heading1)], { above: 20, bottom: 4, keep: true, rule: { thickness: 0.8, grey: 0 } })];
}

function layParagraph(bench: Bench, { text, tone }: Kind<"paragraph">): readonly Strip[] {
  if (text.trim() === "") return [];
  const style = tone === "strong" ? styles.strong : tone === "quiet" ? styles.quiet : styles.body;
  return flowing(row([fill(bench, child(bench, bench.root, "P"), style, text)], { above: 7 }));
}

/** A row that may break between any lines but its first and last two, even where it would fit on the next page. */
function flowing(strip: Strip): readonly Strip[] {
  return strip.pieces?.() ?? [strip];
}

function layFacts(bench: Bench, { rows }: Kind<"facts">): readonly Strip[] {
  const list = child(bench, bench.root, "L");
  const labels = Math.round(across * 0.3);
  return rows.map(({ label, value }, index) => {
    const item = child(bench, list, "LI");
    const [name, body] = [child(bench, item, "Lbl"), child(bench, child(bench, item, "LBody"), "P")];
    const left = fill(bench, name, styles.label, label, page.side, labels - page.gutter);
    const right = fill(bench, body, styles.body, value, page.side + labels, across - labels);
    return row([left, right], { above: index === 0 ? 5 : 0, top: 2, bottom: 2.5, rule: { thickness: 0.4, grey: 0.8 } });
  });
}

function layList(bench: Bench, { items }: Kind<"list">): readonly Strip[] {
  const list = child(bench, bench.root, "L");
  return items.flatMap((text, index) => {
    const item = child(bench, list, "LI");
    const bullet = fill(bench, child(bench, item, "Lbl"), styles.body, "•", page.side + 4, 10);
    const body = child(bench, child(bench, item, "LBody"), "P");
    const words = fill(bench, body, styles.body, text, page.side + 16, across - 16);
    return flowing(row([bullet, words], { above: index === 0 ? 6 : 3 }));
  });
}

function layTable(bench: Bench, { caption, head, widths, rows }: Kind<"table">): readonly Strip[] {
  const table = child(bench, bench.root, "Table");
  const columns = layColumns(widths, Math.max(head.length, ...rows.map((cells) => cells.length), 1));
  const strips: Strip[] = [];
  if (caption !== undefined && caption.trim() !== "") {
    strips.push(row([fill(bench, child(bench, table, "Caption"), styles.caption, caption)], { above: 14, keep: true }));
  }
  const line = (group: Tag, role: string, style: Style, texts: readonly string[]): readonly Cell[] => {
    const tr = child(bench, group, "TR");
    return columns.map(({ x, width }, index) => {
      const tag = child(bench, tr, role, role === "TH" ? { scope: "Column" } : {});
      return fill(bench, role === "TH" ? tag : child(bench, tag, "P"), style, texts[index] ?? "", x, width);
    });
  };
  const bold = { thickness: 0.8, grey: 0 };
  const names = line(child(bench, table, "THead"), "TH", styles.head, head);
  const first = row(names, { above: 3, top: 2, bottom: 3, keep: true, rule: bold });
  const again = first.height <= page.height / 5 ? { repeat: first } : {};
  const body = child(bench, table, "TBody");
  const lines = rows.map((texts) =>
    row(line(body, "TD", styles.cell, texts), { top: 2.5, bottom: 3, ...again, rule: hairline }),
  );
  return [...strips, first, ...lines];
}

/** Columns across the page with a gutter between them. A share that is missing or not above zero counts as the mean. */
function layColumns(
  widths: readonly number[],
  count: number,
): readonly { readonly x: number; readonly width: number }[] {
  const given = widths.slice(0, count).filter((share) => share > 0 && Number.isFinite(share));
  const mean = given.length === 0 ? 1 : given.reduce((sum, share) => sum + share, 0) / given.length;
  const shares = Array.from({ length: count }, (_, index) => {
    const share = widths[index] ?? 0;
    return share > 0 && Number.isFinite(share) ? share : mean;
  });
  const gutter = Math.min(page.gutter, across / count / 4);
  const free = across - gutter * (count - 1);
  // A share of next to nothing still gets room for a short word.
  const least = (shares.reduce((sum, share) => sum + share, 0) * Math.min(24, free / count)) / free;
  const fair = shares.map((share) => Math.max(share, least));
  const total = fair.reduce((sum, share) => sum + share, 0);
  let x = page.side;
  return fair.map((share) => {
    const column = { x, width: (free * share) / total };
    x += column.width + gutter;
    return column;
  });
}

/** One picture across the page, or two side by side; each with its caption below. */
function layPictures(bench: Bench, blocks: readonly Kind<"picture">[]): readonly Strip[] {
  const width = (across - page.gutter * (blocks.length - 1)) / blocks.length;
  const tallest = blocks.length === 1 ? 420 : 255;
  const shown = blocks.map((block, index) => {
    const image = bench.images(block.sha256);
    const x = page.side + index * (width + page.gutter);
    const scale = image ? Math.min(width / image.across, tallest / image.down, 1) : 0;
    const alt = sayHidden(block.alt.trim() || block.caption.trim() || missing);
    const tag = image && child(bench, bench.root, "Figure", { alt });
    return { block, image, tag, x, width: (image?.across ?? 0) * scale, height: (image?.down ?? 0) * scale };
  });
  const height = Math.max(...shown.map((picture) => picture.height));
  const draw: Strip["draw"] = (pen, y) => {
    for (const { image, tag, x, width, height } of shown) {
      if (image && tag) pen.image(tag, image, x, y, width, height);
      if (image) pen.frame(x, y, width, height);
    }
  };
  const captions = shown.map(({ block, image, x }) => {
    const words = block.caption.trim() || block.alt;
    const text = image ? words : `${words}\n${block.lost}`;
    return fill(bench, child(bench, bench.root, "P"), styles.quiet, text, x, width);
  });
  const below = row(captions, { above: height === 0 ? 10 : 4, bottom: 4 });
  if (height === 0) return [below];
  return [{ height, above: 12, keep: true, repeat: undefined, pieces: undefined, draw }, below];
}

// ---- placing: strips on pages ----

type Placed = { readonly strip: Strip; readonly y: number; readonly again: boolean };

/** The strips on as few pages as their keeping together allows, `room` points to a page. At least one page. */
function paginate(strips: readonly Strip[], room: number): readonly (readonly Placed[])[] {
  const queue = [...strips];
  const pages: Placed[][] = [[]];
  let y = 0;
  const place = (strip: Strip, again = false): void => {
    const placed = pages.at(-1) ?? [];
    if (placed.length > 0) y += strip.above;
    placed.push({ strip, y, again });
    y += strip.height;
  };
  const turn = (repeat: Strip | undefined): void => {
    pages.push([]);
    y = 0;
    if (repeat) place(repeat, true);
  };
  for (let index = 0; index < queue.length; ) {
    const group = together(queue, index);
    const [first] = group;
    if (!first) break;
    const tall = group.reduce((sum, strip, at) => sum + strip.height + (at === 0 ? 0 : strip.above), 0);
    const isFresh = (pages.at(-1) ?? []).every((placed) => placed.again);
    const fits = y + (y === 0 ? 0 : first.above) + tall <= room;
    const fitsNext = !isFresh && (first.repeat?.height ?? 0) + tall <= room;
    const long = group.findLastIndex((strip) => strip.pieces);
    if (fits || fitsNext) {
      if (!fits) turn(first.repeat);
      for (const strip of group) place(strip);
      index += group.length;
    } else if (long >= 0) {
      queue.splice(index + long, 1, ...(group[long]?.pieces?.() ?? []));
    } else {
      if (!isFresh && y + first.above + first.height > room) turn(first.repeat);
      place(first);
      index++;
    }
  }
  return pages;
}

/** The strip at `start` and all that must stand on the same page with it. */
function together(queue: readonly Strip[], start: number): readonly Strip[] {
  let end = start;
  while (queue[end]?.keep && end + 1 < queue.length) end++;
  return queue.slice(start, end + 1);
}

type Furniture = {
  readonly top: number;
  readonly bottom: number;
  readonly draw: (pen: Pen, number: number, count: number) => void;
};

/** What every page carries. Header and footer get two lines at most: they say again what the sheet says. */
function layFurniture(sheet: Sheet, type: Type): Furniture {
  const { small, smallStrong } = styles;
  const [mark = ""] = wrap(type, smallStrong, (sheet.mark ?? "").trim(), across / 2);
  const indent = mark === "" ? 0 : measure(type.bold, smallStrong.size, mark) + 8;
  const header = twoLines(wrap(type, small, sheet.header, across - indent - 10));
  const footer = twoLines(wrap(type, small, sheet.footer, across * 0.72));
  const top = page.top + header.length * small.leading + 3;
  const foot = page.height - page.bottom - footer.length * small.leading - 3;
  const lines = (pen: Pen, texts: readonly string[], x: number, y: number, style: Style): void => {
    for (const [at, text] of texts.entries()) pen.text(undefined, text, x, y + at * style.leading, style);
  };
  const draw = (pen: Pen, number: number, count: number): void => {
    if (mark !== "") pen.mark(mark);
    lines(pen, [mark], page.side, page.top + 7.5, smallStrong);
    lines(pen, header, page.side + indent, page.top + 7.5, small);
    pen.rule(page.side, top, across, 0.4, 0.55);
    pen.rule(page.side, foot, across, 0.4, 0.55);
    lines(pen, footer, page.side, foot + 12, small);
    const words = sheet.pageWords.replaceAll("{pages}", String(count)).replaceAll("{page}", String(number));
    const [said = ""] = wrap(type, small, words, across * 0.25);
    const x = page.width - page.side - measure(type.regular, small.size, said);
    lines(pen, [said], x, foot + 12, small);
  };
  return { top: top + 16, bottom: foot - 10, draw };
}

function twoLines(lines: readonly string[]): readonly string[] {
  const [first = "", second = ""] = lines;
  return lines.length > 2 ? [first, `${second} …`] : lines;
}

// ---- pictures ----

/** An opened picture as it will stand: `across` and `down` in its own pixels, turned the way it was taken. */
type Image = { readonly across: number; readonly down: number; readonly width: number; readonly height: number };
type Images = (sha256: string) => Image | undefined;

/** Opens each picture once; undefined for one that is missing or cannot be read. */
function openImages(doc: Doc, pictures: ReadonlyMap<string, Uint8Array>): Images {
  const opened = new Map<string, Image | undefined>();
  return (sha256) => {
    const bytes = pictures.get(sha256);
    if (!bytes) return undefined;
    if (!opened.has(sha256)) opened.set(sha256, openImage(doc, bytes, `P${opened.size + 1}`));
    return opened.get(sha256);
  };
}

function openImage(doc: Doc, bytes: Uint8Array, label: string): Image | undefined {
  try {
    return bytes[0] === 0xff ? openJpeg(doc, bytes) : openPng(bytes, label);
  } catch {
    return undefined; // said on the page, with the picture's hash
  }
}

type Jpeg = { data: Uint8Array; readonly width: number; readonly height: number; readonly orientation: number };

function openJpeg(doc: Doc, bytes: Uint8Array): Image {
  const pixels = stripJpeg(bytes);
  const jpeg = inside(doc).openImage(bytes); // reads the orientation, which the stripped bytes no longer tell
  if (!(jpeg.width > 0 && jpeg.height > 0)) throw new Error("no size");
  jpeg.data = pixels;
  const isTurned = jpeg.orientation > 4;
  const [across, down] = isTurned ? [jpeg.height, jpeg.width] : [jpeg.width, jpeg.height];
  return Object.assign(jpeg, { across, down });
}

/** pdfkit's own reader decodes a PNG in the background, in no fixed order, and a broken one would end the program. */
function openPng(bytes: Uint8Array, label: string): Image {
  const { width, height, rgb } = readPng(bytes);
  return ownImage(label, width, height, { ColorSpace: "DeviceRGB", BitsPerComponent: 8 }, deflateSync(rgb));
}

/** What `doc.image` takes for an opened picture: `embed` is called once, when it is first drawn. */
function ownImage(label: string, width: number, height: number, how: object, data: Uint8Array): Image {
  const image = { label, width, height, across: width, down: height, orientation: 1, obj: undefined as unknown };
  const embed = (doc: Doc): void => {
    const fixed = { Type: "XObject", Subtype: "Image", Width: width, Height: height, Filter: "FlateDecode" };
    const object = inside(doc).ref({ ...fixed, ...how });
    object.end(data);
    image.obj = object;
  };
  return Object.assign(image, { embed });
}
