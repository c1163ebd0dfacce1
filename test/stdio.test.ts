import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readWords } from "./support/pdf-text.ts";
import { i200, openTalk, play, replyTo } from "./support/program-talk.ts";
import { flat, holding, like, protocolFor, stable, words } from "./support/program-words.ts";
import { freshWorld, linesOf, onlyEncounter, tale, threshold, touched, type World } from "./support/program-world.ts";
import { filesUnder, freshFolder, put, top } from "./support/shell-folders.ts";

// The guide without a person: another program over --stdio, and a file of answers.

const site = "name: Maple Street Shelter\nsetting: shelter\n";
const shelter = protocolFor("shelter");
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const oneMinute = { timeout: 60_000 };

describe.concurrent("another program over --stdio", oneMinute, () => {
  test("leads a whole encounter, gets the path of the report, and need not hang up", async () => {
    const world = freshWorld({ site });
    const talk = openTalk(world, []);
    const first = await talk.asked();
    expect(first).toMatchObject({
      question: { step: "hold", isLive: true, phase: "live" },
      banner: [like()],
    });
    expect(first.title).toContain("Maple Street Shelter");
    talk.send(replyTo(first.question, i200));
    const { path = "" } = await play(talk, i200, "over");
    const folder = onlyEncounter(world.data);
    expect(path).toBe(join(folder, `incident-${folder.slice(-14)}.pdf`));
    const { code, stderr } = await talk.over;
    expect([code, stderr.includes("\u001b")]).toEqual([0, false]);

    const opened = linesOf(folder)[0]?.entry.what;
    expect(opened).toMatchObject({ type: "opened", openedBy: "stdio", isExample: false });
    expect(JSON.parse(readFileSync(join(folder, "header.json"), "utf8"))).toMatchObject({
      openedBy: "stdio",
      kind: "live",
    });
    const page = flat(await readWords(readFileSync(path)));
    expect(page).toContain(flat(words.report.byStdio));
    expect(page).toContain(flat(words.report.openedBy.stdio));
    expect(page).toContain(shelter.instruments["i200"]?.name ?? "");
    expect(page).not.toContain(stable(words.report.byAnswers));
  });

  test("hears of its faults and is asked the same again; none of them is written down", async () => {
    const world = freshWorld({ site });
    put(world.tmp, "letter.txt", "not a picture");
    const talk = openTalk(world, []);
    const faults = [
      ["hold", "this is not JSON", /not JSON/],
      ["hold", "[1]", /object/],
      ["hold", {}, /holds none of/],
      ["hold", { step: "ask_id", answer: "gave" }, /"ask_id".*"hold"/],
      ["hold", { step: "hold", answer: "maybe" }, /"maybe" is no answer/],
      ["hold", { step: "hold", answer: "waiting", fields: {} }, /answer and fields/],
      ["hold", { step: "hold", answer: "waiting", extra: 1 }, /"extra"/],
      ["hold", { step: "hold", back: true }, /nothing to go back to/],
      ["hold", { step: "hold", attach: join(world.tmp, "none.png") }, /none\.png cannot be found/],
      ["hold", { step: "hold", attach: join(world.tmp, "letter.txt") }, /letter\.txt is not a picture/],
      ["agentCount", { step: "rec_visit", fields: { agentCount: "many" } }, /"many" is not a whole number/],
      ["agentCount", { step: "rec_visit", fields: { nationality: "x" } }, /"nationality"/],
      ["agentCount", { step: "rec_visit", fields: { agentCount: { unknown: "hid" } } }, /"hid" is not an answer here/],
      ["agentCount", { step: "rec_visit", interrupt: "danger" }, /while agents are here/],
    ] as const;
    let at = await play(talk, i200, "hold");
    for (const [where, line, message] of faults) {
      if (where !== "hold" && at.question?.step === "hold") {
        talk.send(replyTo(at.question, i200));
        at = await play(talk, i200, where);
      }
      talk.send(line);
      expect(await talk.next()).toEqual({
        error: { message: like(message), hint: like() },
      });
      const { question } = await talk.asked();
      expect(question, JSON.stringify(line)).toEqual(at.question);
    }
    talk.hangUp();
    await talk.over;
    const written = readFileSync(join(onlyEncounter(world.data), "journal.jsonl"), "utf8");
    expect(written).not.toMatch(/maybe|nationality|letter\.txt|"many"/);
  });

  test("the end of its input pauses, and it can go on later at the same question", async () => {
    const world = freshWorld({ site });
    const first = openTalk(world, []);
    await play(first, i200, "ask_id");
    first.hangUp();
    const { code, stderr } = await first.over;
    const number = onlyEncounter(world.data).slice(-14);
    expect(code).toBe(130);
    expect(stderr).toContain(`encounter --resume ${number}`);
    const told = ["opened", "answered hold waiting", "called call_lead reached", "paused ask_id asked"];
    expect(tale(onlyEncounter(world.data))).toEqual(told);
    const second = openTalk(world, ["--resume", number.slice(-4)]);
    expect((await second.asked()).question.step).toBe("ask_id");
    second.hangUp();
    await second.over;
    expect(tale(onlyEncounter(world.data))).toEqual([...told, "resumed", "paused ask_id asked"]);
  });

  test("the desk is handed over on any screen, and the same is asked again", async () => {
    const world = freshWorld({ site });
    const talk = openTalk(world, []);
    const { question } = await talk.asked();
    talk.send({ step: question.step, handOver: "x".repeat(121) });
    expect(await talk.next()).toEqual({ error: { message: like(/"handOver": too big/), hint: like() } });
    await talk.asked();
    talk.send({ step: question.step, handOver: "night supervisor" });
    expect((await talk.asked()).question).toEqual(question);
    talk.hangUp();
    await talk.over;
    const folder = onlyEncounter(world.data);
    expect(linesOf(folder).map(({ entry }) => entry.what)).toEqual([
      expect.objectContaining({ type: "opened" }),
      { type: "handedOver", step: question.step, to: "night supervisor" },
      expect.objectContaining({ type: "paused" }),
    ]);
  });

  test("a note from elsewhere is told by the question being asked again", async () => {
    const world = freshWorld({ site });
    const talk = openTalk(world, []);
    await talk.asked();
    expect(await threshold(world, ["note"], "a second car came")).toMatchObject({ code: 0 });
    expect(await talk.next()).toEqual({ again: true });
    const again = await talk.asked();
    expect(again.question.step).toBe("hold");
    expect(again.banner?.join(" ")).toContain("a second car came");
    talk.send({ step: "hold", answer: "waiting" });
    expect((await talk.asked()).question.step).toBe("call_lead");
    talk.hangUp();
    await talk.over;
    expect(tale(onlyEncounter(world.data)).slice(0, 3)).toEqual(["opened", "noted second", "answered hold waiting"]);
  });

  test("a picture goes into the record as it is, and its report names it by its hash", async () => {
    const world = freshWorld({ site });
    const picture = put(world.tmp, "paper.png", png);
    const talk = openTalk(world, []);
    await play(talk, i200, "copy");
    talk.send({ step: "rec_papers", attach: picture, for: "copy", about: { paper: 0 } });
    const { path = "" } = await play(talk, i200, "over");
    const folder = onlyEncounter(world.data);
    const attached = linesOf(folder).flatMap(({ entry: { what } }) => (what.type === "attached" ? [what] : []));
    expect(attached).toMatchObject([
      { about: { paper: 0 }, field: "copy", file: { name: "paper.png", bytes: png.length } },
    ]);
    expect(readFileSync(join(folder, "attachments", attached[0]?.file.sha256 ?? ""))).toEqual(png);
    const page = flat(await readWords(readFileSync(path)));
    expect(page.replaceAll(" ", "")).toContain(attached[0]?.file.sha256 ?? "none");
    await talk.over;
  });

  test.for([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s pauses and ends with %i", async ([signal, code]) => {
    const world = freshWorld({ site });
    const talk = openTalk(world, []);
    await play(talk, i200, "call_lead");
    talk.child.kill(signal);
    expect((await talk.over).code).toBe(code);
    expect(tale(onlyEncounter(world.data))).toEqual(["opened", "answered hold waiting", "paused call_lead signal"]);
  });
});

const shipped = join(top, "templates", "answers");
const examples = existsSync(shipped) ? readdirSync(shipped).filter((name) => name.endsWith(".jsonl")) : [];

describe.concurrent("a file of answers", oneMinute, () => {
  test("three come with the product", () => {
    expect(examples).toEqual(
      expect.arrayContaining(["hospital-judicial-warrant.jsonl", "school-subpoena.jsonl", "shelter-i200.jsonl"]),
    );
  });

  test.for(examples)(
    "%s makes a PDF that says what it is, and is kept apart from a person's own records",
    async (name) => {
      const world = freshWorld({ site });
      await threshold(world, ["setup", "--print"]); // site.json is made
      const before = filesUnder(world.data);
      const out = join(freshFolder("out"), "report.pdf");
      const ran = await threshold(world, ["encounter", "--answers", join(shipped, name), "--out", out]);
      expect(ran).toMatchObject({ code: 0, stdout: `${out}\n` });
      const page = flat(await readWords(readFileSync(out)));
      for (const printed of [words.report.example, words.report.exampleSays]) expect(page).toContain(flat(printed));
      expect(page).toContain(stable(words.report.byAnswers));
      expect(page).not.toContain(flat(words.report.open));
      expect([filesUnder(world.data), filesUnder(world.home)]).toEqual([before, []]);
      const folder = onlyEncounter(join(world.tmp, "threshold-examples"));
      expect(linesOf(folder)[0]?.entry.what).toMatchObject({ type: "opened", isExample: true, openedBy: "answers" });
      expect(ran.stderr).toContain(join(world.tmp, "threshold-examples"));
      expect(ran.stderr).not.toMatch(/threshold (incident|encounter)/);
    },
  );

  const header = { threshold: "answers", v: 1, setting: "shelter", example: true, opened: "2026-11-23T14:03:00-05:00" };
  const own = [header, { step: "hold", answer: "waiting", at: "2026-11-23T14:03:10-05:00" }];

  test.for([
    ["a folder that is set up", (world: World) => put(world.data, "site.yaml", site), true],
    ["no folder named, so the one at home", (world: World) => delete world.env["THRESHOLD_DATA"], true],
    ["a scratch folder named by hand", () => undefined, false],
  ] as const)("an example with %s", async ([, prepare, isApart]) => {
    const world = freshWorld();
    prepare(world);
    const file = put(world.tmp, "answers.jsonl", own.map((line) => JSON.stringify(line)).join("\n"));
    const { code, stderr } = await threshold(world, ["encounter", "--answers", file]);
    // What is kept apart cannot be gone on with by its number.
    expect([code, stderr.includes("--resume"), stderr.includes(join(world.tmp, "threshold-examples"))]).toEqual([
      2,
      !isApart,
      isApart,
    ]);
    const kept = (folder: string) => filesUnder(folder).filter((name) => name.includes("encounters/"));
    expect(kept(world.home)).toEqual([]);
    expect(kept(world.data).length > 0).toBe(!isApart);
    expect(kept(join(world.tmp, "threshold-examples")).length > 0).toBe(isApart);
  });

  test("an example with a folder that holds somebody's records", async () => {
    const world = freshWorld();
    const live = put(
      world.tmp,
      "live.jsonl",
      [{ ...header, example: false }, ...own.slice(1)].map((line) => JSON.stringify(line)).join("\n"),
    );
    const example = put(world.tmp, "example.jsonl", own.map((line) => JSON.stringify(line)).join("\n"));
    await threshold(world, ["encounter", "--answers", live]);
    const before = filesUnder(world.data);
    await threshold(world, ["encounter", "--answers", example]);
    expect(before.length).toBeGreaterThan(0);
    expect(filesUnder(world.data)).toEqual(before);
    expect(onlyEncounter(join(world.tmp, "threshold-examples"))).toContain("encounters");
  });

  test("a time zone there is not is said on every screen, and keeps nobody from the guide", async () => {
    const world = freshWorld({ site: "setting: shelter\ntimeZone: Mars/Olympus\n" });
    const { code, stdout } = await threshold(world, ["encounter", "--stdio"], "");
    const first = JSON.parse(stdout.split("\n")[0] ?? "") as { question: { step: string }; banner: string[] };
    expect([code, first.question.step]).toEqual([130, "hold"]);
    expect(first.banner.join(" ")).toContain('there is no time zone "Mars/Olympus"');
  });

  const begun = ['{"threshold":"answers","v":1,"setting":"shelter"}', '{"step":"hold","answer":"waiting"}'];
  const started = ["opened", "answered hold waiting"];
  const recording = [
    ...begun,
    '{"step":"call_lead","answer":"reached"}',
    '{"step":"ask_id","answer":"police"}',
    '{"step":"nypd","answer":"alone"}',
    '{"step":"nypd_alone","answer":"done"}',
    '{"step":"left","answer":"gone"}',
  ];

  test.for([
    ["a step that is not asked", begun, '{"step":"nowhere","answer":"x"}', /line 3: .*"nowhere".*"call_lead"/],
    ["a wrong answer", begun, '{"step":"call_lead","answer":"maybe"}', /line 3: "maybe" is no answer/],
    ["no JSON", begun, "They wait", /line 3: not JSON/],
    ["half a reply", begun, '{"step":"call_lead"', /line 3: not JSON/],
    ["no answer at the end", begun, "", /ends after line 3, but step "call_lead" is asked/],
    [
      "a picture that is not there",
      begun,
      '{"step":"call_lead","attach":"gone.png"}',
      /line 3: .*gone\.png cannot be found/,
    ],
    [
      "a picture that is none",
      begun,
      '{"step":"call_lead","attach":"answers.jsonl"}',
      /line 3: answers\.jsonl is not a picture/,
    ],
    [
      "fields where an answer is asked",
      begun,
      '{"step":"call_lead","fields":{"a":"b"}}',
      /line 3: .*answer, not for fields/,
    ],
    [
      "a stranger field",
      recording,
      '{"step":"rec_visit","fields":{"arrivedAt":"14:05","citizenship":"x"}}',
      /line 8: .*"citizenship"/,
    ],
    [
      "a value that does not fit",
      recording,
      '{"step":"rec_visit","fields":{"agentCount":"many"}}',
      /line 8: .*"many" is not a whole number/,
    ],
    [
      "a comment, a blank line, and a fault after them",
      [...begun, "// a comment", ""],
      '{"step":"x","answer":"y"}',
      /line 5: /,
    ],
  ] as const)(
    "with %s: exit code 2, the line, and the number; what was answered is on disk",
    async ([, good, bad, message]) => {
      const world = freshWorld();
      const file = put(world.tmp, "answers.jsonl", [...good, bad].join("\n"));
      const { code, stdout, stderr } = await threshold(world, ["encounter", "--answers", file]);
      const number = onlyEncounter(world.data).slice(-14);
      const lines = stderr.trimEnd().split("\n");
      expect([code, stdout]).toEqual([2, ""]);
      expect(lines.at(-2)).toMatch(message);
      expect(lines.at(-2)).toContain(`threshold: error: ${file} `);
      expect(lines.at(-1)).toMatch(/^threshold: hint: ./);
      expect(stderr).toContain(`encounter --resume ${number}`);
      const entries = tale(onlyEncounter(world.data));
      expect(entries.slice(0, 2)).toEqual(started);
      expect(entries.slice(2)).toHaveLength(good.filter((line) => line.includes("step")).length);
      expect(entries.at(-1)).toMatch(/^paused \w+ answersEnded$/);
      expect(await threshold(world, ["incident", "verify", number])).toMatchObject({ code: 0 });
    },
  );

  test.for([
    ["a setting there is not", '{"threshold":"answers","v":1,"setting":"castle"}', /"castle" is no setting/],
    [
      "a site with a fault",
      '{"threshold":"answers","v":1,"setting":"shelter","site":{"colour":"red"}}',
      /line 1: site/,
    ],
    ["a key nobody knows", '{"threshold":"answers","v":1,"setting":"shelter","color":1}', /line 1: .*"color"/],
    ["a time that is none", '{"threshold":"answers","v":1,"setting":"shelter","opened":"noon"}', /line 1: .*opened/],
    ["no setting at all", '{"step":"hold","answer":"waiting"}', /line 1: .*"setting" is asked/],
  ] as const)("whose header has %s is refused before anything is written", async ([, header, message]) => {
    const world = freshWorld();
    const file = put(world.tmp, "answers.jsonl", `${header}\n{"step":"hold","answer":"waiting"}\n`);
    const { code, stderr } = await threshold(world, ["encounter", "--answers", file]);
    expect(stderr).toMatch(/^threshold: error: [^\n]+\nthreshold: hint: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect([code, touched(world)]).toEqual([2, []]);
  });

  test("a file that is not there is a wrong use", async () => {
    const { code, stderr } = await threshold(freshWorld(), ["encounter", "--answers", "/nowhere/answers.jsonl"]);
    expect([code, stderr]).toEqual([2, like(/^threshold: error: .*\/nowhere\/answers\.jsonl/)]);
  });

  test("the answers can come by the standard input", async () => {
    const world = freshWorld();
    const { code, stderr } = await threshold(
      world,
      ["encounter", "--answers", "-"],
      `${begun.join("\n")}\n{"step":"call_lead","pause":true}\n`,
    );
    expect([code, stderr]).toEqual([130, holding(stable(words.finish.paused))]);
    expect(tale(onlyEncounter(world.data))).toEqual([...started, "paused call_lead asked"]);
  });
});
