import { Problem } from "../core/problem.ts";

/** The problem of an entry that the disk did not take, for commands that have nobody to keep it for. */
export function whyNotSaid(why: string | undefined): Problem {
  return new Problem(
    "journal",
    `it was not written down: ${why ?? "the disk does not answer"}`,
    "make room or free the folder, then do it again",
  );
}
