import type { Entry } from "./entry.ts";
import type { FieldValue } from "./field.ts";
import { fill } from "./fill.ts";
import { whenOf } from "./incident.ts";
import {
  aboutWords,
  clock,
  clockSince,
  dateWords,
  heading,
  languageName,
  type Paperwork,
  paragraph,
  prints,
  type Shown,
  shownValue,
} from "./paperwork.ts";
import type { ReportWords } from "./report-words.ts";
import type { Block } from "./sheet-blocks.ts";

// What happened, as the guide wrote it down, and what was corrected.

export function timeline(job: Paperwork): readonly Block[] {
  const { incident, words } = job;
  const takenBack = new Map(
    incident.entries.flatMap((entry) =>
      entry.what.type === "returned" ? [[entry.what.undoes, whenOf(entry)] as const] : [],
    ),
  );
  const rows = incident.entries.flatMap((entry, i) => {
    const at = whenOf(entry);
    const back = takenBack.get(entry.n);
    const [screen, written] = happened(job, entry);
    const taken = back && fill(words.takenBack, { time: clockSince(at, back, words) });
    const moved = entry.jump === undefined ? [] : [fill(words.jumped, { seconds: String(entry.jump) })];
    return [
      ...newDay(words, incident.entries[i - 1], at),
      ...moved.map((told) => [clock(at), "", told]),
      [clock(at), screen, taken === undefined ? written : `${written} ${taken}`],
    ];
  });
  return [heading(words.timeline), { kind: "table", head: words.timelineHead, widths: [1, 6, 5], rows }];
}

/** The date in a row of its own, where the day is another than that of the entry before. */
function newDay(words: ReportWords, before: Entry | undefined, at: string): readonly (readonly string[])[] {
  if (before === undefined || whenOf(before).slice(0, 10) === at.slice(0, 10)) return [];
  return [["", dateWords(at, words), ""]];
}

/** One entry as a row: what was on the screen, and what was written down. */
function happened(job: Paperwork, { what }: Entry): readonly [string, string] {
  const { words, protocol } = job;
  switch (what.type) {
    case "opened":
      return ["", `${words.opened} (${words.openedBy[what.openedBy]})`];
    case "answered":
      return [onScreen(job, what).join("\n"), what.answer.label];
    case "called":
      return [[what.contact, ...onScreen(job, what)].join("\n"), what.answer.label];
    case "examined":
      return [what.ask, what.answer.label];
    case "recorded": {
      const printed = Object.entries(what.fields).filter(([id]) => protocol.fields[id]?.prints === "report");
      const [left, written] = [
        printed.filter(([, { value }]) => isLeft(value)),
        printed.filter(([, { value }]) => !isLeft(value)),
      ];
      const lines = [
        ...(written.length > 0 ? [fill(words.wroteDown, { labels: labelsOf(written) })] : []),
        ...(left.length > 0 ? [fill(words.leftOut, { labels: labelsOf(left) })] : []),
      ];
      return [aboutWords(words, what.about), lines.length > 0 ? lines.join("\n") : words.wroteWithheld];
    }
    case "interrupted":
      return ["", words.interrupted[what.key]];
    case "returned":
      return ["", words.returned];
    case "noted":
      if (what.desk !== undefined) return ["", fill(words.notedDesk, { desk: what.desk, text: what.text })];
      return ["", fill(what.from === "second" ? words.notedSecond : words.noted, { text: what.text })];
    case "handedOver":
      return ["", fill(words.handedOver, { who: what.to })];
    case "attached":
      return [aboutWords(words, what.about), fill(words.attached, { name: what.file.name })];
    case "corrected":
      return [aboutWords(words, what.about), fill(words.corrected, { label: what.label })];
    case "paused":
      return ["", words.paused[what.cause]];
    case "resumed":
      return [
        "",
        what.found
          ? fill(words.resumedFound, {
              line: String(what.found.line),
              what: what.found.what,
              keptIn: what.found.keptIn,
            })
          : words.resumed,
      ];
    case "ended":
      return ["", fill(words.ended, { outcome: what.outcome })];
  }
}

function isLeft(value: FieldValue): boolean {
  return typeof value !== "string" && value.unknown === "notAsked";
}

function labelsOf(fields: readonly (readonly [string, { readonly label: string }])[]): string {
  return fields.map(([, { label }]) => label).join(", ");
}

/** What could be said, in English and as it was shown where that was another language, and last what was asked. */
function onScreen(
  { incident, words }: Paperwork,
  { shown, english = shown }: Pick<Extract<Entry["what"], { type: "answered" }>, "shown" | "english">,
): readonly string[] {
  const language = languageName(incident.opened.language, words);
  const both = (say: string | undefined, foreign: string | undefined): readonly string[] => [
    ...said(say),
    ...said(foreign).map((quoted) => fill(words.inLanguage, { language, words: quoted })),
  ];
  const isForeign = english !== shown;
  const nearby = both(english.nearby, isForeign ? shown.nearby : undefined);
  return [
    ...both(english.say, isForeign ? shown.say : undefined),
    ...nearby.map((quoted) => fill(words.toNearby, { words: quoted })),
    english.ask,
  ];
}

function said(say: string | undefined): readonly string[] {
  return say === undefined ? [] : [`“${say}”`];
}

export function corrections(job: Paperwork): readonly Block[] {
  const { words } = job;
  const rows = [...takenBackRows(job), ...changedRows(job)]
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ cells }) => cells);
  if (rows.length === 0) return [heading(words.corrections), paragraph(words.noCorrections)];
  return [heading(words.corrections), { kind: "table", head: words.correctionHead, widths: [4, 4, 4, 2, 3], rows }];
}

type Change = { readonly at: string; readonly cells: readonly string[] };

/** Answers that somebody went back on, each with the answer that took its place. */
function takenBackRows(job: Paperwork): readonly Change[] {
  const { incident, words } = job;
  return incident.entries.flatMap((entry) => {
    const { what } = entry;
    if (what.type !== "returned") return [];
    const old = incident.entries.find(({ n }) => n === what.undoes);
    const later = incident.entries.find(
      ({ n, what: next }) => n > entry.n && !incident.undone.has(n) && old !== undefined && answersSame(old.what, next),
    );
    if (old === undefined) return [];
    const at = whenOf(entry);
    if (old.what.type === "recorded")
      return takenBackFields(job, entry.n, old.what).map((cells) => ({
        at,
        cells: [...cells, clockSince(incident.openedAt, at, words), words.noReason],
      }));
    const [screen, written] = happened(job, old);
    const now = later ? happened(job, later)[1] : words.withdrawn;
    return [
      {
        at,
        cells: [
          screen.split("\n").at(-1) ?? "",
          written,
          now,
          clockSince(incident.openedAt, at, words),
          words.noReason,
        ],
      },
    ];
  });
}

/** Fields that were taken back with entry `n`, each with what it said and what was written in its place. */
function takenBackFields(
  job: Paperwork,
  n: number,
  old: Extract<Entry["what"], { type: "recorded" }>,
): readonly (readonly string[])[] {
  const { incident, words } = job;
  const later = incident.entries.flatMap(({ n: at, what }) =>
    at > n &&
    !incident.undone.has(at) &&
    what.type === "recorded" &&
    JSON.stringify(what.about) === JSON.stringify(old.about)
      ? [what.fields]
      : [],
  );
  const where = old.about === undefined ? "" : `, ${aboutWords(words, old.about)}`;
  return Object.entries(old.fields).map(([id, before]) => {
    const now = later.find((fields) => fields[id] !== undefined)?.[id];
    return [`${before.label}${where}`, shownOrKept(job, id, before), now ? shownOrKept(job, id, now) : words.withdrawn];
  });
}

/** A value as a report tells it, or that it is kept out of it. */
function shownOrKept(job: Paperwork, id: string, value: Shown): string {
  return prints(job, id) ? shownValue(job, id, value) : job.words.wroteWithheld;
}

function answersSame(a: Entry["what"], b: Entry["what"]): boolean {
  if (a.type !== b.type || !("step" in a) || !("step" in b) || a.step !== b.step) return false;
  if (a.type === "examined" && b.type === "examined") return a.question === b.question && a.paper === b.paper;
  return true;
}

/** Fields whose value was corrected. Fields that are not printed are told by name alone. */
function changedRows(job: Paperwork): readonly Change[] {
  const { incident, words } = job;
  const scopes = [
    ["", incident.fields] as const,
    ...incident.agents.map((fields, i) => [`, ${fill(words.about.agent, { n: String(i + 1) })}`, fields] as const),
    ...incident.papers.map(({ fields }, i) => [`, ${fill(words.about.paper, { n: String(i + 1) })}`, fields] as const),
  ];
  return scopes.flatMap(([where, fields]) =>
    Object.entries(fields).flatMap(([id, recorded]) =>
      recorded.before.map((former, i) => {
        const next = recorded.before[i + 1] ?? recorded;
        const label = job.protocol.fields[id]?.label ?? recorded.label;
        return {
          at: former.changedAt,
          cells: [
            `${label}${where}`,
            shownOrKept(job, id, former),
            shownOrKept(job, id, next),
            clockSince(incident.openedAt, former.changedAt, words),
            former.reason ?? words.noReason,
          ],
        };
      }),
    ),
  );
}
