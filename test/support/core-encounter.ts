import { expect, test } from "vitest";
import { decide, type StoredFile } from "../../src/core/decide.ts";
import { question } from "../../src/core/encounter.ts";
import { type Begun, opening as sentence } from "../../src/core/opening.ts";
import { type Entry, type Opened, Sentence } from "../../src/core/entry.ts";
import type { FieldValue } from "../../src/core/field.ts";
import { type Incident, evolve, fold } from "../../src/core/incident.ts";
import { Problem } from "../../src/core/problem.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import type { Question, Reply } from "../../src/core/question.ts";
import type { Site } from "../../src/core/site.ts";
import { tiny } from "./core-parts.ts";

// A desk for tests: it opens an encounter, answers it with short lines, and stamps what is written down.

/**
 * One thing that happens. "id" answers what is asked, "<" goes back, "!danger" and "!entered" interrupt, "+words" is a
 * note, ">role" hands over, "=" leaves the rest not asked; an object of fields answers a record step. A whole reply or a sentence stands
 * as it is.
 */
export type Line = string | Reply | Sentence | Readonly<Record<string, FieldValue>>;

export const site: Site = {
  code: "T1",
  name: "Test Site",
  waitingPlace: "in the lobby",
  contacts: { lead: { who: "Shift lead", phone: "212-555-0101" } },
};

/** The first sentence of an encounter, as the program writes it. */
export function opening(
  protocol: Protocol,
  at: Site = site,
  { start = "here", ...more }: Partial<Opened> & Pick<Begun, "start"> = {},
): Opened {
  const begun = { number: "2026-1123-TEST", isDrill: false, isExample: false, openedBy: "keyboard", start } as const;
  return { ...sentence(protocol, { ...begun, site: at, hash: "b".repeat(64) }), ...more };
}

/** A minute for each entry, from 14:00 on. */
export function stamp(n: number, what: Sentence): Entry {
  const minutes = 14 * 60 + n;
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = 23 + Math.floor(minutes / 1440);
  return {
    n,
    at: `2026-11-${two(day)}T${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}:07-05:00`,
    elapsed: n * 60_000,
    what,
  };
}

export const photo: StoredFile = { name: "photo.jpg", media: "image/jpeg", bytes: 2048, sha256: "a".repeat(64) };

/** The reply that a short line stands for, given what is asked. */
export function replyOf(line: Exclude<Line, Sentence>, asked: Question | undefined): Reply {
  const step = asked?.step ?? "nowhere";
  if (typeof line !== "string") {
    if ("step" in line && typeof line.step === "string") return line as Reply;
    return { step, fields: line as Record<string, FieldValue> };
  }
  if (line === "<") return { step, back: true };
  if (line === "=") return { step, fields: {}, rest: "notAsked" };
  if (line === "!danger" || line === "!entered") return { step, interrupt: line === "!danger" ? "danger" : "entered" };
  if (line.startsWith("+")) return { step, note: line.slice(1) };
  if (line.startsWith(">")) return { step, handOver: line.slice(1) };
  return { step, answer: line };
}

/** The sentence that a line makes; a sentence makes itself. Whatever is made must be one that a journal can hold. */
export function sentenceOf(protocol: Protocol, incident: Incident, line: Line): Sentence {
  if (typeof line !== "string" && "type" in line) return Sentence.parse(line);
  const made = decide(protocol, incident, replyOf(line, question(protocol, incident)), photo);
  expect(Sentence.parse(made)).toEqual(made);
  return made;
}

/** One line further. */
export function next(protocol: Protocol, incident: Incident, line: Line): Incident {
  return evolve(incident, stamp(incident.entries.length + 1, sentenceOf(protocol, incident, line)));
}

export function begin(protocol: Protocol, opened: Opened = opening(protocol)): Incident {
  return evolve(undefined, stamp(1, opened));
}

/** An encounter after these lines. */
export function after(protocol: Protocol, lines: readonly Line[], from: Incident = begin(protocol)): Incident {
  return lines.reduce<Incident>((incident, line) => next(protocol, incident, line), from);
}

/** The same entries through JSON and folded at once. */
export function refolded(incident: Incident): Incident {
  const again = fold(JSON.parse(JSON.stringify(incident.entries)) as Entry[]);
  if (again === undefined) throw new Error("there are no entries");
  return again;
}

/** The incident without its history: what goes on from here. */
export function standing({
  entries: _entries,
  undone: _undone,
  ...rest
}: Incident): Omit<Incident, "entries" | "undone"> {
  return rest;
}

type Expected<T> = { readonly [K in keyof T]?: unknown };
export type Check = () => void;

/**
 * `given(lines).when(line).gives(sentence)`: checks for a table, run one by one by `cases`. What is expected may leave
 * parts out; a key expected as undefined must be missing.
 */
export function given(...lines: readonly Line[]) {
  return givenOf(tiny, lines);
}

export function givenOf(protocol: Protocol, lines: readonly Line[]) {
  const before = (): Incident => after(protocol, lines);
  return {
    when: (line: Line) => ({
      gives:
        (expected: Record<string, unknown>): Check =>
        () => {
          const made = sentenceOf(protocol, before(), line);
          for (const [key, value] of Object.entries(expected)) {
            expect((made as Record<string, unknown>)[key], key).toEqual(value);
          }
        },
      refuses:
        (message: string, hint?: string): Check =>
        () => {
          const incident = before();
          const problem = problemOf(() => sentenceOf(protocol, incident, line));
          expect(problem).toMatchObject({ code: "usage", message, ...(hint !== undefined && { hint }) });
          expect(question(protocol, incident)).toEqual(question(protocol, before()));
        },
      asks: (expected: Expected<Question>): Check => asks(protocol, () => next(protocol, before(), line), expected),
      leaves:
        (look: (incident: Incident) => unknown, expected: unknown): Check =>
        () =>
          expect(look(next(protocol, before(), line))).toEqual(expected),
    }),
    asks: (expected: Expected<Question>): Check => asks(protocol, before, expected),
    asksNothing: (): Check => () => expect(question(protocol, before())).toBeUndefined(),
    leaves:
      (look: (incident: Incident) => unknown, expected: unknown): Check =>
      () =>
        expect(look(before())).toEqual(expected),
  };
}

function asks(protocol: Protocol, incident: () => Incident, expected: Expected<Question>): Check {
  return () => {
    const asked = question(protocol, incident());
    for (const [key, value] of Object.entries(expected)) expect(asked?.[key as keyof Question], key).toEqual(value);
  };
}

function problemOf(make: () => unknown): unknown {
  try {
    return { made: make() };
  } catch (error) {
    if (error instanceof Problem) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
}

/** One test for each line of a table. */
export function cases(table: Readonly<Record<string, Check>>): void {
  for (const [name, check] of Object.entries(table)) test(name, check);
}
