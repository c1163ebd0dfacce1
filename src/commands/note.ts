import { addAbortSignal } from "node:stream";
import type { Command } from "commander";
import { type Context, openPrompter } from "../context.ts";
import { Problem } from "../core/problem.ts";
import { fill } from "../core/fill.ts";
import type { Question } from "../core/question.ts";
import { findEncounter, openEncounters } from "../shell/encounters.ts";
import { openJournal } from "../shell/journal.ts";
import { outside } from "./outside.ts";
import { whyNotSaid } from "./written.ts";

const LONGEST = 10_000;
const MOST_OF_A_DESK = 80;

export type NoteOptions = { readonly desk?: string };

export function noteCommand(
  program: Command,
  run: (number: string | undefined, options: NoteOptions) => Promise<void>,
): void {
  program
    .command("note")
    .summary("add a note to an open encounter from a second terminal")
    .description(
      "Adds a note to an open encounter, while the guide runs elsewhere. Type it, or send it to the standard input; it is never an argument, so that it stays out of the shell's history.",
    )
    .argument("[number]", "the encounter's number, or its last four signs; the latest open one when it is left out")
    .option("--desk <desk>", "which desk or door the note comes from")
    .addHelpText(
      "before",
      'Examples:\n  threshold note K7QF\n  echo "a second car came" | threshold note K7QF --desk "Side door"\n',
    )
    .action(run);
}

/** Adds one note. @throws Problem when the encounter is closed, or the note could not be written. */
export async function runNote(context: Context, number?: string, options: NoteOptions = {}): Promise<number> {
  const { words, terminal, data } = context;
  const found = number === undefined ? openEncounters(data)[0] : findEncounter(data, number);
  if (found === undefined) throw new Problem("usage", "no encounter is open", "see them all: threshold incident list");
  if (found.isEnded)
    throw new Problem(
      "usage",
      fill(words.note.ended.replace(/\.$/, "").toLowerCase(), { number: found.number }),
      `add to it with: ${context.command(`incident correct ${found.number}`)}`,
    );
  const desk = options.desk?.trim();
  if (desk === "" || (desk ?? "").length > MOST_OF_A_DESK || /[\n\r]/.test(desk ?? ""))
    throw new Problem("usage", "--desk names one desk or door", `one line, ${MOST_OF_A_DESK} characters at most`);
  const text = (process.stdin.isTTY ? await typed(context) : await piped(context)).trim();
  if (text === "") throw new Problem("usage", "the note is empty", "type it, or send it to the standard input");
  if (text.length > LONGEST)
    throw new Problem("usage", `the note has ${text.length} characters`, `${LONGEST} at most; send it in parts`);
  const journal = await openJournal(found.folder, context.clock);
  try {
    const { entry, written, why } = await journal.append({
      type: "noted",
      text,
      from: "second",
      ...(desk !== undefined && { desk }),
    });
    if (!written) throw whyNotSaid(why);
    terminal.say(fill(words.note.added, { n: String(entry.n) }));
  } finally {
    await journal.close();
  }
  return 0;
}

async function piped({ signal }: Context): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of addAbortSignal(signal, process.stdin)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function typed(context: Context): Promise<string> {
  const prompter = await openPrompter(context, false);
  const question: Question = {
    step: "note",
    ...outside,
    ask: context.words.note.ask,
    choices: [],
    field: { id: "note", kind: "text", unknowns: [], left: 1 },
  };
  try {
    const reply = await prompter.ask({ question, title: context.words.home.title, banner: [] }, context.signal);
    const value = "fields" in reply ? reply.fields["note"] : undefined;
    return typeof value === "string" ? value : "";
  } finally {
    prompter.close();
  }
}
