import { describe, expect, test, vi } from "vitest";
import { question } from "../src/core/encounter.ts";
import { waysOut } from "../src/core/faults-graph.ts";
import type { Incident } from "../src/core/incident.ts";
import type { Protocol, Step } from "../src/core/protocol.ts";
import type { Question, Reply } from "../src/core/question.ts";
import { type Setting, settings } from "../src/core/settings.ts";
import type { Site } from "../src/core/site.ts";
import { begin, next, opening, refolded } from "./support/core-encounter.ts";
import { shipped, shippedParts } from "./support/core-parts.ts";
import { type Place, finish, places, seeded, wander, waysOn } from "./support/core-walk.ts";

// What the shipped protocol must prove, by walking it: one shortest walk through each way out of each screen, in each
// setting, driven by the engine itself.

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
    ["lead", "backup", "counsel", "security", "privacyOfficer", "emergency"].map((role) => [
      role,
      { who: `The person for ${role}`, phone: "212-555-0142" },
    ]),
  ),
};

const sites: readonly (readonly [string, Site])[] = [
  ["not set up", {}],
  ["set up", full],
];
const startOf = (protocol: Protocol, site: Site = {}): Incident => begin(protocol, opening(protocol, site));

const walked = new Map<Setting, ReadonlyMap<string, Place>>();
function placesOf(setting: Setting): ReadonlyMap<string, Place> {
  const found = walked.get(setting) ?? places(shipped(setting), startOf(shipped(setting)));
  walked.set(setting, found);
  return found;
}

/** The steps that only a key leads to. */
const inside = ["danger", "danger_again", "went_in", "went_in_lead", "went_in_counsel"];

/** Where a walk went: the steps it came by, in order. */
const trail = (incident: Incident): string =>
  incident.entries.map(({ what }) => ("step" in what ? what.step : "")).join(" ");
const saidIn = (step: Step): string => step.say ?? "";
const stepsOf = (setting: Setting): readonly Step[] => Object.values(shipped(setting).steps);

describe.each(settings)("every way through the protocol of a %s", (setting) => {
  const protocol = shipped(setting);

  test("each step, look and field can be come to", () => {
    const asked = [...placesOf(setting).values()].map((place) => place.asked);
    const steps = new Set([...asked.map(({ step }) => step), ...inside]);
    const parts = shippedParts();
    expect([...steps].toSorted()).toEqual(Object.keys(protocol.steps).toSorted());
    expect(new Set(asked.flatMap(({ looksFor }) => looksFor ?? []))).toEqual(
      new Set([
        ...Object.keys(parts.look.questions),
        "signer",
        ...Object.values(parts.instruments).flatMap(({ findings }) => findings),
      ]),
    );
    const recorded = stepsOf(setting).flatMap((step) => (step.kind === "record" ? step.fields : []));
    expect(new Set(asked.flatMap(({ field }) => field?.id ?? []))).toEqual(new Set(recorded));
  });

  test("each answer, each look, each value and each reason leads to a closed record", () => {
    const ways = new Set<string>();
    const roads = new Set<string>();
    for (const { asked, incident } of placesOf(setting).values()) {
      for (const reply of waysOn(asked)) {
        const ended = finish(protocol, next(protocol, incident, reply));
        expect(ended.ended?.outcome, `${trail(ended)} after ${JSON.stringify(reply)}`).toBe(CLOSED);
        expect(ended.calledFrom).toEqual([]);
        if ("answer" in reply && asked.field === undefined)
          ways.add(
            asked.looksFor === undefined ? `${asked.step}.${reply.answer}` : `${asked.looksFor}.${reply.answer}`,
          );
        for (const { looked } of ended.papers) if (looked) roads.add(looked.route);
      }
    }
    // Nothing was passed over: each way out that the templates name was gone.
    const named = [...placesOf(setting).values()].flatMap(({ asked }) =>
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
    const hold = startOf(protocol);
    const called = (["danger", "entered"] as const).map((interrupt) =>
      next(protocol, hold, { step: "hold", interrupt }),
    );
    const nested = called.flatMap((from) => [...places(protocol, from, ({ calledFrom }) => calledFrom.length > 0)]);
    expect(new Set(nested.map(([, { asked }]) => asked.step))).toEqual(new Set(inside));
    for (const [name, { asked, incident }] of [...placesOf(setting), ...nested]) {
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

  test("on every way, within seven screens counsel, the lead or 911 is being called", () => {
    const isCall = ({ step }: Question): boolean => {
      const found = protocol.steps[step];
      return found?.kind === "call" && ["lead", "counsel", "emergency"].includes(found.role);
    };
    const late: string[] = [];
    const look = (incident: Incident, screens: number): void => {
      const asked = question(protocol, incident);
      if (asked === undefined || isCall(asked)) return;
      if (screens === 7) {
        late.push(trail(incident));
        return;
      }
      for (const reply of waysOn(asked)) look(next(protocol, incident, reply), screens + 1);
    };
    look(startOf(protocol), 1);
    expect(late).toEqual([]);
  });

  test("the way past the desk, an emergency and a pursuit lead straight to a call", () => {
    for (const first of ["emergency", "pursuit", "inside"]) {
      const found = protocol.steps["hold"];
      const way = found?.kind === "ask" ? found.answers.find(({ id }) => id === first)?.next : undefined;
      const onward = waysOut(protocol.steps[way ?? ""] as Step).map(([, to]) => protocol.steps[to]);
      const calls = onward.flatMap((step) =>
        step?.kind === "call" ? [step.role] : waysOut(step as Step).map(([, to]) => protocol.steps[to]?.kind),
      );
      expect(calls.filter((role) => !["lead", "counsel", "emergency", "call"].includes(role ?? ""))).toEqual([]);
    }
  });
});

describe.each(settings)("papers, in a %s", (setting) => {
  const protocol = shipped(setting);
  const look = protocol.steps["look"];
  const roads: Readonly<Record<string, string>> = look?.kind === "examine" ? look.next : {};

  test("who signed it is asked on every way to a court paper's branch", () => {
    const through: Reply[][] = [];
    const walk = (incident: Incident, replies: readonly Reply[]): void => {
      const asked = question(protocol, incident);
      if (asked?.step !== "look") {
        const route = incident.papers.at(-1)?.looked?.route;
        if (route !== undefined && ["search", "arrest", "order", "defective"].includes(route)) {
          through.push([...replies]);
          expect(
            incident.papers.at(-1)?.seen.map(({ question: id }) => id),
            trail(incident),
          ).toContain("signer");
          expect(asked?.step).toBe(roads[route]);
        }
        return;
      }
      for (const reply of waysOn(asked)) walk(next(protocol, incident, reply), [...replies, reply]);
    };
    const first = [...placesOf(setting).values()].find(({ asked }) => asked.looksFor === "top");
    if (first) walk(first.incident, []);
    expect(through.length).toBeGreaterThan(500);
  });

  test("nothing but a look leads to a court paper's branch", () => {
    const branches = new Set(["search", "arrest", "order", "defective"].map((route) => roads[route] ?? ""));
    const others = stepsOf(setting)
      .filter(({ kind }) => kind !== "examine")
      .flatMap((step) =>
        waysOut(step)
          .filter(([, to]) => branches.has(to))
          .map(([answer]) => `${step.id}.${answer}`),
      );
    expect(others).toEqual([]);
  });

  test("every kind of paper has a branch of its own", () => {
    const ends = Object.values(roads);
    expect(ends).toHaveLength(8);
    expect(new Set(ends).size).toBe(8);
  });

  test("an arrest warrant opens no room and no record, and fetches nobody", () => {
    const { arrest_warrant: warrant, arrest_going_on: going } = protocol.steps;
    const told = [warrant, going].flatMap((step) => [step?.say ?? "", ...(step?.do ?? [])]).join(" ");
    expect(told).toMatch(/Do not go and get anyone\. Open no rooms and no files\./);
    expect(told).toMatch(/show no one the way/i);
    expect(
      waysOut(warrant as Step)
        .map(([, to]) => to)
        .filter((to) => to === roads["search"] || to === "search_going_on"),
    ).toEqual([]);
  });

  test("every branch goes on to counsel, whatever is answered there but an arrest or something else", () => {
    for (const branch of Object.values(roads)) {
      const ways = waysOut(protocol.steps[branch] as Step).filter(
        ([answer]) => answer !== "other" && answer !== "arrest",
      );
      const after = ways.map(([, to]) =>
        to === "call_counsel" ? to : (waysOut(protocol.steps[to] as Step)[0]?.[1] ?? ""),
      );
      expect(after.length, branch).toBeGreaterThan(0);
      expect(new Set(after), branch).toEqual(new Set(["call_counsel"]));
    }
  });
});

// One line a rule: what no word may hold, and where. `say` is read aloud to agents.
const forbidden: readonly (readonly [string, RegExp])[] = [
  ["hiding", /\b(hide|hides|hiding|hidden|conceal\w*)\b/i],
  ["locking and shutting", /\b(lock|locks|locked|locking|lockdown|shut|barricade\w*|bolt)\b/i],
  ["warning", /\b(warn|warns|warned|warning|tip off|alert|spread the word)\b/i],
  ["ways out", /\b(back door|side door|exit|escape|flee|run away|get away|leave through|evacuate)\b/i],
  ["destroying", /\b(delete|deletes|deleted|erase|destroy|shred|wipe|throw away)\b/i],
  ["lying", /\b(lie|lies|lied|lying|pretend|say they are not|nobody is here|no one is here)\b/i],
  ["deciding", /\b(valid|invalid|fake|void|unlawful|illegal|legal warrant|real warrant)\b/i],
  ["resisting", /\b(refuse to move|stand in front|grab|push|hold them back|fight|unmask|pull off)\b/i],
  ["who people are", /\b(undocumented|immigrants?|alien status|immigration status|citizens?|illegals?)\b/i],
  ["letting in", /\b(let them in|show them (in|the way|around)|you may come in|come with me|go ahead)\b/i],
];
const verdicts =
  /\b(complete|incomplete|defective|defects?|unclear|judicial|administrative|expired|unsigned|wrong|missing|out of date|not signed|no judge|signed by)\b/i;
const statutes =
  /§|\b(law|laws|statutes?|code|section|rule|rules|amendment|constitution|U\.?S\.?C|C\.?F\.?R|I-\d+|local law|sanctuary)\b/i;

describe.each(settings)("the words of a %s", (setting) => {
  const protocol = shipped(setting);
  const spoken = stepsOf(setting).filter((step) => step.say !== undefined);
  // Record choices are left out of "letting in": "Someone opened or let them in" is what a visit may have been.
  const words = stepsOf(setting).flatMap((step) => [
    ...[step.say ?? "", ...step.do, step.ask].map((text) => [step.id, text] as const),
    ...(step.kind === "ask" ? step.answers.map(({ id, label }) => [`${step.id}.${id}`, label] as const) : []),
    ...(step.kind === "call" ? [[step.id, step.reached] as const, [step.id, step.unreached] as const] : []),
  ]);
  const others = [
    ...Object.entries(protocol.look.questions).flatMap(([id, { ask, answers }]) => [
      [id, ask] as const,
      ...answers.map(({ label }) => [id, label] as const),
    ]),
    ...Object.entries(protocol.fields).flatMap(([id, { label, ask }]) => [[id, label] as const, [id, ask] as const]),
    ...Object.entries({ ...protocol.verdicts, ...protocol.unknowns, ...protocol.outcomes, ...protocol.values }),
    ...Object.entries(protocol.instruments).map(([id, { about }]) => [id, about] as const),
  ];
  /** What a person reports of agents is told in their own words, and is no advice. */
  const reported = new Set(["went_further.letIn", "went_in.letIn"]);

  test.each(forbidden)("nothing of %s", (_what, pattern) => {
    const held = [...words, ...others].filter(([id, text]) => !reported.has(id) && pattern.test(text));
    expect(held).toEqual([]);
  });

  test("what is said names no verdict, no defect and no statute", () => {
    expect(spoken.length).toBeGreaterThan(30);
    expect(
      spoken
        .filter((step) => verdicts.test(saidIn(step)) || statutes.test(saidIn(step)))
        .map(({ id, say }) => [id, say]),
    ).toEqual([]);
  });

  test("agents are asked to wait in one step, once", () => {
    const asks = words.flatMap(([id, text]) =>
      (text.match(/please wait|\bwait (here|in|outside|at|there)\b|have a seat/gi) ?? []).map(() => id),
    );
    expect(asks).toEqual(["hold"]);
  });

  test("nobody but the legal office is said to decide", () => {
    expect(
      spoken
        .filter((step) => /\b(I|we) (decide|allow|permit|forbid)|you (can|may|must|cannot)\b/i.test(saidIn(step)))
        .map(({ id }) => id),
    ).toEqual([]);
  });

  test.each(sites)(
    "each live screen says what not to do, offers five answers at most, and fits one breath (site %s)",
    (_name, site) => {
      const live = [...places(protocol, startOf(protocol, site)).values()]
        .map(({ asked }) => asked)
        .filter(({ isLive }) => isLive);
      expect(live.length).toBeGreaterThan(50);
      for (const asked of live) {
        expect(asked.never, asked.step).toBe("Do not touch or block anyone.");
        expect(asked.choices.length, asked.step).toBeGreaterThan(0);
        expect(asked.choices.length, asked.step).toBeLessThanOrEqual(5);
        const say = asked.say ?? "";
        expect(say.split(/\s+/).filter(Boolean).length, say).toBeLessThanOrEqual(27);
        expect(say.length, say).toBeLessThanOrEqual(160);
        expect(
          [say, asked.ask, ...asked.do, ...asked.choices.map(({ label }) => label)].join(" "),
          asked.step,
        ).not.toMatch(/[{}]/);
        expect(asked.why.length, asked.step).toBeGreaterThan(0);
      }
    },
  );
});

describe.each(settings)("300 encounters of a %s as chance has it", (setting) => {
  const protocol = shipped(setting);

  test("all end, and replay to the same incident", () => {
    const steps = new Set<string>();
    for (let seed = 1; seed <= 300; seed++) {
      const pick = seeded(seed * 3 + settings.indexOf(setting));
      const incident = finish(
        protocol,
        wander(protocol, startOf(protocol, seed % 2 === 0 ? full : {}), pick, 10 + pick(120)),
      );
      const name = `seed ${seed}: ${trail(incident)}`;
      expect(incident.ended?.outcome, name).toBe(CLOSED);
      expect(refolded(incident), name).toEqual(incident);
      for (const { what } of incident.entries) if ("step" in what && what.step !== undefined) steps.add(what.step);
    }
    // Chance seldom finds a paper complete; all but the branches behind the look should have been come by.
    const branches = waysOut(protocol.steps["look"] as Step).flatMap(([, to]) => [
      to,
      ...waysOut(protocol.steps[to] as Step).map(([, after]) => after),
    ]);
    const unseen = Object.keys(protocol.steps).filter((step) => !steps.has(step));
    expect(unseen.filter((step) => !branches.includes(step))).toEqual([]);
  });
});
