import type { Command } from "commander";
import type { Context } from "../context.ts";
import { labelled } from "../core/decide.ts";
import type { About } from "../core/entry.ts";
import { type FieldValue, misfit, unknowns } from "../core/field.ts";
import { fold } from "../core/incident.ts";
import { Problem } from "../core/problem.ts";
import { fill } from "../core/fill.ts";
import type { Protocol } from "../core/protocol.ts";
import { renderSheetText } from "../core/sheet-text.ts";
import { findEncounter, type Listed, listEncounters } from "../shell/encounters.ts";
import { takeIn } from "../shell/intake.ts";
import { attach, openJournal, readJournal } from "../shell/journal.ts";
import { shelved } from "../shell/library.ts";
import { sheetOf } from "../shell/report.ts";
import { safe } from "../shell/terminal.ts";
import { jsonLine } from "./json-line.ts";
import { openRecord } from "./record.ts";
import { whyNotSaid } from "./written.ts";

export type CorrectOptions = {
  readonly value?: string;
  readonly unknown?: string;
  readonly agent?: string;
  readonly paper?: string;
  readonly reason?: string;
};
export type AttachOptions = { readonly paper?: string };
type JsonOption = { readonly json?: boolean };

export type IncidentRuns = {
  readonly list: (options: JsonOption) => Promise<void>;
  readonly show: (number: string, options: JsonOption) => Promise<void>;
  readonly correct: (number: string, field: string, options: CorrectOptions) => Promise<void>;
  readonly attach: (number: string, file: string, options: AttachOptions) => Promise<void>;
  readonly verify: (number: string, options: JsonOption) => Promise<void>;
};

export function incidentCommand(program: Command, runs: IncidentRuns): void {
  const incident = program
    .command("incident")
    .summary("list, show, correct, complete and verify records")
    .description("Works on the records of this computer.")
    .addHelpText(
      "before",
      "Examples:\n  threshold incident list\n  threshold incident show K7QF\n  threshold incident verify K7QF\n",
    );
  const number = "the encounter's number, or its last four signs";
  incident
    .command("list")
    .description("Lists the encounters, the latest first.")
    .option("--json", "as JSON")
    .addHelpText("before", "Example:\n  threshold incident list\n")
    .action(runs.list);
  incident
    .command("show")
    .description("Shows a record on the screen.")
    .argument("<number>", number)
    .option("--json", "the incident as JSON")
    .addHelpText("before", "Examples:\n  threshold incident show K7QF\n  threshold incident show K7QF --json\n")
    .action(runs.show);
  incident
    .command("correct")
    .description("Corrects one field. The old value stays in the record and is printed beside the new one.")
    .argument("<number>", number)
    .argument("<field>", "the field, as `threshold incident show --json` names it")
    .option("--value <text>", "what it should say")
    .option("--unknown <why>", `or why there is no value: ${unknowns.join(", ")}`)
    .option("--agent <n>", "which agent, counted from 1")
    .option("--paper <n>", "which paper, counted from 1")
    .option("--reason <text>", "why it is corrected")
    .addHelpText(
      "before",
      'Example:\n  threshold incident correct K7QF agentCount --value 3 --reason "counted on the video"\n',
    )
    .action(runs.correct);
  incident
    .command("attach")
    .description("Puts a picture, a scan or a PDF into the record.")
    .argument("<number>", number)
    .argument("<file>", "a JPEG, PNG, TIFF or PDF, 50 MB at most")
    .option("--paper <n>", "which paper it shows, counted from 1")
    .addHelpText("before", "Example:\n  threshold incident attach K7QF scan.pdf --paper 1\n")
    .action(runs.attach);
  incident
    .command("verify")
    .description("Says whether the journal is whole and in order.")
    .argument("<number>", number)
    .option("--json", "as JSON")
    .addHelpText("before", "Example:\n  threshold incident verify K7QF\n")
    .action(runs.verify);
}

export async function runList({ data, terminal, words }: Context, { json }: JsonOption): Promise<number> {
  const all = listEncounters(data);
  if (json) {
    terminal.result(jsonLine(all.map(({ number, opened, isEnded, kind }) => ({ number, opened, isEnded, kind }))));
    return 0;
  }
  if (all.length === 0) terminal.say(words.incident.none);
  const rows = all.map((each) => [
    each.number,
    `${each.opened.slice(0, 10)} ${each.opened.slice(11, 16)}`,
    each.isEnded ? words.incident.ended : words.incident.open,
    each.kind,
  ]);
  if (rows.length > 0)
    for (const row of [words.incident.head, ...rows])
      terminal.result(
        row
          .map((cell, i) => cell.padEnd([16, 18, 8, 8][i] ?? 0))
          .join("")
          .trimEnd(),
      );
  return 0;
}

export async function runShow(context: Context, number: string, { json }: JsonOption): Promise<number> {
  const { read, reported } = await openRecord(context, number, false);
  if (json) {
    const { header, head, fault } = read;
    const { undone, entries, ...rest } = reported.incident;
    context.terminal.result(
      jsonLine({ v: 1, header, head, ...(fault && { fault }), ...rest, undone: [...undone], entries }),
    );
    return 0;
  }
  for (const line of renderSheetText(sheetOf(reported, context.words.report))) context.terminal.result(safe(line));
  return 0;
}

export async function runCorrect(
  context: Context,
  number: string,
  field: string,
  options: CorrectOptions,
): Promise<number> {
  const found = findEncounter(context.data, number);
  const journal = await openJournal(found.folder, context.clock);
  try {
    const { protocol } = await shelved(journal.protocolBytes);
    const about = aboutOf(options);
    const value = valueOf(protocol, field, options, about);
    checkThere(journal.entries, about, found);
    const { label, words } = labelled(protocol, field, value);
    const { written, why } = await journal.append({
      type: "corrected",
      field,
      label,
      ...(about && { about }),
      value,
      ...(words !== undefined && { words }),
      ...(options.reason !== undefined && { reason: options.reason }),
    });
    if (!written) throw whyNotSaid(why);
    context.terminal.say(context.words.incident.corrected);
  } finally {
    await journal.close();
  }
  return 0;
}

function aboutOf({ agent, paper }: { readonly agent?: string; readonly paper?: string }): About | undefined {
  if (agent !== undefined && paper !== undefined)
    throw new Problem("usage", "both --agent and --paper are given", "give the one the field is about");
  const place = agent ?? paper;
  if (place === undefined) return undefined;
  if (!/^[1-9]\d?$/.test(place)) throw new Problem("usage", `"${place}" is not a place in a list`, "count from 1");
  return agent === undefined ? { paper: Number(place) - 1 } : { agent: Number(place) - 1 };
}

function valueOf(
  protocol: Protocol,
  id: string,
  { value, unknown }: CorrectOptions,
  about: About | undefined,
): FieldValue {
  const field = protocol.fields[id];
  const own = Object.keys(protocol.fields);
  if (field === undefined) throw new Problem("usage", `there is no field "${id}"`, `one of: ${own.join(", ")}`);
  const per = about === undefined ? "incident" : "agent" in about ? "agent" : "paper";
  if (field.per !== per)
    throw new Problem(
      "usage",
      `the field "${id}" is about ${field.per === "incident" ? "the visit as a whole" : `one ${field.per}`}`,
      field.per === "incident" ? "leave --agent and --paper out" : `say which with --${field.per} N`,
    );
  if ((value === undefined) === (unknown === undefined))
    throw new Problem("usage", "a correction needs --value or --unknown", "give one of the two");
  const reason = unknowns.find((each) => each === unknown);
  if (unknown !== undefined && reason === undefined)
    throw new Problem("usage", `"${unknown}" is no reason`, `one of: ${unknowns.join(", ")}`);
  const given: FieldValue = reason === undefined ? (value ?? "") : { unknown: reason };
  if (field.kind === "file" && reason === undefined)
    throw new Problem(
      "usage",
      `field "${id}": a file is attached, not written`,
      "see: threshold incident attach --help",
    );
  const why = misfit(field, given);
  if (why !== undefined) throw new Problem("usage", `field "${id}": ${why}`, `it answers "${field.ask}"`);
  return given;
}

function checkThere(entries: Parameters<typeof fold>[0], about: About | undefined, found: Listed): void {
  const incident = fold(entries);
  if (incident === undefined || about === undefined) return;
  const [many, place, what] =
    "agent" in about
      ? [incident.agents.length, about.agent, "agents"]
      : [incident.papers.length, about.paper, "papers"];
  if (place > many) throw new Problem("usage", `${found.number} has ${many} ${what}`, `the next one is ${many + 1}`);
}

export async function runAttach(
  context: Context,
  number: string,
  path: string,
  options: AttachOptions,
): Promise<number> {
  const found = findEncounter(context.data, number);
  const { file, bytes } = takeIn(path);
  const about = aboutOf(options);
  const journal = await openJournal(found.folder, context.clock);
  try {
    checkThere(journal.entries, about, found);
    await attach(found.folder, bytes, file.sha256);
    const { protocol } = await shelved(journal.protocolBytes);
    const field = about && "paper" in about ? fileField(protocol) : undefined;
    const { written, why } = await journal.append({
      type: "attached",
      file,
      ...(about && { about }),
      ...(field !== undefined && { field, label: protocol.fields[field]?.label ?? field }),
    });
    if (!written) throw whyNotSaid(why);
    context.terminal.say(fill(context.words.incident.attached, { name: file.name }));
  } finally {
    await journal.close();
  }
  return 0;
}

/** The field of a paper that a copy of it answers. */
function fileField({ fields }: Protocol): string | undefined {
  return Object.keys(fields).find((id) => fields[id]?.per === "paper" && fields[id].kind === "file");
}

/** Exit code 4 when the journal is not whole. */
export async function runVerify(context: Context, number: string, { json }: JsonOption): Promise<number> {
  const { terminal, words } = context;
  const found = findEncounter(context.data, number);
  const { entries, head, fault } = await readJournal(found.folder);
  const lost = fault === undefined ? await lostAttachments(found, entries) : [];
  const amiss =
    fault?.what ??
    (lost.length > 0 ? `the attachment ${lost.join(", ")} is not there, or is not what it was` : undefined);
  if (json)
    terminal.result(
      jsonLine({
        v: 1,
        number: found.number,
        lines: entries.length,
        head,
        isWhole: amiss === undefined,
        ...(amiss !== undefined && { amiss }),
        ...(fault && { fault }),
      }),
    );
  else if (amiss === undefined) {
    terminal.result(fill(words.incident.whole, { number: found.number, lines: String(entries.length), head }));
    terminal.say(words.incident.wholeSays);
  } else
    terminal.result(
      safe(fill(words.incident.broken, { number: found.number, what: amiss, lines: String(entries.length) })),
    );
  return amiss === undefined ? 0 : 4;
}

/** Names of the attachments whose bytes are gone or changed. */
async function lostAttachments(found: Listed, entries: Parameters<typeof fold>[0]): Promise<readonly string[]> {
  const { createHash } = await import("node:crypto");
  const { readFile } = await import("node:fs/promises");
  const lost: string[] = [];
  for (const { name, sha256 } of fold(entries)?.attachments ?? []) {
    const bytes = await readFile(`${found.folder}/attachments/${sha256}`).catch(() => undefined);
    if (bytes === undefined || createHash("sha256").update(bytes).digest("hex") !== sha256) lost.push(name);
  }
  return lost;
}
