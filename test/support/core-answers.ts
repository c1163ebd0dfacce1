import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { decide } from "../../src/core/decide.ts";
import { type Entry, Sentence } from "../../src/core/entry.ts";
import { type Incident, evolve } from "../../src/core/incident.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import { Reply } from "../../src/core/question.ts";
import { settings } from "../../src/core/settings.ts";
import { Site } from "../../src/core/site.ts";
import { opening } from "./core-encounter.ts";
import { shipped } from "./core-parts.ts";

// The shipped files of answers, read and played without any of the shell.

export const examples = ["shelter-i200", "school-subpoena", "hospital-judicial-warrant"] as const;
export type Example = (typeof examples)[number];

const Header = z.strictObject({
  threshold: z.literal("answers"),
  v: z.literal(1),
  example: z.literal(true),
  setting: z.enum(settings),
  opened: z.iso.datetime({ offset: true }),
  site: Site,
});

export type AnswerFile = {
  readonly header: z.infer<typeof Header>;
  readonly replies: readonly Reply[];
  readonly text: string;
};

export function readAnswers(name: Example): AnswerFile {
  const text = readFileSync(fileURLToPath(new URL(`../../templates/answers/${name}.jsonl`, import.meta.url)), "utf8");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("//"));
  const [first = "", ...rest] = lines;
  return {
    header: Header.parse(JSON.parse(first)),
    replies: rest.map((line) => Reply.parse(JSON.parse(line))),
    text,
  };
}

export type Played = AnswerFile & {
  readonly protocol: Protocol;
  readonly incident: Incident;
  readonly before: readonly Incident[];
};

/** Plays a file to its end. `before` holds the incident as each reply found it. @throws Problem at a reply that is refused. */
export function play(name: Example): Played {
  const file = readAnswers(name);
  const { header, replies } = file;
  const protocol = shipped(header.setting);
  const entry = (n: number, what: Sentence): Entry => ({
    n,
    at: "2026-11-23T09:00:07-05:00",
    elapsed: n,
    what: Sentence.parse(what),
  });
  const opened = opening(protocol, header.site, { isExample: true, openedBy: "answers", happenedAt: header.opened });
  let incident = evolve(undefined, entry(1, opened));
  const before: Incident[] = [];
  for (const reply of replies) {
    before.push(incident);
    incident = evolve(incident, entry(incident.entries.length + 1, decide(protocol, incident, reply)));
  }
  return { ...file, protocol, incident, before };
}
