import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileWhole, type Parts } from "../core/compile.ts";
import { decide } from "../core/decide.ts";
import { question } from "../core/encounter.ts";
import type { Entry, Sentence } from "../core/entry.ts";
import { waysOut } from "../core/ways.ts";
import { evolve } from "../core/incident.ts";
import { opening } from "../core/opening.ts";
import { Problem } from "../core/problem.ts";
import { forTraits, type Protocol } from "../core/protocol.ts";
import { Reply } from "../core/question.ts";
import type { Site } from "../core/site.ts";
import { protocolOf } from "../core/site-words.ts";
import { answersHeader } from "../shell/script.ts";

// Which answers nobody has ever tried out: every file of answers is played through the engine, without a journal.

export type Way = { readonly step: string; readonly answer: string };

const at = "2026-01-01T00:00:00Z";
const picture = { name: "paper.png", media: "image/png", bytes: 1, sha256: "0".repeat(64) } as const;

/** The answers of a protocol that no file under `answers/` of the folder gives. @throws Problem `template` for a file that does not fit the protocol. */
export async function undrilled(parts: Parts, folder: string): Promise<readonly Way[]> {
  const played = new Set(answerFiles(folder).flatMap((file) => playedIn(parts, file)));
  const all = parts.graph.settings.flatMap((setting) =>
    Object.values(compileWhole(parts, parts, setting).steps).flatMap((step) =>
      // A part of the record has one way on, whatever is written into it.
      step.kind === "record" ? [] : waysOut(step).map(([answer]) => ({ step: step.id, answer })),
    ),
  );
  return [...new Map(all.map((way) => [nameOf(way), way])).values()].filter((way) => !played.has(nameOf(way)));
}

function nameOf({ step, answer }: Way): string {
  return `${step} ${answer}`;
}

function answerFiles(folder: string): readonly string[] {
  const answers = join(folder, "answers");
  try {
    return readdirSync(answers)
      .filter((name) => name.endsWith(".jsonl"))
      .toSorted()
      .map((name) => join(answers, name));
  } catch {
    return []; // a site's own templates need not bring examples
  }
}

/** What one file plays, by name; nothing when it is about another protocol. */
function playedIn(parts: Parts, file: string): readonly string[] {
  const [first = "", ...lines] = readFileSync(file, "utf8").split("\n");
  const header = answersHeader(first, file);
  const site = (header?.site ?? {}) as Site;
  if (protocolOf(site) !== parts.graph.id) return [];
  const setting = parts.graph.settings.find((each) => each === (header?.setting ?? site.setting)) ?? "shelter";
  const protocol = forTraits(compileWhole(parts, parts, setting), site.traits);
  const replies = lines.flatMap((line, i) => (/^\s*(\/\/.*)?$/.test(line) ? [] : [{ line: i + 2, json: line }]));
  let incident = evolve(undefined, entryOf(1, begun(protocol, site, replies[0]?.json)));
  const played: string[] = [];
  for (const { line, json } of replies) {
    try {
      const reply = Reply.parse(JSON.parse(json));
      const sentence = decide(protocol, incident, reply, "attach" in reply ? picture : undefined);
      incident = evolve(incident, entryOf(incident.entries.length + 1, sentence));
      played.push(...answeredBy(sentence));
    } catch (error) {
      const what = error instanceof Problem ? error.message : "this is no reply";
      throw new Problem("template", `${file}:${line}: ${what}`, "play it with: threshold encounter --answers FILE");
    }
    if (question(protocol, incident) === undefined) break;
  }
  return played;
}

/** A file that answers the first step of a request begins with one. */
function begun(protocol: Protocol, site: Site, first = "{}"): Sentence {
  const { step } = JSON.parse(first) as { step?: string };
  return opening(protocol, {
    number: "",
    isDrill: false,
    isExample: true,
    openedBy: "answers",
    site,
    hash: "",
    start: step !== undefined && step === protocol.request ? "request" : "here",
  });
}

function entryOf(n: number, what: Sentence): Entry {
  return { n, at, elapsed: 0, what };
}

function answeredBy(what: Sentence): readonly string[] {
  switch (what.type) {
    case "answered":
      return [nameOf({ step: what.step, answer: what.answer.id })];
    case "called":
      return [nameOf({ step: what.step, answer: what.outcome })];
    case "examined":
      return what.looked === undefined ? [] : [nameOf({ step: what.step, answer: what.looked.route })];
    default:
      return [];
  }
}
