import type { Context } from "../context.ts";
import { fill } from "../core/fill.ts";
import type { Words } from "../core/product-words.ts";
import type { Question } from "../core/question.ts";
import type { Site } from "../core/site.ts";
import { siteTitle } from "../core/site-words.ts";

// Screens outside an encounter: nothing is written down there.

/** What every such question has in common. */
export const outside: Omit<Question, "step" | "ask" | "choices"> = {
  phase: "close",
  isLive: false,
  isOutside: true,
  do: [],
  why: [],
  contacts: [],
  canGoBack: false,
};

/** What stands at the top of every screen: the site as it may be shown, else the product. */
export function screenTitle({ home }: Words, site: Site): string {
  const title = siteTitle(site);
  return title === undefined ? home.title : fill(home.titleSite, { site: title });
}

/** What stands on a screen when the site's description has a fault. */
export function siteLines({ words, siteProblem }: Pick<Context, "words" | "siteProblem">): readonly string[] {
  return siteProblem === undefined ? [] : [fill(words.guide.siteProblem, { what: siteProblem.message })];
}
