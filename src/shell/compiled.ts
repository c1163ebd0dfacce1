import { RECORD_LANGUAGE } from "../core/protocol.ts";
import type { Setting } from "../core/settings.ts";

// What the compiler makes of templates and the library reads: which files there are, and what stands in them.

/** A file that a build ships, or that a site's own templates make. */
export type CompiledFile = { readonly path: string; readonly bytes: string };

/** What of a folder is wanted: one protocol, in one language and in English, which every record is kept in. */
export type Only = { readonly id: string; readonly language: string };

/** Where a compiled protocol stands in the folder of compiled templates. */
export function protocolPath(id: string, setting: string, language: string = RECORD_LANGUAGE): string {
  return `protocols/${id}.${setting}.${language}.json`;
}

/** Where the words of a language stand there. */
export function wordsPath(language: string): string {
  return `words.${language}.json`;
}

/** What is said and done first in a setting, placeholders and all; `traits`: where a trait of the place changes it. */
export type FirstStep = {
  readonly say: string;
  readonly do: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  readonly traits?: Readonly<Record<string, { readonly say: string; readonly do: readonly string[] }>>;
};

/** A language's labels. `choice`: how the first menu offers it. `english`: the label before the English of `say`. */
export type FirstLabels = {
  readonly name: string;
  readonly choice: string;
  readonly say: string;
  readonly phone: string;
  readonly do: string;
  readonly english?: string;
};

/** A protocol's first words in a language, by setting; `unset` where nobody has said which it is. */
export type FirstSaid = { readonly never: string; readonly settings: Readonly<Record<string, FirstStep>> };

/** `langs`: its first words by language. `hashes`: its content hash by "setting.language". */
export type FirstProtocol = {
  readonly canRequest: boolean;
  readonly langs: Readonly<Record<string, FirstSaid>>;
  readonly hashes: Readonly<Record<string, string>>;
};

/**
 * What the launcher paints, and what the first menu must know, without opening a protocol. `default`, `protocol`: the
 * language and the protocol where the site has none of its own, or one that is not here.
 */
export type FirstWords = {
  readonly v: 2;
  readonly default: string;
  readonly protocol: string;
  readonly langs: Readonly<Record<string, FirstLabels>>;
  readonly protocols: Readonly<Record<string, FirstProtocol>>;
};

/** A protocol as it is listed. `hashes`: the content hash by setting. `readBy`: who read the words as a native speaker. */
export type ListedProtocol = {
  readonly id: string;
  readonly version: string;
  readonly settings: readonly Setting[];
  readonly languages: readonly {
    readonly language: string;
    readonly name: string;
    readonly title: string;
    readonly readBy: string;
    readonly hashes: Readonly<Partial<Record<Setting, string>>>;
  }[];
};
