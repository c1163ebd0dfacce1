// Asks at a real terminal, one question after another, for the tests that need one. Prints what it got as JSON to stdout.
// SIGUSR1 breaks the question off, as a note from a second terminal does. With GUARD=1 it closes the keyboard on
// SIGTERM by itself, as the guide does; without, nobody does.

import { openKeyboard } from "../../src/shell/keyboard.ts";
import { openPlain } from "../../src/shell/plain.ts";
import { isAborted, isStopped } from "../../src/shell/prompter.ts";
import { openTerminal } from "../../src/shell/terminal.ts";
import { live, screenOf, spanish, typed } from "./desk-questions.ts";
import { words } from "./desk-words.ts";

async function main(): Promise<void> {
  const terminal = openTerminal({ stdout: process.stdout, stderr: process.stderr, env: process.env });
  const prompter =
    process.env["PLAIN"] === undefined ? openKeyboard({ terminal, words }) : openPlain({ terminal, words });
  const first = process.env["SPANISH"] === undefined ? live : spanish;
  const questions = process.env["TYPED"] === undefined ? [first, typed("text")] : [typed("text"), first];
  if (process.env["GUARD"] !== undefined) {
    process.once("SIGTERM", () => {
      prompter.close();
      process.exit(143);
    });
  }
  try {
    for (const question of questions) terminal.result(`GOT ${JSON.stringify(await ask(question))}`);
  } catch (error) {
    if (!isStopped(error)) throw error;
    terminal.say("STOPPED");
    process.exitCode = 130;
  } finally {
    prompter.close();
  }

  async function ask(question: typeof live): Promise<unknown> {
    const redraw = new AbortController();
    process.once("SIGUSR1", () => redraw.abort());
    try {
      return await prompter.ask(screenOf(question, { openedAt: performance.now() }), redraw.signal);
    } catch (error) {
      if (!isAborted(error)) throw error;
      return await ask(question);
    }
  }
}

await main();
