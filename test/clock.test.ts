import { afterEach, describe, expect, test, vi } from "vitest";
import { openClock } from "../src/shell/clock.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** What the clock of `zone` says when it is `instant` in Greenwich. */
function at(instant: string, zone?: string): string {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(instant) });
  return openClock(zone).now().at;
}

describe("the wall clock, with the offset of the zone", () => {
  test.each([
    // zone, instant, what it says
    ["UTC", "2026-11-23T19:03:22.000Z", "2026-11-23T19:03:22+00:00"],
    ["Europe/London", "2026-01-05T08:00:00.000Z", "2026-01-05T08:00:00+00:00"],
    ["America/New_York", "2026-11-23T19:03:22.000Z", "2026-11-23T14:03:22-05:00"],
    ["America/New_York", "2026-07-04T16:00:00.000Z", "2026-07-04T12:00:00-04:00"],
    ["America/Los_Angeles", "2026-07-04T16:00:00.000Z", "2026-07-04T09:00:00-07:00"],
    ["Pacific/Honolulu", "2026-01-01T03:00:00.000Z", "2025-12-31T17:00:00-10:00"],
    ["Asia/Kolkata", "2026-11-23T19:03:22.000Z", "2026-11-24T00:33:22+05:30"],
    ["Asia/Kathmandu", "2026-11-23T19:03:22.000Z", "2026-11-24T00:48:22+05:45"],
    ["America/St_Johns", "2026-01-15T12:00:00.000Z", "2026-01-15T08:30:00-03:30"],
    ["America/St_Johns", "2026-07-15T12:00:00.000Z", "2026-07-15T09:30:00-02:30"],
    ["Pacific/Marquesas", "2026-01-15T12:00:00.000Z", "2026-01-15T02:30:00-09:30"],
    ["Pacific/Kiritimati", "2026-12-31T10:00:00.000Z", "2027-01-01T00:00:00+14:00"],
    ["America/New_York", "2028-02-29T23:59:59.000Z", "2028-02-29T18:59:59-05:00"],
  ])("%s at %s is %s", (zone, instant, says) => expect(at(instant, zone)).toBe(says));
});

describe("the nights New York changes its clocks", () => {
  test.each([
    ["the second before spring forward", "2026-03-08T06:59:59.000Z", "2026-03-08T01:59:59-05:00"],
    ["spring forward: two o'clock never comes", "2026-03-08T07:00:00.000Z", "2026-03-08T03:00:00-04:00"],
    ["half past one the first time", "2026-11-01T05:30:00.000Z", "2026-11-01T01:30:00-04:00"],
    ["half past one again, an hour later", "2026-11-01T06:30:00.000Z", "2026-11-01T01:30:00-05:00"],
    ["the second before the hour comes again", "2026-11-01T05:59:59.000Z", "2026-11-01T01:59:59-04:00"],
    ["the hour comes again", "2026-11-01T06:00:00.000Z", "2026-11-01T01:00:00-05:00"],
  ])("%s", (_, instant, says) => expect(at(instant, "America/New_York")).toBe(says));

  test("every quarter of an hour of 2026 is told so that it can be read back, in seven zones", () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const zones = [
      "America/New_York",
      "America/St_Johns",
      "Asia/Kolkata",
      "Australia/Lord_Howe",
      "Pacific/Chatham",
      "UTC",
      undefined,
    ];
    const clocks = zones.map((zone) => openClock(zone));
    const begin = Date.parse("2026-01-01T00:00:00Z");
    const wrong: string[] = [];
    // Every eleventh quarter, so that every quarter of the day comes up in every week.
    for (let quarter = 0; quarter < 365 * 96; quarter += 11) {
      const instant = begin + quarter * 15 * 60_000;
      vi.setSystemTime(instant);
      for (const [i, clock] of clocks.entries()) {
        const said = clock.now().at;
        if (Date.parse(said) !== instant)
          wrong.push(`${zones[i]}: ${new Date(instant).toISOString()} is told as ${said}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe("the clock itself", () => {
  test("parts of a second are left out, not rounded up", () => {
    expect(at("2026-11-23T19:03:22.999Z", "UTC")).toBe("2026-11-23T19:03:22+00:00");
  });

  test.each([
    ["America/New_York", "2026-11-23T14:03:22-05:00"],
    ["Asia/Kolkata", "2026-11-24T00:33:22+05:30"],
    ["UTC", "2026-11-23T19:03:22+00:00"],
  ])("without a zone it tells the machine's own: %s", (zone, says) => {
    vi.stubEnv("TZ", zone);
    expect(at("2026-11-23T19:03:22.000Z")).toBe(says);
  });

  test.each(["Mars/Olympus", "America/Nowhere", "not a zone", ""])("there is no zone %j", (zone) => {
    expect(() => openClock(zone)).toThrow(RangeError);
  });

  test("the other clock goes on when the wall clock is set back", () => {
    const clock = openClock("America/New_York");
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-23T19:03:22Z") });
    const before = clock.now();
    vi.setSystemTime(new Date("2026-11-23T18:00:00Z"));
    const after = clock.now();
    expect(after.at < before.at).toBe(true);
    expect(after.mono).toBeGreaterThanOrEqual(before.mono);
    expect(after.mono - before.mono).toBeLessThan(10_000);
  });
});
