import { type ChildProcess, spawn } from "node:child_process";
import type { FieldValue } from "../../src/core/field.ts";
import type { Question, Reply } from "../../src/core/question.ts";
import type { Screen } from "../../src/shell/prompter.ts";
import { launcher } from "./shell-program.ts";
import { node, type World } from "./program-world.ts";

// Another program that speaks with the guide over --stdio.

/** One line from the guide. A line that is not JSON is a path. */
export type Said = Partial<Pick<Screen, "title" | "banner" | "mark" | "writtenAt">> & {
  readonly question?: Question;
  readonly error?: { readonly message: string; readonly hint?: string };
  readonly again?: true;
  readonly say?: string;
  readonly path?: string;
};
export type Asked = Said & { readonly question: Question };

export type Talk = {
  readonly child: ChildProcess;
  /** Everything that was said, in order. */
  readonly heard: readonly Said[];
  /** The next line. @throws when there is none within ten seconds. */
  next(): Promise<Said>;
  /** The next line, which must be a question. */
  asked(): Promise<Asked>;
  send(reply: unknown): void;
  /** Ends the input. */
  hangUp(): void;
  /** The exit code, and what was said on the screen. */
  readonly over: Promise<{ readonly code: number; readonly stderr: string }>;
};

export function openTalk(world: World, args: readonly string[], under: readonly string[] = []): Talk {
  const [file = node, ...more] = [...under, node, launcher, "encounter", "--stdio", ...args];
  const child = spawn(file, more, { env: world.env, stdio: "pipe" });
  const heard: Said[] = [];
  const waiting: ((said: Said | undefined) => void)[] = [];
  let taken = 0;
  let stderr = "";
  child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
  child.stdin.on("error", () => undefined);
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      heard.push(line.startsWith("{") ? (JSON.parse(line) as Said) : { path: line });
      waiting.shift()?.(heard[taken++]);
    }
  });
  child.stdout.on("close", () => waiting.splice(0).forEach((take) => take(undefined)));
  const over = new Promise<{ code: number; stderr: string }>((done) => {
    child.on("close", (code) => done({ code: code ?? -1, stderr }));
    // A program that does not end is ended, and has no code of its own.
    setTimeout(() => child.kill("SIGKILL"), 40_000).unref();
  });
  const next = async (): Promise<Said> => {
    if (taken < heard.length) return heard[taken++] ?? {};
    const said = await new Promise<Said | undefined>((take) => {
      waiting.push(take);
      setTimeout(() => take(undefined), 10_000).unref();
    });
    if (said === undefined) throw new Error(`nothing more was said; at last ${JSON.stringify(heard.at(-1))} ${stderr}`);
    return said;
  };
  return {
    child,
    heard,
    over,
    next,
    async asked() {
      const said = await next();
      if (said.question === undefined) throw new Error(`not a question: ${JSON.stringify(said)}`);
      return { ...said, question: said.question };
    },
    send: (reply) => void child.stdin.write(`${typeof reply === "string" ? reply : JSON.stringify(reply)}\n`),
    hangUp: () => child.stdin.end(),
  };
}

/** What is answered by step, by what is looked for on a paper, or by field; the rest is left "not asked". */
export type Plan = Readonly<Record<string, FieldValue>>;

/** An I-200 at a shelter, from the door to the end. */
export const i200: Plan = {
  hold: "waiting",
  ask_id: "gave",
  ask_papers: "shown",
  top: "agency",
  agencyTitle: "arrest",
  signer: "officer",
  counsel_has_it: "waiting",
  waiting: "leaving",
  left: "gone",
  arrivedAt: "14:05",
  arrivedBasis: "exact",
  arrivalSeenBy: { unknown: "notKnown" },
  leftAt: "14:50",
  agentCount: "2",
  preserve_video: "asked",
};

/** What the plan says to a question; else that somebody was reached, that it is done, or that nothing was asked. */
export function replyTo({ step, looksFor, field, about, choices }: Question, plan: Plan): Reply {
  if (field) {
    const value = plan[field.id];
    if (value !== undefined) return { step, fields: { [field.id]: value }, ...(about && { about }) };
    return { step, fields: {}, rest: "notAsked", ...(about && { about }) };
  }
  const planned = plan[looksFor ?? step];
  const easy = choices.find(({ id }) => id === "reached" || id === "done") ?? choices[0];
  return { step, answer: typeof planned === "string" ? planned : (easy?.id ?? "") };
}

/** Answers until a step or a field is asked, and gives that; else until nothing more is: the path of the report. */
export async function play(talk: Talk, plan: Plan, until: string): Promise<Said> {
  for (;;) {
    const said = await talk.next();
    if (said.path !== undefined) return said;
    if (said.question === undefined) continue;
    if (said.question.step === until || said.question.field?.id === until) return said;
    talk.send(replyTo(said.question, plan));
  }
}
