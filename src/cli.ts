// The command tree, the one catch, the table of exit codes. What a command needs is loaded when it runs.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Context, openContext } from "./context.ts";
import { Problem, type ProblemCode } from "./core/problem.ts";

const exitCodes: Readonly<Record<ProblemCode, number>> = { usage: 2, template: 3, journal: 4, registry: 5, report: 6, paper: 7, key: 8, delivery: 9 };
const OUR_BUG = 1;
const STOPPED = 130;

/** Runs one command. `argv`: the arguments alone. Gives the exit code; never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  const outside = new AbortController();
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, () => outside.abort(signal));
  try {
    if (argv.length === 0) {
      const { runHome } = await import("./commands/home.ts");
      return await runHome(await openContext(outside.signal));
    }
    return await runCommand(argv, outside.signal);
  } catch (error) {
    return explain(error);
  }
}

/** Two lines for what a person can put right; the whole error for a bug of ours. */
async function explain(error: unknown): Promise<number> {
  if (error instanceof Error && (error.name === "StoppedError" || error.name === "ExitPromptError" || error.name === "AbortError")) return STOPPED;
  if (!(error instanceof Problem)) {
    process.stderr.write(`threshold: error: this is a fault of ours; what was written down is safe\nthreshold: hint: please report it with these lines\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return OUR_BUG;
  }
  const { openTerminal } = await import("./shell/terminal.ts");
  openTerminal({ stdout: process.stdout, stderr: process.stderr, env: process.env }).problem(error);
  return exitCodes[error.code];
}

async function runCommand(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { Command, CommanderError } = await import("commander");
  let code = 0;
  /** What a command's action does: build the world, load the command, run it, keep its exit code. */
  const act = async (run: (context: Context) => Promise<number>): Promise<void> => {
    code = await run(await openContext(signal));
  };
  const program = new Command("threshold")
    .description("A guide for front-desk staff when immigration agents come. Alone, it shows the first words to say.")
    .version(version(), "-V, --version")
    .addHelpText("before", "Agents are here:  threshold\n\nExamples:\n  threshold                     the first words to say, at once\n  threshold encounter --resume  go on with an open encounter\n  threshold report K7QF         the PDF of a record\n")
    .addHelpText("after", "\nNot legal advice. Counsel approves the protocol.")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const [encounter, note, check, incident, report, protocol, setup] = await Promise.all([
    import("./commands/encounter.ts"),
    import("./commands/note.ts"),
    import("./commands/check.ts"),
    import("./commands/incident.ts"),
    import("./commands/report.ts"),
    import("./commands/protocol.ts"),
    import("./commands/setup.ts"),
  ]);
  encounter.encounterCommand(program, (options) => act((context) => encounter.runEncounter(context, options)));
  note.noteCommand(program, (number) => act((context) => note.runNote(context, number)));
  check.checkCommand(program, (options) => act((context) => check.runCheck(context, options)));
  incident.incidentCommand(program, {
    list: (options) => act((context) => incident.runList(context, options)),
    show: (number, options) => act((context) => incident.runShow(context, number, options)),
    correct: (number, field, options) => act((context) => incident.runCorrect(context, number, field, options)),
    attach: (number, file, options) => act((context) => incident.runAttach(context, number, file, options)),
    verify: (number, options) => act((context) => incident.runVerify(context, number, options)),
  });
  report.reportCommand(program, (number, options) => act((context) => report.runReport(context, number, options)));
  protocol.protocolCommand(program, { list: (options) => act((context) => protocol.runProtocolList(context, options)), lint: (folder) => act((context) => protocol.runLint(context, folder)) });
  setup.setupCommand(program, (options) => act((context) => setup.runSetup(context, options)));
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const [first = "", ...more] = error.message.replace(/^error: /, "").split("\n");
    throw new Problem("usage", first.trim() === "(outputHelp)" ? "a command is missing" : first.replace(/\.$/, "").toLowerCase(), more.join(" ").replace(/[()?]/g, "").trim().toLowerCase() || "see: threshold --help");
  }
  return code;
}

function version(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const { version: number } = JSON.parse(readFileSync(join(here, "..", "package.json"), "utf8")) as { version: string };
  return number;
}
