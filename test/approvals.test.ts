import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assert, asyncProperty, constantFrom, record, string, array } from "fast-check";
import { describe, expect, test } from "vitest";
import type { Approval } from "../src/core/approval.ts";
import { Problem } from "../src/core/problem.ts";
import { openApprovals, openApprovalsOrNone, saveApproval } from "../src/shell/approvals.ts";
import { Lock } from "../src/shell/lock.ts";
import { canMount, node, smallDisk } from "./support/journal-programs.ts";
import { codeOf } from "./support/shell-code.ts";
import { filesUnder, freshFolder, put, top } from "./support/shell-folders.ts";
import { loadedBy } from "./support/shell-walls.ts";

const counsel: Approval = {
  protocol: "nyc",
  version: "0.1.0",
  setting: "shelter",
  language: "en",
  hash: "0a".repeat(32),
  by: "General Counsel, DSS",
  on: "2026-03-01",
  again: "2027-03-01",
};
const given = (more: Partial<Approval> = {}): Approval => ({ ...counsel, ...more });
const file = "approvals.json";
const textOf = (folder: string) => readFileSync(join(folder, file), "utf8");
const json = (...approvals: readonly unknown[]) => JSON.stringify({ v: 1, approvals });

async function refusal(folder: string, promise: Promise<unknown>): Promise<readonly (string | undefined)[]> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Problem)) throw new Error("it was done, or failed otherwise", { cause: error });
  return [error.code, error.message.replaceAll(folder, "DATA"), error.hint];
}

const restore = "put it right, or bring back the last copy; until then nothing counts as approved";

describe("what is there is read", () => {
  test("no file, no folder, a file in the folder's place: none, and nothing is written", async () => {
    const folder = freshFolder("approvals");
    const odd = put(folder, "odd", "");
    for (const place of [folder, join(folder, "gone"), odd]) {
      expect([await openApprovals(place), await openApprovalsOrNone(place)]).toEqual([[], { approvals: [] }]);
    }
    expect(filesUnder(folder)).toEqual(["odd"]);
  });

  test("as it was written, by whatever editor", async () => {
    const folder = freshFolder("approvals");
    const written = { v: 1, approvals: [counsel, given({ hash: "0B".repeat(32) })] };
    put(folder, file, `\uFEFF${JSON.stringify(written, undefined, 4).replaceAll("\n", "\r\n")}\r\n`);
    expect(await openApprovals(folder)).toEqual([counsel, given({ hash: "0b".repeat(32) })]);
  });

  test.each<[string, string | Uint8Array, string]>([
    ["an empty file", "", `DATA/${file}: this is not JSON`],
    ["half a file", '{"v":1,\n"approvals":[]\n', `DATA/${file}:3: this is not JSON`],
    ["YAML", "v: 1", `DATA/${file}: this is not JSON`],
    ["no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), `DATA/${file}: this is not UTF-8`],
    ["a list", "[]", `DATA/${file}: invalid input: expected object, received array`],
    ["no list", '{"v":1}', `DATA/${file}: approvals: invalid input: expected array, received undefined`],
    ["another version", '{"v":2,"approvals":[]}', `DATA/${file}: v: invalid input: expected 1`],
    [
      "a day that is none",
      json(counsel, given({ on: "2026-02-30" })),
      `DATA/${file}: approval 2: on: must be a day such as 2026-11-23`,
    ],
    [
      "before its day",
      json(given({ again: "2026-02-01" })),
      `DATA/${file}: approval 1: again: must not be before "on"`,
    ],
    ["a key too many", json({ ...counsel, name: "J" }), `DATA/${file}: approval 1: unrecognized key: "name"`],
  ])("broken: %s", async (_, bytes, message) => {
    const folder = freshFolder("approvals");
    put(folder, file, bytes);
    expect(await refusal(folder, openApprovals(folder))).toEqual(["template", message, restore]);
    const { approvals, problem } = await openApprovalsOrNone(folder);
    expect([approvals, problem?.message.replaceAll(folder, "DATA")]).toEqual([[], message]);
    expect(await refusal(folder, saveApproval(folder, counsel))).toEqual(["template", message, restore]);
    expect(readFileSync(join(folder, file))).toEqual(Buffer.from(bytes));
    expect(filesUnder(folder).filter((name) => name.endsWith(".new"))).toEqual([]);
  });

  test("a folder in the file's place", async () => {
    const folder = freshFolder("approvals");
    mkdirSync(join(folder, file));
    const expected = [
      "template",
      `DATA/${file} cannot be read`,
      "see that it is a file, and that this account may read it",
    ];
    expect(await refusal(folder, openApprovals(folder))).toEqual(expected);
    expect(await refusal(folder, saveApproval(folder, counsel))).toEqual(expected);
  });

  test("a bug of ours is no broken file", async () => {
    await expect(openApprovalsOrNone(undefined as unknown as string)).rejects.toThrow(TypeError);
  });

  test("where there is none, no schema is loaded: nothing waits for it before the first screen", async () => {
    const paths = [
      "src/shell/approvals.ts",
      "src/shell/disk.ts",
      "src/shell/lock.ts",
      "src/core/problem.ts",
      "src/core/approval.ts",
    ];
    const sources = paths.map((path) => ({ path, text: readFileSync(join(top, path), "utf8") }));
    expect(codeOf(sources[4] ?? { path: "", text: "" }).imports.map(({ from }) => from)).toContain("zod");
    expect([...loadedBy(sources, "src/shell/approvals.ts", []).keys()]).toEqual([]);
  });
});

describe("what is approved is written down", () => {
  test("one after the other, in order, for its owner alone", async () => {
    const folder = join(freshFolder("approvals"), "new", "data");
    const all = [
      counsel,
      given({ setting: "school" }),
      given({ by: "Privacy Officer, DSS" }),
      given({ on: "2026-09-01" }),
    ];
    for (const each of all) await saveApproval(folder, each);
    expect(await openApprovals(folder)).toEqual(all);
    expect(filesUnder(folder)).toEqual([file, `${file}.lock`]);
    if (process.platform === "win32") return;
    expect(["", file, `${file}.lock`].map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([
      0o700, 0o600, 0o600,
    ]);
  });

  test("what stands there is written back as it was found", async () => {
    const folder = freshFolder("approvals");
    const old = given({ hash: "0B".repeat(32), by: "  Old office ", on: "2001-01-01", again: "2001-01-01" });
    put(folder, file, json(old, old));
    await saveApproval(folder, counsel);
    expect(JSON.parse(textOf(folder))).toEqual({ v: 1, approvals: [old, old, counsel] });
  });

  test("a hash in capitals is written small", async () => {
    const folder = freshFolder("approvals");
    await saveApproval(folder, given({ hash: "0A".repeat(32) }));
    expect(await openApprovals(folder)).toEqual([counsel]);
  });

  test.each<[string, Partial<Approval>, boolean]>([
    ["the same again", {}, false],
    ["the same office, in other letters", { by: " general  counsel, DSS" }, false],
    ["the hash in capitals", { hash: "0A".repeat(32) }, false],
    ["with another day to read it again", { again: "2029-01-01" }, false],
    ["with another version", { version: "0.2.0" }, false],
    ["another office", { by: "General Counsel, HRA" }, true],
    ["another day", { on: "2026-03-02" }, true],
    ["other content", { hash: "0b".repeat(32) }, true],
    ["another setting", { setting: "hospital" }, true],
    ["another language", { language: "es" }, true],
    ["another protocol", { protocol: "nys" }, true],
  ])("twice on one day: %s", async (_, more, isTaken) => {
    const folder = freshFolder("approvals");
    await saveApproval(folder, counsel);
    const before = textOf(folder);
    if (isTaken) {
      await saveApproval(folder, given(more));
      expect(await openApprovals(folder)).toEqual([counsel, given(more)]);
      return;
    }
    expect(await refusal(folder, saveApproval(folder, given(more)))).toEqual([
      "usage",
      "General Counsel, DSS approved these words on 2026-03-01 already",
      "nothing was changed; see: threshold protocol list",
    ]);
    expect(textOf(folder)).toBe(before);
  });

  test.each<[string, unknown, string]>([
    ["a day that is none", given({ on: "2026-02-30" }), "on: must be a day such as 2026-11-23"],
    ["before its day", given({ again: "2026-02-01" }), 'again: must not be before "on"'],
    ["half a hash", given({ hash: "0a" }), "hash: must be 64 letters and digits of a SHA-256"],
    ["nobody", given({ by: "" }), "by: must say something"],
    ["a key too many", { ...counsel, name: "J" }, 'unrecognized key: "name"'],
  ])("none at all: %s", async (_, approval, what) => {
    const folder = join(freshFolder("approvals"), "data");
    expect(await refusal(folder, saveApproval(folder, approval as Approval))).toEqual([
      "usage",
      `this is no approval: ${what}`,
      "put it right, then do it again",
    ]);
    expect(filesUnder(folder)).toEqual([]);
  });

  test("whatever offices are called, what was saved comes back, and nothing before it is lost", async () => {
    const any = record({
      by: string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((by) => /\S/.test(by)),
      setting: constantFrom("shelter" as const, "school" as const, "hospital" as const),
      on: constantFrom("2026-01-31", "2026-02-28"),
    });
    await assert(
      asyncProperty(array(any, { minLength: 1, maxLength: 4 }), async (list) => {
        const folder = freshFolder("approvals");
        const kept: Approval[] = [];
        for (const more of list) {
          const saved = await saveApproval(folder, given(more)).then(
            () => true,
            (error: unknown) => !(error instanceof Problem),
          );
          if (saved) kept.push(given(more));
          expect(await openApprovals(folder)).toEqual(kept);
        }
        expect(kept.length).toBeGreaterThan(0);
      }),
      { numRuns: 25 },
    );
  });
});

/** A second program that saves `count` approvals, one by one, under its own name. */
function program(folder: string, name: string, count: number) {
  const shell = pathToFileURL(join(top, "src/shell/approvals.ts")).href;
  const code = `
    const { saveApproval } = await import(${JSON.stringify(shell)});
    for (let i = 1; i <= ${count}; i++) {
      await saveApproval(${JSON.stringify(folder)}, { ...${JSON.stringify(counsel)}, by: ${JSON.stringify(name)} + i });
      process.stdout.write(${JSON.stringify(name)} + i + "\\n");
    }`;
  const child = spawn(node, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  const ended = new Promise<readonly string[]>((done) =>
    child.on("close", () => done(out.split("\n").filter((line) => line !== ""))),
  );
  return { child, ended };
}

const offices = async (folder: string) => (await openApprovals(folder)).map(({ by }) => by);

describe("several programs, and programs that stop halfway", () => {
  test("four at once lose nothing, and each keeps its order", async () => {
    const folder = freshFolder("approvals");
    const said = await Promise.all(["a", "b", "c", "d"].map((name) => program(folder, name, 8).ended));
    const kept = await offices(folder);
    expect(kept.toSorted()).toEqual(said.flat().toSorted());
    expect(kept).toHaveLength(32);
    for (const own of said) expect(kept.filter((by) => own.includes(by))).toEqual(own);
  });

  test("nor do several at once in one program", async () => {
    const folder = freshFolder("approvals");
    await Promise.all(["a", "b", "c", "d", "e"].map((by) => saveApproval(folder, given({ by }))));
    expect((await offices(folder)).toSorted()).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("killed at any moment, what it acknowledged is there, the file is whole, and others go on", async () => {
    for (const patience of [150, 250, 350, 450]) {
      const folder = freshFolder("approvals");
      const { child, ended } = program(folder, "a", 500);
      setTimeout(() => child.kill("SIGKILL"), patience);
      const said = await ended;
      const kept = await offices(folder);
      expect(kept.slice(0, said.length)).toEqual(said);
      expect(kept.length - said.length).toBeLessThanOrEqual(1);
      await saveApproval(folder, counsel);
      expect(await offices(folder)).toEqual([...kept, counsel.by]);
    }
  });

  test("what another left half written is swept away", async () => {
    const folder = freshFolder("approvals");
    put(folder, `${file}.new`, '{"v":1,"appro');
    await saveApproval(folder, counsel);
    expect(filesUnder(folder)).toEqual([file, `${file}.lock`]);
    expect(await openApprovals(folder)).toEqual([counsel]);
  });

  const wait = `do it again in a moment; if nothing else is running, delete ${file}.new there`;

  test("another that does not let go is waited for, then named", async () => {
    const folder = freshFolder("approvals");
    const lock = new Lock(join(folder, `${file}.lock`));
    expect(await lock.take(0)).toBe("taken");
    try {
      expect(await refusal(folder, saveApproval(folder, counsel))).toEqual([
        "usage",
        "another program is writing in DATA",
        wait,
      ]);
    } finally {
      lock.release();
      lock.close();
    }
    expect(await openApprovals(folder)).toEqual([]);
    await saveApproval(folder, counsel);
  });

  test("where nothing can be locked, a file half written by another is left to it", async () => {
    const folder = freshFolder("approvals");
    mkdirSync(join(folder, `${file}.lock`)); // a folder cannot be a lock
    await saveApproval(folder, counsel);
    writeFileSync(join(folder, `${file}.new`), "theirs");
    expect(await refusal(folder, saveApproval(folder, given({ by: "B" })))).toEqual([
      "usage",
      "another program is writing in DATA",
      wait,
    ]);
    expect(readFileSync(join(folder, `${file}.new`), "utf8")).toBe("theirs");
    expect(await openApprovals(folder)).toEqual([counsel]);
  });
});

describe("disks", () => {
  const hint = "free the folder or make room, then do it again";

  test("a file where the folder should be", async () => {
    const folder = freshFolder("approvals");
    const odd = put(folder, "odd", "");
    expect(await refusal(folder, saveApproval(odd, counsel))).toEqual([
      "usage",
      "the approval cannot be saved in DATA/odd: a file stands where its folder should be",
      hint,
    ]);
  });

  test.skipIf(!canMount())("a full disk, and one that is read-only (needs leave to mount)", async () => {
    const disk = smallDisk("64k");
    try {
      await saveApproval(disk.path, counsel);
      const before = textOf(disk.path);
      const second = given({ by: "B" });
      writeFileSync(join(disk.path, "rest"), Buffer.alloc(44 * 1024));
      const many = Array.from({ length: 40 }, (_, i) => given({ by: `Office ${i} ${"x".repeat(200)}` }));
      let full: readonly (string | undefined)[] = [];
      let kept = before;
      for (const each of many) {
        kept = textOf(disk.path);
        const failed = await saveApproval(disk.path, each).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failed === undefined) continue;
        full = await refusal(disk.path, Promise.reject(failed));
        break;
      }
      expect(full).toEqual(["usage", "the approval cannot be saved in DATA: the disk is full", hint]);
      expect(textOf(disk.path)).toBe(kept);
      expect(filesUnder(disk.path)).not.toContain(`${file}.new`);
      disk.remount("ro");
      expect(await refusal(disk.path, saveApproval(disk.path, second))).toEqual([
        "usage",
        "the approval cannot be saved in DATA: the disk is read-only",
        hint,
      ]);
      expect((await openApprovals(disk.path)).length).toBeGreaterThan(0);
    } finally {
      disk.remove();
    }
  });
});
