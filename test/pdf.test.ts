import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Block, Sheet } from "../src/core/sheet-blocks.ts";
import { renderPdf } from "../src/shell/pdf.ts";
import { type PageRead, readPdf, readWords, type Shot, unpackPdf } from "./support/pdf-text.ts";

const none: ReadonlyMap<string, Uint8Array> = new Map();

function sheetOf(blocks: readonly Block[], more: Partial<Sheet> = {}): Sheet {
  return {
    title: "Report",
    language: "en-US",
    header: "Incident 2026-1123-K7QF",
    footer: "What the desk saw",
    pageWords: "page {page} of {pages}",
    made: "2026-11-23T14:42:10-05:00",
    blocks,
    ...more,
  };
}

const paragraph = (text: string): Block => ({ kind: "paragraph", text });
const heading = (text: string): Block => ({ kind: "heading", level: 1, text });

/** Rows whose every word is its own: w<row>x<column>x<word>. */
function tableOf(rows: number, wordsIn: (row: number, column: number) => number): Extract<Block, { kind: "table" }> {
  const cell = (row: number, column: number): string =>
    Array.from({ length: wordsIn(row, column) }, (_, word) => `w${row}x${column}x${word}`).join(" ");
  const body = Array.from({ length: rows }, (_, row) => [0, 1, 2].map((column) => cell(row, column)));
  return {
    kind: "table",
    caption: "Journal",
    head: ["HeadOne", "HeadTwo", "HeadThree"],
    widths: [1, 4, 2],
    rows: body,
  };
}

const tokens = (text: string): readonly string[] => text.match(/w\d+x\d+x\d+/g) ?? [];
const squeeze = (text: string): string => text.replace(/\s+/g, "");
const isDark = (rgb: readonly number[]): boolean => rgb.every((value) => value < 190);

/** Dark pixels outside the side margins or past the footer: something ran off. The pale mark is not dark. */
async function inkOutside(page: PageRead | undefined): Promise<number> {
  if (!page) return -1;
  const shot = await page.shot();
  let found = 0;
  for (let y = 0; y < shot.height; y++) {
    for (let x = 0; x < shot.width; x++) {
      const isInside = x >= 52 && x <= 560 && y >= 36 && y <= 760;
      if (!isInside && isDark(shot.at(x, y))) found++;
    }
  }
  return found;
}

describe("each block prints its words", () => {
  const cases: readonly (readonly [Block, readonly string[]])[] = [
    [{ kind: "heading", level: 1, text: "The agents" }, ["The agents"]],
    [{ kind: "heading", level: 2, text: "The first one" }, ["The first one"]],
    [{ kind: "paragraph", text: "They left by the front door." }, ["They left by the front door."]],
    [{ kind: "paragraph", text: "Not changed.", tone: "strong" }, ["Not changed."]],
    [{ kind: "paragraph", text: "Profile: counsel", tone: "quiet" }, ["Profile: counsel"]],
    [{ kind: "facts", rows: [{ label: "Agency", value: "said: ICE" }] }, ["Agency", "said: ICE"]],
    [{ kind: "facts", rows: [{ label: "Badge", value: "" }] }, ["Badge –"]],
    [{ kind: "facts", rows: [{ label: "Told", value: "one\ntwo" }] }, ["one two"]],
    [tableOf(2, () => 2), ["Journal", "HeadOne HeadTwo HeadThree", "w0x0x0 w0x0x1", "w1x2x1"]],
    [{ kind: "table", caption: "", head: ["A"], widths: [], rows: [["one", "two", "three"]] }, ["one", "two", "three"]],
    [
      { kind: "table", caption: "None yet", head: ["Time", "What"], widths: [1, 2], rows: [] },
      ["None yet", "Time What"],
    ],
    [{ kind: "list", items: ["first thing", "second thing"] }, ["• first thing", "• second thing"]],
    [
      {
        kind: "picture",
        sha256: "ab12",
        alt: "a paper",
        caption: "Page one",
        lost: "[picture could not be shown: SHA-256 ab12]",
      },
      ["Page one", "could not be shown", "ab12"],
    ],
    [
      {
        kind: "picture",
        sha256: "ab12",
        alt: "a paper",
        caption: "",
        lost: "[picture could not be shown: SHA-256 ab12]",
      },
      ["a paper"],
    ],
  ];
  test.each(cases)("%o", async (block, words) => {
    const found = await readWords(await renderPdf(sheetOf([block]), none));
    for (const word of words) expect(found).toContain(word);
  });
});

describe("every page", () => {
  const long = [heading("Long"), tableOf(90, () => 4)];

  test("has the header, the footer and its number", async () => {
    const pages = await readPdf(await renderPdf(sheetOf(long), none));
    expect(pages.length).toBeGreaterThan(2);
    for (const [index, { text }] of pages.entries()) {
      expect(text).toContain("Incident 2026-1123-K7QF");
      expect(text).toContain("What the desk saw");
      expect(text).toContain(`page ${index + 1} of ${pages.length}`);
    }
  });

  test("has the mark, in words and in large pale letters", async () => {
    const marked = await readPdf(await renderPdf(sheetOf(long, { mark: "DRILL" }), none));
    const plain = await readPdf(await renderPdf(sheetOf(long), none));
    expect(marked.length).toBe(plain.length);
    const pale = async (page: PageRead | undefined): Promise<number> =>
      page ? count(await page.shot(), (rgb) => rgb.every((value) => value > 220 && value < 240)) : 0;
    for (const [index, page] of marked.entries()) {
      expect(page.text).toContain("DRILL Incident 2026-1123-K7QF");
      expect(squeeze(page.text).match(/D\W*R\W*I\W*L\W*L/g)?.length).toBe(2);
      expect((await pale(page)) - (await pale(plain[index]))).toBeGreaterThan(20_000);
    }
  });

  test("keeps a long header, footer and mark inside the page", async () => {
    const words = "very long words indeed ".repeat(400);
    const sheet = sheetOf([paragraph("body")], { header: words, footer: words, mark: words, pageWords: words });
    const [page] = await readPdf(await renderPdf(sheet, none));
    expect(page?.text).toContain("body");
    expect(await inkOutside(page)).toBe(0);
  });

  test("there is one, when the sheet is empty", async () => {
    const pages = await readPdf(
      await renderPdf(sheetOf([], { title: "", header: "", footer: "", pageWords: "" }), none),
    );
    expect(pages.length).toBe(1);
  });
});

function count(shot: Shot, wanted: (rgb: readonly number[]) => boolean): number {
  let found = 0;
  for (let y = 0; y < shot.height; y++) for (let x = 0; x < shot.width; x++) if (wanted(shot.at(x, y))) found++;
  return found;
}

describe("tables over pages", () => {
  test.each([
    ["even rows", 150, () => 3],
    ["uneven rows", 90, (row: number, column: number) => 1 + ((row * 7 + column * 13) % 37)],
    ["rows longer than a page", 4, (row: number) => (row % 2 === 0 ? 900 : 3)],
    ["one row that just fills a page", 3, (row: number) => (row === 1 ? 196 : 2)],
  ])("%s: every word once, the header on every page", async (_, rows, wordsIn) => {
    const table = tableOf(rows, wordsIn);
    const pages = await readPdf(await renderPdf(sheetOf([heading("Long"), table]), none));
    expect(pages.flatMap(({ text }) => tokens(text)).sort()).toEqual(table.rows.flat().flatMap(tokens).sort());
    for (const page of pages) {
      expect(page.text.replace(/\s+/g, " ")).toContain("HeadOne HeadTwo HeadThree");
      expect(await inkOutside(page)).toBe(0);
    }
    if (rows > 50) expect(pages.length).toBeGreaterThanOrEqual(5);
  });

  test("a row that fits on a page is never cut", async () => {
    const table = tableOf(60, (row) => 5 + ((row * 11) % 40));
    const pages = await readPdf(await renderPdf(sheetOf([table]), none));
    const rowsOn = pages.map(({ text }) => new Set(tokens(text).map((token) => token.split("x")[0])));
    expect(rowsOn.reduce((sum, rows) => sum + rows.size, 0)).toBe(60);
  });

  test.each(Array.from({ length: 30 }, (_, lines) => lines + 20))(
    "after %i lines a heading is not left alone, nor a caption with its header row",
    async (lines) => {
      const filler = { kind: "list", items: Array.from({ length: lines }, (_, line) => `line ${line}`) } as const;
      const blocks = [
        filler,
        heading("Alone"),
        { kind: "heading", level: 2, text: "Lonely" } as const,
        tableOf(1, () => 3),
      ];
      const pages = await readPdf(await renderPdf(sheetOf(blocks), none));
      const holder = pages.find(({ text }) => text.includes("Alone"));
      for (const word of ["Lonely", "Journal", "HeadOne", "w0x0x0"]) expect(holder?.text).toContain(word);
    },
  );
});

describe("words that are hard to print", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["Chinese", "王小明", "[U+738B][U+5C0F][U+660E]"],
    ["Arabic", "محمد", "[U+0645][U+062D][U+0645][U+062F]"],
    ["emoji with joiners", "👩‍👧", "[U+1F469][U+200D][U+1F467]"],
    ["keycap", "1\uFE0F\u20E3", "1[U+FE0F][U+20E3]"],
    ["control characters", "a\u0007b\u0000c\u001b[31m", "a[U+0007]b[U+0000]c[U+001B][31m"],
    ["bidi override", "txt\u202Egnp.exe", "txt[U+202E]gnp.exe"],
    ["nothing to see", "a\u200Bb\u00ADc\uFEFFd\u2060e", "a[U+200B]b[U+00AD]c[U+FEFF]d[U+2060]e"],
    ["half a pair", "a\uD83Db", "a[U+D83D]b"],
    ["private use", "\uE000", "[U+E000]"],
    ["a tab", "a\tb", "a b"],
    ["composed and not", "Ünal U\u0308nal", "Ünal Ünal"],
    ["Latin, Greek, Cyrillic", "Żółć Đặng Ωμέγα Иванов", "Żółć Đặng Ωμέγα Иванов"],
    ["marks in a heap", `a${"\u0334".repeat(5)}`, "[U+0334][U+0334]"],
    ["a mark on what cannot be printed", "王\u0301", "[U+738B][U+0301]"],
    ["a mark on nothing", "\u0301x", "[U+0301]x"],
  ];
  test.each(cases)("%s", async (_, text, printed) => {
    const sheet = sheetOf([{ kind: "facts", rows: [{ label: "Quoted", value: text }] }]);
    expect(squeeze(await readWords(await renderPdf(sheet, none)))).toContain(squeeze(printed));
  });

  test("a line break in a value breaks the line", async () => {
    const [page] = await readPdf(await renderPdf(sheetOf([paragraph("one\ntwo\r\nthree\rfour\u2028five")]), none));
    for (const word of ["one", "two", "three", "four", "five"]) expect(page?.text.split(/\r?\n/)).toContain(word);
  });

  const everywhere = (text: string): Sheet =>
    sheetOf(
      [
        { kind: "heading", level: 1, text },
        { kind: "heading", level: 2, text },
        paragraph(text),
        { kind: "facts", rows: [{ label: text, value: text }] },
        { kind: "table", caption: text, head: [text, text], widths: [0.05, 3], rows: [[text, text], [text]] },
        { kind: "list", items: [text] },
        {
          kind: "picture",
          sha256: text,
          alt: text,
          caption: text,
          lost: `[picture could not be shown: SHA-256 ${text}]`,
        },
      ],
      { title: text, header: text, footer: text, mark: text, pageWords: text, language: "en" },
    );

  test.each([
    ["nothing", ""],
    ["spaces", "   "],
    ["one word of 500 letters", "x".repeat(500)],
    ["10,000 letters", "abcde".repeat(2000)],
    ["10,000 letters in words", "abcd ".repeat(2000)],
    ["1,000 Chinese letters", "王".repeat(1000)],
    ["only line breaks", "\n\n\n"],
    ["only bad things", "\u0000\u202E\uD800\u{10FFFF}"],
  ])("%s, everywhere: prints, and inside the page", async (_, text) => {
    const pages = await readPdf(await renderPdf(everywhere(text), none));
    for (const page of [...pages.slice(0, 4), ...pages.slice(-2)]) expect(await inkOutside(page)).toBe(0);
  });

  test("anything at all, everywhere: never throws, loses no visible letter", async () => {
    const text = fc.string({ unit: "binary", maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, async (text) => {
        await renderPdf(everywhere(text), none);
        const found = squeeze(await readWords(await renderPdf(sheetOf([paragraph(`begin ${text} end`)]), none)));
        for (const char of text.match(/[A-Za-z0-9\p{Script=Han}\p{Emoji_Presentation}]/gu) ?? []) {
          const name = `[U+${char.codePointAt(0)?.toString(16).toUpperCase()}]`;
          expect(found.includes(char) || found.includes(name)).toBe(true);
        }
      }),
      { numRuns: process.env["THRESHOLD_LONG"] ? 400 : 40, seed: 20261123 },
    );
  });
});

describe("the same sheet gives the same bytes", () => {
  const sheet = sheetOf([heading("Ärger & <b>"), tableOf(40, () => 5), paragraph("हिन्दी 王 a\u0323\u0302")], {
    mark: "DRILL",
  });
  const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

  test("twice in one program, with other sheets between", async () => {
    const first = hash(await renderPdf(sheet, none));
    await renderPdf(sheetOf([paragraph("\u00A0 other — words’")]), none);
    expect(hash(await renderPdf(sheet, none))).toBe(first);
  });

  test.each([
    ["Asia/Kolkata", "tr_TR.UTF-8"],
    ["America/New_York", "ar_EG.UTF-8"],
    ["UTC", "C"],
  ])("in a program of its own under %s, %s", async (zone, locale) => {
    const script = [
      'import { createHash } from "node:crypto";',
      'import { renderPdf } from "./src/shell/pdf.ts";',
      'const bytes = await renderPdf(JSON.parse(process.env["SHEET"]), new Map());',
      'process.stdout.write(createHash("sha256").update(bytes).digest("hex"));',
    ].join("\n");
    const env = { ...process.env, TZ: zone, LANG: locale, LC_ALL: locale, SHEET: JSON.stringify(sheet) };
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], { env, encoding: "utf8" });
    expect(printed).toBe(hash(await renderPdf(sheet, none)));
  });

  test("with pictures, whatever order they are given in", async () => {
    const given: readonly (readonly [string, Uint8Array])[] = [
      ["one", png({ colour: 6, depth: 8, pixel: [200, 0, 0, 128] })],
      ["two", jpeg(1)],
      ["three", png({ colour: 2, depth: 8, pixel: [0, 90, 0] })],
    ];
    const pictures = sheetOf(
      given.map(
        ([sha256]) =>
          ({
            kind: "picture",
            sha256,
            alt: "",
            caption: sha256,
            lost: `[picture could not be shown: SHA-256 ${sha256}]`,
          }) as const,
      ),
    );
    const one = hash(await renderPdf(pictures, new Map(given)));
    for (let round = 0; round < 10; round++)
      expect(hash(await renderPdf(pictures, new Map(given.toReversed())))).toBe(one);
  });

  test.each(["2026-11-23T14:42:10", "2026-11-23", "soon", ""])(
    "a time without an offset is refused: %s",
    async (made) => {
      await expect(renderPdf(sheetOf([], { made }), none)).rejects.toThrow("sheet.made");
    },
  );
});

describe("inside the file", () => {
  test("fonts are embedded, and no glyph is the missing one", async () => {
    const file = unpackPdf(await renderPdf(sheetOf([tableOf(5, () => 9), paragraph("王\u0007 हिन्दी")]), none));
    expect(file.match(/\/FontFile2/g)?.length).toBe(2);
    expect(file).not.toMatch(/Helvetica|Times|Courier/);
    const lines = file.match(/\[[^\]]*\] TJ/g) ?? [];
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines)
      for (const [, run = ""] of line.matchAll(/<([0-9a-f]*)>/g)) expect(run.match(/.{4}/g)).not.toContain("0000");
  });

  test("all ink is tagged or an artifact", async () => {
    const blocks = [
      tableOf(60, () => 6),
      {
        kind: "picture",
        sha256: "p",
        alt: "a paper",
        caption: "Paper",
        lost: "[picture could not be shown: SHA-256 p]",
      } as const,
    ];
    const bytes = await renderPdf(sheetOf(blocks, { mark: "DRILL" }), new Map([["p", jpeg(6)]]));
    const file = unpackPdf(bytes);
    expect(file).toContain("/StructTreeRoot");
    for (const role of ["H1", "Table", "Caption", "THead", "TBody", "TR", "TH", "TD", "Figure"])
      expect(file).toContain(`/S /${role}\n`);
    expect(file).toContain("/Alt (a paper)");
    expect(file.match(/\/TH <</g)?.length).toBe(3); // said again on later pages, but as furniture
    let depth = 0;
    for (const operator of file.match(/\b(BDC|EMC|TJ|re f|re S|Do)\b/g) ?? []) {
      if (operator === "BDC") depth++;
      else if (operator === "EMC") depth--;
      else expect(depth).toBe(1);
    }
    expect(depth).toBe(0);
  });

  test("title, language, dates and maker", async () => {
    const title = "Smith & Sons <i>\u202E \u0007";
    const file = unpackPdf(await renderPdf(sheetOf([], { title, language: "es-US" }), none));
    expect(file).toContain("%PDF-1.7");
    expect(file).toContain("/Lang (es-US)");
    expect(file).toContain("Smith & Sons <i>[U+202E] [U+0007]");
    expect(file).toContain("Smith &amp; Sons &lt;i&gt;[U+202E] [U+0007]");
    expect(file).toContain("(D:20261123194210Z)");
    expect(file).toContain("<xmp:CreateDate>2026-11-23T19:42:10Z</xmp:CreateDate>");
    expect(file).toContain("<pdf:Producer>Threshold</pdf:Producer>");
    expect(file).not.toContain("PDFKit");
  });
});

describe("pictures", () => {
  const show = async (bytes: Uint8Array): Promise<Uint8Array> =>
    renderPdf(
      sheetOf([
        { kind: "picture", sha256: "p", alt: "", caption: "Paper", lost: "[picture could not be shown: SHA-256 p]" },
      ]),
      new Map([["p", bytes]]),
    );

  test("a JPEG gives up nothing but its pixels", async () => {
    const bytes = Buffer.from(jpeg(6)).toString("latin1");
    for (const secret of ["GPS-40.6892N", "COMMENT-owner", "XMP-serial", "AFTER-THE-END", "Exif"])
      expect(bytes).toContain(secret);
    const file = unpackPdf(await show(jpeg(6)));
    for (const secret of ["GPS-40.6892N", "COMMENT-owner", "XMP-serial", "AFTER-THE-END", "Exif"])
      expect(file).not.toContain(secret);
    expect(file).toContain("/DCTDecode");
  });

  test("a PNG gives up nothing but its pixels", async () => {
    for (const colour of [2, 6]) {
      const file = unpackPdf(await show(png({ colour, depth: 8, pixel: [9, 9, 9, 255] })));
      expect(file).not.toContain("GPS-40.6892N");
    }
  });

  // Where the grey half lies, seen from the black half, for each EXIF orientation.
  const turned = [
    [1, [1, 0]],
    [2, [-1, 0]],
    [3, [-1, 0]],
    [4, [1, 0]],
    [5, [0, 1]],
    [6, [0, 1]],
    [7, [0, -1]],
    [8, [0, -1]],
  ] as const;
  test.each(turned)("a JPEG taken with orientation %i stands upright", async (orientation, [dx, dy]) => {
    const [page] = await readPdf(await show(jpeg(orientation)));
    const shot = await page?.shot(4);
    const black = shot && findBlock(shot, 28, (value) => value < 30);
    const grey = shot && findBlock(shot, 28, (value) => value > 100 && value < 150);
    expect(black && grey && [Math.sign(closeTo(grey[0] - black[0])), Math.sign(closeTo(grey[1] - black[1]))]).toEqual([
      dx,
      dy,
    ]);
  });

  const kinds: readonly (readonly [string, Parameters<typeof png>[0], readonly number[]])[] = [
    ["RGB", { colour: 2, depth: 8, pixel: [200, 100, 50] }, [200, 100, 50]],
    ["RGB, 16 bits", { colour: 2, depth: 16, pixel: [200, 0, 100, 0, 50, 0] }, [200, 100, 50]],
    ["grey", { colour: 0, depth: 8, pixel: [120] }, [120, 120, 120]],
    ["one bit", { colour: 0, depth: 1, pixel: [0] }, [0, 0, 0]],
    ["palette", { colour: 3, depth: 8, pixel: [1], palette: [0, 0, 0, 200, 100, 50] }, [200, 100, 50]],
    ["half seen through", { colour: 6, depth: 8, pixel: [200, 100, 50, 51] }, [244, 224, 214]],
    [
      "half seen through, 16 bits",
      { colour: 6, depth: 16, pixel: [200, 200, 100, 100, 50, 50, 51, 51] },
      [244, 224, 214],
    ],
    ["grey and alpha", { colour: 4, depth: 8, pixel: [100, 128] }, [177, 177, 177]],
    [
      "palette and alpha",
      { colour: 3, depth: 8, pixel: [1], palette: [0, 0, 0, 200, 100, 50], clear: [255, 51] },
      [244, 224, 214],
    ],
    [
      "palette of 4 bits and alpha",
      { colour: 3, depth: 4, pixel: [0x11], palette: [0, 0, 0, 200, 100, 50], clear: [255, 51] },
      [244, 224, 214],
    ],
    ["a colour that is clear", { colour: 2, depth: 8, pixel: [1, 2, 3], clear: [0, 9, 0, 2, 0, 3] }, [1, 2, 3]],
    ["in passes", { colour: 2, depth: 8, pixel: [200, 100, 50], passes: true }, [200, 100, 50]],
  ];
  const filters = [0, 1, 2, 3, 4];
  test.each(kinds.flatMap((kind) => filters.map((filter) => [kind[0], filter, kind[1], kind[2]] as const)))(
    "PNG: %s, filter %i",
    async (_, filter, how, rgb) => {
      const [page] = await readPdf(await show(png({ ...how, filter })));
      const close = (found: readonly number[]): boolean =>
        found.every((value, at) => Math.abs(value - (rgb[at] ?? 0)) <= 2);
      expect(page && count(await page.shot(), close)).toBeGreaterThan(1800);
    },
  );

  test.each([
    ["RGB", { colour: 2, depth: 8, pixel: [200, 100, 50], clear: [0, 200, 0, 100, 0, 50] }],
    ["grey", { colour: 0, depth: 8, pixel: [120], clear: [0, 120] }],
    ["alpha", { colour: 6, depth: 8, pixel: [200, 100, 50, 0] }],
  ] as const)("PNG: what is clear shows the paper: %s", async (_, how) => {
    const [page] = await readPdf(await show(png(how)));
    const isInk = (found: readonly number[]): boolean =>
      how.pixel.every((value, at) => at === 3 || found[at] === value);
    expect(page && count(await page.shot(), isInk)).toBeLessThan(100);
  });

  const broken: readonly (readonly [string, Uint8Array])[] = [
    ["nothing", new Uint8Array()],
    ["words", Buffer.from("this is not a picture at all, only words")],
    ["the start of a JPEG", jpeg(1).subarray(0, 40)],
    ["a JPEG without a frame", Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)],
    ["a JPEG of 12 bits", patch(jpeg(1), [0xff, 0xc0], 4, 12)],
    ["a JPEG of no height", patch(jpeg(1), [0xff, 0xc0], 6, 0)],
    ["a lossless JPEG", patch(jpeg(1), [0xff, 0xc0], 1, 0xc3)],
    ["the start of a PNG", png({ colour: 6, depth: 8, pixel: [1, 2, 3, 4] }).subarray(0, 60)],
    [
      "a PNG of an endless chunk",
      patch(png({ colour: 2, depth: 8, pixel: [1, 2, 3] }), [0x49, 0x44, 0x41, 0x54], -4, 0x7f),
    ],
    [
      "a PNG with less in it than it says",
      patch(png({ colour: 2, depth: 8, pixel: [1, 2, 3] }), [0x49, 0x48, 0x44, 0x52], 11, 200),
    ],
    ["a PNG of no width", patch(png({ colour: 2, depth: 8, pixel: [1, 2, 3] }), [0x49, 0x48, 0x44, 0x52], 7, 0)],
    ["a PNG too large", patch(png({ colour: 2, depth: 8, pixel: [1, 2, 3] }), [0x49, 0x48, 0x44, 0x52], 4, 0x7f)],
    ["a PNG of an unknown filter", png({ colour: 2, depth: 8, pixel: [1, 2, 3], filter: 9 })],
    ["a clear PNG of an unknown filter", png({ colour: 6, depth: 8, pixel: [1, 2, 3, 4], filter: 9 })],
    ["a PNG without its palette", png({ colour: 3, depth: 8, pixel: [1] })],
    ["a GIF", Buffer.from("GIF89a\u0001\u0000\u0001\u0000", "latin1")],
  ];
  test.each(broken)("%s: the page says that it could not be shown", async (_, bytes) => {
    const words = await readWords(await show(bytes));
    expect(words).toContain("Paper [picture could not be shown: SHA-256 p]");
  });

  test("several stand on one page, each with its caption, one used twice", async () => {
    const picture = (sha256: string, caption: string): Block => ({
      kind: "picture",
      sha256,
      alt: caption,
      caption,
      lost: caption,
    });
    const blocks = ["one", "two", "three", "four"].map((caption, index) =>
      picture(index % 2 === 0 ? "a" : "b", caption),
    );
    const tall = png({ colour: 2, depth: 8, pixel: [0, 0, 200], width: 600, height: 800 });
    const bytes = await renderPdf(
      sheetOf([heading("Pictures"), ...blocks]),
      new Map([
        ["a", tall],
        ["b", jpeg(1)],
      ]),
    );
    const pages = await readPdf(bytes);
    expect(pages.length).toBe(1);
    for (const word of ["one", "two", "three", "four"]) expect(pages[0]?.text).toContain(word);
    expect(unpackPdf(bytes).match(/\/Subtype \/Image/g)?.length).toBe(2);
  });
});

/** Less than a few pixels is no distance. */
const closeTo = (distance: number): number => (Math.abs(distance) < 6 ? 0 : distance);

/** Top left of the first square of pixels that are all so; text never makes one. */
function findBlock(
  shot: Shot,
  side: number,
  wanted: (value: number) => boolean,
): readonly [number, number] | undefined {
  const is = (x: number, y: number): boolean => shot.at(x, y).every(wanted);
  const isBlock = (x: number, y: number): boolean => {
    for (let dy = 0; dy < side; dy++) for (let dx = 0; dx < side; dx++) if (!is(x + dx, y + dy)) return false;
    return true;
  };
  for (let y = 0; y < shot.height - side; y++) {
    for (let x = 0; x < shot.width - side; x++) if (is(x, y) && isBlock(x, y)) return [x, y];
  }
  return undefined;
}

/** Sixteen by eight pixels, the left half black and the right half grey, with everything a camera tells on its owner. */
function jpeg(orientation: number): Uint8Array {
  const segment = (marker: number, body: Uint8Array): Buffer =>
    Buffer.concat([Uint8Array.of(0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255), body]);
  const tiff = Buffer.from([
    0x49,
    0x49,
    42,
    0,
    8,
    0,
    0,
    0,
    1,
    0,
    0x12,
    1,
    3,
    0,
    1,
    0,
    0,
    0,
    orientation,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ]);
  const table = (kind: number, value: number): Buffer =>
    segment(0xc4, Uint8Array.of(kind, 1, ...new Uint8Array(15), value));
  return Buffer.concat([
    Uint8Array.of(0xff, 0xd8),
    segment(0xe0, Buffer.from("JFIF\0\x01\x01\x00\x00\x01\x00\x01\x00\x00", "latin1")),
    segment(0xe1, Buffer.concat([Buffer.from("Exif\0\0"), tiff, Buffer.from("GPS-40.6892N")])),
    segment(0xe1, Buffer.from("http://ns.adobe.com/xap/1.0/\0XMP-serial")),
    segment(0xfe, Buffer.from("COMMENT-owner")),
    segment(0xdb, Uint8Array.of(0, ...new Uint8Array(64).fill(128))),
    segment(0xc0, Uint8Array.of(8, 0, 8, 0, 16, 1, 1, 0x11, 0)),
    table(0x00, 4),
    table(0x10, 0),
    segment(0xda, Uint8Array.of(1, 1, 0, 0, 63, 0)),
    Uint8Array.of(0x39, 0x0f, 0xff, 0xd9),
    Buffer.from("AFTER-THE-END"),
  ]);
}

type PngOptions = {
  readonly colour: number;
  readonly depth: number;
  /** The bytes of one pixel; for less than 8 bits the byte that fills the line. */
  readonly pixel: readonly number[];
  readonly palette?: readonly number[];
  readonly clear?: readonly number[];
  readonly filter?: number;
  readonly passes?: boolean;
  readonly width?: number;
  readonly height?: number;
};

/** A PNG of one colour, with a text chunk that must not travel. */
function png(how: PngOptions): Uint8Array {
  const { width = 80, height = 60 } = how;
  const chunk = (name: string, body: Uint8Array): Buffer => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(body.length);
    return Buffer.concat([size, Buffer.from(name), body, Buffer.alloc(4)]);
  };
  const start = Buffer.alloc(13);
  start.writeUInt32BE(width, 0);
  start.writeUInt32BE(height, 4);
  start.set([how.depth, how.colour, 0, 0, how.passes ? 1 : 0], 8);
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10),
    chunk("IHDR", start),
    chunk("tEXt", Buffer.from("Location\0GPS-40.6892N")),
    ...(how.palette ? [chunk("PLTE", Uint8Array.from(how.palette))] : []),
    ...(how.clear ? [chunk("tRNS", Uint8Array.from(how.clear))] : []),
    chunk("IDAT", deflateSync(Buffer.concat(pngLines(how, width, height)))),
    chunk("IEND", new Uint8Array()),
  ]);
}

function pngLines(how: PngOptions, width: number, height: number): readonly Uint8Array[] {
  const passes = how.passes
    ? ([
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
      ] as const)
    : ([[0, 0, 1, 1]] as const);
  return passes.flatMap(([x, y, dx, dy]) => {
    const wide = Math.ceil((width - x) / dx);
    const size = how.depth < 8 ? Math.ceil((wide * how.depth) / 8) : wide * how.pixel.length;
    // Ten lines of noise after every ten of the colour, so that a filter undone wrongly is seen.
    const line = (row: number): Uint8Array =>
      Uint8Array.from(
        { length: size },
        (_, at) => (isNoise(how, row) ? (at * 7919 + row * 104729) % 251 : how.pixel[at % how.pixel.length]) ?? 0,
      );
    const rows = Math.ceil((height - y) / dy);
    return Array.from({ length: rows }, (_, row) => {
      const above = row === 0 ? new Uint8Array(size) : line(row - 1);
      return pngFilter(line(row), above, how.filter ?? 0, how.depth < 8 ? 1 : how.pixel.length);
    });
  });
}

function isNoise(how: PngOptions, row: number): boolean {
  return !how.passes && !how.palette && how.depth >= 8 && row % 20 >= 10;
}

function pngFilter(line: Uint8Array, above: Uint8Array, filter: number, step: number): Uint8Array {
  const out = line.map((value, at) => {
    const left = at < step ? 0 : (line[at - step] ?? 0);
    const up = above[at] ?? 0;
    const corner = at < step ? 0 : (above[at - step] ?? 0);
    const distance = (to: number): number => Math.abs(left + up - corner - to);
    const nearest = [left, up, corner].reduce((best, next) => (distance(next) < distance(best) ? next : best));
    return value - ([0, left, up, (left + up) >> 1, nearest][filter] ?? 0);
  });
  return Uint8Array.of(filter, ...out);
}

/** The bytes with one changed, `offset` from where `after` is found. */
function patch(bytes: Uint8Array, after: readonly number[], offset: number, value: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[copy.indexOf(Buffer.from(after)) + offset] = value;
  return copy;
}
