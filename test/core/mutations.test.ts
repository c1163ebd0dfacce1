import { expect, test } from "vitest";
import { seeded } from "../support/core-walk.ts";
import { operators } from "../support/mutation-operators.ts";
import { type Drawn, drawn, faultsOf, keyOf, shippedPacks } from "../support/mutations.ts";

// How much of what can slip in the files of a protocol is found: slips by chance in every pack that ships and in every
// language, as many of each kind. What cannot be found by any proof stays in, and counts as missed.

const MANY = process.env["THRESHOLD_LONG"] === undefined ? 150 : 3000;
/** A tenth of the draws may change nothing that counsel could notice; those are drawn again. */
const AGAIN = 20;

test(
  `of ${MANY} slips of a hand, 95 of 100 are found, and the first sentence names what slipped`,
  () => {
    const packs = shippedPacks();
    const known = new Set(packs.flatMap((pack) => [...faultsOf(pack)].map(keyOf)));
    const here = operators.filter(({ sites }) => packs.some((pack) => sites(pack).length > 0));
    const all: Drawn[] = [];
    for (let i = 0; i < MANY; i++) {
      const operator = here[i % here.length];
      if (operator === undefined) break;
      for (let again = 0; again < AGAIN; again++) {
        const slip = drawn(packs, known, operator, seeded(i * AGAIN + again));
        all.push(slip);
        if (slip.nothing === undefined) break;
      }
    }
    const counted = all.filter(({ nothing }) => nothing === undefined);
    const found = counted.filter(({ fault }) => fault !== undefined);
    console.log(table(all));
    expect(counted).toHaveLength(MANY);
    expect(found.filter(({ isNamed }) => !isNamed).map(told)).toEqual([]);
    expect(
      found.length / counted.length,
      counted
        .filter(({ fault }) => fault === undefined)
        .map(told)
        .join("\n"),
    ).toBeGreaterThanOrEqual(0.95);
  },
  MANY * 2_000,
);

function told({ operator, what, fault }: Drawn): string {
  return `${operator} (${what}): ${fault?.message ?? "not found"}`;
}

function table(all: readonly Drawn[]): string {
  const lines = [...Map.groupBy(all, ({ operator }) => operator)].map(([operator, slips]) => {
    const counted = slips.filter(({ nothing }) => nothing === undefined);
    const idle = Map.groupBy(
      slips.flatMap(({ nothing }) => nothing ?? []),
      (why) => why,
    );
    const skipped = [...idle].map(([why, them]) => `, ${them.length} left out: ${why}`).join("");
    return `${operator.padEnd(44)} ${counted.filter(({ fault }) => fault).length}/${counted.length}${skipped}`;
  });
  const found = all.filter(({ fault }) => fault !== undefined).length;
  return [...lines, `all: ${found}/${all.filter(({ nothing }) => nothing === undefined).length}`].join("\n");
}
