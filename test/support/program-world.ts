import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Entry } from "../../src/core/entry.ts";
import { filesUnder, freshFolder, put, top } from "./shell-folders.ts";
import { launcher, type Ran, run } from "./shell-program.ts";

// A person's computer: a home, a folder of records, a folder for temporary files, and the program.

const { pinnedNode } = createRequire(import.meta.url)(join(top, "scripts", "setup.cjs")) as {
  pinnedNode: () => string | undefined;
};
/** The Node that the lockfile pins: the one that people get. */
export const node: string = pinnedNode() ?? process.execPath;

export type World = {
  readonly data: string;
  readonly home: string;
  readonly tmp: string;
  readonly env: NodeJS.ProcessEnv;
};

const foreign = /^(THRESHOLD_|npm_|VITEST|NO_COLOR|FORCE_COLOR|ACCESSIBLE|MSYSTEM|XDG_|TERM$|CI$)/;

/** A computer nobody has used. `site` is what stands in site.yaml; `data` a folder of records elsewhere. */
export function freshWorld({ site, data, env }: { site?: string; data?: string; env?: NodeJS.ProcessEnv } = {}): World {
  const top = freshFolder("program");
  const [home, tmp, records] = [join(top, "home"), join(top, "tmp"), data ?? join(top, "records")];
  for (const folder of [home, tmp]) mkdirSync(folder);
  if (site !== undefined) put(records, "site.yaml", site);
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const own = { HOME: home, USERPROFILE: home, LOCALAPPDATA: home, TMPDIR: tmp, TMP: tmp, TEMP: tmp };
  return { data: records, home, tmp, env: { ...inherited, ...own, THRESHOLD_DATA: records, TERM: "xterm", ...env } };
}

/** Runs a command to its end, with nobody at a terminal. */
export function threshold(world: World, args: readonly string[], input?: string | Uint8Array): Promise<Ran> {
  return run(node, [launcher, ...args], { env: world.env, ...(input !== undefined && { input: input as string }) });
}

/** Every file in the person's folders; of the records, the folder itself too. */
export function touched({ data, home }: World): readonly string[] {
  return [...(existsSync(data) ? ["records", ...filesUnder(data)] : []), ...filesUnder(home)];
}

/** The folder of the only encounter there is. */
export function onlyEncounter(data: string): string {
  const folders = readdirSync(join(data, "encounters"));
  if (folders.length !== 1) throw new Error(`${folders.length} encounters in ${data}`);
  return join(data, "encounters", folders[0] ?? "");
}

/** The lines of a journal as they stand on the disk, without a reader of ours. */
export function linesOf(folder: string): readonly { readonly n: number; readonly entry: Omit<Entry, "n"> }[] {
  const bytes = readFileSync(join(folder, "journal.jsonl"), "utf8");
  if (bytes !== "" && !bytes.endsWith("\n")) throw new Error("the last line is torn");
  return bytes
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { n: number; entry: Omit<Entry, "n"> });
}

/** What the entries of a journal are, in order: "answered hold waiting", "noted", "paused signal". */
export function tale(folder: string): readonly string[] {
  return linesOf(folder).map(({ entry: { what } }) => {
    switch (what.type) {
      case "answered":
      case "called":
        return `${what.type} ${what.step} ${what.answer.id}`;
      case "examined":
        return `examined ${what.question} ${what.answer.id}`;
      case "interrupted":
        return `interrupted ${what.step} ${what.key}`;
      case "recorded":
        return `recorded ${what.step} ${Object.keys(what.fields).join(",")}`;
      case "paused":
        return `paused ${what.step} ${what.cause}`;
      case "noted":
        return `noted ${what.from}`;
      case "returned":
        return `returned ${what.to}`;
      default:
        return what.type;
    }
  });
}
