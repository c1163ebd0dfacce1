import type { About } from "./entry.ts";
import type { FieldValue } from "./field.ts";
import { fill } from "./fill.ts";
import type { Incident, Recorded } from "./incident.ts";
import type { Protocol } from "./protocol.ts";
import type { ReportWords } from "./report-words.ts";
import type { Block } from "./sheet-blocks.ts";

// What every part of a report is written with.

/** What a report says besides the incident itself. */
export type Imprint = {
  /** When the report is made, ISO 8601 with offset. */
  readonly at: string;
  /** SHA-256 of the journal's last line, hex. */
  readonly head: string;
  /** What is amiss with the journal, when something is. */
  readonly fault?: string;
  readonly protocolHash: string;
  /** Pictures of papers carry names and birth dates, so they are printed only when asked for. */
  readonly withPictures: boolean;
};

export type Paperwork = {
  readonly incident: Incident;
  readonly protocol: Protocol;
  readonly words: ReportWords;
  readonly imprint: Imprint;
};

export const heading = (text: string): Block => ({ kind: "heading", level: 1, text });
export const subheading = (text: string): Block => ({ kind: "heading", level: 2, text });
export const paragraph = (text: string, tone?: "strong" | "quiet"): Block => ({
  kind: "paragraph",
  text,
  ...(tone && { tone }),
});
export type Row = { readonly label: string; readonly value: string };
export const facts = (rows: readonly Row[]): readonly Block[] => (rows.length > 0 ? [{ kind: "facts", rows }] : []);

/** "November 23, 2026", from the characters of an ISO date: core has no calendar of its own. */
export function dateWords(at: string, words: ReportWords): string {
  const [year = "", month = "1", day = "1"] = at.slice(0, 10).split("-");
  return fill(words.date, { month: words.months[Number(month) - 1] ?? month, day: String(Number(day)), year });
}
export const clock = (at: string): string => at.slice(11, 16);
/** The time of day, after the date unless that is the day of `from`. */
export const clockSince = (from: string, at: string, words: ReportWords): string =>
  from.slice(0, 10) === at.slice(0, 10) ? clock(at) : dateAndClock(at, words);
export const dateAndClock = (at: string, words: ReportWords): string => `${dateWords(at, words)}, ${clock(at)}`;

/** A language as English names it, else by its code. */
export const languageName = (code: string, words: ReportWords): string => words.languages[code] ?? code;

/** The value when there is one; undefined for "refused", "not asked" and the like. */
export function plainValue(recorded: Recorded | undefined): string | undefined {
  if (recorded === undefined || typeof recorded.value !== "string") return undefined;
  return recorded.words ?? recorded.value;
}

export type Shown = { readonly value: FieldValue; readonly words?: string | undefined };

/** What the report prints for a field, quotations in quotation marks. */
export function shownValue({ protocol }: Paperwork, id: string, recorded: Shown | undefined): string {
  if (recorded === undefined) return "";
  if (typeof recorded.value !== "string") return recorded.words ?? protocol.unknowns[recorded.value.unknown];
  const text = recorded.words ?? recorded.value;
  return protocol.fields[id]?.kind === "quote" ? `“${text}”` : text;
}

/** False for a field that stays in the record, and for one that the protocol does not know: it may be of either kind. */
export function prints({ protocol }: Paperwork, field: string): boolean {
  return protocol.fields[field]?.prints === "report";
}

export function aboutWords(words: ReportWords, about: About | undefined): string {
  if (about === undefined) return "";
  return "agent" in about
    ? fill(words.about.agent, { n: String(about.agent + 1) })
    : fill(words.about.paper, { n: String(about.paper + 1) });
}
