import { type Context, inLanguage, inLanguageOf, openPrompter } from "../context.ts";
import { fill } from "../core/fill.ts";
import { protocolOf } from "../core/site-words.ts";
import { Problem } from "../core/problem.ts";
import type { Choice, Question } from "../core/question.ts";
import { openEncounters } from "../shell/encounters.ts";
import type { FirstWords } from "../shell/compiled.ts";
import { openFirstWords, protocolLanguages } from "../shell/library.ts";
import { isStopped } from "../shell/prompter.ts";
import { approvalLines, approvalOf, hasApprovals, type Of } from "./approval.ts";
import { firstProtocol, firstWords } from "./first-words.ts";
import { outside, screenTitle } from "./outside.ts";

// `threshold` alone: the first words to say, and what to do next by one digit. Nothing is written down before
// "agents are here" has been pressed.

/** What a choice of another language begins with; what follows is the language. */
const LANGUAGE = "language.";

/** Shows the first screen and does what is chosen. Gives the exit code. */
export async function runHome(asked: Context): Promise<number> {
  const context = await inLanguageOf(asked, protocolOf(asked.site), asked.site.templates);
  const chosen = await choose(context);
  if (chosen === undefined) return 130;
  if (chosen.startsWith(LANGUAGE)) return await runHome(await inLanguage(context, chosen.slice(LANGUAGE.length)));
  if (chosen === "paper") {
    const { runCheck } = await import("./check.ts");
    return await runCheck(context, {});
  }
  const { runEncounter } = await import("./encounter.ts");
  if (chosen === "here") return await runEncounter(context, {});
  return await runEncounter(context, chosen === "request" ? { request: true } : { resume: chosen });
}

/** "here", "request", "paper", another language, or the number of an open encounter; undefined when the person left. */
async function choose(context: Context): Promise<string | undefined> {
  const { words, site } = context;
  const prompter = await openPrompter(context, false);
  try {
    const first = await openFirstWords();
    const question: Question = {
      step: "home",
      ...outside,
      phase: "live",
      ...(await firstWords(context, first)),
      ask: words.home.ask,
      choices: await choicesOf(context, first),
    };
    const { approval, problems } = await approvalOf(context, await firstOf(context, first));
    const banner = approvalLines(context, approval, problems);
    const reply = await prompter.ask({ question, title: screenTitle(words, site), banner }, context.signal);
    return "answer" in reply ? reply.answer : undefined;
  } catch (error) {
    if (isStopped(error) || context.signal.aborted) return undefined;
    throw error;
  } finally {
    prompter.close();
  }
}

async function choicesOf(context: Context, first: FirstWords): Promise<readonly Choice[]> {
  const { words, site, data, language } = context;
  const there = await protocolLanguages(protocolOf(site), site.templates);
  const goOn = openEncounters(data)
    .slice(0, 1)
    .map(({ number, opened }) => ({
      id: number,
      label: fill(words.home.goOn, { number, time: `${opened.slice(5, 10)} ${opened.slice(11, 16)}` }),
    }));
  // Of a site's own protocol it is not known before it is compiled, which would take too long here.
  const isOffered = site.templates !== undefined || firstProtocol(site, first)?.canRequest;
  return [
    ...goOn,
    { id: "here", label: words.home.here },
    ...(isOffered ? [{ id: "request", label: words.home.request }] : []),
    { id: "paper", label: words.home.paper },
    ...Object.entries(first.langs)
      .filter(([other]) => other !== language && there.includes(other))
      .map(([other, { choice }]) => ({ id: `${LANGUAGE}${other}`, label: choice })),
  ];
}

/** The words that "agents are here" would lead to. A site's own are compiled only where something may approve them. */
async function firstOf(context: Context, first: FirstWords): Promise<Of> {
  const { site, language } = context;
  const protocol = protocolOf(site);
  const setting = site.setting ?? "shelter";
  const known = site.templates === undefined ? first : await ownFirst(context, site.templates);
  const hash = known?.protocols[protocol]?.hashes[`${setting}.${language}`];
  return { protocol, setting, language, hash, templates: site.templates };
}

async function ownFirst(context: Context, templates: string): Promise<FirstWords | undefined> {
  if (!hasApprovals(context, templates)) return undefined;
  try {
    return await openFirstWords(templates);
  } catch (error) {
    // The encounter says what is wrong with them, and how to be guided meanwhile.
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
