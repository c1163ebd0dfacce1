// From the YAML files under a templates folder to checked, compiled protocols, in every language that is there.
//
// - Every fault is told with file and line, what is wrong and what would be right; nothing half-checked comes out.
// - A protocol is there in a language when its words, the other words and what the language asks of them are there:
//   `protocols/<id>.<language>.yaml`, `words/<language>.yaml`, `languages/<language>.yaml`. English must be.
// - Used when the product is built, and again when a site brings templates of its own. Nothing else reads YAML.

import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod";
import { compile, compileWhole, FieldsFile, type Parts, RecordWords } from "../core/compile.ts";
import type { Fault } from "../core/fault.ts";
import { fill } from "../core/fill.ts";
import { Graph, ProtocolWords } from "../core/graph.ts";
import { Instrument, LookGraph } from "../core/instrument.ts";
import { Language } from "../core/language.ts";
import { OpenQuestions } from "../core/open-questions.ts";
import { Problem } from "../core/problem.ts";
import { SpokenWords, Words } from "../core/product-words.ts";
import { parity } from "../core/parity.ts";
import { everyFault } from "../core/proofs.ts";
import { asShown, forTraits, type Protocol, RECORD_LANGUAGE } from "../core/protocol.ts";
import { type Setting, settings, type Trait, traits } from "../core/settings.ts";
import { FIRST_PROTOCOL } from "../core/site-words.ts";
import {
  type CompiledFile,
  type FirstLabels,
  type FirstProtocol,
  type FirstSaid,
  type FirstStep,
  type FirstWords,
  type ListedProtocol,
  type Only,
  protocolPath,
  wordsPath,
} from "./compiled.ts";
import { explained, readTemplate, type TemplateFile } from "./template-file.ts";

/** A fault as it is told: `file:line: sentence`. */
export type ToldFault = { readonly message: string; readonly hint: string };

/**
 * Compiles every template of a folder laid out as `templates/` is: a file per protocol, setting and language, the words
 * of the screen and the paper in each language, and the first words. With `only`, what else there is is not even read.
 * @throws Problem `template` that names the first fault with file and line, and counts the others.
 */
export function compileTemplates(folder: string, only?: Only): { readonly files: readonly CompiledFile[] } {
  const read = readFolder(folder, only);
  const protocols = read.flatMap(compiledOf);
  const words = new Map(read.flatMap(({ languages }) => languages.map(({ words }) => [words.language, words.value])));
  return {
    files: [
      ...protocols.map(({ path, bytes }) => ({ path, bytes })),
      ...[...words].map(([language, value]) => ({ path: wordsPath(language), bytes: `${JSON.stringify(value)}\n` })),
      { path: "protocols.json", bytes: `${JSON.stringify(read.map((each) => listed(each, protocols)))}\n` },
      { path: "first.json", bytes: `${JSON.stringify(firstWords(read, protocols))}\n` },
    ],
  };
}

/** Every fault of every protocol in the folder, in every language. @throws Problem for a file that cannot be read at all. */
export function templateFaults(folder: string): readonly ToldFault[] {
  return readFolder(folder).flatMap(faultsOf);
}

/** What each protocol of a folder is made of, in every language that it is there in, English first. @throws Problem `template` for a file that cannot be read. */
export function templateParts(
  folder: string,
): readonly { readonly id: string; readonly languages: readonly Parts[] }[] {
  return readFolder(folder).map(({ id, languages }) => ({ id, languages: languages.map(({ parts }) => parts) }));
}

/** What the protocol `name` leaves open; undefined when the folder has no such file. @throws Problem `template` for a fault in it. */
export function openQuestions(folder: string, name: string): OpenQuestions["questions"] | undefined {
  const path = join(folder, "protocols", `${name}.open.yaml`);
  if (!existsSync(path)) return undefined;
  const file = readTemplate(path, OpenQuestions);
  const { steps } = readTemplate(join(folder, "protocols", `${name}.yaml`), Graph).value;
  for (const [id, question] of Object.entries(file.value.questions)) {
    for (const [i, step] of question.steps.entries()) {
      if (steps[step] !== undefined) continue;
      const line = file.lineOf(["questions", id, "steps", i]);
      throw new Problem("template", `${path}:${line}: there is no step "${step}"`, "name the steps that would change");
    }
  }
  return file.value.questions;
}

// --- reading ---

type Files = {
  readonly graph: TemplateFile<Graph>;
  readonly fields: TemplateFile<z.infer<typeof FieldsFile>>;
  readonly look: TemplateFile<LookGraph>;
  readonly instruments: Readonly<Record<string, TemplateFile<Instrument>>>;
};

/** A protocol in one language. `words`: those that are no protocol's own, with the reports' in English. */
type InLanguage = {
  readonly parts: Parts;
  readonly words: { readonly language: string; readonly value: Words };
  readonly files: Files & { readonly words: TemplateFile<unknown>; readonly record: TemplateFile<unknown> };
};

type ReadProtocol = { readonly id: string; readonly languages: readonly InLanguage[] };

function readFolder(folder: string, only?: Only): readonly ReadProtocol[] {
  const english = readTemplate(join(folder, "words", `${RECORD_LANGUAGE}.yaml`), Words);
  const names = protocolNames(folder).filter((id) => only === undefined || id === only.id);
  return names.map((id) => {
    const files = readFiles(folder, id);
    const languages = languagesOf(folder, id).filter(
      (language) => only === undefined || language === RECORD_LANGUAGE || language === only.language,
    );
    return { id, languages: languages.map((language) => readIn(folder, id, language, files, english)) };
  });
}

function protocolNames(folder: string): readonly string[] {
  const path = join(folder, "protocols");
  if (!existsSync(path))
    throw new Problem(
      "template",
      `${path} does not exist`,
      "a templates folder holds protocols/, instruments/, record/, languages/ and words/",
    );
  const names = readdirSync(path)
    .filter((file) => /^[a-z][a-z0-9-]*\.yaml$/.test(file))
    .map((file) => basename(file, ".yaml"));
  if (names.length === 0)
    throw new Problem(
      "template",
      `${path} holds no protocol`,
      "a protocol is a graph such as nyc.yaml and its words, nyc.en.yaml",
    );
  return names;
}

/** The languages a protocol has words in, English first whether it is there or not. */
function languagesOf(folder: string, id: string): readonly string[] {
  const others = readdirSync(join(folder, "protocols"))
    .map((file) => (file.startsWith(`${id}.`) ? /^[^.]+\.([a-z]{2})\.yaml$/.exec(file)?.[1] : undefined))
    .filter((language) => language !== undefined && language !== RECORD_LANGUAGE);
  return [RECORD_LANGUAGE, ...others.map(String).toSorted()];
}

/** The files that are the same in every language. */
function readFiles(folder: string, id: string): Files {
  const graph = readTemplate(join(folder, "protocols", `${id}.yaml`), Graph);
  isNamed(graph, "id", graph.value.id, id, "protocol");
  const fields = readTemplate(join(folder, "record", "fields.yaml"), FieldsFile);
  const look = readTemplate(join(folder, "instruments", "look.yaml"), LookGraph);
  const kinds = readdirSync(join(folder, "instruments"))
    .filter((file) => file.endsWith(".yaml") && file !== "look.yaml")
    .toSorted();
  const instruments = Object.fromEntries(
    kinds.map((file) => [basename(file, ".yaml"), readTemplate(join(folder, "instruments", file), Instrument)]),
  );
  return { graph, fields, look, instruments };
}

function readIn(folder: string, id: string, name: string, files: Files, english: TemplateFile<Words>): InLanguage {
  const own = `protocols/${id}.${name}.yaml`;
  const path = (room: string): string => {
    const needed = join(folder, room, `${name}.yaml`);
    if (name === RECORD_LANGUAGE || existsSync(needed)) return needed;
    throw new Problem(
      "template",
      `${needed} is not there, and ${own} needs it`,
      `write it as ${room}/${RECORD_LANGUAGE}.yaml is written, or take ${own} away`,
    );
  };
  const words = readTemplate(join(folder, own), ProtocolWords);
  isNamed(words, "language", words.value.language, name, "language");
  const record = name === RECORD_LANGUAGE ? english : readTemplate(path("words"), SpokenWords);
  const language = readTemplate(path("languages"), Language);
  isNamed(language, "language", language.value.language, name, "language");
  return {
    parts: {
      graph: files.graph.value,
      words: words.value,
      language: language.value,
      fields: files.fields.value.fields,
      look: files.look.value,
      instruments: Object.fromEntries(Object.entries(files.instruments).map(([kind, { value }]) => [kind, value])),
      record: RecordWords.parse(record.value),
    },
    words: { language: name, value: { ...record.value, report: english.value.report } },
    files: { ...files, words, record },
  };
}

/** @throws Problem `template` when a file says another name than its own. */
function isNamed(file: TemplateFile<unknown>, key: string, says: string, name: string, what: string): void {
  if (says === name) return;
  throw new Problem(
    "template",
    `${file.name}:${file.lineOf([key])}: the ${what} is called "${says}", its file "${name}"`,
    "give both the same name",
  );
}

// --- faults ---

/** What is wrong with a protocol in any of its languages; what the files share is told once. */
function faultsOf({ languages }: ReadProtocol): readonly ToldFault[] {
  const told = (find: (parts: Parts) => readonly Fault[], from = 0): readonly ToldFault[] => {
    const all = languages.slice(from).flatMap((each) => find(each.parts).map((fault) => located(each, fault)));
    return [...new Map(all.map((fault) => [fault.message, fault])).values()];
  };
  const torn = told(variantFaults);
  if (torn.length > 0) return torn;
  const found = told(everyFault);
  if (found.length > 0) return found;
  // Only of what fits together can be asked whether its languages say the same.
  const [english] = languages;
  return english ? told((other) => parity(english.parts, other), 1) : [];
}

/** Where a fault is: a paper has a file of its own. */
function located({ files }: InLanguage, { part, path, message, hint }: Fault): ToldFault {
  const [first = "", ...rest] = path;
  const [file, keys] =
    part === "instruments" ? [files.instruments[first] ?? files.look, rest] : ([files[part], path] as const);
  return { message: `${file.name}:${file.lineOf(keys)}: ${message}`, hint };
}

/** Variants that do not make a whole step: `compile` throws at them, so they are looked for first. */
function variantFaults({ graph, ...others }: Parts): readonly Fault[] {
  const variants = Object.entries(graph.variants ?? {}).flatMap(([setting, steps]) =>
    Object.entries(steps).map(([id, variant]) => ({ setting: setting as Setting | Trait, id, variant })),
  );
  return variants.flatMap(({ setting, id, variant }): readonly Fault[] => {
    const isSetting = settings.some((each) => each === setting);
    const place = {
      setting: isSetting ? (setting as Setting) : (graph.settings[0] ?? "shelter"),
      traits: isSetting ? [] : [setting as Trait],
    };
    try {
      compile({ ...others, graph: { ...graph, variants: { [setting]: { [id]: variant } } } }, place);
      return [];
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      const { keys, says, hint } = explained(error.issues[0]);
      return [
        {
          part: "graph",
          path: ["variants", setting, id, ...keys],
          message: `step "${id}" in a ${setting}: ${says}`,
          hint,
        },
      ];
    }
  });
}

// --- compiling ---

type Compiled = CompiledFile & { readonly protocol: Protocol; readonly hash: string };

function compiledOf(read: ReadProtocol): readonly Compiled[] {
  const [first, ...others] = faultsOf(read);
  if (first)
    throw new Problem(
      "template",
      others.length > 0 ? `${first.message} (and ${others.length} more)` : first.message,
      first.hint,
    );
  const [english] = read.languages;
  if (english === undefined) return [];
  return english.parts.graph.settings.flatMap((setting) =>
    read.languages.map(({ parts }) => {
      const protocol = compileWhole(english.parts, parts, setting);
      const bytes = `${JSON.stringify(protocol)}\n`;
      const path = protocolPath(protocol.id, setting, protocol.language);
      return { protocol, bytes, path, hash: createHash("sha256").update(bytes, "utf8").digest("hex") };
    }),
  );
}

/** What can be said of a protocol without opening it. */
function listed({ id, languages }: ReadProtocol, compiled: readonly Compiled[]): ListedProtocol {
  const own = compiled.filter(({ protocol }) => protocol.id === id);
  return {
    id,
    version: own[0]?.protocol.version ?? "",
    settings: [...new Set(own.map(({ protocol }) => protocol.setting))],
    languages: languages.map(({ parts, words: { language } }) => ({
      language,
      name: parts.language.name,
      title: parts.words.title,
      readBy: parts.words.readBy,
      hashes: Object.fromEntries(
        own
          .filter(({ protocol }) => protocol.language === language)
          .map(({ protocol, hash }) => [protocol.setting, hash]),
      ),
    })),
  };
}

/** What the launcher paints, and what the first menu must know, without a whole protocol. */
function firstWords(read: readonly ReadProtocol[], compiled: readonly Compiled[]): FirstWords {
  const first = read.find(({ id }) => id === FIRST_PROTOCOL) ?? read[0];
  const languages = new Map(read.flatMap((each) => each.languages.map((one) => [one.words.language, one])));
  return {
    v: 2,
    default: RECORD_LANGUAGE,
    protocol: first?.id ?? "",
    langs: Object.fromEntries([...languages].map(([language, each]) => [language, firstLabels(each)])),
    protocols: Object.fromEntries(
      read.map(({ id }) => [id, firstProtocol(compiled.filter(({ protocol }) => protocol.id === id))]),
    ),
  };
}

function firstLabels({ words: { language, value }, parts }: InLanguage): FirstLabels {
  const { say, phone, english, do: todo } = value.screen;
  const { name } = parts.language;
  const choice = fill(value.home.language, { name });
  return { name, choice, say, phone, do: todo, ...(language !== RECORD_LANGUAGE && { english }) };
}

function firstProtocol(own: readonly Compiled[]): FirstProtocol {
  const byLanguage = Map.groupBy(own, ({ protocol }) => protocol.language);
  return {
    canRequest: own.some(({ protocol }) => protocol.request !== undefined),
    langs: Object.fromEntries(
      [...byLanguage].map(([language, all]) => [language, firstSaid(all.map(({ protocol }) => protocol))]),
    ),
    hashes: Object.fromEntries(own.map(({ protocol, hash }) => [`${protocol.setting}.${protocol.language}`, hash])),
  };
}

function firstSaid(protocols: readonly Protocol[]): FirstSaid {
  const settings = Object.fromEntries(protocols.map((protocol) => [protocol.setting, firstStep(protocol)]));
  const [some = { say: "", do: [], values: {} }] = Object.values(settings);
  const [first] = protocols.map(asShown);
  return { never: first?.never ?? "", settings: { unset: settings["shelter"] ?? some, ...settings } };
}

/** The first step's words, placeholders and all, and those of the traits that change them. */
function firstStep(protocol: Protocol): FirstStep {
  const said = (own: readonly Trait[]) => {
    const shown = asShown(forTraits(protocol, own));
    const step = shown.steps[protocol.start];
    return { say: step?.say ?? "", do: step?.do ?? [] };
  };
  const plain = said([]);
  const differing = traits
    .map((trait) => [trait, said([trait])] as const)
    .filter(([, words]) => JSON.stringify(words) !== JSON.stringify(plain));
  return {
    ...plain,
    values: asShown(protocol).values,
    ...(differing.length > 0 && { traits: Object.fromEntries(differing) }),
  };
}
