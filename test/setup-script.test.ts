import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { delimiter, join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { filesUnder, freshFolder, put, top } from "./support/shell-folders.ts";
import { type Ran, run } from "./support/shell-program.ts";

// The set-up script on a copy of this checkout, with the packages of this one. An npm of the test's own stands in the
// way of the real one: it writes down what it is asked for, and refuses.

const limit = { timeout: 120_000 };
const isWindows = process.platform === "win32";

const copy = freshFolder("setup");
const asked = join(freshFolder("npm"), "asked");
const npm = join(freshFolder("npm"), "bin");
const sources = ["src", "templates", "scripts", "bin", "package.json", "package-lock.json", "tsconfig.json"];

beforeAll(() => {
  for (const name of sources) cpSync(join(top, name), join(copy, name), { recursive: true });
  mkdirSync(join(copy, "node_modules"));
  for (const name of readdirSync(join(top, "node_modules"))) {
    const from = join(top, "node_modules", name);
    if (name === ".package-lock.json") cpSync(from, join(copy, "node_modules", name));
    else if (!name.startsWith(".")) symlinkSync(from, join(copy, "node_modules", name), "junction");
  }
  const script = put(npm, "npm", `#!/bin/sh\necho "$@" >> "${asked}"\necho "npm was asked"\nexit 1\n`);
  chmodSync(script, 0o755);
});

beforeEach(() => rmSync(asked, { force: true }));

function setup(...args: readonly string[]): Promise<Ran> {
  const { npm_execpath: _, npm_lifecycle_event: __, ...env } = process.env;
  return run(process.execPath, [join(copy, "scripts", "setup.cjs"), ...args], {
    env: { ...env, PATH: `${npm}${delimiter}${process.env["PATH"]}` },
  });
}

const silent: Ran = { code: 0, stdout: "", stderr: "" };
const npmWasAsked = (): string => (existsSync(asked) ? readFileSync(asked, "utf8") : "");

/** Every file that set-up makes, with its time and its size. */
function made(): Readonly<Record<string, string>> {
  const files = [...filesUnder(join(copy, "dist")).map((name) => `dist/${name}`), "node_modules/.threshold-setup"];
  return Object.fromEntries(
    files.map((name) => [name, `${statSync(join(copy, name)).mtimeMs} ${statSync(join(copy, name)).size}`]),
  );
}

/** What a run of set-up must never leave behind. */
const leavings = (): readonly string[] =>
  readdirSync(copy).filter((name) => name.startsWith(".dist") || name.startsWith(".setup-lock"));

const firstWords = (): string => readFileSync(join(copy, "dist", "templates", "first.json"), "utf8");
const words = join(copy, "templates", "protocols", "nyc.en.yaml");

function change(from: string, to: string): void {
  const text = readFileSync(words, "utf8");
  expect(text.split(from).length).toBe(2);
  writeFileSync(words, text.replace(from, to));
}

describe.skipIf(isWindows)("set-up, step by step (Windows needs an npm.cmd in the way)", limit, () => {
  test("packages that were installed by hand are taken as they are, and the program is built", limit, async () => {
    expect(await setup()).toEqual(silent);
    expect(npmWasAsked()).toBe("");
    expect(filesUnder(join(copy, "dist"))).toEqual(
      expect.arrayContaining([
        ".stamp",
        "cli.cjs",
        "templates/first.json",
        "templates/words.en.json",
        "templates/protocols/nyc.shelter.en.json",
      ]),
    );
    expect(leavings()).toEqual([]);
  });

  test("what was built runs", limit, async () => {
    const { version } = JSON.parse(readFileSync(join(copy, "package.json"), "utf8")) as { version: string };
    expect(await run(process.execPath, [join(copy, "bin", "threshold.js"), "--version"])).toEqual({
      ...silent,
      stdout: `${version}\n`,
    });
  });

  test("nothing changed: nothing is said, nothing is touched, and it is quick", limit, async () => {
    const before = made();
    const began = performance.now();
    expect(await setup()).toEqual(silent);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(made()).toEqual(before);
    expect(npmWasAsked()).toBe("");
  });

  test("new times on the same files, as after a checkout: nothing is touched", limit, async () => {
    const before = made();
    for (const name of ["src", "templates"])
      for (const file of filesUnder(join(copy, name))) utimesSync(join(copy, name, file), new Date(), new Date());
    expect(await setup()).toEqual(silent);
    expect(made()).toEqual(before);
  });

  test("a word of a template changed: the program is built anew, with the word", limit, async () => {
    const before = made();
    change("Please wait {waitingPlace}", "Please wait, marigold, {waitingPlace}");
    expect(firstWords()).not.toContain("marigold");
    expect(await setup()).toEqual(silent);
    expect(firstWords()).toContain("marigold");
    expect(made()["dist/.stamp"]).not.toBe(before["dist/.stamp"]);
    expect(made()["node_modules/.threshold-setup"]).toBe(before["node_modules/.threshold-setup"]);
    expect([npmWasAsked(), leavings()]).toEqual(["", []]);
  });

  test("a template with a fault: exit 3, two lines, and the last program stays", limit, async () => {
    const before = made();
    const good = readFileSync(words, "utf8");
    change("{waitingPlace}.", "{waitPlace}.");
    const { code, stdout, stderr } = await setup();
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(
      /^threshold: error: .*nyc\.en\.yaml:\d+: step "hold" holds \{waitPlace\}, which nothing fills\nthreshold: hint: one of .*\n$/,
    );
    expect(made()).toEqual(before);
    expect(leavings()).toEqual([]);
    writeFileSync(words, good);
    expect(await setup()).toEqual(silent);
    expect(made()).toEqual(before);
  });

  test("a file of src that is new: the program is built anew", limit, async () => {
    const before = made();
    put(copy, "src/core/new.ts", "export const fresh = 1;\n");
    expect(await setup()).toEqual(silent);
    expect(made()["dist/.stamp"]).not.toBe(before["dist/.stamp"]);
    rmSync(join(copy, "src/core/new.ts"));
  });

  test("two at once, when there is something to do: one builds, the other waits for it", limit, async () => {
    change("marigold", "dandelion");
    const runs = [setup(), setup()];
    await Promise.race(runs);
    const built = made();
    const both = await Promise.all(runs);
    // The second looked again, and found that all was done.
    expect(made()).toEqual(built);
    const waiting = "Setting up Threshold: waiting for another set-up to finish.\n";
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.map(({ stderr }) => stderr).filter((said) => said !== "" && said !== waiting)).toEqual([]);
    expect(both.filter(({ stderr }) => stderr === waiting).length).toBeLessThanOrEqual(1);
    expect(firstWords()).toContain("dandelion");
    expect(leavings()).toEqual([]);
    const before = made();
    expect(await setup()).toEqual(silent);
    expect(made()).toEqual(before);
  });

  test("a lock whose owner is dead is taken over", limit, async () => {
    change("dandelion", "marigold");
    const dead = await run(process.execPath, ["-e", "console.log(process.pid)"]);
    put(copy, ".setup-lock/owner", `${hostname()} ${dead.stdout.trim()}`);
    expect(await setup()).toEqual(silent);
    expect(firstWords()).toContain("marigold");
    expect(leavings()).toEqual([]);
  });

  test("dist/ is gone: it is built again", limit, async () => {
    rmSync(join(copy, "dist"), { recursive: true });
    expect(await setup()).toEqual(silent);
    expect(firstWords()).toContain("marigold");
  });

  test("run: the file runs on the pinned Node, with its names, arguments and exit code", limit, async () => {
    const file = put(
      copy,
      "show.mjs",
      "console.log(process.version, process.env.SHOWN, process.argv.slice(2).join()); process.exitCode = 7;\n",
    );
    expect(await setup("run", "SHOWN=yes", file, "a", "b")).toEqual({
      code: 7,
      stdout: `${process.version} yes a,b\n`,
      stderr: "",
    });
  });

  test("the lockfile changed: npm is asked to install it just so, and what it says is passed on", limit, async () => {
    const lock = join(copy, "package-lock.json");
    const good = readFileSync(lock, "utf8");
    const before = made();
    writeFileSync(lock, good.replace(/("node_modules\/zod": \{\s*"version": )"[^"]*"/, '$1"0.0.1"'));
    const { code, stderr } = await setup();
    expect(npmWasAsked()).toBe(
      "ci --ignore-scripts --include=dev --include=optional --no-audit --no-fund --loglevel=error\n",
    );
    expect(code).toBe(1);
    expect(stderr.split("\n")).toEqual([
      "Setting up Threshold: installing, about a minute, once.",
      "npm was asked",
      "threshold: error: the packages could not be installed (npm ci: exit 1)",
      "threshold: hint: read what npm says above, check the network or proxy, then run npm start again",
      "",
    ]);
    expect(made()).toEqual(before);
    writeFileSync(lock, good);
    expect([await setup(), leavings()]).toEqual([silent, []]);
  });

  test("a package that is not there any more: npm is asked", limit, async () => {
    rmSync(join(copy, "node_modules", ".threshold-setup"));
    rmSync(join(copy, "node_modules", "zod"));
    expect((await setup()).code).toBe(1);
    expect(npmWasAsked()).toContain("ci --ignore-scripts");
    symlinkSync(join(top, "node_modules", "zod"), join(copy, "node_modules", "zod"), "junction");
    expect(await setup()).toEqual(silent);
  });
});
