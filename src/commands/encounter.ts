import { readFileSync } from "node:fs";
import { addAbortSignal } from "node:stream";
import type { Command } from "commander";
import { type Context, exampleFolder, openPrompter } from "../context.ts";
import type { Opened, OpenedBy } from "../core/entry.ts";
import { question } from "../core/encounter.ts";
import { fold } from "../core/incident.ts";
import { opening } from "../core/opening.ts";
import { Problem } from "../core/problem.ts";
import { fill } from "../core/fill.ts";
import type { Protocol } from "../core/protocol.ts";
import type { Question } from "../core/question.ts";
import { type Setting, settings } from "../core/settings.ts";
import type { Site } from "../core/site.ts";
import { siteTitle } from "../core/site-words.ts";
import { encounterFolder, findEncounter, freshNumber, newNumber, openEncounters } from "../shell/encounters.ts";
import { type Desk, guide } from "../shell/guide.ts";
import { type Header, type Journal, openJournal, startJournal } from "../shell/journal.ts";
import { openProtocol, type Shelved, shelved } from "../shell/library.ts";
import type { Prompter } from "../shell/prompter.ts";
import { finish, rescue, sayPaused } from "./finish.ts";
import { firstWords } from "./first-words.ts";
import { outside, screenTitle } from "./outside.ts";

export type EncounterOptions = {
  readonly setting?: string;
  readonly lang?: string;
  readonly resume?: string | boolean;
  readonly answers?: string;
  readonly stdio?: boolean;
  readonly out?: string;
  readonly plain?: boolean;
  readonly templates?: string;
  readonly shipped?: boolean;
  readonly pictures?: boolean;
};

export function encounterCommand(program: Command, run: (options: EncounterOptions) => Promise<void>): void {
  program
    .command("encounter")
    .summary("agents are here: be guided, and have the record written")
    .description("Guides you while agents are here, one screen at a time, and writes the record as it goes.")
    .option("--setting <setting>", `what kind of place this is: ${settings.join(", ")}`)
    .option("--lang <language>", "the language of the words: en")
    .option("--resume [number]", "go on with an open encounter; without a number, the latest")
    .option("--answers <file>", "take the answers from a file of JSON Lines; - is the standard input")
    .option("--stdio", "talk JSON Lines with another program")
    .option("--out <file>", "where the report goes")
    .option("--pictures", "print pictures of papers in the report")
    .option("--plain", "plain lines, for a screen reader or a plain terminal")
    .option("--templates <folder>", "use the site's own templates")
    .option("--shipped", "use the protocol that comes with Threshold, whatever the site has of its own")
    .addHelpText(
      "before",
      "Examples:\n  threshold encounter\n  threshold encounter --resume\n  threshold encounter --answers templates/answers/shelter-i200.jsonl --out report.pdf\n",
    )
    .action(run);
}

/** Everything about an encounter that is settled before the first question. */
type Opening = {
  readonly data: string;
  readonly prompter: Prompter;
  readonly openedBy: OpenedBy;
  readonly site: Site;
  readonly setting?: Setting;
  readonly isExample: boolean;
  readonly openedAt?: string;
};

export async function runEncounter(context: Context, options: EncounterOptions): Promise<number> {
  if (options.lang !== undefined && options.lang !== "en")
    throw new Problem("usage", `there are no words in "${options.lang}" yet`, "use --lang en");
  const setting = options.setting === undefined ? undefined : settingNamed(options.setting);
  const opening = await openFor(context, options, setting);
  try {
    const started =
      options.resume === undefined || options.resume === false
        ? await start(context, opening, options)
        : await resume(context, opening, options.resume);
    return await lead(context, opening, started, options);
  } finally {
    opening.prompter.close();
  }
}

function settingNamed(name: string): Setting {
  const setting = settings.find((each) => each === name);
  if (setting === undefined) throw new Problem("usage", `"${name}" is no setting`, `one of: ${settings.join(", ")}`);
  return setting;
}

/** Opens whoever answers, and settles where the record goes and whose site it is. */
async function openFor(context: Context, options: EncounterOptions, asked: Setting | undefined): Promise<Opening> {
  const ownSetting = asked ?? context.site.setting;
  const own = { data: context.data, site: context.site, ...(ownSetting && { setting: ownSetting }), isExample: false };
  if (options.stdio) {
    const { openStdio } = await import("../shell/script.ts");
    const prompter = openStdio({ input: lineByLine(process.stdin), output: process.stdout });
    // The other program need not hang up first: without this, an input that stays open would keep us here.
    const close = (): void => {
      prompter.close();
      process.stdin.destroy();
    };
    return { ...own, prompter: { ...prompter, close }, openedBy: "stdio" };
  }
  if (options.answers === undefined)
    return { ...own, prompter: await openPrompter(context, options.plain ?? false), openedBy: "keyboard" };
  const { answersHeader, openAnswers } = await import("../shell/script.ts");
  const file = options.answers;
  const lines =
    file === "-" ? await Array.fromAsync(lineByLine(addAbortSignal(context.signal, process.stdin))) : answerLines(file);
  const header = answersHeader(lines[0] ?? "", file);
  const site = header?.site === undefined ? context.site : await siteOf(header.site, file);
  const chosen = asked ?? (header?.setting === undefined ? site.setting : settingNamed(header.setting));
  const isExample = header?.example ?? false;
  return {
    data: isExample ? exampleFolder(context) : context.data,
    prompter: openAnswers(lines, file === "-" ? "the standard input" : file),
    openedBy: "answers",
    site,
    ...(chosen && { setting: chosen }),
    isExample,
    ...(header?.opened && { openedAt: header.opened }),
  };
}

function answerLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    throw new Problem(
      "usage",
      `the file of answers ${file} cannot be read`,
      "three come with Threshold, in templates/answers/",
    );
  }
}

/** Lines as JSON Lines has them: what readline takes for line breaks besides, such as U+2028, may stand in a string. */
async function* lineByLine(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  input.setEncoding("utf8");
  let rest = "";
  for await (const piece of input) {
    const lines = `${rest}${String(piece)}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

async function siteOf(given: unknown, file: string): Promise<Site> {
  const { Site: Schema } = await import("../core/site.ts");
  const parsed = Schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Problem(
    "usage",
    `${file} line 1: site.${issue?.path.join(".") ?? ""}: ${issue?.message.toLowerCase() ?? "not as it should be"}`,
    "see the examples in templates/answers/",
  );
}

type Started = { readonly journal: Journal; readonly shelf: Shelved; readonly folder: string };

/** The protocol and its setting, which is asked only when nothing tells it. */
async function protocolFor(context: Context, opening: Opening, options: EncounterOptions) {
  const own = options.shipped ? {} : opening.site;
  const id = own.protocol ?? "nyc";
  const templates = options.templates ?? own.templates;
  try {
    // A fault in a site's own templates is told before anybody is asked anything.
    if (templates !== undefined && opening.setting === undefined) await openProtocol(id, "shelter", templates);
    const setting = opening.setting ?? (await askSetting(context, opening.prompter));
    return { setting, shelf: await openProtocol(id, setting, templates) };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "template" || options.templates !== undefined) throw error;
    const meanwhile = `agents are here now: ${context.command("encounter --shipped")}`;
    throw new Problem("template", error.message, `${error.hint ?? "put it right"}; ${meanwhile}`);
  }
}

async function start(context: Context, opening: Opening, options: EncounterOptions): Promise<Started> {
  const { setting, shelf } = await protocolFor(context, opening, options);
  const { at } = context.clock.now();
  const number = numberFor(opening.data, at);
  const folder = encounterFolder(opening.data, number);
  const title = siteTitle(opening.site);
  const header: Header = {
    v: 1,
    number,
    opened: at,
    kind: opening.isExample ? "example" : "live",
    setting,
    language: shelf.protocol.language,
    ...(title !== undefined && { site: title }),
    protocol: { id: shelf.protocol.id, version: shelf.protocol.version, hash: shelf.hash },
    openedBy: opening.openedBy,
    ...(opening.site.timeZone !== undefined && { timeZone: opening.site.timeZone }),
  };
  const journal = await startJournal(folder, header, shelf.bytes, context.clock);
  await journal.append(openingSentence(opening, header, shelf.protocol));
  return { journal, shelf, folder };
}

/** A number nobody has; by chance alone where the folder cannot be looked at. */
function numberFor(data: string, at: string): string {
  try {
    return freshNumber(data, at);
  } catch {
    return newNumber(at);
  }
}

function openingSentence(from: Opening, header: Header, protocol: Protocol): Opened {
  return opening(protocol, {
    number: header.number,
    isDrill: header.kind === "drill",
    isExample: from.isExample,
    openedBy: from.openedBy,
    ...(from.openedAt !== undefined && { happenedAt: from.openedAt }),
    site: from.site,
    hash: header.protocol.hash,
  });
}

async function resume(context: Context, opening: Opening, wanted: string | boolean): Promise<Started> {
  const open = openEncounters(opening.data);
  const [latest] = open;
  const found = typeof wanted === "string" ? findEncounter(opening.data, wanted) : latest;
  if (found === undefined)
    throw new Problem("usage", "no encounter is open", `open one: ${context.command("encounter")}`);
  if (found.isEnded)
    throw new Problem(
      "usage",
      `the encounter ${found.number} is closed`,
      `add to it with: ${context.command(`incident correct ${found.number}`)}`,
    );
  const journal = await openJournal(found.folder, context.clock);
  const shelf = await shelved(journal.protocolBytes);
  if (journal.entries.length === 0) {
    await journal.append(openingSentence({ ...opening, site: context.site }, journal.header, shelf.protocol));
  }
  const incident = fold(journal.entries);
  const step = (incident && question(shelf.protocol, incident)?.step) ?? shelf.protocol.start;
  await journal.append({
    type: "resumed",
    step,
    openedBy: opening.openedBy,
    ...(journal.found && { found: journal.found }),
  });
  if (journal.found) context.terminal.warn(`${journal.found.what}; kept in ${journal.found.keptIn}`);
  return { journal, shelf, folder: found.folder };
}

async function askSetting(context: Context, prompter: Prompter): Promise<Setting> {
  const { words, signal } = context;
  const asked: Question = {
    step: "setting",
    ...outside,
    phase: "live",
    ...(await firstWords(context)),
    ask: words.home.setting,
    choices: settings.map((id) => ({ id, label: words.home.settings[id] })),
  };
  const reply = await prompter.ask({ question: asked, title: words.home.title, banner: [] }, signal);
  return settingNamed("answer" in reply ? reply.answer : "");
}

/** Guides to the end, then makes the report and says where it is and whom to tell. */
async function lead(
  context: Context,
  opening: Opening,
  { journal, shelf, folder }: Started,
  options: EncounterOptions,
): Promise<number> {
  const { words } = context;
  const desk: Desk = {
    journal,
    protocol: shelf.protocol,
    prompter: opening.prompter,
    words: words.guide,
    title: screenTitle(words, opening.site),
    ...(opening.isExample && { mark: words.report.example }),
    banner: bannerOf(context, opening),
    folder,
    openedAt: performance.now() - journal.now().elapsed,
    signal: context.signal,
  };
  // Loaded while the person reads, so that an upgrade during the visit cannot take the report away.
  const ahead = setTimeout(() => void import("../shell/pdf.ts"), 2000).unref();
  try {
    const left = await guide(desk);
    const record = { desk, incident: left.incident, protocolHash: shelf.hash, data: opening.data };
    // Nobody is asked anything when the process was told to stop from outside.
    if (left.how !== "signal") await rescue(context, record);
    if (left.how === "ended") {
      const out = { ...(options.out !== undefined && { out: options.out }), withPictures: options.pictures ?? false };
      return await finish(context, record, out);
    }
    await sayPaused(context, desk);
  } catch (error) {
    await sayPaused(context, desk);
    throw error;
  } finally {
    clearTimeout(ahead);
    await journal.close();
  }
  return 130;
}

/** One line that stands on every screen, so that nobody is misled: who can read this, and who has approved it. */
function bannerOf({ words, siteProblem }: Context, opening: Opening): readonly string[] {
  const lines = opening.isExample ? [words.guide.example] : [words.guide.readable];
  const approval = [words.guide.unapproved];
  const fault = siteProblem === undefined ? [] : [fill(words.guide.siteProblem, { what: siteProblem.message })];
  return [[...lines, ...approval].join(" "), ...fault];
}
