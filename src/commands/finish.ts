import { join } from "node:path";
import type { Context } from "../context.ts";
import { contactsOf } from "../core/encounter.ts";
import { type Incident, missing } from "../core/incident.ts";
import { Problem } from "../core/problem.ts";
import { fill } from "../core/fill.ts";
import { asShown } from "../core/protocol.ts";
import type { Question } from "../core/question.ts";
import { encounterFolder } from "../shell/encounters.ts";
import type { Desk } from "../shell/guide.ts";
import { isStopped } from "../shell/prompter.ts";
import { outside } from "./outside.ts";
import { headCode, type Reported, sheetOf, writeReport } from "../shell/report.ts";

// After the last question: the report, where it is, whom to tell, and what to do if something could not be written.

/** A record as the guide left it. `data`: the folder that holds it and its like. */
export type Closed = {
  readonly desk: Desk;
  readonly incident: Incident;
  readonly protocolHash: string;
  readonly data: string;
};

/** Makes the report and says so. Gives the exit code: 4 when not all of the record could be written, 6 when the report could not. */
export async function finish(
  context: Context,
  closed: Closed,
  { out, withPictures }: { readonly out?: string; readonly withPictures: boolean },
): Promise<number> {
  const { terminal, words } = context;
  const { desk, incident } = closed;
  const { number } = incident.opened;
  const reported = reportedOf(context, closed, withPictures);
  let code = desk.journal.pending === 0 ? 0 : 4;
  if (desk.journal.pending === 0) terminal.say(fill(words.finish.closed, { number }));
  else terminal.warn(unwritten(context, desk));
  try {
    const path = await writeReport(reported, words.report, out ?? join(desk.folder, `incident-${number}.pdf`));
    terminal.say(words.finish.report);
    terminal.result(path);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    terminal.warn(fill(words.finish.reportFailed, { what: error.message }));
    terminal.say(fill(words.finish.reportAgain, { command: context.command(`report ${number} --out FILE`) }));
    code ||= 6;
  }
  sayWhatNext(context, closed);
  return code;
}

function reportedOf({ clock }: Context, { desk, incident, protocolHash }: Closed, withPictures: boolean): Reported {
  return {
    incident,
    protocol: desk.protocol,
    folder: desk.folder,
    imprint: { at: clock.now().at, head: desk.journal.head, protocolHash, withPictures },
  };
}

function sayWhatNext(context: Context, { desk, incident, data }: Closed): void {
  const { terminal, words, site, command } = context;
  const { opened, ended } = incident;
  const { number } = opened;
  // The record says it in English; here it is said as it was shown.
  const shown = asShown(desk.protocol);
  const officer = contactsOf(shown, incident).find(({ role }) => role === "privacyOfficer")?.words;
  if (officer !== undefined && !opened.isExample)
    terminal.say(fill(words.finish.tell, { who: officer, number, code: headCode(desk.journal.head) }));
  const lacking = ended ? missing(shown, incident) : [];
  if (lacking.length > 0 && isHere(context, desk))
    terminal.say(
      fill(words.finish.missing, {
        what: shortList(lacking, words.finish.missingMore),
        command: command(`incident correct ${number}`),
        attach: command(`incident attach ${number}`),
      }),
    );
  if (opened.isExample) terminal.say(fill(words.finish.example, { folder: data }));
  else if (desk.journal.pending === 0) terminal.say(fill(words.finish.whereKept, { folder: desk.folder }));
  if (!opened.isExample && site.setting === undefined)
    terminal.say(fill(words.finish.setUp, { command: command("setup") }));
}

/** The first few by name, the rest by number. */
function shortList(all: readonly string[], more: string): string {
  const shown =
    all.length <= SHOWN + 1 ? all : [...all.slice(0, SHOWN), fill(more, { count: String(all.length - SHOWN) })];
  return shown.join(", ");
}
const SHOWN = 4;

/** False for an example that is kept apart: no command finds it by its number. */
function isHere({ data }: Context, { folder, journal }: Desk): boolean {
  return folder === encounterFolder(data, journal.header.number);
}

/** Says that all is saved and how to go on; or, truly, that it is not. */
export async function sayPaused(context: Context, desk: Desk): Promise<void> {
  await desk.journal.refresh();
  if (desk.journal.pending > 0) context.terminal.warn(unwritten(context, desk));
  else if (!isHere(context, desk)) context.terminal.say(fill(context.words.finish.example, { folder: desk.folder }));
  else
    context.terminal.say(
      fill(context.words.finish.paused, {
        command: context.command(`encounter --resume ${desk.journal.header.number}`),
      }),
    );
}

function unwritten({ words }: Context, { journal }: Desk): string {
  return fill(words.finish.pausedUnwritten, { count: String(journal.pending), why: journal.why ?? "" });
}

/**
 * While entries wait for the disk, offers to try again, to show the record, or to save the report elsewhere: before the
 * guide is left, for whatever reason a person leaves it. Ctrl-C is an answer too: leave.
 */
export async function rescue(context: Context, record: Closed): Promise<void> {
  const { desk } = record;
  await desk.journal.refresh();
  if (desk.prompter.refuse !== undefined) return; // no person
  while (desk.journal.pending > 0) {
    const answer = await askRescue(context, desk);
    if (answer === "leave") return;
    if (answer === "again") await desk.journal.refresh();
    const reported = reportedOf(context, record, false);
    if (answer === "screen") await showSheet(context, reported);
    if (answer === "paper") await saveElsewhere(context, record, reported);
  }
}

async function askRescue({ words, signal }: Context, { journal, prompter, title }: Desk): Promise<string> {
  const ask = fill(words.finish.memory, { count: String(journal.pending), why: journal.why ?? "" });
  const choices = [
    { id: "again", label: words.finish.memoryAgain },
    { id: "screen", label: words.finish.memoryScreen },
    { id: "paper", label: words.finish.memoryPaper },
    { id: "leave", label: words.finish.memoryLeave },
  ];
  try {
    const reply = await prompter.ask(
      { question: { ...outside, step: "memory", ask, choices }, title, banner: [] },
      signal,
    );
    return "answer" in reply ? reply.answer : "leave";
  } catch (error) {
    if (isStopped(error)) return "leave";
    throw error;
  }
}

async function showSheet(context: Context, reported: Reported): Promise<void> {
  const { renderSheetText } = await import("../core/sheet-text.ts");
  const { terminal, words } = context;
  for (const line of renderSheetText(sheetOf(reported, words.report))) terminal.say(line);
  // The next question is drawn over a screenful: it must not be the end of the record.
  for (let row = 0; row < terminal.rows; row += 1) terminal.say("");
}

async function saveElsewhere(context: Context, { desk, incident }: Closed, reported: Reported): Promise<void> {
  const question: Question = {
    ...outside,
    step: "memoryPath",
    ask: context.words.finish.memoryPath,
    choices: [],
    field: { id: "folder", kind: "text", unknowns: [], left: 1 },
  };
  const reply = await desk.prompter.ask({ question, title: desk.title, banner: [] }, context.signal);
  const folder = "fields" in reply ? reply.fields["folder"] : undefined;
  if (typeof folder !== "string") return;
  try {
    context.terminal.result(
      await writeReport(reported, context.words.report, join(folder, `incident-${incident.opened.number}.pdf`)),
    );
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    context.terminal.problem(error);
  }
}
