// Takes in a picture, a scan or a PDF: looks at its first bytes, not at its name, and refuses what is none of these.

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import type { StoredFile } from "../core/decide.ts";
import { Problem } from "../core/problem.ts";

export const LARGEST = 50 * 1024 * 1024;

/** A file's bytes and what an entry says of it. @throws Problem `usage` with the reason; nothing has been kept then. */
export function takeIn(path: string): { readonly file: StoredFile; readonly bytes: Buffer } {
  const place = path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
  const name = basename(place);
  const bytes = readWhole(place, name);
  const media = mediaOf(bytes);
  if (media === undefined)
    throw new Problem(
      "usage",
      `${name} is not a picture or a PDF`,
      isHeic(bytes) ? "it is a HEIC picture: save it as JPEG, then attach that" : "attach a JPEG, PNG, TIFF or PDF",
    );
  return {
    file: { name, media, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") },
    bytes,
  };
}

function readWhole(place: string, name: string): Buffer {
  let size: number;
  try {
    const found = statSync(place);
    if (!found.isFile()) throw new Problem("usage", `${name} is not a file`, "name the picture itself");
    size = found.size;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem("usage", `${place} cannot be found`, "check the name and the folder");
  }
  if (size === 0) throw new Problem("usage", `${name} is empty`, "take the picture or the scan again");
  if (size > LARGEST)
    throw new Problem(
      "usage",
      `${name} is ${Math.ceil(size / 1024 / 1024)} MB`,
      "50 MB at most: scan it smaller, or in parts",
    );
  try {
    return readFileSync(place);
  } catch {
    throw new Problem("usage", `${name} cannot be read`, "check that you may open it");
  }
}

function mediaOf(bytes: Buffer): StoredFile["media"] | undefined {
  const starts = (...head: number[]) => head.every((byte, i) => bytes[i] === byte);
  if (starts(0xff, 0xd8, 0xff)) return "image/jpeg";
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png";
  if (starts(0x49, 0x49, 0x2a, 0x00) || starts(0x4d, 0x4d, 0x00, 0x2a)) return "image/tiff";
  return bytes.subarray(0, 1024).includes("%PDF-") ? "application/pdf" : undefined;
}

function isHeic(bytes: Buffer): boolean {
  return /^ftyp(heic|heix|hevc|mif1|msf1)/.test(bytes.subarray(4, 12).toString("latin1"));
}
