import { inflateSync } from "node:zlib";
import { PDFiumLibrary } from "@hyzyla/pdfium";

// Reads a PDF back the way Chrome does, and looks inside it where words and pixels do not tell.

export type Shot = { readonly width: number; readonly height: number; at(x: number, y: number): readonly number[] };
export type PageRead = { readonly text: string; shot(scale?: number): Promise<Shot> };

let opened: Promise<PDFiumLibrary> | undefined;

/**
 * The text of each page, and a picture of it when asked: `at(x, y)` is [red, green, blue], with `scale` pixels to
 * a point. The library is opened once and stays open; it does not survive being opened again.
 */
export async function readPdf(bytes: Uint8Array): Promise<readonly PageRead[]> {
  opened ??= PDFiumLibrary.init();
  const library = await opened;
  const document = await library.loadDocument(bytes);
  const texts = Array.from(document.pages(), (page) => page.getText());
  document.destroy();
  return texts.map((text, index) => ({ text, shot: (scale = 1) => shoot(library, bytes, index, scale) }));
}

async function shoot(library: PDFiumLibrary, bytes: Uint8Array, index: number, scale: number): Promise<Shot> {
  const document = await library.loadDocument(bytes);
  const { data, width, height } = await document.getPage(index).render({ scale, render: async ({ data }) => data });
  document.destroy();
  const at = (x: number, y: number): readonly number[] => {
    const start = (y * width + x) * 4;
    return [data[start] ?? -1, data[start + 1] ?? -1, data[start + 2] ?? -1];
  };
  return { width, height, at };
}

/** The words of all pages, every run of white space as one space. */
export async function readWords(bytes: Uint8Array): Promise<string> {
  return (await readPdf(bytes)).map((page) => page.text.replace(/\s+/g, " ")).join(" ");
}

/** The file as latin1, with every packed stream unpacked behind it. */
export function unpackPdf(bytes: Uint8Array): string {
  const raw = Buffer.from(bytes).toString("latin1");
  const streams = [...raw.matchAll(/\/FlateDecode[^]*?stream\n([^]*?)\nendstream/g)];
  return [raw, ...streams.map(([, packed = ""]) => unpack(packed))].join("\n");
}

function unpack(packed: string): string {
  try {
    return inflateSync(Buffer.from(packed, "latin1")).toString("latin1");
  } catch {
    return "";
  }
}
