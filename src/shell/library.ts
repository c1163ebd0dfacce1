// The shelf of protocols and words. Those that come with the product were checked and compiled when it was built, and
// are only read here; a site's own templates are compiled, with all their checks, before anybody is asked anything.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../core/problem.ts";
import type { Protocol } from "../core/protocol.ts";
import type { Setting } from "../core/settings.ts";
import type { Words } from "../core/product-words.ts";
import { compiledFolder, templatesFolder } from "./assets.ts";

/** A protocol and the very bytes that are kept with an encounter. */
export type Shelved = { readonly protocol: Protocol; readonly bytes: Uint8Array; readonly hash: string };

/**
 * The protocol `id` for a setting; from `folder`, a site's own templates, when it is given.
 * @throws Problem `template` when there is none, or when the site's own has a fault.
 */
export async function openProtocol(id: string, setting: Setting, folder?: string): Promise<Shelved> {
  return await shelved(
    await compiled(`protocols/${id}.${setting}.en.json`, folder, `there is no protocol "${id}" for a ${setting}`),
  );
}

/** A protocol out of the bytes that an encounter kept. */
export async function shelved(bytes: Uint8Array): Promise<Shelved> {
  const { createHash } = await import("node:crypto"); // four milliseconds that the first screen does not need
  return {
    protocol: JSON.parse(Buffer.from(bytes).toString("utf8")) as Protocol,
    bytes,
    hash: createHash("sha256").update(bytes).digest("hex"),
  };
}

/** What the launcher paints: the first step's words for each setting, placeholders and all. */
export type FirstWords = {
  readonly default: string;
  readonly langs: Readonly<
    Record<
      string,
      {
        readonly never: string;
        readonly settings: Readonly<
          Record<
            string,
            { readonly say: string; readonly do: readonly string[]; readonly values: Readonly<Record<string, string>> }
          >
        >;
      }
    >
  >;
};

/** The words of the first screen, without a whole protocol. */
export async function openFirstWords(): Promise<FirstWords> {
  return JSON.parse(
    (await compiled("first.json", undefined, "the first words are not built")).toString("utf8"),
  ) as FirstWords;
}

/** Every other word on screen and paper. */
export async function openWords(): Promise<Words> {
  return JSON.parse((await compiled("words.en.json", undefined, "the words are not built")).toString("utf8")) as Words;
}

async function compiled(path: string, folder: string | undefined, missing: string): Promise<Buffer> {
  const built = compiledFolder();
  if (folder === undefined && built !== undefined) {
    try {
      return readFileSync(join(built, path));
    } catch {
      throw new Problem("template", missing, "see: threshold protocol list");
    }
  }
  const { compileTemplates } = await import("./templates.ts");
  const file = compileTemplates(folder ?? templatesFolder()).files.find((each) => each.path === path);
  if (file === undefined) throw new Problem("template", missing, `the folder ${folder ?? "templates"} holds others`);
  return Buffer.from(file.bytes, "utf8");
}
