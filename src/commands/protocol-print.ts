import type { Context } from "../context.ts";
import { chartOf, chartText } from "../core/chart.ts";
import { asShown, forTraits } from "../core/protocol.ts";
import type { NamedOptions } from "./protocol.ts";
import { openNamed, put, standingNamed } from "./protocol-named.ts";

/** Prints the protocol for a wall, as it is for this site's traits. Gives the exit code. */
export async function runPrint(context: Context, id: string | undefined, options: NamedOptions): Promise<number> {
  const { words, site, terminal } = context;
  const named = await openNamed(context, id, options.setting);
  const protocol = asShown(forTraits(named.whole.protocol, site.traits));
  if (options.out === undefined) for (const line of chartText(protocol).trimEnd().split("\n")) terminal.result(line);
  else if (options.out.endsWith(".txt")) put(context, options.out, chartText(protocol));
  else {
    const { renderChartSvg } = await import("../shell/chart-svg.ts");
    const { mark, ...chart } = words.chart;
    const { state } = await standingNamed(context, named);
    put(context, options.out, renderChartSvg(chartOf(protocol), state === "approved" ? chart : { ...chart, mark }));
  }
  return 0;
}
