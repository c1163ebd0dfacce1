import * as z from "zod";
import { RecordWords } from "./compile.ts";
import { phases } from "./protocol.ts";
import { ReportWords } from "./report-words.ts";
import { settings, traits } from "./settings.ts";
import { WalkWords } from "./walk.ts";
import { keyed, ScreenWords } from "./words.ts";

const text = z.string().min(1);

export const GuideWords = keyed(
  "notWritten",
  "clockMoved",
  "noteCame",
  "noteCameFrom",
  "readable",
  "unapproved",
  "changed",
  "overdue",
  "approvalsProblem",
  "example",
  "siteProblem",
);
export type GuideWords = z.infer<typeof GuideWords>;

/** Every word that is not a protocol's own, as `templates/words/<language>.yaml` holds them. */
export const Words = z.strictObject({
  ...RecordWords.shape,
  screen: ScreenWords,
  report: ReportWords,
  guide: GuideWords,
  home: z.strictObject({
    ...keyed("title", "titleSite", "ask", "here", "goOn", "request", "paper", "language", "setting", "resumeWhich")
      .shape,
    settings: keyed(...settings),
  }),
  finish: keyed(
    "closed",
    "report",
    "reportFailed",
    "reportAgain",
    "tell",
    "missing",
    "missingMore",
    "example",
    "paused",
    "pausedUnwritten",
    "memory",
    "memoryAgain",
    "memoryScreen",
    "memoryPaper",
    "memoryLeave",
    "memoryPath",
    "whereKept",
    "setUp",
  ),
  check: keyed("title", "looksLike", "about", "signed", "saw", "next"),
  note: keyed("ask", "added", "ended"),
  incident: z.strictObject({
    ...keyed("none", "open", "ended", "whole", "wholeSays", "broken", "corrected", "attached").shape,
    head: z.array(text).length(4),
  }),
  setup: z.strictObject({
    ...keyed(
      "intro",
      "name",
      "code",
      "confidential",
      "setting",
      "language",
      "agency",
      "desk",
      "waitingPlace",
      "area",
      "past",
      "spoken",
      "contactWho",
      "contactPhone",
      "saved",
      "shown",
      "nothing",
      "unset",
      "yes",
      "no",
    ).shape,
    traits: keyed(...traits),
  }),
  protocol: z.strictObject({
    ...keyed(
      "fine",
      "unapproved",
      "approved",
      "overdue",
      "changed",
      "readBy",
      "sources",
      "source",
      "weak",
      "open",
      "figures",
      "undrilled",
      "undrilledOne",
    ).shape,
    walk: WalkWords,
    approve: keyed("what", "hash", "claim", "confirm", "done", "not"),
  }),
  chart: z.strictObject({
    ...keyed("start", "key", "returns", "legend", "mark").shape,
    phases: keyed(...phases),
    kinds: keyed("tell", "ask", "record", "call", "examine", "end"),
  }),
});
export type Words = z.infer<typeof Words>;

/** The same in a language other than the record's: reports are printed in that one alone. */
export const SpokenWords = Words.omit({ report: true });
