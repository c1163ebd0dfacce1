import { join } from "node:path";
import { type Context, openPrompter } from "../context.ts";
import { fill } from "../core/fill.ts";
import { Problem } from "../core/problem.ts";
import { RECORD_LANGUAGE } from "../core/protocol.ts";
import { saveApproval } from "../shell/approvals.ts";
import { isStopped } from "../shell/prompter.ts";
import { outside } from "./outside.ts";
import type { ApproveOptions } from "./protocol.ts";
import { type Named, openNamed, standingNamed } from "./protocol-named.ts";

/** Signs of the hash that must agree before two people can be sure that they mean the same words. */
const ENOUGH = 8;

/** Writes an approval of the words as they are now. Gives the exit code: 130 when nobody confirmed it. */
export async function runApprove(context: Context, id: string | undefined, options: ApproveOptions): Promise<number> {
  const { terminal, words, data, clock } = context;
  const named = await openNamed(context, id, options.setting);
  const { whole, of } = named;
  mustAgree(options.hash, of.hash);
  if (of.language !== RECORD_LANGUAGE) await mustStandInEnglish(context, of);
  const { by, again, on = clock.now().at.slice(0, 10) } = options;
  const said = linesOf(context, named);
  if (!options.yes && !(await isConfirmed(context, said, fill(words.protocol.approve.confirm, { by, again })))) {
    terminal.say(words.protocol.approve.not);
    return 130;
  }
  const { protocol, setting, language, hash } = of;
  await saveApproval(data, { protocol, version: whole.protocol.version, setting, language, hash, by, on, again });
  if (options.yes) for (const line of said) terminal.say(line);
  terminal.say(fill(words.protocol.approve.done, { path: join(data, "approvals.json") }));
  return 0;
}

/** @throws Problem `usage` when the hash on the walk that was signed is not that of the words that are here. */
function mustAgree(given: string | undefined, hash: string): void {
  if (given === undefined) return;
  const signs = given.replace(/\s+/g, "").toLowerCase();
  if (signs.length < ENOUGH)
    throw new Problem("usage", `--hash ${given}: ${signs.length} signs are too few`, `give ${ENOUGH} at least`);
  if (!hash.startsWith(signs))
    throw new Problem(
      "usage",
      `--hash ${given}: the words that are here have another hash: ${hash}`,
      "they are not the words on that walk; have these read: threshold protocol walk",
    );
}

/**
 * What is approved in another language holds the English of the record too, which its walk does not show.
 * @throws Problem `usage` when nobody has approved that.
 */
async function mustStandInEnglish(context: Context, { protocol, setting }: Named["of"]): Promise<void> {
  const english = await openNamed({ ...context, language: RECORD_LANGUAGE }, protocol, setting);
  const { state } = await standingNamed(context, english);
  if (state === "approved") return;
  throw new Problem(
    "usage",
    `the English words of ${protocol} for a ${setting} are not approved as they are now`,
    "the record is kept in them: have them read and approved first, with --lang en",
  );
}

/** What is approved, and what such an approval is worth. */
function linesOf({ words: { protocol, home }, data }: Context, { whole, of, languageName }: Named): readonly string[] {
  const { id, version } = whole.protocol;
  const names = { id, version, setting: home.settings[of.setting], language: `${languageName} (${of.language})` };
  return [
    fill(protocol.approve.what, names),
    fill(protocol.approve.hash, { hash: of.hash }),
    fill(protocol.approve.claim, { path: join(data, "approvals.json") }),
  ];
}

/** @throws Problem `usage` where there is nobody to ask. */
async function isConfirmed(context: Context, said: readonly string[], ask: string): Promise<boolean> {
  if (!context.terminal.isInteractive)
    throw new Problem("usage", "an approval must be confirmed, and this is not a terminal", "confirm it with --yes");
  const { words, signal } = context;
  const prompter = await openPrompter(context, false);
  const choices = [
    { id: "yes", label: words.setup.yes },
    { id: "no", label: words.setup.no },
  ];
  try {
    const question = { ...outside, step: "approve", do: said, ask, choices };
    const reply = await prompter.ask({ question, title: words.home.title, banner: [] }, signal);
    return "answer" in reply && reply.answer === "yes";
  } catch (error) {
    if (isStopped(error)) return false;
    throw error;
  } finally {
    prompter.close();
  }
}
