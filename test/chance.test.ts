import { describe, expect, test, vi } from "vitest";
import { question } from "../src/core/encounter.ts";
import { fold, type Incident } from "../src/core/incident.ts";
import type { Protocol } from "../src/core/protocol.ts";
import { openClock } from "../src/shell/clock.ts";
import { guide, type Left } from "../src/shell/guide.ts";
import { type Header, openJournal, readJournal, startJournal } from "../src/shell/journal.ts";
import type { Prompter } from "../src/shell/prompter.ts";
import { shippedWords } from "./support/core-parts.ts";
import { begin, next, opening, refolded } from "./support/core-encounter.ts";
import { anyReply, finish, type Pick, seeded, soonest } from "./support/core-walk.ts";
import { type Pack, packs, packsWithTraits } from "./support/packs.ts";
import { sha256 } from "./support/journal-samples.ts";
import { freshFolder } from "./support/shell-folders.ts";

// Encounters as chance has them: any answer, back, notes, both keys, handing over, stopping and going on, from either start.
// However it went, it ends in a closed record that says who was told, no forbidden screen was come by, and the entries alone
// give the same incident again. `npm run long` runs a thousand for each pack, setting and language.

vi.setConfig({ testTimeout: 600_000 });

const MANY = process.env["THRESHOLD_LONG"] === "1" ? 1000 : 60;

/** One encounter: what chance does for a while, then the shortest way out. Stops and goings on stand in between. */
function encounter(protocol: Protocol, pick: Pick): Incident {
  const start = protocol.request !== undefined && pick(4) === 0 ? "request" : "here";
  let incident = begin(protocol, opening(protocol, {}, { start }));
  for (let screens = 10 + pick(120); screens > 0; screens--) {
    const asked = question(protocol, incident);
    if (asked === undefined) return incident;
    const chance = pick(30);
    if (chance === 0)
      incident = next(protocol, next(protocol, incident, { step: asked.step, pause: true }), resumed(asked.step));
    else if (chance === 1) incident = next(protocol, incident, { step: asked.step, handOver: "the night shift" });
    else incident = next(protocol, incident, anyReply(asked, pick));
  }
  return finish(protocol, incident);
}

const resumed = (step: string) => ({ type: "resumed", step, openedBy: "keyboard" }) as const;

/** Why this incident may not have come about; none when it may. Told from the entries, and not from the graph. */
function forbidden({ setting, language, id }: Protocol, hasTraits: boolean, incident: Incident): readonly string[] {
  const found: string[] = [];
  let counsel = false;
  let opening = 0;
  for (const { n, what } of incident.entries) {
    if (!("step" in what) || what.step === undefined || incident.undone.has(n)) continue;
    const { step } = what;
    if (what.type === "called" && what.role.startsWith("counsel")) counsel ||= what.outcome === "reached";
    if (what.type === "answered" && step === "hold") opening++;
    if (step === "approved_entry" && what.type === "answered" && !counsel)
      found.push(`${n}: agents are approved, and counsel was not reached`);
    if (step === "client_asks") found.push(`${n}: a screen that waits for counsel is shown`);
    if (step === "parent_notice" && setting !== "school") found.push(`${n}: parents, in a ${setting}`);
    if (step === "custody" && setting !== "hospital") found.push(`${n}: custody, in a ${setting}`);
    if (step === "tell_office" && setting === "shelter" && !hasTraits)
      found.push(`${n}: the office, of a site that has none`);
    if ("to" in what && what.type === "examined" && what.looked !== undefined && !papersAsLooked(what))
      found.push(`${n}: the wrong branch`);
  }
  if (opening > 1) found.push(`the first screen was answered ${opening} times`);
  return found.map((line) => `${id} ${setting} ${language}: ${line}`);
}

/** The branch is the paper's own, and a court's branch is never come to without a judge's signature or a doubt. */
function papersAsLooked({
  to,
  looked,
}: {
  readonly to: string;
  readonly looked?: { readonly route: string; readonly verdict: string } | undefined;
}): boolean {
  const branches: Readonly<Record<string, string>> = {
    search: "search_warrant",
    arrest: "arrest_warrant",
    order: "court_order",
    subpoena: "subpoena",
    agency: "agency_paper",
    other: "other_paper",
    defective: "defective_paper",
    unclear: "unclear_paper",
  };
  if (looked === undefined || branches[looked.route] !== to) return false;
  return !["search", "arrest", "order"].includes(looked.route) || looked.verdict === "complete";
}

const all: readonly (readonly [...Pack, boolean])[] = [
  ...packs().map(([name, protocol]) => [name, protocol, false] as const),
  ...packsWithTraits().map(([name, protocol]) => [name, protocol, true] as const),
];

describe.each(all)("%s", (name, protocol, hasTraits) => {
  test(`${MANY} encounters as chance has them`, () => {
    const steps = new Set<string>();
    for (let seed = 1; seed <= MANY; seed++) {
      const incident = encounter(protocol, seeded(seed * 31 + name.length));
      const trail = `seed ${seed}: ${incident.entries.map(({ what }) => ("step" in what ? what.step : "")).join(" ")}`;
      expect(incident.ended?.outcome, trail).toBe("Record closed at the desk");
      expect(incident.calledFrom, trail).toEqual([]);
      expect(
        incident.calls.map(({ role }) => role),
        trail,
      ).toContain("privacyOfficer");
      expect(forbidden(protocol, hasTraits, incident), trail).toEqual([]);
      expect(refolded(incident), trail).toEqual(incident);
      for (const { what } of incident.entries) if ("step" in what && what.step !== undefined) steps.add(what.step);
    }
    // Chance came by most of what there is; else it would prove little.
    expect(steps.size).toBeGreaterThan(Object.keys(protocol.steps).length * 0.75);
  });
});

const ON_DISK = process.env["THRESHOLD_LONG"] === "1" ? 50 : 4;

/** Answers as chance has it for a while, then goes out by the shortest way. Now and then it stops the guide. */
function byChance(protocol: Protocol, pick: Pick): Prompter {
  let screens = 10 + pick(60);
  return {
    ask: ({ question: asked }) => {
      if (screens-- <= 0) return Promise.resolve(soonest(protocol, asked));
      const reply = pick(15) === 0 ? { step: asked.step, pause: true as const } : anyReply(asked, pick);
      return Promise.resolve("attach" in reply ? { step: asked.step, note: "a picture was shown" } : reply);
    },
    say: () => undefined,
    close: () => undefined,
  };
}

/** A whole encounter by the guide itself, on a disk, opened again after every stop. */
async function onDisk(
  protocol: Protocol,
  pick: Pick,
): Promise<{ readonly folder: string; readonly left: Left; readonly stops: number }> {
  const folder = `${freshFolder("chance")}/2026-1123-AAAA`;
  const bytes = Buffer.from(JSON.stringify(protocol));
  const header: Header = {
    v: 1,
    number: "2026-1123-AAAA",
    opened: "2026-11-23T14:03:00-05:00",
    kind: "live",
    setting: protocol.setting,
    language: protocol.language,
    protocol: { id: protocol.id, version: protocol.version, hash: sha256(bytes) },
    openedBy: "keyboard",
  };
  const clock = openClock();
  let journal = await startJournal(folder, header, bytes, clock);
  await journal.append(
    opening(protocol, {}, { start: protocol.request !== undefined && pick(3) === 0 ? "request" : "here" }),
  );
  const desk = {
    protocol,
    prompter: byChance(protocol, pick),
    words: shippedWords().guide,
    title: "A desk",
    banner: [],
    folder,
    openedAt: performance.now(),
    signal: new AbortController().signal,
  };
  for (let stops = 0; ; stops++) {
    const left = await guide({ ...desk, journal });
    await journal.close();
    if (left.how === "ended") return { folder, left, stops };
    journal = await openJournal(folder, clock);
    await journal.append(resumed(left.incident.step));
  }
}

test.each(packs())(`${ON_DISK} encounters on a disk, stopped and opened again: %s`, async (name, protocol) => {
  let stopped = 0;
  for (let seed = 1; seed <= ON_DISK; seed++) {
    const { folder, left, stops } = await onDisk(protocol, seeded(seed * 17 + name.length));
    stopped += stops;
    const read = await readJournal(folder);
    expect(read.fault).toBeUndefined();
    const again = fold(read.entries);
    expect(again).toEqual(left.incident);
    expect(again?.ended?.outcome).toBe("Record closed at the desk");
    expect(again?.calls.map(({ role }) => role)).toContain("privacyOfficer");
  }
  expect(stopped).toBeGreaterThan(0);
});
