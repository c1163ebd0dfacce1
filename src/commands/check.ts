import type { Command } from "commander";
import { type Context, openPrompter } from "../context.ts";
import { conclude, type Looked, nextLook, type Seen, SIGNER } from "../core/instrument.ts";
import { Problem } from "../core/problem.ts";
import type { Words } from "../core/product-words.ts";
import { asShown, type Protocol } from "../core/protocol.ts";
import { protocolOf } from "../core/site-words.ts";
import type { Question } from "../core/question.ts";
import { settings } from "../core/settings.ts";
import { openProtocol } from "../shell/library.ts";
import type { Prompter } from "../shell/prompter.ts";
import { outside } from "./outside.ts";
import { jsonLine } from "./json-line.ts";

export type CheckOptions = {
  readonly setting?: string;
  readonly json?: boolean;
  readonly plain?: boolean;
  readonly answers?: string;
};

export function checkCommand(program: Command, run: (options: CheckOptions) => Promise<void>): void {
  program
    .command("check")
    .summary("look at a paper, outside an encounter")
    .description(
      "Asks what can be seen on a paper, and says what it looks like. It never says whether a paper is good in law; counsel decides.",
    )
    .option("--setting <setting>", `what kind of place this is: ${settings.join(", ")}`)
    .option("--answers <list>", "the answers, in order, with commas between: agency,arrest,officer")
    .option("--json", "what was seen as JSON, on the standard output")
    .option("--plain", "plain lines, for a screen reader or a plain terminal")
    .addHelpText("before", "Examples:\n  threshold check\n  threshold check --answers agency,arrest,officer --json\n")
    .action(run);
}

/** Asks its way through one paper and says what it looks like. Nothing is written down. */
export async function runCheck(context: Context, options: CheckOptions): Promise<number> {
  const setting = settings.find((each) => each === (options.setting ?? context.site.setting ?? "shelter"));
  if (setting === undefined)
    throw new Problem("usage", `"${options.setting}" is no setting`, `one of: ${settings.join(", ")}`);
  const { language, site, words } = context;
  const { templates: folder, traits } = site;
  const { protocol: whole } = await openProtocol(protocolOf(site), setting, { folder, language, traits });
  const protocol = inWords(whole, words);
  const given = options.answers?.split(",").map((answer) => answer.trim());
  const seen =
    given === undefined ? await seenByAsking(context, protocol, options.plain ?? false) : seenFrom(protocol, given);
  const looked = conclude(protocol.look, protocol.instruments, seen);
  if (looked === undefined) throw new Error("the paper has been looked at, but nothing was concluded");
  say(context, protocol, seen, looked, options.json ?? false);
  return 0;
}

/** The protocol as it is shown here: in another language the papers too are named in it, where there are words for them. */
function inWords(protocol: Protocol, { instruments, verdicts }: Words): Protocol {
  if (protocol.shown === undefined) return protocol;
  const kinds = Object.entries(protocol.instruments).map(([id, kind]) => [id, { ...kind, ...instruments[id] }]);
  return { ...asShown(protocol), instruments: Object.fromEntries(kinds) as Protocol["instruments"], verdicts };
}

async function seenByAsking(context: Context, protocol: Protocol, isPlain: boolean): Promise<Seen> {
  const prompter = await openPrompter(context, isPlain);
  const seen: { question: string; answer: string }[] = [];
  try {
    for (
      let id = nextLook(protocol.look, protocol.instruments, seen);
      id !== undefined;
      id = nextLook(protocol.look, protocol.instruments, seen)
    ) {
      seen.push({ question: id, answer: await askOne(context, prompter, protocol, id) });
    }
  } finally {
    prompter.close();
  }
  return seen;
}

async function askOne({ words, signal }: Context, prompter: Prompter, protocol: Protocol, id: string): Promise<string> {
  const asked = protocol.look.questions[id];
  const question: Question = {
    step: "check",
    ...outside,
    ask: asked?.ask ?? id,
    looksFor: id,
    choices: asked?.answers ?? [],
  };
  const reply = await prompter.ask({ question, title: words.check.title, banner: [] }, signal);
  if ("answer" in reply) return reply.answer;
  throw Object.assign(new Error("stopped"), { name: "StoppedError" });
}

function seenFrom(protocol: Protocol, given: readonly string[]): Seen {
  const seen: { question: string; answer: string }[] = [];
  for (const [i, answer] of given.entries()) {
    const id = nextLook(protocol.look, protocol.instruments, seen);
    if (id === undefined)
      throw new Problem(
        "usage",
        `answer ${i + 1}, "${answer}", is one too many`,
        "nothing is left to look for; leave it out",
      );
    const ids = protocol.look.questions[id]?.answers.map((choice) => choice.id) ?? [];
    if (!ids.includes(answer))
      throw new Problem(
        "usage",
        `answer ${i + 1}, "${answer}", does not answer "${protocol.look.questions[id]?.ask}"`,
        `one of: ${ids.join(", ")}`,
      );
    seen.push({ question: id, answer });
  }
  const next = nextLook(protocol.look, protocol.instruments, seen);
  if (next !== undefined)
    throw new Problem(
      "usage",
      `"${protocol.look.questions[next]?.ask}" is not answered`,
      `add one of: ${protocol.look.questions[next]?.answers.map((choice) => choice.id).join(", ")}`,
    );
  return seen;
}

function say({ terminal, words }: Context, protocol: Protocol, seen: Seen, looked: Looked, asJson: boolean): void {
  const kind = protocol.instruments[looked.instrument];
  const verdict = protocol.verdicts[looked.verdict];
  const label = (question: string, answer: string) =>
    protocol.look.questions[question]?.answers.find((choice) => choice.id === answer)?.label ?? answer;
  if (asJson) {
    terminal.result(
      jsonLine({
        v: 1,
        ...looked,
        name: kind?.name,
        about: kind?.about,
        verdictWords: verdict,
        seen,
        says: words.check.next,
      }),
    );
    return;
  }
  const lines = [
    [words.check.looksLike, kind?.name ?? looked.instrument],
    [words.check.about, kind?.about ?? ""],
    [words.check.signed, label(SIGNER, looked.signer)],
    [words.check.saw, verdict],
  ];
  for (const [name, value] of lines) terminal.result(`${name}: ${value}`);
  terminal.result(words.check.next);
}
