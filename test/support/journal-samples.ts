import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sentence } from "../../src/core/entry.ts";
import type { Clock } from "../../src/shell/clock.ts";
import type { Header } from "../../src/shell/journal.ts";

// What the tests of the journal are made of.

export const protocolBytes: Uint8Array = Buffer.from('{"id":"nyc","steps":[]}\n');

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export const header: Header = {
  v: 1,
  number: "2026-1123-K7QF",
  opened: "2026-11-23T14:03:22-05:00",
  kind: "live",
  setting: "shelter",
  language: "en",
  site: "Maple Street Shelter",
  protocol: { id: "nyc", version: "1.0.0", hash: sha256(protocolBytes) },
  openedBy: "keyboard",
};

/** A new folder that nothing is in; the path of a record inside it that is not there yet. */
export function freshFolder(root: string = tmpdir()): string {
  return join(mkdtempSync(join(root, "threshold-journal-")), "2026-1123-K7QF");
}

export function noted(text: string): Sentence {
  return { type: "noted", text, from: "desk" };
}

export function returned(undoes: number): Sentence {
  return { type: "returned", step: "start", undoes, to: "start" };
}

/** The real clock, as a record would have it. */
export const clock: Clock = { now: () => ({ at: new Date().toISOString(), mono: performance.now() }) };

export type FakeClock = Clock & { wall: number; mono: number; pass(ms: number): void; set(ms: number): void };

/** A clock that stands until it is told otherwise: `pass` moves both, `set` only the one on the wall. */
export function fakeClock(wall = Date.parse("2026-11-23T19:03:22.000Z"), mono = 1000): FakeClock {
  return {
    wall,
    mono,
    now() {
      return { at: new Date(this.wall).toISOString(), mono: this.mono };
    },
    pass(ms) {
      this.wall += ms;
      this.mono += ms;
    },
    set(ms) {
      this.wall += ms;
    },
  };
}

/** A record of exactly these bytes, in a new folder. */
export function recordOf(
  journal: Uint8Array,
  parts: { readonly header: Uint8Array; readonly protocol?: Uint8Array },
): string {
  const folder = freshFolder();
  mkdirSync(folder);
  writeFileSync(join(folder, "header.json"), parts.header);
  writeFileSync(join(folder, "protocol.json"), parts.protocol ?? protocolBytes);
  writeFileSync(join(folder, "journal.jsonl"), journal);
  return folder;
}

export function journalBytes(folder: string): Buffer {
  return readFileSync(join(folder, "journal.jsonl"));
}
