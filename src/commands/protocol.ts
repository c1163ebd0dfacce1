import type { Command } from "commander";
import { settings } from "../core/settings.ts";

// The options of the commands about protocols; what each does stands in a file of its own, loaded when it runs.

export type ListOptions = { readonly json?: boolean };
export type LintOptions = { readonly undrilled?: boolean };
/** Which words are meant: `id` of the site's protocol when it is left out, the site's setting, the language of `--lang`. */
export type NamedOptions = { readonly setting?: string; readonly out?: string };
export type ApproveOptions = {
  readonly setting: string;
  readonly by: string;
  readonly again: string;
  readonly on?: string;
  readonly hash?: string;
  readonly yes?: boolean;
};

export type ProtocolRuns = {
  readonly list: (options: ListOptions) => Promise<void>;
  readonly lint: (folder: string | undefined, options: LintOptions) => Promise<void>;
  readonly walk: (id: string | undefined, options: NamedOptions) => Promise<void>;
  readonly approve: (id: string | undefined, options: ApproveOptions) => Promise<void>;
  readonly print: (id: string | undefined, options: NamedOptions) => Promise<void>;
};

const idArgument = ["[id]", "which protocol; the site's when it is left out"] as const;
const settingOption = ["--setting <setting>", `for what kind of place: ${settings.join(", ")}`] as const;

export function protocolCommand(program: Command, runs: ProtocolRuns): void {
  const protocol = program
    .command("protocol")
    .summary("list, check, walk, approve and print the protocols")
    .description("Works on protocols: the words and the ways that counsel approves.")
    .addHelpText(
      "before",
      "Examples:\n  threshold protocol list\n  threshold protocol lint\n  threshold protocol walk --out walk.pdf\n",
    );
  protocol
    .command("list")
    .description("Lists the protocols there are: their languages, who read the words, and who approved them.")
    .option("--json", "as JSON, one protocol a line")
    .addHelpText("before", "Example:\n  threshold protocol list\n")
    .action(runs.list);
  protocol
    .command("lint")
    .description(
      "Looks for faults, over every answer in every setting and language. Exit code 3 when there are some; else says what counsel should look at first.",
    )
    .argument("[folder]", "a folder of templates; the ones that come with Threshold when it is left out")
    .option("--undrilled", "name every answer that no shipped example plays")
    .addHelpText("before", "Examples:\n  threshold protocol lint\n  threshold protocol lint ~/our-templates\n")
    .action(runs.lint);
  protocol
    .command("walk")
    .description("A numbered walk through every answer, with every word that is shown, for counsel to read and sign.")
    .argument(...idArgument)
    .option(...settingOption)
    .option(
      "--out <file>",
      "a PDF, or lines of text when its name ends in .txt; else the lines go to the standard output",
    )
    .addHelpText(
      "before",
      "Examples:\n  threshold protocol walk --setting school --out walk.pdf\n  threshold protocol walk --lang es\n",
    )
    .action(runs.walk);
  protocol
    .command("approve")
    .description(
      "Writes down that somebody approved the words for a kind of place in a language, as they are now. Whoever can write to this computer can write that: keep the signed walk on paper.",
    )
    .argument(...idArgument)
    .requiredOption(...settingOption)
    .requiredOption("--by <office>", 'who approved them, by office: "General Counsel, DSS"')
    .requiredOption("--again <day>", "the last day before they must be read again, as 2027-11-23")
    .option("--on <day>", "the day they were approved; today when it is left out")
    .option("--hash <signs>", "the first signs of the hash on the walk that was signed, 8 at least")
    .option("--yes", "do not ask; for scripts")
    .addHelpText(
      "before",
      'Example:\n  threshold protocol approve --setting shelter --by "General Counsel, DSS" --again 2027-11-23 --hash 1a2b3c4d\n',
    )
    .action(runs.approve);
  protocol
    .command("print")
    .description("The protocol on one page for a wall, as an SVG file, or as lines of text.")
    .argument(...idArgument)
    .option(...settingOption)
    .option(
      "--out <file>",
      "an SVG, or lines of text when its name ends in .txt; else the lines go to the standard output",
    )
    .addHelpText(
      "before",
      "Examples:\n  threshold protocol print --setting hospital --out wall.svg\n  threshold protocol print\n",
    )
    .action(runs.print);
}
