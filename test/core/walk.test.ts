import { assert, integer, property } from "fast-check";
import { describe, expect, test } from "vitest";
import type { Standing } from "../../src/core/approval.ts";
import { chartOf } from "../../src/core/chart.ts";
import { compile, compileWhole } from "../../src/core/compile.ts";
import { waysOut } from "../../src/core/ways.ts";
import { conclude, type Finding, nextLook, type Seen, SIGNER, verdicts } from "../../src/core/instrument.ts";
import { asShown, forTraits, type Protocol, RETURN, type Step } from "../../src/core/protocol.ts";
import { routes } from "../../src/core/routes.ts";
import { settings, type Trait, traits } from "../../src/core/settings.ts";
import type { Block, Sheet } from "../../src/core/sheet-blocks.ts";
import { renderSheetText } from "../../src/core/sheet-text.ts";
import { type WalkStep, walkOf, walkSheet, WalkWords } from "../../src/core/walk.ts";
import { shippedParts, tiny, tinyParts } from "../support/core-parts.ts";
import { seeded } from "../support/core-walk.ts";

const whole = new Map(settings.map((setting) => [setting, compileWhole(shippedParts(), shippedParts(), setting)]));
const shipped = settings.map((setting) => [setting, whole.get(setting) ?? tiny] as const);

/** Steps that can be come to, found by another way than the walk's own: until nothing more is added. */
function reachable(protocol: Protocol): ReadonlySet<string> {
  const { start, request, interrupts, steps } = protocol;
  const reached = new Set([start, ...(request === undefined ? [] : [request]), interrupts.danger, interrupts.entered]);
  for (let size = 0; size !== reached.size; ) {
    size = reached.size;
    for (const id of Array.from(reached)) for (const [, to] of waysOf(steps[id])) if (to !== RETURN) reached.add(to);
  }
  return reached;
}

const waysOf = (step: Step | undefined) => (step === undefined ? [] : waysOut(step));
const places: readonly (readonly [string, Protocol, Trait | undefined])[] = shipped.flatMap(([setting, protocol]) => [
  [setting, protocol, undefined] as const,
  ...traits
    .filter((trait) => protocol.traits?.[trait] !== undefined)
    .map((trait) => [`${setting}, ${trait}`, protocol, trait] as const),
]);

const isPlain = ({ trait, isOff }: WalkStep): boolean => trait === undefined && !isOff;

describe("every way, once", () => {
  test.each(places)("%s", (_, protocol, trait) => {
    const place = forTraits(protocol, trait && [trait]);
    const walk = walkOf(protocol).filter((each) => each.trait === trait && !each.isOff);
    const own = trait === undefined ? reachable(place) : new Set(Object.keys(protocol.traits?.[trait]?.steps ?? {}));
    expect(walk.map(({ step }) => step.id).toSorted()).toEqual([...own].toSorted());
    const walked = walk.flatMap(({ step, answers }) => answers.map(({ id }) => `${step.id} ${id}`));
    const ways = [...own].flatMap((id) => {
      const step = place.steps[id];
      return step?.kind === "end" ? [`${id} done`] : waysOf(step).map(([answer]) => `${id} ${answer}`);
    });
    expect(walked.toSorted()).toEqual(ways.toSorted());
    for (const { step } of walk) expect(step).toEqual(place.steps[step.id]);
  });

  test.each(places)("each goes on where it should: %s", (_, protocol, trait) => {
    const all = walkOf(protocol);
    const place = forTraits(protocol, trait && [trait]);
    const inPlace = new Map(all.filter(isPlain).map((each) => [each.step.id, each.number]));
    for (const each of all) if (each.trait === trait && !each.isOff) inPlace.set(each.step.id, each.number);
    for (const { step, answers } of all.filter((each) => each.trait === trait && !each.isOff)) {
      const ways = waysOf(place.steps[step.id]).map(([, to]) => (to === RETURN ? RETURN : inPlace.get(to)));
      expect(answers.map(({ to }) => to)).toEqual(step.kind === "end" ? [undefined] : ways);
      if (step.kind === "ask") {
        expect(answers.map(({ label, sets }) => [label, sets])).toEqual(
          step.answers.map(({ label, sets }) => [label, sets ?? {}]),
        );
      }
    }
  });

  test.each(shipped)("every number once, and every way in is told: %s", (_, protocol) => {
    const walk = walkOf(protocol);
    const numbers = walk.flatMap(({ number, answers }) => [number, ...answers.map((answer) => answer.number)]);
    expect(new Set(numbers).size).toBe(numbers.length);
    const base = walk.filter(isPlain);
    expect(base.map(({ number }) => number)).toEqual(base.map((_each, i) => String(i + 1)));
    for (const { number, answers } of walk)
      expect(answers.map((answer) => answer.number)).toEqual(answers.map((_each, i) => `${number}.${i + 1}`));
    for (const { number, from, trait } of base) {
      const leading = base.flatMap(({ answers }) => answers.filter(({ to }) => to === number));
      expect(trait).toBeUndefined();
      expect(from).toEqual(leading.map((answer) => answer.number));
    }
    const ways = walk.filter(isPlain).flatMap(({ entrances }) => entrances);
    expect(ways.toSorted()).toEqual(
      ["danger", "entered", ...(protocol.request === undefined ? [] : ["request"]), "start"].toSorted(),
    );
    expect(walk.every(({ from, entrances }) => from.length + entrances.length > 0)).toBe(true);
  });

  test.each(shipped)("numbered as the chart is: %s", (_, protocol) => {
    const walk = walkOf(protocol).filter(isPlain);
    expect(walk.map(({ step, number }) => [step.id, Number(number)])).toEqual(
      chartOf(protocol).boxes.map(({ id, number }) => [id, number]),
    );
  });

  test("numbers stay, however the files are sorted and whatever the words are", () => {
    const shuffled = (protocol: Protocol, seed: number): Protocol => {
      const pick = seeded(seed);
      const mixed = <T>(of: Readonly<Record<string, T>>) =>
        Object.fromEntries(Object.entries(of).toSorted(() => pick(3) - 1));
      const steps = Object.entries(protocol.steps).map(([id, step]) => [id, { ...step, ask: `${step.ask} ${seed}` }]);
      return {
        ...protocol,
        steps: mixed(Object.fromEntries(steps) as Protocol["steps"]),
        sources: mixed(protocol.sources),
      };
    };
    const told = (protocol: Protocol) =>
      walkOf(protocol).map(({ step, number, from, answers }) => [
        step.id,
        number,
        from,
        answers.map((each) => each.to),
      ]);
    for (const [, protocol] of shipped)
      assert(
        property(integer(), (seed) => {
          expect(told(shuffled(protocol, seed))).toEqual(told(protocol));
        }),
        { numRuns: 10 },
      );
  });
});

describe("a small protocol, whole", () => {
  const told = (protocol: Protocol) =>
    walkOf(protocol).map(({ number, step, part, from, entrances, answers }) =>
      [
        `${number} ${step.id} (${part}${entrances.length > 0 ? `: ${entrances.join()}` : ""}) from ${from.join(" ")}`.trim(),
        ...answers.map(({ number: own, label, to }) => `${own} ${label ?? "-"} > ${to ?? "end"}`),
      ].join(" | "),
    );

  test("in the order of the walk, then the keys", () => {
    expect(told(tiny)).toEqual(
      [
        "1 start (start: start) from | 1.1 They talk > 2 | 1.2 They show a paper > 3 | 1.3 Someone is hurt > 4 | 1.4 They have gone > 5",
        "2 talk (start) from 1.1 3.5 6.2 | 2.1 Ready > 6",
        "3 look (start) from 1.2 8.1 | 3.1 - > 7 | 3.2 - > 6 | 3.3 - > 8 | 3.4 - > 8 | 3.5 - > 2 | 3.6 - > 8 | 3.7 - > 8 | 3.8 - > 6",
        "4 danger (start: danger) from 1.3 | 4.1 Yes > return | 4.2 No > 9",
        "5 rec_visit (start) from 1.4 8.4 | 5.1 - > 10",
        "6 ring (start) from 2.1 3.2 3.8 8.2 8.3 | 6.1 Yes > 8 | 6.2 No > 2",
        "7 searching (start) from 3.1 | 7.1 Done > 8",
        "8 wait (start) from 3.3 3.4 3.6 3.7 6.1 7.1 | 8.1 A paper > 3 | 8.2 Call > 6 | 8.3 They go in > 6 | 8.4 They have gone > 5",
        "9 danger_again (start) from 4.2 | 9.1 Done > return",
        "10 rec_agents (start) from 5.1 | 10.1 - > 11",
        "11 rec_papers (start) from 10.1 | 11.1 - > 12",
        "12 tell_counsel (start) from 11.1 | 12.1 Yes > 13 | 12.2 No > 13",
        "13 end (start) from 12.1 12.2 | 13.1 No, close it > end",
        "14 went_in (entered: entered) from | 14.1 Past the desk > return | 14.2 I can't tell > return",
      ].map((line) => line.replace("2.1 Ready", "2.1 Done")),
    );
  });

  test("a request has a start of its own, between the two", () => {
    const asked: Step = {
      id: "asked",
      phase: "live",
      do: [],
      ask: "Who?",
      why: ["rule"],
      kind: "tell",
      done: "On",
      next: "ring",
    };
    const steps = { ...tiny.steps, asked };
    const walk = walkOf({ ...tiny, request: "asked", steps });
    expect(walk.map(({ number, step, part }) => `${number} ${step.id} ${part}`).slice(12)).toEqual([
      "13 end start",
      "14 asked request",
      "15 went_in entered",
    ]);
    expect(walk.find(({ step }) => step.id === "ring")?.from).toContain("14.1");
    expect(walkOf({ ...tiny, request: "ring" }).find(({ step }) => step.id === "ring")?.entrances).toEqual(["request"]);
  });

  test("what waits for counsel comes last, and is led to", () => {
    const advice: Step = tell("advice", "wait");
    const start = tiny.steps["start"];
    if (start?.kind !== "ask") throw new Error("the small protocol begins with a question");
    const asked: Step = { ...start, answers: [...start.answers, { id: "asks", label: "They ask", next: "advice" }] };
    const walk = walkOf({ ...tiny, off: { steps: { start: asked, advice } } }).slice(14);
    expect(walk.map(({ number, step, isOff, from }) => [number, step.id, isOff, from.join()])).toEqual([
      ["1z", "start", true, ""],
      ["15z", "advice", true, "1z.5"],
    ]);
    expect(walkOf(tiny).filter(({ isOff }) => isOff)).toEqual([]);
  });

  test("a place with a trait: what is changed keeps its number, what is added comes last", () => {
    const talk: Step = { ...tell("talk", "extra") };
    const extra: Step = { ...tell("extra", "ring") };
    const walk = walkOf({ ...tiny, traits: { private: { steps: { talk, extra } } } }).slice(14);
    expect(
      walk.map(({ number, step, trait, from, answers }) => [number, step.id, trait, from, answers[0]?.to]),
    ).toEqual([
      ["2b", "talk", "private", ["1.1", "3.5", "6.2"], "15b"],
      ["15b", "extra", "private", ["2b.1"], "6"],
    ]);
  });

  test("a step that nothing leads to is none of it", () => {
    expect(walkOf({ ...tiny, steps: { ...tiny.steps, lost: tell("lost", "ring") } })).toEqual(walkOf(tiny));
  });
});

function tell(id: string, next: string): Step {
  return { id, phase: "live", do: [`Do ${id}.`], ask: `And ${id}?`, why: ["rule"], kind: "tell", done: "On", next };
}

const keyed = <K extends string>(keys: readonly K[], words: (key: K) => string) =>
  Object.fromEntries(keys.map((key) => [key, words(key)])) as Record<K, string>;
const plain = [
  ..."protocol setting language hash day howTitle howNumbers howSources howLaw wordsTitle never roles standIns".split(
    " ",
  ),
  ..."comeFrom call sayAgents sayAsker sayPhone sayNearby do ask each goesBack goesEnd recorded withheld".split(" "),
  ..."otherTitle sourcesTitle papers signTitle signSays signName signOffice signature signDate signAgain".split(" "),
];
const ways = ["start", "request", "danger", "entered"] as const;
const words = WalkWords.parse({
  ...keyed(plain, (key) => `#${key}`),
  title: "walk {title}",
  header: "{title} {id} {version} {setting} {language}",
  footer: "{hash} {standing}",
  page: "{page} of {pages}",
  counts: "{steps} steps {answers} answers {sources} sources",
  howKeys: "keys {danger} {entered}",
  step: "step {number} {id} {phase} {kind}",
  partOff: "waiting",
  partTrait: "different: {trait}",
  goesOn: "to {to}",
  outcome: "outcome {outcome}",
  sets: "sets {field} = {value}",
  restsOn: "rests on {sources} [{sure}]",
  source: "{says} ({sure}) {read} {link}",
  when: "when {field} is {values}",
  unknown: "or {unknown}",
  lookPaper: "{paper} then {signer}",
  verdict: "{verdict} to {to}",
  ifNo: "no: {so}",
  ifUnsure: "doubt: {so}",
  signLine: "____",
  approval: {
    approved: "approved by {by} on {on} until {again}",
    overdue: "overdue {by} {on} {again}",
    changed: "changed {by} {on}",
    unapproved: "approved by nobody",
  },
  parts: keyed(ways, (key) => `part ${key}`),
  from: keyed(ways, (key) => `the ${key}`),
  phases: keyed(["live", "record", "close"], (key) => `in ${key}`),
  kinds: keyed(["tell", "ask", "record", "call", "examine", "end"], (key) => `a ${key}`),
  traits: keyed(traits, (key) => `where ${key}`),
  routes: keyed(routes, (key) => `route ${key}`),
  lookHead: ["No.", "seen", "follows"],
  paperHead: ["Paper", "about", "looked for"],
  fieldHead: ["No.", "asked", "answered"],
  fieldKinds: keyed(["text", "quote", "count", "time", "file"], (key) => `any ${key}`),
  levels: { must: "must be", should: "should be" },
  sourceHead: ["No.", "Source", "Steps"],
  signHead: ["What", "Who"],
});
const sure = { P: "read", "P-part": "partly read", S: "read about", K: "known", C: "inferred" };
const hash = "0123456789abcdef".repeat(4);
const unapproved: Standing = { state: "unapproved" };
const sheetOf = (protocol: Protocol, approval: Standing = unapproved): Sheet =>
  walkSheet(protocol, words, sure, { hash, day: "2026-11-23", approval });
/** One line for each row, cell lines too, as a reader finds them. */
const linesOf = (blocks: readonly Block[]): readonly string[] => blocks.flatMap(blockLines);
function blockLines(block: Block): readonly string[] {
  if (block.kind === "heading" || block.kind === "paragraph") return block.text.split("\n");
  if (block.kind === "list") return block.items;
  if (block.kind === "facts") return block.rows.map(({ label, value }) => `${label}: ${value.replaceAll("\n", " / ")}`);
  if (block.kind === "picture") return [];
  return [block.caption ?? "", ...[block.head, ...block.rows].map((row) => row.join(" | ").replaceAll("\n", " / "))];
}
/** The lines of one step: from its heading to the next. */
function stepLines(sheet: Sheet, number: string): readonly string[] {
  const from = sheet.blocks.findIndex((block) => block.kind === "heading" && block.text.startsWith(`step ${number} `));
  const after = sheet.blocks.findIndex((block, i) => i > from && block.kind === "heading");
  return linesOf(sheet.blocks.slice(from, after));
}

describe("on paper", () => {
  test.each(places)("every word that staff can read or say stands in it: %s", (_, protocol, trait) => {
    const sheet = sheetOf(protocol);
    const text = [sheet.title, ...linesOf(sheet.blocks)].join("\n");
    const place = asShown(forTraits(protocol, trait && [trait]));
    const { steps, fields, roles, values, look, instruments, unknowns, sources, outcomes, never, title } = place;
    const walked = Object.values(steps);
    const each = walked.some((step) => step.kind === "record" && step.each === "agent");
    const named = walked.flatMap(({ why }) => why.flatMap((id) => sources[id] ?? []));
    const found = [
      ...walked.map((step) => (step.kind === "record" && !each ? { ...step, more: undefined } : step)),
      ...Object.values(fields),
      { roles, values, look, instruments, outcomes, never, title, verdicts: place.verdicts, named },
      ...Object.keys(unknowns).map((id) => (usesUnknown(place, id) ? unknowns[id as keyof typeof unknowns] : "")),
    ];
    const spoken = [...new Set(found.flatMap(leaves))].filter((leaf) => / /.test(leaf));
    expect(spoken.length).toBeGreaterThan(400);
    expect(spoken.filter((leaf) => !text.includes(leaf.trim()))).toEqual([]);
  });

  test.each(shipped)("every answer stands in it once, with where it goes on: %s", (_, protocol) => {
    const rows = sheetOf(protocol).blocks.flatMap((block) => (block.kind === "facts" ? block.rows : []));
    for (const { answers } of walkOf(protocol))
      for (const { number, to, label } of answers) {
        const way = to === undefined ? "#goesEnd" : to === RETURN ? "#goesBack" : `to ${to}`;
        const own = rows.filter((row) => row.label.startsWith(`${number}  `));
        expect(own.map((row) => row.label)).toEqual([`${number}  ${way}`]);
        if (label !== undefined) expect(own[0]?.value.split("\n")[0]).toBe(label);
      }
  });

  test.each<[string, string, readonly string[]]>([
    [
      "a question",
      "8",
      [
        "step 8 wait in live a ask",
        "#comeFrom: 3.3, 3.4, 3.6, 3.7, 6.1, 7.1",
        "#do: · Wait.",
        "#ask: And now?",
        "8.1  to 3: A paper",
        "8.2  to 6: Call",
        "8.3  to 6: They go in / sets The entered = Yes",
        "8.4  to 5: They have gone",
        "rests on S1 A rule [inferred]",
      ],
    ],
    [
      "words with places for the site's own, as they were approved",
      "1",
      [
        "step 1 start in live a ask",
        "#comeFrom: the start",
        "#sayAgents: “Please wait {waitingPlace}.”",
        "#do: · Stay at {site}.",
        "#ask: What do they do?",
        "1.1  to 2: They talk",
        "1.2  to 3: They show a paper",
        "1.3  to 4: Someone is hurt",
        "1.4  to 5: They have gone",
        "rests on S1 A rule [inferred]",
      ],
    ],
    [
      "a call, from a key",
      "4",
      [
        "step 4 danger in live a call",
        "#comeFrom: the danger, 1.3",
        "#call: Emergency",
        "#do: · Step back.",
        "#ask: Reached?",
        "4.1  #goesBack: Yes",
        "4.2  to 9: No",
        "rests on S1 A rule [inferred]",
      ],
    ],
    [
      "fields of the visit",
      "5",
      [
        "step 5 rec_visit in record a record",
        "#comeFrom: 1.4, 8.4",
        "#do: · Roles, not names.",
        "",
        "No. | asked | answered",
        "5.A | The agentCount / Which agentCount? | any count (must be) / or Not known",
        "5.B | The entered / Which entered? | No; Yes (must be)",
        "5.C | The taken / Which taken? | Nobody; Somebody (must be) / or Staff could not see or read it",
        "5.D | The takenCount / Which takenCount? / when The taken is Somebody | any count (must be)",
        "5.E | The said / Which said? / #withheld | any quote (should be) / or It was not asked; None, or it did not happen",
        "5.1  to 10: #recorded",
        "rests on S1 A rule [inferred]",
      ],
    ],
    [
      "fields of each agent",
      "10",
      [
        "step 10 rec_agents in record a record",
        "#comeFrom: 5.1",
        "#each: Agent {n}: / Written down: {n}. Another? / · Yes, another agent / · No, that is all",
        "",
        "No. | asked | answered",
        "10.A | The name / Which name? | any text (must be) / or They refused; It was not asked",
        "10.B | The badge / Which badge? | any text (must be) / or They kept it out of sight",
        "10.1  to 11: #recorded",
        "rests on S1 A rule [inferred]",
      ],
    ],
    [
      "the end",
      "13",
      [
        "step 13 end in close a end",
        "#comeFrom: 12.1, 12.2",
        "#ask: Anything else?",
        "13.1  #goesEnd: No, close it / outcome Record closed",
        "rests on S1 A rule [inferred]",
      ],
    ],
  ])("%s", (_, number, lines) => expect(stepLines(sheetOf(tiny), number)).toEqual(lines));

  test("words into the phone, to people nearby and to whoever asks are told apart", () => {
    const say = (step: Step): Step => ({ ...step, say: "Say this.", nearby: "Keep clear." });
    const steps = Object.fromEntries(Object.entries(tiny.steps).map(([id, step]) => [id, say(step)]));
    const sheet = sheetOf({ ...tiny, steps: { ...steps, asked: say(tell("asked", "end")) }, request: "asked" });
    const labels = (number: string) => stepLines(sheet, number).filter((line) => line.startsWith("#say"));
    expect(labels("6")).toEqual(["#sayPhone: “Say this.”", "#sayNearby: “Keep clear.”"]);
    expect(labels("7")).toEqual(["#sayAgents: “Say this.”", "#sayNearby: “Keep clear.”"]);
    expect(labels("14")).toEqual(["#sayAsker: “Say this.”", "#sayNearby: “Keep clear.”"]);
  });

  test("each part begins once, under its name", () => {
    const protocol = whole.get("shelter") ?? tiny;
    const own = sheetOf(protocol).blocks.flatMap((block) =>
      block.kind === "heading" && block.level === 1 ? [block.text] : [],
    );
    expect(own.filter((text) => !text.startsWith("#"))).toEqual([
      "part start",
      "part request",
      "part entered",
      ...traits.filter((trait) => protocol.traits?.[trait] !== undefined).map((trait) => `different: where ${trait}`),
      "waiting",
    ]);
    expect(own.filter((text) => text.startsWith("#"))).toEqual([
      "#howTitle",
      "#wordsTitle",
      "#otherTitle",
      "#sourcesTitle",
      "#signTitle",
    ]);
  });

  test("what belongs to no step stands first", () => {
    const lines = linesOf(sheetOf(tiny).blocks.slice(0, 8));
    expect(lines.slice(0, 18)).toEqual([
      "approved by nobody",
      "#protocol: Tiny (tiny 0.0.1)",
      "#setting: shelter",
      "#language: en",
      "#hash: 01234567 89abcdef 01234567 89abcdef / 01234567 89abcdef 01234567 89abcdef",
      "#day: 2026-11-23",
      "#howTitle",
      "14 steps 31 answers 1 sources",
      "#howNumbers",
      "keys 4 14",
      "#howSources",
      "#howLaw",
      "#wordsTitle",
      "#never: Do not touch or block anyone.",
      "#roles: Lead; Legal office; Emergency",
      "#standIns",
      "{site}: No site",
      "{past}: past here",
    ]);
  });

  test.each<[Standing, string]>([
    [unapproved, "approved by nobody"],
    [
      { state: "approved", by: "GC", on: "2026-01-01", again: "2027-01-01" },
      "approved by GC on 2026-01-01 until 2027-01-01",
    ],
    [{ state: "overdue", by: "GC", on: "2026-01-01", again: "2026-02-01" }, "overdue GC 2026-01-01 2026-02-01"],
    [{ state: "changed", by: "{hash}", on: "2026-01-01", again: "2027-01-01" }, "changed {hash} 2026-01-01"],
  ])("every page says whether it is approved: %j", (approval, says) => {
    const sheet = sheetOf(tiny, approval);
    expect(sheet.footer).toBe(`01234567 ${says}`);
    expect(sheet.blocks[0]).toEqual({ kind: "paragraph", text: says, tone: "strong" });
  });

  test("page by page", () => {
    const { title, header, pageWords, language, made, mark } = sheetOf(tiny);
    expect([title, header, pageWords, language, made, mark]).toEqual([
      "walk Tiny",
      "Tiny tiny 0.0.1 shelter en",
      "{page} of {pages}",
      "en",
      "2026-11-23T00:00:00Z",
      undefined,
    ]);
  });

  test.each(shipped)("every source once, with all the steps that rest on it: %s", (_, protocol) => {
    const blocks = sheetOf(protocol).blocks;
    const at = blocks.findIndex((block) => block.kind === "heading" && block.text === "#sourcesTitle");
    const table = blocks[at + 1];
    if (table?.kind !== "table") throw new Error("there is no table of sources");
    const walk = walkOf(protocol);
    const named = [...new Set(walk.flatMap(({ step }) => step.why))];
    expect(table.rows).toEqual(
      named.map((id, i) => {
        const source = protocol.sources[id];
        if (source === undefined) throw new Error(id);
        const { cite, says, mark, read, link } = source;
        const steps = walk.filter(({ step }) => step.why.includes(id)).map(({ number }) => number);
        return [`S${i + 1}`, `${cite}\n${says} (${sure[mark]}) ${read} ${link}`, steps.join(", ")];
      }),
    );
  });

  test("under a step its sources stand by how sure they are", () => {
    const source = (mark: "P" | "C", cite: string) => ({ cite, says: "s", mark, link: "l", read: "2026-01-01" });
    const steps = {
      ...tiny.steps,
      start: { ...(tiny.steps["start"] ?? tell("start", "end")), why: ["b", "rule", "a"] },
    };
    const protocol = {
      ...tiny,
      steps,
      sources: { ...tiny.sources, a: source("P", "Rule A"), b: source("P", "Rule B") },
    };
    expect(stepLines(sheetOf(protocol), "1").slice(-2)).toEqual([
      "rests on S1 Rule B; S3 Rule A [read]",
      "rests on S2 A rule [inferred]",
    ]);
  });

  test("what is signed and the signature are one row, which no page breaks", () => {
    expect(linesOf(sheetOf(tiny).blocks).slice(-4)).toEqual([
      "#signTitle",
      "#signSays",
      "What | Who",
      "#protocol / Tiny (tiny 0.0.1) /  / #setting / shelter /  / #language / en /  / #hash / 01234567 89abcdef 01234567 89abcdef / 01234567 89abcdef 01234567 89abcdef | #signName /  / ____ /  / #signOffice /  / ____ /  / #signature /  / ____ /  / #signDate /  / ____ /  / #signAgain /  / ____",
    ]);
  });

  test("a language that is shown is the one that is walked", () => {
    const parts = tinyParts();
    const spoken = {
      ...parts,
      words: { ...parts.words, language: "es", title: "Pequeño", never: "No toque a nadie." },
    };
    const text = renderSheetText(sheetOf(compileWhole(parts, spoken, "shelter"))).join("\n");
    expect(text).toContain("Pequeño tiny 0.0.1 shelter es");
    expect(text).toContain("#never: No toque a nadie.");
  });

  test("fields that only an answer writes are told as well", () => {
    const lines = linesOf(sheetOf(whole.get("school") ?? tiny).blocks);
    const from = lines.indexOf("#otherTitle");
    expect(lines.slice(from + 3, lines.indexOf("#sourcesTitle")).map((line) => line.slice(0, 4))).toEqual([
      "A | ",
      "B | ",
    ]);
    expect(linesOf(sheetOf(tiny).blocks)).not.toContain("#otherTitle");
  });

  test("more than 26 of anything are lettered on", () => {
    const fields = Array.from({ length: 30 }, () => "agentCount");
    const steps = { ...tiny.steps, rec_visit: { ...tiny.steps["rec_visit"], fields } as Step };
    const numbers = stepLines(sheetOf({ ...tiny, steps }), "5").flatMap(
      (line) => /^5\.([A-Z]+) /.exec(line)?.[1] ?? [],
    );
    expect([numbers[0], numbers[25], numbers[26], numbers[29]]).toEqual(["A", "Z", "AA", "AD"]);
  });
});

describe("how a paper is looked at", () => {
  const protocol = compile(shippedParts(), "shelter");
  const { look, instruments } = protocol;
  const step = walkOf(protocol).find((each) => each.step.kind === "examine");
  const lines = stepLines(sheetOf(protocol), step?.number ?? "");
  const text = lines.join("\n");

  test("every question is there, in letters, and every answer numbered once", () => {
    const asked = Object.values(look.questions);
    const numbered = [...text.matchAll(/(?:^|[ /])(\d+\.[A-Z]+\d+) /gm)].map(([, number]) => number);
    expect(new Set(numbered).size).toBe(numbered.length);
    expect(numbered).toHaveLength(asked.flatMap(({ answers }) => answers).length);
    expect(lines.find((line) => line.includes(look.questions[look.start]?.ask ?? ""))).toMatch(/^\d+\.A /);
  });

  test("each answer about its kind says what follows", () => {
    const number = step?.number ?? "";
    const signer = /(\d+\.[A-Z]+) {2}/.exec(
      lines.find((line) => line.includes(look.questions[SIGNER]?.ask ?? "")) ?? "",
    )?.[1];
    expect(lines).toContain(
      `${number}.A5 | I can't tell, or more than one of these | Paper the desk could not identify then ${signer}`,
    );
    expect(lines).toContain(`${number}.A1 | ${look.questions["top"]?.answers[0]?.label} | ${number}.B`);
  });

  test("what every kind adds up to is what the engine says, whoever signed it", () => {
    const routeNumber = (route: string) => step?.answers.find(({ id }) => id === route)?.number;
    const signers = look.questions[SIGNER]?.answers ?? [];
    const told = new Map(
      lines.flatMap((line) => {
        const [names = "", ...cells] = line.split(" | ");
        return cells.length === signers.length ? names.split("; ").map((name) => [name, cells] as const) : [];
      }),
    );
    for (const [id, { name }] of Object.entries(instruments)) {
      const [question, found] =
        Object.entries(look.questions).find(([, { answers }]) => answers.some((each) => each.instrument === id)) ?? [];
      const answer = found?.answers.find((each) => each.instrument === id)?.id ?? "";
      for (const [i, { id: by }] of signers.entries()) {
        const first: Seen = [
          { question: question ?? "", answer },
          { question: SIGNER, answer: by },
        ];
        const adds = (seen: Seen): string => {
          const { verdict, route } = conclude(look, instruments, seen) ?? {};
          return `V${verdict === undefined ? 0 : verdicts.indexOf(verdict) + 1} to ${routeNumber(route ?? "")}`;
        };
        const end = (last: Finding): string => {
          const asked: { question: string; answer: string }[] = [];
          for (
            let next = nextLook(look, instruments, first);
            next;
            next = nextLook(look, instruments, [...first, ...asked])
          )
            asked.push({ question: next, answer: "yes" });
          const final = asked.pop();
          return adds([...first, ...asked, ...(final ? [{ ...final, answer: last }] : [])]);
        };
        const isMore = nextLook(look, instruments, first) !== undefined;
        const expected = isMore ? `${end("yes")} / no: ${end("no")} / doubt: ${end("unsure")}` : adds(first);
        expect([name, by, told.get(name)?.[i]]).toEqual([name, by, expected]);
      }
    }
    expect(told.get(instruments["i200"]?.name ?? "")?.[0]).toBe(`V4 to ${routeNumber("unclear")}`);
    expect(told.get(instruments["judicial_search_warrant"]?.name ?? "")?.[1]).toBe(`V4 to ${routeNumber("unclear")}`);
  });

  test("the verdicts stand there in words, and the branches follow", () => {
    for (const [i, verdict] of verdicts.entries()) expect(lines).toContain(`V${i + 1}: ${protocol.verdicts[verdict]}`);
    expect(lines.filter((line) => line.includes(": route ")).map((line) => line.replace(/^.*: /, ""))).toEqual(
      routes.map((route) => `route ${route}`),
    );
  });

  test("a second step that looks at papers does not tell it all again", () => {
    const look2: Step = { ...(protocol.steps["look"] ?? tell("look", "end")), id: "look2" };
    const start = protocol.steps["hold"];
    if (start?.kind !== "ask") throw new Error("the start is no question");
    const first = {
      ...start,
      answers: start.answers.map((answer, i) => (i === 0 ? { ...answer, next: "look2" } : answer)),
    };
    const lines2 = linesOf(sheetOf({ ...protocol, steps: { ...protocol.steps, hold: first, look2 } }).blocks);
    expect(lines2.filter((line) => line.includes(look.questions["top"]?.ask ?? ""))).toHaveLength(1);
  });
});

/** Every text anywhere in a value, ids and codes too. */
function leaves(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [];
}

function usesUnknown({ fields }: Protocol, id: string): boolean {
  return Object.values(fields).some(({ unknowns }) => unknowns?.some((each) => each === id));
}
