// Builds dist/ out of src/ and templates/. Run it with `npm run build`; `npm start` and `npm test` do so when something changed.
//
// - dist/templates/ holds the compiled templates, first.json among them: what the launcher paints before anything is loaded.
// - dist/cli.cjs is the program and exports main(argv); its parts are loaded when they are needed. CommonJS, because it starts faster.
// - dist/cache/ is the compile cache, warmed here; it may be moved and shipped with the rest.
// - dist/.stamp is the hash of what dist/ was built from; scripts/setup.cjs compares it.
//
// All of it is made in a folder beside dist/ and renamed at the end: a half build is never run, and a failed one leaves the last in place.

import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import type { Plugin } from "rolldown";

type CompileTemplates = (folder: string) => { files: readonly { path: string; bytes: string | Uint8Array }[] };

const top = resolve(import.meta.dirname, "..");
const dist = join(top, "dist");

/** Left out of the bundle, because they read files of their own beside their code; loaded when a PDF or a site's template needs them. */
const external = [/^pdfkit($|\/)/, /^yaml$/, /^@expo-google-fonts\//];

async function main(): Promise<void> {
  const setup = createRequire(import.meta.url)("./setup.cjs") as { sourcesStamp(): string };
  const stamp = setup.sourcesStamp();
  for (const [file, what] of [
    ["src/cli.ts", "the program"],
    ["src/shell/templates.ts", "the template compiler"],
  ] as const) {
    if (!existsSync(join(top, file))) fail(1, `${file} is missing: there is no way to build ${what}`);
  }
  const fresh = mkdtempSync(join(top, ".dist-"));
  chmodSync(fresh, 0o755);
  try {
    await writeTemplates(join(fresh, "templates"));
    await bundle(fresh);
    warm(fresh);
    writeFileSync(join(fresh, ".stamp"), stamp);
    replace(fresh);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    const { code, message, hint } = error as { code?: unknown; message: string; hint?: string };
    if (code !== "template") throw error;
    fail(3, message, hint);
  }
}

async function writeTemplates(folder: string): Promise<void> {
  const library = (await import(pathToFileURL(join(top, "src/shell/templates.ts")).href)) as {
    compileTemplates: CompileTemplates;
  };
  mkdirSync(folder, { recursive: true });
  for (const file of library.compileTemplates(join(top, "templates")).files) {
    const target = join(folder, file.path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, file.bytes);
  }
}

async function bundle(folder: string): Promise<void> {
  const build = await rolldown({
    input: { cli: join(top, "src/cli.ts") },
    cwd: top,
    platform: "node",
    external,
    tsconfig: false,
    plugins: [noEditor],
    transform: { target: "node24.15" },
    logLevel: "warn",
  });
  try {
    await build.write({
      dir: folder,
      format: "cjs",
      exports: "named",
      entryFileNames: "[name].cjs",
      chunkFileNames: "[name]-[hash].cjs",
      minify: true,
      keepNames: true,
      sourcemap: true,
    });
  } finally {
    await build.close();
  }
}

/** inquirer's editor prompt brings 300 KB of character tables, and an editor would write the answer to a temporary file in the clear. */
const noEditor: Plugin = {
  name: "no-editor",
  resolveId: (id) => (id === "@inquirer/external-editor" ? "\0no-editor" : null),
  load: (id) =>
    id === "\0no-editor"
      ? 'const no = () => { throw new Error("the editor prompt is left out"); }; export { no as edit, no as editAsync, no as ExternalEditor };'
      : null,
};

/**
 * One process that does what a person's first minute does, so that the cache holds what is compiled on the way. Node
 * writes it only when a process ends by itself.
 */
function warm(folder: string): void {
  const scratch = mkdtempSync(join(tmpdir(), "threshold-build-"));
  const answers = join(top, "templates", "answers", "shelter-i200.jsonl");
  const runs = [
    ["--version"],
    ...(existsSync(answers) ? [["encounter", "--answers", answers, "--out", join(scratch, "warm.pdf")]] : []),
  ];
  const code = `
    require("node:module").enableCompileCache({ directory: ${JSON.stringify(join(folder, "cache"))}, portable: true });
    const { main } = require(${JSON.stringify(join(folder, "cli.cjs"))});
    (async () => {
      for (const run of ${JSON.stringify(runs)}) process.exitCode ||= await main(run);
      for (const file of require("node:fs").readdirSync(${JSON.stringify(folder)})) if (file.endsWith(".cjs")) require(${JSON.stringify(`${folder}/`)} + file);
    })();`;
  try {
    const env = { ...process.env, THRESHOLD_DATA: scratch };
    execFileSync(process.execPath, ["-e", code], {
      cwd: top,
      env,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 60_000,
    });
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    process.stderr.write(stderr ?? "");
    fail(1, "the program that was just built does not start", "what it says stands above");
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function replace(fresh: string): void {
  const former = `${fresh}-former`;
  const hadFormer = existsSync(dist);
  if (hadFormer) renameSync(dist, former);
  try {
    renameSync(fresh, dist);
  } catch (error) {
    if (hadFormer) renameSync(former, dist);
    throw error;
  }
  rmSync(former, { recursive: true, force: true });
}

function fail(exit: number, message: string, hint?: string): never {
  process.stderr.write(`threshold: error: ${message}\n`);
  if (hint !== undefined) process.stderr.write(`threshold: hint: ${hint}\n`);
  process.exit(exit);
}

await main();
