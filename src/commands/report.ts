import type { Command } from "commander";
import type { Context } from "../context.ts";
import { writeReport } from "../shell/report.ts";
import { openRecord } from "./record.ts";

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
  const { reported } = await openRecord(context, number, options.pictures ?? false);
  const out = options.out ?? `${reported.folder}/incident-${reported.incident.opened.number}.pdf`;
  context.terminal.result(await writeReport(reported, context.words.report, out));
  return 0;
}
