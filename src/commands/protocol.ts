import type { Command } from "commander";
import type { Context } from "../context.ts";
import { waysOut } from "../core/faults-graph.ts";
import { unverified, weaklyFounded } from "../core/open-questions.ts";
import { Problem } from "../core/problem.ts";
import type { Words } from "../core/product-words.ts";
import { fill } from "../core/fill.ts";
import type { Protocol } from "../core/protocol.ts";
import { templatesFolder } from "../shell/assets.ts";
import type { Terminal } from "../shell/terminal.ts";
import { jsonLine } from "./json-line.ts";

export type ProtocolRuns = {
  readonly list: (options: { readonly json?: boolean }) => Promise<void>;
  readonly lint: (folder?: string) => Promise<void>;
};

export function protocolCommand(program: Command, runs: ProtocolRuns): void {
  const protocol = program
    .command("protocol")
    .summary("list the protocols, and look for faults in them")
    .description("Works on protocols: the words and the ways that counsel approves.")
    .addHelpText("before", "Examples:\n  threshold protocol list\n  threshold protocol lint\n");
  protocol
    .command("list")
    .description("Lists the protocols that come with Threshold.")
    .option("--json", "as JSON")
    .addHelpText("before", "Example:\n  threshold protocol list\n")
    .action(runs.list);
  protocol
    .command("lint")
    .description("Looks for faults, over every answer in every setting. Exit code 3 when there are some.")
    .argument("[folder]", "a folder of templates; the ones that come with Threshold when it is left out")
    .addHelpText("before", "Examples:\n  threshold protocol lint\n  threshold protocol lint ~/our-templates\n")
    .action(runs.lint);
}

export async function runProtocolList(
  { terminal, words }: Context,
  { json }: { readonly json?: boolean },
): Promise<number> {
  for (const [id, settings] of await compiled(templatesFolder())) {
    const [first] = settings;
    if (first === undefined) continue;
    if (json)
      terminal.result(
        jsonLine({
          id,
          version: first.version,
          title: first.title,
          approved: false,
          settings: settings.map(({ setting }) => setting),
        }),
      );
    else
      terminal.result(
        `${id} ${first.version}  ${first.title} (${settings.map(({ setting }) => words.home.settings[setting].toLowerCase()).join(", ")}). ${words.protocol.unapproved}`,
      );
  }
  return 0;
}

/** @throws Problem `template` that counts the faults, after printing each. */
export async function runLint({ terminal, words }: Context, folder = templatesFolder()): Promise<number> {
  const { openQuestions, templateFaults } = await import("../shell/templates.ts");
  const faults = templateFaults(folder);
  for (const { message, hint } of faults) terminal.result(`${message}; ${hint}`);
  if (faults.length > 0)
    throw new Problem(
      "template",
      `${faults.length} ${faults.length === 1 ? "fault" : "faults"} in ${folder}`,
      "each line above names the file, the line and what would be right",
    );
  for (const [name, settings] of await compiled(folder)) {
    const steps = settings.flatMap(({ steps: all }) => Object.values(all));
    terminal.result(
      fill(words.protocol.fine, {
        name,
        settings: String(settings.length),
        steps: String(new Set(steps.map(({ id }) => id)).size),
        answers: String(new Set(steps.flatMap((step) => waysOut(step).map(([answer]) => `${step.id} ${answer}`))).size),
      }),
    );
    sayFoundation(terminal, words, settings, Object.keys(openQuestions(folder, name) ?? {}).length);
  }
  return 0;
}

/** What counsel should look at first: sources not read whole, steps that rest on nothing else, questions left open. */
function sayFoundation(
  terminal: Terminal,
  { protocol: words }: Words,
  settings: readonly Protocol[],
  open: number,
): void {
  const sources = unverified(settings);
  const steps = weaklyFounded(settings);
  terminal.result(fill(words.sources, { count: String(sources.length) }));
  for (const { mark, cite, read } of sources) terminal.result(fill(words.source, { mark, cite, read }));
  terminal.result(fill(words.weak, { count: String(steps.length), steps: steps.join(", ") }));
  terminal.result(fill(words.open, { count: String(open) }));
}

async function compiled(folder: string): Promise<ReadonlyMap<string, readonly Protocol[]>> {
  const { compileTemplates } = await import("../shell/templates.ts");
  const protocols = compileTemplates(folder)
    .files.filter(({ path }) => path.startsWith("protocols/"))
    .map(({ bytes }) => JSON.parse(bytes) as Protocol);
  return Map.groupBy(protocols, ({ id }) => id);
}
