import type { Context } from "../context.ts";
import { fill } from "../core/fill.ts";
import type { ListedProtocol } from "../shell/compiled.ts";
import { listProtocols } from "../shell/library.ts";
import { approvalOf, dayIn, type Stood } from "./approval.ts";
import { jsonLine } from "./json-line.ts";
import type { ListOptions } from "./protocol.ts";

type Language = ListedProtocol["languages"][number];
type Standings = Readonly<Record<string, Stood["approval"]>>;

/** Lists the product's protocols and the site's own. Gives the exit code. */
export async function runProtocolList(context: Context, { json }: ListOptions): Promise<number> {
  const { templates } = context.site;
  const folders = [undefined, ...(templates === undefined ? [] : [templates])];
  for (const folder of folders) {
    for (const protocol of await listProtocols(folder)) {
      const languages = [];
      for (const each of protocol.languages)
        languages.push({ ...each, approvals: await standings(context, protocol, each, folder) });
      if (json) sayJson(context, protocol, languages);
      else say(context, protocol, languages);
    }
  }
  return 0;
}

async function standings(
  context: Context,
  { id, settings }: ListedProtocol,
  { language, hashes }: Language,
  templates: string | undefined,
): Promise<Standings> {
  const found: Record<string, Stood["approval"]> = {};
  for (const setting of settings) {
    const of = { protocol: id, setting, language, hash: hashes[setting], templates };
    found[setting] = (await approvalOf(context, of)).approval;
  }
  return found;
}

type WithStandings = readonly (Language & { readonly approvals: Standings })[];

function sayJson({ terminal }: Context, protocol: ListedProtocol, languages: WithStandings): void {
  const { id, version, settings } = protocol;
  const all = languages.flatMap(({ approvals }) => Object.values(approvals));
  const approved = all.length > 0 && all.every(({ state }) => state === "approved");
  terminal.result(jsonLine({ v: 1, id, version, title: languages[0]?.title, approved, settings, languages }));
}

function say({ terminal, words, language: shown }: Context, { id, version }: ListedProtocol, all: WithStandings): void {
  const { protocol, home } = words;
  terminal.result(`${id} ${version}  ${all.find(({ language }) => language === shown)?.title ?? all[0]?.title ?? ""}`);
  for (const { name, readBy, approvals } of all) {
    terminal.result(`  ${fill(protocol.readBy, { language: name, who: readBy })}`);
    for (const [id, standing] of Object.entries(approvals)) {
      const setting = home.settings[id as keyof typeof home.settings];
      terminal.result(`    ${setting}: ${fill(protocol[standing.state], givenIn(shown, standing))}`);
    }
  }
}

function givenIn(language: string, standing: Stood["approval"]): Readonly<Record<string, string>> {
  if (standing.state === "unapproved") return {};
  const { by, on, again } = standing;
  return { by, on: dayIn(language, on), again: dayIn(language, again) };
}
