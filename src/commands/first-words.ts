import type { Context } from "../context.ts";
import { fill } from "../core/fill.ts";
import { RECORD_LANGUAGE } from "../core/protocol.ts";
import type { Question } from "../core/question.ts";
import type { Site } from "../core/site.ts";
import { siteValues } from "../core/site-words.ts";
import type { FirstProtocol, FirstWords } from "../shell/compiled.ts";
import { openFirstWords } from "../shell/library.ts";

/** What to say and do first, as the launcher has painted it, from the same file: they stay while anything is asked before the encounter. */
export async function firstWords(
  { site, language }: Context,
  opened?: FirstWords,
): Promise<Pick<Question, "say" | "inEnglish" | "do" | "never">> {
  const first = opened ?? (await openFirstWords());
  const langs = firstProtocol(site, first)?.langs ?? {};
  const shown = langs[language] === undefined ? first.default : language;
  const said = saidIn(site, langs, shown);
  if (said === undefined) return { do: [] };
  const inEnglish = shown === RECORD_LANGUAGE ? undefined : saidIn(site, langs, RECORD_LANGUAGE)?.say;
  return { ...said, ...(inEnglish !== undefined && { inEnglish }) };
}

/** The site's protocol where it is one of the product's; else the one that everybody has. */
export function firstProtocol(
  { protocol }: Site,
  { protocols, protocol: fallback }: FirstWords,
): FirstProtocol | undefined {
  return protocols[protocol ?? fallback] ?? protocols[fallback];
}

function saidIn(
  site: Site,
  langs: FirstProtocol["langs"],
  language: string,
): { readonly say: string; readonly do: readonly string[]; readonly never: string } | undefined {
  const words = langs[language];
  const chosen = words?.settings[site.setting ?? "unset"];
  if (words === undefined || chosen === undefined) return undefined;
  // The traits of a place, one after the other: the last that changes the words has them.
  const { say, do: todo } = (site.traits ?? []).flatMap((trait) => chosen.traits?.[trait] ?? []).at(-1) ?? chosen;
  const filled = (text: string) => fill(text, siteValues(site, language), chosen.values);
  return { say: filled(say), do: todo.map(filled), never: words.never };
}
