import { describe, expect, test } from "vitest";
import type { Parts } from "../../src/core/compile.ts";
import type { Fault } from "../../src/core/fault.ts";
import { proofs } from "../../src/core/proofs.ts";
import { shippedParts } from "./core-parts.ts";

// One line a case: what is put out of order in a copy of what ships, and the fault that tells it: the file, the keys that
// lead there, the sentence, and what would be right.

export type Loose = Record<string, unknown>;
/** Writes at these keys, in a copy that is the test's own; undefined takes away. */
export function set(value: unknown, keys: string, to: unknown): void {
  const path = keys.split(" ");
  const last = path.pop() ?? "";
  const thing = path.reduce<Loose>((at, key) => (at[key] ??= {}) as Loose, value as Loose);
  if (to === undefined) delete thing[last];
  else thing[last] = to;
}

export type Case = readonly [
  name: string,
  spoil: (parts: Parts) => void,
  part: Fault["part"],
  path: string,
  message: string,
  hint?: string,
];
/** One line: what is written where in the parts. */
export const put =
  (...lines: readonly (readonly [keys: string, to: unknown])[]) =>
  (parts: Parts): void => {
    for (const [keys, to] of lines) set(parts, keys, to);
  };
export const to = (next: string, sets?: object): object => ({ next, sets });

/** What `rests` should hold. */
export function restsOf({ graph }: Parts): Readonly<Record<string, readonly string[]>> {
  const rests: Record<string, string[]> = {};
  const add = (id: string, why: unknown): void => {
    for (const source of why as readonly string[]) (rests[source] ??= []).push(id);
  };
  for (const [id, { why }] of Object.entries(graph.steps)) add(id, why);
  for (const [place, steps] of Object.entries(graph.variants ?? {}))
    for (const [id, variant] of Object.entries(steps)) if (variant["why"]) add(`${place}.${id}`, variant["why"]);
  return rests;
}

/** Every line of some tables, held to the proofs. */
export function provenBy(tables: readonly (readonly [name: string, cases: readonly Case[]])[]): void {
  describe.each(tables)("%s", (_part, list) => {
    test.each(list.map((line) => [line[0], line] as const))("%s", (_name, [, spoil, part, path, message, hint]) => {
      const parts = shippedParts();
      spoil(parts);
      const found = proofs(parts);
      expect(found).toContainEqual(faultLike(part, path, message, hint));
      expect(new Set(found.map((fault) => JSON.stringify(fault))).size).toBe(found.length);
    });
  });
}

/** What a fault of a case looks like: its sentence holds `message`, and there is a hint. */
export function faultLike(part: Fault["part"], path: string, message: string, hint?: string): unknown {
  return {
    part,
    path: expect.toSatisfy((keys: readonly unknown[]) => keys.join(" ") === path) as unknown,
    message: expect.stringContaining(message) as unknown,
    hint: hint ?? (expect.stringMatching(/./) as unknown),
  };
}
