import { describe, expect, test } from "vitest";
import {
  type Finding,
  type Instrument,
  type Looked,
  type Seen,
  type Signer,
  SIGNER,
  conclude,
  families,
  findings,
  nextLook,
  routeOf,
  signers,
  verdictOf,
} from "../../src/core/instrument.ts";
import { routes } from "../../src/core/routes.ts";
import { cases } from "../support/core-encounter.ts";
import { shipped } from "../support/core-parts.ts";

// Desk rules 1, 2 and 6, over every combination of instrument, signer and findings. What is expected is written out
// here by hand and not taken from the code.

const { look, instruments } = shipped("shelter");

/** Every way of answering about a paper, to its end. */
function looks(seen: Seen = []): readonly Seen[] {
  const id = nextLook(look, instruments, seen);
  if (id === undefined) return [seen];
  return (look.questions[id]?.answers ?? []).flatMap((answer) => looks([...seen, { question: id, answer: answer.id }]));
}

const all = looks().map((seen) => ({
  seen,
  name: seen.map(({ question, answer }) => `${question}=${answer}`).join(" "),
  looked: conclude(look, instruments, seen),
}));

/** What each kind of paper is, and where it leads when a judge signed it and nothing is amiss, or when no judge did. */
const kinds = {
  judicial_search_warrant: ["court", "search", 5],
  judicial_arrest_warrant: ["court", "arrest", 2],
  judicial_subpoena: ["court", "subpoena", 1],
  court_order: ["court", "order", 3],
  court_filing_other: ["court", "order", 3],
  i200: ["agency", "agency", 0],
  i205: ["agency", "agency", 0],
  i247_detainer: ["agency", "agency", 0],
  admin_subpoena: ["agency", "subpoena", 0],
  ij_order: ["agency", "agency", 0],
  nta: ["agency", "agency", 0],
  i9_notice_of_inspection: ["agency", "agency", 0],
  ice_other_form: ["agency", "agency", 0],
  le_request_letter: ["neither", "other", 0],
  unknown_paper: ["unknown", "unclear", 0],
} as const;

// Whose paper, who signed it, what the findings hold ("-": none is looked for) → the verdict.
const truth = {
  court: {
    judge: { yes: "complete", unsure: "unclear", no: "defective" },
    clerk: "unclear",
    unsure: "unclear",
    officer: "defective",
    nobody: "defective",
  },
  agency: { judge: "unclear", clerk: "unclear", unsure: "unclear", officer: "notJudicial", nobody: "notJudicial" },
  neither: { judge: "unclear", clerk: "unclear", unsure: "unclear", officer: "notJudicial", nobody: "notJudicial" },
  unknown: { judge: "unclear", clerk: "unclear", unsure: "unclear", officer: "unclear", nobody: "unclear" },
} as const;

function expectedVerdict(family: keyof typeof truth, signer: Signer, found: readonly string[]): string {
  const row = truth[family][signer];
  if (typeof row === "string") return row;
  return row[found.includes("no") ? "no" : found.includes("unsure") ? "unsure" : "yes"];
}

function expectedRoute(route: string, verdict: string): string {
  if (route === "subpoena") return "subpoena";
  return verdict === "unclear" || verdict === "defective" ? verdict : route;
}

describe("every way of looking at a paper", () => {
  test("there are as many as can be counted by hand", () => {
    // Per kind: four signers that end the look, and for a court's paper the judge with each finding three ways.
    const perKind = (id: keyof typeof kinds) => 4 + 3 ** kinds[id][2];
    const ways = {
      judicial_search_warrant: 2,
      judicial_arrest_warrant: 2,
      judicial_subpoena: 2,
      court_order: 2,
      court_filing_other: 3,
      i200: 1,
      i205: 1,
      i247_detainer: 1,
      admin_subpoena: 2,
      ij_order: 1,
      nta: 1,
      i9_notice_of_inspection: 1,
      ice_other_form: 1,
      le_request_letter: 2,
      unknown_paper: 4,
    } as const;
    const count = Object.entries(ways).reduce((sum, [id, paths]) => sum + paths * perKind(id as keyof typeof kinds), 0);
    expect(all).toHaveLength(count);
    expect(Object.keys(instruments).toSorted()).toEqual(Object.keys(kinds).toSorted());
  });

  test("comes to the verdict and the route of the table", () => {
    const wrong = all.filter(({ seen, looked }) => {
      if (looked === undefined) return true;
      const [family, route] = kinds[looked.instrument as keyof typeof kinds];
      const found = seen.slice(seen.findIndex(({ question }) => question === SIGNER) + 1).map(({ answer }) => answer);
      const signer = seen.find(({ question }) => question === SIGNER)?.answer as Signer;
      const verdict = expectedVerdict(family, signer, found);
      return looked.verdict !== verdict || looked.route !== expectedRoute(route, verdict) || looked.signer !== signer;
    });
    expect(wrong).toEqual([]);
  });

  test("asks who signed it, once", () => {
    expect(all.filter(({ seen }) => seen.filter(({ question }) => question === SIGNER).length !== 1)).toEqual([]);
  });

  test("is not concluded before its end", () => {
    const early = all
      .flatMap(({ seen }) => seen.map((_, i) => seen.slice(0, i)))
      .filter((seen) => conclude(look, instruments, seen) !== undefined);
    expect(early).toEqual([]);
  });

  test("keeps each finding by its own name", () => {
    const { looked } =
      all.find(
        ({ name }) =>
          name.includes("federalTitle=arrest") && name.includes("personNamed=no") && name.includes("pagesAll=unsure"),
      ) ?? {};
    expect(looked).toEqual({
      instrument: "judicial_arrest_warrant",
      signer: "judge",
      findings: { personNamed: "no", pagesAll: "unsure" },
      verdict: "defective",
      route: "defective",
    });
  });
});

type Shown = { readonly looked: Looked; readonly answers: readonly string[]; readonly family: string };
const shownAs: readonly Shown[] = all.flatMap(({ seen, looked }) =>
  looked
    ? [{ looked, answers: seen.map(({ answer }) => answer), family: kinds[looked.instrument as keyof typeof kinds][0] }]
    : [],
);
/** Of those that `are` so, the ones that are not `held`. */
const none = (are: (shown: Shown) => boolean, held: (shown: Shown) => boolean) => () => {
  const some = shownAs.filter(are);
  expect(some.length).toBeGreaterThan(0);
  expect(some.filter((shown) => !held(shown))).toEqual([]);
};

describe("rule 1: doubt is never resolved at the desk", () => {
  cases({
    "a clerk's or a typed signature is unclear, whoever's paper it is": none(
      ({ looked }) => looked.signer === "clerk",
      ({ looked }) => looked.verdict === "unclear",
    ),
    "a signature nobody could read is unclear": none(
      ({ looked }) => looked.signer === "unsure",
      ({ looked }) => looked.verdict === "unclear",
    ),
    "a court's paper is never one that is not a court's": none(
      ({ family }) => family === "court",
      ({ looked }) => looked.verdict !== "notJudicial",
    ),
    "what is unsure is never complete": none(
      ({ answers }) => answers.includes("unsure"),
      ({ looked }) => looked.verdict !== "complete",
    ),
    "what is not there is never complete": none(
      ({ looked }) => Object.values(looked.findings).includes("no"),
      ({ looked }) => looked.verdict === "defective",
    ),
    "complete is signed by a judge": none(
      ({ looked }) => looked.verdict === "complete",
      ({ looked, family }) =>
        looked.signer === "judge" &&
        family === "court" &&
        Object.values(looked.findings).every((found) => found === "yes"),
    ),
    "an agency's paper is never complete": none(
      ({ family }) => family !== "court",
      ({ looked }) => looked.verdict === "notJudicial" || looked.verdict === "unclear",
    ),
    "an agency's paper with a judge's signature is unclear": none(
      ({ family, looked }) => family === "agency" && looked.signer === "judge",
      ({ looked }) => looked.verdict === "unclear",
    ),
    "doubt about a paper that is no subpoena goes to counsel by the road for doubt": none(
      ({ looked }) => looked.verdict === "unclear" && !looked.instrument.endsWith("subpoena"),
      ({ looked }) => looked.route === "unclear",
    ),
  });
});

describe("rule 2: search warrants, arrest warrants and other court papers branch apart", () => {
  const only =
    (route: string, ...kindsThere: readonly string[]) =>
    () => {
      const there = shownAs.filter(({ looked }) => looked.route === route);
      expect([...new Set(there.map(({ looked }) => looked.instrument))].toSorted()).toEqual(kindsThere.toSorted());
    };
  cases({
    "only a court's search warrant is treated as one": only("search", "judicial_search_warrant"),
    "only a court's arrest warrant is treated as one": only("arrest", "judicial_arrest_warrant"),
    "only other court papers are treated as orders": only("order", "court_order", "court_filing_other"),
    "only an agency's forms are treated as such": only(
      "agency",
      "i200",
      "i205",
      "i247_detainer",
      "ij_order",
      "nta",
      "i9_notice_of_inspection",
      "ice_other_form",
    ),
    "only subpoenas are treated as such": only("subpoena", "judicial_subpoena", "admin_subpoena"),
    "only letters are treated as such": only("other", "le_request_letter"),
    "a road to rooms or to an arrest wants a complete paper": none(
      ({ looked }) => ["search", "arrest", "order"].includes(looked.route),
      ({ looked }) => looked.verdict === "complete" && looked.signer === "judge",
    ),
    "the road for something amiss is for court papers alone": none(
      ({ looked }) => looked.route === "defective",
      ({ family }) => family === "court",
    ),
    "every road is taken by something": () =>
      expect([...new Set(shownAs.map(({ looked }) => looked.route))].toSorted()).toEqual([...routes].toSorted()),
  });
});

// One line a case: the answers from the top of the paper to the last finding → verdict and route.
const papers: readonly (readonly [string, string, string, string])[] = [
  ["a search warrant with everything", "federalCourt search judge yes yes yes yes yes", "complete", "search"],
  ["a State court's search warrant", "stateCourt search judge yes yes yes yes yes", "complete", "search"],
  ["a search warrant for another address", "federalCourt search judge no yes yes yes yes", "defective", "defective"],
  [
    "a search warrant whose last day has passed",
    "federalCourt search judge yes no yes yes yes",
    "defective",
    "defective",
  ],
  [
    "a search warrant without hours that can be read",
    "federalCourt search judge yes yes unsure yes yes",
    "unclear",
    "unclear",
  ],
  [
    "a search warrant, something amiss and something unsure",
    "federalCourt search judge unsure yes yes yes no",
    "defective",
    "defective",
  ],
  ["a search warrant that a clerk signed", "federalCourt search clerk", "unclear", "unclear"],
  ["a search warrant that nobody signed", "federalCourt search nobody", "defective", "defective"],
  ["an arrest warrant with everything", "federalCourt arrest judge yes yes", "complete", "arrest"],
  ["an arrest warrant that a clerk signed", "stateCourt arrest clerk", "unclear", "unclear"],
  ["an arrest warrant of an officer", "federalCourt arrest officer", "defective", "defective"],
  ["an order", "stateCourt order judge yes yes yes", "complete", "order"],
  ["an order that only asks", "stateCourt order judge no yes yes", "defective", "defective"],
  ["a paper of another State's court", "other court judge yes yes yes", "complete", "order"],
  ["a court's subpoena", "federalCourt subpoena judge yes", "complete", "subpoena"],
  ["a court's subpoena that a clerk signed", "federalCourt subpoena clerk", "unclear", "subpoena"],
  ["a court's subpoena with pages missing", "federalCourt subpoena judge no", "defective", "subpoena"],
  ["an I-200", "agency arrest officer", "notJudicial", "agency"],
  ["an I-200 that nobody signed", "agency arrest nobody", "notJudicial", "agency"],
  ["an I-200 that seems to have a judge's name", "agency arrest judge", "unclear", "unclear"],
  ["an I-205", "agency removal officer", "notJudicial", "agency"],
  ["a detainer", "agency detainer officer", "notJudicial", "agency"],
  ["an agency's subpoena", "agency subpoena officer", "notJudicial", "subpoena"],
  ["an immigration judge's order", "agency other judgeOrder officer", "notJudicial", "agency"],
  ["an immigration judge's order, taken for a judge's", "agency other judgeOrder judge", "unclear", "unclear"],
  ["a Notice to Appear", "agency other notice officer", "notJudicial", "agency"],
  ["a form to sign", "other letter nobody", "notJudicial", "other"],
  ["a paper nobody could place", "unsure judge", "unclear", "unclear"],
];
test.each(papers)("%s", (_name, answers, verdict, route) => {
  const seen = answers
    .split(" ")
    .reduce<Seen>((so, answer) => [...so, { question: nextLook(look, instruments, so) ?? "nothing", answer }], []);
  expect(seen.map(({ question }) => question)).not.toContain("nothing");
  expect(conclude(look, instruments, seen)).toMatchObject({ verdict, route });
});

describe("an instrument of any make, not only those that ship", () => {
  const makes = families.flatMap((family) =>
    routes.map((route): Instrument => ({ family, route, forms: [], findings: ["a", "b"], signers: [...signers] })),
  );
  const found: readonly (readonly Finding[])[] = [
    [],
    ...findings.map((one) => [one]),
    ...findings.flatMap((one) => findings.map((two) => [one, two])),
  ];
  const every = makes.flatMap((kind) =>
    signers.flatMap((signer) => found.map((list) => ({ kind, signer, list, verdict: verdictOf(kind, signer, list) }))),
  );

  test("only a court's paper is ever complete or defective", () => {
    const wrong = every.filter(
      ({ kind, verdict }) => kind.family !== "court" && (verdict === "complete" || verdict === "defective"),
    );
    expect(wrong).toEqual([]);
  });
  test("no doubt of any kind is ever complete", () => {
    const doubts = every.filter(
      ({ signer, list }) => signer === "clerk" || signer === "unsure" || list.includes("unsure") || list.includes("no"),
    );
    expect(doubts.filter(({ verdict }) => verdict === "complete")).toEqual([]);
  });
  test("a signer that its form does not foresee is amiss on a court's paper", () => {
    const strict: Instrument = { family: "court", route: "order", forms: [], findings: [], signers: ["judge"] };
    expect(signers.map((signer) => [signer, verdictOf(strict, signer, [])])).toEqual([
      ["judge", "complete"],
      ["clerk", "unclear"],
      ["officer", "defective"],
      ["nobody", "defective"],
      ["unsure", "unclear"],
    ]);
  });
  test("the route is its own, the one for doubt, or the one for something amiss", () => {
    const wrong = every.filter(({ kind, verdict }) => routeOf(kind, verdict) !== expectedRoute(kind.route, verdict));
    expect(wrong).toEqual([]);
  });
});
