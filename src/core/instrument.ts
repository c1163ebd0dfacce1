import * as z from "zod";
import { type Route, routes } from "./routes.ts";

// An instrument: the paper an agent presents. This file says what can be seen on it and what that adds up to.
// It never says "valid": a verdict is what the desk saw, and counsel decides.

/** What was seen on the paper: yes, no, or the person could not tell. */
export const findings = ["yes", "no", "unsure"] as const;
export type Finding = (typeof findings)[number];

/** In what capacity it was signed. `clerk` also stands for an electronic or typed "/s/". */
export const signers = ["judge", "clerk", "officer", "nobody", "unsure"] as const;
export type Signer = (typeof signers)[number];

/** Whose paper it is. */
export const families = ["court", "agency", "neither", "unknown"] as const;

/**
 * What the findings add up to. complete: a court's paper, signed by a judge, nothing amiss was seen. defective: a court's
 * paper on which something was seen to be missing or wrong. notJudicial: an agency's paper that no judge signed.
 * unclear: everything else.
 */
export const verdicts = ["complete", "defective", "notJudicial", "unclear"] as const;
export type Verdict = (typeof verdicts)[number];

export const Instrument = z.strictObject({
  family: z.enum(families),
  /** Which branch of a protocol it leads to when nothing is amiss. */
  route: z.enum(routes),
  /** The form numbers it is printed under, if any. */
  forms: z.array(z.string()),
  /** What to look for on it after the signer, in order. */
  findings: z.array(z.string()),
  /** The signers its own form foresees. */
  signers: z.array(z.enum(signers)).min(1),
});
export type Instrument = z.infer<typeof Instrument>;

export const InstrumentWords = z.strictObject({
  name: z.string().min(1),
  /** What to know about it in one sentence, for the report and for `check`. */
  about: z.string().min(1),
});
export type InstrumentWords = z.infer<typeof InstrumentWords>;

const LookAnswer = z.union([z.strictObject({ next: z.string() }), z.strictObject({ instrument: z.string() })]);

/** The questions a person answers by looking at the top and the title of the paper, until the instrument is known. */
export const LookGraph = z.strictObject({
  start: z.string(),
  questions: z.record(z.string(), z.record(z.string(), LookAnswer)),
});
export type LookGraph = z.infer<typeof LookGraph>;

export const LookWords = z.record(
  z.string(),
  z.strictObject({ ask: z.string().min(1), answers: z.record(z.string(), z.string().min(1)) }),
);
export type LookWords = z.infer<typeof LookWords>;

/** The same with its words: the tree of questions, then the signer, then each finding. */
export type Look = {
  readonly start: string;
  readonly questions: Readonly<Record<string, LookQuestion>>;
};
export type LookQuestion = {
  readonly ask: string;
  readonly answers: readonly {
    readonly id: string;
    readonly label: string;
    readonly next?: string;
    readonly instrument?: string;
  }[];
};

/** The name of the question who signed it. Every instrument is asked it. */
export const SIGNER = "signer";

/** One paper as the desk saw it so far: the answers in the order they were given. */
export type Seen = readonly { readonly question: string; readonly answer: string }[];

/** What a paper looks like once nothing is left to look for. */
export type Looked = {
  readonly instrument: string;
  readonly signer: Signer;
  readonly findings: Readonly<Record<string, Finding>>;
  readonly verdict: Verdict;
  readonly route: Route;
};

/**
 * The next thing to look for: the id of a question in `look.questions`, or undefined when the paper has been looked at.
 * The tree narrows it down to an instrument; then the signer; then, where a judge may have signed a court's paper, the
 * instrument's own findings. An agency's paper needs none: who signed it is what counts.
 */
export function nextLook(
  look: Look,
  instruments: Readonly<Record<string, Instrument>>,
  seen: Seen,
): string | undefined {
  const instrument = instrumentOf(look, seen);
  if (instrument === undefined) {
    const last = seen.at(-1);
    if (last === undefined) return look.start;
    return look.questions[last.question]?.answers.find((answer) => answer.id === last.answer)?.next ?? look.start;
  }
  const asked = new Set(seen.map((item) => item.question));
  if (!asked.has(SIGNER)) return SIGNER;
  const kind = instruments[instrument];
  if (kind?.family !== "court" || answerTo(seen, SIGNER) !== "judge") return undefined;
  return kind.findings.find((finding) => !asked.has(finding));
}

/** The instrument that the answers have led to; undefined while the tree is still being walked. */
export function instrumentOf(look: Look, seen: Seen): string | undefined {
  for (const { question, answer } of seen) {
    const instrument = look.questions[question]?.answers.find((choice) => choice.id === answer)?.instrument;
    if (instrument !== undefined) return instrument;
  }
  return undefined;
}

function answerTo(seen: Seen, question: string): string | undefined {
  return seen.findLast((item) => item.question === question)?.answer;
}

/** What the paper looks like; undefined while something is left to look for. */
export function conclude(
  look: Look,
  instruments: Readonly<Record<string, Instrument>>,
  seen: Seen,
): Looked | undefined {
  const id = instrumentOf(look, seen);
  const kind = id === undefined ? undefined : instruments[id];
  if (id === undefined || kind === undefined || nextLook(look, instruments, seen) !== undefined) return undefined;
  const signer = (answerTo(seen, SIGNER) ?? "unsure") as Signer;
  const found: Record<string, Finding> = {};
  for (const finding of kind.findings) {
    const answer = answerTo(seen, finding);
    if (answer !== undefined) found[finding] = answer as Finding;
  }
  const verdict = verdictOf(kind, signer, Object.values(found));
  return { instrument: id, signer, findings: found, verdict, route: routeOf(kind, verdict) };
}

/**
 * The verdict on one paper. Doubt is never resolved at the desk: a clerk's, an electronic or an unread signature is
 * `unclear`, and so is an agency's paper that seems to carry a judge's.
 */
export function verdictOf(kind: Instrument, signer: Signer, found: readonly Finding[]): Verdict {
  if (signer === "unsure" || signer === "clerk") return "unclear";
  switch (kind.family) {
    case "agency":
      return signer === "judge" ? "unclear" : "notJudicial";
    case "court":
      if (!kind.signers.includes(signer) || found.includes("no")) return "defective";
      return found.includes("unsure") ? "unclear" : "complete";
    case "neither":
      return signer === "judge" ? "unclear" : "notJudicial";
    case "unknown":
      return "unclear";
  }
}

/** The branch a paper leads to. A subpoena is passed to counsel whatever is on it; any doubt about another paper goes to counsel too. */
export function routeOf(kind: Instrument, verdict: Verdict): Route {
  if (kind.route === "subpoena") return "subpoena";
  if (verdict === "unclear") return "unclear";
  if (verdict === "defective") return "defective";
  return kind.route;
}
