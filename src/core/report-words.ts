import * as z from "zod";
import { settings } from "./settings.ts";

const text = z.string().min(1);
const list = (length: number) => z.array(text).length(length);
const keyed = <const K extends readonly string[]>(...keys: K) => z.strictObject(Object.fromEntries(keys.map((key) => [key, text])) as Record<K[number], typeof text>);

/** Every word that is printed in a report, besides those that the entries bring along. `templates/words/en.yaml`, under `report`. */
export const ReportWords = z.strictObject({
  ...keyed(
    ...([
      "title", "header", "siteUnset", "footer", "page", "drill", "example", "drillSays", "exampleSays", "byAnswers", "byStdio", "open", "broken", "date",
      "number", "site", "agency", "desk", "setting", "openedAt", "endedAt", "summary", "came", "from", "reason", "papers", "noPapers", "reached", "notReached",
      "outcome", "missing", "missingNone", "withheld", "withheldOne", "agent", "noAgents", "paper", "looksLike", "signedBy", "sawOnIt", "noPaperLooked", "halfLooked", "notLegal",
      "calls", "noCalls", "timeline", "takenBack", "opened", "noted", "notedSecond", "attached", "corrected", "wroteDown", "wroteWithheld", "returned", "resumed", "resumedFound",
      "jumped", "ended", "attachments", "bytes", "noAttachments", "picturesLeftOut", "pictureAlt", "pictureLost", "corrections", "noCorrections", "withdrawn", "noReason", "aboutRecord", "protocol",
      "protocolWords", "approved", "protocolHash", "lines", "head", "headSays", "made", "plain",
    ] as const),
  ).shape,
  months: list(12),
  settings: keyed(...settings),
  agents: keyed("none", "one", "many"),
  entered: keyed("yes", "no", "unknown"),
  given: keyed("nothing", "something", "unknown"),
  sections: keyed("visit", "agents", "papers", "asked", "entry", "force", "people", "after", "author"),
  callHead: list(4),
  callOutcome: keyed("reached", "unreached"),
  timelineHead: list(3),
  openedBy: keyed("keyboard", "answers", "stdio"),
  interrupted: keyed("danger", "entered"),
  paused: keyed("asked", "signal", "answersEnded"),
  attachmentHead: list(4),
  about: keyed("agent", "paper"),
  kinds: keyed("image/jpeg", "image/png", "image/tiff", "application/pdf"),
  correctionHead: list(5),
  approval: keyed("yes", "no"),
});
export type ReportWords = z.infer<typeof ReportWords>;
