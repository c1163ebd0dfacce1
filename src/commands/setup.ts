import { join } from "node:path";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { Problem } from "../core/problem.ts";
import { fill } from "../core/fill.ts";
import type { Words } from "../core/product-words.ts";
import { asShown, type Protocol, RECORD_LANGUAGE } from "../core/protocol.ts";
import { type Setting, settings, type Trait, traits } from "../core/settings.ts";
import { Site } from "../core/site.ts";
import { isConfidential, protocolOf, siteValues } from "../core/site-words.ts";
import { listProtocols, openFirstWords, openProtocol, openWords } from "../shell/library.ts";
import { isSetUp, openSite, saveSite } from "../shell/site-file.ts";
import { safe } from "../shell/terminal.ts";
import { jsonLine } from "./json-line.ts";

export type SetupOptions = {
  readonly name?: string;
  readonly code?: string;
  readonly confidential?: boolean;
  readonly setting?: string;
  readonly trait?: readonly string[];
  readonly language?: string;
  readonly agency?: string;
  readonly address?: string;
  readonly timeZone?: string;
  readonly desk?: string;
  readonly waitingPlace?: string;
  readonly past?: string;
  readonly spoken?: readonly string[];
  readonly area?: readonly string[];
  readonly contact?: readonly string[];
  readonly templates?: string;
  readonly print?: boolean;
  readonly json?: boolean;
};

const collect = (value: string, list: readonly string[] = []): readonly string[] => [...list, value];

export function setupCommand(program: Command, run: (options: SetupOptions) => Promise<void>): void {
  program
    .command("setup")
    .summary("this site: its name, waiting place and contacts")
    .description(
      "Describes this desk, so that the first screen names the right place and the right numbers. Without options it asks; every answer is also an option.",
    )
    .option("--name <text>", "what the place is called")
    .option("--code <code>", "a short code without spaces")
    .option("--confidential", "the name and address stay secret: only the code is shown")
    .option("--no-confidential", "the name may be shown")
    .option("--setting <setting>", settings.join(", "))
    .option("--trait <trait>", `what the place is besides: ${traits.join(", ")}; again for more, or none`, collect)
    .option("--language <language>", "the language of its screens, such as en or es")
    .option("--agency <text>", "the agency it belongs to")
    .option("--address <text>", "its address")
    .option("--time-zone <zone>", "an IANA name such as America/New_York")
    .option("--desk <text>", "which desk or entrance this is")
    .option("--waiting-place <text>", 'where agents wait, as said aloud: "in the lobby"')
    .option("--past <text>", 'what agents are not let past, as said aloud: "past this door"')
    .option(
      "--spoken <language.key=text>",
      'the same words in another language: "es.past=..."; again for more',
      collect,
    )
    .option("--area <name=public|closed>", "an area and whether it is public; may be given again", collect)
    .option("--contact <role=who,number>", "whom to call; may be given again", collect)
    .option("--templates <folder>", "the site's own templates")
    .option("--print", "show what is set up, and change nothing")
    .option("--json", "with --print: as JSON")
    .addHelpText(
      "before",
      'Examples:\n  threshold setup\n  threshold setup --name "Maple Street Shelter" --setting shelter --waiting-place "in the lobby" --contact "lead=Shift supervisor,212-555-0142"\n  threshold setup --print\n',
    )
    .action(run);
}

export async function runSetup(context: Context, options: SetupOptions): Promise<number> {
  if (options.print) return await print(context, options.json ?? false);
  const { print: _, json: __, ...given } = options;
  const before = await openSite(context.data);
  const site = Object.keys(given).length > 0 ? merged(before, given) : await asked(context, before);
  await mustOpen(site);
  await saveSite(context.data, site);
  context.terminal.say(fill(context.words.setup.saved, { path: join(context.data, "site.yaml") }));
  return 0;
}

/** What would fail when agents are here is refused now: templates with a fault, a language without words. */
async function mustOpen(site: Site): Promise<void> {
  const { language, templates: folder, setting = "shelter" } = site;
  if (language !== undefined) await openWords(language);
  if (folder !== undefined) await listProtocols(folder);
  if (language !== undefined || folder !== undefined)
    await openProtocol(protocolOf(site), setting, { folder, language });
}

async function print({ data, terminal, words, command }: Context, asJson: boolean): Promise<number> {
  const site = await openSite(data);
  if (asJson) {
    terminal.result(jsonLine({ v: 1, path: join(data, "site.yaml"), site }));
    return 0;
  }
  if (!isSetUp(data)) {
    terminal.say(fill(words.setup.nothing, { command: command("setup") }));
    return 0;
  }
  terminal.say(fill(words.setup.shown, { path: join(data, "site.yaml") }));
  const { stringify } = await import("yaml");
  for (const line of stringify(site).trimEnd().split("\n")) terminal.result(safe(line));
  return 0;
}

/** What was set up, with the options put over it. @throws Problem `usage` that names the option. */
function merged(before: Site, options: SetupOptions): Site {
  const areas = options.area?.map((text) => {
    const [name, kind] = halves(text, "area", "name=public or name=closed");
    if (kind !== "public" && kind !== "closed")
      throw new Problem(
        "usage",
        `--area ${text}: "${kind}" is neither public nor closed`,
        'as in --area "lobby=public"',
      );
    return { name, public: kind === "public" };
  });
  const contacts = options.contact?.map((text) => {
    const [role, who] = halves(text, "contact", "role=who,number");
    const comma = who.lastIndexOf(",");
    const phone = comma < 0 ? "" : who.slice(comma + 1).trim();
    return [role, { who: (comma < 0 ? who : who.slice(0, comma)).trim(), ...(phone !== "" && { phone }) }] as const;
  });
  const { area: _, contact: __, trait, spoken, ...plain } = options;
  return checked({
    ...before,
    ...plain,
    ...(trait && { traits: trait.filter((each) => each !== "none") }),
    ...(spoken && { spoken: spoken.reduce<Site["spoken"]>(withSpoken, before.spoken) }),
    ...(areas && { areas }),
    ...(contacts && { contacts: { ...before.contacts, ...Object.fromEntries(contacts) } }),
  });
}

function withSpoken(all: Site["spoken"], text: string): Site["spoken"] {
  const [place, words] = halves(text, "spoken", "language.key=words");
  const [language = "", key = ""] = place.split(".");
  if (!spokenKeys.some((each) => each === key))
    throw new Problem("usage", `--spoken ${text}: "${key}" is not said aloud`, `one of: ${spokenKeys.join(", ")}`);
  return { ...all, [language]: { ...all?.[language], [key]: words } };
}

function halves(text: string, option: string, form: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at <= 0 || at === text.length - 1)
    throw new Problem("usage", `--${option} ${text}: the "=" is missing, or a half of it is`, `write ${form}`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

const CAMEL = /[A-Z]/g;
/** Options that are given once for each of several. */
const SINGULAR: Readonly<Record<string, string>> = { areas: "area", contacts: "contact", traits: "trait" };

function checked(site: unknown): Site {
  const parsed = Site.safeParse(site);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const [key = "", ...rest] = (issue?.path ?? []).map(String);
    throw new Problem(
      "usage",
      `--${(SINGULAR[key] ?? key).replace(CAMEL, (letter) => `-${letter.toLowerCase()}`)}${rest.length > 0 ? ` (${rest.join(".")})` : ""}: ${issue?.message.toLowerCase() ?? "not as it should be"}`,
      "see: threshold setup --help",
    );
  }
  if (isConfidential(parsed.data) && parsed.data.code === undefined)
    throw new Problem("usage", "a confidential site needs a code", "add --code, for example --code M7");
  if (parsed.data.timeZone !== undefined) zoneExists(parsed.data.timeZone);
  return parsed.data;
}

function zoneExists(timeZone: string): void {
  try {
    Intl.DateTimeFormat("en-US", { timeZone });
  } catch {
    throw new Problem("usage", `--time-zone ${timeZone}: there is no such zone`, "as in America/New_York");
  }
}

/** What is said aloud of a place, and may be said in several languages. */
const spokenKeys = ["waitingPlace", "area", "past"] as const;

/** What a kind of place can be besides. */
const traitsOf: Readonly<Record<Setting, readonly Trait[]>> = {
  shelter: ["contracted", "private", "domesticViolence", "youth"],
  school: ["private"],
  hospital: ["private"],
};

/** Asks for everything, one question at a time; an empty line leaves what was there. */
async function asked(context: Context, before: Site): Promise<Site> {
  const { terminal, words } = context;
  if (!terminal.isInteractive)
    throw new Problem(
      "usage",
      "setup asks questions, and this is not a terminal",
      "give the answers as options: threshold setup --help",
    );
  const questions = await openQuestions(context);
  const { ask, choose, confirm } = questions;
  terminal.say(words.setup.intro);
  const language = await askLanguage(questions, words, before);
  const setting = await choose(
    words.setup.setting,
    settings.map((value) => ({ value, name: words.home.settings[value] })),
    before.setting,
  );
  const own: Trait[] = [];
  for (const trait of traitsOf[setting])
    if (await confirm(words.setup.traits[trait], before.traits?.includes(trait))) own.push(trait);
  const name = await ask(words.setup.name, before.name);
  const code = await ask(words.setup.code, before.code);
  const confidential =
    own.includes("domesticViolence") || (await confirm(words.setup.confidential, before.confidential));
  const agency = await ask(words.setup.agency, before.agency);
  const desk = await ask(words.setup.desk, before.desk);
  const waitingPlace = await ask(words.setup.waitingPlace, before.waitingPlace);
  const area = await ask(words.setup.area, siteValues(before)["area"]);
  const past = await ask(words.setup.past, before.past);
  const spoken = await askSpoken(questions, words, language, before);
  const { protocol } = await openProtocol(protocolOf(before), setting, {
    folder: before.templates,
    language,
    traits: own,
  });
  const contacts: NonNullable<Site["contacts"]> = { ...before.contacts };
  for (const role of asShown(protocol).roles) {
    const contact = await askContact(role, before, words.setup, ask);
    if (contact) contacts[role.id] = contact;
  }
  return checked({
    ...before,
    setting,
    confidential,
    ...((own.length > 0 || before.traits) && { traits: own }),
    ...(language !== RECORD_LANGUAGE || before.language ? { language } : {}),
    ...Object.fromEntries(
      Object.entries({ name, code, agency, desk, waitingPlace, past, spoken }).filter(
        ([, value]) => value !== undefined,
      ),
    ),
    ...(area !== undefined && { areas: withClosed(before, area) }),
    ...(Object.keys(contacts).length > 0 && { contacts }),
  });
}

/** The areas with what lies past the desk: as they were, when they were left as they were. */
function withClosed(before: Site, area: string): Site["areas"] {
  if (area === siteValues(before)["area"]) return before.areas;
  return [...(before.areas ?? []).filter((each) => each.public), { name: area, public: false }];
}

async function askLanguage({ choose }: Questions, words: Words, before: Site): Promise<string> {
  const { langs } = await openFirstWords();
  const all = Object.entries(langs).map(([value, { name }]) => ({ value, name }));
  return all.length < 2 ? RECORD_LANGUAGE : await choose(words.setup.language, all, before.language);
}

/** What is said aloud, in the site's language where that is not the record's. */
async function askSpoken(
  { ask }: Questions,
  { setup }: Words,
  language: string,
  before: Site,
): Promise<Site["spoken"] | undefined> {
  if (language === RECORD_LANGUAGE) return undefined;
  const name = (await openFirstWords()).langs[language]?.name ?? language;
  const former = before.spoken?.[language];
  const said: Record<string, string> = {};
  for (const key of spokenKeys) {
    const words = await ask(fill(setup.spoken, { language: name, ask: setup[key] }), former?.[key]);
    if (words !== undefined) said[key] = words;
  }
  return Object.keys(said).length === 0 ? undefined : { ...before.spoken, [language]: said };
}

/** What can be asked here. An empty line is no answer; a choice stands first where it was made before. */
type Questions = {
  readonly ask: Ask;
  readonly choose: <T extends string>(
    message: string,
    choices: readonly { readonly value: T; readonly name: string }[],
    former: T | undefined,
  ) => Promise<T>;
  readonly confirm: (message: string, former: boolean | undefined) => Promise<boolean>;
};

async function openQuestions({ terminal, signal }: Context): Promise<Questions> {
  const { createPromptModule } = await import("inquirer");
  const prompt = createPromptModule({ output: terminal.screen, signal });
  return {
    async ask(message, former) {
      const { value } = await prompt<{ value: string }>([
        { type: "input", name: "value", message, ...(former !== undefined && { default: former }) },
      ]);
      return value.trim() === "" ? undefined : value.trim();
    },
    async choose<T extends string>(
      message: string,
      choices: readonly { readonly value: T; readonly name: string }[],
      former: T | undefined,
    ) {
      const { value } = await prompt<{ value: string }>([
        {
          type: "rawlist",
          name: "value",
          message,
          choices: [...choices],
          ...(former !== undefined && { default: former }),
        },
      ]);
      return value as T;
    },
    async confirm(message, former) {
      const { value } = await prompt<{ value: boolean }>([
        { type: "confirm", name: "value", message, default: former ?? false },
      ]);
      return value;
    },
  };
}

type Ask = (message: string, former: string | undefined) => Promise<string | undefined>;

async function askContact(
  role: Protocol["roles"][number],
  before: Site,
  words: { readonly contactWho: string; readonly contactPhone: string },
  ask: Ask,
) {
  const former = before.contacts?.[role.id];
  const who = await ask(fill(words.contactWho, { role: role.label }), former?.who);
  if (who === undefined) return undefined;
  const phone = await ask(fill(words.contactPhone, { role: role.label }), former?.phone);
  return { who, ...(phone !== undefined && { phone }) };
}
