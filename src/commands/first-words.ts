import type { Context } from "../context.ts";
import { fill } from "../core/fill.ts";
import type { Question } from "../core/question.ts";
import { siteValues } from "../core/site-words.ts";
import { openFirstWords } from "../shell/library.ts";

/** What to say and do first, as the launcher has painted it, from the same file: they stay while anything is asked before the encounter. */
export async function firstWords({ site }: Context): Promise<Pick<Question, "say" | "do" | "never">> {
  const first = await openFirstWords();
  const words = first.langs[first.default];
  const chosen = words?.settings[site.setting ?? "unset"];
  if (words === undefined || chosen === undefined) return { do: [] };
  const filled = (text: string) => fill(text, siteValues(site), chosen.values);
  return { say: filled(chosen.say), do: chosen.do.map(filled), never: words.never };
}
