import * as z from "zod";
import { RecordWords } from "./compile.ts";
import { ReportWords } from "./report-words.ts";
import { settings } from "./settings.ts";
import { keyed, ScreenWords } from "./words.ts";

const text = z.string().min(1);

export const GuideWords = keyed(
  "notWritten",
  "clockMoved",
  "noteCame",
  "readable",
  "unapproved",
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
    ...keyed("title", "titleSite", "ask", "here", "goOn", "paper", "setting", "resumeWhich").shape,
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
  setup: keyed(
    "intro",
    "name",
    "code",
    "confidential",
    "setting",
    "agency",
    "desk",
    "waitingPlace",
    "area",
    "contactWho",
    "contactPhone",
    "saved",
    "shown",
    "nothing",
    "unset",
    "yes",
    "no",
  ),
  protocol: keyed("fine", "unapproved", "sources", "source", "weak", "open"),
});
export type Words = z.infer<typeof Words>;
