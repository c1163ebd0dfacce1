import type { About, Entry } from "./entry.ts";
import type { FieldValue } from "./field.ts";
import type { Incident, Paper, Recorded } from "./incident.ts";
import { missing, whenOf } from "./incident.ts";
import { SIGNER } from "./instrument.ts";
import { fill } from "./fill.ts";
import type { Protocol } from "./protocol.ts";
import type { ReportWords } from "./report-words.ts";
import type { Block, Sheet } from "./sheet-blocks.ts";

// An incident as words on paper. Seconds, look-ups and keys are not printed: a real encounter is never rated.

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

type Paperwork = {
  readonly incident: Incident;
  readonly protocol: Protocol;
  readonly words: ReportWords;
  readonly imprint: Imprint;
};

/** The report on an incident, as plain data. */
export function incidentSheet(incident: Incident, protocol: Protocol, words: ReportWords, imprint: Imprint): Sheet {
  const job = { incident, protocol, words, imprint };
  const { opened } = incident;
  const mark = opened.isDrill ? words.drill : opened.isExample ? words.example : undefined;
  return {
    title: `${words.title} ${opened.number}`,
    language: "en-US",
    ...(mark !== undefined && { mark }),
    header: fill(words.header, { number: opened.number, site: opened.site.title ?? words.siteUnset }),
    footer: words.footer,
    pageWords: words.page,
    made: imprint.at,
    blocks: [
      ...top(job),
      ...summary(job),
      ...calls(job),
      ...sections(job),
      ...timeline(job),
      ...attachments(job),
      ...corrections(job),
      ...about(job),
    ],
  };
}

const heading = (text: string): Block => ({ kind: "heading", level: 1, text });
const subheading = (text: string): Block => ({ kind: "heading", level: 2, text });
const paragraph = (text: string, tone?: "strong" | "quiet"): Block => ({
  kind: "paragraph",
  text,
  ...(tone && { tone }),
});
type Row = { readonly label: string; readonly value: string };
const facts = (rows: readonly Row[]): readonly Block[] => (rows.length > 0 ? [{ kind: "facts", rows }] : []);

/** "November 23, 2026", from the characters of an ISO date: core has no calendar of its own. */
export function dateWords(at: string, words: ReportWords): string {
  const [year = "", month = "1", day = "1"] = at.slice(0, 10).split("-");
  return fill(words.date, { month: words.months[Number(month) - 1] ?? month, day: String(Number(day)), year });
}
const clock = (at: string): string => at.slice(11, 16);
const dateAndClock = (at: string, words: ReportWords): string => `${dateWords(at, words)}, ${clock(at)}`;

function top({ incident, words, imprint }: Paperwork): readonly Block[] {
  const { opened } = incident;
  const says = [
    opened.isDrill ? words.drillSays : undefined,
    opened.isExample ? words.exampleSays : undefined,
    opened.openedBy === "answers"
      ? fill(words.byAnswers, { at: dateAndClock(incident.entries[0]?.at ?? "", words) })
      : undefined,
    opened.openedBy === "stdio" ? words.byStdio : undefined,
    imprint.fault === undefined ? undefined : fill(words.broken, { what: imprint.fault }),
    incident.ended ? undefined : words.open,
  ].filter((line) => line !== undefined);
  const rows: (Row | undefined)[] = [
    { label: words.number, value: opened.number },
    { label: words.site, value: opened.site.title ?? words.siteUnset },
    opened.site.agency === undefined ? undefined : { label: words.agency, value: opened.site.agency },
    { label: words.setting, value: words.settings[opened.setting] },
    opened.site.desk === undefined ? undefined : { label: words.desk, value: opened.site.desk },
    { label: words.openedAt, value: dateAndClock(incident.openedAt, words) },
    incident.ended && { label: words.endedAt, value: dateAndClock(incident.ended.at, words) },
  ];
  return [...says.map((line) => paragraph(line, "strong")), ...facts(rows.filter((row) => row !== undefined))];
}

function summary(job: Paperwork): readonly Block[] {
  const { incident, protocol, words } = job;
  const { fields } = incident;
  const count = fields["agentCount"]?.value;
  const many = typeof count === "string" && /^\d+$/.test(count) ? Number(count) : undefined;
  const who =
    many === undefined
      ? words.agents.none
      : many === 1
        ? words.agents.one
        : fill(words.agents.many, { count: String(many) });
  const agencies = [...new Set(incident.agents.flatMap((agent) => plainValue(agent["agency"]) ?? []))];
  const named = [...new Set(incident.papers.flatMap((paper) => paper.looked?.name ?? []))];
  const reached = incident.calls.filter((call) => call.outcome === "reached").map((call) => call.contact);
  const lacking = missing(protocol, incident);
  const lines = [
    fill(words.came, {
      count: who,
      setting: words.settings[incident.opened.setting].toLowerCase(),
      date: dateWords(incident.openedAt, words),
      time: clock(incident.openedAt),
    }),
    agencies.length > 0 ? fill(words.from, { agencies: agencies.join("; ") }) : undefined,
    prints(job, "reason") && plainValue(fields["reason"]) !== undefined
      ? fill(words.reason, { reason: shownValue(job, "reason", fields["reason"]) })
      : undefined,
    named.length > 0 ? fill(words.papers, { papers: named.join("; ") }) : words.noPapers,
    reached.length > 0 ? fill(words.reached, { who: [...new Set(reached)].join("; ") }) : words.notReached,
    words.entered[choiceOf(fields["enteredNonPublic"], ["yes", "no"])],
    words.given[choiceOf(fields["given"], ["nothing", "something"])],
    plainValue(fields["outcome"]) === undefined
      ? undefined
      : fill(words.outcome, { outcome: shownValue(job, "outcome", fields["outcome"]) }),
  ];
  return [
    heading(words.summary),
    paragraph(
      lines
        .filter((line) => line !== undefined)
        .map(stopped)
        .join(" "),
    ),
    subheading(words.missing),
    lacking.length > 0 ? { kind: "list", items: lacking } : paragraph(words.missingNone),
  ];
}

/** One period at the end of a sentence, also after a quotation that brings its own. */
function stopped(sentence: string): string {
  return sentence.replace(/([.!?]”)\.$/, "$1");
}

function choiceOf<const K extends string>(recorded: Recorded | undefined, of: readonly K[]): K | "unknown" {
  return of.find((choice) => choice === recorded?.value) ?? "unknown";
}

/** The value when there is one; undefined for "refused", "not asked" and the like. */
function plainValue(recorded: Recorded | undefined): string | undefined {
  if (recorded === undefined || typeof recorded.value !== "string") return undefined;
  return recorded.words ?? recorded.value;
}

type Shown = { readonly value: FieldValue; readonly words?: string | undefined };

/** What the report prints for a field, quotations in quotation marks. */
function shownValue({ protocol }: Paperwork, id: string, recorded: Shown | undefined): string {
  if (recorded === undefined) return "";
  if (typeof recorded.value !== "string") return recorded.words ?? protocol.unknowns[recorded.value.unknown];
  const text = recorded.words ?? recorded.value;
  return protocol.fields[id]?.kind === "quote" ? `“${text}”` : text;
}

/** False for a field that stays in the record, and for one that the protocol does not know: it may be of either kind. */
function prints({ protocol }: Paperwork, field: string): boolean {
  return protocol.fields[field]?.prints === "report";
}

function calls({ incident, words }: Paperwork): readonly Block[] {
  if (incident.calls.length === 0) return [heading(words.calls), paragraph(words.noCalls)];
  const rows = incident.calls.map((call) => [
    call.contact,
    clock(call.since),
    words.callOutcome[call.outcome],
    clock(call.at),
  ]);
  return [heading(words.calls), { kind: "table", head: words.callHead, widths: [4, 2, 2, 1], rows }];
}

function sections(job: Paperwork): readonly Block[] {
  const { incident, protocol, words } = job;
  const order = ["visit", "agents", "papers", "asked", "entry", "force", "people", "after", "author"] as const;
  const found = order.flatMap((section): readonly Block[] => {
    const own = fieldRows(job, incident.fields, section);
    if (section === "agents") return [heading(words.sections.agents), ...own, ...agents(job)];
    if (section === "papers")
      return [
        heading(words.sections.papers),
        ...own,
        ...incident.papers.flatMap((paper, i) => paperBlocks(job, paper, i)),
        paragraph(incident.papers.length > 0 ? words.notLegal : words.noPaperLooked, "quiet"),
      ];
    return own.length > 0 ? [heading(words.sections[section]), ...own] : [];
  });
  const all = [incident.fields, ...incident.agents, ...incident.papers.map((paper) => paper.fields)];
  const withheld = all
    .flatMap((fields) => Object.entries(fields))
    .filter(([id, { value }]) => typeof value === "string" && protocol.fields[id]?.prints !== "report").length;
  if (withheld === 0) return found;
  return [
    ...found,
    paragraph(withheld === 1 ? words.withheldOne : fill(words.withheld, { count: String(withheld) }), "quiet"),
  ];
}

function fieldRows(job: Paperwork, fields: Incident["fields"], section?: string): readonly Block[] {
  const { protocol } = job;
  const ids = Object.keys(protocol.fields).filter(
    (id) =>
      fields[id] !== undefined &&
      prints(job, id) &&
      !isAttached(job, id, fields[id]) &&
      (section === undefined || protocol.fields[id]?.section === section),
  );
  return facts(ids.map((id) => ({ label: fields[id]?.label ?? id, value: shownValue(job, id, fields[id]) })));
}

/** True for a file that is there: it stands among the attachments. Why there is none is printed like any answer. */
function isAttached({ protocol }: Paperwork, id: string, recorded: Recorded | undefined): boolean {
  return protocol.fields[id]?.kind === "file" && typeof recorded?.value === "string";
}

function agents(job: Paperwork): readonly Block[] {
  const { incident, words } = job;
  if (incident.agents.length === 0) return [paragraph(words.noAgents)];
  return incident.agents.flatMap((fields, i) => [
    subheading(fill(words.agent, { n: String(i + 1) })),
    ...fieldRows(job, fields),
  ]);
}

function paperBlocks(job: Paperwork, paper: Paper, index: number): readonly Block[] {
  const { protocol, words } = job;
  const name = paper.looked?.name ?? words.halfLooked;
  const answers = paper.seen.map(({ ask, label }) => ({ label: ask, value: label }));
  const signer = paper.seen.find(({ question }) => question === SIGNER);
  const rows: readonly Row[] = [
    { label: words.looksLike, value: name },
    ...(signer ? [{ label: words.signedBy, value: signer.label }] : []),
    ...(paper.looked ? [{ label: words.sawOnIt, value: protocol.verdicts[paper.looked.verdict] }] : []),
  ];
  return [
    subheading(fill(words.paper, { n: String(index + 1), name })),
    ...facts(rows),
    ...facts(answers.filter((row) => row.label !== signer?.ask)),
    ...fieldRows(job, paper.fields),
  ];
}

function timeline(job: Paperwork): readonly Block[] {
  const { incident, words } = job;
  const takenBack = new Map(
    incident.entries.flatMap((entry) =>
      entry.what.type === "returned" ? [[entry.what.undoes, clock(whenOf(entry))] as const] : [],
    ),
  );
  const rows = incident.entries.flatMap((entry) => {
    const back = takenBack.get(entry.n);
    const [screen, written] = happened(job, entry);
    const moved =
      entry.jump === undefined ? [] : [[clock(whenOf(entry)), "", fill(words.jumped, { seconds: String(entry.jump) })]];
    return [
      ...moved,
      [
        clock(whenOf(entry)),
        screen,
        back === undefined ? written : `${written} ${fill(words.takenBack, { time: back })}`,
      ],
    ];
  });
  return [heading(words.timeline), { kind: "table", head: words.timelineHead, widths: [1, 6, 5], rows }];
}

/** One entry as a row: what was on the screen, and what was written down. */
function happened(job: Paperwork, { what }: Entry): readonly [string, string] {
  const { words, protocol } = job;
  switch (what.type) {
    case "opened":
      return ["", `${words.opened} (${words.openedBy[what.openedBy]})`];
    case "answered":
      return [[...said(what.shown.say), what.shown.ask].join("\n"), what.answer.label];
    case "called":
      return [[what.contact, ...said(what.shown.say), what.shown.ask].join("\n"), what.answer.label];
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
      return ["", fill(what.from === "second" ? words.notedSecond : words.noted, { text: what.text })];
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

function said(say: string | undefined): readonly string[] {
  return say === undefined ? [] : [`“${say}”`];
}

function aboutWords(words: ReportWords, about: About | undefined): string {
  if (about === undefined) return "";
  return "agent" in about
    ? fill(words.about.agent, { n: String(about.agent + 1) })
    : fill(words.about.paper, { n: String(about.paper + 1) });
}

function attachments({ incident, words, imprint }: Paperwork): readonly Block[] {
  const kept = incident.attachments;
  if (kept.length === 0) return [heading(words.attachments), paragraph(words.noAttachments)];
  const rows = kept.map((file) => [
    [file.name, aboutWords(words, file.about)].filter(Boolean).join(", "),
    words.kinds[file.media],
    fill(words.bytes, { kb: String(Math.ceil(file.bytes / 1024)) }),
    file.sha256,
  ]);
  const pictures = imprint.withPictures
    ? kept.filter((file) => file.media === "image/jpeg" || file.media === "image/png")
    : [];
  return [
    heading(words.attachments),
    { kind: "table", head: words.attachmentHead, widths: [4, 3, 2, 5], rows },
    ...(imprint.withPictures ? [] : [paragraph(words.picturesLeftOut, "quiet")]),
    ...pictures.map(
      (file): Block => ({
        kind: "picture",
        sha256: file.sha256,
        alt: fill(words.pictureAlt, { name: file.name }),
        caption: file.name,
        lost: fill(words.pictureLost, { sha256: file.sha256 }),
      }),
    ),
  ];
}

function corrections(job: Paperwork): readonly Block[] {
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
        cells: [...cells, clock(at), words.noReason],
      }));
    const [screen, written] = happened(job, old);
    const now = later ? happened(job, later)[1] : words.withdrawn;
    return [{ at, cells: [screen.split("\n").at(-1) ?? "", written, now, clock(at), words.noReason] }];
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
            clock(former.changedAt),
            former.reason ?? words.noReason,
          ],
        };
      }),
    ),
  );
}

function about({ incident, words, imprint }: Paperwork): readonly Block[] {
  const { protocol } = incident.opened;
  return [
    heading(words.aboutRecord),
    ...facts([
      { label: words.protocol, value: fill(words.protocolWords, { title: protocol.title, version: protocol.version }) },
      { label: words.approved, value: protocol.approved ? words.approval.yes : words.approval.no },
      { label: words.protocolHash, value: imprint.protocolHash },
      { label: words.lines, value: String(incident.entries.length) },
      { label: words.head, value: imprint.head },
      { label: words.made, value: dateAndClock(imprint.at, words) },
    ]),
    paragraph(words.headSays, "quiet"),
    paragraph(words.plain, "quiet"),
  ];
}
