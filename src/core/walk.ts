import * as z from "zod";
import type { Standing } from "./approval.ts";
import { fill } from "./fill.ts";
import { conclude, nextLook, type Looked, type Seen, SIGNER, type Verdict, verdicts } from "./instrument.ts";
import { facts, heading, paragraph, type Row, subheading } from "./paperwork.ts";
import { asShown, forTraits, phases, type Protocol, RETURN, type Source, type Step, withWaiting } from "./protocol.ts";
import { type Route, routes } from "./routes.ts";
import { type Trait, traits } from "./settings.ts";
import type { Block, Sheet } from "./sheet-blocks.ts";
import { type Entrance, entranceSteps, entrances, type Walked, walkOrder, waysOut } from "./ways.ts";
import { keyed } from "./words.ts";

// A numbered walk through every answer of a protocol, for counsel to read, sign and date. Every word that the protocol
// shows to staff stands in it, because what is signed is all of it: the hash of the whole.

const list = (length: number) => z.array(z.string().min(1)).length(length);

/** Words of the walk, in `templates/words/<language>.yaml` under `protocol.walk`. */
export const WalkWords = z.strictObject({
  ...keyed("title", "header", "footer", "page", "protocol", "setting", "language", "hash", "day", "counts").shape,
  ...keyed("howTitle", "howNumbers", "howKeys", "howSources", "howLaw").shape,
  ...keyed("wordsTitle", "never", "roles", "standIns", "step", "partTrait", "partOff", "comeFrom", "call").shape,
  ...keyed("sayAgents", "sayAsker", "sayPhone", "sayNearby", "do", "ask", "each").shape,
  ...keyed("goesOn", "goesBack", "goesEnd", "outcome", "sets", "recorded", "restsOn", "source").shape,
  ...keyed("withheld", "when", "unknown", "otherTitle", "sourcesTitle").shape,
  ...keyed("lookPaper", "papers", "verdict", "ifNo", "ifUnsure").shape,
  ...keyed("signTitle", "signSays", "signName", "signOffice", "signature", "signDate", "signAgain", "signLine").shape,
  approval: keyed("approved", "overdue", "changed", "unapproved"),
  parts: keyed("start", "request", "danger", "entered"),
  from: keyed("start", "request", "danger", "entered"),
  phases: keyed(...phases),
  kinds: keyed("tell", "ask", "record", "call", "examine", "end"),
  traits: keyed(...traits),
  routes: keyed(...routes),
  lookHead: list(3),
  paperHead: list(3),
  fieldHead: list(3),
  fieldKinds: keyed("text", "quote", "count", "time", "file"),
  levels: keyed("must", "should"),
  sourceHead: list(3),
  signHead: list(2),
});
export type WalkWords = z.infer<typeof WalkWords>;

/** One answer. `to` is the number of the step where it goes on, or RETURN; undefined where the record ends. */
export type WalkAnswer = {
  readonly number: string;
  readonly id: string;
  /** Missing where nobody is asked: after a record step, and for the routes of a paper. */
  readonly label?: string;
  readonly to: string | undefined;
  readonly sets: Readonly<Record<string, string>>;
};

export type WalkStep = {
  readonly number: string;
  readonly step: Step;
  /** Under which way in it is first come to. */
  readonly part: Entrance;
  /** Only in places with this trait: the step is changed there, or added. */
  readonly trait?: Trait;
  /** True for what is written and not shown: it waits for counsel. */
  readonly isOff?: boolean;
  /** The ways in that lead here themselves. */
  readonly entrances: readonly Entrance[];
  /** The numbers of the answers that lead here. */
  readonly from: readonly string[];
  readonly answers: readonly WalkAnswer[];
};

/**
 * Every step that can be come to, each once, in the order of a walk breadth first from each way in: the start, the start
 * for a request, the two keys. Then, for each trait of a place, the steps that it changes ("12a") or adds, and last what
 * waits for counsel ("12z"). Numbers are
 * the same for the same graph, whatever its words and however its files are sorted.
 */
export function walkOf(protocol: Protocol): readonly WalkStep[] {
  const plain = forTraits(protocol);
  const base = walkOrder(asShown(plain)).map(({ step }) => step.id);
  const inPlace = (place: Protocol, differs: object, letter: string): readonly WalkStep[] => {
    const found = walkOrder(asShown(place));
    const all = [...base, ...found.map(({ step }) => step.id).filter((id) => !base.includes(id))];
    const isOwn = (id: string) => Object.values(differs).some((steps) => id in steps);
    const numbers = new Map(all.map((id, i) => [id, `${i + 1}${isOwn(id) ? letter : ""}`]));
    return walked(place, found, numbers).filter(({ step }) => isOwn(step.id));
  };
  const ofTraits = traits.flatMap((trait, i) =>
    inPlace(forTraits(protocol, [trait]), protocol.traits?.[trait] ?? {}, String.fromCodePoint(97 + i)).map((each) => ({
      ...each,
      trait,
    })),
  );
  const waiting = inPlace(withWaiting(protocol), protocol.off ?? {}, "z").map((each) => ({ ...each, isOff: true }));
  return [...inPlace(plain, { steps: plain.steps }, ""), ...ofTraits, ...waiting];
}

/** The number of each step, by its id. */
type Numbers = ReadonlyMap<string, string>;

function walked(protocol: Protocol, found: readonly Walked[], numbers: Numbers): readonly WalkStep[] {
  const roots = entranceSteps(protocol);
  const answered = found.map(({ step }) => answersOf(step, numbers));
  const every = answered.flat();
  return found.map(({ step, part }, i) => {
    const number = numbers.get(step.id) ?? step.id;
    return {
      number,
      step,
      part,
      entrances: entrances.filter((entrance) => roots[entrance] === step.id),
      from: every.filter(({ to }) => to === number).map((answer) => answer.number),
      answers: answered[i] ?? [],
    };
  });
}

function answersOf(step: Step, numbers: Numbers): readonly WalkAnswer[] {
  const ways: readonly (readonly [string, string?])[] = step.kind === "end" ? [["done"]] : waysOut(step);
  const given = step.kind === "ask" ? step.answers : [];
  return ways.map(([id, to], i) => {
    const label = labelOf(step, id);
    return {
      number: `${numbers.get(step.id) ?? step.id}.${i + 1}`,
      id,
      ...(label !== undefined && { label }),
      to: to === undefined ? to : (numbers.get(to) ?? to),
      sets: given[i]?.sets ?? {},
    };
  });
}

function labelOf(step: Step, answer: string): string | undefined {
  if (step.kind === "ask") return step.answers.find(({ id }) => id === answer)?.label;
  if (step.kind === "call") return answer === "reached" ? step.reached : step.unreached;
  return step.kind === "tell" || step.kind === "end" ? step.done : undefined;
}

// ---- on paper ----

type Job = {
  readonly protocol: Protocol;
  readonly words: WalkWords;
  readonly sure: Readonly<Record<Source["mark"], string>>;
  readonly walk: readonly WalkStep[];
  /** Numbers of the sources, in the order in which the walk comes to them. */
  readonly sources: ReadonlyMap<string, string>;
};

/** The walk as a sheet. `sure`: how sure a source is, in words. `day`: when it is printed, YYYY-MM-DD. */
export function walkSheet(
  whole: Protocol,
  words: WalkWords,
  sure: Job["sure"],
  about: { readonly hash: string; readonly day: string; readonly approval: Standing },
): Sheet {
  const protocol = asShown(whole);
  const walk = walkOf(whole);
  const named = [...new Set(walk.flatMap(({ step }) => step.why))];
  const job = { protocol, words, sure, walk, sources: new Map(named.map((id, i) => [id, `S${i + 1}`])) };
  const { id, version, setting, language, title } = protocol;
  const names = { id, version, setting, language, title };
  const standing = fill(
    words.approval[about.approval.state],
    about.approval.state === "unapproved" ? {} : about.approval,
  );
  const identity = [
    { label: words.protocol, value: `${title} (${id} ${version})` },
    { label: words.setting, value: setting },
    { label: words.language, value: language },
    { label: words.hash, value: grouped(about.hash) },
  ];
  return {
    title: fill(words.title, names),
    language,
    header: fill(words.header, names),
    footer: fill(words.footer, { hash: about.hash.slice(0, 8), standing }),
    pageWords: words.page,
    made: `${about.day}T00:00:00Z`,
    blocks: [
      paragraph(standing, "strong"),
      ...facts([...identity, { label: words.day, value: about.day }]),
      ...front(job),
      ...steps(job),
      ...unasked(job),
      ...restingOn(job),
      ...signOff(words, identity),
    ],
  };
}

/** In groups of eight, four to a line, to be read aloud. */
const grouped = (hash: string) => hash.replace(/.{32}(?=.)/, "$&\n").replace(/.{8}(?=.)/g, "$& ");

/** How to read it, and what belongs to no step: what is never done, whom there is to tell, what stands in for words of the site. */
function front({ protocol, words, walk, sources }: Job): readonly Block[] {
  const { danger, entered } = protocol.interrupts;
  const numberOf = (id: string) => walk.find(({ step }) => step.id === id)?.number ?? id;
  const answers = String(walk.flatMap((each) => each.answers).length);
  const counts = fill(words.counts, { steps: String(walk.length), answers, sources: String(sources.size) });
  const keys = fill(words.howKeys, { danger: numberOf(danger), entered: numberOf(entered) });
  return [
    heading(words.howTitle),
    { kind: "list", items: [counts, words.howNumbers, keys, words.howSources, words.howLaw] },
    heading(words.wordsTitle),
    ...facts([
      { label: words.never, value: protocol.never },
      { label: words.roles, value: protocol.roles.map(({ label }) => label).join("; ") },
    ]),
    paragraph(words.standIns),
    ...facts(Object.entries(protocol.values).map(([name, value]) => ({ label: `{${name}}`, value }))),
  ];
}

function steps(job: Job): readonly Block[] {
  const { words, walk } = job;
  const isFirstLook = (each: WalkStep) => walk.find(({ step }) => step.kind === "examine") === each;
  const titles = walk.map(({ part, trait, isOff }) => {
    if (isOff) return words.partOff;
    return trait === undefined ? words.parts[part] : fill(words.partTrait, { trait: words.traits[trait] });
  });
  return walk.flatMap((each, i) => {
    const { step, number } = each;
    const told = toldRows(job, each);
    const answers = each.answers.map((answer) => answerRow(job, each, answer));
    const between = [
      ...(step.kind === "record" ? fieldTable(job, step.fields, `${number}.`) : []),
      ...(isFirstLook(each) ? lookBlocks(job, each) : []),
    ];
    const name = { number, id: step.id, phase: words.phases[step.phase], kind: words.kinds[step.kind] };
    return [
      ...(titles[i] === titles[i - 1] ? [] : [heading(titles[i] ?? "")]),
      subheading(fill(words.step, name)),
      ...(between.length > 0 ? [...facts(told), ...between, ...facts(answers)] : facts([...told, ...answers])),
      ...restsOn(job, step.why),
    ];
  });
}

function toldRows({ protocol, words }: Job, { step, part, from, entrances: ways }: WalkStep): readonly Row[] {
  const spoken = part === "request" ? words.sayAsker : words.sayAgents;
  const rows: readonly (readonly [label: string, value: string | undefined])[] = [
    [words.comeFrom, [...ways.map((way) => words.from[way]), ...from].join(", ")],
    [words.each, step.kind === "record" ? eachLines(step) : undefined],
    [words.call, step.kind === "call" ? protocol.roles.find(({ id }) => id === step.role)?.label : undefined],
    [step.kind === "call" ? words.sayPhone : spoken, step.say && `“${step.say}”`],
    [words.sayNearby, step.nearby && `“${step.nearby}”`],
    [words.do, step.do.map((line) => `· ${line}`).join("\n")],
    [words.ask, step.ask],
  ];
  return rows.flatMap(([label, value]) => (value === undefined || value === "" ? [] : [{ label, value }]));
}

/** How the questions about each agent or paper begin, and what is asked after each agent. */
function eachLines({ each, more }: Extract<Step, { kind: "record" }>): string {
  if (each === undefined) return "";
  return each === "paper"
    ? more.paper.trim()
    : [more.agent.trim(), more.ask, `· ${more.another}`, `· ${more.done}`].join("\n");
}

function answerRow({ protocol, words }: Job, { step }: WalkStep, { id, number, label, to, sets }: WalkAnswer): Row {
  const way = to === undefined ? words.goesEnd : to === RETURN ? words.goesBack : fill(words.goesOn, { to });
  const lines = [
    label ?? (step.kind === "examine" ? words.routes[id as Route] : words.recorded),
    ...Object.entries(sets).map(([name, value]) => {
      const field = protocol.fields[name];
      return fill(words.sets, { field: field?.label ?? name, value: field?.choiceWords?.[value] ?? value });
    }),
    ...(step.kind === "end" ? [fill(words.outcome, { outcome: protocol.outcomes[step.outcome] ?? step.outcome })] : []),
  ];
  return { label: `${number}  ${way}`, value: lines.join("\n") };
}

/** The sources of a step by how sure we are of them; what they say stands once, at the end. */
function restsOn({ protocol, words, sure, sources }: Job, why: readonly string[]): readonly Block[] {
  const lines = [...Map.groupBy(why, (id) => protocol.sources[id]?.mark)].map(([mark, ids]) => {
    const cites = ids.map((id) => `${sources.get(id) ?? ""} ${protocol.sources[id]?.cite ?? id}`);
    return fill(words.restsOn, { sources: cites.join("; "), sure: mark === undefined ? "" : sure[mark] });
  });
  return lines.length === 0 ? [] : [paragraph(lines.join("\n"), "quiet")];
}

/** A, B, ... Z, AA: parts of a step that do not lead on by themselves. */
function letter(at: number): string {
  return `${at >= 26 ? letter(Math.floor(at / 26) - 1) : ""}${String.fromCodePoint(65 + (at % 26))}`;
}

function fieldTable({ protocol, words }: Job, ids: readonly string[], before: string): readonly Block[] {
  const wordsOf = (id: string, value: string) => protocol.fields[id]?.choiceWords?.[value] ?? value;
  const rows = ids.flatMap((id, i) => {
    const field = protocol.fields[id];
    if (field === undefined) return [];
    const { label, ask, when, kind, choices = [], unknowns = [], prints, level } = field;
    const holding = when?.is.map((value) => wordsOf(when.field, value)).join("; ") ?? "";
    const asked = [
      label,
      ask,
      when ? fill(words.when, { field: protocol.fields[when.field]?.label ?? when.field, values: holding }) : "",
      prints === "withheld" ? words.withheld : "",
    ];
    const values = kind === "choice" ? choices.map((choice) => wordsOf(id, choice)).join("; ") : words.fieldKinds[kind];
    const unknown = unknowns.map((each) => protocol.unknowns[each]).join("; ");
    const answered = [`${values} (${words.levels[level]})`, unknown && fill(words.unknown, { unknown })];
    const lines = [asked, answered].map((cell) => cell.filter((line) => line !== "").join("\n"));
    return [[`${before}${letter(i)}`, ...lines]];
  });
  return [{ kind: "table", head: words.fieldHead, widths: [1, 6, 6], rows }];
}

/** Fields that no screen asks for: an answer of another step writes them. Their words are read and printed all the same. */
function unasked(job: Job): readonly Block[] {
  const asked = new Set(job.walk.flatMap(({ step }) => (step.kind === "record" ? step.fields : [])));
  const left = Object.keys(job.protocol.fields).filter((id) => !asked.has(id));
  return left.length === 0 ? [] : [heading(job.words.otherTitle), ...fieldTable(job, left, "")];
}

/**
 * How a paper is looked at: every question, then what it adds up to, as the engine itself adds it up. Kinds of paper
 * that lead to the same are told once.
 */
function lookBlocks({ protocol, words }: Job, { number, answers }: WalkStep): readonly Block[] {
  const { look, instruments } = protocol;
  const order = lookOrder(protocol);
  const names = new Map(order.map((id, i) => [id, `${number}.${letter(i)}`]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const asked = (id: string) => `${nameOf(id)}  ${look.questions[id]?.ask ?? ""}`;
  const choices = (id: string) =>
    (look.questions[id]?.answers ?? []).map((choice, i) => ({ ...choice, name: `${nameOf(id)}${i + 1}` }));
  const isTree = (id: string) =>
    choices(id).some(({ next, instrument }) => next !== undefined || instrument !== undefined);
  const paper = (id: string) => instruments[id]?.name ?? id;
  const cell = (instrument: string, by: string): string => {
    const ends = outcomes(protocol, instrument, by).map(({ verdict, route }) => {
      const to = answers.find(({ id }) => id === route)?.number ?? route;
      return fill(words.verdict, { verdict: verdictName(verdict), to });
    });
    const [best = "", no = "", unsure = ""] = ends;
    return ends.length < 2
      ? best
      : [best, fill(words.ifNo, { so: no }), fill(words.ifUnsure, { so: unsure })].join("\n");
  };
  const signers = choices(SIGNER);
  const alike = Map.groupBy(Object.keys(instruments), (id) => JSON.stringify(signers.map((by) => cell(id, by.id))));
  return [
    ...order.filter(isTree).map((id): Block => {
      const rows = choices(id).map(({ name, label, next, instrument }) => [
        name,
        label,
        next === undefined
          ? fill(words.lookPaper, { paper: paper(instrument ?? ""), signer: nameOf(SIGNER) })
          : nameOf(next),
      ]);
      return { kind: "table", caption: asked(id), head: words.lookHead, widths: [1, 5, 5], rows };
    }),
    {
      kind: "table",
      caption: asked(SIGNER),
      head: [words.paperHead[0] ?? "", ...signers.map(({ name, label }) => `${name} ${label}`)],
      widths: [5, ...signers.map(() => 3)],
      rows: [...alike].map(([cells, ids]) => [ids.map(paper).join("; "), ...(JSON.parse(cells) as string[])]),
    },
    ...facts(verdicts.map((verdict) => ({ label: verdictName(verdict), value: protocol.verdicts[verdict] }))),
    {
      kind: "table",
      caption: words.papers,
      head: words.paperHead,
      widths: [4, 7, 2],
      rows: Object.values(instruments).map(({ name, about, forms, findings }) => [
        [name, ...forms].join(", "),
        about,
        findings.map(nameOf).join(", "),
      ]),
    },
    ...facts(
      order
        .filter((id) => id !== SIGNER && !isTree(id))
        .map((id) => ({
          label: asked(id),
          value: choices(id)
            .map(({ name, label }) => `${name}  ${label}`)
            .join("\n"),
        })),
    ),
  ];
}

const verdictName = (verdict: Verdict): string => `V${verdicts.indexOf(verdict) + 1}`;

/** The questions that tell what kind of paper it is, breadth first, then who signed it, then what else is looked for. */
function lookOrder({ look }: Protocol): readonly string[] {
  const tree = [look.start];
  for (const id of tree)
    for (const { next } of look.questions[id]?.answers ?? [])
      if (next !== undefined && !tree.includes(next)) tree.push(next);
  return [...new Set([...tree, SIGNER, ...Object.keys(look.questions)])];
}

/** What a paper signed by one of them adds up to: with all as it should be; then, where more is looked for, with a no and in doubt. */
function outcomes({ look, instruments }: Protocol, instrument: string, signer: string): readonly Looked[] {
  const leads = Object.entries(look.questions).flatMap(([question, { answers }]) =>
    answers.filter((answer) => answer.instrument === instrument).map(({ id }) => ({ question, answer: id })),
  );
  const first: Seen = [...leads.slice(0, 1), { question: SIGNER, answer: signer }];
  const isAll = nextLook(look, instruments, first) === undefined;
  return (isAll ? ["yes"] : ["yes", "no", "unsure"]).flatMap((answer) => {
    let seen = first;
    for (let next = nextLook(look, instruments, seen); next !== undefined; next = nextLook(look, instruments, seen))
      seen = [...seen, { question: next, answer }];
    return conclude(look, instruments, seen) ?? [];
  });
}

function restingOn({ protocol, words, sure, walk, sources }: Job): readonly Block[] {
  const rows = [...sources].flatMap(([id, number]) => {
    const source = protocol.sources[id];
    if (source === undefined) return [];
    const { cite, says, mark, read, link } = source;
    const resting = walk.filter(({ step }) => step.why.includes(id)).map((each) => each.number);
    return [[number, `${cite}\n${fill(words.source, { says, sure: sure[mark], read, link })}`, resting.join(", ")]];
  });
  return [heading(words.sourcesTitle), { kind: "table", head: words.sourceHead, widths: [1, 13, 4], rows }];
}

/** One row, which no page breaks: what is signed and the signature stay on one page. */
function signOff(words: WalkWords, identity: readonly Row[]): readonly Block[] {
  const lines = [words.signName, words.signOffice, words.signature, words.signDate, words.signAgain];
  const what = identity.map(({ label, value }) => `${label}\n${value}`).join("\n\n");
  const who = lines.map((label) => `${label}\n\n${words.signLine}`).join("\n\n");
  const rows = [[what, who]];
  return [
    heading(words.signTitle),
    { kind: "table", caption: words.signSays, head: words.signHead, widths: [1, 1], rows },
  ];
}
