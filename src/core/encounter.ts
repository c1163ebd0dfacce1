import type { About } from "./entry.ts";
import { fill } from "./fill.ts";
import { type Incident, isMove, mayHaveMoreAgents, stillAsked } from "./incident.ts";
import { nextLook } from "./instrument.ts";
import { Problem } from "./problem.ts";
import { asShown, type Protocol, RETURN, type Step } from "./protocol.ts";
import type { Choice, Question } from "./question.ts";

// One half of the engine: what is asked now. The other half, `decide`, turns a reply into a sentence. Both are pure: the
// incident comes in, nothing goes out but the answer.

/** What is asked now, in the language that is shown; undefined when the encounter has ended. */
export function question(protocol: Protocol, incident: Incident): Question | undefined {
  const asked = asking(asShown(protocol), shownTo(incident));
  const english = protocol.shown && asked && asking(protocol, incident)?.say;
  return english === undefined || english === asked?.say || asked === undefined
    ? asked
    : { ...asked, inEnglish: english };
}

/** The incident with the site's words as they are said in the language that is shown. */
function shownTo(incident: Incident): Incident {
  const { opened } = incident;
  return opened.shownValues === undefined
    ? incident
    : { ...incident, opened: { ...opened, values: opened.shownValues } };
}

/** The same in the record's language. */
export function inEnglish(protocol: Protocol, incident: Incident): Question | undefined {
  return asking(protocol, incident);
}

/** What is asked now, in the words of `protocol` itself. */
function asking(protocol: Protocol, incident: Incident): Question | undefined {
  if (incident.ended) return undefined;
  const step = standing(protocol, incident);
  const base = {
    step: step.id,
    phase: step.phase,
    isLive: step.phase === "live",
    ...wordsOn(protocol, incident, step),
    ...(step.phase === "live" && { never: filled(protocol, incident, protocol.never) }),
    choices: [] as readonly Choice[],
    why: step.why.flatMap((id) => protocol.sources[id] ?? []),
    contacts: contactsOf(protocol, incident),
    canGoBack: lastStep(incident) !== undefined,
  };
  switch (step.kind) {
    case "ask":
      return {
        ...base,
        choices: step.answers.map(({ id, label }) => ({ id, label: filled(protocol, incident, label) })),
      };
    case "tell":
    case "end":
      return { ...base, choices: [{ id: "done", label: step.done }] };
    case "call":
      return {
        ...base,
        isCall: true,
        choices: [
          { id: "reached", label: step.reached },
          { id: "unreached", label: step.unreached },
        ],
      };
    case "examine":
      return { ...base, ...looking(protocol, incident) };
    case "record":
      return { ...base, ...recording(protocol, incident, step) };
  }
}

/** The contacts of the record: labels and stand-ins in the words of `protocol`, what the site gave as it gave it. */
export function contactsOf({ roles, values }: Protocol, { opened }: Incident): Question["contacts"] {
  return opened.contacts.map(({ role, label, words }) => ({
    role,
    label: roles.find(({ id }) => id === role)?.label ?? label,
    words: opened.values[`contact.${role}`] ?? values[`contact.${role}`] ?? words,
  }));
}

function looking(protocol: Protocol, incident: Incident): Partial<Question> {
  const { paper, looksFor } = lookedFor(protocol, incident);
  const asked = protocol.look.questions[looksFor];
  return {
    ask: asked?.ask ?? looksFor,
    about: { paper },
    looksFor,
    choices: asked?.answers.map(({ id, label }) => ({ id, label })) ?? [],
  };
}

function recording(protocol: Protocol, incident: Incident, step: Extract<Step, { kind: "record" }>): Partial<Question> {
  const asked = stillAsked(protocol, incident, step);
  const next = asked[0];
  const field = next && protocol.fields[next.field];
  if (!next || !field)
    return {
      choices: [
        { id: "another", label: step.more.another },
        { id: "done", label: step.more.done },
      ],
      ask: another(step, incident),
    };
  return {
    ask: filled(protocol, incident, `${whose(step, next.about)}${field.ask}`),
    ...(next.about && { about: next.about }),
    choices:
      field.kind === "choice" ? (field.choices ?? []).map((id) => ({ id, label: field.choiceWords?.[id] ?? id })) : [],
    field: {
      id: next.field,
      kind: field.kind,
      unknowns: field.unknowns ?? [],
      left: asked.filter((item) => sameAbout(item.about, next.about)).length,
    },
  };
}

export function another({ more }: Extract<Step, { kind: "record" }>, incident: Incident): string {
  return fill(more.ask, { n: String(incident.agents.length) });
}

/** "Agent 2: ", so that nobody has to count. */
function whose({ more }: Extract<Step, { kind: "record" }>, about: About | undefined): string {
  if (about === undefined) return "";
  return "agent" in about
    ? fill(more.agent, { n: String(about.agent + 1) })
    : fill(more.paper, { n: String(about.paper + 1) });
}

/** The paper that is being looked at, the first that is not done, and what is looked for on it next. */
export function lookedFor(
  protocol: Protocol,
  incident: Incident,
): { paper: number; looksFor: string; seen: Incident["papers"][number]["seen"] } {
  const open = incident.papers.findIndex(({ looked }) => looked === undefined);
  const seen = incident.papers[open]?.seen ?? [];
  return {
    paper: open === -1 ? incident.papers.length : open,
    looksFor: nextLook(protocol.look, protocol.instruments, seen) ?? protocol.look.start,
    seen,
  };
}

/** The step on screen: record steps with nothing left to ask are passed over. @throws Problem `template` when the protocol goes nowhere. */
export function standing(protocol: Protocol, incident: Incident): Step {
  let id = incident.step;
  const calledFrom = [...incident.calledFrom];
  for (let hops = 0; hops < 1000; hops++) {
    if (id === RETURN) id = calledFrom.pop() ?? protocol.start;
    const step = protocol.steps[id];
    if (step === undefined)
      throw new Problem("template", `protocol ${protocol.id} ${protocol.version} has no step "${id}"`);
    if (step.kind !== "record" || hasSomethingToAsk(protocol, incident, step)) return step;
    id = step.next;
  }
  throw new Problem("template", `protocol ${protocol.id} ${protocol.version} goes round in circles at step "${id}"`);
}

function hasSomethingToAsk(protocol: Protocol, incident: Incident, step: Extract<Step, { kind: "record" }>): boolean {
  return stillAsked(protocol, incident, step).length > 0 || (step.each === "agent" && mayHaveMoreAgents(incident));
}

function filled(protocol: Protocol, incident: Incident, words: string): string {
  return fill(words, { number: incident.opened.number }, incident.opened.values, protocol.values);
}

function wordsOn(protocol: Protocol, incident: Incident, step: Step): Pick<Question, "say" | "nearby" | "do" | "ask"> {
  return {
    ...(step.say !== undefined && { say: filled(protocol, incident, step.say) }),
    ...(step.nearby !== undefined && { nearby: filled(protocol, incident, step.nearby) }),
    do: step.do.map((line) => filled(protocol, incident, line)),
    ask: filled(protocol, incident, step.ask),
  };
}

export function sameAbout(a: About | undefined, b: About | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The last entry that moved the guide and still counts. */
export function lastStep(incident: Incident): { readonly n: number; readonly step: string } | undefined {
  for (const { n, what } of incident.entries.toReversed()) {
    if (incident.undone.has(n)) continue;
    if (isMove(what)) return { n, step: what.step };
  }
  return undefined;
}
