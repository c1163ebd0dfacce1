import * as fc from "fast-check";
import { type Unknown, unknowns } from "../../src/core/field.ts";
import type { Question } from "../../src/core/question.ts";
import type { Screen } from "../../src/shell/prompter.ts";

// Questions as the engine makes them, for the desk to ask. None of the words are a protocol's.

const why = [
  {
    cite: "City Code 1-2",
    says: "Staff may ask for a judge's paper.",
    mark: "P",
    link: "https://example.org/code",
    read: "2026-11-20",
  },
  { cite: "A guide", says: "It says the same.", mark: "S", link: "https://example.org/guide", read: "2026-11-21" },
] as const;
const contacts = [
  { role: "supervisor", label: "Shift supervisor", words: "212-555-0142" },
  { role: "counsel", label: "Legal office", words: "212-555-0177" },
];

export const live: Question = {
  step: "doing",
  phase: "live",
  isLive: true,
  say: "I am not authorized to let you past this point. I am calling our legal office.",
  do: ["Stay at the desk. Call the shift supervisor: 212-555-0142."],
  never: "Do not touch or block anyone.",
  ask: "What are they doing?",
  choices: [
    { id: "waiting", label: "Waiting" },
    { id: "paper", label: "Showing a paper" },
    { id: "emergency", label: "Saying it is an emergency" },
    { id: "other", label: "Something else" },
  ],
  why: [...why],
  contacts,
  canGoBack: true,
};

/** The most that a protocol may put on one screen. */
export const biggest: Question = {
  ...live,
  step: "biggest",
  say: "We are not authorized to let you go past this point. Our legal office is being called, and it will speak to you. Please wait outside by the door until it does so.".padEnd(
    160,
    ".",
  ),
  do: [
    "Call the shift supervisor: 212-555-0142. If nobody answers, call the legal office: 212-555-0177.",
    "Stay behind the desk. Keep your hands where they can see them, and speak slowly and calmly.",
    "Write down what they say in their own words, and the time, as soon as you can do so.",
  ],
  ask: "What are they doing now, as far as you can see it from where you are standing?",
  choices: [
    ...live.choices.slice(0, 3),
    { id: "past", label: "Going past you" },
    { id: "other", label: "Something else" },
  ],
};

/** A screen in Spanish, as long as its words may be, with the same in English and words for people nearby. */
export const spanish: Question = {
  ...live,
  step: "espera",
  say: "No tengo autorización para dejarles pasar de aquí. Estoy llamando a nuestra oficina legal. Por favor, esperen afuera, junto a la puerta, hasta que les responda la oficina.",
  inEnglish:
    "I am not authorized to let you past this point. I am calling our legal office. Please wait outside, by the door, until the office answers you.",
  nearby: "Por favor, dejen libre el paso. Les ayudaremos lo antes posible.",
  do: [
    "Quédese en la recepción. Llame a su supervisora de turno: 212-555-0142.",
    "Hable despacio y con calma. No discuta con nadie.",
  ],
  never: "No toque a nadie ni le cierre el paso.",
  ask: "¿Qué están haciendo los agentes?",
  choices: [
    { id: "waiting", label: "Esperan o hablan conmigo" },
    { id: "paper", label: "Me muestran un papel" },
    { id: "emergency", label: "Dicen que es una emergencia" },
    { id: "other", label: "Otra cosa" },
  ],
};

export const after: Question = {
  ...withoutLive(live),
  step: "after",
  say: "Good day.",
  do: [],
  ask: "Have they gone?",
};

function withoutLive({ never: _never, ...question }: Question): Question {
  return { ...question, phase: "record", isLive: false };
}

/** A question for a field of `kind`, in the record phase unless told. */
export function typed(
  kind: NonNullable<Question["field"]>["kind"],
  more: Partial<Question> & { left?: number; unknowns?: readonly Unknown[] } = {},
): Question {
  const { left = 1, unknowns = ["refused", "hid", "notKnown"], ...rest } = more;
  const choices =
    kind === "choice"
      ? [
          { id: "yes", label: "Yes" },
          { id: "no", label: "No" },
        ]
      : [];
  const { say: _say, ...quiet } = withoutLive(live);
  return {
    ...quiet,
    step: "agents",
    do: [],
    ask: "What did you see?",
    choices,
    field: { id: "seen", kind, unknowns, left },
    ...rest,
  };
}

export function screenOf(question: Question, more: Partial<Screen> = {}): Screen {
  return { question, title: "Maple Street Shelter", openedAt: 0, writtenAt: "14:03:22", banner: [], ...more };
}

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 60 }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
  fc.constantFrom(
    "\u001b[31mred\u001b[0m",
    "a\rb",
    "\u202eevil",
    "好的，请等一下",
    "مرحبا",
    "👩‍👩‍👧 family",
    "\u009b2J",
  ),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Any question at all, with text that nobody would wish on a terminal. */
export const anyScreen: fc.Arbitrary<Screen> = fc
  .record({
    step: fc.constantFrom("one", "two"),
    isLive: fc.boolean(),
    say: maybe(text),
    inEnglish: maybe(text),
    nearby: maybe(text),
    todo: fc.array(text, { maxLength: 3 }),
    never: maybe(text),
    ask: text,
    labels: fc.array(text, { maxLength: 6 }),
    kind: maybe(fc.constantFrom("text", "quote", "count", "time", "file", "choice")),
    unknowns: fc.subarray([...unknowns]),
    left: fc.integer({ min: 1, max: 5 }),
    canGoBack: fc.boolean(),
    cites: fc.array(text, { maxLength: 3 }),
    title: text,
    mark: maybe(text),
    banner: fc.array(text, { maxLength: 3 }),
    writtenAt: maybe(text),
  })
  .map(
    ({
      say,
      inEnglish,
      nearby,
      todo,
      never,
      labels,
      kind,
      unknowns,
      left,
      cites,
      title,
      mark,
      banner,
      writtenAt,
      step,
      isLive,
      ask,
      canGoBack,
    }) => ({
      question: {
        step,
        phase: isLive ? "live" : "record",
        isLive,
        ...(say !== undefined && { say }),
        ...(inEnglish !== undefined && { inEnglish }),
        ...(nearby !== undefined && { nearby }),
        do: todo,
        ...(never !== undefined && { never }),
        ask,
        choices: kind === undefined || kind === "choice" ? labels.map((label, at) => ({ id: `c${at}`, label })) : [],
        ...(kind !== undefined && { field: { id: "f", kind, unknowns, left } }),
        why: cites.map((cite) => ({ cite, says: cite, mark: "K" as const, link: cite, read: "2026-11-20" })),
        contacts: cites.map((words) => ({ role: "r", label: words, words })),
        canGoBack,
      },
      title,
      ...(mark !== undefined && { mark }),
      banner,
      ...(writtenAt !== undefined && { writtenAt }),
      openedAt: 0,
    }),
  );
