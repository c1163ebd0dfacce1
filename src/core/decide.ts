import { another, inEnglish, lastStep, lookedFor, question, sameAbout, standing } from "./encounter.ts";
import type { About, Chosen, English, Sentence, Shown } from "./entry.ts";
import { type FieldValue, misfit } from "./field.ts";
import { applies, type Incident, missing, stillAsked } from "./incident.ts";
import { conclude, type Looked } from "./instrument.ts";
import { Problem } from "./problem.ts";
import type { Protocol, Step } from "./protocol.ts";
import type { Choice, Question, Reply } from "./question.ts";

// The other half of the engine: from a reply to the one sentence that is written down, in the record's language; what was
// shown in another stands beside it.

/** The file behind an `attach` reply, once the guide has copied it in. */
export type StoredFile = Extract<Sentence, { type: "attached" }>["file"];

/**
 * The sentence that a reply makes. Nothing is written here. `file` is what an `attach` reply stands for.
 * @throws Problem `usage` when the reply does not answer what is asked; the encounter goes on as it was.
 */
export function decide(protocol: Protocol, incident: Incident, reply: Reply, file?: StoredFile): Sentence {
  if (incident.ended)
    throw new Problem("usage", "the encounter has ended", "add what is missing with: threshold incident correct");
  const step = standing(protocol, incident);
  if (reply.step !== step.id)
    throw new Problem(
      "usage",
      `this answers step "${reply.step}", but step "${step.id}" is asked`,
      `answer "${step.id}" first`,
    );
  const happened = reply.at === undefined ? {} : { happenedAt: reply.at };
  if ("note" in reply) return { type: "noted", ...happened, step: step.id, text: reply.note, from: "desk" };
  if ("handOver" in reply) return { type: "handedOver", ...happened, step: step.id, to: reply.handOver };
  if ("pause" in reply) return { type: "paused", ...happened, step: step.id, cause: "asked" };
  if ("back" in reply) return { ...goBack(incident, step), ...happened };
  if ("interrupt" in reply) {
    if (step.phase !== "live")
      throw new Problem(
        "usage",
        `"${reply.interrupt}" is for while agents are here; step "${step.id}" comes after`,
        "write it down as a note",
      );
    return {
      type: "interrupted",
      ...happened,
      step: step.id,
      key: reply.interrupt,
      to: protocol.interrupts[reply.interrupt],
    };
  }
  if ("attach" in reply) {
    if (file === undefined) throw new Problem("usage", "the file has not been copied in");
    const { about, for: field } = reply;
    checkAbout(incident, about);
    if (field !== undefined) checkFileField(protocol, about, field);
    return {
      type: "attached",
      ...happened,
      step: step.id,
      ...(about && { about }),
      ...(field !== undefined && { field, label: protocol.fields[field]?.label ?? field }),
      file,
    };
  }
  if ("fields" in reply) return { ...record(protocol, incident, step, reply), ...happened };
  return { ...answer(protocol, incident, step, reply), ...happened };
}

/** A file may be about an agent or a paper that is there, or the next one; never about one far off, which would make up those between. */
function checkAbout(incident: Incident, about: About | undefined): void {
  if (about === undefined) return;
  const [what, place, many] =
    "agent" in about ? ["agent", about.agent, incident.agents.length] : ["paper", about.paper, incident.papers.length];
  if (place > many) throw new Problem("usage", `there is no ${what} ${place + 1}`, `the next one is ${many + 1}`);
}

function checkFileField(protocol: Protocol, about: About | undefined, id: string): void {
  const field = protocol.fields[id];
  if (field?.kind !== "file") {
    const files = Object.entries(protocol.fields).filter(([, { kind }]) => kind === "file");
    throw new Problem(
      "usage",
      `there is no field "${id}" that a file can answer`,
      `one of: ${files.map(([name]) => name).join(", ")}`,
    );
  }
  const per = about === undefined ? "incident" : "agent" in about ? "agent" : "paper";
  if (field.per === per) return;
  if (field.per === "incident")
    throw new Problem("usage", `the field "${id}" is about the visit as a whole`, 'leave "about" out');
  throw new Problem("usage", `the field "${id}" is about one ${field.per}`, `such as "about":{"${field.per}":0}`);
}

function goBack(incident: Incident, step: Step): Sentence {
  const last = lastStep(incident);
  if (last === undefined) throw new Problem("usage", "there is nothing to go back to", "this is the first screen");
  return { type: "returned", step: step.id, undoes: last.n, to: last.step };
}

function answer(
  protocol: Protocol,
  incident: Incident,
  step: Step,
  reply: Extract<Reply, { answer: string }>,
): Sentence {
  const asked = question(protocol, incident);
  const chosen = asked?.choices.find((choice) => choice.id === reply.answer);
  if (asked?.field !== undefined) {
    if (chosen === undefined)
      throw new Problem(
        "usage",
        `step "${step.id}" asks for the field "${asked.field.id}"`,
        `reply with {"step":"${step.id}","fields":{"${asked.field.id}":"..."}}`,
      );
    return record(protocol, incident, step, { step: step.id, fields: { [asked.field.id]: chosen.id } });
  }
  if (reply.looksFor !== undefined && reply.looksFor !== asked?.looksFor)
    throw new Problem("usage", `this answers "${reply.looksFor}", but "${asked?.looksFor ?? step.id}" is asked`);
  if (asked === undefined || chosen === undefined) {
    throw new Problem(
      "usage",
      `"${reply.answer}" is no answer to step "${step.id}"`,
      `one of: ${asked?.choices.map((choice) => choice.id).join(", ")}`,
    );
  }
  const english = inEnglish(protocol, incident) ?? asked;
  const words = wordsOf(asked, protocol.shown && english);
  const written = inBoth(english.choices, chosen);
  switch (step.kind) {
    case "ask": {
      const { sets, next } = step.answers.find(({ id }) => id === chosen.id) ?? { next: step.id, sets: undefined };
      const key = interruptOf(protocol, step, next);
      if (key !== undefined) return { type: "interrupted", step: step.id, key, to: next };
      return {
        type: "answered",
        step: step.id,
        ...words,
        answer: written,
        ...(sets && { sets: labelledAll(protocol, sets) }),
        to: next,
      };
    }
    case "tell":
      return { type: "answered", step: step.id, ...words, answer: written, to: step.next };
    case "call": {
      const outcome = chosen.id === "reached" ? "reached" : "unreached";
      const contact =
        incident.opened.contacts.find(({ role }) => role === step.role)?.words ??
        protocol.roles.find(({ id }) => id === step.role)?.label ??
        step.role;
      return {
        type: "called",
        step: step.id,
        ...words,
        role: step.role,
        contact,
        outcome,
        answer: written,
        to: step.next[outcome],
      };
    }
    case "examine":
      return examine(protocol, incident, step, asked.ask, written);
    case "record": {
      const isMore = chosen.id === "another";
      return {
        type: "answered",
        step: step.id,
        ...words,
        answer: written,
        ...(isMore && { begins: "agent" }),
        to: isMore ? step.id : step.next,
      };
    }
    case "end":
      return {
        type: "ended",
        step: step.id,
        outcome: protocol.outcomes[step.outcome] ?? step.outcome,
        missing: [...missing(protocol, incident)],
      };
  }
}

/** The words that were on the screen, and the same in the record's language where that is another. */
function wordsOf(
  asked: Question,
  english: Question | undefined,
): { readonly shown: Shown; readonly english?: English } {
  const shown = { ...aloud(asked), do: [...asked.do], ask: asked.ask };
  return { shown, ...(english && { english: { ...aloud(english), ask: english.ask } }) };
}

function aloud({ say, nearby }: Question): Pick<Shown, "say" | "nearby"> {
  return { ...(say !== undefined && { say }), ...(nearby !== undefined && { nearby }) };
}

/** What was chosen in the record's language, and as it was shown where that was another. */
function inBoth(english: readonly Choice[], { id, label }: Choice): Chosen {
  const written = english.find((choice) => choice.id === id)?.label ?? label;
  return { id, label: written, ...(written !== label && { shown: label }) };
}

/** An answer that leads to the step of an interrupt is that interrupt: it comes back to where it was given. */
function interruptOf(protocol: Protocol, step: Step, next: string): "danger" | "entered" | undefined {
  if (step.id === next) return undefined;
  return next === protocol.interrupts.danger ? "danger" : next === protocol.interrupts.entered ? "entered" : undefined;
}

function examine(
  protocol: Protocol,
  incident: Incident,
  step: Extract<Step, { kind: "examine" }>,
  shownAsk: string,
  answer: Chosen,
): Sentence {
  const { paper, looksFor, seen } = lookedFor(protocol, incident);
  const looked = conclude(protocol.look, protocol.instruments, [...seen, { question: looksFor, answer: answer.id }]);
  const ask = protocol.look.questions[looksFor]?.ask ?? looksFor;
  return {
    type: "examined",
    step: step.id,
    paper,
    question: looksFor,
    ask,
    ...(shownAsk !== ask && { shownAsk }),
    answer,
    ...(looked && { looked: named(protocol, looked) }),
    to: looked ? step.next[looked.route] : step.id,
  };
}

function named(protocol: Protocol, { instrument, verdict, route }: Looked) {
  return { instrument, name: protocol.instruments[instrument]?.name ?? instrument, verdict, route };
}

function record(
  protocol: Protocol,
  incident: Incident,
  step: Step,
  reply: Extract<Reply, { fields: unknown }>,
): Sentence {
  if (step.kind !== "record")
    throw new Problem(
      "usage",
      `step "${step.id}" asks for an answer, not for fields`,
      `one of: ${question(protocol, incident)
        ?.choices.map((choice) => choice.id)
        .join(", ")}`,
    );
  const next = stillAsked(protocol, incident, step)[0];
  if (next === undefined)
    throw new Problem("usage", `step "${step.id}" asks "${another(step, incident)}"`, "one of: another, done");
  const about = reply.about ?? next.about;
  if (!sameAbout(about, next.about))
    throw new Problem(
      "usage",
      `step "${step.id}" asks about ${next.about ? JSON.stringify(next.about) : "the visit as a whole"}, not ${JSON.stringify(reply.about)}`,
    );
  const known = fieldsOf(incident, about);
  const given: Record<string, FieldValue> = {};
  // Conditions may rest on values of the same reply, so the fields are taken in the step's own order.
  for (const id of step.fields) {
    const value = reply.fields[id];
    if (value === undefined) continue;
    const field = protocol.fields[id];
    const why = field && misfit(field, value);
    if (why !== undefined) throw new Problem("usage", `field "${id}" of step "${step.id}": ${why}`, field?.ask);
    if (known[id] !== undefined)
      throw new Problem(
        "usage",
        `field "${id}" of step "${step.id}" has been answered already`,
        "use: threshold incident correct",
      );
    if (!appliesWith(protocol, known, given, id))
      throw new Problem(
        "usage",
        `field "${id}" of step "${step.id}" is not asked here`,
        `it is asked when ${JSON.stringify(field?.when)}`,
      );
    given[id] = value;
  }
  const stranger = Object.keys(reply.fields).find((id) => !step.fields.includes(id));
  if (stranger !== undefined)
    throw new Problem(
      "usage",
      `step "${step.id}" does not ask for the field "${stranger}"`,
      `one of: ${step.fields.join(", ")}`,
    );
  if (reply.rest !== undefined) {
    for (const id of step.fields)
      if (given[id] === undefined && known[id] === undefined && appliesWith(protocol, known, given, id))
        given[id] = { unknown: reply.rest };
  }
  if (Object.keys(given).length === 0)
    throw new Problem("usage", `nothing was given for step "${step.id}"`, `one of: ${step.fields.join(", ")}`);
  return {
    type: "recorded",
    step: step.id,
    ...(about && { about }),
    fields: labelledAll(protocol, given),
    to: step.id,
  };
}

function labelledAll(protocol: Protocol, values: Readonly<Record<string, FieldValue>>) {
  return Object.fromEntries(Object.entries(values).map(([id, value]) => [id, labelled(protocol, id, value)]));
}

/** A value with the words it is shown by, so that an entry explains itself. */
export function labelled(
  protocol: Protocol,
  id: string,
  value: FieldValue,
): { label: string; value: FieldValue; words?: string } {
  const field = protocol.fields[id];
  const words = typeof value === "string" ? field?.choiceWords?.[value] : protocol.unknowns[value.unknown];
  return { label: field?.label ?? id, value, ...(words !== undefined && { words }) };
}

function fieldsOf(incident: Incident, about: About | undefined): Incident["fields"] {
  if (about === undefined) return incident.fields;
  return ("agent" in about ? incident.agents[about.agent] : incident.papers[about.paper]?.fields) ?? {};
}

function appliesWith(
  protocol: Protocol,
  known: Incident["fields"],
  given: Readonly<Record<string, FieldValue>>,
  id: string,
): boolean {
  const fresh = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, { label: key, value, at: "", before: [] }]),
  );
  return applies(protocol, { ...known, ...fresh }, id);
}
