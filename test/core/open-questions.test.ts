import { describe, expect, test } from "vitest";
import { unverified, weaklyFounded } from "../../src/core/open-questions.ts";
import type { marks, Protocol } from "../../src/core/protocol.ts";

/** A protocol of steps that name sources by their marks alone. */
function resting(steps: Readonly<Record<string, readonly (typeof marks)[number][]>>): Protocol {
  const all = ["P", "P-part", "S", "K", "C"] as const;
  const sources = Object.fromEntries(
    all.map((mark) => [mark, { cite: `cite ${mark}`, says: "", mark, link: "", read: "" }]),
  );
  const made = Object.entries(steps).map(([id, why]) => [id, { id, why }] as const);
  return { sources, steps: Object.fromEntries(made) } as unknown as Protocol;
}

const cites = (protocols: readonly Protocol[]) => unverified(protocols).map(({ mark }) => mark);

describe("what a protocol rests on", () => {
  test.each<[what: string, protocols: readonly Protocol[], sources: readonly string[], steps: readonly string[]]>([
    ["all read whole", [resting({ a: ["P"], b: ["P", "P"] })], [], []],
    ["one read in part beside one read whole", [resting({ a: ["P", "P-part"] })], ["P-part"], []],
    ["the press alone", [resting({ a: ["S"], b: ["P"] })], ["S"], ["a"]],
    ["general knowledge and inference", [resting({ a: ["K", "C"] })], ["K", "C"], ["a"]],
    ["the same in two settings is told once", [resting({ a: ["S"] }), resting({ a: ["S"] })], ["S"], ["a"]],
    ["a source that no step names is not told", [resting({ a: ["P"] })], [], []],
  ])("%s", (_, protocols, sources, steps) => {
    expect(cites(protocols)).toEqual(sources);
    expect(weaklyFounded(protocols)).toEqual(steps);
  });
});
