// The site's own description: `site.yaml`, which people read and edit, and `site.json`, which is made from it, so that
// the first screen needs no parser. The .json holds the text of the .yaml it was made from and is made anew when that differs.

import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../core/problem.ts";
import type { Site } from "../core/site.ts";
import { siteTitle, siteValues } from "../core/site-words.ts";

/** What the launcher and the first screen read. */
type SiteJson = { readonly v: 1; readonly yaml: string; readonly setting?: string; readonly lang: "en"; readonly title?: string; readonly values: Readonly<Record<string, string>>; readonly site: Site };

/**
 * The site as it is set up; an empty one when nothing is. @throws Problem `usage` for a `site.yaml` that is wrong,
 * with the line; nobody is left without a guide by that, since `openSiteOrNone` is what an encounter uses.
 */
export async function openSite(data: string): Promise<Site> {
  const yaml = bytesOf(join(data, "site.yaml"));
  if (yaml === undefined) return {};
  const made = readMade(data);
  if (made !== undefined && made.yaml === yaml.toString("utf8")) return made.site;
  const site = await parseSite(yaml.toString("utf8"), join(data, "site.yaml"));
  writeMade(data, yaml, site);
  return site;
}

/** The same, for when agents are here: a fault becomes a warning, and the last description that was right is used. */
export async function openSiteOrNone(data: string): Promise<{ readonly site: Site; readonly problem?: Problem }> {
  try {
    return { site: await openSite(data) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { site: readMade(data)?.site ?? {}, problem: error };
  }
}

/** Writes the site's description, both files. */
export async function saveSite(data: string, site: Site): Promise<void> {
  const { stringify } = await import("yaml");
  const yaml = Buffer.from(`# Written by "threshold setup"; edit it as you like.\n${stringify(site)}`, "utf8");
  mkdirSync(data, { recursive: true, mode: 0o700 });
  replaceFile(join(data, "site.yaml"), yaml);
  writeMade(data, yaml, site);
}

/** Whether somebody has set this data folder up: it is a site's own, not a scratch one. */
export function isSetUp(data: string): boolean {
  return bytesOf(join(data, "site.yaml")) !== undefined;
}

async function parseSite(text: string, name: string): Promise<Site> {
  const [{ LineCounter, parseDocument }, { Site: Schema }] = await Promise.all([import("yaml"), import("../core/site.ts")]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken) throw new Problem("usage", `${name}:${broken.linePos?.[0].line ?? 1}: not YAML`, "put it right, or run: threshold setup");
  const parsed = Schema.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const keys = [...(issue?.path ?? []), ...(issue?.code === "unrecognized_keys" ? [issue.keys[0]] : [])].map(String);
  const node = document.getIn(keys, true) as { range?: readonly number[] } | undefined;
  const line = node?.range?.[0] === undefined ? 1 : lines.linePos(node.range[0]).line;
  throw new Problem("usage", `${name}:${line}: ${keys.join(".")}: ${issue?.message.toLowerCase() ?? "not as it should be"}`, "put it right, or run: threshold setup");
}

function readMade(data: string): SiteJson | undefined {
  try {
    const made = JSON.parse(bytesOf(join(data, "site.json"))?.toString("utf8") ?? "null") as SiteJson | null;
    return made?.v === 1 ? made : undefined;
  } catch {
    return undefined;
  }
}

function writeMade(data: string, yaml: Buffer, site: Site): void {
  const title = siteTitle(site);
  const made: SiteJson = { v: 1, yaml: yaml.toString("utf8"), ...(site.setting && { setting: site.setting }), lang: site.language ?? "en", ...(title !== undefined && { title }), values: siteValues(site), site };
  try {
    replaceFile(join(data, "site.json"), Buffer.from(`${JSON.stringify(made)}\n`, "utf8"));
  } catch {
    // Only slower: the next start parses the .yaml again.
  }
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function replaceFile(path: string, bytes: Buffer): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, bytes, { mode: 0o600 });
  const file = openSync(fresh, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
}
