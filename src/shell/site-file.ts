// The site's own description: `site.yaml`, which people read and edit, and `site.json`, which is made from it, so that
// the first screen needs no parser. The .json holds the text of the .yaml it was made from and is made anew when that differs.

import { isUtf8 } from "node:buffer";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Document } from "yaml";
import { Problem } from "../core/problem.ts";
import { RECORD_LANGUAGE } from "../core/protocol.ts";
import type { Site } from "../core/site.ts";
import { siteTitle, siteValues } from "../core/site-words.ts";

/** What the launcher and the first screen read. `valuesIn`: where the site has them translated, for every language it has. */
type SiteJson = {
  readonly v: 2;
  readonly yaml: string;
  readonly setting?: string;
  readonly traits?: readonly string[];
  readonly protocol?: string;
  readonly lang: string;
  readonly title?: string;
  readonly values: Readonly<Record<string, string>>;
  readonly valuesIn?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly site: Site;
};

/**
 * The site as it is set up; an empty one when nothing is. @throws Problem `usage` for a `site.yaml` that is wrong,
 * with the line; nobody is left without a guide by that, since `openSiteOrNone` is what an encounter uses.
 */
export async function openSite(data: string): Promise<Site> {
  const yaml = bytesOf(join(data, "site.yaml"));
  if (yaml === undefined) return {};
  const made = readMade(data);
  if (made !== undefined && made.yaml === yaml.toString("utf8")) return made.site;
  const site = await parseSite(yaml, join(data, "site.yaml"));
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

/** Writes the site's description, both files. @throws Problem `usage` when the disk does not take it. */
export async function saveSite(data: string, site: Site): Promise<void> {
  const { stringify } = await import("yaml");
  const yaml = Buffer.from(`# Written by "threshold setup"; edit it as you like.\n${stringify(site)}`, "utf8");
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 });
    replaceFile(join(data, "site.yaml"), yaml);
  } catch (error) {
    const { whyNot } = await import("./disk.ts");
    const why = whyNot(error);
    if (why === undefined) throw error;
    throw new Problem(
      "usage",
      `the site cannot be saved in ${data}: ${why}`,
      "free the folder or make room, then do it again",
    );
  }
  writeMade(data, yaml, site);
}

/** Whether somebody has set this data folder up: it is a site's own, not a scratch one. */
export function isSetUp(data: string): boolean {
  return existsSync(join(data, "site.yaml"));
}

async function parseSite(bytes: Buffer, name: string): Promise<Site> {
  const [{ LineCounter, parseDocument }, { Site: Schema }] = await Promise.all([
    import("yaml"),
    import("../core/site.ts"),
  ]);
  const wrong = (line: number, what: string) =>
    new Problem("usage", `${name}:${line}: ${what}`, "put it right, or run: threshold setup");
  const text = bytes.toString("utf8");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (at: number) => lines.linePos(Math.max(0, at)).line;
  if (!isUtf8(bytes)) throw wrong(lineOf(text.indexOf("\ufffd")), "this is not UTF-8");
  const broken = document.errors[0];
  if (broken) throw wrong(broken.linePos?.[0].line ?? 1, "not YAML");
  const parsed = Schema.safeParse(
    valueOf(document, (alias, what) => wrong(lineOf(text.indexOf(`*${alias}`)), what)) ?? {},
  );
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const keys = [...(issue?.path ?? []), ...(issue?.code === "unrecognized_keys" ? [issue.keys[0]] : [])].map(String);
  const says = issue?.message ?? "not as it should be";
  throw wrong(
    lineOf(placeOf(document, keys)),
    `${keys.length > 0 ? `${keys.join(".")}: ` : ""}${says.charAt(0).toLowerCase()}${says.slice(1)}`,
  );
}

/** What the YAML says; an alias that stands for nothing, or for too much, makes it `wrong`. */
function valueOf(document: Document, wrong: (alias: string, what: string) => Problem): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw wrong(
      /alias\): (\S+)$/.exec(error.message)?.[1] ?? "",
      `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`,
    );
  }
}

/** Where in the text stands what `keys` lead to, or the nearest thing above it that is there. */
function placeOf(document: Document, keys: readonly string[]): number {
  for (let depth = keys.length; depth > 0; depth--) {
    const node = document.getIn(keys.slice(0, depth), true) as { range?: readonly number[] } | undefined;
    if (node?.range?.[0] !== undefined) return node.range[0];
  }
  return 0;
}

function readMade(data: string): SiteJson | undefined {
  try {
    const made = JSON.parse(bytesOf(join(data, "site.json"))?.toString("utf8") ?? "null") as SiteJson | null;
    return made?.v === 2 && typeof made.yaml === "string" && typeof made.site === "object" && made.site !== null
      ? made
      : undefined;
  } catch {
    return undefined;
  }
}

function writeMade(data: string, yaml: Buffer, site: Site): void {
  const title = siteTitle(site);
  const lang = site.language ?? RECORD_LANGUAGE;
  const spoken = Object.keys(site.spoken ?? {});
  const made: SiteJson = {
    v: 2,
    yaml: yaml.toString("utf8"),
    ...(site.setting && { setting: site.setting }),
    ...(site.traits && site.traits.length > 0 && { traits: site.traits }),
    ...(site.protocol !== undefined && { protocol: site.protocol }),
    lang,
    ...(title !== undefined && { title }),
    values: siteValues(site, lang),
    ...(spoken.length > 0 && {
      valuesIn: Object.fromEntries(
        [...new Set([RECORD_LANGUAGE, ...spoken])].map((language) => [language, siteValues(site, language)]),
      ),
    }),
    site,
  };
  try {
    replaceFile(join(data, "site.json"), Buffer.from(`${JSON.stringify(made)}\n`, "utf8"));
  } catch {
    // Only slower: the next start parses the .yaml again.
  }
}

/** The bytes of a file; undefined when it is not there. @throws Problem `usage` when it is, and cannot be read. */
function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new Problem("usage", `${path} cannot be read`, "see that it is a file, and that this account may read it");
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
