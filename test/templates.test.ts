import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Problem } from "../src/core/problem.ts";
import type { Protocol } from "../src/core/protocol.ts";
import { type FirstWords, protocolPath } from "../src/shell/compiled.ts";
import { compileTemplates, templateFaults } from "../src/shell/templates.ts";
import { filesUnder, freshFolder, put, top } from "./support/shell-folders.ts";
import { isBuilt, onTerminal, threshold } from "./support/shell-program.ts";
import { type Edit, firstFault, templatesWith, told } from "./support/shell-templates.ts";

const graph = "protocols/nyc.yaml";
const words = "protocols/nyc.en.yaml";
const fields = "record/fields.yaml";
const look = "instruments/look.yaml";
const i200 = "instruments/i200.yaml";
const other = "words/en.yaml";

const yamlHint = "put the YAML right; indent with spaces and quote text that holds a colon";
const extraHint = "take the key out, or put its spelling right";
const sameHint = "see the same key in the templates that come with Threshold";
const setsHint = "use a field of the visit and a value it may hold";

const shippedGraph = parse(readFileSync(join(top, "templates", graph), "utf8")) as {
  readonly roles: readonly string[];
};
const shippedLook = parse(readFileSync(join(top, "templates", look), "utf8")) as { readonly questions: object };
const quoted = (names: readonly string[]) => `one of ${names.map((name) => `"${name}"`).join(", ")}`;
const rolesHint = quoted(shippedGraph.roles);
const looksHint = quoted(Object.keys(shippedLook.questions));
const contacts = shippedGraph.roles.map((role) => `{contact.${role}}`);
const placesHint = `one of ${["{site}", "{past}", "{waitingPlace}", "{area}", ...contacts, "{number}"].join(", ")}`;

/** A pattern inside the block of one step, so that no test quotes words of the pack. */
function inStep(id: string, pattern: string): RegExp {
  return new RegExp(`(?<=^  ${id}:\\n(?:(?: {4}.*)?\\n)*?(?: {4}.*?)?)${pattern}`, "m");
}

const nypdAnswers = "answers: { alone: nypd_alone, both: ask_papers, unsure: ask_papers }";
const nypdAlone = "why: [nypd]\n    next: left";
const given = "fields: [given, givenWhat, givenWhy]";
const whenForce = /(?<=forceWhat: .*)when: \{ field: force, is: \["yes"\] \}/;
const officeInSchools = "tell_office: { next: { reached: parent_notice, unreached: parent_notice } }";
const onTop = /^(?=fields:)/m;

/** What is broken and how; then the line that is told (how it begins), what is said and what would be right. */
type Case = readonly [name: string, edit: Edit, file: string, line: string, says: string, hint: string];

describe.each<[string, readonly Case[]]>([
  [
    "YAML that cannot be read",
    [
      [
        "an open bracket",
        [i200, "forms: [I-200]", "forms: [I-200"],
        i200,
        "signers: [officer]",
        "flow sequence in block collection must be sufficiently indented and end with a ]",
        yamlHint,
      ],
      [
        "an open quotation mark",
        [i200, "forms: [I-200]", 'forms: ["I-200]'],
        i200,
        "",
        'missing closing "quote',
        yamlHint,
      ],
      [
        "a colon inside words",
        [words, inStep("hold", "(?<= {4})ask: .*"), "ask: What: are they?"],
        words,
        "ask: What: are",
        "nested mappings are not allowed in compact mappings",
        yamlHint,
      ],
      [
        "the same key twice",
        [graph, "  nypd_alone:\n", "  nypd:\n"],
        graph,
        "nypd:",
        "map keys must be unique",
        yamlHint,
      ],
      [
        "a tab",
        [words, inStep("hold", " {4}ask: .*"), "\task: What are the agents doing?"],
        words,
        "ask: What are",
        "tabs are not allowed as indentation",
        yamlHint,
      ],
      [
        "two documents",
        [fields, onTop, "a: 1\n---\n"],
        fields,
        "---",
        "source contains multiple documents; please use YAML.parseAllDocuments()",
        yamlHint,
      ],
      [
        "an alias for nothing",
        [words, "*lead_now", "*lead_later"],
        words,
        "went_in_lead: *lead_later",
        "unresolved alias (the anchor must be set before the alias): lead_later",
        "write the words out, or set the anchor (&name) before the alias (*name)",
      ],
    ],
  ],
  [
    "keys and values of the wrong kind",
    [
      [
        "an unknown key at the top",
        [graph, "start: hold", "start: hold\nsubtitle: x"],
        graph,
        "subtitle: x",
        'unrecognized key: "subtitle"',
        extraHint,
      ],
      [
        "a name that is not the file's",
        [graph, /^id: nyc$/m, "id: other"],
        graph,
        "id: other",
        'the protocol is called "other", its file "nyc"',
        "give both the same name",
      ],
      [
        "an unknown key of a step",
        [graph, "role: backup", "role: backup\n    colour: red"],
        graph,
        "colour: red",
        'steps.call_backup: unrecognized key: "colour"',
        extraHint,
      ],
      [
        "an unknown key among words",
        [words, inStep("hold", "(?<= {4})ask:"), "asks:"],
        words,
        "asks:",
        'steps.hold: unrecognized key: "asks"',
        extraHint,
      ],
      [
        "a placeholder on every live screen that nothing fills",
        [words, /^never: .*$/m, "never: Do not touch {nobody}."],
        words,
        "never: Do not touch",
        "what stands on every live screen holds {nobody}, which nothing fills",
        placesHint,
      ],
      [
        "words for a setting that is none",
        [words, inStep("hold", "hospital:"), "clinic:"],
        words,
        "clinic:",
        'steps.hold: unrecognized key: "clinic"',
        extraHint,
      ],
      [
        "an unknown key of an instrument",
        [i200, "route: agency", "route: agency\ncolour: red"],
        i200,
        "colour: red",
        'unrecognized key: "colour"',
        extraHint,
      ],
      [
        "an unknown key among the other words",
        [other, /^home:/m, "homes: {}\nhome:"],
        other,
        "homes: {}",
        'unrecognized key: "homes"',
        extraHint,
      ],
      [
        "words for where a list should be",
        [graph, nypdAlone, "why: nypd\n    next: left"],
        graph,
        "why: nypd",
        "steps.nypd_alone.why: invalid input: expected array, received string",
        "write a list here",
      ],
      [
        "a list where words should be",
        [words, "never: Do not touch or block anyone.", "never: [Do not touch]"],
        words,
        "never: [",
        "never: invalid input: expected string, received array",
        "write a string here",
      ],
      [
        "nothing where words should be",
        [words, "say: I am keeping clear.", "say:"],
        words,
        "say:",
        "steps.lobby_arrest.say: invalid input: expected string, received null",
        "write a string here",
      ],
      [
        "a number where words should be",
        [graph, /^version: .*$/m, "version: 0.1"],
        graph,
        "version: 0.1",
        "version: invalid input: expected string, received number",
        "write a string here",
      ],
      [
        "an answer that does not say where it leads",
        [graph, "told: { next: hand_on, sets: { parentNotice: told } }", "told: { to: hand_on }"],
        graph,
        "told: { to: hand_on }",
        "steps.parent_notice.answers.told.next: invalid input: expected string, received undefined",
        "write a string here",
      ],
      [
        "a version that is none",
        [graph, /^version: .*$/m, "version: first"],
        graph,
        "version: first",
        "version: a version such as 0.1.0",
        sameHint,
      ],
      [
        "a step that leads nowhere: no next",
        [graph, nypdAlone, "why: [nypd]"],
        graph,
        "nypd_alone:",
        "steps.nypd_alone.next: invalid input: expected string, received undefined",
        "write a string here",
      ],
      [
        "a step without a source",
        [graph, nypdAlone, "why: []\n    next: left"],
        graph,
        "why: []",
        "steps.nypd_alone.why: too small: expected array to have >=1 items",
        sameHint,
      ],
      [
        "a phase that is none",
        [graph, /(?<=other_door:\n    kind: tell\n    phase: )live/, "alive"],
        graph,
        "phase: alive",
        'steps.other_door.phase: invalid option: expected one of "live"|"record"|"close"',
        'one of "live", "record", "close"',
      ],
      [
        "a kind of step that is none",
        [graph, /(?<=other_door:\n    kind: )tell/, "speak"],
        graph,
        "kind: speak",
        "steps.other_door.kind: invalid discriminator value. Expected 'tell' | 'ask' | 'record' | 'call' | 'examine' | 'end'",
        sameHint,
      ],
      [
        "a mark that is none",
        [graph, /(?<=cite: NYC Admin\. Code § 10-178[^\n]*\n[^\n]*\n {4}mark: )P/, "Q"],
        graph,
        "mark: Q",
        'sources.requests.mark: invalid option: expected one of "P"|"P-part"|"S"|"K"|"C"',
        'one of "P", "P-part", "S", "K", "C"',
      ],
      [
        "a setting that is none",
        [graph, "settings: [shelter, school, hospital]", "settings: [shelter, prison]"],
        graph,
        "settings: [shelter, prison]",
        'settings.1: invalid option: expected one of "shelter"|"school"|"hospital"',
        'one of "shelter", "school", "hospital"',
      ],
      [
        "a branch that is none",
        [i200, "route: agency", "route: agent"],
        i200,
        "route: agent",
        'route: invalid option: expected one of "search"|"arrest"|"order"|"subpoena"|"agency"|"other"|"defective"|"unclear"',
        'one of "search", "arrest", "order", "subpoena", "agency", "other", "defective", "unclear"',
      ],
      [
        "a kind of field that is none",
        [fields, /(?<=arrivedAt: .*kind: )time/, "clock"],
        fields,
        "arrivedAt:",
        'fields.arrivedAt.kind: invalid option: expected one of "text"|"quote"|"count"|"time"|"choice"|"file"',
        'one of "text", "quote", "count", "time", "choice", "file"',
      ],
      [
        "a choice of one",
        [fields, "choices: [exact, estimated]", "choices: [exact]"],
        fields,
        "arrivedBasis:",
        "fields.arrivedBasis.choices: too small: expected array to have >=2 items",
        sameHint,
      ],
      [
        "four lines of what to do",
        [words, /(?=      - Sign nothing\. Do not say what you think)/, "      - One.\n      - Two.\n"],
        words,
        "do:",
        "steps.agency_paper.do: too big: expected array to have <=3 items",
        "3 at most",
      ],
      [
        "two keys of the screen that are the same letter",
        [other, "why:      { key: w,", "why:      { key: c,"],
        other,
        "keys:",
        'screen.keys: "c" stands for two things; keys and unknowns each need a letter of their own',
        sameHint,
      ],
      [
        "a translation that lost a place",
        [other, 'sinceOpened: "{time} since opened"', 'sinceOpened: "since opened"'],
        other,
        "sinceOpened:",
        "screen.sinceOpened: must hold {time}",
        sameHint,
      ],
    ],
  ],
  [
    "names that name nothing",
    [
      [
        "an unknown step",
        [graph, "reached: ask_id, unreached: call_backup", "reached: ask_idd, unreached: call_backup"],
        graph,
        "next: { reached: ask_idd",
        'there is no step "ask_idd"',
        'use the name of a step, as "ask_id"',
      ],
      [
        "an unknown first step",
        [graph, "start: hold", "start: hld"],
        graph,
        "start: hld",
        'there is no step "hld"',
        'use the name of a step, as "hold"',
      ],
      [
        "an unknown step for a key",
        [graph, "entered: went_in #", "entered: wentin #"],
        graph,
        "entered: wentin",
        'there is no step "wentin"',
        'use the name of a step, as "went_in"',
      ],
      [
        "a variant of a step that is not there",
        [graph, officeInSchools, officeInSchools.replace("office", "ofice")],
        graph,
        "tell_ofice:",
        'there is no step "tell_ofice"',
        'use the name of a step, as "tell_office"',
      ],
      [
        "an unknown key in a variant",
        [graph, officeInSchools, officeInSchools.replace("next", "nexts")],
        graph,
        "tell_office: { nexts",
        'step "tell_office" in a school: unrecognized key: "nexts"',
        extraHint,
      ],
      [
        "a variant with a part missing",
        [graph, officeInSchools, "tell_office: { next: { reached: parent_notice } }"],
        graph,
        "tell_office: { next",
        'step "tell_office" in a school: next.unreached: invalid input: expected string, received undefined',
        "write a string here",
      ],
      [
        "a variant for a setting that is none",
        [graph, /(?<=variants:[^]*?)school:/, "prison:"],
        graph,
        "prison:",
        'variants: unrecognized key: "prison"',
        extraHint,
      ],
      [
        "an unknown source",
        [graph, nypdAlone, "why: [nypt]\n    next: left"],
        graph,
        "why: [nypt]",
        'there is no source "nypt"',
        'add it under "sources", or use "nypd"',
      ],
      [
        "an unknown role",
        [graph, "role: backup", "role: bakup"],
        graph,
        "role: bakup",
        'there is no role "bakup"',
        rolesHint,
      ],
      [
        "an unknown field",
        [graph, given, given.replace("What", "what")],
        graph,
        "fields: [given, givenwhat",
        'there is no field "givenwhat"',
        'use the name of a field, as "givenWhat"',
      ],
      [
        "a field of an agent asked of the visit",
        [graph, given, given.replace("givenWhat", "badge")],
        graph,
        "fields: [given, badge",
        'field "badge" is per agent, this step asks per incident',
        'put "each" right, or move the field',
      ],
      [
        "an answer that sets an unknown field",
        [graph, "sets: { parentNotice: told }", "sets: { parentNotce: told }"],
        graph,
        "told:",
        'there is no field "parentNotce"',
        setsHint,
      ],
      [
        "an answer that sets what cannot stand there",
        [graph, "sets: { parentNotice: told }", "sets: { parentNotice: tald }"],
        graph,
        "told:",
        '"tald" is not one of "told", "notYet", "barred", "nobody"',
        setsHint,
      ],
      [
        "an unknown instrument",
        [look, "arrest: { instrument: i200 }", "arrest: { instrument: i201 }"],
        look,
        "arrest: { instrument: i201",
        'there is no instrument "i201"',
        'use the name of one, as "i200"',
      ],
      [
        "an unknown question about a paper",
        [look, "federalCourt: { next: federalTitle }", "federalCourt: { next: federalTitel }"],
        look,
        "federalCourt:",
        'there is no question "federalTitel"',
        looksHint,
      ],
      [
        "an unknown first question about a paper",
        [look, "start: top", "start: tip"],
        look,
        "start: tip",
        'there is no question "tip"',
        looksHint,
      ],
      [
        "an unknown finding",
        [i200, "findings: []", "findings: [sealThere]"],
        other,
        "look:",
        'the question "sealThere" has no words',
        "add look: sealThere: ask",
      ],
      [
        "a field that hangs on no field",
        [fields, whenForce, 'when: { field: farce, is: ["yes"] }'],
        fields,
        "forceWhat:",
        'field "forceWhat" hangs on "farce", which is no field',
        'use a field, as "force"',
      ],
      [
        "a field that hangs on what never is",
        [fields, whenForce, "when: { field: force, is: [maybe] }"],
        fields,
        "forceWhat:",
        'field "forceWhat" hangs on "maybe", which "force" never is',
        'one of "no", "yes"',
      ],
      [
        "an unknown placeholder",
        [words, "Please wait {waitingPlace}.", "Please wait {waitPlace}."],
        words,
        "hold:",
        'step "hold" holds {waitPlace}, which nothing fills',
        placesHint,
      ],
      [
        "a placeholder for an unknown role",
        [words, inStep("call_lead", "(?<=- Call \\{contact\\.)lead"), "boss"],
        words,
        "call_lead:",
        'step "call_lead" holds {contact.boss}, which nothing fills',
        placesHint,
      ],
    ],
  ],
  [
    "ways that go wrong",
    [
      [
        "a dead end: every answer leads back to its own step",
        [graph, nypdAnswers, "answers: { alone: nypd, both: nypd, unsure: nypd }"],
        graph,
        "answers: { alone: nypd, both: nypd, unsure: nypd }",
        'answer "alone" of step "nypd" leads to "nypd", which does not name it under after',
        'lead to "nypd_alone", which does, or add nypd.alone there',
      ],
      [
        "a step that nothing leads to",
        [graph, nypdAnswers, nypdAnswers.replace("nypd_alone", "ask_papers")],
        graph,
        nypdAnswers.replace("nypd_alone", "ask_papers"),
        'answer "alone" of step "nypd" leads to "ask_papers", which does not name it under after',
        'lead to "nypd_alone", which does, or add nypd.alone there',
      ],
      [
        "a way back that can be reached without an interrupt",
        [graph, nypdAlone, "why: [nypd]\n    next: return"],
        graph,
        "[nypd_alone.done",
        'step "left" names nypd_alone.done under after, which leads to "return"',
        'lead nypd_alone.done to "left", or take it out here',
      ],
      [
        "a way back from a record step",
        [graph, `${given}\n    next: rec_agents`, `${given}\n    next: return`],
        graph,
        "next: return",
        "a record step cannot lead back to where an interrupt was called",
        "let a tell or ask step after it do so",
      ],
      [
        "a step that another setting has alone",
        [graph, "only: [school]", "only: [hospital]"],
        graph,
        "tell_office:",
        'in a school, answer "reached" of step "tell_office" leads to "parent_notice", which a school does not have',
        "lead elsewhere under variants: school: tell_office",
      ],
      [
        "an answer that leads to an interrupt and sets a field",
        [graph, "hurt: danger #", "hurt: { next: danger, sets: { taken: taken } } #"],
        graph,
        "hurt:",
        "an answer that leads to an interrupt cannot set a field",
        "set it in the step it leads to",
      ],
      [
        "five answers besides the last",
        [graph, nypdAnswers, nypdAnswers.replace("unsure", "more: left, most: left, unsure")],
        graph,
        "answers: { alone",
        'step "nypd" has 5 answers',
        '4 at most, and "other"',
      ],
      [
        "no answer at all",
        [graph, nypdAnswers, "answers: {}"],
        graph,
        "answers: {}",
        'step "nypd" has no answer',
        "give it at least one answer",
      ],
      [
        "no answer but something else",
        [graph, nypdAnswers, "answers: { other: nypd_alone }"],
        graph,
        "answers: { other",
        'step "nypd" has no answer',
        "give it at least one answer",
      ],
      [
        "six answers about a paper",
        [
          look,
          "    unsure: { instrument: unknown_paper }\n  federalTitle:",
          "    more: { instrument: nta }\n    unsure: { instrument: unknown_paper }\n  federalTitle:",
        ],
        look,
        "top:",
        'question "top" has 6 answers',
        "4 at most, and one for everything else",
      ],
    ],
  ],
  [
    "words that are missing, left over or too many",
    [
      [
        "a step that asks nothing",
        [words, inStep("hold", " {4}ask: .*\\n"), ""],
        words,
        "hold:",
        'step "hold" asks nothing',
        "add steps: hold: ask",
      ],
      [
        "a live step that does not say what to do",
        [words, inStep("something_else", " {4}do:\\n(?: {6}.*\\n)+"), ""],
        words,
        "something_else:",
        'step "something_else" does not say what to do',
        "add steps: something_else: do",
      ],
      [
        "an answer without words",
        [words, inStep("hold", " {6}emergency: .*\\n"), ""],
        words,
        "answers:",
        'answer "emergency" of step "hold" has no words',
        "add steps: hold: answers: emergency",
      ],
      [
        "words for an answer that is not there",
        [words, inStep("hold", "(?= {6}waiting: )"), "      dancing: They dance\n"],
        words,
        "dancing:",
        'step "hold" has no answer "dancing"',
        'one of "waiting", "emergency", "pursuit", "inside", "other"',
      ],
      [
        "words for a step that is not there",
        [words, "  nypd_alone:\n", "  nypd_alon:\n"],
        words,
        "nypd_alon:",
        'there is no step "nypd_alon"',
        'take these words out, or name a step, as "nypd_alone"',
      ],
      [
        "a role without a name",
        [words, "  backup: Backup for the lead\n", ""],
        words,
        "roles:",
        'the role "backup" has no name',
        "add roles: backup",
      ],
      [
        "a placeholder that nothing stands in for",
        [words, "    waitingPlace: outside the front door\n", ""],
        words,
        "school:",
        "nothing stands in for {waitingPlace} in a school",
        "add values: school: waitingPlace",
      ],
      [
        "an outcome without words",
        [words, "  closed: Record closed at the desk", "  shut: Record closed at the desk"],
        words,
        "outcomes:",
        'the outcome "closed" has no words',
        "add outcomes: closed",
      ],
      [
        "more than 27 words to say",
        [words, "say: I am keeping clear.", `say: ${"so ".repeat(28)}`],
        words,
        "say: so so",
        'what step "lobby_arrest" says in a shelter has 28 words',
        "27 at most, so that it can be said in one breath",
      ],
      [
        "more than 160 characters to say",
        [words, "say: I am keeping clear.", `say: ${"o".repeat(161)}`],
        words,
        "say: ooo",
        'what step "lobby_arrest" says in a shelter has 161 characters',
        "160 at most",
      ],
      [
        "too much to say once a place is filled in",
        [
          words,
          "waitingPlace: outside the front door",
          "waitingPlace: outside the front door, on the bench by the wall",
        ],
        words,
        "say: I am not authorized",
        'what step "hold" says in a school has 28 words',
        "27 at most, so that it can be said in one breath",
      ],
      [
        "a field without words",
        [
          fields,
          /(?=  arrivedAt:)/,
          "  hat: { per: incident, kind: text, level: must, prints: report, section: visit }\n",
        ],
        other,
        "record:",
        'the field "hat" has no words',
        "add record: hat",
      ],
      [
        "a choice without words",
        [other, /estimated: (?=.*guess)/, "estimate: "],
        other,
        "arrivedBasis:",
        'the choice "estimated" of field "arrivedBasis" has no words',
        "add record: arrivedBasis: choices: estimated",
      ],
      [
        "a field without a label",
        [other, "arrivedAt: { label: Agents arrived at, ", "arrivedAt: { "],
        other,
        "arrivedAt:",
        "record.arrivedAt.label: invalid input: expected string, received undefined",
        "write a string here",
      ],
      [
        "an instrument without a name",
        [other, /^  i200:$/m, "  i2000:"],
        other,
        "instruments:",
        'the instrument "i200" has no name',
        "add instruments: i200",
      ],
      [
        "an answer about a paper without words",
        [
          look,
          "    unsure: { instrument: unknown_paper }\n  federalTitle:",
          "    doubt: { instrument: unknown_paper }\n  federalTitle:",
        ],
        other,
        "top:",
        'the answer "doubt" of question "top" has no words',
        "add look: top: answers: doubt",
      ],
      [
        "a choice without choices",
        [fields, "choices: [exact, estimated], ", ""],
        fields,
        "arrivedBasis:",
        'field "arrivedBasis" is a choice without choices',
        "add choices",
      ],
      [
        "choices that nobody is offered",
        [fields, "arrivalSeenBy: {", "arrivalSeenBy: { choices: [a, b],"],
        fields,
        "arrivalSeenBy:",
        'field "arrivalSeenBy" has choices but is of kind "text"',
        "make it kind: choice, or take the choices out",
      ],
      [
        "a field that must not be",
        [
          fields,
          /(?=  arrivedAt:)/,
          "  nationality: { per: incident, kind: text, level: must, prints: report, section: visit }\n",
        ],
        fields,
        "nationality:",
        'field "nationality" would hold what must not be collected',
        "take it out",
      ],
    ],
  ],
])("%s", (_, cases) => {
  test.each(cases)("%s", (_name, edit, file, line, says, hint) => {
    const folder = templatesWith(edit);
    const found = firstFault(folder);
    expect(found).toMatchObject({ file, says, hint });
    expect(found?.text.startsWith(line), `line ${found?.line} reads: ${found?.text}`).toBe(true);
    // `threshold protocol lint` tells the same fault first.
    expect(lintFirst(folder)).toEqual(found);
  });
});

function lintFirst(folder: string): ReturnType<typeof told> | undefined {
  try {
    const [first] = templateFaults(folder);
    return first && told(folder, first.message, first.hint);
  } catch (error) {
    if (error instanceof Problem) return told(folder, error.message, error.hint);
    throw error;
  }
}

describe("files that are not as they should be", () => {
  /** What is done to a file of the copy, and the two lines that come of it; `FOLDER` stands for the copy. */
  const broken: readonly [string, (folder: string) => void, string, string][] = [
    [
      "no words for a protocol",
      (folder) => rmSync(join(folder, words)),
      `FOLDER/${words} cannot be read`,
      "put the file there, or name another folder of templates",
    ],
    [
      "no other words",
      (folder) => rmSync(join(folder, other)),
      `FOLDER/${other} cannot be read`,
      "put the file there, or name another folder of templates",
    ],
    [
      "no fields",
      (folder) => rmSync(join(folder, fields)),
      `FOLDER/${fields} cannot be read`,
      "put the file there, or name another folder of templates",
    ],
    [
      "no instruments",
      (folder) => rmSync(join(folder, "instruments"), { recursive: true }),
      `FOLDER/${look} cannot be read`,
      "put the file there, or name another folder of templates",
    ],
    [
      "one instrument less",
      (folder) => rmSync(join(folder, i200)),
      `FOLDER/${look}:26: there is no instrument "i200"`,
      'use the name of one, as "i205"',
    ],
    [
      "no protocols folder",
      (folder) => rmSync(join(folder, "protocols"), { recursive: true }),
      "FOLDER/protocols does not exist",
      "a templates folder holds protocols/, instruments/, record/, languages/ and words/",
    ],
    [
      "no protocol",
      (folder) => rmSync(join(folder, graph)),
      "FOLDER/protocols holds no protocol",
      "a protocol is a graph such as nyc.yaml and its words, nyc.en.yaml",
    ],
    [
      "a folder in the place of a file",
      (folder) => (rmSync(join(folder, fields)), mkdirSync(join(folder, fields))),
      `FOLDER/${fields} cannot be read`,
      "put the file there, or name another folder of templates",
    ],
    [
      "an empty file",
      (folder) => writeFileSync(join(folder, i200), ""),
      `FOLDER/${i200}:1: invalid input: expected object, received null`,
      "write keys with values here",
    ],
    [
      "nothing but a comment",
      (folder) => writeFileSync(join(folder, fields), "# later\n"),
      `FOLDER/${fields}:1: invalid input: expected object, received null`,
      "write keys with values here",
    ],
    [
      "a list",
      (folder) => writeFileSync(join(folder, i200), "- family\n- route\n"),
      `FOLDER/${i200}:1: invalid input: expected object, received array`,
      "write keys with values here",
    ],
    [
      "a file that is not UTF-8",
      (folder) =>
        writeFileSync(
          join(folder, words),
          Buffer.from(
            readFileSync(join(folder, words), "latin1").replace("readBy: nobody yet", "readBy: Jos\u00e9"),
            "latin1",
          ),
        ),
      `FOLDER/${words}:7: this is not UTF-8`,
      "save the file as UTF-8",
    ],
    [
      "UTF-16, as a notepad saves it",
      (folder) =>
        writeFileSync(join(folder, i200), Buffer.from(`\ufeff${readFileSync(join(folder, i200), "utf8")}`, "utf16le")),
      `FOLDER/${i200}:1: this is not UTF-8`,
      "save the file as UTF-8",
    ],
  ];

  test.each(broken)("%s", (_, breakIt, message, hint) => {
    const folder = templatesWith();
    breakIt(folder);
    const expected = new Problem("template", message.replace("FOLDER", folder), hint);
    expect(() => compileTemplates(folder)).toThrow(expected);
    expect(problemOf(() => compileTemplates(folder))?.hint).toBe(hint);
    expect(problemOf(() => templateFaults(folder))?.message ?? templateFaults(folder)[0]?.message).toBe(
      expected.message,
    );
  });

  test("a folder that is not there", () => {
    const folder = join(freshFolder(), "nowhere");
    expect(problemOf(() => compileTemplates(folder))?.message).toBe(
      `${join(folder, "words", "en.yaml")} cannot be read`,
    );
  });
});

function problemOf(run: () => unknown): Problem | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

describe("what is no fault", () => {
  const compiled = (folder: string): readonly (readonly [string, string])[] =>
    compileTemplates(folder).files.map(({ path, bytes }) => [path, bytes]);
  const shipped = compiled(templatesWith());

  test.each<[string, (text: string) => string]>([
    ["a byte order mark", (text) => `\ufeff${text}`],
    ["the line ends of Windows", (text) => text.replaceAll("\n", "\r\n")],
    ["comments and blank lines", (text) => `# ours\n\n${text}\n\n# the end`],
    ["no line break at the end", (text) => text.trimEnd()],
  ])("%s", (_, change) => {
    const folder = templatesWith();
    for (const file of [graph, words, fields, look, i200, other])
      writeFileSync(join(folder, file), change(readFileSync(join(folder, file), "utf8")));
    expect(compiled(folder)).toEqual(shipped);
  });

  test("other files among the protocols", () => {
    const folder = templatesWith();
    for (const name of [".DS_Store", "notes.txt", "nyc.yaml~", "Old.yaml", "nyc.en.yaml.bak"])
      put(folder, `protocols/${name}`, "{");
    expect(compiled(folder)).toEqual(shipped);
  });

  test("a second protocol beside the first", () => {
    const folder = templatesWith();
    copyFileSync(join(folder, words), join(folder, "protocols/ours.en.yaml"));
    put(folder, "protocols/ours.yaml", readFileSync(join(folder, graph), "utf8").replace("id: nyc", "id: ours"));
    expect(compiled(folder).map(([path]) => path)).toEqual([
      ...["nyc", "ours"].flatMap((id) => ["shelter", "school", "hospital"].map((setting) => protocolPath(id, setting))),
      "words.en.json",
      "protocols.json",
      "first.json",
    ]);
  });

  test("the same templates compile to the same bytes", () => expect(compiled(templatesWith())).toEqual(shipped));

  test("what is shipped has no fault", () => expect(templateFaults(join(top, "templates"))).toEqual([]));
});

describe("several faults at once", () => {
  const folder = templatesWith(
    [graph, "role: backup", "role: bakup"],
    [graph, nypdAlone, "why: [nypt]\n    next: lift"],
  );

  test("the first is told, and the others are counted", () => {
    expect(problemOf(() => compileTemplates(folder))?.message).toMatch(
      /nyc\.yaml:\d+: there is no role "bakup" \(and 2 more\)$/,
    );
  });

  test("all of them are listed, in the order of the file", () => {
    const found = templateFaults(folder).map(({ message, hint }) => told(folder, message, hint));
    expect(found.map(({ text, says }) => [text, says])).toEqual([
      ["role: bakup", 'there is no role "bakup"'],
      ["next: lift", 'there is no step "lift"'],
      ["why: [nypt]", 'there is no source "nypt"'],
    ]);
  });

  test.each<[string, Edit, readonly string[]]>([
    [
      "a loop of one step",
      [graph, inStep("left", "answers: .*"), "answers: { gone: left, here: left, unsure: left }"],
      ["left"],
    ],
    [
      "a loop over many steps",
      [graph, inStep("hand_on", "next: .*"), "next: rec_visit"],
      ["rec_visit", "tell_privacy", "hand_on"],
    ],
  ])("%s names every step that never comes to an end", (_, edit, steps) => {
    const found = templateFaults(templatesWith(edit)).map(({ message }) => message.replace(/^.*:\d+: /, ""));
    for (const step of steps) expect(found).toContain(`in a shelter, step "${step}" never comes to an end`);
    expect(found.filter((says) => says.includes('"danger"'))).toEqual([]);
  });

  test("a fault that three settings share is told once", () => {
    const once = templatesWith([words, inStep("hold", " {4}ask: .*\\n"), ""]);
    expect(templateFaults(once)).toHaveLength(1);
  });
});

function firstOf(folder: string): FirstWords {
  return JSON.parse(compiledFile(folder, "first.json")) as FirstWords;
}

function compiledFile(folder: string, path: string): string {
  return compileTemplates(folder).files.find((file) => file.path === path)?.bytes ?? "";
}

describe("the first words come out of the template", () => {
  const said = "I guard this marigold. I am calling our legal office. Please wait {waitingPlace}.";
  const edit: Edit = [words, inStep("hold", "(?<=say: ).*"), said];

  test("one word of the YAML changes what is painted and what is asked, in every setting", () => {
    const before = templatesWith();
    const after = templatesWith(edit);
    expect(compiledFile(before, "first.json")).not.toContain("marigold");
    const settings = firstOf(after).protocols["nyc"]?.langs["en"]?.settings ?? {};
    expect(Object.entries(settings).map(([setting, { say }]) => [setting, say])).toEqual(
      ["unset", "shelter", "school", "hospital"].map((setting) => [setting, said]),
    );
    for (const setting of ["shelter", "school", "hospital"]) {
      const protocol = JSON.parse(compiledFile(after, protocolPath("nyc", setting))) as Protocol;
      expect(protocol.steps[protocol.start]?.say).toBe(said);
    }
  });

  /** A product of its own: the launcher, the templates compiled, and a program that does nothing. */
  function productOf(folder: string): string {
    const product = freshFolder("product");
    cpSync(join(top, "bin"), join(product, "bin"), { recursive: true });
    for (const { path, bytes } of compileTemplates(folder).files) put(product, `dist/templates/${path}`, bytes);
    put(product, "dist/cli.cjs", "exports.main = async () => 0;\n");
    return join(product, "bin", "threshold.js");
  }

  test.each<[string, readonly string[], readonly string[]]>([
    // who, arguments, what is painted
    ["a site that is not set up", [], ["this marigold", "in the public lobby"]],
    ["a school, by its option", ["encounter", "--setting", "school"], ["this marigold", "outside the front door"]],
  ])("and the very bytes on the screen: %s", async (_, args, painted) => {
    const data = join(freshFolder(), "data");
    const former = await onTerminal(productOf(templatesWith()), args, { THRESHOLD_DATA: data });
    const now = await onTerminal(productOf(templatesWith(edit)), args, { THRESHOLD_DATA: data });
    expect([former.code, now.code]).toEqual([0, 0]);
    const plain = now.bytes.replace(/\s+/g, " ");
    for (const piece of painted) expect(plain).toContain(piece);
    expect(former.bytes).not.toContain("marigold");
    expect(filesUnder(data)).toEqual([]);
  });
});

describe.skipIf(!isBuilt)("through the program itself (where it has been built)", () => {
  const header = '{"threshold":"answers","v":1,"setting":"shelter"}\n';
  const answers = `${header}{"step":"hold","answer":"waiting"}\n`;
  const bad: readonly [string, Edit, RegExp, string][] = [
    [
      "a fault in the graph",
      [graph, "role: backup", "role: bakup"],
      /nyc\.yaml:\d+: there is no role "bakup"/,
      rolesHint,
    ],
    [
      "a fault in the words",
      [words, "Please wait {waitingPlace}.", "Please wait {waitPlace}."],
      /nyc\.en\.yaml:\d+: step "hold" holds \{waitPlace\}, which nothing fills/,
      placesHint,
    ],
    [
      "YAML that cannot be read",
      [graph, "  nypd_alone:\n", "  nypd:\n"],
      /nyc\.yaml:\d+: map keys must be unique/,
      yamlHint,
    ],
    [
      "a variant that makes no step",
      [graph, officeInSchools, officeInSchools.replace("next", "nexts")],
      /nyc\.yaml:\d+: step "tell_office" in a school: unrecognized key: "nexts"/,
      extraHint,
    ],
    [
      "an alias for nothing",
      [words, "*lead_now", "*lead_later"],
      /nyc\.en\.yaml:\d+: unresolved alias/,
      "write the words out, or set the anchor (&name) before the alias (*name)",
    ],
  ];

  test.each(bad)("an encounter on %s: exit 3, nothing is asked, nothing is written", async (_, edit, says, hint) => {
    const data = join(freshFolder(), "data");
    const file = put(freshFolder(), "answers.jsonl", answers);
    const { code, stdout, stderr } = await threshold(
      ["encounter", "--templates", templatesWith(edit), "--answers", file],
      data,
    );
    const [error = "", hinted = "", ...more] = stderr.trimEnd().split("\n");
    expect({ code, stdout, more }).toEqual({ code: 3, stdout: "", more: [] });
    expect(error.startsWith("threshold: error: ")).toBe(true);
    expect(error).toMatch(says);
    expect(hinted).toBe(`threshold: hint: ${hint}`);
    expect(filesUnder(data)).toEqual([]);
  });

  test("a site's own templates with a fault: exit 3, and how to be guided all the same", async () => {
    const [, edit] = bad[0] ?? [];
    if (edit === undefined) throw new Error("there is no fault to try");
    const data = join(freshFolder(), "data");
    put(data, "site.yaml", `setting: shelter\ntemplates: ${JSON.stringify(templatesWith(edit))}\n`);
    const file = put(freshFolder(), "answers.jsonl", answers);
    const faulty = await threshold(["encounter", "--answers", file], data);
    expect([faulty.code, faulty.stderr.includes("agents are here now: threshold encounter --shipped")]).toEqual([
      3,
      true,
    ]);
    const shipped = await threshold(["encounter", "--shipped", "--answers", file], data);
    expect([shipped.code, shipped.stderr.includes('but step "call_lead" is asked')]).toEqual([2, true]);
  });

  test.each([
    [["steps: [agency_paper]", "steps: [agency_papers]"], /nyc\.open\.yaml:\d+: there is no step "agency_papers"$/],
    [
      ["ask: How far", "asks: How far"],
      /nyc\.open\.yaml:\d+: questions\.arrestInside\.ask: invalid input: expected string, received undefined$/,
    ],
  ] as const)("a fault among the open questions: %s", async ([from, to], says) => {
    const folder = templatesWith([join("protocols", "nyc.open.yaml"), from, to]);
    const { code, stderr } = await threshold(["protocol", "lint", folder], join(freshFolder(), "data"));
    expect([code, stderr.split("\n")[0]]).toEqual([3, expect.stringMatching(says)]);
  });

  test("lint says what the protocol rests on and leaves open", async () => {
    const { code, stdout } = await threshold(["protocol", "lint"], join(freshFolder(), "data"));
    const open = readFileSync(join(templatesWith(), "protocols", "nyc.open.yaml"), "utf8").match(/^  \w+:$/gm)?.length;
    expect(code).toBe(0);
    expect(stdout).toContain(`Open questions for counsel: ${open}`);
    expect(stdout).toMatch(/^ {2}S {2}Mayoral Executive Order 13 of 2026 \(read 2026-11-23\)$/m);
    expect(stdout).toMatch(/^Steps that rest on such sources alone: \d+ \(.*call_lead/m);
  });

  test("setup refuses templates with a fault, and changes nothing", async () => {
    const [, edit] = bad[0] ?? [];
    if (edit === undefined) throw new Error("there is no fault to try");
    const data = join(freshFolder(), "data");
    const { code } = await threshold(["setup", "--templates", templatesWith(edit)], data);
    expect([code, filesUnder(data)]).toEqual([3, []]);
  });

  test("the same folder without its fault is asked from", async () => {
    const data = join(freshFolder(), "data");
    const file = put(freshFolder(), "answers.jsonl", answers);
    const { code, stderr } = await threshold(["encounter", "--templates", templatesWith(), "--answers", file], data);
    expect(stderr).toMatch(/ends after line \d, but step "call_lead" is asked/);
    expect(code).toBe(2);
    expect(filesUnder(data).length).toBeGreaterThan(2);
  });

  test.each(bad)("protocol lint on %s: exit 3, and the fault by file and line", async (_, edit, says, hint) => {
    const data = join(freshFolder(), "data");
    const { code, stdout, stderr } = await threshold(["protocol", "lint", templatesWith(edit)], data);
    expect(code).toBe(3);
    expect(`${stdout}${stderr}`).toMatch(says);
    expect(`${stdout}${stderr}`).toContain(hint);
    expect(stderr).toMatch(/^threshold: error: .*\nthreshold: hint: .*\n$/);
    expect(filesUnder(data)).toEqual([]);
  });

  test("protocol lint lists every fault with what would be right, and counts them", async () => {
    const folder = templatesWith(
      [graph, "role: backup", "role: bakup"],
      [graph, nypdAlone, "why: [nypt]\n    next: left"],
    );
    const { code, stdout, stderr } = await threshold(["protocol", "lint", folder], join(freshFolder(), "data"));
    expect(code).toBe(3);
    expect(stdout.replaceAll(/^.*nyc\.yaml:\d+: /gm, "").split("\n")).toEqual([
      `there is no role "bakup"; ${rolesHint}`,
      'there is no source "nypt"; add it under "sources", or use "nypd"',
      "",
    ]);
    expect(stderr.split("\n")).toEqual([
      `threshold: error: 2 faults in ${folder}`,
      "threshold: hint: each line above names the file, the line and what would be right",
      "",
    ]);
  });

  test("protocol lint on what is shipped: no fault, exit 0", async () => {
    const { code, stdout, stderr } = await threshold(["protocol", "lint"], join(freshFolder(), "data"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [first, ...more] = stdout.trimEnd().split("\n");
    expect(first).toMatch(/^nyc: no fault found, in 3 settings and 2 languages\.$/);
    // What follows says what it rests on, and tells of no fault.
    const foundation =
      /^(Sources of which|Steps that rest|Open questions|Answers that no|  (P-part|S|K|C) {2}| {2}\S+: \d+ steps \(|us: no fault found)/;
    expect(more.filter((line) => !foundation.test(line))).toEqual([]);
  });
});
