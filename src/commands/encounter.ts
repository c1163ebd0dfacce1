import { readFileSync } from "node:fs";
import { join } from "node:path";
import { addAbortSignal } from "node:stream";
import type { Command } from "commander";
import { type Context, exampleFolder, inLanguage, inLanguageOf, openPrompter } from "../context.ts";
import type { Approval, Opened, OpenedBy } from "../core/entry.ts";
import { question } from "../core/encounter.ts";
import { fold } from "../core/incident.ts";
import { type Begun, opening } from "../core/opening.ts";
import { Problem } from "../core/problem.ts";
import type { Protocol } from "../core/protocol.ts";
import type { Question } from "../core/question.ts";
import { type Setting, settings } from "../core/settings.ts";
import type { Site } from "../core/site.ts";
import { protocolOf, siteTitle } from "../core/site-words.ts";
import {
  encounterFolder,
  findEncounter,
  freshNumber,
  type Listed,
  newNumber,
  openEncounters,
} from "../shell/encounters.ts";
import { type Desk, guide } from "../shell/guide.ts";
import { type Header, type Journal, openJournal, startJournal } from "../shell/journal.ts";
import { type Kept, openProtocol, shelved } from "../shell/library.ts";
import type { Prompter } from "../shell/prompter.ts";
import { approvalLines, approvalOf } from "./approval.ts";
import { finish, rescue, sayPaused } from "./finish.ts";
import { firstWords } from "./first-words.ts";
import { outside, screenTitle, siteLines } from "./outside.ts";

export type EncounterOptions = {
  readonly setting?: string;
  readonly resume?: string | boolean;
  readonly request?: boolean;
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
    .option("--resume [number]", "go on with an open encounter; without a number, the latest")
    .option("--request", "nobody is here: a call, e-mail or letter asks about someone")
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

/** The same before anybody can answer: the words on the screen may yet be those of the encounter that is gone on with. */
type Settled = Omit<Opening, "prompter"> & { readonly open: (context: Context) => Promise<Prompter> };

export async function runEncounter(asked: Context, options: EncounterOptions): Promise<number> {
  const setting = options.setting === undefined ? undefined : settingNamed(options.setting);
  const { open, ...settled } = await settle(asked, options, setting);
  const { resume: wanted = false } = options;
  const found = wanted === false ? undefined : openOne(asked, settled.data, wanted);
  const { id, templates } = wantedOf(settled.site, options);
  const context =
    found === undefined ? await inLanguageOf(asked, id, templates) : await inItsLanguage(asked, found.folder);
  const opening: Opening = { ...settled, prompter: await open(context) };
  try {
    const started =
      found === undefined ? await start(context, opening, options) : await resume(context, opening, found.folder);
    return await lead(context, opening, started, options);
  } finally {
    opening.prompter.close();
  }
}

/** The screens in the language that an encounter was opened in, where there still are words in it. */
async function inItsLanguage(context: Context, folder: string): Promise<Context> {
  try {
    const { language } = JSON.parse(readFileSync(join(folder, "header.json"), "utf8")) as Partial<Header>;
    return language === undefined ? context : await inLanguage(context, language);
  } catch {
    return context;
  }
}

function settingNamed(name: string): Setting {
  const setting = settings.find((each) => each === name);
  if (setting === undefined) throw new Problem("usage", `"${name}" is no setting`, `one of: ${settings.join(", ")}`);
  return setting;
}

/** Settles who answers, where the record goes and whose site it is. */
async function settle(context: Context, options: EncounterOptions, asked: Setting | undefined): Promise<Settled> {
  const ownSetting = asked ?? context.site.setting;
  const own = { data: context.data, site: context.site, ...(ownSetting && { setting: ownSetting }), isExample: false };
  if (options.stdio) return { ...own, open: openStdio, openedBy: "stdio" };
  if (options.answers === undefined)
    return { ...own, open: (shown) => openPrompter(shown, options.plain ?? false), openedBy: "keyboard" };
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
    open: async () => openAnswers(lines, file === "-" ? "the standard input" : file),
    openedBy: "answers",
    site,
    ...(chosen && { setting: chosen }),
    isExample,
    ...(header?.opened && { openedAt: header.opened }),
  };
}

async function openStdio(): Promise<Prompter> {
  const { openStdio: talk } = await import("../shell/script.ts");
  const prompter = talk({ input: lineByLine(process.stdin), output: process.stdout });
  // The other program need not hang up first: without this, an input that stays open would keep us here.
  const close = (): void => {
    prompter.close();
    process.stdin.destroy();
  };
  return { ...prompter, close };
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

/** `stood`: how the words stood when it was opened. */
type Started = {
  readonly journal: Journal;
  readonly shelf: Kept;
  readonly folder: string;
  readonly stood: { readonly approval: Approval; readonly problems: readonly string[] };
};

/** Whose protocol it is: the site's, unless the shipped one or another folder is asked for. */
function wantedOf(site: Site, { shipped, templates }: EncounterOptions) {
  const own: Site = shipped ? {} : site;
  return { id: protocolOf(own), templates: templates ?? own.templates };
}

/** The protocol and its setting, which is asked only when nothing tells it. */
async function protocolFor(context: Context, opening: Opening, options: EncounterOptions) {
  const { id, templates } = wantedOf(opening.site, options);
  const wanted = { folder: templates, language: context.language, traits: opening.site.traits };
  try {
    // A fault in a site's own templates is told before anybody is asked anything.
    if (templates !== undefined && opening.setting === undefined) await openProtocol(id, "shelter", wanted);
    const setting = opening.setting ?? (await askSetting(context, opening.prompter, options.request ?? false));
    return { setting, templates, shelf: await openProtocol(id, setting, wanted) };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "template" || options.templates !== undefined) throw error;
    const meanwhile = `agents are here now: ${context.command("encounter --shipped")}`;
    throw new Problem("template", error.message, `${error.hint ?? "put it right"}; ${meanwhile}`);
  }
}

async function start(context: Context, opening: Opening, options: EncounterOptions): Promise<Started> {
  const { setting, templates, shelf } = await protocolFor(context, opening, options);
  const { protocol, hash } = shelf;
  const of = { protocol: protocol.id, setting, language: protocol.language, hash: shelf.contentHash, templates };
  const stood = await approvalOf(context, of);
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
    language: protocol.language,
    ...(title !== undefined && { site: title }),
    protocol: { id: protocol.id, version: protocol.version, hash },
    openedBy: opening.openedBy,
    ...(opening.site.timeZone !== undefined && { timeZone: opening.site.timeZone }),
  };
  // Before anything is made: a request that the protocol has no start for is refused here.
  const begun = { approval: stood.approval, start: options.request ? "request" : "here" } as const;
  const opened = openingSentence(opening, header, protocol, begun);
  const journal = await startJournal(folder, header, shelf.bytes, context.clock);
  await journal.append(opened);
  return { journal, shelf, folder, stood };
}

/** A number nobody has; by chance alone where the folder cannot be looked at. */
function numberFor(data: string, at: string): string {
  try {
    return freshNumber(data, at);
  } catch {
    return newNumber(at);
  }
}

function openingSentence(
  from: Opening,
  header: Header,
  protocol: Protocol,
  begun: Pick<Begun, "approval" | "start"> = {},
): Opened {
  return opening(protocol, {
    number: header.number,
    isDrill: header.kind === "drill",
    isExample: from.isExample,
    openedBy: from.openedBy,
    ...(from.openedAt !== undefined && { happenedAt: from.openedAt }),
    site: from.site,
    hash: header.protocol.hash,
    ...begun,
  });
}

/** The open encounter that is wanted: `true` stands for the latest. @throws Problem `usage` when there is none. */
function openOne(context: Context, data: string, wanted: string | true): Listed {
  const [latest] = openEncounters(data);
  const found = wanted === true ? latest : findEncounter(data, wanted);
  if (found === undefined)
    throw new Problem("usage", "no encounter is open", `open one: ${context.command("encounter")}`);
  if (!found.isEnded) return found;
  throw new Problem(
    "usage",
    `the encounter ${found.number} is closed`,
    `add to it with: ${context.command(`incident correct ${found.number}`)}`,
  );
}

async function resume(context: Context, opening: Opening, folder: string): Promise<Started> {
  const journal = await openJournal(folder, context.clock);
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
  const approval: Approval = incident?.opened.protocol.approval ?? { state: "unapproved" };
  return { journal, shelf, folder, stood: { approval, problems: [] } };
}

/** The words for the door stay on the screen meanwhile; on the phone they would be the wrong ones. */
async function askSetting(context: Context, prompter: Prompter, isRequest: boolean): Promise<Setting> {
  const { words, signal } = context;
  const asked: Question = {
    step: "setting",
    ...outside,
    phase: "live",
    ...(isRequest ? {} : await firstWords(context)),
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
  { journal, shelf, folder, stood }: Started,
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
    banner: bannerOf(context, opening, stood),
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

/** One line that stands on every screen, so that nobody is misled: who can read this, and whether its words are approved. */
function bannerOf(context: Context, opening: Opening, { approval, problems }: Started["stood"]): readonly string[] {
  const { guide } = context.words;
  const read = opening.isExample ? guide.example : guide.readable;
  return [[read, ...approvalLines(context, approval, problems)].join(" "), ...siteLines(context)];
}
