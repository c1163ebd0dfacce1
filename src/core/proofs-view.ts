import { compile, type Parts, type Place, placeName, withOff, wordsFor } from "./compile.ts";
import { waysOut } from "./ways.ts";
import { fill } from "./fill.ts";
import { type Protocol, RETURN, type Step } from "./protocol.ts";
import type { Setting, Trait } from "./settings.ts";

// What the proofs look at: a protocol in one place, every way through it, and every text on its screens, each with the
// keys where it stands in the files.

export type Keys = readonly (string | number)[];

/** One way out of a step, or into the graph: "start.here", "start.request", "key.danger", "key.entered". */
export type Way = {
  readonly step: string;
  readonly answer: string;
  readonly to: string;
  readonly sets?: Readonly<Record<string, string>>;
  readonly path: Keys;
};

/** One text of a step, filled as it is where a site has set nothing. */
export type Text = {
  readonly kind: "say" | "nearby" | "do" | "ask" | "answer";
  /** How a sentence about a fault names it. */
  readonly what: string;
  readonly text: string;
  /** The words before they are filled. */
  readonly raw: string;
  readonly path: Keys;
  /** True for an answer that writes into the record. */
  readonly reports: boolean;
};

/** A protocol in one place; `steps` are those of `protocol`, in the order of the file. */
export type View = {
  readonly parts: Parts;
  readonly name: string;
  readonly protocol: Protocol;
  readonly steps: readonly Step[];
  readonly ways: readonly Way[];
  readonly waysFrom: ReadonlyMap<string, readonly Way[]>;
  /** Where the desk begins, and a request from afar. */
  readonly starts: readonly string[];
  readonly keys: readonly string[];
  readonly aside: ReadonlySet<string>;
  readonly texts: (id: string) => readonly Text[];
};

/** A place with its protocol as it is shown, and with the steps that wait for counsel shown too. */
export type PlaceView = {
  /** With the steps that wait for counsel. */
  readonly whole: View;
  /** As it is shown, where that is something else. */
  readonly shown?: View;
  /** Steps whose words or ways are not those of the setting alone. */
  readonly own: readonly Step[];
  /** True where a way is not that of the setting alone. */
  readonly hasWays: boolean;
};

/** What the proofs look at in a place; undefined where its traits change nothing of what its setting has. */
export function viewOf(parts: Parts, place: Place): PlaceView | undefined {
  const { graph, words } = parts;
  const { traits = [] } = place;
  const varies = (id: string): boolean =>
    traits.some(
      (trait) => graph.variants?.[trait]?.[id] !== undefined || graph.steps[id]?.only?.includes(trait) === true,
    );
  const own = Object.keys(graph.steps).filter(
    (id) => traits.length === 0 || varies(id) || traits.some((trait) => words.steps[id]?.[trait] !== undefined),
  );
  if (own.length === 0) return undefined;
  const whole = oneView(withOff(parts), place);
  return {
    whole,
    ...((graph.off ?? []).length > 0 && { shown: oneView(parts, place, whole.texts) }),
    own: whole.steps.filter(({ id }) => own.includes(id)),
    hasWays: traits.length === 0 || own.some(varies),
  };
}

function oneView(parts: Parts, place: Place, known?: View["texts"]): View {
  const own = [place.setting, ...(place.traits ?? [])];
  const protocol = compile({ ...parts, ...UNSEEN }, place);
  const steps = Object.values(protocol.steps);
  const waysFrom = new Map(steps.map((step) => [step.id, waysOf(parts, own, step)]));
  const { start, request, interrupts } = parts.graph;
  const texts = new Map<string, readonly Text[]>();
  return {
    parts,
    name: placeName(place),
    protocol,
    steps,
    ways: [...waysFrom.values()].flat(),
    waysFrom,
    starts: request === undefined ? [start] : [start, request],
    keys: [interrupts.danger, interrupts.entered],
    aside: new Set(steps.map(({ id }) => id).filter((id) => isAside(parts, own, id))),
    texts:
      known ??
      ((id) => {
        const step = protocol.steps[id];
        const found = texts.get(id) ?? (step ? textsOf(parts, own, protocol, step) : []);
        texts.set(id, found);
        return found;
      }),
  };
}

/** What no proof about a place looks at, and so need not be compiled. */
const UNSEEN = { fields: {}, instruments: {}, look: { start: "", questions: {} } };

function isAside({ graph }: Parts, own: readonly (Setting | Trait)[], id: string): boolean {
  return graph.steps[id]?.aside === true || own.some((place) => graph.variants?.[place]?.[id]?.["aside"] === true);
}

function waysOf({ graph }: Parts, own: readonly (Setting | Trait)[], step: Step): readonly Way[] {
  const key = step.kind === "ask" ? "answers" : "next";
  const varied = own.findLast((place) => graph.variants?.[place]?.[step.id]?.[key] !== undefined);
  const path = [...(varied === undefined ? ["steps"] : ["variants", varied]), step.id, key];
  return waysOut(step).map(([answer, to]) => {
    const sets = step.kind === "ask" ? step.answers.find(({ id }) => id === answer)?.sets : undefined;
    const isOnly = step.kind === "tell" || step.kind === "record";
    return { step: step.id, answer, to, ...(sets && { sets }), path: isOnly ? path : [...path, answer] };
  });
}

/** The ways into the graph that no step leads. */
export function entrances({ graph }: Parts): readonly Way[] {
  const { start, request, interrupts } = graph;
  return [
    { step: "start", answer: "here", to: start, path: ["start"] },
    ...(request === undefined ? [] : [{ step: "start", answer: "request", to: request, path: ["request"] }]),
    { step: "key", answer: "danger", to: interrupts.danger, path: ["interrupts", "danger"] },
    { step: "key", answer: "entered", to: interrupts.entered, path: ["interrupts", "entered"] },
  ];
}

/** `answer "gave" of step "ask_id"`: a way as a sentence begins with it. */
export function wayName({ step, answer }: Way): string {
  return `answer "${answer}" of step "${step}"`;
}

/** Where the ways from a step lead, but for the way back to where an interrupt was called. */
export function onward({ waysFrom }: View, id: string): readonly string[] {
  return (waysFrom.get(id) ?? []).map(({ to }) => to).filter((to) => to !== RETURN);
}

function textsOf(parts: Parts, own: readonly (Setting | Trait)[], protocol: Protocol, step: Step): readonly Text[] {
  const { words } = parts;
  const { id } = step;
  const whole = wordsFor(words, own, id);
  const blocks = own.map((place) => [place, words.steps[id]?.[place]] as const);
  /** The block that has the last word. */
  const base = (has: (block: (typeof blocks)[number][1]) => boolean): Keys => {
    const place = blocks.findLast(([, block]) => has(block))?.[0];
    return place === undefined ? ["steps", id] : ["steps", id, place];
  };
  const text = (kind: Text["kind"], what: string, raw: string, path: Keys, reports = false): Text => ({
    kind,
    what,
    text: fill(raw, protocol.values, { number: SAMPLE_NUMBER }),
    raw,
    path,
    reports,
  });
  const one = (kind: "say" | "nearby" | "ask", what: string): readonly Text[] =>
    whole[kind] === undefined
      ? []
      : [text(kind, what, whole[kind], [...base((block) => block?.[kind] !== undefined), kind])];
  const lines = base((block) => block?.do !== undefined);
  return [
    ...one("say", `what step "${id}" says`),
    ...one("nearby", `what step "${id}" says to people nearby`),
    ...(whole.do ?? []).map((line, i) =>
      text("do", `line ${i + 1} of what to do in step "${id}"`, line, [...lines, "do", i]),
    ),
    ...one("ask", `what step "${id}" asks`),
    ...Object.entries(whole.answers ?? {}).map(([answer, label]) =>
      text(
        "answer",
        `answer "${answer}" of step "${id}"`,
        label,
        [...base((block) => block?.answers?.[answer] !== undefined), "answers", answer],
        step.kind === "ask" && step.answers.some((each) => each.id === answer && each.sets !== undefined),
      ),
    ),
  ];
}

/** As long as every number of a record is. */
const SAMPLE_NUMBER = "2026-1123-K7QF";
