import type { Context } from "../context.ts";
import { renderSheetText } from "../core/sheet-text.ts";
import { walkSheet } from "../core/walk.ts";
import type { NamedOptions } from "./protocol.ts";
import { openNamed, put, standingNamed } from "./protocol-named.ts";

/** Walks through every answer of a protocol, on paper or as lines. Gives the exit code. */
export async function runWalk(context: Context, id: string | undefined, options: NamedOptions): Promise<number> {
  const { words, terminal, clock } = context;
  const named = await openNamed(context, id, options.setting);
  const approval = await standingNamed(context, named);
  const about = { hash: named.of.hash, day: clock.now().at.slice(0, 10), approval };
  const sheet = walkSheet(named.whole.protocol, words.protocol.walk, words.screen.why.sure, about);
  if (options.out === undefined) for (const line of renderSheetText(sheet)) terminal.result(line);
  else if (options.out.endsWith(".txt")) put(context, options.out, `${renderSheetText(sheet).join("\n")}\n`);
  else {
    const { renderPdf } = await import("../shell/pdf.ts");
    put(context, options.out, await renderPdf(sheet, new Map()));
  }
  return 0;
}
