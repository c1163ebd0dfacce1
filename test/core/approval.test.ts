import { assert, constantFrom, property, record, array } from "fast-check";
import { describe, expect, test } from "vitest";
import { type Approval, Approvals, type Standing, standingOf } from "../../src/core/approval.ts";

const hash = "0a".repeat(32);
const otherHash = "0b".repeat(32);
const counsel: Approval = {
  protocol: "nyc",
  version: "0.1.0",
  setting: "shelter",
  language: "en",
  hash,
  by: "General Counsel, DSS",
  on: "2026-03-01",
  again: "2027-03-01",
};
const of = { protocol: "nyc", setting: "shelter", language: "en", hash } as const;
const today = "2026-11-23";
const given = (more: Partial<Approval> = {}): Approval => ({ ...counsel, ...more });
const standing = (state: Exclude<Standing["state"], "unapproved">, more: Partial<Approval> = {}): Standing => {
  const { by, on, again } = given(more);
  return { state, by, on, again };
};

describe("what an approval is worth today", () => {
  test.each<[string, readonly Approval[], Standing]>([
    ["there is none", [], { state: "unapproved" }],
    ["these very words", [given()], standing("approved")],
    ["on the day it was given", [given({ on: today })], standing("approved", { on: today })],
    ["dated tomorrow: not yet", [given({ on: "2026-11-24" })], { state: "unapproved" }],
    [
      "dated tomorrow, beside one that counts",
      [given(), given({ on: "2026-11-24", by: "Another office" })],
      standing("approved"),
    ],
    ["on the last day before it must be read again", [given({ again: today })], standing("approved", { again: today })],
    ["the day after that", [given({ again: "2026-11-22" })], standing("overdue", { again: "2026-11-22" })],
    ["other content", [given({ hash: otherHash })], standing("changed")],
    [
      "other content, overdue: changed all the same",
      [given({ hash: otherHash, again: "2026-04-01" })],
      standing("changed", { again: "2026-04-01" }),
    ],
    ["other content, dated tomorrow", [given({ hash: otherHash, on: "2026-11-24" })], { state: "unapproved" }],
    ["another language", [given({ language: "es" })], { state: "unapproved" }],
    ["another setting", [given({ setting: "school" })], { state: "unapproved" }],
    ["another protocol", [given({ protocol: "nys" })], { state: "unapproved" }],
    ["another version of the same content", [given({ version: "9.9.9" })], standing("approved")],
    [
      "twice, the later to be read again sooner, and overdue",
      [given({ again: "2027-12-31" }), given({ on: "2026-06-01", again: "2026-09-01" })],
      standing("overdue", { on: "2026-06-01", again: "2026-09-01" }),
    ],
    ["twice, the earlier overdue", [given({ on: "2025-01-01", again: "2026-01-01" }), given()], standing("approved")],
    [
      "twice, the newer written first",
      [given({ on: "2026-06-01" }), given({ on: "2026-05-01" })],
      standing("approved", { on: "2026-06-01" }),
    ],
    [
      "twice on one day: the later in the list",
      [given({ by: "First office" }), given({ by: "Second office" })],
      standing("approved", { by: "Second office" }),
    ],
    [
      "other content was approved later: this one still is",
      [given(), given({ hash: otherHash, on: "2026-06-01" })],
      standing("approved"),
    ],
    [
      "two with other content: the newer is told",
      [given({ hash: otherHash, on: "2026-06-01" }), given({ hash: otherHash })],
      standing("changed", { on: "2026-06-01" }),
    ],
    ["the hash in capitals", [given({ hash: hash.toUpperCase() })], standing("approved")],
  ])("%s", (_, approvals, expected) => expect(standingOf(approvals, of, today)).toEqual(expected));

  test("a hash in capitals is asked for", () => {
    expect(standingOf([given()], { ...of, hash: hash.toUpperCase() }, today)).toEqual(standing("approved"));
  });

  const days = ["2026-01-01", "2026-06-01", "2026-11-22", today, "2026-11-24", "2027-06-01"] as const;
  const anyApproval = record({
    protocol: constantFrom("nyc", "nys"),
    version: constantFrom("0.1.0"),
    setting: constantFrom("shelter" as const, "school" as const),
    language: constantFrom("en", "es"),
    hash: constantFrom(hash, otherHash),
    by: constantFrom("A", "B"),
    on: constantFrom(...days),
    again: constantFrom(...days),
  });

  test("whatever there is, it is approved only by this hash, for this place and language, and in time", () => {
    assert(
      property(array(anyApproval, { maxLength: 8 }), constantFrom(...days), (approvals, day) => {
        const same = (each: Approval) =>
          each.protocol === "nyc" && each.setting === "shelter" && each.language === "en" && each.on <= day;
        const found = standingOf(approvals, of, day);
        const own = approvals.filter((each) => same(each) && each.hash === hash);
        expect(found.state === "unapproved").toBe(!approvals.some(same));
        expect(found.state === "approved" || found.state === "overdue").toBe(own.length > 0);
        if (found.state === "approved") expect(found.again >= day).toBe(true);
        if (found.state === "overdue") expect(found.again < day).toBe(true);
        if (own.length > 0 && found.state !== "unapproved") expect(own.every(({ on }) => on <= found.on)).toBe(true);
      }),
    );
  });

  test("what others approved for other places and languages changes nothing", () => {
    const foreign = anyApproval.filter(
      (each) => each.protocol !== "nyc" || each.setting !== "shelter" || each.language !== "en",
    );
    assert(
      property(array(anyApproval, { maxLength: 5 }), array(foreign, { maxLength: 5 }), (approvals, more) => {
        expect(standingOf([...more, ...approvals, ...more], of, today)).toEqual(standingOf(approvals, of, today));
      }),
    );
  });
});

describe("what a file of approvals may hold", () => {
  const whole = (approval: unknown) => ({ v: 1, approvals: [approval] });
  const without = (key: keyof Approval) => Object.fromEntries(Object.entries(counsel).filter(([name]) => name !== key));

  test.each<[string, unknown]>([
    ["nothing yet", { v: 1, approvals: [] }],
    ["an approval", whole(counsel)],
    ["one to be read again the same day", whole(given({ again: counsel.on }))],
    ["a leap day", whole(given({ on: "2028-02-29", again: "2028-02-29" }))],
    ["a language that is not there yet", whole(given({ language: "zh" }))],
  ])("%s", (_, value) => expect(Approvals.parse(value)).toEqual(value));

  test("capitals of a hash are taken as what they are", () => {
    expect(Approvals.parse(whole(given({ hash: "AB".repeat(32) }))).approvals[0]?.hash).toBe("ab".repeat(32));
  });

  test.each<[string, unknown, string]>([
    ["no version of the format", { approvals: [] }, "v"],
    ["another version of the format", { v: 2, approvals: [] }, "v"],
    ["no list", { v: 1 }, "approvals"],
    ["a key beside it", { v: 1, approvals: [], note: "" }, ""],
    ["a key too many", whole({ ...counsel, name: "J. Doe" }), "approvals.0"],
    ...(Object.keys(counsel) as (keyof Approval)[]).map((key): [string, unknown, string] => [
      `no ${key}`,
      whole(without(key)),
      `approvals.0.${key}`,
    ]),
    ["a day that is none", whole(given({ on: "2026-02-30" })), "approvals.0.on"],
    ["the 29th of February of a common year", whole(given({ on: "2026-02-29" })), "approvals.0.on"],
    ["the 29th of February of 2100", whole(given({ again: "2100-02-29" })), "approvals.0.again"],
    ["a month that is none", whole(given({ again: "2027-13-01" })), "approvals.0.again"],
    ["a day with a time", whole(given({ on: "2026-03-01T10:00:00Z" })), "approvals.0.on"],
    ["a day as people write it", whole(given({ on: "2026/03/01" })), "approvals.0.on"],
    ["to be read again before it was given", whole(given({ again: "2026-02-28" })), "approvals.0.again"],
    ["half a hash", whole(given({ hash: hash.slice(0, 32) })), "approvals.0.hash"],
    ["no hash but words", whole(given({ hash: "g".repeat(64) })), "approvals.0.hash"],
    ["a setting that is none", whole({ ...counsel, setting: "airport" }), "approvals.0.setting"],
    ["a language that is none", whole(given({ language: "English" })), "approvals.0.language"],
    ["a version that is none", whole(given({ version: "1" })), "approvals.0.version"],
    ["a protocol that is none", whole(given({ protocol: "../nyc" })), "approvals.0.protocol"],
    ["nobody", whole(given({ by: "  " })), "approvals.0.by"],
  ])("refused: %s", (_, value, path) => {
    const parsed = Approvals.safeParse(value);
    expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });
});
