import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { has, smallDisk } from "./support/journal-programs.ts";
import { readWords } from "./support/pdf-text.ts";
import { answer, openDesk, screenOf } from "./support/program-desk.ts";
import { type Call, readTrace, straceOf } from "./support/program-trace.ts";
import { i200, openTalk, play, replyTo, type Said, type Talk } from "./support/program-talk.ts";
import { flat, holding, like, protocolFor, stable, words } from "./support/program-words.ts";
import { freshWorld, linesOf, onlyEncounter, tale, threshold } from "./support/program-world.ts";
import { put } from "./support/shell-folders.ts";

// On disk before the next question; and when the disk fails, the guide goes on and says so.

const shelter = protocolFor("shelter");
const site = "setting: shelter\n";
const oneMinute = { timeout: 60_000 };

describe.skipIf(!has("strace"))(
  `in the order of the kernel's calls${has("strace") ? "" : " (skipped: no strace here)"}`,
  oneMinute,
  () => {
    test("the line of each answer is synced before the first byte of the next question", async () => {
      const world = freshWorld({ site });
      const path = join(world.tmp, "trace");
      const talk = openTalk(world, [], straceOf(path));
      await play(talk, i200, "left");
      talk.hangUp();
      await talk.over;
      const calls = readTrace(path);
      const isWrite = ({ name, result }: Call) => name.includes("write") && result > 0;
      const journal = calls.filter(({ path: file }) => file.endsWith("/journal.jsonl"));
      const lines = journal.filter(isWrite);
      const syncs = journal.filter(({ name, result }) => name.endsWith("sync") && result === 0);
      const questions = calls.filter(
        (call) => call.fd === 1 && isWrite(call) && call.text.includes('{\\"question\\":'),
      );
      expect(questions).toHaveLength(talk.heard.filter(({ question }) => question !== undefined).length);
      expect(questions.length).toBeGreaterThanOrEqual(10);
      for (const [at, question] of questions.entries()) {
        const before = lines.filter(({ start }) => start < question.start);
        // One line for the opening, and one for each answer so far.
        expect(before.map(({ text }) => Number(/\\"n\\":(\d+)/.exec(text)?.[1]))).toEqual(
          before.map((_, index) => index + 1),
        );
        expect(before).toHaveLength(at + 1);
        const last = before.at(-1);
        const synced = syncs.filter(({ start, end }) => start >= (last?.end ?? Infinity) && end <= question.start);
        expect(synced.length, `before question ${at + 1}`).toBeGreaterThan(0);
      }
    });
  },
);

const probe = smallDisk("64k");
probe?.remove();
const canMount = probe !== undefined;
const noDisk = canMount ? "" : " (skipped: this account may not make a disk)";

type FillableDisk = { readonly data: string; readonly fill: () => void; readonly empty: () => void };

/** A disk of half a megabyte that can be filled to its last page, and emptied again. */
function fillableDisk(): FillableDisk {
  const disk = smallDisk("512k");
  if (disk === undefined) throw new Error("this account may not make a disk");
  disks.push(disk);
  const filler = join(disk.path, "filler");
  return {
    data: join(disk.path, "records"),
    fill: () => {
      const page = Buffer.alloc(4096);
      writeFileSync(filler, "");
      try {
        for (;;) writeFileSync(filler, page, { flag: "a" });
      } catch {
        // Full.
      }
    },
    empty: () => rmSync(filler),
  };
}
const disks: NonNullable<ReturnType<typeof smallDisk>>[] = [];
afterAll(() => disks.forEach((disk) => disk.remove()));

/** More than what is left of a page that the journal has begun. */
const long = "a note that needs more than a page of the disk ".repeat(100);
const unwritten = (said: Said) => said.banner?.find((line) => line.startsWith(stable(words.guide.notWritten)));

/** Answers `count` questions by the plan; gives what was asked at last. */
async function answerOn(talk: Talk, from: Said, count: number): Promise<readonly Said[]> {
  const asked = [from];
  for (let i = 0; i < count; i += 1) {
    const { question } = asked.at(-1) ?? {};
    if (question === undefined) throw new Error("nothing is asked");
    talk.send(replyTo(question, i200));
    asked.push(await talk.asked());
  }
  return asked;
}

describe.skipIf(!canMount).concurrent(`a disk that is full${noDisk}`, oneMinute, () => {
  test("in the middle: the guide goes on and says so, and writes everything in order when there is room", async () => {
    const { data, fill, empty } = fillableDisk();
    const world = freshWorld({ site, data });
    const talk = openTalk(world, []);
    const first = await play(talk, i200, "call_lead");
    const before = tale(onlyEncounter(data));
    fill();
    talk.send({ step: "call_lead", note: long });
    const noted = await talk.asked();
    expect([first, noted].map((said) => unwritten(said) !== undefined)).toEqual([false, true]);
    const asked = await answerOn(talk, noted, 4);
    expect(asked.map(({ question }) => question?.step)).toEqual(["call_lead", "ask_id", "ask_papers", "look", "look"]);
    expect(asked.map(unwritten)).toEqual([1, 2, 3, 4, 5].map((count) => like(new RegExp(`\\b${count}\\b`))));
    expect(asked.map(({ writtenAt }) => writtenAt)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(tale(onlyEncounter(data))).toEqual(before);

    empty();
    expect(await talk.next()).toEqual({ again: true });
    const again = await talk.asked();
    expect([again.question, unwritten(again)]).toEqual([asked.at(-1)?.question, undefined]);
    const waited = [
      "noted desk",
      "called call_lead reached",
      "answered ask_id gave",
      "answered ask_papers shown",
      "examined top agency",
    ];
    expect(tale(onlyEncounter(data))).toEqual([...before, ...waited]);
    talk.hangUp();
    await talk.over;
    const kept = linesOf(onlyEncounter(data)).map(({ entry }) => entry);
    expect(kept.map(({ elapsed }) => elapsed)).toEqual(kept.map(({ elapsed }) => elapsed).toSorted((a, b) => a - b));
    expect(await threshold(world, ["incident", "verify", onlyEncounter(data).slice(-14)])).toMatchObject({ code: 0 });
  });

  test("when it stops: it says truly that not all is saved", async () => {
    const { data, fill } = fillableDisk();
    const talk = openTalk(freshWorld({ site, data }), []);
    await play(talk, i200, "call_lead");
    fill();
    talk.send({ step: "call_lead", note: long });
    await talk.asked();
    talk.hangUp();
    const { code, stderr } = await talk.over;
    expect([code, stderr]).toEqual([130, holding(stable(words.finish.pausedUnwritten))]);
    expect(stderr).not.toContain(stable(words.finish.paused));
  });

  test("when a person stops: what can be done is offered first, and nothing is lost when there is room again", async () => {
    const { data, fill, empty } = fillableDisk();
    const desk = openDesk(freshWorld({ site, data }), "encounter");
    await desk.sees(...screenOf(shelter, "hold"));
    fill();
    await desk.press(words.screen.keys.note.key);
    await desk.sees(words.screen.note.ask);
    await desk.press(`${long}\r`);
    await desk.sees(stable(words.guide.notWritten), ...screenOf(shelter, "hold"));
    await desk.press("\u0003");
    await desk.sees(words.finish.memoryAgain, words.finish.memoryLeave);
    empty();
    await desk.press("1");
    expect(await desk.exit).toMatchObject({ exitCode: 130 });
    expect(tale(onlyEncounter(data)).slice(-2)).toEqual(["noted desk", expect.stringContaining("paused")]);
  });

  test("at the end, with nobody there: the report goes elsewhere, and the exit code is the journal's", async () => {
    const { data, fill } = fillableDisk();
    const world = freshWorld({ site, data });
    const out = join(world.tmp, "report.pdf");
    const talk = openTalk(world, ["--out", out]);
    const last = await play(talk, i200, "hand_on");
    fill();
    talk.send({ step: "hand_on", note: long });
    await talk.asked();
    talk.send(replyTo(last.question ?? (await talk.asked()).question, i200));
    expect(await play(talk, i200, "over")).toMatchObject({ path: out });
    const { code, stderr } = await talk.over;
    expect([code, stderr]).toEqual([4, holding(stable(words.finish.pausedUnwritten))]);
    expect(flat(await readWords(readFileSync(out)))).toContain("a note that needs more than a page");
  });

  test("at the end, at a desk: the record is shown, saved elsewhere, and written when there is room", async () => {
    const { data, fill, empty } = fillableDisk();
    const world = freshWorld({ site, data });
    const stick = join(world.tmp, "stick");
    mkdirSync(stick);
    const talk = openTalk(world, []);
    await play(talk, i200, "hand_on");
    talk.hangUp();
    await talk.over;
    fill();
    const desk = openDesk(world, "encounter", "--resume");
    await desk.sees(...screenOf(shelter, "hand_on"));
    await desk.press(words.screen.keys.note.key);
    await desk.sees(words.screen.note.ask);
    await desk.press(`${long}\r`);
    await desk.sees(stable(words.guide.notWritten), ...screenOf(shelter, "hand_on"));
    await answer(desk, shelter, "hand_on", "done");
    await answer(desk, shelter, "end", "done");
    const menu = [stable(words.finish.memory.split(" ").slice(1).join(" ")), words.finish.memoryScreen];
    await desk.sees(...menu);

    await desk.press("2");
    await desk.until(() => desk.all.includes(flat(words.report.plain)), "the end of the record");
    await desk.sees(...menu);
    for (const part of [
      words.report.byStdio,
      shelter.instruments["i200"]?.name ?? "",
      words.report.headSays,
      words.report.plain,
    ]) {
      expect(desk.all).toContain(flat(part));
    }

    await desk.press("3");
    await desk.sees(words.finish.memoryPath);
    await desk.press(`${stick}\r`);
    await desk.sees(...menu);
    const number = onlyEncounter(data).slice(-14);
    expect(flat(await readWords(readFileSync(join(stick, `incident-${number}.pdf`))))).toContain(number);

    await desk.press("1");
    await desk.sees(...menu);
    expect(tale(onlyEncounter(data)).at(-1)).not.toBe("ended");
    empty();
    await desk.press("1");
    expect(await desk.exit).toMatchObject({ exitCode: 0 });
    expect(tale(onlyEncounter(data)).slice(-4)).toEqual(["resumed", "noted desk", "answered hand_on done", "ended"]);
    expect(existsSync(join(onlyEncounter(data), `incident-${number}.pdf`))).toBe(true);
  });
});

describe.concurrent("a folder that may not be written in, from the start", oneMinute, () => {
  /** Read-only for everybody where a disk can be made, else for this account. */
  function readOnly(): string {
    const disk = smallDisk("64k");
    if (disk === undefined) {
      const { data } = freshWorld();
      mkdirSync(data);
      chmodSync(data, 0o500);
      return data;
    }
    disks.push(disk);
    put(disk.path, "site.yaml", site);
    disk.remount("ro");
    return disk.path;
  }

  test("guides another program to the end, says so each time, and makes the report elsewhere", async () => {
    const world = freshWorld({ data: readOnly() });
    const out = join(world.tmp, "report.pdf");
    const talk = openTalk(world, ["--setting", "shelter", "--out", out]);
    expect(await play(talk, i200, "over")).toMatchObject({ path: out });
    const { code, stderr } = await talk.over;
    const asked = talk.heard.filter(({ question }) => question !== undefined);
    expect(asked.length).toBeGreaterThan(25);
    expect(asked.filter((said) => unwritten(said) === undefined)).toEqual([]);
    expect([code, stderr]).toEqual([4, holding(stable(words.finish.pausedUnwritten))]);
    const page = flat(await readWords(readFileSync(out)));
    expect(page).toContain(shelter.instruments["i200"]?.name ?? "");
    expect(existsSync(join(world.data, "encounters"))).toBe(false);
  });

  test("guides a person from the first screen on", async () => {
    const world = freshWorld({ data: readOnly() });
    const desk = openDesk(world);
    await desk.sees(words.home.ask);
    await desk.press("1");
    if (!canMount) {
      await desk.sees(words.home.setting);
      await desk.press("1");
    }
    await desk.sees(stable(words.guide.notWritten));
    await answer(desk, shelter, "hold", "waiting");
    await desk.sees(stable(words.guide.notWritten), ...screenOf(shelter, "call_lead"));
    desk.send("\u0003");
    await desk.sees(words.finish.memoryAgain, words.finish.memoryLeave);
    desk.send("\u0003");
    expect(await desk.exit).toMatchObject({ exitCode: 130 });
    await desk.sees(stable(words.finish.pausedUnwritten));
    expect(desk.isCursorShown).toBe(true);
  });
});
