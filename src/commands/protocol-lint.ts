import type { Context } from "../context.ts";
import { compile, type Parts } from "../core/compile.ts";
import { fill } from "../core/fill.ts";
import { unverified, weaklyFounded } from "../core/open-questions.ts";
import { figuresOf } from "../core/proofs.ts";
import { Problem } from "../core/problem.ts";
import type { Words } from "../core/product-words.ts";
import type { Protocol } from "../core/protocol.ts";
import { templatesFolder } from "../shell/assets.ts";
import type { Terminal } from "../shell/terminal.ts";
import type { LintOptions } from "./protocol.ts";
import { undrilled } from "./undrilled.ts";

/** @throws Problem `template` that counts the faults, after printing each. */
export async function runLint(
  { terminal, words }: Context,
  folder: string = templatesFolder(),
  options: LintOptions = {},
): Promise<number> {
  const { openQuestions, templateFaults, templateParts } = await import("../shell/templates.ts");
  const faults = templateFaults(folder);
  for (const { message, hint } of faults) terminal.result(`${message}; ${hint}`);
  if (faults.length > 0)
    throw new Problem(
      "template",
      `${faults.length} ${faults.length === 1 ? "fault" : "faults"} in ${folder}`,
      "each line above names the file, the line and what would be right",
    );
  for (const { id, languages } of templateParts(folder)) {
    const [english] = languages;
    if (english === undefined) continue;
    const protocols = english.graph.settings.map((setting) => compile(english, setting));
    const places = { settings: String(protocols.length), languages: String(languages.length) };
    terminal.result(fill(words.protocol.fine, { name: id, ...places }));
    for (const parts of languages) sayFigures(terminal, words, parts);
    sayFoundation(terminal, words, protocols, Object.keys(openQuestions(folder, id) ?? {}).length);
    await sayUndrilled(terminal, words, english, folder, options);
  }
  return 0;
}

function sayFigures(terminal: Terminal, { protocol: words }: Words, parts: Parts): void {
  const { steps, off, answers, walks, longestToHolding, hardestSay } = figuresOf(parts);
  const counted = Object.entries({ steps, off, answers, walks, longest: longestToHolding });
  terminal.result(
    fill(words.figures, {
      language: parts.language.name,
      ...Object.fromEntries(counted.map(([name, figure]) => [name, String(figure)])),
      hardest: hardestSay.reading.toFixed(1),
      step: hardestSay.step,
    }),
  );
}

/** What counsel should look at first: sources not read whole, steps that rest on nothing else, questions left open. */
function sayFoundation(
  terminal: Terminal,
  { protocol: words }: Words,
  protocols: readonly Protocol[],
  open: number,
): void {
  const sources = unverified(protocols);
  const steps = weaklyFounded(protocols);
  terminal.result(fill(words.sources, { count: String(sources.length) }));
  for (const { mark, cite, read } of sources) terminal.result(fill(words.source, { mark, cite, read }));
  terminal.result(fill(words.weak, { count: String(steps.length), steps: steps.join(", ") }));
  terminal.result(fill(words.open, { count: String(open) }));
}

/** Answers that nobody has tried out, not even with an example. */
async function sayUndrilled(
  terminal: Terminal,
  { protocol: words }: Words,
  parts: Parts,
  folder: string,
  options: LintOptions,
): Promise<void> {
  const left = await undrilled(parts, folder);
  terminal.result(fill(words.undrilled, { count: String(left.length) }));
  if (!options.undrilled) return;
  for (const { step, answer } of left) terminal.result(fill(words.undrilledOne, { step, answer }));
}
