import * as z from "zod";
import type { Protocol, Source } from "./protocol.ts";

// What a protocol leaves open, so that counsel knows where to begin.

const text = z.string().trim().min(1);

/** `templates/protocols/<id>.open.yaml`: each question, what the protocol does meanwhile, and what would settle it. */
export const OpenQuestions = z.strictObject({
  questions: z.record(
    z.string().regex(/^[a-z][A-Za-z0-9]*$/),
    z.strictObject({ ask: text, meanwhile: text, settles: text, steps: z.array(text).min(1) }),
  ),
});
export type OpenQuestions = z.infer<typeof OpenQuestions>;

/** Sources that the protocol's steps name and of which not the whole primary text was read, each once. */
export function unverified(protocols: readonly Protocol[]): readonly Source[] {
  const named = protocols.flatMap(({ steps, sources }) =>
    Object.values(steps).flatMap(({ why }) => why.flatMap((id) => sources[id] ?? [])),
  );
  return [...new Map(named.filter(({ mark }) => mark !== "P").map((source) => [source.cite, source])).values()];
}

/** Ids of the steps of which no source was read whole: nothing but the press, general knowledge or our own inference. */
export function weaklyFounded(protocols: readonly Protocol[]): readonly string[] {
  const weak = protocols.flatMap(({ steps, sources }) =>
    Object.values(steps)
      .filter(({ why }) => why.every((id) => sources[id]?.mark !== "P"))
      .map(({ id }) => id),
  );
  return [...new Set(weak)];
}
