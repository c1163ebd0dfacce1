import { fill } from "./fill.ts";
import { OWN_PLACEHOLDERS, type Phase, phases, type Protocol, type Step } from "./protocol.ts";
import { entranceSteps, type Walked, walkOrder, waysOut } from "./ways.ts";

// A protocol as what can be drawn of it, or read as lines: one box a step, one arrow an answer. Where boxes stand on the
// paper is not decided here.

/** `never` stands over the whole: what is forbidden on every live screen. */
export type Chart = {
  readonly title: string;
  readonly never: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
};

/** A line in a box: read aloud, and in quotes; what to do; what is asked; what is written down. */
export type Line = { readonly tone: "say" | "do" | "ask" | "write"; readonly words: string };

/** A step. Its lines are wrapped to be `boxRoom` wide at most, those of one tone after the other. */
export type Box = {
  readonly id: string;
  readonly number: number;
  readonly kind: Step["kind"];
  readonly phase: Phase;
  readonly lines: readonly Line[];
  readonly isStart: boolean;
  readonly isKey: boolean;
};

/**
 * An answer. `to` is a box, or `RETURN`. `isBack`: to a box that a walk from the start comes to sooner, or to an earlier
 * phase.
 */
export type Arrow = { readonly from: string; readonly to: string; readonly label: string; readonly isBack?: boolean };

/** The room for words in a box, in ems of what is read aloud, and the size of the other words. */
export const boxRoom = 18;
export const MORE = 0.9;
const labelColumns = 28;
const textColumns = 100;

/** Boxes in the order of their numbers, arrows in the order of the answers of each. A step that nothing leads to is not drawn. */
export function chartOf(protocol: Protocol): Chart {
  const walked = walkOrder(protocol);
  const numbers = numbersOf(walked);
  const { start, request, danger, entered } = entranceSteps(protocol);
  const depths = new Map(walked.map(({ step, depth }) => [step.id, depth]));
  return {
    title: titleOf(protocol),
    never: protocol.never,
    boxes: walked.map(({ step }) => ({
      id: step.id,
      number: numbers.get(step.id) ?? 0,
      kind: step.kind,
      phase: step.phase,
      lines: linesOf(protocol, step),
      isStart: [start, request].includes(step.id),
      isKey: [danger, entered].includes(step.id),
    })),
    arrows: walked.flatMap(({ step, depth }) =>
      answersOf(protocol, step).map(({ label, to }) => {
        const target = protocol.steps[to];
        const isBack =
          target !== undefined &&
          ((depths.get(to) ?? 0) < depth || phases.indexOf(target.phase) < phases.indexOf(step.phase));
        return { from: step.id, to, label: shorten(label, labelColumns), ...(isBack && { isBack }) };
      }),
    ),
  };
}

/** The same as lines of text, numbered in the order of a walk from the start, with all words in full. At most 100 columns wide. */
export function chartText(protocol: Protocol): string {
  const walked = walkOrder(protocol);
  const numbers = numbersOf(walked);
  const wide = String(walked.length).length;
  const { start, request, danger, entered } = entranceSteps(protocol);
  const indent = " ".repeat(wide + 2);
  const part = (first: string, words: string): readonly string[] =>
    wrap(words, textColumns - indent.length - first.length).map(
      (line, i) => indent + (i === 0 ? first : " ".repeat(first.length)) + line,
    );
  const lines = walked.flatMap(({ step }) => {
    const about = [
      step.phase,
      step.kind,
      ...([start, request].includes(step.id) ? ["start"] : []),
      ...([danger, entered].includes(step.id) ? ["key"] : []),
    ];
    const number = String(numbers.get(step.id)).padStart(wide);
    return [
      "",
      ...wrap(`${step.id} (${about.join(", ")})`, textColumns - indent.length).map(
        (line, i) => (i === 0 ? `${number}  ` : indent) + line,
      ),
      ...(step.say === undefined ? [] : part("", shown(protocol, quoted(step.say)))),
      ...step.do.flatMap((words) => part("- ", shown(protocol, words))),
      ...part("", shown(protocol, step.ask)),
      ...part("", fieldsOf(protocol, step)),
      ...answersOf(protocol, step).flatMap(({ label, to }, i) =>
        part(`  ${String.fromCodePoint(97 + i)}) `, `${label} -> ${numbers.get(to) ?? ""} ${to}`.trim()),
      ),
    ];
  });
  return `${[...wrap(titleOf(protocol), textColumns), ...wrap(protocol.never, textColumns), ...lines].join("\n")}\n`;
}

function titleOf({ title, id, version, setting }: Protocol): string {
  return `${title} · ${id} ${version} · ${setting}`;
}

function numbersOf(walked: readonly Walked[]): ReadonlyMap<string, number> {
  return new Map(walked.map(({ step }, i) => [step.id, i + 1]));
}

/** What is read aloud; what to do only where there is nothing to say; what is asked; what is written down. */
function linesOf(protocol: Protocol, step: Step): readonly Line[] {
  const lines = (tone: Line["tone"], words: string): readonly Line[] =>
    wrap(shown(protocol, words), boxRoom / (tone === "say" ? 1 : MORE) / (tone === "ask" ? BOLD : 1), measure).map(
      (line) => ({ tone, words: line }),
    );
  return [
    ...(step.say === undefined ? step.do.flatMap((words) => lines("do", words)) : lines("say", quoted(step.say))),
    ...lines("ask", step.ask),
    ...lines("write", fieldsOf(protocol, step)),
  ];
}

/** Whom to call is a role here, and what an encounter fills is left blank: the chart is of the protocol, not of a site. */
function shown({ roles, values }: Protocol, words: string): string {
  const own = Object.fromEntries(OWN_PLACEHOLDERS.map((name) => [name, "____"]));
  return fill(words, Object.fromEntries(roles.map(({ id, label }) => [`contact.${id}`, label])), values, own);
}

function fieldsOf({ fields }: Protocol, step: Step): string {
  if (step.kind !== "record") return "";
  return step.fields
    .map((id) => fields[id]?.label ?? id)
    .filter((label) => label !== "")
    .join("; ");
}

function answersOf(protocol: Protocol, step: Step): readonly { readonly label: string; readonly to: string }[] {
  return waysOut(step).map(([answer, to]) => ({ label: shown(protocol, labelOf(step, answer)), to }));
}

/** The answer's words; the route itself after an examine step, whose branches have no words; none after a record step. */
function labelOf(step: Step, answer: string): string {
  switch (step.kind) {
    case "tell":
      return step.done;
    case "ask":
      return step.answers.find(({ id }) => id === answer)?.label ?? "";
    case "call":
      return answer === "reached" ? step.reached : step.unreached;
    case "examine":
      return answer;
    case "record":
    case "end":
      return "";
  }
}

function quoted(words: string): string {
  return `“${words}”`;
}

const lengthOf = (words: string): number => Array.from(words).length;

/** Lines no wider than `room`, as `widthOf` has it. A word that is wider is broken; no words are no lines. */
function wrap(words: string, room: number, widthOf: (words: string) => number = lengthOf): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words.split(/\s+/).filter((word) => word !== "")) {
    if (line !== "" && widthOf(`${line} ${word}`) <= room) {
      line += ` ${word}`;
      continue;
    }
    if (line !== "") lines.push(line);
    line = "";
    for (const letter of word) {
      if (line !== "" && widthOf(line + letter) > room) {
        lines.push(line);
        line = "";
      }
      line += letter;
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** The words, or as many whole ones as fit before "…". */
function shorten(words: string, columns: number): string {
  if (lengthOf(words) <= columns) return words;
  const [first = ""] = wrap(words, columns - 1);
  return `${first.replace(/[\s,;:.·-]+$/, "")}…`;
}

const widths: readonly (readonly [number, string])[] = [
  [0.32, " .,'’·ijlIJ"],
  [0.42, "f:;/\\|-()[]t!r"],
  [0.54, '*_`s“”"?z'],
  [0.62, "cLFkvxyPTYaoe"],
  [0.7, "hnuSbdgpqEKAVXZBRC$0123456789{}"],
  [0.79, "UNHDG&OQ"],
  [0.84, "w#+<=>^~"],
];
const widthOf = new Map(
  widths.flatMap(([width, letters]) => Array.from(letters, (letter) => [letter, width] as const)),
);

/** How much wider bold letters are. */
export const BOLD = 1.16;

/** How wide words are at most, in ems: as in DejaVu Sans, the widest of the usual fonts. Accents take no room of their own. */
export function measure(words: string): number {
  let width = 0;
  for (const letter of words.normalize("NFD").replace(/\p{M}/gu, "")) width += widthOf.get(letter) ?? 1;
  return width;
}
