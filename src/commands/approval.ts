import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../context.ts";
import type { Approval as Given, Standing } from "../core/approval.ts";
import type { Approval } from "../core/entry.ts";
import { fill } from "../core/fill.ts";
import type { Words } from "../core/product-words.ts";
import type { Setting } from "../core/settings.ts";

// Whether somebody has approved the words that are shown. Looked for in the person's own folder and, for a site's own
// templates, beside them. What it takes to read an approval is loaded only where there is one.

/** Which words: of a protocol for a setting in a language, by their content hash; undefined when that is not known. */
export type Of = {
  readonly protocol: string;
  readonly setting: Setting;
  readonly language: string;
  readonly hash: string | undefined;
  /** The folder they came from, where that is not the product's. */
  readonly templates?: string | undefined;
};

/** How words stand today. `problems`: what is wrong with lists of approvals, which then count for nothing. */
export type Stood = { readonly approval: Standing; readonly problems: readonly string[] };

/** Whether there may be an approval at all. */
export function hasApprovals({ data }: Context, templates?: string): boolean {
  return foldersOf(data, templates).length > 0;
}

/** How words stand; with a broken list, or without a hash, nothing counts as approved. */
export async function approvalOf({ data, clock }: Context, { hash, templates, ...of }: Of): Promise<Stood> {
  const folders = foldersOf(data, templates);
  if (folders.length === 0 || hash === undefined) return { approval: { state: "unapproved" }, problems: [] };
  const [{ standingOf }, { openApprovalsOrNone }] = await Promise.all([
    import("../core/approval.ts"),
    import("../shell/approvals.ts"),
  ]);
  const given: Given[] = [];
  const problems: string[] = [];
  for (const folder of folders) {
    const { approvals, problem } = await openApprovalsOrNone(folder);
    given.push(...approvals);
    if (problem) problems.push(problem.message);
  }
  return { approval: standingOf(given, { ...of, hash }, clock.now().at.slice(0, 10)), problems };
}

function foldersOf(data: string, templates: string | undefined): readonly string[] {
  return [data, ...(templates === undefined ? [] : [templates])].filter((folder) =>
    existsSync(join(folder, "approvals.json")),
  );
}

/** What stands on a screen about the approval of its words: nothing when they are approved and nothing is wrong. */
export function approvalLines(
  { words: { guide }, language }: Pick<Context, "words" | "language">,
  { state, again }: Pick<Approval, "state" | "again">,
  problems: readonly string[] = [],
): readonly string[] {
  const faults = problems.map((what) => fill(guide.approvalsProblem, { what }));
  return [...standingLine(guide, state, again === undefined ? "" : dayIn(language, again)), ...faults];
}

function standingLine(guide: Words["guide"], state: Approval["state"], date: string): readonly string[] {
  switch (state) {
    case "approved":
      return [];
    case "overdue":
      return [fill(guide.overdue, { date })];
    case "changed":
      return [guide.changed];
    case "unapproved":
      return [guide.unapproved];
  }
}

/** A day such as 2026-11-23 as it is written in a language. */
export function dayIn(language: string, day: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(day));
}
