import { describe, expect, test } from "vitest";
import { beginsWith, finder } from "../../src/core/phrases.ts";
import { proofs } from "../../src/core/proofs.ts";
import { shippedParts } from "../support/core-parts.ts";
import { type Case, provenBy, put, set, to } from "../support/proof-cases.ts";

// Words: what the proofs find in them, and how a phrase is found.

const long = "representative organization identification documentation";
const taught = (keys: string, text = "Then hide behind it."): readonly [string, unknown] => [keys, text];
const forbidden: readonly Case[] = [
  ...(
    [
      ["words", "steps waiting say", 'what step "waiting" says holds "hide" (hiding)'],
      ["words", "steps waiting nearby", 'what step "waiting" says to people nearby holds "hide" (hiding)'],
      ["words", "steps waiting do 1", 'line 2 of what to do in step "waiting" holds "hide" (hiding)'],
      ["words", "steps waiting ask", 'what step "waiting" asks holds "hide" (hiding)'],
      ["words", "steps waiting answers paper", 'answer "paper" of step "waiting" holds "hide" (hiding)'],
      ["words", "steps hold hospital do 0", 'line 1 of what to do in step "hold" holds "hide" (hiding)'],
      ["words", "steps stop_order private say", 'what step "stop_order" says holds "hide" (hiding)'],
      ["words", "title", 'title holds "hide" (hiding)'],
      ["words", "never", 'never holds "hide" (hiding)'],
      ["words", "roles lead", 'roles: lead holds "hide" (hiding)'],
      ["words", "outcomes closed", 'outcomes: closed holds "hide" (hiding)'],
      ["words", "values school area", 'values: school: area holds "hide" (hiding)'],
      ["record", "record given label", 'record: given: label holds "hide" (hiding)'],
      ["record", "record given ask", 'record: given: ask holds "hide" (hiding)'],
      ["record", "record given choices nothing", 'record: given: choices: nothing holds "hide" (hiding)'],
      ["record", "look top ask", 'look: top: ask holds "hide" (hiding)'],
      ["record", "look top answers agency", 'look: top: answers: agency holds "hide" (hiding)'],
      ["record", "instruments i200 name", 'instruments: i200: name holds "hide" (hiding)'],
      ["record", "instruments i200 about", 'instruments: i200: about holds "hide" (hiding)'],
      ["record", "verdicts unclear", 'verdicts: unclear holds "hide" (hiding)'],
      ["record", "unknowns hid", 'unknowns: hid holds "hide" (hiding)'],
      ["record", "more another", 'more: another holds "hide" (hiding)'],
    ] as const
  ).map(([part, path, message]): Case => [`${part} ${path}`, put(taught(`${part} ${path}`)), part, path, message]),
  [
    "what only an answer that writes may report",
    put(["words steps waiting answers paper", "Someone let them in"]),
    "words",
    "steps waiting answers paper",
    'answer "paper" of step "waiting" holds "let them in" (letting in)',
    "take it out, or find words that teach nothing of letting in",
  ],
  [
    "what no answer may report",
    put(["words steps went_further answers letIn", "We lied to them"]),
    "words",
    "steps went_further answers letIn",
    'answer "letIn" of step "went_further" holds "lied" (lying)',
  ],
];

const spoken: readonly Case[] = [
  [
    "a verdict said aloud",
    put(["words steps waiting say", "The paper is incomplete."]),
    "words",
    "steps waiting say",
    'what step "waiting" says holds "incomplete" (a verdict)',
    "it may be read, and is never said aloud",
  ],
  [
    "the law said to people nearby",
    put(["words steps waiting nearby", "That is the law."]),
    "words",
    "steps waiting nearby",
    'what step "waiting" says to people nearby holds "law" (the law)',
  ],
  [
    "a call that does not say who is here",
    put(["words steps call_backup say", "Please come here."]),
    "words",
    "steps call_backup say",
    'what step "call_backup" says on a call does not say that agents are here',
  ],
  [
    "agents are spoken of in their faces",
    put(["words steps waiting say", "The agents are here."]),
    "words",
    "steps waiting say",
    'what step "waiting" says speaks of "agents", and is said to agents',
  ],
  [
    "too much to be heard",
    put(["words steps waiting say", "I can. I do. I go. I am."]),
    "words",
    "steps waiting say",
    'what step "waiting" says has 4 sentences',
    "3 at most, so that it is heard",
  ],
  [
    "too much for people nearby",
    put(["words steps waiting nearby", `${"go ".repeat(27)}on.`]),
    "words",
    "steps waiting nearby",
    'what step "waiting" says to people nearby has 28 words',
  ],
  [
    "too long for people nearby",
    put(["words steps waiting nearby", `${"x".repeat(160)}.`]),
    "words",
    "steps waiting nearby",
    'what step "waiting" says to people nearby has 161 characters',
  ],
  [
    "hard to say",
    put(["words steps waiting say", `I can't say more. ${long}.`]),
    "words",
    "steps waiting say",
    'what step "waiting" says reads at grade',
    "grade 6 at most: shorter words and sentences",
  ],
  [
    "hard to say in one setting",
    put(["words values school past", long]),
    "words",
    "steps hold say",
    'what step "hold" says in a school reads at grade',
  ],
  [
    "hard for people nearby",
    put(["words steps waiting nearby", `${long}.`]),
    "words",
    "steps waiting nearby",
    'what step "waiting" says to people nearby reads at grade',
  ],
  [
    "a line that is hard to read",
    put(["words steps waiting do 0", `Stay. ${long}.`]),
    "words",
    "steps waiting do 0",
    'line 1 of what to do in step "waiting" reads at grade',
    "grade 10 at most: shorter words and sentences",
  ],
  [
    "lines that are hard to read together",
    put([
      "words steps waiting do",
      [
        "Keep NYPD and any other agency apart in what you write.",
        "Keep any other agency and NYPD apart in what you write.",
      ],
    ]),
    "words",
    "steps waiting do",
    'what to do in step "waiting" reads at grade',
  ],
  [
    "a screen that is hard to read as a whole",
    put(
      ["words steps waiting ask", `Documentation, identification or authorization?`],
      ["words steps waiting answers counsel", "Organizational authorization"],
      ["words steps waiting answers paper", "Additional documentation"],
      ["words steps waiting answers inside", "Unauthorized participation"],
    ),
    "words",
    "steps waiting",
    'the screen of step "waiting" as a whole reads at grade',
  ],
  [
    "a line too long for the screen",
    put(["words steps waiting do 0", `Go ${"on ".repeat(33)}.`]),
    "words",
    "steps waiting do 0",
    'line 1 of what to do in step "waiting" has 103 characters',
    "100 at most, so that a screen holds it",
  ],
  [
    "a line too long in one setting",
    put(["words values school contact.counsel", "the law people ".repeat(5)]),
    "words",
    "steps waiting do 1",
    'line 2 of what to do in step "waiting" in a school has 1',
  ],
  [
    "a question too long for the screen",
    put(["words steps waiting ask", `Go ${"on ".repeat(23)}?`]),
    "words",
    "steps waiting ask",
    'what step "waiting" asks has 73 characters',
    "72 at most, so that a screen holds it",
  ],
  [
    "an answer too long for the screen",
    put(["words steps waiting answers paper", `Go ${"on ".repeat(18)}`]),
    "words",
    "steps waiting answers paper",
    'answer "paper" of step "waiting" has 57 characters',
  ],
  [
    "two questions at once",
    put(["words steps waiting ask", "What now? And then?"]),
    "words",
    "steps waiting ask",
    'what step "waiting" asks asks more than once',
  ],
  [
    "what not to do comes first",
    put(["words steps waiting do", ["Do not go.", "Stay at the desk."]]),
    "words",
    "steps waiting do 0",
    'line 1 of what to do in step "waiting" begins with what not to do',
    "begin with something to do",
  ],
  [
    "more of what not to do than of what to do",
    put(["words steps waiting do", ["Stay at the desk.", "Don’t go.", "Never run."]]),
    "words",
    "steps waiting do",
    '2 of 3 lines of what to do in step "waiting" say what not to do',
  ],
  [
    "aside without a word of it",
    put(
      ["words steps pursuit do", ["Leave every door as it is."]],
      ["words steps pursuit say", undefined],
      ["words steps pursuit nearby", undefined],
    ),
    "words",
    "steps pursuit",
    'step "pursuit" is aside, and none of its words step aside',
  ],
  [
    "words that step aside where nobody does",
    put(["words steps waiting say", "I am stepping aside."]),
    "graph",
    "steps waiting",
    'what step "waiting" says steps aside ("stepping aside"), and step "waiting" is not aside',
  ],
  [
    "the start does not ask to wait",
    put(["words steps hold say", "I can't say more."]),
    "words",
    "steps hold say",
    'step "hold", where the desk begins, does not ask agents to wait',
  ],
  [
    "the start says nothing",
    put(["words steps hold say", undefined]),
    "words",
    "steps hold",
    'step "hold", where the desk begins, does not ask agents to wait',
  ],
  [
    "agents are asked to wait twice",
    put(["words steps again say", "Please wait here."]),
    "words",
    "steps again say",
    'what step "again" says asks to wait ("Please wait")',
  ],
  [
    "agents are asked to wait where they wait",
    put(["words steps again nearby", "Come and stand {waitingPlace}."]),
    "words",
    "steps again nearby",
    'what step "again" says to people nearby asks to wait ("{waitingPlace}")',
  ],
  [
    "a way back to where agents are asked to wait",
    put(["graph steps outside answers came", to("hold")]),
    "graph",
    "steps outside answers came",
    'answer "came" of step "outside" leads back to "hold", which asks agents to wait a second time',
  ],
  [
    "a step without words",
    put(["words steps rec_visit", undefined]),
    "words",
    "steps",
    'step "rec_visit" has no words',
    "add steps: rec_visit",
  ],
];

provenBy([
  ["nothing forbidden is taught", forbidden],
  ["what is said is fit to be said", spoken],
]);

test("a language may leave lists out", () => {
  const parts = shippedParts();
  const { phone: _phone, negations: _negations, reported: _reported, ...rest } = parts.language;
  const found = proofs({ ...parts, language: rest });
  expect(found.every(({ message }) => message.includes("(letting in)"))).toBe(true);
  expect(found.length).toBeGreaterThan(0);
});

test.each<readonly [string, string, string | undefined]>([
  ["lock", "Lock it.", "Lock"],
  ["lock", "The clock.", undefined],
  ["lock", "locked", undefined],
  ["lock*", "He LOCKED it", "LOCKED"],
  ["lock*", "an unlocked door", undefined],
  ["back door", "the back\n  door", "back\n  door"],
  ["back door", "the back-door", "back-door"],
  ["back door", "Come back. Door two.", undefined],
  ["don't", "don’t", "don't"],
  ["don’t", "Don't", "Don't"],
  ["you can", "you can't", "you can"],
  ["esconda", "escondá", undefined],
  ["escóndase", "Esco\u0301ndase ya", "Escóndase"],
  ["año*", "los años", "años"],
  ["no", "año", undefined],
  ["§", "see §4-210", "§"],
  ["I-200", "the I-200.", "I-200"],
  ["I-200", "I 200", undefined],
  ["I-200", "I-2000", undefined],
  ["avis* a los", "avise a los vecinos", "avise a los"],
  ["lie", "", undefined],
])('"%s" in "%s"', (phrase, text, held) => {
  expect(finder({ group: { name: [phrase] } })(text)["group"]).toEqual(
    held === undefined ? undefined : [["name", held]],
  );
});

test("a text is told once of each list, by the first word found", () => {
  const find = finder({ a: { hiding: ["conceal", "hide"], lying: ["lie"] }, b: { hiding: ["hide"] } });
  expect(find("Hide and conceal, then lie.")).toEqual({
    a: [
      ["hiding", "Hide"],
      ["lying", "lie"],
    ],
    b: [["hiding", "Hide"]],
  });
});

test.each<readonly [string, boolean]>([
  ["Do not go.", true],
  ["¿Do not go?", true],
  ["do  not", true],
  ["Do nothing.", false],
  ["Go. Do not stay.", false],
  ["", false],
])('"%s" begins with a phrase: %s', (text, does) => {
  expect(beginsWith(["do not", "never"], text)).toBe(does);
});

describe("the index of ease", () => {
  const spanish = (text: string): readonly string[] => {
    const parts = shippedParts();
    set(parts, "language reading", { formula: "fernandezHuerta", least: 70 });
    set(parts, "words steps waiting nearby", text);
    return proofs(parts).flatMap(({ path, message }) => (path.join(" ") === "steps waiting nearby" ? message : []));
  };
  test("is a least, not a most", () => {
    expect(spanish("Hable con la oficina.")).toEqual([]);
    expect(spanish("Comuníquese inmediatamente con administradores organizacionales.")).toEqual([
      expect.stringMatching(/^what step "waiting" says to people nearby reads at -?[\d.]+$/),
    ]);
  });
});
