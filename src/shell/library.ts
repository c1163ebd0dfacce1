// The shelf of protocols and words. Those that come with the product were checked and compiled when it was built, and
// are only read here; a site's own templates are compiled, with all their checks, before anybody is asked anything.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../core/problem.ts";
import type { Words } from "../core/product-words.ts";
import { forTraits, type Protocol, RECORD_LANGUAGE } from "../core/protocol.ts";
import type { Setting, Trait } from "../core/settings.ts";
import { compiledFolder, templatesFolder } from "./assets.ts";
import { type FirstWords, type ListedProtocol, type Only, protocolPath, wordsPath } from "./compiled.ts";

/** A protocol, and the very bytes that are kept with an encounter. */
export type Kept = { readonly protocol: Protocol; readonly bytes: Uint8Array; readonly hash: string };

/** A protocol as it is for a place. `contentHash`: of the compiled file, with all that it holds for other places: what is approved. */
export type Shelved = Kept & { readonly contentHash: string };

/** `folder`: a site's own templates; the product's when it is missing. `language`: English when it is missing. */
export type Wanted = {
  readonly folder?: string | undefined;
  readonly language?: string | undefined;
  readonly traits?: readonly Trait[] | undefined;
};

/**
 * The protocol `id` for a setting and what the place is besides.
 * @throws Problem `template` when there is none, or none in that language, or when the site's own has a fault.
 */
export async function openProtocol(
  id: string,
  setting: Setting,
  { traits = [], ...wanted }: Wanted = {},
): Promise<Shelved> {
  const whole = await openWhole(id, setting, wanted);
  const protocol = forTraits(whole.protocol, traits);
  // Without a difference the bytes stay as they are, so that one hash stands for all such places.
  if (!traits.some((trait) => whole.protocol.traits?.[trait])) return { ...whole, protocol, contentHash: whole.hash };
  return { ...(await shelved(Buffer.from(`${JSON.stringify(protocol)}\n`, "utf8"))), contentHash: whole.hash };
}

/** The same with all that differs by trait in it: what is approved. `hash`: the content hash. @throws Problem as `openProtocol`. */
export async function openWhole(
  id: string,
  setting: Setting,
  { folder, language = RECORD_LANGUAGE }: Omit<Wanted, "traits"> = {},
): Promise<Kept> {
  const shelf = await openShelf(folder, { id, language });
  const read = (name: string) => shelf.read(protocolPath(id, setting, name));
  const file = read(language);
  if (file !== undefined) return await shelved(file);
  const missing = `there is no protocol "${id}" for a ${setting}`;
  if (read(RECORD_LANGUAGE) === undefined) throw new Problem("template", missing, shelf.where);
  const others = await protocolLanguages(id, folder);
  throw new Problem(
    "template",
    `${missing} in "${language}": ${join(folder ?? "templates", "protocols", `${id}.${language}.yaml`)} is not there`,
    `it is there in: ${others.join(", ")}; write that file, or use --lang ${others[0]}`,
  );
}

/** A protocol out of the bytes that an encounter kept. */
export async function shelved(bytes: Uint8Array): Promise<Kept> {
  const { createHash } = await import("node:crypto"); // four milliseconds that the first screen does not need
  return {
    protocol: JSON.parse(Buffer.from(bytes).toString("utf8")) as Protocol,
    bytes,
    hash: createHash("sha256").update(bytes).digest("hex"),
  };
}

/** The first words and facts, without a whole protocol. @throws Problem `template` when they are not there, or a site's own have a fault. */
export async function openFirstWords(folder?: string): Promise<FirstWords> {
  const file = (await openShelf(folder)).read("first.json");
  if (file === undefined) throw new Problem("template", "the first words are not built", "run: npm run build");
  return JSON.parse(file.toString("utf8")) as FirstWords;
}

/** Every protocol of a folder of templates, or of the product. @throws Problem `template` when a site's own have a fault. */
export async function listProtocols(folder?: string): Promise<readonly ListedProtocol[]> {
  const file = (await openShelf(folder)).read("protocols.json");
  if (file === undefined) throw new Problem("template", "the protocols are not built", "run: npm run build");
  return JSON.parse(file.toString("utf8")) as ListedProtocol[];
}

/** Every other word on screen, in a language, and those on paper, in English. @throws Problem `usage` that names the languages there are. */
export async function openWords(language: string = RECORD_LANGUAGE): Promise<Words> {
  const shelf = await openShelf();
  const file = shelf.read(wordsPath(language));
  if (file !== undefined) return JSON.parse(file.toString("utf8")) as Words;
  const others = languagesAmong(shelf.names(""), "words");
  if (others.length === 0) throw new Problem("template", "the words are not built", "run: npm run build");
  throw new Problem("usage", `there are no words in "${language}"`, `there are words in: ${others.join(", ")}`);
}

/** The languages that a protocol has words in, English first; none when it is not there. Nothing is compiled for it. */
export async function protocolLanguages(id: string, folder?: string): Promise<readonly string[]> {
  const built = compiledFolder();
  const [room, end] =
    folder === undefined && built !== undefined ? [built, "json"] : [folder ?? templatesFolder(), "yaml"];
  const found = namesIn(join(room, "protocols")).flatMap((name) => {
    const parts = name.split(".");
    return parts.length > 2 && parts[0] === id && parts.at(-1) === end ? [parts.at(-2) ?? ""] : [];
  });
  return englishFirst([...new Set(found.filter((language) => /^[a-z]{2}$/.test(language)))]);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function englishFirst(found: readonly string[]): readonly string[] {
  return found.toSorted((a, b) => Number(b === RECORD_LANGUAGE) - Number(a === RECORD_LANGUAGE) || (a < b ? -1 : 1));
}

function languagesAmong(names: readonly string[], before: string): readonly string[] {
  const found = names.flatMap((name) => {
    const [language = "", end, ...more] = name.startsWith(`${before}.`) ? name.slice(before.length + 1).split(".") : [];
    return end === "json" && more.length === 0 ? [language] : [];
  });
  return englishFirst(found);
}

/** Compiled templates. `read` gives undefined for a file that is not there; `names` are those in a folder of it. */
type Shelf = {
  readonly where: string;
  read(path: string): Buffer | undefined;
  names(folder: string): readonly string[];
};

/** `only`: what of a folder is wanted; a fault in another protocol or language of a site's own stops nobody. */
async function openShelf(folder?: string, only?: Only): Promise<Shelf> {
  const built = compiledFolder();
  if (folder === undefined && built !== undefined) return builtShelf(built);
  const { compileTemplates } = await import("./templates.ts");
  const { files } = compileTemplates(folder ?? templatesFolder(), only);
  return {
    where: `the folder ${folder ?? "templates"} holds others`,
    read(path) {
      const file = files.find((each) => each.path === path);
      return file && Buffer.from(file.bytes, "utf8");
    },
    names: (room) =>
      files.flatMap(({ path }) => {
        const at = path.lastIndexOf("/");
        return path.slice(0, Math.max(0, at)) === room ? [path.slice(at + 1)] : [];
      }),
  };
}

function builtShelf(built: string): Shelf {
  return {
    where: "see: threshold protocol list",
    read(path) {
      try {
        return readFileSync(join(built, path));
      } catch {
        return undefined;
      }
    },
    names: (room) => namesIn(join(built, room)),
  };
}
