// From a record to a report on the disk.

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Incident } from "../core/incident.ts";
import { Problem } from "../core/problem.ts";
import type { ReportWords } from "../core/report-words.ts";
import type { Imprint } from "../core/paperwork.ts";
import { incidentSheet } from "../core/sheet.ts";
import type { Protocol } from "../core/protocol.ts";
import type { Sheet } from "../core/sheet-blocks.ts";
import { hasCode, whyNot } from "./disk.ts";

/** What a report is made from. `folder`: where the attachments are. */
export type Reported = {
  readonly incident: Incident;
  readonly protocol: Protocol;
  readonly imprint: Imprint;
  readonly folder: string;
};

export function sheetOf({ incident, protocol, imprint }: Reported, words: ReportWords): Sheet {
  return incidentSheet(incident, protocol, words, imprint);
}

/** Makes the PDF at `path`, in a folder that is there, and gives its full path. @throws Problem `report` when the disk does not take it. */
export async function writeReport(reported: Reported, words: ReportWords, path: string): Promise<string> {
  const { renderPdf } = await import("./pdf.ts");
  const bytes = await renderPdf(
    sheetOf(reported, words),
    reported.imprint.withPictures ? pictures(reported) : new Map(),
  );
  const full = resolve(path);
  const fresh = `${full}.new`;
  try {
    writeFileSync(fresh, bytes, { mode: 0o600 });
    renameSync(fresh, full);
  } catch (error) {
    takeAway(fresh);
    const why = whatStandsThere(error) ?? whyNot(error);
    if (why === undefined) throw error;
    throw new Problem(
      "report",
      `the report cannot be written to ${full}: ${why}`,
      "name another place with --out FILE",
    );
  }
  return full;
}

/** Half a report is not left lying about; where the disk does not even do that, it has been said why. */
function takeAway(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The reason why it could not be written counts.
  }
}

function whatStandsThere(error: unknown): string | undefined {
  if (hasCode(error, "EISDIR")) return "a folder stands there";
  if (hasCode(error, "ENOTDIR")) return "a file stands where its folder should be";
  return hasCode(error, "ENOENT") ? "its folder is not there" : undefined;
}

/** The code by which a head is read out over the phone: its first eight signs, in fours. */
export function headCode(head: string): string {
  return `${head.slice(0, 4)} ${head.slice(4, 8)}`.toUpperCase();
}

function pictures({ incident, folder }: Reported): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const { sha256 } of incident.attachments) {
    try {
      found.set(sha256, readFileSync(join(folder, "attachments", sha256)));
    } catch {
      // The report says of a picture that is not there that it could not be shown.
    }
  }
  return found;
}
