import { fill } from "./fill.ts";
import { type Incident, isVisit, missing, type Paper, type Recorded } from "./incident.ts";
import { SIGNER } from "./instrument.ts";
import {
  aboutWords,
  clock,
  clockSince,
  dateAndClock,
  dateWords,
  facts,
  heading,
  type Imprint,
  languageName,
  type Paperwork,
  paragraph,
  plainValue,
  prints,
  type Row,
  shownValue,
  subheading,
} from "./paperwork.ts";
import type { Opened } from "./entry.ts";
import { type Protocol, RECORD_LANGUAGE } from "./protocol.ts";
import type { ReportWords } from "./report-words.ts";
import type { Block, Sheet } from "./sheet-blocks.ts";
import { corrections, timeline } from "./sheet-history.ts";

// An incident as words on paper. Seconds, look-ups and keys are not printed: a real encounter is never rated.

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
  const isHere = isVisit(protocol, incident);
  const lines = [
    fill(isHere ? words.came : words.requested, {
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
    isHere ? words.entered[choiceOf(fields["enteredNonPublic"], ["yes", "no"])] : undefined,
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

function calls({ incident, words }: Paperwork): readonly Block[] {
  if (incident.calls.length === 0) return [heading(words.calls), paragraph(words.noCalls)];
  const rows = incident.calls.map((call) => [
    call.contact,
    clockSince(incident.openedAt, call.since, words),
    words.callOutcome[call.outcome],
    clockSince(incident.openedAt, call.at, words),
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

function about({ incident, words, imprint }: Paperwork): readonly Block[] {
  const { protocol, language } = incident.opened;
  const name = languageName(language, words);
  return [
    heading(words.aboutRecord),
    ...facts([
      ...(language === RECORD_LANGUAGE
        ? []
        : [{ label: words.language, value: fill(words.languageSays, { language: name }) }]),
      {
        label: words.protocol,
        value: fill(words.protocolWords, { title: protocol.title, id: protocol.id, version: protocol.version }),
      },
      {
        label: words.approved,
        value: approvalWords(protocol, words),
      },
      { label: words.protocolHash, value: imprint.protocolHash },
      { label: words.lines, value: String(incident.entries.length) },
      { label: words.head, value: imprint.head },
      { label: words.made, value: dateAndClock(imprint.at, words) },
    ]),
    paragraph(words.headSays, "quiet"),
    paragraph(words.plain, "quiet"),
  ];
}

/** Whether somebody had approved the words when the record was opened. Records of the first version say yes or no alone. */
function approvalWords({ approved, approval }: Opened["protocol"], words: ReportWords): string {
  const { state, by, on, again } = approval ?? { state: approved ? "yes" : "unapproved" };
  if (state === "unapproved") return words.approval.no;
  const day = (at: string | undefined) => (at === undefined ? words.approval.unnamed : dateWords(at, words));
  return fill(words.approval[state], { by: by ?? words.approval.unnamed, on: day(on), again: day(again) });
}
