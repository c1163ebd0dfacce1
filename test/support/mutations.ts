import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { FieldsFile, type Parts, RecordWords } from "../../src/core/compile.ts";
import type { Fault } from "../../src/core/fault.ts";
import { Graph, ProtocolWords } from "../../src/core/graph.ts";
import { Instrument, LookGraph } from "../../src/core/instrument.ts";
import { Language } from "../../src/core/language.ts";
import { parity } from "../../src/core/parity.ts";
import { everyFault } from "../../src/core/proofs.ts";
import type { Pick } from "./core-walk.ts";
import { one, type Operator } from "./mutation-operators.ts";

// The protocols that ship, with the words of every language that is there; what lint tells of one; and one slip of a hand
// in it, drawn by chance.

const templates = fileURLToPath(new URL("../../templates/", import.meta.url));
const read = (path: string): unknown => parse(readFileSync(templates + path, "utf8"));
const namesIn = (folder: string, pattern: RegExp): readonly string[] =>
  readdirSync(templates + folder).flatMap((file) => pattern.exec(file)?.[1] ?? []);

type Tongue = { readonly [Key in "words" | "language" | "record"]: Parts[Key] };
/** A protocol as it ships: one graph, and its words in every language that is there; the record's language first. */
export type Pack = {
  readonly name: string;
  readonly shared: Omit<Parts, keyof Tongue>;
  readonly tongues: Readonly<Record<string, Tongue>>;
};

/** Every protocol under `templates/`, with every language that has its words. */
export function shippedPacks(): readonly Pack[] {
  const kinds = namesIn("instruments", /^(?!look)(\w+)\.yaml$/);
  return namesIn("protocols", /^([a-z-]+)\.yaml$/).map((name) => ({
    name,
    shared: {
      graph: Graph.parse(read(`protocols/${name}.yaml`)),
      fields: FieldsFile.parse(read("record/fields.yaml")).fields,
      look: LookGraph.parse(read("instruments/look.yaml")),
      instruments: Object.fromEntries(kinds.map((id) => [id, Instrument.parse(read(`instruments/${id}.yaml`))])),
    },
    tongues: Object.fromEntries(
      namesIn("protocols", new RegExp(`^${name}\\.([a-z]{2})\\.yaml$`)).map((language) => [
        language,
        {
          words: ProtocolWords.parse(read(`protocols/${name}.${language}.yaml`)),
          language: Language.parse(read(`languages/${language}.yaml`)),
          record: RecordWords.parse(read(`words/${language}.yaml`)),
        },
      ]),
    ),
  }));
}

export function partsIn({ shared, tongues }: Pack, language: string): Parts {
  const tongue = tongues[language];
  if (tongue === undefined) throw new Error(`no words in ${language}`);
  return { ...shared, ...tongue };
}

/**
 * Everything that lint tells of a protocol, in the order in which it does; looked for only as far as it is asked for, and
 * not where a pack is as `before`.
 */
export function* faultsOf(pack: Pack, before?: Pack): Generator<Fault> {
  const [first = "en", ...others] = Object.keys(pack.tongues);
  const isNew = (part: (pack: Pack) => unknown): boolean =>
    before === undefined || JSON.stringify(part(pack)) !== JSON.stringify(part(before));
  const isGraph = isNew(({ shared }) => shared);
  const isFirst = isNew(({ tongues }) => tongues[first]);
  for (const language of [first, ...others]) {
    const isWords = isNew(({ tongues }) => tongues[language]);
    const parts = partsIn(pack, language);
    if (isGraph || isWords) yield* everyFault(parts);
    if (language !== first && (isFirst || isWords)) yield* parity(partsIn(pack, first), parts);
  }
}

/** One drawn slip: what it was, whether it was found, and whether the first fault names it. */
export type Drawn = {
  readonly operator: string;
  readonly what: string;
  readonly nothing?: string;
  readonly fault?: Fault;
  readonly isNamed: boolean;
};

/** Draws one slip and looks whether it is found; what was wrong before (`known`) does not count. */
export function drawn(packs: readonly Pack[], known: ReadonlySet<string>, operator: Operator, pick: Pick): Drawn {
  const sites = packs.flatMap((pack) => operator.sites(pack).map((site) => ({ pack, site })));
  const { pack, site } = one(sites, pick);
  const copy = structuredClone(pack);
  const done = site.slip(copy, pick);
  const drew = { operator: operator.name, what: `${pack.name}: ${site.what}` };
  if ("nothing" in done) return { ...drew, nothing: done.nothing, isNamed: false };
  for (const fault of faultsOf(copy, pack)) {
    if (known.has(keyOf(fault))) continue;
    return { ...drew, fault, isNamed: done.names.some((name) => `${fault.message} ${fault.hint}`.includes(name)) };
  }
  return { ...drew, isNamed: false };
}

export function keyOf({ part, path, message }: Fault): string {
  return JSON.stringify([part, path, message]);
}
