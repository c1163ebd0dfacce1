// The loop: ask, write down, look again.
//
// - The answer is on disk before the next question is asked. If the disk fails, the guide goes on and says so.
// - What others add to the journal meanwhile (a note from a second terminal) is folded in, and the screen drawn again.
// - A reply that does not fit is refused in words, and the same question asked again; nothing is lost by it.

import { decide } from "../core/decide.ts";
import { question } from "../core/encounter.ts";
import type { Entry, Sentence } from "../core/entry.ts";
import { evolve, fold, type Incident } from "../core/incident.ts";
import { Problem } from "../core/problem.ts";
import { fill } from "../core/fill.ts";
import type { Protocol } from "../core/protocol.ts";
import type { Question, Reply } from "../core/question.ts";
import type { GuideWords } from "../core/product-words.ts";
import { takeIn } from "./intake.ts";
import { type Added, attach, type Journal } from "./journal.ts";
import { isAborted, isStopped, type Prompter, type Screen } from "./prompter.ts";

export type Desk = {
  readonly journal: Journal;
  readonly protocol: Protocol;
  readonly prompter: Prompter;
  readonly words: GuideWords;
  /** Stands at the top of every screen. */
  readonly title: string;
  readonly mark?: string;
  /** Warnings that stand on every screen. */
  readonly banner: readonly string[];
  /** The folder of the encounter, for attachments. */
  readonly folder: string;
  /** What performance.now() said when the encounter was opened. */
  readonly openedAt: number;
  /** Called when the process is asked to stop from outside. */
  readonly signal: AbortSignal;
};

/** How the guide was left: the incident as it is then, and why. */
export type Left = { readonly incident: Incident; readonly how: "ended" | "asked" | "stopped" | "signal" };

/** Guides until the encounter has ended or is paused. @throws Problem from a prompter that cannot go on, after pausing. */
export async function guide(desk: Desk): Promise<Left> {
  let incident = begun(desk.journal.entries);
  let refused: string | undefined;
  for (let asked = question(desk.protocol, incident); asked; asked = question(desk.protocol, incident)) {
    const answer = await askOnce(desk, incident, asked, refused);
    refused = undefined;
    if (answer.kind === "added") {
      incident = after(desk, incident, await desk.journal.refresh());
      continue;
    }
    if (answer.kind === "left") return { incident: await pause(desk, incident, asked, answer.how), how: answer.how };
    try {
      const sentence = await sentenceFor(desk, incident, answer.reply);
      incident = await write(desk, incident, sentence);
      if (sentence.type === "paused") return { incident, how: "asked" };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (desk.prompter.refuse === undefined) refused = `${error.message}${error.hint ? `: ${error.hint}` : ""}`;
      else await refuse(desk, incident, asked, error);
    }
  }
  return { incident, how: "ended" };
}

function begun(entries: readonly Entry[]): Incident {
  const incident = fold(entries);
  if (incident === undefined) throw new Problem("journal", "the journal is empty", "open a new encounter");
  return incident;
}

type Answer =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "added" }
  | { readonly kind: "left"; readonly how: "stopped" | "signal" };

/** Asks until there is a reply, others have added something, or somebody stops the guide. */
async function askOnce(desk: Desk, incident: Incident, asked: Question, refused: string | undefined): Promise<Answer> {
  const redraw = new AbortController();
  const stopWatching = desk.journal.watch(() => redraw.abort());
  try {
    const reply = await desk.prompter.ask(
      screen(desk, incident, asked, refused),
      AbortSignal.any([redraw.signal, desk.signal]),
    );
    return { kind: "reply", reply };
  } catch (error) {
    if (desk.signal.aborted) return { kind: "left", how: "signal" };
    if (isStopped(error)) return { kind: "left", how: "stopped" };
    if (isAborted(error)) return { kind: "added" };
    if (error instanceof Problem) await pause(desk, incident, asked, "answersEnded");
    throw error;
  } finally {
    stopWatching();
  }
}

function screen(desk: Desk, incident: Incident, asked: Question, refused: string | undefined): Screen {
  const { journal, words } = desk;
  const last = incident.entries.at(-1);
  const unwritten =
    journal.pending > 0 ? [fill(words.notWritten, { count: String(journal.pending), why: journal.why ?? "" })] : [];
  const jumped = last?.jump === undefined ? [] : [fill(words.clockMoved, { seconds: String(last.jump) })];
  const note = last?.what.type === "noted" && last.what.from === "second" ? [cameFrom(words, last.what)] : [];
  return {
    question: asked,
    title: desk.title,
    ...(desk.mark !== undefined && { mark: desk.mark }),
    openedAt: desk.openedAt,
    ...(journal.pending === 0 && last && { writtenAt: last.at.slice(11, 19) }),
    banner: [...unwritten, ...(refused === undefined ? [] : [refused]), ...jumped, ...note, ...desk.banner],
  };
}

function cameFrom(words: GuideWords, { desk, text }: Extract<Sentence, { type: "noted" }>): string {
  return desk === undefined ? fill(words.noteCame, { text }) : fill(words.noteCameFrom, { desk, text });
}

async function sentenceFor(desk: Desk, incident: Incident, reply: Reply): Promise<Sentence> {
  if (!("attach" in reply)) return decide(desk.protocol, incident, reply);
  const { file, bytes } = takeIn(reply.attach);
  const sentence = decide(desk.protocol, incident, reply, file);
  await attach(desk.folder, bytes, file.sha256);
  return sentence;
}

async function write(desk: Desk, incident: Incident, sentence: Sentence): Promise<Incident> {
  return after(desk, incident, await desk.journal.append(sentence));
}

/** The incident with what the journal has to tell: mostly one entry more. */
function after({ journal }: Desk, incident: Incident, { added, refold }: Added): Incident {
  return refold ? begun(journal.entries) : added.reduce<Incident>(evolve, incident);
}

async function pause(
  desk: Desk,
  incident: Incident,
  asked: Question,
  how: "stopped" | "signal" | "answersEnded",
): Promise<Incident> {
  const cause = how === "stopped" ? "asked" : how;
  return await write(desk, incident, { type: "paused", step: asked.step, cause });
}

/** A prompter that is no person hears of a refusal; one that cannot go on makes it a Problem of its own. */
async function refuse(desk: Desk, incident: Incident, asked: Question, problem: Problem): Promise<void> {
  try {
    desk.prompter.refuse?.(problem);
  } catch (error) {
    await pause(desk, incident, asked, "answersEnded");
    throw error;
  }
}
