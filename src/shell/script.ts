// Prompters without a person: a file of answers, and a conversation with another program. One JSON object a line.
//
// - A reply is checked against what is asked before the engine sees it. What the engine refuses besides comes back
//   by `refuse`, and the line is named either way.
// - A file that answers wrongly, or ends too soon, stops the guide. Another program hears of its fault and is asked
//   again: nothing it sends can stop the guide but the end of its input.

import { dirname, resolve } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { unknowns } from "../core/field.ts";
import { Problem } from "../core/problem.ts";
import { type Question, Reply } from "../core/question.ts";
import { aborted, type Prompter, type Screen, stopped } from "./prompter.ts";

/** A file of answers as a prompter. `line` is where the last reply stands, counted from 1; 0 before the first. */
export type Answers = Prompter & { readonly line: number };

const Header = z.strictObject({
  threshold: z.literal("answers"),
  v: z.literal(1),
  /** True for a shipped example, which is nobody's record. */
  example: z.boolean().optional(),
  setting: z.string().optional(),
  language: z.string().optional(),
  /** A site as in site.yaml; whoever opens the encounter checks it. */
  site: z.unknown().optional(),
  /** Where it begins: with agents at the desk, unless told, or with a request by phone, e-mail or letter. */
  start: z.enum(["here", "request"]).optional(),
  /** When the encounter was opened. */
  opened: z.iso.datetime({ offset: true }).optional(),
});
export type AnswersHeader = z.infer<typeof Header>;

/**
 * What the first line of a file of answers says about the whole; undefined when it is not a header but a reply.
 * @throws Problem `usage` for a header with a fault.
 */
export function answersHeader(line: string, name = "answers"): AnswersHeader | undefined {
  if (!isHeader(line)) return undefined;
  const read = Header.safeParse(JSON.parse(bare(line)));
  if (read.success) return read.data;
  throw new Problem(
    "usage",
    `${name} line 1: a header with a fault: ${reasonOf(read.error.issues[0])}`,
    'such as {"threshold":"answers","v":1,"setting":"shelter","opened":"2026-11-23T14:03:00-05:00"}',
  );
}

function isHeader(line: string): boolean {
  const found = parsed(line);
  return typeof found === "object" && found !== null && "threshold" in found;
}

/**
 * Answers from `lines`, in order; blank lines, lines that begin with // and a header are passed over.
 * `name` is the file as the person named it; relative paths in it are resolved against its folder.
 * `ask` throws Problem `usage` that names the line, what was asked and what would be right.
 */
export function openAnswers(
  lines: AsyncIterable<string> | readonly string[],
  name: string,
  options: { readonly say?: (line: string) => void } = {},
): Answers {
  const source = openNumbered(lines);
  let line = 0;
  const at = (): string => `${name} line ${line}`;
  return {
    get line() {
      return line;
    },
    async ask({ question }, signal) {
      const next = await source.next(signal);
      if (next === undefined)
        throw new Problem(
          "usage",
          `${name} ends after line ${source.count()}, but step "${question.step}" is asked: ${question.ask}`,
          rightFor(question),
        );
      line = next.number;
      const reply = checked(next.text, question);
      if (reply instanceof Problem) throw new Problem("usage", `${at()}: ${reply.message}`, reply.hint);
      return "attach" in reply ? { ...reply, attach: resolve(dirname(name), reply.attach) } : reply;
    },
    say: (words) => options.say?.(words),
    refuse(problem) {
      throw new Problem("usage", `${at()}: ${problem.message}`, problem.hint);
    },
    close: () => source.close(),
  };
}

export type StdioOptions = {
  /** Lines, or a stream of them. */
  readonly input: AsyncIterable<string> | NodeJS.ReadableStream;
  /** Takes whole lines, each with its line break. */
  readonly output: { write(text: string): unknown };
  readonly clock?: () => number;
};

/**
 * A conversation with another program. Out: `{"question":{...},"title":...,"banner":[...]}`, `{"say":"..."}`,
 * `{"error":{"message":"...","hint":"..."}}` before the question is asked again, and `{"again":true}` when it is about
 * to be asked anew because something has changed. In: a reply. The end of the input is what `isStopped` knows.
 */
export function openStdio({ input, output, clock = () => performance.now() }: StdioOptions): Prompter {
  const source = openNumbered("pipe" in input ? createInterface({ input, terminal: false }) : input);
  const send = (value: unknown): void => void output.write(`${JSON.stringify(value)}\n`);
  const fault = ({ message, hint }: Problem): void => send({ error: { message, ...(hint !== undefined && { hint }) } });
  return {
    async ask(screen, signal) {
      for (;;) {
        send(asked(screen, clock));
        const next = await source.next(signal).catch((error: unknown) => {
          if (signal.aborted) send({ again: true });
          throw error;
        });
        if (next === undefined) throw stopped();
        const reply = checked(next.text, screen.question);
        if (!(reply instanceof Problem)) return reply;
        fault(reply);
      }
    },
    say: (line) => send({ say: line }),
    refuse: fault,
    close: () => source.close(),
  };
}

function asked({ openedAt, ...screen }: Screen, clock: () => number): unknown {
  return { ...screen, ...(openedAt !== undefined && { sinceOpened: Math.max(0, Math.round(clock() - openedAt)) }) };
}

// --- lines and their numbers ---

type Numbered = { readonly number: number; readonly text: string };
type Source = { next(signal: AbortSignal): Promise<Numbered | undefined>; count(): number; close(): void };

/** The lines that are replies. A line that was on its way when the signal aborted is the next one. */
function openNumbered(lines: AsyncIterable<string> | readonly string[]): Source {
  const iterator = Symbol.asyncIterator in lines ? lines[Symbol.asyncIterator]() : lines[Symbol.iterator]();
  let count = 0;
  let waiting: Promise<Numbered | undefined> | undefined;
  const read = async (): Promise<Numbered | undefined> => {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      count += 1;
      const text = bare(next.value);
      if (text !== "" && !text.startsWith("//") && !(count === 1 && isHeader(text))) return { number: count, text };
    }
    return undefined;
  };
  return {
    async next(signal) {
      if (signal.aborted) throw aborted();
      waiting ??= read();
      const abort = Promise.withResolvers<never>();
      const onAbort = (): void => abort.reject(aborted());
      signal.addEventListener("abort", onAbort);
      try {
        const line = await Promise.race([waiting, abort.promise]);
        waiting = undefined;
        return line;
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
    count: () => count,
    close: () => void iterator.return?.(),
  };
}

function bare(line: string): string {
  return line.replace(/^\uFEFF/, "").trim();
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(bare(line));
  } catch {
    return undefined;
  }
}

// --- what a reply must be ---

/** The reply in a line, or what is wrong with it; the message is without the place where it stands. */
function checked(line: string, question: Question): Reply | Problem {
  const problem = (message: string): Problem => new Problem("usage", message, rightFor(question));
  const found = parsed(line);
  if (found === undefined) return problem("not JSON");
  const wrong = shapeFault(found);
  if (wrong !== undefined) return problem(wrong);
  const reply = Reply.parse(found);
  if (reply.step !== question.step)
    return problem(`this answers step "${reply.step}", but step "${question.step}" is asked: ${question.ask}`);
  const fault = misfitOf(reply, question);
  return fault === undefined ? reply : problem(fault);
}

/** The kinds of reply, in the order of the schema. */
const kinds = ["answer", "fields", "note", "handOver", "attach", "interrupt", "back", "pause"] as const;

/** Why something is not a reply at all; undefined when it is one. */
function shapeFault(found: unknown): string | undefined {
  if (Reply.safeParse(found).success) return undefined;
  if (typeof found !== "object" || found === null || Array.isArray(found))
    return "not a reply: a reply is an object in braces";
  const held = kinds.filter((kind) => kind in found);
  const kind = held[0];
  if (kind === undefined) return `not a reply: it holds none of ${kinds.join(", ")}`;
  if (held.length > 1) return `not a reply: it holds ${held.join(" and ")}, but one thing is answered at a time`;
  return `not a reply: ${reasonOf(Reply.options[kinds.indexOf(kind)]?.safeParse(found).error?.issues[0])}`;
}

/** The first fault that zod found, in words, with the place where it stands. */
function reasonOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return "not as it should be";
  const place = issue.path.join(".");
  if (issue.code === "unrecognized_keys") return `"${issue.keys.join('", "')}" does not belong in it`;
  if (issue.code === "invalid_union" && place.startsWith("fields."))
    return `"${place}" must be words, or {"unknown":"..."} with one of ${unknowns.join(", ")}`;
  const words = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  return place === "" ? words : `"${place}": ${words}`;
}

/** Why a reply does not answer the question; undefined when it may. What only the engine knows is left to the engine. */
function misfitOf(reply: Reply, question: Question): string | undefined {
  const { step, field } = question;
  if ("answer" in reply) return answerFault(reply, question);
  if ("interrupt" in reply)
    return question.isLive
      ? undefined
      : `"${reply.interrupt}" is for while agents are here, and step "${step}" comes after`;
  if ("back" in reply) return question.canGoBack ? undefined : `there is nothing to go back to from step "${step}"`;
  if ("fields" in reply)
    return fieldsFault(Object.keys(reply.fields), reply, question) ?? aboutFault(reply.about, question);
  if (!("attach" in reply) || reply.for === undefined) return undefined;
  if (field === undefined) return `step "${step}" asks for no field, but the file is for "${reply.for}"`;
  return fieldsFault([reply.for], {}, question);
}

function answerFault(
  reply: Extract<Reply, { answer: string }>,
  { step, choices, looksFor, field }: Question,
): string | undefined {
  if (choices.length === 0) return `step "${step}" asks for the field "${field?.id}", not for an answer`;
  if (reply.looksFor !== undefined && reply.looksFor !== looksFor) {
    return looksFor === undefined
      ? `step "${step}" looks for nothing on a paper, but this answers "${reply.looksFor}"`
      : `this answers "${reply.looksFor}", but "${looksFor}" is looked for`;
  }
  return choices.some(({ id }) => id === reply.answer) ? undefined : `"${reply.answer}" is no answer to step "${step}"`;
}

function fieldsFault(
  ids: readonly string[],
  { rest }: { readonly rest?: string | undefined },
  { step, field }: Question,
): string | undefined {
  if (field === undefined) return `step "${step}" asks for an answer, not for fields`;
  if (ids.length === 0 && rest === undefined) return `no field is given, but step "${step}" asks for "${field.id}"`;
  // A value given beside the one that is asked may hang on it; the engine knows.
  const stranger = field.left === 1 && !ids.includes(field.id) ? ids[0] : undefined;
  return stranger === undefined ? undefined : `the field "${stranger}" is not asked here, but "${field.id}" is`;
}

function aboutFault(about: unknown, question: Question): string | undefined {
  if (about === undefined || JSON.stringify(about) === JSON.stringify(question.about)) return undefined;
  return `this is about ${JSON.stringify(about)}, but step "${question.step}" asks about ${question.about ? JSON.stringify(question.about) : "the visit as a whole"}`;
}

/** What would be right, for a hint. */
function rightFor({ step, choices, field, looksFor }: Question): string {
  const example = (reply: Reply): string => `for example ${JSON.stringify(reply)}`;
  const oneOf = choices.length > 1 ? `one of ${choices.map(({ id }) => id).join(", ")}; ` : "";
  if (field?.kind === "file") return example({ step, attach: "photo.jpg", for: field.id });
  if (field)
    return (
      oneOf +
      example({
        step,
        fields: { [field.id]: choices[0]?.id ?? { count: "2", time: "14:05" }[field.kind as string] ?? "..." },
      })
    );
  return oneOf + example({ step, answer: choices[0]?.id ?? "...", ...(looksFor !== undefined && { looksFor }) });
}
