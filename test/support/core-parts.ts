import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { type Parts, FieldsFile, RecordWords, compile } from "../../src/core/compile.ts";
import { Instrument, LookGraph } from "../../src/core/instrument.ts";
import { Words } from "../../src/core/product-words.ts";
import { Graph, ProtocolWords } from "../../src/core/graph.ts";
import { Language } from "../../src/core/language.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import type { Setting } from "../../src/core/settings.ts";

// What the tests of the core are made of: the parts that ship, and a small protocol with one step of each kind.

const templates = fileURLToPath(new URL("../../templates/", import.meta.url));
const read = (path: string): unknown => parse(readFileSync(templates + path, "utf8"));

/** The parts of the protocol that ships, fresh each time, so that a test may put a fault into its own copy. */
export function shippedParts(): Parts {
  parts ??= readParts();
  return structuredClone(parts);
}

let parts: Parts | undefined;

function readParts(): Parts {
  const kinds = readdirSync(`${templates}instruments`).filter((file) => file !== "look.yaml");
  return {
    graph: Graph.parse(read("protocols/nyc.yaml")),
    words: ProtocolWords.parse(read("protocols/nyc.en.yaml")),
    language: Language.parse(read("languages/en.yaml")),
    fields: FieldsFile.parse(read("record/fields.yaml")).fields,
    look: LookGraph.parse(read("instruments/look.yaml")),
    instruments: Object.fromEntries(
      kinds.map((file) => [file.replace(".yaml", ""), Instrument.parse(read(`instruments/${file}`))]),
    ),
    record: RecordWords.parse(read("words/en.yaml")),
  };
}

const compiled = new Map<Setting, Protocol>();

/** The shipped protocol for a setting. */
export function shipped(setting: Setting): Protocol {
  const found = compiled.get(setting) ?? compile(shippedParts(), setting);
  compiled.set(setting, found);
  return found;
}

/** Every word that ships and is not a protocol's own. */
export function shippedWords(): Words {
  return Words.parse(read("words/en.yaml"));
}

const why = ["rule"];
const tinyGraph = {
  id: "tiny",
  version: "0.0.1",
  settings: ["shelter", "school"],
  start: "start",
  interrupts: { danger: "danger", entered: "went_in" },
  roles: ["lead", "counsel", "emergency"],
  variants: { school: { talk: { next: "look" } } },
  sources: { rule: { cite: "A rule", says: "It says so.", mark: "C", link: "none", read: "2026-11-23" } },
  steps: {
    start: {
      kind: "ask",
      phase: "live",
      why,
      answers: { talk: "talk", look: "look", hurt: "danger", gone: "rec_visit" },
    },
    talk: { kind: "tell", phase: "live", why, next: "ring" },
    ring: { kind: "call", phase: "live", role: "lead", why, next: { reached: "wait", unreached: "talk" } },
    look: {
      kind: "examine",
      phase: "live",
      why,
      next: {
        search: "searching",
        arrest: "ring",
        order: "wait",
        subpoena: "wait",
        agency: "talk",
        other: "wait",
        defective: "wait",
        unclear: "ring",
      },
    },
    searching: { kind: "tell", phase: "live", why, next: "wait" },
    wait: {
      kind: "ask",
      phase: "live",
      why,
      answers: {
        look: "look",
        ring: "ring",
        inside: { next: "ring", sets: { entered: "yes" } },
        gone: "rec_visit",
      },
    },
    danger: {
      kind: "call",
      phase: "live",
      role: "emergency",
      why,
      next: { reached: "return", unreached: "danger_again" },
    },
    danger_again: { kind: "tell", phase: "live", why, next: "return" },
    went_in: {
      kind: "ask",
      phase: "live",
      why,
      answers: { walked: { next: "return", sets: { entered: "yes" } }, unsure: "return" },
    },
    rec_visit: {
      kind: "record",
      phase: "record",
      why,
      fields: ["agentCount", "entered", "taken", "takenCount", "said"],
      next: "rec_agents",
    },
    rec_agents: { kind: "record", phase: "record", each: "agent", why, fields: ["name", "badge"], next: "rec_papers" },
    rec_papers: { kind: "record", phase: "record", each: "paper", why, fields: ["copy", "from"], next: "tell_counsel" },
    tell_counsel: { kind: "call", phase: "close", role: "counsel", why, next: { reached: "end", unreached: "end" } },
    end: { kind: "end", phase: "close", why, outcome: "closed" },
  },
};

const done = { done: "Done" };
const called = { reached: "Yes", unreached: "No" };
const tinyWords = {
  language: "en",
  title: "Tiny",
  readBy: "nobody yet",
  never: "Do not touch or block anyone.",
  roles: { lead: "Lead", counsel: "Legal office", emergency: "Emergency" },
  values: Object.fromEntries(
    ["shelter", "school", "hospital"].map((setting) => [
      setting,
      {
        site: "No site",
        past: "past here",
        waitingPlace: "in the hall",
        area: "the rooms",
        "contact.lead": "the lead (number not set)",
        "contact.counsel": "the legal office (number not set)",
        "contact.emergency": "911",
      },
    ]),
  ),
  outcomes: { closed: "Record closed" },
  steps: {
    start: {
      say: "Please wait {waitingPlace}.",
      do: ["Stay at {site}."],
      ask: "What do they do?",
      answers: { talk: "They talk", look: "They show a paper", hurt: "Someone is hurt", gone: "They have gone" },
    },
    talk: { say: "I am calling.", do: ["Call {contact.lead}."], ask: "Ready?", answers: done },
    ring: { do: ["Call {contact.lead}."], ask: "Reached?", answers: called },
    look: { say: "Thank you." },
    searching: { do: ["Step aside."], ask: "Ready?", answers: done },
    wait: {
      do: ["Wait."],
      ask: "And now?",
      answers: { look: "A paper", ring: "Call", inside: "They go in", gone: "They have gone" },
    },
    danger: { do: ["Step back."], ask: "Reached?", answers: called },
    danger_again: { do: ["Step back."], ask: "Ready?", answers: done },
    went_in: { do: ["Step aside."], ask: "How?", answers: { walked: "Past the desk", unsure: "I can't tell" } },
    rec_visit: { do: ["Roles, not names."] },
    tell_counsel: { do: ["Call {contact.counsel}."], ask: "Reached?", answers: called },
    end: { ask: "Anything else?", answers: { done: "No, close it" } },
  },
};

const perVisit = { per: "incident", level: "must", prints: "report", section: "visit" };
const tinyFields = {
  agentCount: { ...perVisit, kind: "count", unknowns: ["notKnown"] },
  entered: { ...perVisit, kind: "choice", choices: ["no", "yes"] },
  taken: { ...perVisit, kind: "choice", choices: ["no", "taken"], unknowns: ["couldNotSee"] },
  takenCount: { ...perVisit, kind: "count", when: { field: "taken", is: ["taken"] } },
  said: { ...perVisit, level: "should", kind: "quote", unknowns: ["notAsked", "none"], prints: "withheld" },
  name: {
    per: "agent",
    level: "must",
    kind: "text",
    unknowns: ["refused", "notAsked"],
    prints: "report",
    section: "agents",
  },
  badge: { per: "agent", level: "must", kind: "text", unknowns: ["hid"], prints: "report", section: "agents" },
  copy: { per: "paper", level: "should", kind: "file", unknowns: ["refused"], prints: "report", section: "papers" },
  from: { per: "paper", level: "must", kind: "text", unknowns: ["couldNotSee"], prints: "report", section: "papers" },
};

/** A protocol small enough to hold in the head: every kind of step, both interrupts, fields of each kind of thing. */
export function tinyParts(): Parts {
  const parts = shippedParts();
  const words = (id: string) => ({ label: `The ${id}`, ask: `Which ${id}?` });
  const choices: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    entered: { no: "No", yes: "Yes" },
    taken: { no: "Nobody", taken: "Somebody" },
  };
  return {
    ...parts,
    graph: Graph.parse(tinyGraph),
    words: ProtocolWords.parse(tinyWords),
    fields: FieldsFile.parse({ fields: tinyFields }).fields,
    record: {
      ...parts.record,
      more: {
        ask: "Written down: {n}. Another?",
        another: "Yes, another agent",
        done: "No, that is all",
        agent: "Agent {n}: ",
        paper: "Paper {n}: ",
      },
      record: Object.fromEntries(
        Object.keys(tinyFields).map((id) => [id, { ...words(id), ...(choices[id] && { choices: choices[id] }) }]),
      ),
    },
  };
}

export const tiny: Protocol = compile(tinyParts(), "shelter");
