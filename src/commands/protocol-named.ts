import { writeFileSync } from "node:fs";
import type { Context } from "../context.ts";
import { Problem } from "../core/problem.ts";
import { type Setting, settings } from "../core/settings.ts";
import { protocolOf } from "../core/site-words.ts";
import { type Kept, openFirstWords, openWhole } from "../shell/library.ts";
import { approvalOf, type Of, type Stood } from "./approval.ts";

// Which words a command about a protocol means, and where what it makes goes.

/** The words that are meant: whole, with what differs by trait. `languageName`: as those who speak it call it. */
export type Named = {
  readonly whole: Kept;
  readonly of: Of & { readonly hash: string };
  readonly languageName: string;
};

/** @throws Problem `usage` for a setting that is none, `template` when there is no such protocol. */
export async function openNamed(context: Context, id: string | undefined, setting: string | undefined): Promise<Named> {
  const { site, language } = context;
  const place = settingNamed(setting ?? site.setting ?? "shelter");
  const protocol = id ?? protocolOf(site);
  const whole = await openWhole(protocol, place, { folder: site.templates, language });
  const name = (await openFirstWords()).langs[language]?.name ?? language;
  return {
    whole,
    of: { protocol, setting: place, language, hash: whole.hash, templates: site.templates },
    languageName: name,
  };
}

/** How the words that are meant stand today. What is wrong with a list of approvals is said. */
export async function standingNamed(context: Context, { of }: Named): Promise<Stood["approval"]> {
  const { approval, problems } = await approvalOf(context, of);
  for (const problem of problems) context.terminal.warn(problem);
  return approval;
}

/** @throws Problem `usage` for what is none. */
export function settingNamed(name: string): Setting {
  const setting = settings.find((each) => each === name);
  if (setting === undefined) throw new Problem("usage", `"${name}" is no setting`, `one of: ${settings.join(", ")}`);
  return setting;
}

/** Writes what was made where it was asked for, and says where. @throws Problem `report` when the disk does not take it. */
export function put(context: Context, path: string, bytes: string | Uint8Array): void {
  try {
    writeFileSync(path, bytes);
  } catch {
    throw new Problem("report", `${path} cannot be written`, "name a file in a folder that is there, with --out FILE");
  }
  context.terminal.result(path);
}
