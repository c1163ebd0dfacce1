// A picture gives up its pixels and nothing else: camera, owner, place and everything after the picture's end stay out.
//
// - A JPEG keeps only what decoding needs. A PNG is decoded and laid on white paper, so that nothing shows through.
// - A size that no paper has is refused before anything is unpacked.

import { PNG } from "pngjs";

/** Pixels of one picture at most. */
const most = 64_000_000;

/** Rows of red, green and blue, 8 bits each, from the top. */
export type Pixels = { readonly width: number; readonly height: number; readonly rgb: Uint8Array };

/** The pixels of a PNG on white. @throws Error for what is no whole PNG, or is too large. */
export function readPng(bytes: Uint8Array): Pixels {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [buffer.readUInt32BE(16), buffer.readUInt32BE(20)];
  if (!(width > 0 && height > 0 && width * height <= most)) throw new Error("no size, or too large");
  const { data } = PNG.sync.read(buffer, { checkCRC: false }); // a damaged scan is shown as far as it can be
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    const alpha = data[from + 3] ?? 255;
    for (let channel = 0; channel < 3; channel++) {
      rgb[to + channel] = Math.round(255 + (((data[from + channel] ?? 0) - 255) * alpha) / 255);
    }
  }
  return { width, height, rgb };
}

/**
 * The JPEG with only what decoding needs: no EXIF, no comments, no thumbnail, nothing after its end. Throws when
 * it is not one that every viewer can show (8 bit, baseline or progressive, grey, RGB or CMYK).
 */
export function stripJpeg(bytes: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let hasFrame = false;
  for (let at = 2; at < bytes.length; ) {
    if (bytes[at] !== 0xff) throw new Error("no marker");
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at++;
    else if (marker === 0xd9) break;
    else {
      const end = at + 2 + (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
      if (end > bytes.length || end < at + 4) throw new Error("cut off");
      if (isFrame(marker)) {
        hasFrame = marker <= 0xc2 && bytes[at + 4] === 8 && [1, 3, 4].includes(bytes[at + 9] ?? 0);
        if (!hasFrame) throw new Error("not for every viewer");
      }
      const stop = marker === 0xda ? endOfScan(bytes, end) : end;
      if (isNeeded(marker, bytes.subarray(at + 4, end))) kept.push(bytes.subarray(at, stop));
      at = stop;
    }
  }
  if (!hasFrame) throw new Error("no picture");
  return Buffer.concat([...kept, Uint8Array.of(0xff, 0xd9)]);
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Of the application segments only a plain JFIF one and Adobe's colour transform; no comments. */
function isNeeded(marker: number, body: Uint8Array): boolean {
  const starts = (word: string): boolean => Buffer.from(body.subarray(0, word.length)).toString("latin1") === word;
  if (marker === 0xe0) return starts("JFIF\0") && body.length === 14;
  if (marker === 0xee) return starts("Adobe") && body.length === 12;
  return marker < 0xe0;
}

function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = start; at + 1 < bytes.length; at++) {
    const next = bytes[at + 1] ?? 0;
    if (bytes[at] === 0xff && next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}
