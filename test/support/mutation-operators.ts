import type { GraphStep } from "../../src/core/graph.ts";
import { phases } from "../../src/core/protocol.ts";
import type { Pick } from "./core-walk.ts";
import type { Pack } from "./mutations.ts";

// Slips of a hand in the files of a protocol: what can slip, and where. None is made to be caught. Each says which names a
// fault about it should hold, or why nobody could notice it.

type Loose = Record<string, unknown>;
/** The copy is the test's own: it may be written into. */
const own = (value: unknown): Loose => value as Loose;

/** What a slip did: the names of which a fault about it should hold one, or why nobody could notice it. */
type Done = { readonly names: readonly string[] } | { readonly nothing: string };
/** One place in a pack where an operator can slip; `slip` writes into the copy that it is given. */
export type Site = { readonly what: string; readonly slip: (copy: Pack, pick: Pick) => Done };
export type Operator = { readonly name: string; readonly sites: (pack: Pack) => readonly Site[] };

export const one = <T>(all: readonly T[], pick: Pick): T => {
  const found = all[pick(all.length)];
  if (found === undefined) throw new Error("nothing to draw from");
  return found;
};
const misspelt = (word: string, pick: Pick): string => {
  const at = 1 + pick(Math.max(1, word.length - 2));
  return word.slice(0, at) + word.slice(at + 1) === word ? `${word}x` : word.slice(0, at) + word.slice(at + 1);
};
const stepsOf = ({ shared }: Pack): readonly (readonly [string, GraphStep])[] => Object.entries(shared.graph.steps);
const stepIn = (copy: Pack, id: string): Loose => own(copy.shared.graph.steps[id]);

/** Every way out of a step in the graph, how to lead it elsewhere, and its name. */
function leads(
  step: GraphStep,
): readonly (readonly [name: string, to: string, lead: (step: Loose, to: string) => void])[] {
  switch (step.kind) {
    case "tell":
    case "record":
      return [["done", step.next, (copy, to) => (copy["next"] = to)]];
    case "ask":
      return Object.entries(step.answers).map(([id, { next }]) => [
        id,
        next,
        (copy, to) => (own(own(copy["answers"])[id])["next"] = to),
      ]);
    case "call":
    case "examine":
      return Object.entries(step.next).map(([id, next]) => [id, next, (copy, to) => (own(copy["next"])[id] = to)]);
    case "end":
      return [];
  }
}

/** One site for each step of some kinds. */
const perStep =
  (
    kinds: readonly GraphStep["kind"][] | "all",
    slip: (id: string, step: GraphStep, copy: Pack, pick: Pick) => Done,
    where: (step: GraphStep) => boolean = () => true,
  ) =>
  (pack: Pack): readonly Site[] =>
    stepsOf(pack)
      .filter(([, step]) => (kinds === "all" || kinds.includes(step.kind)) && where(step))
      .map(([id, step]) => ({ what: id, slip: (copy, pick) => slip(id, step, copy, pick) }));

/** Two ways out of one step, drawn, lead where the other led. */
function exchange(id: string, step: GraphStep, copy: Pack, pick: Pick): Done {
  const ways = leads(step);
  const a = one(ways, pick);
  const b = one(
    ways.filter((way) => way !== a),
    pick,
  );
  if (a[1] === b[1]) return { nothing: "both lead to the same step" };
  a[2](stepIn(copy, id), b[1]);
  b[2](stepIn(copy, id), a[1]);
  return { names: [id] };
}

/** A text of the words of a step, in a language: where it stands, and how to write it. */
type Spot = {
  readonly language: string;
  readonly id: string;
  readonly kind: string;
  readonly text: string;
  readonly write: (copy: Pack, text: string) => void;
};

function spots(pack: Pack): readonly Spot[] {
  return Object.entries(pack.tongues).flatMap(([language, { words }]) =>
    Object.entries(words.steps).flatMap(([id, step]) => spotsIn(language, id, step, [])),
  );
}

function spotsIn(language: string, id: string, thing: unknown, keys: readonly string[]): readonly Spot[] {
  if (typeof thing === "string") {
    const write = (copy: Pack, text: string): void => {
      const inner = keys
        .slice(0, -1)
        .reduce<Loose>((at, key) => own(at[key]), own(copy.tongues[language]?.words.steps[id]));
      inner[keys.at(-1) ?? ""] = text;
    };
    const kind = keys.find((key) => ["say", "nearby", "do", "ask", "answers"].includes(key)) ?? "";
    return [{ language, id, kind, text: thing, write }];
  }
  return Object.entries((thing ?? {}) as Loose).flatMap(([key, each]) => spotsIn(language, id, each, [...keys, key]));
}

/** One site for each text of some kinds. */
const perText =
  (
    kinds: readonly string[],
    slip: (spot: Spot, pack: Pack, copy: Pack, pick: Pick) => Done,
    where: (spot: Spot) => boolean = () => true,
  ) =>
  (pack: Pack): readonly Site[] =>
    spots(pack)
      .filter((spot) => kinds.includes(spot.kind) && where(spot))
      .map((spot) => ({
        what: `${spot.language} ${spot.id} ${spot.kind}`,
        slip: (copy, pick) => slip(spot, pack, copy, pick),
      }));

const sentences = (text: string): readonly string[] => text.match(/[^.!?]+[.!?]+/g)?.map((each) => each.trim()) ?? [];
const longer =
  (from: "say" | "do") =>
  (spot: Spot, pack: Pack, copy: Pack, pick: Pick): Done => {
    const others = spots(pack).filter(
      ({ id, kind, language }) => kind === from && id !== spot.id && language === spot.language,
    );
    const more = one(
      from === "do" ? others.map(({ text }) => text) : others.flatMap(({ text }) => sentences(text)),
      pick,
    );
    if (spot.text.includes(more)) return { nothing: "it says that already" };
    spot.write(copy, `${spot.text} ${more}`);
    return { names: [spot.id] };
  };
const held = (spot: Spot): readonly string[] => [...new Set(spot.text.match(/\{[^}]+\}/g))];

/** Long words that stand in no list: they are only hard. */
const hard: Readonly<Record<string, readonly string[]>> = {
  en: ["documentation", "representative", "immediately", "organization", "accompanying", "identification"],
  es: ["documentación", "representante", "inmediatamente", "organización", "acompañamiento", "identificación"],
};

/** One site for each step of the words of each language, or of every language but the first. */
const perWords =
  (languages: "all" | "translations", slip: (language: string, id: string, copy: Pack, pick: Pick) => Done) =>
  (pack: Pack): readonly Site[] =>
    Object.entries(pack.tongues)
      .slice(languages === "all" ? 0 : 1)
      .flatMap(([language, { words }]) =>
        Object.keys(words.steps).map((id) => ({
          what: `${language} ${id}`,
          slip: (copy, pick) => slip(language, id, copy, pick),
        })),
      );

function dropWords(language: string, id: string, copy: Pack): Done {
  delete own(copy.tongues[language]?.words.steps)[id];
  return { names: [id] };
}

function dropLabel(language: string, id: string, copy: Pack, pick: Pick): Done {
  const answers = own(copy.tongues[language]?.words.steps[id]?.answers ?? {});
  if (Object.keys(answers).length === 0) return { nothing: "the step has no answers" };
  const answer = one(Object.keys(answers), pick);
  delete answers[answer];
  return { names: [`answer "${answer}" of step "${id}"`] };
}

export const operators: readonly Operator[] = [
  {
    name: "an answer leads to another step",
    sites: perStep(["tell", "ask", "record"], (id, step, copy, pick) => {
      const [answer, to, lead] = one(leads(step), pick);
      const other = one(
        Object.keys(copy.shared.graph.steps).filter((each) => each !== to),
        pick,
      );
      lead(stepIn(copy, id), other);
      return { names: [`answer "${answer}" of step "${id}"`, `${id}.${answer}`, `step "${to}"`, `step "${id}"`] };
    }),
  },
  {
    name: "two answers exchange their steps",
    sites: perStep(["ask"], exchange, (step) => leads(step).length > 1),
  },
  { name: "reached and unreached are exchanged", sites: perStep(["call"], exchange) },
  {
    name: "two routes of a look are exchanged",
    sites: perStep(["examine"], exchange),
  },
  {
    name: "a step is dropped",
    sites: perStep("all", (id, _step, copy) => {
      delete own(copy.shared.graph.steps)[id];
      return { names: [id] };
    }),
  },
  { name: "a step's words are dropped", sites: perWords("all", dropWords) },
  {
    name: "an answer is dropped",
    sites: perStep(
      ["ask"],
      (id, step, copy, pick) => {
        const [answer, to] = one(leads(step), pick);
        delete own(stepIn(copy, id)["answers"])[answer];
        return { names: [`"${answer}"`, `${id}.${answer}`, `step "${to}"`] };
      },
      (step) => leads(step).length > 1,
    ),
  },
  { name: "an answer's words are dropped", sites: perWords("all", dropLabel) },
  {
    name: "an answer is misspelt",
    sites: perStep(["ask"], (id, step, copy, pick) => {
      const [answer] = one(leads(step), pick);
      const wrong = misspelt(answer, pick);
      const language = one([...Object.keys(copy.tongues), "graph"], pick);
      const answers =
        language === "graph" ? own(stepIn(copy, id)["answers"]) : own(copy.tongues[language]?.words.steps[id]?.answers);
      if (answers[answer] === undefined) return { nothing: "the answer has words in one setting alone" };
      answers[wrong] = answers[answer];
      delete answers[answer];
      return { names: [`"${wrong}"`, `"${answer}"`, `${id}.`] };
    }),
  },
  { name: "a say is lengthened", sites: perText(["say"], longer("say")) },
  { name: "a line of what to do is lengthened", sites: perText(["do"], longer("do")) },
  {
    name: "two steps exchange what they say",
    sites: perText(["say"], (spot, pack, copy, pick) => {
      const other = one(
        spots(pack).filter(({ id, kind, language }) => kind === "say" && id !== spot.id && language === spot.language),
        pick,
      );
      if (other.text === spot.text) return { nothing: "both say the same" };
      spot.write(copy, other.text);
      other.write(copy, spot.text);
      return { names: [`"${spot.id}"`, `"${other.id}"`] };
    }),
  },
  {
    name: "a source is deleted",
    sites: ({ shared }) =>
      Object.keys(shared.graph.sources).map((source) => ({
        what: source,
        slip: (copy) => {
          delete own(copy.shared.graph.sources)[source];
          return { names: [`"${source}"`] };
        },
      })),
  },
  {
    name: "a source is misspelt",
    sites: perStep("all", (id, { why }, copy, pick) => {
      const source = one(why, pick);
      const wrong = misspelt(source, pick);
      if (pick(2) === 0) {
        const sources = own(copy.shared.graph.sources);
        sources[wrong] = sources[source];
        delete sources[source];
      } else stepIn(copy, id)["why"] = why.map((each) => (each === source ? wrong : each));
      return { names: [`"${wrong}"`, `"${source}"`] };
    }),
  },
  {
    name: "a step's sources are emptied",
    sites: perStep("all", (id, _step, copy) => {
      stepIn(copy, id)["why"] = [];
      return { names: [`"${id}"`] };
    }),
  },
  {
    name: "one citation is taken away",
    sites: perStep(
      "all",
      (id, { why }, copy, pick) => {
        const source = one(why, pick);
        stepIn(copy, id)["why"] = why.filter((each) => each !== source);
        return { names: [`"${id}"`, `"${source}"`] };
      },
      ({ why }) => why.length > 1,
    ),
  },
  {
    name: "a placeholder is misspelt",
    sites: perText(
      ["say", "nearby", "do", "ask", "answers"],
      (spot, _pack, copy, pick) => {
        const placeholder = one(held(spot), pick);
        const wrong = `{${misspelt(placeholder.slice(1, -1), pick)}}`;
        spot.write(copy, spot.text.replace(placeholder, wrong));
        return { names: [wrong, `"${spot.id}"`] };
      },
      (spot) => held(spot).length > 0,
    ),
  },
  {
    name: "a call is to another role",
    sites: perStep(["call"], (id, step, copy, pick) => {
      const role = step.kind === "call" ? step.role : "";
      stepIn(copy, id)["role"] = one(
        copy.shared.graph.roles.filter((each) => each !== role),
        pick,
      );
      return { names: [id] };
    }),
  },
  {
    name: "a phase is another",
    sites: perStep("all", (id, { phase }, copy, pick) => {
      stepIn(copy, id)["phase"] = one(
        phases.filter((each) => each !== phase),
        pick,
      );
      return { names: [`"${id}"`] };
    }),
  },
  {
    name: "aside is taken away",
    sites: perStep(
      "all",
      (id, _step, copy) => {
        delete stepIn(copy, id)["aside"];
        return { names: [`"${id}"`] };
      },
      ({ aside }) => aside === true,
    ),
  },
  {
    name: "an answer writes something else",
    sites: (pack) =>
      stepsOf(pack).flatMap(([id, step]) =>
        step.kind !== "ask"
          ? []
          : Object.entries(step.answers).flatMap(([answer, { sets }]) =>
              Object.entries(sets ?? {}).map(([field, value]): Site => {
                const others = (pack.shared.fields[field]?.choices ?? []).filter((choice) => choice !== value);
                return {
                  what: `${id}.${answer} ${field}`,
                  slip: (copy, pick) => {
                    const written = own(own(own(stepIn(copy, id)["answers"])[answer])["sets"]);
                    const other = [...others, undefined][pick(others.length + 1)];
                    if (other === undefined) delete written[field];
                    else written[field] = other;
                    return { names: [`answer "${answer}" of step "${id}"`, `"${id}"`, `"${field}"`] };
                  },
                };
              }),
            ),
      ),
  },
  {
    name: "a field is not asked",
    sites: (pack) =>
      stepsOf(pack).flatMap(([id, step]) =>
        step.kind !== "record"
          ? []
          : step.fields.map(
              (field): Site => ({
                what: `${id} ${field}`,
                slip: (copy) => {
                  stepIn(copy, id)["fields"] = step.fields.filter((each) => each !== field);
                  return { names: [`"${field}"`] };
                },
              }),
            ),
      ),
  },
  {
    name: "a variant is dropped",
    sites: ({ shared }) =>
      Object.entries(shared.graph.variants ?? {}).flatMap(([place, steps]) =>
        Object.keys(steps).map((id) => ({
          what: `${place} ${id}`,
          slip: (copy) => {
            const variants = own(own(copy.shared.graph.variants)[place]);
            const names = JSON.stringify(variants[id]).match(/\w+/g) ?? [];
            delete variants[id];
            return { names: [id, ...names].map((name) => `"${name}"`) };
          },
        })),
      ),
  },
  {
    name: "a forbidden word slips into what to do",
    sites: perText(["do"], (spot, pack, copy, pick) => {
      const lists = Object.values(pack.tongues[spot.language]?.language.forbidden ?? {});
      const words = spot.text.split(" ");
      words.splice(pick(words.length + 1), 0, one(one(lists, pick), pick).replaceAll("*", ""));
      spot.write(copy, words.join(" "));
      return { names: [`"${spot.id}"`] };
    }),
  },
  {
    name: "a verdict slips into a say",
    sites: perText(["say"], (spot, pack, copy, pick) => {
      const lists = Object.values(pack.tongues[spot.language]?.language.unsaid ?? {});
      const words = spot.text.split(" ");
      words.splice(pick(words.length + 1), 0, one(one(lists, pick), pick).replaceAll("*", ""));
      spot.write(copy, words.join(" "));
      return { names: [`"${spot.id}"`] };
    }),
  },
  {
    name: "words become hard to read",
    sites: perText(
      ["say", "nearby", "do"],
      (spot, pack, copy, pick) => {
        const words = spot.text.split(" ").map((word, i) => {
          const long = one(hard[spot.language] ?? hard["en"] ?? [], pick);
          return i % 3 !== 1 || word.includes("{") ? word : long + (/[.,:?!]+$/.exec(word)?.[0] ?? "");
        });
        spot.write(copy, words.join(" "));
        return pack.shared.graph.steps[spot.id]?.phase === "live"
          ? { names: [`"${spot.id}"`] }
          : { nothing: "only a live screen has to be easy" };
      },
      ({ text }) => text.split(" ").length > 3,
    ),
  },
  { name: "a translation lacks a step", sites: perWords("translations", dropWords) },
  { name: "a translation lacks an answer", sites: perWords("translations", dropLabel) },
  {
    name: "a translation loses a placeholder",
    sites: (pack) =>
      perText(
        ["say", "nearby", "do", "ask", "answers"],
        (spot, _pack, copy, pick) => {
          spot.write(copy, spot.text.replaceAll(one(held(spot), pick), "").replaceAll(/ {2,}/g, " "));
          return { names: [`"${spot.id}"`] };
        },
        (spot) => held(spot).length > 0 && spot.language !== Object.keys(pack.tongues)[0],
      )(pack),
  },
];
