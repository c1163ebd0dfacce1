import { compile } from "../../src/core/compile.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import { tinyParts } from "./core-parts.ts";

// The small protocol with a second start, and a chain of record steps of its own behind it.

/**
 * A letter came: it is answered, or agents come meanwhile, or while it is recorded. Both chains end with the call to
 * counsel, and that of a visit has a short form.
 */
export function twoChains(): Protocol {
  const parts = tinyParts();
  const { graph, words, fields, record } = parts;
  const why = ["rule"];
  const wait = graph.steps["wait"];
  if (wait?.kind !== "ask") throw new Error("there is no such step to wait at");
  const to = (next: string) => ({ next, sets: undefined });
  return compile(
    {
      ...parts,
      graph: {
        ...graph,
        request: "letter",
        steps: {
          ...graph.steps,
          wait: { ...wait, answers: { ...wait.answers, short: to("rec_agents") } },
          letter: {
            kind: "ask",
            phase: "live",
            why,
            answers: { read: to("rec_letter"), more: to("letter"), here: to("wait") },
          },
          rec_letter: { kind: "record", phase: "record", why, fields: ["sentBy"], next: "came" },
          came: { kind: "ask", phase: "record", why, answers: { no: to("rec_given"), yes: to("wait") } },
          rec_given: { kind: "record", phase: "record", why, fields: ["given"], next: "tell_counsel" },
        },
      },
      words: {
        ...words,
        steps: {
          ...words.steps,
          came: { ask: "Did they come?", answers: { no: "No", yes: "Yes" } },
          letter: { ask: "What is it?", answers: { read: "A letter", more: "Another", here: "They are here" } },
        },
      },
      fields: { ...fields, sentBy: must, given: must },
      record: {
        ...record,
        record: {
          ...record.record,
          sentBy: { label: "The sentBy", ask: "Which sentBy?" },
          given: { label: "The given", ask: "Which given?" },
        },
      },
    },
    "shelter",
  );
}

const must = { per: "incident", kind: "text", level: "must", prints: "report", section: "asked" } as const;
