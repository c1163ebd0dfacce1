import { type Context, openPrompter } from "../context.ts";
import { fill } from "../core/fill.ts";
import type { Question } from "../core/question.ts";
import { openEncounters } from "../shell/encounters.ts";
import { isStopped, type Prompter } from "../shell/prompter.ts";
import { firstWords } from "./first-words.ts";
import { outside, screenTitle } from "./outside.ts";

// `threshold` alone: the first words to say, and what to do next by one digit. Nothing is written down before
// "agents are here" has been pressed.

/** Shows the first screen and does what is chosen. Gives the exit code. */
export async function runHome(context: Context): Promise<number> {
  const prompter = await openPrompter(context, false);
  const chosen = await choose(context, prompter);
  prompter.close();
  if (chosen === undefined) return 130;
  if (chosen === "paper") {
    const { runCheck } = await import("./check.ts");
    return await runCheck(context, {});
  }
  const { runEncounter } = await import("./encounter.ts");
  return await runEncounter(context, chosen === "here" ? {} : { resume: chosen });
}

/** "here", "paper", or the number of an open encounter; undefined when the person left. */
async function choose(context: Context, prompter: Prompter): Promise<string | undefined> {
  const { words, site, data } = context;
  const open = openEncounters(data).slice(0, 1);
  const goOn = open.map(({ number, opened }) => ({
    id: number,
    label: fill(words.home.goOn, { number, time: `${opened.slice(5, 10)} ${opened.slice(11, 16)}` }),
  }));
  const question: Question = {
    step: "home",
    ...outside,
    phase: "live",
    ...(await firstWords(context)),
    ask: words.home.ask,
    choices: [...goOn, { id: "here", label: words.home.here }, { id: "paper", label: words.home.paper }],
  };
  try {
    const reply = await prompter.ask(
      {
        question,
        title: screenTitle(words, site),
        banner: [],
      },
      context.signal,
    );
    return "answer" in reply ? reply.answer : undefined;
  } catch (error) {
    if (isStopped(error) || context.signal.aborted) return undefined;
    throw error;
  }
}
