import { describe, expect, test, vi } from "vitest";
import { question } from "../src/core/encounter.ts";
import { waysOut } from "../src/core/ways.ts";
import type { Incident } from "../src/core/incident.ts";
import { asShown, type Protocol, type Step } from "../src/core/protocol.ts";
import type { Site } from "../src/core/site.ts";
import { begin, next, opening } from "./support/core-encounter.ts";
import { shippedParts } from "./support/core-parts.ts";
import { finish, type Place, places, waysOn } from "./support/core-walk.ts";
import { packs } from "./support/packs.ts";

// The packs that ship, walked by the engine itself: one shortest walk through each way out of each screen, from either
// start. What can be proven of a graph without the engine is proven in core, by `protocol lint`; this is the other half.

// The walks are long where the machine has other work to do.
vi.setConfig({ testTimeout: 120_000 });

const CLOSED = "Record closed at the desk";

/** A site with everything set, in words as long as sites use. */
const full: Site = {
  code: "MSS-1",
  name: "Maple Street Family Shelter",
  agency: "Department of Homeless Services",
  waitingPlace: "in the public lobby",
  desk: "Front desk",
  areas: [{ name: "the rooms, the dining hall and the offices", public: false }],
  contacts: Object.fromEntries(
    ["lead", "backup", "counsel", "counselBackup", "security", "privacyOfficer", "office", "emergency"].map((role) => [
      role,
      { who: `The person for ${role}`, phone: "212-555-0142" },
    ]),
  ),
};

const walked = new Map<Protocol, ReadonlyMap<string, Place>>();
/** Every screen that can be come to, from the desk or from a request. */
function placesOf(protocol: Protocol): ReadonlyMap<string, Place> {
  const found =
    walked.get(protocol) ??
    new Map([
      ...places(protocol, begin(protocol, opening(protocol, {}, { start: "request" }))),
      ...places(protocol, begin(protocol, opening(protocol, {}, { start: "here" }))),
    ]);
  walked.set(protocol, found);
  return found;
}

/** Where a walk went: the steps it came by, in order. */
const trail = (incident: Incident): string =>
  incident.entries.map(({ what }) => ("step" in what ? what.step : "")).join(" ");

/** The steps that only the two keys lead to. */
function insideOf(protocol: Protocol): readonly string[] {
  const found = new Set<string>();
  const open: string[] = [protocol.interrupts.danger, protocol.interrupts.entered];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = protocol.steps[id];
    if (step === undefined || found.has(id)) continue;
    found.add(id);
    open.push(...waysOut(step).map(([, to]) => to));
  }
  return [...found];
}

const inEnglish = packs().filter(([, { language }]) => language === "en");

describe.each(inEnglish)("every way through %s", (_name, protocol) => {
  test("each step, look and field can be come to", () => {
    const asked = [...placesOf(protocol).values()].map((place) => place.asked);
    const parts = shippedParts();
    expect([...new Set([...asked.map(({ step }) => step), ...insideOf(protocol)])].toSorted()).toEqual(
      Object.keys(protocol.steps).toSorted(),
    );
    expect(new Set(asked.flatMap(({ looksFor }) => looksFor ?? []))).toEqual(
      new Set([
        ...Object.keys(parts.look.questions),
        "signer",
        ...Object.values(parts.instruments).flatMap(({ findings }) => findings),
      ]),
    );
    // A field that an answer on the shortest walk has set is not asked there.
    const steps = Object.values(protocol.steps);
    const set = steps.flatMap((step) =>
      step.kind === "ask" ? step.answers.flatMap(({ sets }) => Object.keys(sets ?? {})) : [],
    );
    const recorded = new Set(steps.flatMap((step) => (step.kind === "record" ? step.fields : [])));
    const found = new Set(asked.flatMap(({ field }) => field?.id ?? []));
    expect([...recorded].filter((id) => !found.has(id) && !set.includes(id))).toEqual([]);
    expect([...found].filter((id) => !recorded.has(id))).toEqual([]);
  });

  test("each answer, each look, each value and each reason leads to a closed record, with the privacy officer called", () => {
    const ways = new Set<string>();
    const roads = new Set<string>();
    for (const { asked, incident } of placesOf(protocol).values()) {
      for (const reply of waysOn(asked)) {
        const ended = finish(protocol, next(protocol, incident, reply));
        const name = `${trail(ended)} after ${JSON.stringify(reply)}`;
        expect(ended.ended?.outcome, name).toBe(CLOSED);
        expect(ended.calledFrom).toEqual([]);
        expect(
          ended.calls.map(({ role }) => role),
          name,
        ).toContain("privacyOfficer");
        if ("answer" in reply && asked.field === undefined)
          ways.add(
            asked.looksFor === undefined ? `${asked.step}.${reply.answer}` : `${asked.looksFor}.${reply.answer}`,
          );
        for (const { looked } of ended.papers) if (looked) roads.add(looked.route);
      }
    }
    // Nothing was passed over: each way out that the templates name was gone.
    const named = [...placesOf(protocol).values()].flatMap(({ asked }) =>
      asked.looksFor === undefined
        ? waysOut(protocol.steps[asked.step] as Step).map(([answer]) => `${asked.step}.${answer}`)
        : asked.choices.map(({ id }) => `${asked.looksFor ?? ""}.${id}`),
    );
    const isAsked = (way: string): boolean => protocol.steps[way.split(".")[0] ?? ""]?.kind !== "record";
    expect(named.filter((way) => isAsked(way) && !ways.has(way))).toEqual([]);
    expect([...roads].toSorted()).toEqual([
      "agency",
      "arrest",
      "defective",
      "order",
      "other",
      "search",
      "subpoena",
      "unclear",
    ]);
  });

  test("both keys work on every live screen, and come back to that screen whatever is answered", () => {
    let tried = 0;
    const inside = insideOf(protocol);
    const hold = begin(protocol, opening(protocol));
    const called = (["danger", "entered"] as const).map((interrupt) =>
      next(protocol, hold, { step: protocol.start, interrupt }),
    );
    const nested = called.flatMap((from) => [...places(protocol, from, ({ calledFrom }) => calledFrom.length > 0)]);
    expect(new Set(nested.map(([, { asked }]) => asked.step))).toEqual(new Set(inside));
    for (const [name, { asked, incident }] of [...placesOf(protocol), ...nested]) {
      for (const key of ["danger", "entered"] as const) {
        if (asked.step === protocol.interrupts[key]) continue;
        if (!asked.isLive) {
          expect(() => next(protocol, incident, { step: asked.step, interrupt: key }), name).toThrow(/comes after/);
          continue;
        }
        const pressed = next(protocol, incident, { step: asked.step, interrupt: key });
        const isInside = ({ calledFrom }: Incident): boolean => calledFrom.length > incident.calledFrom.length;
        const within = [...places(protocol, pressed, isInside).values()];
        expect(within.length, name).toBeGreaterThan(key === "danger" ? 1 : 2);
        for (const place of within) {
          for (const reply of waysOn(place.asked)) {
            const after = next(protocol, place.incident, reply);
            if (isInside(after)) continue;
            tried++;
            expect(question(protocol, after), `${name}, ${key}`).toEqual({ ...asked, canGoBack: true });
          }
        }
        expect(finish(protocol, pressed).ended?.outcome, name).toBe(CLOSED);
      }
    }
    expect(tried).toBeGreaterThan(400);
  });
});

describe("papers", () => {
  const [, protocol] = inEnglish.find(([name]) => name.startsWith("nyc, shelter")) ?? inEnglish[0] ?? [];
  const look = protocol?.steps["look"];
  const roads: Readonly<Record<string, string>> = look?.kind === "examine" ? look.next : {};

  test("who signed it is asked on every way to a court paper's branch", () => {
    if (protocol === undefined) throw new Error("no pack ships");
    let through = 0;
    const walk = (incident: Incident): void => {
      const asked = question(protocol, incident);
      if (asked?.step !== "look") {
        const route = incident.papers.at(-1)?.looked?.route;
        if (route !== undefined && ["search", "arrest", "order", "defective"].includes(route)) {
          through++;
          expect(
            incident.papers.at(-1)?.seen.map(({ question: id }) => id),
            trail(incident),
          ).toContain("signer");
          expect(asked?.step).toBe(roads[route]);
        }
        return;
      }
      for (const reply of waysOn(asked)) walk(next(protocol, incident, reply));
    };
    const first = [...placesOf(protocol).values()].find(({ asked }) => asked.looksFor === "top");
    if (first) walk(first.incident);
    expect(through).toBeGreaterThan(500);
  });

  test.each(inEnglish)("an arrest warrant opens no room and no record, and fetches nobody: %s", (_name, { steps }) => {
    const { arrest_warrant: warrant, arrest_going_on: going } = steps;
    const told = [warrant, going].flatMap((step) => [step?.say ?? "", ...(step?.do ?? [])]).join(" ");
    expect(told).toMatch(/Do not go and get anyone\. Open no rooms and no files\./);
    expect(told).toMatch(/show no one the way/i);
  });
});

// Stand-ins are measured by lint. These are the words as a site fills them.
describe.each(packs())("the screens of %s, as a site fills them", (_name, protocol) => {
  const shown = asShown(protocol);
  const [words, characters] = protocol.language === "en" ? [27, 160] : [27, 180];
  const live = Object.values(shown.steps).filter(({ phase }) => phase === "live");
  const opened = opening(protocol, full);

  test("say fits one breath, and no braces are left", () => {
    expect(live.length).toBeGreaterThan(40);
    const filled = (text: string): string =>
      text.replace(/\{([A-Za-z0-9.]+)\}/g, (all, id: string) =>
        id === "number" ? "2026-1123-K7QF" : (opened.values[id] ?? shown.values[id] ?? all),
      );
    for (const step of live) {
      const say = filled(step.say ?? "");
      expect(say.split(/\s+/).filter(Boolean).length, say).toBeLessThanOrEqual(words ?? 0);
      expect(say.length, say).toBeLessThanOrEqual(characters ?? 0);
      expect(filled([say, step.nearby ?? "", step.ask, ...step.do].join(" ")), step.id).not.toMatch(/[{}]/);
    }
  });
});
