import { join } from "node:path";
import { forTraits, type Protocol } from "../../src/core/protocol.ts";
import { traits } from "../../src/core/settings.ts";
import { compileTemplates } from "../../src/shell/templates.ts";
import { top } from "./shell-folders.ts";

// Every protocol that ships, as it is compiled: each pack, in each setting and language, for a plain place and for one that
// is all that a place can be besides.

let compiled: readonly Protocol[] | undefined;

function shippedPacks(): readonly Protocol[] {
  compiled ??= compileTemplates(join(top, "templates"))
    .files.filter(({ path }) => path.startsWith("protocols/"))
    .map(({ bytes }) => JSON.parse(bytes) as Protocol);
  return compiled;
}

/** Its name, as a test is called by, and the protocol. */
export type Pack = readonly [name: string, protocol: Protocol];

/** Every pack, setting and language, for a place that is nothing besides. */
export function packs(): readonly Pack[] {
  return shippedPacks().map((protocol) => [nameOf(protocol), forTraits(protocol)]);
}

/** The same for a place with every trait at once. */
export function packsWithTraits(): readonly Pack[] {
  return shippedPacks().map((protocol) => [`${nameOf(protocol)}, all traits`, forTraits(protocol, traits)]);
}

function nameOf({ id, setting, language }: Protocol): string {
  return `${id}, ${setting}, ${language}`;
}
