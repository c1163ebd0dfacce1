// The world, built once: clock, folders, terminal, who answers. Commands take it; nothing else reaches for the world.

import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problem } from "./core/problem.ts";
import type { Words } from "./core/product-words.ts";
import { RECORD_LANGUAGE } from "./core/protocol.ts";
import type { Site } from "./core/site.ts";
import { type Clock, openClock } from "./shell/clock.ts";
import { listEncounters } from "./shell/encounters.ts";
import { openWords, protocolLanguages } from "./shell/library.ts";
import { isPlain, type Prompter } from "./shell/prompter.ts";
import { isSetUp, openSiteOrNone } from "./shell/site-file.ts";
import { openTerminal, type Terminal } from "./shell/terminal.ts";

export type Context = {
  readonly env: NodeJS.ProcessEnv;
  /** The folder the person's own records are in. */
  readonly data: string;
  readonly terminal: Terminal;
  /** The language of the screens: as `--lang` says, else the site's, else English. */
  readonly language: string;
  /** True where `--lang` said it: what is missing in it is told then, and English does not take its place. */
  readonly isLanguageAsked: boolean;
  /** The words of that language; those of reports are English. */
  readonly words: Words;
  readonly site: Site;
  /** What is wrong with the site's description, when something is. */
  readonly siteProblem?: Problem;
  readonly clock: Clock;
  /** Aborts when the process is told to stop from outside; the reason is the signal's name. */
  readonly signal: AbortSignal;
  /** A command as this person types it, for hints. */
  readonly command: (words: string) => string;
};

/** What a command is run with: who stops it, and the language that was asked for. */
export type Asked = { readonly signal: AbortSignal; readonly language?: string | undefined };

/**
 * @throws Problem `template` when the product's own words are not there; `usage` when there are none in the language that
 * was asked for. A language of the site's that has none is a fault of the site: nobody is left without a guide by that.
 */
export async function openContext(
  { signal, language: asked }: Asked,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Context> {
  const data = dataFolder(env);
  const { site, problem } = await openSiteOrNone(data);
  const { clock, problem: noZone } = clockOf(site);
  const { language, words, problem: noWords } = await wordsFor(site, asked);
  const siteProblem = problem ?? noZone ?? noWords;
  return {
    env,
    data,
    terminal: openTerminal({ stdout: process.stdout, stderr: process.stderr, env }),
    language,
    isLanguageAsked: asked !== undefined,
    words,
    site,
    ...(siteProblem && { siteProblem }),
    clock,
    signal,
    command: (words) => `${env["npm_lifecycle_event"] === "start" ? "npm start --" : "threshold"} ${words}`,
  };
}

/** The same world in another language. @throws Problem `usage` when there are no words in it. */
export async function inLanguage(context: Context, language: string): Promise<Context> {
  return language === context.language ? context : { ...context, language, words: await openWords(language) };
}

/**
 * The world in which a protocol can be shown: in English where it has no words in the site's language, and it is said
 * why. Nobody is left without a guide by a language.
 */
export async function inLanguageOf(context: Context, id: string, folder?: string): Promise<Context> {
  const { language, isLanguageAsked } = context;
  if (isLanguageAsked || language === RECORD_LANGUAGE) return context;
  const there = await protocolLanguages(id, folder);
  if (there.includes(language)) return context;
  const siteProblem = new Problem("usage", `the protocol ${id} has no words in "${language}"`, "see: threshold setup");
  return { siteProblem, ...(await inLanguage(context, RECORD_LANGUAGE)) };
}

async function wordsFor(
  site: Site,
  asked: string | undefined,
): Promise<Pick<Context, "language" | "words"> & { readonly problem?: Problem }> {
  const language = asked ?? site.language ?? RECORD_LANGUAGE;
  try {
    return { language, words: await openWords(language) };
  } catch (error) {
    if (asked !== undefined || language === RECORD_LANGUAGE || !(error instanceof Problem)) throw error;
    return { language: RECORD_LANGUAGE, words: await openWords(), problem: error };
  }
}

/** The site's clock; the machine's own, and what to say about it, when the site's zone is none. */
function clockOf(site: Site): { readonly clock: Clock; readonly problem?: Problem } {
  try {
    return { clock: openClock(site.timeZone) };
  } catch {
    const problem = new Problem("usage", `there is no time zone "${site.timeZone}"`, "as in America/New_York");
    return { clock: openClock(), problem };
  }
}

/** Where records are kept. `bin/threshold.js` finds `site.json` by the same rules. */
function dataFolder(env: NodeJS.ProcessEnv): string {
  if (env["THRESHOLD_DATA"]) return env["THRESHOLD_DATA"];
  const home = env["HOME"] ?? env["USERPROFILE"] ?? ".";
  if (process.platform === "darwin") return join(home, "Library", "Application Support", "Threshold");
  if (process.platform === "win32") return join(env["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "Threshold");
  return join(env["XDG_DATA_HOME"] || join(home, ".local", "share"), "threshold");
}

/**
 * Where an example's record goes: never among a person's own. A data folder that was named by hand, is nobody's
 * site and holds nobody's records is used as it is; else a folder of its own beside other temporary files.
 */
export function exampleFolder({ env, data }: Context): string {
  return env["THRESHOLD_DATA"] && !isSetUp(data) && !holdsRecords(data) ? data : join(tmpdir(), "threshold-examples");
}

function holdsRecords(data: string): boolean {
  return listEncounters(data).some(({ kind }) => kind === "live");
}

/** Whoever answers at this terminal. @throws Problem `usage` where there is nobody to ask. */
export async function openPrompter(context: Context, wantsPlain: boolean): Promise<Prompter> {
  const { terminal, words, env } = context;
  if (!terminal.isInteractive)
    throw new Problem(
      "usage",
      "a question is asked, and this is not a terminal",
      "answer from a file with --answers FILE, or from a program with --stdio",
    );
  const timeNow = () => context.clock.now().at.slice(11, 16);
  if (wantsPlain || isPlain(env)) {
    const { openPlain } = await import("./shell/plain.ts");
    return openPlain({ terminal, words: words.screen, timeNow });
  }
  const { openKeyboard } = await import("./shell/keyboard.ts");
  return openKeyboard({ terminal, words: words.screen, timeNow });
}
