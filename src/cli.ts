// The command tree, the one catch, the table of exit codes. What a command needs is loaded when it runs.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { type Context, openContext } from "./context.ts";
import { Problem, type ProblemCode } from "./core/problem.ts";

const exitCodes: Readonly<Record<ProblemCode, number>> = {
  usage: 2,
  template: 3,
  journal: 4,
  registry: 5,
  report: 6,
  paper: 7,
  key: 8,
  delivery: 9,
};
const OUR_BUG = 1;
const STOPPED = 130;
const stoppedBy = { SIGTERM: 143, SIGHUP: 129 } as const;

/** Runs one command. `argv`: the arguments alone. Gives the exit code; never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  const outside = new AbortController();
  // Listened to until the end: the prompter's library raises a signal again when it finds that nobody else does.
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (outside.signal.aborted) process.exit(stoppedBy[signal]);
      outside.abort(signal);
    });
  }
  const code = await run(argv, outside.signal).catch(explain);
  return code === STOPPED && outside.signal.aborted ? stoppedBy[outside.signal.reason as keyof typeof stoppedBy] : code;
}

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { language, rest } = languageIn(argv);
  if (rest.length > 0) return await runCommand(argv, signal);
  const { runHome } = await import("./commands/home.ts");
  return await runHome(await openContext({ signal, language }));
}

/** A language alone is no command: it is the first screen in that language. `rest`: the arguments without it. */
function languageIn(argv: readonly string[]): {
  readonly language?: string | undefined;
  readonly rest: readonly string[];
} {
  const [first = "", second, ...more] = argv;
  if (first === "--lang" && second !== undefined) return { language: second, rest: more };
  if (first.startsWith("--lang=")) return { language: first.slice(7), rest: argv.slice(1) };
  return { rest: argv };
}

/** Two lines for what a person can put right; the whole error for a bug of ours. */
async function explain(error: unknown): Promise<number> {
  const { isAborted, isStopped } = await import("./shell/prompter.ts");
  if (isStopped(error) || isAborted(error)) return STOPPED;
  if (!(error instanceof Problem)) {
    process.stderr.write(
      `threshold: error: this is a fault of ours; what was written down is safe\nthreshold: hint: please report it with these lines\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return OUR_BUG;
  }
  const { openTerminal } = await import("./shell/terminal.ts");
  openTerminal({ stdout: process.stdout, stderr: process.stderr, env: process.env }).problem(error);
  return exitCodes[error.code];
}

type Act = (run: (context: Context) => Promise<number>) => Promise<void>;

/** Every command, in the order of the help. Each is loaded when it is added. */
const commands: Readonly<Record<string, (program: Command, act: Act) => Promise<void>>> = {
  async encounter(program, act) {
    const { encounterCommand, runEncounter } = await import("./commands/encounter.ts");
    encounterCommand(program, (options) => act((context) => runEncounter(context, options)));
  },
  async note(program, act) {
    const { noteCommand, runNote } = await import("./commands/note.ts");
    noteCommand(program, (number, options) => act((context) => runNote(context, number, options)));
  },
  async check(program, act) {
    const { checkCommand, runCheck } = await import("./commands/check.ts");
    checkCommand(program, (options) => act((context) => runCheck(context, options)));
  },
  async incident(program, act) {
    const { incidentCommand, runAttach, runCorrect, runList, runShow, runVerify } = await import(
      "./commands/incident.ts"
    );
    incidentCommand(program, {
      list: (options) => act((context) => runList(context, options)),
      show: (number, options) => act((context) => runShow(context, number, options)),
      correct: (number, field, options) => act((context) => runCorrect(context, number, field, options)),
      attach: (number, file, options) => act((context) => runAttach(context, number, file, options)),
      verify: (number, options) => act((context) => runVerify(context, number, options)),
    });
  },
  async report(program, act) {
    const { reportCommand, runReport } = await import("./commands/report.ts");
    reportCommand(program, (number, options) => act((context) => runReport(context, number, options)));
  },
  async protocol(program, act) {
    const { protocolCommand } = await import("./commands/protocol.ts");
    protocolCommand(program, {
      list: (options) =>
        act(async (context) => (await import("./commands/protocol-list.ts")).runProtocolList(context, options)),
      lint: (folder, options) =>
        act(async (context) => (await import("./commands/protocol-lint.ts")).runLint(context, folder, options)),
      walk: (id, options) =>
        act(async (context) => (await import("./commands/protocol-walk.ts")).runWalk(context, id, options)),
      approve: (id, options) =>
        act(async (context) => (await import("./commands/protocol-approve.ts")).runApprove(context, id, options)),
      print: (id, options) =>
        act(async (context) => (await import("./commands/protocol-print.ts")).runPrint(context, id, options)),
    });
  },
  async setup(program, act) {
    const { runSetup, setupCommand } = await import("./commands/setup.ts");
    setupCommand(program, (options) => act((context) => runSetup(context, options)));
  },
};

async function runCommand(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { Command: Root, CommanderError } = await import("commander");
  let code = 0;
  /** What a command's action does: build the world, load the command, run it, keep its exit code. */
  const act: Act = async (run) => {
    code = await run(await openContext({ signal, language: program.opts<{ lang?: string }>().lang }));
  };
  const program = new Root("threshold")
    .description("A guide for front-desk staff when immigration agents come. Alone, it shows the first words to say.")
    .version(version(), "-V, --version")
    .option("--lang <language>", "the language of the screens, such as en or es; else the site's own")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      "before",
      "Agents are here:  threshold\n\nExamples:\n  threshold                     the first words to say, at once\n  threshold --lang es           the same in Spanish\n  threshold encounter --resume  go on with an open encounter\n  threshold report K7QF         the PDF of a record\n",
    )
    .addHelpText("after", "\nNot legal advice. Counsel approves the protocol.")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  // Help needs every command; a person who typed one waits for that one alone.
  const [wanted] = languageIn(argv).rest;
  const named = Object.entries(commands).filter(([name]) => name === wanted);
  for (const [, add] of named.length > 0 ? named : Object.entries(commands)) await add(program, act);
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const [first = "", ...more] = error.message.replace(/^error: /, "").split("\n");
    throw new Problem(
      "usage",
      first.trim() === "(outputHelp)" ? "a command is missing" : lower(first.replace(/\.$/, "")),
      lower(more.join(" ").replace(/[()?]/g, "").trim()) || "see: threshold --help",
    );
  }
  return code;
}

/** In lower case, but for what stands in quotes: that is what the person typed. */
function lower(message: string): string {
  return message.replace(/'[^']*'|[^']+/g, (part) => (part.startsWith("'") ? part : part.toLowerCase()));
}

function version(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const { version: number } = JSON.parse(readFileSync(join(here, "..", "package.json"), "utf8")) as { version: string };
  return number;
}
