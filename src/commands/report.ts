import type { Command } from "commander";
import type { Context } from "../context.ts";
import { fold } from "../core/incident.ts";
import { Problem } from "../core/problem.ts";
import { findEncounter } from "../shell/encounters.ts";
import { readJournal } from "../shell/journal.ts";
import { shelved } from "../shell/library.ts";
import { writeReport } from "../shell/report.ts";

export type ReportOptions = { readonly out?: string; readonly pictures?: boolean };

export function reportCommand(program: Command, run: (number: string, options: ReportOptions) => Promise<void>): void {
  program
    .command("report")
    .summary("make the PDF of an encounter")
    .description("Makes the report of an encounter from its journal, open or closed, and says where it is.")
    .argument("<number>", "the encounter's number, or its last four signs")
    .option("--out <file>", "where the report goes")
    .option("--pictures", "print pictures of papers; they carry names and birth dates")
    .addHelpText(
      "before",
      "Examples:\n  threshold report 2026-1123-K7QF\n  threshold report K7QF --out /media/usb/report.pdf\n",
    )
    .action(run);
}

export async function runReport(context: Context, number: string, options: ReportOptions): Promise<number> {
  const found = findEncounter(context.data, number);
  const { entries, protocolBytes, head, fault } = await readJournal(found.folder);
  const incident = fold(entries);
  if (incident === undefined)
    throw new Problem(
      "journal",
      `the journal of ${found.number} holds nothing that can be read`,
      `look at it: ${context.command(`incident verify ${found.number}`)}`,
    );
  if (fault) context.terminal.warn(fault.what);
  const { protocol, hash } = await shelved(protocolBytes);
  const imprint = {
    at: context.clock.now().at,
    head,
    protocolHash: hash,
    withPictures: options.pictures ?? false,
    ...(fault && { fault: fault.what }),
  };
  const path = await writeReport(
    { incident, protocol, imprint, folder: found.folder },
    context.words.report,
    options.out ?? `${found.folder}/incident-${found.number}.pdf`,
  );
  context.terminal.result(path);
  return 0;
}
