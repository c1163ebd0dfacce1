import { createHash } from "node:crypto";
import { mkdirSync, openSync, closeSync, ftruncateSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Problem } from "../src/core/problem.ts";
import { LARGEST, takeIn } from "../src/shell/intake.ts";
import { freshFolder, put } from "./support/shell-folders.ts";
import { run } from "./support/shell-program.ts";

const folder = freshFolder("intake");

/** Takes a file in; what was refused comes back as its two lines. */
function refused(path: string): readonly (string | undefined)[] {
  try {
    takeIn(path);
  } catch (error) {
    if (error instanceof Problem) return [error.code, error.message, error.hint];
    throw error;
  }
  throw new Error(`${path} was taken in`);
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const ftyp = (brand: string): Buffer => Buffer.concat([hex("00000018"), Buffer.from(`ftyp${brand}`), Buffer.alloc(12)]);
const jpeg = hex("ff d8 ff e0 00 10 4a 46 49 46");

describe("what a file is, by its first bytes", () => {
  test.each<[string, string, Buffer, string]>([
    // why, name, bytes, what it is
    ["a JPEG with JFIF", "paper.jpg", jpeg, "image/jpeg"],
    ["a JPEG with Exif", "paper.jpeg", hex("ff d8 ff e1 00 10"), "image/jpeg"],
    ["a PNG", "paper.png", hex("89 50 4e 47 0d 0a 1a 0a 00"), "image/png"],
    ["a TIFF, little end first", "paper.tif", hex("49 49 2a 00 08 00"), "image/tiff"],
    ["a TIFF, big end first", "paper.tiff", hex("4d 4d 00 2a 00 08"), "image/tiff"],
    ["a PDF", "paper.pdf", Buffer.from("%PDF-1.7\n"), "application/pdf"],
    [
      "a PDF after what a scanner put before it",
      "scan.pdf",
      Buffer.concat([Buffer.alloc(900, 32), Buffer.from("%PDF-1.4")]),
      "application/pdf",
    ],
    ["a JPEG that calls itself a PDF", "wrong.pdf", jpeg, "image/jpeg"],
    ["a PDF without an ending to its name", "paper", Buffer.from("%PDF-1.7\n"), "application/pdf"],
    ["a name of spaces and quotation marks", 'the "paper" it\'s.jpg', jpeg, "image/jpeg"],
    ["a name in another script", "纸 α.jpg", jpeg, "image/jpeg"],
  ])("%s", (_, name, bytes, media) => {
    const { file, bytes: kept } = takeIn(put(folder, name, bytes));
    expect(file).toEqual({
      name,
      media,
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
    expect(kept.equals(bytes)).toBe(true);
  });
});

const attachThese = "attach a JPEG, PNG, TIFF or PDF";
const heic = "it is a HEIC picture: save it as JPEG, then attach that";

describe("what is refused, and why", () => {
  test.each<[string, string, Buffer, string, string]>([
    // why, name, bytes, what is said, what to do
    ["words", "notes.txt", Buffer.from("they came at two"), "notes.txt is not a picture or a PDF", attachThese],
    [
      "words that call themselves a picture",
      "notes.jpg",
      Buffer.from("they came at two"),
      "notes.jpg is not a picture or a PDF",
      attachThese,
    ],
    ["two bytes of a JPEG", "short.jpg", hex("ff d8"), "short.jpg is not a picture or a PDF", attachThese],
    [
      "seven bytes of a PNG",
      "short.png",
      hex("89 50 4e 47 0d 0a 1a"),
      "short.png is not a picture or a PDF",
      attachThese,
    ],
    ["half of a TIFF's mark", "half.tif", hex("49 49 00 2a"), "half.tif is not a picture or a PDF", attachThese],
    [
      "a PDF's mark too late",
      "late.pdf",
      Buffer.concat([Buffer.alloc(1024, 32), Buffer.from("%PDF-1.4")]),
      "late.pdf is not a picture or a PDF",
      attachThese,
    ],
    ["a GIF", "moving.gif", Buffer.from("GIF89a"), "moving.gif is not a picture or a PDF", attachThese],
    ["a WebP", "paper.webp", Buffer.from("RIFF0000WEBP"), "paper.webp is not a picture or a PDF", attachThese],
    ["a program", "program", hex("7f 45 4c 46 02 01"), "program is not a picture or a PDF", attachThese],
    ["a zip", "papers.zip", hex("50 4b 03 04"), "papers.zip is not a picture or a PDF", attachThese],
    ["HEIC from a phone", "IMG_1.HEIC", ftyp("heic"), "IMG_1.HEIC is not a picture or a PDF", heic],
    ["HEIC that calls itself a JPEG", "IMG_2.jpg", ftyp("heix"), "IMG_2.jpg is not a picture or a PDF", heic],
    ["HEIC of another brand", "IMG_3.heic", ftyp("mif1"), "IMG_3.heic is not a picture or a PDF", heic],
    ["a film: not HEIC", "film.mp4", ftyp("isom"), "film.mp4 is not a picture or a PDF", attachThese],
    ["nothing at all", "empty.jpg", Buffer.alloc(0), "empty.jpg is empty", "take the picture or the scan again"],
  ])("%s", (_, name, bytes, message, hint) =>
    expect(refused(put(folder, name, bytes))).toEqual(["usage", message, hint]),
  );

  test("a file that is not there", () => {
    const path = join(folder, "gone.jpg");
    expect(refused(path)).toEqual(["usage", `${path} cannot be found`, "check the name and the folder"]);
  });

  test("a path through a file", () => {
    const path = join(put(folder, "file.jpg", jpeg), "paper.jpg");
    expect(refused(path)).toEqual(["usage", `${path} cannot be found`, "check the name and the folder"]);
  });

  test("a folder", () => {
    mkdirSync(join(folder, "papers"));
    expect(refused(join(folder, "papers"))).toEqual(["usage", "papers is not a file", "name the picture itself"]);
    expect(refused(`${join(folder, "papers")}/`)).toEqual(["usage", "papers is not a file", "name the picture itself"]);
  });

  test("nothing typed is no file", () => expect(refused("")[0]).toBe("usage"));

  test.skipIf(process.platform === "win32")(
    "a pipe is refused, not waited for (Windows has none in the file system)",
    async () => {
      const path = join(folder, "pipe.jpg");
      expect((await run("mkfifo", [path])).code).toBe(0);
      expect(refused(path)).toEqual(["usage", "pipe.jpg is not a file", "name the picture itself"]);
    },
  );
});

describe("how large", () => {
  /** A JPEG of that many bytes, almost all of them a hole in the file. */
  function large(name: string, bytes: number): string {
    const path = join(folder, name);
    const file = openSync(path, "w");
    writeSync(file, jpeg);
    ftruncateSync(file, bytes);
    closeSync(file);
    return path;
  }

  test("50 MB is taken", () => {
    const { file, bytes } = takeIn(large("full.jpg", LARGEST));
    expect(LARGEST).toBe(52_428_800);
    expect([file.bytes, bytes.length]).toEqual([LARGEST, LARGEST]);
  });

  test("a byte more is not, and nothing of it is read", () => {
    expect(refused(large("over.jpg", LARGEST + 1))).toEqual([
      "usage",
      "over.jpg is 51 MB",
      "50 MB at most: scan it smaller, or in parts",
    ]);
    // Larger than a Buffer may be: reading it first would be another error.
    expect(refused(large("huge.jpg", 2 ** 40))).toEqual([
      "usage",
      "huge.jpg is 1048576 MB",
      "50 MB at most: scan it smaller, or in parts",
    ]);
  });
});

describe("the ways to a file", () => {
  test("~/ is the person's home folder", () => {
    expect(homedir()).toContain("threshold-home-");
    writeFileSync(join(homedir(), "at-home.jpg"), jpeg);
    expect(takeIn("~/at-home.jpg").file.name).toBe("at-home.jpg");
    expect(refused("~/not-at-home.jpg")[1]).toBe(`${join(homedir(), "not-at-home.jpg")} cannot be found`);
  });

  test.skipIf(process.platform === "win32")(
    "a link is what it leads to, under its own name (Windows wants rights for links)",
    () => {
      put(folder, "real.jpg", jpeg);
      symlinkSync(join(folder, "real.jpg"), join(folder, "link.png"));
      expect(takeIn(join(folder, "link.png")).file).toMatchObject({ name: "link.png", media: "image/jpeg" });
      symlinkSync(join(folder, "not there"), join(folder, "lost.jpg"));
      expect(refused(join(folder, "lost.jpg"))[1]).toBe(`${join(folder, "lost.jpg")} cannot be found`);
      symlinkSync(join(folder, "loop.jpg"), join(folder, "loop.jpg"));
      expect(refused(join(folder, "loop.jpg"))[1]).toBe(`${join(folder, "loop.jpg")} cannot be found`);
    },
  );

  // What steers a terminal is taken out where it is shown; the record holds the name as it was.
  test.skipIf(process.platform === "win32")(
    "control characters in a name stay in the record (Windows has no such names)",
    () => {
      const name = "a\u001b[31m\nb\u0007.jpg";
      expect(takeIn(put(folder, name, jpeg)).file.name).toBe(name);
    },
  );
});
