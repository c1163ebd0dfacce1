import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { render } from "@inquirer/testing";
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { question } from "../src/core/encounter.ts";
import { fill } from "../src/core/fill.ts";
import { Problem } from "../src/core/problem.ts";
import { type Question, Reply } from "../src/core/question.ts";
import type { Protocol } from "../src/core/protocol.ts";
import { ScreenWords } from "../src/core/words.ts";
import { openKeyboard } from "../src/shell/keyboard.ts";
import { isAborted, isStopped, type Screen } from "../src/shell/prompter.ts";
import { characters, columnsOf, cut, openTerminal, type Output, safe, wrap } from "../src/shell/terminal.ts";
import { begin } from "./support/core-encounter.ts";
import { openPty, type Pty } from "./support/desk-pty.ts";
import { after, anyScreen, biggest, live, screenOf, spanish, typed } from "./support/desk-questions.ts";
import { Glass, openDesk, settled, terminalOn } from "./support/desk-screen.ts";
import { source, words } from "./support/desk-words.ts";
import { packs } from "./support/packs.ts";

const ENTER = "\r";
const paste = (text: string): string => `\u001b[200~${text}\u001b[201~`;

/** The keyboard as a prompt for inquirer's own test kit. */
const prompt = async (
  screen: Screen,
  context: { input?: NodeJS.ReadableStream; output?: NodeJS.WritableStream } = {},
): Promise<Reply> =>
  await openKeyboard({
    terminal: terminalOn(new Glass()),
    words,
    deaf: 0,
    clock: () => 14_000,
    timeNow: () => "14:05",
    ...context,
  }).ask(screen, new AbortController().signal);

describe("one key answers at once", () => {
  const record = typed("choice", { about: { agent: 1 } });
  const several = typed("choice", { left: 3 });
  const looking: Question = { ...live, step: "examine", looksFor: "signature", about: { paper: 0 } };
  test.each<[key: string, question: Question, reply: Reply]>([
    ["1", live, { step: "doing", answer: "waiting" }],
    ["4", live, { step: "doing", answer: "other" }],
    ["5", biggest, { step: "biggest", answer: "other" }],
    ["2", looking, { step: "examine", answer: "paper", looksFor: "signature" }],
    ["d", live, { step: "doing", interrupt: "danger" }],
    ["e", live, { step: "doing", interrupt: "entered" }],
    ["b", live, { step: "doing", back: true }],
    ["q", live, { step: "doing", pause: true }],
    ["b", after, { step: "after", back: true }],
    ["q", after, { step: "after", pause: true }],
    ["2", record, { step: "agents", fields: { seen: "no" }, about: { agent: 1 } }],
    ["r", record, { step: "agents", fields: { seen: { unknown: "refused" } }, about: { agent: 1 } }],
    ["h", record, { step: "agents", fields: { seen: { unknown: "hid" } }, about: { agent: 1 } }],
    ["x", several, { step: "agents", fields: {}, rest: "notAsked" }],
  ])("%s at $step", async (key, question, reply) => {
    const { answer, events } = await render(prompt, screenOf(question));
    events.keypress(key);
    expect(await answer).toEqual(reply);
    expect(Reply.parse(await answer)).toEqual(reply);
  });

  test.each([{ ctrl: true }, { meta: true }])("but not with %j", async (held) => {
    const { answer, events } = await render(prompt, screenOf(live));
    events.keypress({ name: "1", ...held });
    await settled();
    events.keypress("2");
    expect(await answer).toEqual({ step: "doing", answer: "paper" });
  });

  test("a capital letter is the same key", async () => {
    const desk = openDesk();
    const { reply } = desk.ask(screenOf(live));
    await desk.send("D");
    expect(await reply).toEqual({ step: "doing", interrupt: "danger" });
  });

  test("a key held down is one answer", async () => {
    const desk = openDesk();
    const { reply } = desk.ask(screenOf(live));
    await desk.send("222");
    expect(await reply).toEqual({ step: "doing", answer: "paper" });
  });
});

describe("what answers nothing", () => {
  const wrong = fill(words.choose.wrong, { last: "4" });
  const first = { ...live, canGoBack: false };
  test.each<[what: string, bytes: string, question: Question, says: string]>([
    ["Enter", ENTER, live, words.choose.enter],
    ["Enter three times", "\r\r\r", live, words.choose.enter],
    ["a digit too high", "5", live, wrong],
    ["nought", "0", live, wrong],
    ["a letter that is no key", "z", live, wrong],
    ["an emoji", "👍", live, wrong],
    ["two digits at once", "12", live, words.choose.many],
    ["a digit and Enter at once", "1\r", live, words.choose.many],
    ["a pasted digit", paste("1"), live, words.choose.many],
    ["a pasted address", paste("12 Main St\n"), live, words.choose.many],
    ["arrow up", "\u001b[A", live, ""],
    ["arrow up in the other mode, which ends with a key's letter", "\u001bOD", live, ""],
    ["a function key", "\u001b[15~", live, ""],
    ["Alt and a key", "\u001bd", live, ""],
    ["Ctrl and a key", "\u0005", live, ""],
    ["Ctrl-Z", "\u001a", live, ""],
    ["Tab", "\t", live, ""],
    ["space", " ", live, ""],
    ["danger when they have gone", "d", after, wrong],
    ["they went in when they have gone", "e", after, wrong],
    ["contacts when they have gone", "c", after, wrong],
    ["back on the first screen", "b", first, wrong],
    ["the rest when there is none", "x", typed("choice"), fill(words.choose.wrong, { last: "2" })],
    ["an unknown that is not offered", "s", typed("choice"), fill(words.choose.wrong, { last: "2" })],
    ["a key where nothing has a number", "7", { ...live, choices: [] }, words.choose.wrongKey],
  ])("%s", async (_, bytes, question, says) => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(question));
    await settled();
    const before = desk.glass.text;
    await desk.send(bytes);
    expect(asked.isAnswered()).toBe(false);
    if (says === "") expect(desk.glass.text).toBe(before);
    else expect(desk.glass.lines).toContain(` ${says}`);
    await desk.send("q");
    expect(await asked.reply).toEqual({ step: question.step, pause: true });
  });

  test("the rest on a live screen", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf({ ...typed("choice", { left: 3 }), isLive: true }));
    await desk.send("x");
    expect(asked.isAnswered()).toBe(false);
    expect(desk.glass.text).not.toContain(words.keys.rest.label);
  });

  test("waiting: nothing is answered by itself", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(live));
    desk.clock.now += 3_600_000;
    await wait(400);
    expect(asked.isAnswered()).toBe(false);
    expect(desk.glass.lines[0]).toContain("1:00:14 since opened");
  });

  test.each([
    [23 * 3_600_000 + 59 * 60_000, "23:59:14 since opened"],
    [24 * 3_600_000, "1 d 00:00 since opened"],
    [75 * 3_600_000 + 7 * 60_000, "3 d 03:07 since opened"],
  ])("%i ms are told so that a person can read them", async (passed, says) => {
    const desk = openDesk();
    desk.clock.now += passed;
    desk.ask(screenOf(live));
    await settled();
    expect(desk.glass.lines[0]).toContain(` ${says} `);
  });
});

describe("keys that come before the eyes", () => {
  test.each<[what: string, deaf: number | undefined]>([
    ["300 ms unless told", undefined],
    ["as long as told", 900],
  ])("are dropped: %s", async (_, deaf) => {
    const desk = openDesk(deaf === undefined ? withoutDeaf() : { deaf });
    const asked = desk.ask(screenOf(live));
    await desk.send("1");
    desk.clock.now += (deaf ?? 300) - 1;
    await desk.send("d", "q", "n", "w");
    expect(asked.isAnswered()).toBe(false);
    expect(desk.glass.text).toContain(live.ask);
    desk.clock.now += 1;
    await desk.send("2");
    expect(await asked.reply).toEqual({ step: "doing", answer: "paper" });
  });

  function withoutDeaf() {
    return { deaf: undefined as unknown as number };
  }

  test("also on the next question, and when the same comes back by another way", async () => {
    const desk = openDesk({ deaf: 300 });
    const one = desk.ask(screenOf(live));
    desk.clock.now += 300;
    await desk.send("d");
    await one.reply;
    const two = desk.ask(screenOf(live));
    await desk.send("1");
    expect(two.isAnswered()).toBe(false);
    desk.clock.now += 300;
    await desk.send("1");
    await two.reply;
    const three = desk.ask(screenOf({ ...live, looksFor: "date" }));
    await desk.send("1");
    expect(three.isAnswered()).toBe(false);
  });

  test("but not after handing over", async () => {
    const desk = openDesk({ deaf: 300 });
    const one = desk.ask(screenOf(live));
    desk.clock.now += 300;
    await desk.send("t", "guard", ENTER);
    await one.reply;
    const two = desk.ask(screenOf(live));
    await desk.send("1");
    expect(await two.reply).toEqual({ step: "doing", answer: "waiting" });
  });

  test("but not when the same question is drawn again, or after a note", async () => {
    const desk = openDesk({ deaf: 300 });
    const one = desk.ask(screenOf(live));
    desk.clock.now += 300;
    one.abort();
    await expect(one.reply).rejects.toSatisfy(isAborted);
    const two = desk.ask(screenOf(live));
    await desk.send("n", "seen", ENTER);
    expect(await two.reply).toEqual({ step: "doing", note: "seen" });
    const three = desk.ask(screenOf(live));
    await desk.send("1");
    expect(await three.reply).toEqual({ step: "doing", answer: "waiting" });
  });

  test("a redraw does not shorten the wait", async () => {
    const desk = openDesk({ deaf: 300 });
    const one = desk.ask(screenOf(live));
    desk.clock.now += 100;
    one.abort();
    await expect(one.reply).rejects.toSatisfy(isAborted);
    const two = desk.ask(screenOf(live));
    await desk.send("1");
    expect(two.isAnswered()).toBe(false);
    desk.clock.now += 200;
    await desk.send("2");
    expect(await two.reply).toEqual({ step: "doing", answer: "paper" });
  });

  test("a paste that began too early is dropped whole", async () => {
    const desk = openDesk({ deaf: 300 });
    desk.ask(screenOf(typed("text")));
    await desk.send("\u001b[200~early ");
    desk.clock.now += 300;
    await desk.send("late\u001b[201~", "x");
    expect(desk.glass.lines.at(-1)).toBe(" > x");
  });
});

describe("a line that is typed", () => {
  const field = (value: unknown) => ({ step: "agents", fields: { seen: value } });
  test.each<[kind: Parameters<typeof typed>[0], bytes: string, reply: unknown]>([
    ["text", "  Sgt. Doe ", field("Sgt. Doe")],
    ["quote", '"We\'ll be back"', field('"We\'ll be back"')],
    ["text", "r", field({ unknown: "refused" })],
    ["text", "H", field({ unknown: "hid" })],
    ["text", "s", field("s")],
    ["text", "rr", field("rr")],
    ["text", "3", field("3")],
    ["quote", "/s/ John Smith", field("/s/ John Smith")],
    ["text", "好的，请等一下 مرحبا 👩‍👩‍👧", field("好的，请等一下 مرحبا 👩‍👩‍👧")],
    ["count", "3", field("3")],
    ["count", "k", field({ unknown: "notKnown" })],
    ["time", "14:05", field("14:05")],
    ["time", "1405", field("14:05")],
    ["time", "905", field("09:05")],
    ["time", "9:05", field("09:05")],
    ["time", "14.05", field("14:05")],
    ["time", "2:05 pm", field("14:05")],
    ["time", "2:05PM", field("14:05")],
    ["time", "2:05 p.m.", field("14:05")],
    ["time", "2 pm", field("14:00")],
    ["time", "12:30 am", field("00:30")],
    ["time", "12 pm", field("12:00")],
    ["time", "0:00", field("00:00")],
    ["time", "now", field("14:05")],
    ["time", "Now", field("14:05")],
    ["file", "/home/desk/a photo.jpg", { step: "agents", attach: "/home/desk/a photo.jpg", for: "seen" }],
    ["file", "'/home/desk/a photo.jpg' ", { step: "agents", attach: "/home/desk/a photo.jpg", for: "seen" }],
    ["file", '"C:\\Users\\desk\\a.jpg"', { step: "agents", attach: "C:\\Users\\desk\\a.jpg", for: "seen" }],
    ["file", "C:\\Users\\desk\\a.jpg", { step: "agents", attach: "C:\\Users\\desk\\a.jpg", for: "seen" }],
    [
      "file",
      "/Users/desk/a\\ photo\\ \\(1\\).jpg",
      { step: "agents", attach: "/Users/desk/a photo (1).jpg", for: "seen" },
    ],
    ["file", "& '/home/desk/a.jpg'", { step: "agents", attach: "/home/desk/a.jpg", for: "seen" }],
    ["file", "~/a.jpg", { step: "agents", attach: "~/a.jpg", for: "seen" }],
    ["file", "/tmp", { step: "agents", attach: "/tmp", for: "seen" }],
    ["text", "a walk/back", field("a walk/back")],
    ["text", "/back", { step: "agents", back: true }],
    ["text", "/stop", { step: "agents", pause: true }],
    ["text", "/STOP", { step: "agents", pause: true }],
    ["text", "/note they left a card", { step: "agents", note: "they left a card" }],
    ["text", "/over night supervisor", { step: "agents", handOver: "night supervisor" }],
    ["file", "/over  guard ", { step: "agents", handOver: "guard" }],
    ["file", "/stop", { step: "agents", pause: true }],
  ])("%s: %s", async (kind, bytes, reply) => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(typed(kind)));
    await desk.send(bytes, ENTER);
    expect(await asked.reply).toEqual(reply);
    expect(Reply.parse(await asked.reply)).toEqual(reply);
  });

  test.each<[bytes: string, question: Question, reply: Reply]>([
    ["/danger", typed("text", { isLive: true }), { step: "agents", interrupt: "danger" }],
    ["/in", typed("text", { isLive: true }), { step: "agents", interrupt: "entered" }],
    ["he said /danger", typed("text", { isLive: true }), { step: "agents", interrupt: "danger" }],
    ["/rest", typed("text", { left: 2 }), { step: "agents", fields: {}, rest: "notAsked" }],
    ["Doe", typed("text", { about: { agent: 2 } }), { step: "agents", fields: { seen: "Doe" }, about: { agent: 2 } }],
    [
      "r",
      typed("text", { about: { agent: 2 } }),
      { step: "agents", fields: { seen: { unknown: "refused" } }, about: { agent: 2 } },
    ],
    [
      "/rest",
      typed("text", { about: { agent: 2 }, left: 2 }),
      { step: "agents", fields: {}, about: { agent: 2 }, rest: "notAsked" },
    ],
    [
      "a.jpg",
      typed("file", { about: { paper: 0 } }),
      { step: "agents", attach: "a.jpg", for: "seen", about: { paper: 0 } },
    ],
  ])("%s", async (bytes, question, reply) => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(question));
    await desk.send(bytes, ENTER);
    expect(await asked.reply).toEqual(reply);
  });

  const commands = ["/note", "/over", "/back", "/why", "/stop"].join(" ");
  test.each<[kind: Parameters<typeof typed>[0], bytes: string, says: string]>([
    ["text", "", words.misfit.empty],
    ["text", "   ", words.misfit.empty],
    ["count", "three", fill(words.misfit.count, { typed: "three" })],
    ["count", "3.5", fill(words.misfit.count, { typed: "3.5" })],
    ["count", "-1", fill(words.misfit.count, { typed: "-1" })],
    ["count", "12345", fill(words.misfit.count, { typed: "12345" })],
    ["time", "25:00", fill(words.misfit.time, { typed: "25:00" })],
    ["time", "14:60", fill(words.misfit.time, { typed: "14:60" })],
    ["time", "13 pm", fill(words.misfit.time, { typed: "13 pm" })],
    ["time", "0:30 am", fill(words.misfit.time, { typed: "0:30 am" })],
    ["time", "5", fill(words.misfit.time, { typed: "5" })],
    ["time", "soon", fill(words.misfit.time, { typed: "soon" })],
    ["text", "/dangr", fill(words.misfit.command, { typed: "/dangr", commands })],
    ["text", "/danger", fill(words.misfit.command, { typed: "/danger", commands })],
    ["text", "he said /danger", fill(words.misfit.command, { typed: "/danger", commands })],
    ["text", "/rest", fill(words.misfit.command, { typed: "/rest", commands })],
    ["text", `/over ${"x".repeat(121)}`, fill(words.handOver.long, { most: "120" })],
  ])("%s: %j does not fit, and stays", async (kind, bytes, says) => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(typed(kind)));
    await desk.send(...(bytes === "" ? [] : [bytes]), ENTER);
    expect(asked.isAnswered()).toBe(false);
    const flat = desk.glass.text.replace(/\n +/g, " ");
    expect(flat).toContain(says);
    expect(flat.replaceAll(" ", "").endsWith(`>${bytes}`.replaceAll(" ", ""))).toBe(true);
  });

  test.each<[what: string, pieces: readonly string[], text: string]>([
    ["backspace takes one character, as a person counts", ["ab👩‍👩‍👧", "\u007f"], "ab"],
    [
      "left, right and typing between",
      ["Jo Doe", "\u001b[D\u001b[D\u001b[D\u001b[D", "hn", "\u001b[C", "D. "],
      "John D. Doe",
    ],
    ["Home and End", ["ohn", "\u001b[H", "J", "\u001b[F", "!"], "John!"],
    ["Delete", ["xJohn", "\u001b[H", "\u001b[3~"], "John"],
    ["Ctrl-U clears to the left", ["nonsense", "\u0015", "John"], "John"],
    ["Ctrl-W clears a word", ["John Smith", "\u0017", "Doe"], "John Doe"],
    ["Ctrl-K clears to the right", ["John Smith", "\u0001", "\u000b", "Jo"], "Jo"],
    ["up and down do nothing", ["John", "\u001b[A\u001b[B\u001bOA"], "John"],
    ["pasted lines are one line, and do not answer", [paste("John\r\nDoe\nof ICE\n")], "John  Doe of ICE"],
    ["an Enter within a burst is a space", ["John\rDoe"], "John Doe"],
    ["escape sequences, pasted", [paste("\u001b[31mred\u001b[0m"), "!"], "red!"],
    ["marks that turn the writing", ["a\u202eb\u2066c"], "abc"],
    ["C1 controls and the bell", ["a\u009bb\u0007c"], "abc"],
    ["a tab", ["a\tb"], "a b"],
  ])("%s", async (_, pieces, text) => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(typed("text")));
    await desk.send(...pieces);
    expect(asked.isAnswered()).toBe(false);
    await desk.send(ENTER);
    const reply = await asked.reply;
    expect(JSON.stringify(reply).replace(/ +/g, " ")).toBe(JSON.stringify(field(text)).replace(/ +/g, " "));
  });

  test("the cursor stands where the next letter goes", async () => {
    const desk = openDesk();
    desk.ask(screenOf(typed("text")));
    await desk.send("abc好");
    expect(desk.glass.cursor).toEqual({ row: desk.glass.lines.length - 1, column: 8 });
    await desk.send("\u001b[D\u001b[D");
    expect(desk.glass.cursor.column).toBe(5);
    expect(desk.glass.lines.at(-1)).toBe(" > abc好");
  });

  test("a long line is folded around the cursor and stays on the screen", async () => {
    const desk = openDesk();
    desk.ask(screenOf(typed("text")));
    const long = Array.from({ length: 200 }, (_, n) => `word${n}`).join(" ");
    await desk.send(paste(long));
    expect(desk.glass.scrolled).toBe(0);
    expect(desk.glass.text).toContain("word199");
    await desk.send("\u001b[H");
    expect(desk.glass.text).toContain(" > word0 word1");
    expect(desk.glass.cursor.column).toBe(3);
    await desk.send("!");
    expect(desk.glass.text).toContain(" > !word0 word1");
    expect(desk.glass.lines[0]).toContain("Maple Street Shelter");
  });

  test("what is too long for the record is cut, and that is said", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(typed("text")));
    await desk.send(paste("x".repeat(10_050)));
    await settled();
    expect(desk.glass.text).toContain(fill(words.misfit.long, { most: "10000" }));
    await desk.send(ENTER);
    expect(Reply.safeParse(await asked.reply).success).toBe(true);
  });

  test("unknowns are offered with their words, and only those that fit", async () => {
    const desk = openDesk();
    desk.ask(screenOf(typed("text")));
    await settled();
    expect(desk.glass.text).toContain("r refused   h hid it   k not known");
    expect(desk.glass.text).not.toContain(words.unknowns.none.label);
  });

  test.each([
    [1, false],
    [2, true],
    [5, true],
  ])("with %i left in a part, it is said: %s", async (left, isSaid) => {
    const desk = openDesk();
    desk.ask(screenOf(typed("text", { left })));
    await settled();
    expect(desk.glass.text.includes(fill(words.left, { count: String(left) }))).toBe(isSaid);
  });

  test("an answer the engine refused stands there again", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(typed("text")));
    await desk.send("a word too many", ENTER);
    await one.reply;
    desk.ask(screenOf(typed("text"), { banner: ["that does not fit"] }));
    await settled();
    expect(desk.glass.lines.at(-1)).toBe(" > a word too many");
    expect(desk.glass.lines[1]).toBe(" that does not fit");
  });

  test("a path that was refused does not: the next file is dropped onto an empty line", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(typed("file")));
    await desk.send("nowhere.jpg", ENTER);
    await one.reply;
    desk.ask(screenOf(typed("file")));
    await settled();
    expect(desk.glass.lines.at(-1)).toBe(" >");
  });
});

test("an accepted answer does not stand there when its question comes again, where Enter would give it once more", async () => {
  const desk = openDesk();
  const one = desk.ask(screenOf(typed("text")));
  await desk.send("Doe", ENTER);
  await one.reply;
  const two = desk.ask(screenOf(live));
  await desk.send("b");
  await two.reply;
  const three = desk.ask(screenOf(typed("text")));
  await desk.send(ENTER);
  expect(three.isAnswered()).toBe(false);
  expect(desk.glass.lines.at(-1)).toBe(" >");
});

describe("panels", () => {
  test.each<[key: string, parts: readonly string[]]>([
    [
      "w",
      [
        words.why.title,
        "City Code 1-2",
        "Staff may ask for a judge's paper.",
        words.why.sure.P,
        "read 2026-11-20",
        "https://example.org/code",
        words.why.sure.S,
      ],
    ],
    ["c", [words.contacts.title, "Shift supervisor: 212-555-0142", "Legal office: 212-555-0177"]],
    ["?", [words.help.title, "d  danger", "e  they went in", ...words.help.lines]],
  ])("%s opens over the same screen, and any key goes back", async (key, parts) => {
    for (const back of ["1", "d", "q", ENTER, key, "\u001b[A"]) {
      const desk = openDesk();
      const asked = desk.ask(screenOf(live));
      await desk.send(key);
      for (const part of parts) expect(desk.glass.text).toContain(part);
      expect(desk.glass.text).toContain(words.panel.back);
      expect(desk.glass.text).not.toContain(live.ask);
      await desk.send(back);
      expect(desk.glass.text).toContain(live.ask);
      expect(asked.isAnswered()).toBe(false);
      await desk.send("1");
      expect(await asked.reply).toEqual({ step: "doing", answer: "waiting" });
    }
  });

  test("more sources than fit come on more pages", async () => {
    const desk = openDesk();
    const sources = Array.from({ length: 9 }, (_, n) =>
      live.why.slice(0, 1).map((source) => ({ ...source, cite: `Source ${n}` })),
    );
    const asked = desk.ask(screenOf({ ...live, why: sources.flat() }));
    await desk.send("w");
    expect(desk.glass.text).toContain("Source 0");
    expect(desk.glass.text).not.toContain("Source 8");
    expect(desk.glass.text).toContain(words.panel.more);
    await desk.send("1", "1");
    expect(desk.glass.text).toContain("Source 8");
    expect(desk.glass.scrolled).toBe(0);
    await desk.send("1");
    expect(desk.glass.text).toContain(live.ask);
    expect(asked.isAnswered()).toBe(false);
  });

  test("without sources it says so", async () => {
    const desk = openDesk();
    desk.ask(screenOf({ ...live, why: [] }));
    await desk.send("w");
    expect(desk.glass.text).toContain(words.why.none);
  });

  test("from a typed line, and what was typed is still there", async () => {
    const desk = openDesk();
    desk.ask(screenOf(typed("text")));
    await desk.send("John /why", ENTER);
    expect(desk.glass.text).toContain(words.why.title);
    await desk.send("x");
    expect(desk.glass.lines.at(-1)).toBe(" > John");
  });
});

describe("a note", () => {
  test("n opens a line on the same screen; digits and letters are its text; Enter saves", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(live));
    await desk.send("n");
    expect(desk.glass.text).toContain(words.note.ask);
    expect(desk.glass.text).toContain("I am not authorized");
    await desk.send("2 vans, d", ENTER);
    expect(await asked.reply).toEqual({ step: "doing", note: "2 vans, d" });
  });

  test("an empty Enter goes back", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(live));
    await desk.send("n", ENTER);
    expect(desk.glass.text).toContain(live.ask);
    expect(asked.isAnswered()).toBe(false);
  });

  test("Esc goes back and keeps what was typed for the next time", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(live));
    await desk.send("n", "half a no");
    await desk.send("\u001b");
    await wait(600);
    expect(desk.glass.text).toContain(live.ask);
    await desk.send("n", "te", ENTER);
    expect(await asked.reply).toEqual({ step: "doing", note: "half a note" });
    desk.ask(screenOf(live));
    await desk.send("n");
    expect(desk.glass.lines.at(-1)).toBe(" >");
  });

  test("danger can be typed in the midst of it, and the note goes on afterwards", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(live));
    await desk.send("n", "he has a /danger", ENTER);
    expect(await one.reply).toEqual({ step: "doing", interrupt: "danger" });
    desk.ask(screenOf({ ...live, step: "danger" }));
    await desk.send("n");
    expect(desk.glass.lines.at(-1)).toBe(" > he has a");
  });

  test("from a typed line", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(typed("text")));
    await desk.send("John /note", ENTER);
    expect(desk.glass.text).toContain(words.note.ask);
    await desk.send("a card", ENTER);
    expect(await asked.reply).toEqual({ step: "agents", note: "a card" });
    desk.ask(screenOf(typed("text")));
    await settled();
    expect(desk.glass.lines.at(-1)).toBe(" > John");
  });
});

describe("handing over", () => {
  test("t opens a line on the same screen; Enter writes it down, and that is said until the next answer", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(live));
    await desk.send("t");
    expect(desk.glass.text).toContain(words.handOver.ask);
    expect(desk.glass.text).toContain(words.handOver.keys);
    expect(desk.glass.text).toContain("I am not authorized");
    expect(desk.glass.text).not.toContain(live.ask);
    await desk.send("night supervisor, d", ENTER);
    expect(await one.reply).toEqual({ step: "doing", handOver: "night supervisor, d" });
    expect(Reply.parse(await one.reply)).toEqual(await one.reply);
    const two = desk.ask(screenOf(live));
    await settled();
    const done = ` ${fill(words.handOver.done, { who: "night supervisor, d" })}`;
    expect(desk.glass.lines).toContain(done);
    await desk.send("1");
    await two.reply;
    desk.ask(screenOf(biggest));
    await settled();
    expect(desk.glass.lines).not.toContain(done);
  });

  test("when they have gone too, and not outside an encounter", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(after));
    await desk.send("t", "guard", ENTER);
    expect(await one.reply).toEqual({ step: "after", handOver: "guard" });
    const two = desk.ask(screenOf({ ...after, isOutside: true, canGoBack: false }));
    await desk.send("t");
    expect(desk.glass.text).toContain(after.ask);
    expect(desk.glass.text).not.toContain(words.keys.handOver.label);
    expect(two.isAnswered()).toBe(false);
  });

  test("Esc and an empty Enter go back; half a role and half a note are not taken for each other", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(live));
    await desk.send("t", "night super");
    await desk.send("\u001b");
    await wait(600);
    expect(desk.glass.text).toContain(live.ask);
    await desk.send("n");
    expect(desk.glass.lines.at(-1)).toBe(" >");
    await desk.send(ENTER, "t");
    expect(desk.glass.lines.at(-1)).toBe(" > night super");
    await desk.send("visor", ENTER);
    expect(await asked.reply).toEqual({ step: "doing", handOver: "night supervisor" });
    const two = desk.ask(screenOf(live));
    await desk.send("t", ENTER);
    expect(two.isAnswered()).toBe(false);
    expect(desk.glass.text).toContain(live.ask);
  });

  test("danger can be typed in the midst of it", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(live));
    await desk.send("t", "the guard /danger", ENTER);
    expect(await asked.reply).toEqual({ step: "doing", interrupt: "danger" });
  });

  test("from a typed line, which stays", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(typed("text")));
    await desk.send("John /over", ENTER);
    expect(desk.glass.text).toContain(words.handOver.ask);
    await desk.send("guard", ENTER);
    expect(await asked.reply).toEqual({ step: "agents", handOver: "guard" });
    desk.ask(screenOf(typed("text")));
    await settled();
    expect(desk.glass.lines.at(-1)).toBe(" > John");
  });

  test("a role that is too long is cut, and that is said; the note is not", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(live));
    await desk.send("t", "x".repeat(121));
    expect(desk.glass.text).toContain(fill(words.misfit.long, { most: "120" }));
    await desk.send(ENTER);
    expect(await asked.reply).toEqual({ step: "doing", handOver: "x".repeat(120) });
    const two = desk.ask(screenOf(live));
    await desk.send("n", "x".repeat(121), ENTER);
    expect(await two.reply).toEqual({ step: "doing", note: "x".repeat(121) });
  });

  test("a role that steers the terminal does not", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(live));
    await desk.send("t", paste("guard\u001b[2J\u202e"), ENTER);
    expect(await one.reply).toEqual({ step: "doing", handOver: "guard" });
  });

  test("a redraw keeps it open with what was typed", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(live));
    await desk.send("t", "gua");
    one.abort();
    await expect(one.reply).rejects.toSatisfy(isAborted);
    const two = desk.ask(screenOf(biggest));
    await settled();
    expect(desk.glass.text).toContain(words.handOver.ask);
    await desk.send("rd", ENTER);
    expect(await two.reply).toEqual({ step: "biggest", handOver: "guard" });
  });
});

describe("a redraw", () => {
  test.each<[what: string, question: Question, pieces: readonly string[], line: string]>([
    ["a half-typed line", typed("text"), ["Joh"], " > Joh"],
    ["a half-typed note", live, ["n", "two va"], " > two va"],
    ["a half-typed note on a typed screen", typed("text"), ["Jo /note", ENTER, "two va"], " > two va"],
  ])("keeps %s", async (_, question, pieces, line) => {
    const desk = openDesk();
    const one = desk.ask(screenOf(question));
    await desk.send(...pieces);
    one.abort();
    await expect(one.reply).rejects.toSatisfy(isAborted);
    const two = desk.ask(screenOf(question, { banner: ["A note came."] }));
    await settled();
    expect(desk.glass.lines[1]).toBe(" A note came.");
    expect(desk.glass.lines.at(-1)).toBe(line);
    await desk.send("ns", ENTER);
    expect(JSON.stringify(await two.reply)).toContain(`${line.slice(3)}ns`);
  });

  test("keeps keys that came in the same moment, and answers nothing by them", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(typed("text")));
    await desk.send("Jo");
    const sent = desk.send("hn\r");
    one.abort();
    await expect(one.reply).rejects.toSatisfy(isAborted);
    await sent;
    const two = desk.ask(screenOf(typed("text")));
    await settled();
    expect(desk.glass.lines.at(-1)).toBe(" > John");
    expect(two.isAnswered()).toBe(false);
  });

  test.each<[what: string, next: Question]>([
    ["the same question", live],
    ["another question", biggest],
  ])("keeps a panel open over %s, so that the key meant for it answers nothing", async (_, next) => {
    const desk = openDesk();
    const one = desk.ask(screenOf(live));
    await desk.send("w");
    one.abort();
    await expect(one.reply).rejects.toSatisfy(isAborted);
    const two = desk.ask(screenOf(next));
    await settled();
    expect(desk.glass.text).toContain(words.why.title);
    await desk.send("1");
    expect(two.isAnswered()).toBe(false);
    expect(desk.glass.text).toContain(next.ask);
  });

  test("a half-typed note goes on even when another question comes", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(live));
    await desk.send("n", "two d");
    one.abort();
    await expect(one.reply).rejects.toSatisfy(isAborted);
    const two = desk.ask(screenOf(biggest));
    await desk.send("d");
    expect(two.isAnswered()).toBe(false);
    expect(desk.glass.lines.at(-1)).toBe(" > two dd");
  });

  test("a signal that is aborted already ends it at once", async () => {
    const desk = openDesk();
    await expect(desk.keyboard.ask(screenOf(live), AbortSignal.abort("SIGTERM"))).rejects.toSatisfy(isAborted);
    expect(desk.glass.bytes).toBe("");
  });

  test("draws from the top, with nothing left of the screen before", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(biggest));
    await desk.send("1");
    await one.reply;
    desk.ask(screenOf({ ...live, do: [], ask: "Short?" }));
    await settled();
    expect(desk.glass.lines[0]).toContain("Maple Street Shelter");
    expect(desk.glass.text).not.toContain("supervisor");
    expect(desk.glass.lines.at(-1)).toBe(" >");
  });

  test("a terminal that is made smaller or larger is drawn anew", async () => {
    const desk = openDesk();
    desk.ask(screenOf(live));
    await settled();
    desk.glass.resize(50, 30);
    await settled();
    expect(Math.max(...desk.glass.lines.map(columnsOf))).toBeLessThanOrEqual(50);
    desk.glass.resize(120, 24);
    await settled();
    expect(desk.glass.text).toContain(live.say);
    expect(desk.glass.text.match(/What are they doing/g)).toHaveLength(1);
  });
});

describe("what the screen says", () => {
  test("as in the design", async () => {
    const desk = openDesk();
    desk.ask(
      screenOf({
        ...live,
        say: "I am not authorized to let you past this point. I am calling our legal office. Please wait in the lobby.",
      }),
    );
    await settled();
    expect(`\n${desk.glass.text}\n`).toBe(`
 Maple Street Shelter    LIVE    00:14 since opened    written down 14:03:22

 SAY     "I am not authorized to let you past this point. I am calling our
          legal office. Please wait in the lobby."

 DO      Stay at the desk. Call the shift supervisor: 212-555-0142.
         Do not touch or block anyone.

 What are they doing?
   1  Waiting
   2  Showing a paper
   3  Saying it is an emergency
   4  Something else

 d danger   e they went in   n note   t hand over   b back   c contacts   w why
 q stop
 >
`);
  });

  test.each<[what: string, more: Partial<Screen>, has: string, hasNot: string]>([
    ["a drill", { mark: "DRILL" }, "    DRILL    ", "LIVE"],
    ["an example", { mark: "EXAMPLE" }, "    EXAMPLE    ", "LIVE"],
    ["nothing opened yet", { openedAt: undefined as unknown as number }, "Shelter    written", "LIVE"],
    ["nothing opened yet, no clock", { openedAt: undefined as unknown as number }, "Shelter", "since"],
    [
      "a drill before it is opened",
      { openedAt: undefined as unknown as number, mark: "DRILL" },
      "    DRILL    ",
      "since",
    ],
    ["nothing written yet", { writtenAt: undefined as unknown as string }, "00:14 since opened", "written"],
    [
      "a title that steers the terminal",
      { title: "\u001b[2JMaple\u202e\r\nStreet" },
      " Maple Street    LIVE",
      "\u202e",
    ],
    [
      "a title that is too long",
      { title: "The Very Long Name Of A Shelter In The City Of New York" },
      "…  LIVE  00:14 since opened  written down 14:03:22",
      "York",
    ],
  ])("%s", async (_, more, has, hasNot) => {
    const desk = openDesk();
    const { openedAt, writtenAt, ...rest } = screenOf(live, more);
    desk.ask({ ...rest, ...(openedAt !== undefined && { openedAt }), ...(writtenAt !== undefined && { writtenAt }) });
    await settled();
    expect(desk.glass.lines[0]).toContain(has);
    expect(desk.glass.lines[0]).not.toContain(hasNot);
  });

  test("in another language: the same in English below it, then words for people nearby, then what to do", async () => {
    const desk = openDesk();
    desk.ask(screenOf(spanish));
    await settled();
    // One row more and there would be a blank line above too.
    expect(`\n${desk.glass.text}\n`).toBe(`
 Maple Street Shelter    LIVE    00:14 since opened    written down 14:03:22
 SAY       "No tengo autorización para dejarles pasar de aquí. Estoy llamando a
            nuestra oficina legal. Por favor, esperen afuera, junto a la
            puerta, hasta que les responda la oficina."
 ENGLISH   "I am not authorized to let you past this point. I am calling our
            legal office. Please wait outside, by the door, until the office
            answers you."

 NEARBY    "Por favor, dejen libre el paso. Les ayudaremos lo antes posible."

 DO        Quédese en la recepción. Llame a su supervisora de turno:
           212-555-0142.
           Hable despacio y con calma. No discuta con nadie.
           No toque a nadie ni le cierre el paso.

 ¿Qué están haciendo los agentes?
   1  Esperan o hablan conmigo
   2  Me muestran un papel
   3  Dicen que es una emergencia
   4  Otra cosa

 d danger   e they went in   n note   t hand over   b back   c contacts   w why
 q stop
 >
`);
  });

  test("words for people nearby in the same language stand below what to say", async () => {
    const desk = openDesk();
    desk.ask(screenOf({ ...live, isCall: true, nearby: "Please keep clear." }));
    await settled();
    const labels = desk.glass.lines.flatMap((line) => /^ ([A-Z]+) {2,}/.exec(line)?.[1] ?? []);
    expect(labels).toEqual(["PHONE", "NEARBY", "DO"]);
    expect(desk.glass.lines).toContain(' NEARBY   "Please keep clear."');
  });

  test("words for the telephone have a label of their own", async () => {
    const desk = openDesk();
    desk.ask(screenOf({ ...live, isCall: true, say: "Agents are here." }));
    await settled();
    expect(desk.glass.lines).toContain(' PHONE   "Agents are here."');
    expect(desk.glass.text).not.toContain(" SAY ");
  });

  test("before anything is opened there is nothing to note and no source", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf({ ...after, isOutside: true, canGoBack: false }));
    await desk.send("n", "w");
    expect(asked.isAnswered()).toBe(false);
    expect(desk.glass.text).toContain(after.ask);
    expect(desk.glass.text).not.toContain("n note");
    await desk.send("q");
    expect(await asked.reply).toEqual({ step: "after", pause: true });
  });

  test("the clock is painted over the first line alone", async () => {
    const desk = openDesk();
    desk.ask(screenOf(typed("text")));
    await desk.send("Joh");
    const before = desk.glass.bytes.length;
    const { cursor } = desk.glass;
    desk.clock.now += 1000;
    await wait(350);
    expect(desk.glass.lines[0]).toContain("00:15 since opened");
    expect(desk.glass.lines.at(-1)).toBe(" > Joh");
    expect(desk.glass.cursor).toEqual(cursor);
    const painted = desk.glass.bytes.slice(before);
    expect(painted).not.toContain("\n");
    expect(painted.length).toBeLessThan(120);
    await wait(600);
    expect(desk.glass.bytes.length).toBe(before + painted.length);
  });

  test("what was chosen, on the next screen; not for a note, nor for a way out", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(live));
    await desk.send("2");
    await one.reply;
    const two = desk.ask(screenOf(biggest));
    await settled();
    expect(desk.glass.text).toContain(fill(words.chosen, { choice: "Showing a paper" }));
    await desk.send("d");
    await two.reply;
    desk.ask(screenOf(live));
    await settled();
    expect(desk.glass.text).not.toContain("You chose");
  });

  test("what the guide tells stays in sight until the next answer", async () => {
    const desk = openDesk();
    desk.keyboard.say("The clock was set back.");
    const one = desk.ask(screenOf(live));
    await settled();
    expect(desk.glass.lines).toContain(" The clock was set back.");
    desk.keyboard.say("A note\u001b[2J came.");
    await settled();
    expect(desk.glass.lines).toContain(" A note came.");
    await desk.send("1");
    await one.reply;
    desk.ask(screenOf(biggest));
    await settled();
    expect(desk.glass.text).not.toContain("A note came.");
  });

  const { step: _step, ask: _ask, choices: _choices, ...loud } = biggest;
  const twoWarnings = {
    banner: ["Whoever uses this computer can read this record.", "Counsel has not approved these words yet."],
  };
  test.each<[what: string, question: Question, columns: number, more?: Partial<Screen>]>([
    ["the biggest question", biggest, 80],
    ["with a warning", biggest, 80, { banner: ["NOT BEING WRITTEN DOWN: the disk is full. Go on as before."] }],
    ["with two warnings", biggest, 80, twoWarnings],
    [
      "with every short unknown",
      typed("text", { ...loud, unknowns: ["refused", "hid", "couldNotSee", "notAsked", "notKnown", "none"] }),
      80,
      twoWarnings,
    ],
    ["wide", biggest, 200],
    ["in two languages, and for people nearby", spanish, 80],
    ["in two languages, with two warnings", spanish, 80, twoWarnings],
  ])("fits into 24 rows: %s", async (_, question, columns, more) => {
    const desk = openDesk({ columns });
    desk.ask(screenOf(question, more));
    await desk.send("9");
    expect(desk.glass.scrolled).toBe(0);
    expect(desk.glass.lines[0]).toContain("Maple Street Shelter");
    expect(desk.glass.lines.length).toBeLessThanOrEqual(24);
    const flat = desk.glass.text.replace(/\s+/g, " ");
    for (const part of [
      question.say ?? "",
      question.inEnglish ?? "",
      question.nearby ?? "",
      ...question.do,
      question.never ?? "",
      question.ask,
      ...question.choices.map(({ label }) => label),
    ])
      expect(flat).toContain(part);
    expect(flat).toContain(words.keys.entered.label);
  });

  /** Each screen of a pack. One in English is made as long as it may become in another language, with the English beside it. */
  const screensOf = (protocol: Protocol): readonly Question[] =>
    Object.keys(protocol.steps).flatMap((step) => {
      const asked = question(protocol, { ...begin(protocol), step });
      if (asked?.step !== step) return [];
      const { say } = asked;
      const isShort = say !== undefined && protocol.language === "en";
      const longer = isShort ? { say: `${say} ${"largo ".repeat(Math.ceil(say.length / 30))}`, inEnglish: say } : {};
      return [{ ...asked, ...longer, canGoBack: true }];
    });
  test.each(packs())(
    "every screen of %s fits into 80 columns and 24 rows, with two warnings and all of its keys",
    async (_, protocol) => {
      const few = `${words.keys.help.key} ${words.keys.help.label}`;
      const misfits: string[] = [];
      for (const asked of screensOf(protocol)) {
        const desk = openDesk();
        const { reply, abort } = desk.ask(screenOf(asked, twoWarnings));
        reply.catch(() => {});
        await settled();
        const isWhole = desk.glass.scrolled === 0 && !desk.glass.text.includes(few);
        if (!isWhole || !desk.glass.lines[0]?.includes("Maple")) misfits.push(asked.step);
        abort();
      }
      expect(screensOf(protocol).length).toBeGreaterThan(40);
      expect(misfits).toEqual([]);
    },
    60_000,
  );

  test.each([20, 40, 80, 200])(
    "no line is wider than %d columns, with any words at all",
    async (columns) => {
      await fc.assert(
        fc.asyncProperty(anyScreen, fc.string({ unit: "binary", maxLength: 60 }), async (screen, junk) => {
          const desk = openDesk({ columns, rows: 200 });
          const asked = desk.ask(screen);
          asked.reply.catch(() => {});
          await desk.send(paste(junk.replace(/[\u0003\u0004\u001b]/g, "")));
          // What the terminal had to fold itself would stand one line lower than we count.
          expect(desk.glass.cursor.row).toBe(desk.glass.lines.length - 1);
          for (const line of desk.glass.lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
          expect(desk.glass.bytes).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0080-\u009f\u0007]/);
          asked.abort();
        }),
        { numRuns: process.env["THRESHOLD_LONG"] === undefined ? 12 : 300 },
      );
    },
    120_000,
  );

  test("without room for all keys the first of them stay, and the one that shows the rest", async () => {
    for (const [rows, last] of [
      [19, " d danger   e they went in   n note   t hand over   b back   ? keys"],
      [30, " q stop"],
    ] as const) {
      const desk = openDesk({ rows });
      const asked = desk.ask(screenOf(spanish));
      await settled();
      expect(desk.glass.lines.at(-2)).toBe(last);
      await desk.send("c");
      expect(desk.glass.text).toContain(words.contacts.title);
      await desk.send("x", "1");
      expect(await asked.reply).toEqual({ step: "espera", answer: "waiting" });
    }
  });

  test("a terminal that is far too small is not thrown into disorder", async () => {
    const desk = openDesk({ columns: 40, rows: 10 });
    const asked = desk.ask(screenOf(biggest));
    await desk.send("9", "w", "x", "x");
    expect(desk.glass.lines.at(-1)).toBe(" >");
    expect(desk.glass.text).toContain("? keys");
    expect(desk.glass.text).toContain("Something else");
    await desk.send("1");
    expect(await asked.reply).toEqual({ step: "biggest", answer: "waiting" });
  });
});

describe("the end", () => {
  test("Ctrl-D and the end of the input stop; nothing is answered", async () => {
    for (const end of ["\u0004", "\u0003"]) {
      const desk = openDesk();
      const asked = desk.ask(screenOf(live));
      asked.reply.catch(() => {});
      await desk.send(end);
      await expect(asked.reply).rejects.toSatisfy(isStopped);
    }
  });

  test("paste mode is left and the cursor shown after every answer, and close may be called at any time", async () => {
    const desk = openDesk();
    desk.keyboard.close();
    expect(desk.glass.bytes).toBe("");
    const asked = desk.ask(screenOf(live));
    await desk.send("1");
    await asked.reply;
    const { bytes } = desk.glass;
    expect(bytes).toContain("\u001b[?2004h");
    expect(bytes.lastIndexOf("\u001b[?2004l")).toBeGreaterThan(bytes.lastIndexOf("\u001b[?2004h"));
    expect(bytes.lastIndexOf("\u001b[?25h")).toBeGreaterThan(bytes.lastIndexOf("\u001b[?25l"));
    desk.keyboard.close();
    desk.keyboard.close();
    expect(desk.glass.bytes).toBe(bytes);
  });

  test("a thousand questions leave no listeners behind", async () => {
    const desk = openDesk();
    const before = process.listenerCount("exit") + desk.glass.listenerCount("resize");
    for (let turn = 0; turn < 30; turn++) {
      const asked = desk.ask(screenOf(live));
      await desk.send("1");
      await asked.reply;
    }
    expect(process.listenerCount("exit") + desk.glass.listenerCount("resize")).toBeLessThanOrEqual(before + 1);
  });
});

describe("at a real terminal", () => {
  let pty: Pty | undefined;
  afterEach(() => pty?.end());
  const shown = (): string => pty?.text() ?? "";

  test("answers by keys, and leaves the terminal as it was", async () => {
    pty = openPty();
    await pty.until("q stop");
    await wait(400);
    pty.send("2");
    await pty.until('GOT {"step":"doing","answer":"paper"}');
    await pty.until(words.type.text);
    await wait(400);
    pty.send("J\u00f6rg 好 👍\r");
    await pty.until("SHELL");
    expect(pty.bytes()).toContain('GOT {"step":"agents","fields":{"seen":"J\u00f6rg 好 👍"}}');
    expect(pty.bytes()).toContain("CODE 0\r\nicanon\r\necho\r\n");
  });

  test("t hands over, and the same screen goes on", async () => {
    pty = openPty();
    await pty.until("q stop");
    await wait(400);
    pty.send("t");
    await pty.until(words.handOver.ask);
    pty.send("supervisora de noche\r");
    await pty.until('GOT {"step":"doing","handOver":"supervisora de noche"}');
    await pty.until(words.type.text);
    await wait(400);
    pty.send("/over guard\r");
    await pty.until('GOT {"step":"agents","handOver":"guard"}');
  });

  test("in another language all stands on 80 columns and 24 rows: to agents, in English, to people nearby, what to do", async () => {
    pty = openPty({ SPANISH: "1" });
    await pty.until("q stop");
    const lines = shown().split("\n");
    const rowOf = (start: string): number => lines.findIndex((line) => line.startsWith(start));
    const rows = [
      " Maple",
      ' SAY       "No tengo',
      ' ENGLISH   "I am not',
      ' NEARBY    "Por favor',
      " DO        Quédese",
    ];
    expect(rows.map(rowOf).every((row, at, all) => row > (all[at - 1] ?? -1))).toBe(true);
    const flat = shown().replace(/\s+/g, " ");
    for (const part of [spanish.say, spanish.inEnglish, spanish.nearby, ...spanish.do, spanish.never, spanish.ask])
      expect(flat).toContain(part);
    expect(lines.filter((line) => line.startsWith("   ")).length).toBeGreaterThan(3);
    await wait(400);
    pty.send("2");
    await pty.until('GOT {"step":"espera","answer":"paper"}');
  });

  test("Ctrl-C stops with the words still on the screen", async () => {
    pty = openPty();
    await pty.until("q stop");
    pty.send("\u0003");
    await pty.until("SHELL");
    expect(pty.bytes()).toContain("CODE 130\r\nicanon\r\necho\r\n");
    expect(shown()).toContain("SAY");
    expect(shown()).toContain("STOPPED");
  });

  test.each<[signal: NodeJS.Signals, env: Record<string, string>, code: number]>([
    ["SIGTERM", {}, 143],
    ["SIGHUP", {}, 129],
    ["SIGTERM", { GUARD: "1" }, 143],
  ])("after %s the terminal is as it was %j", async (signal, env, code) => {
    pty = openPty(env);
    await pty.until("q stop");
    process.kill(childOf(pty.pid), signal);
    await pty.until("SHELL");
    expect(pty.bytes()).toContain(`CODE ${code}\r\nicanon\r\necho\r\n`);
    expect(pty.bytes().lastIndexOf("\u001b[?2004l")).toBeGreaterThan(pty.bytes().lastIndexOf("\u001b[?2004h"));
    expect(pty.bytes()).toContain("\u001b[?25h");
  });

  test("Ctrl-Z does not put the guide away", async () => {
    pty = openPty();
    await pty.until("q stop");
    pty.send("\u001a");
    await wait(600);
    pty.send("1");
    await pty.until('GOT {"step":"doing","answer":"waiting"}');
  });

  test("pasted escape sequences and lines neither answer nor steer", async () => {
    pty = openPty({ TYPED: "1" });
    await pty.until(words.type.text);
    await wait(400);
    pty.send(paste("one\r\u001b]0;evil\u0007\u001b[2J\u001b[31mtwo\u009b5A\u202ethree\rfour\r"));
    await wait(300);
    expect(shown()).toContain("Maple Street Shelter");
    expect(shown()).toContain(" > one");
    expect(shown()).toContain("three four");
    for (const raw of ["\u001b]0;", "\u001b[2J", "\u001b[31m", "\u009b", "\u202e", "\u0007"])
      expect(pty.bytes()).not.toContain(raw);
    expect(pty.bytes()).not.toContain("GOT");
    pty.send("\r");
    await pty.until("GOT");
    const got = /GOT (.*)\r\n/.exec(pty.bytes())?.[1] ?? "";
    expect(got).not.toMatch(/\\u|\\r|\\n/);
  });

  test("a note from elsewhere redraws, and the half-typed line stays", async () => {
    pty = openPty({ TYPED: "1" });
    await pty.until(words.type.text);
    await wait(400);
    pty.send("half");
    await wait(200);
    process.kill(childOf(pty.pid), "SIGUSR1");
    await wait(200);
    pty.send(" done");
    await wait(200);
    expect(shown()).toContain(" > half done");
    pty.send("\r");
    await pty.until('GOT {"step":"agents","fields":{"seen":"half done"}}');
  });

  test("the plain desk hears Ctrl-C and writes no escape sequence", async () => {
    pty = openPty({ PLAIN: "1" });
    await pty.until(words.plain.answer);
    await wait(400);
    pty.send("2\n");
    await pty.until('GOT {"step":"doing","answer":"paper"}');
    pty.send("\u0003");
    await pty.until("SHELL");
    expect(pty.bytes()).toContain("STOPPED\r\n");
    expect(pty.bytes()).toContain("CODE 130\r\nicanon\r\necho\r\n");
    expect(pty.bytes()).not.toContain("\u001b");
  });
});

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
}

describe("the terminal", () => {
  const stream = (isTTY: boolean): Output & { readonly bytes: string } => Object.assign(new Glass(), { isTTY });
  test.each<[env: Record<string, string>, isTTY: boolean, hasColour: boolean]>([
    [{ TERM: "xterm" }, true, true],
    [{ TERM: "xterm" }, false, false],
    [{ TERM: "xterm", NO_COLOR: "1" }, true, false],
    [{ TERM: "xterm", NO_COLOR: "" }, true, true],
    [{ TERM: "dumb" }, true, false],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "0", TERM: "xterm" }, true, false],
  ])("colour with %j at a terminal: %s is %s", async (env, isTTY, hasColour) => {
    const stderr = stream(isTTY);
    const terminal = openTerminal({ stdout: stream(false), stderr, env, stdin: { isTTY: true } });
    terminal.warn("look out");
    await settled();
    expect(terminal.useColour).toBe(hasColour);
    expect(stderr.bytes.includes("\u001b[")).toBe(hasColour);
  });

  test.each<[stdin: boolean, stderr: boolean, is: boolean]>([
    [true, true, true],
    [false, true, false],
    [true, false, false],
  ])("stdin %s and stderr %s: interactive is %s", (stdin, stderr, is) => {
    expect(
      openTerminal({ stdout: stream(true), stderr: stream(stderr), env: {}, stdin: { isTTY: stdin } }).isInteractive,
    ).toBe(is);
  });

  test("what was asked for goes to stdout, all else to stderr, and a problem is two lines", async () => {
    const [stdout, stderr] = [stream(false), stream(false)];
    const terminal = openTerminal({ stdout, stderr, env: {} });
    terminal.result("/tmp/report.pdf");
    terminal.say("hello\u001b[2J there");
    terminal.banner([]);
    terminal.problem(new Problem("usage", "no site \u001b[31mx", "type another"));
    terminal.problem(new Problem("usage", "no hint"));
    await settled();
    expect(stdout.bytes).toBe("/tmp/report.pdf\n");
    expect(stderr.bytes).toBe(
      "hello there\nthreshold: error: no site x\nthreshold: hint: type another\nthreshold: error: no hint\n",
    );
  });

  test("a reader that has gone away is no error, a real fault is", () => {
    const stderr = new Glass();
    openTerminal({ stdout: new Glass(), stderr, env: {} });
    expect(() => stderr.emit("error", Object.assign(new Error("closed"), { code: "EPIPE" }))).not.toThrow();
    expect(() => stderr.emit("error", Object.assign(new Error("full"), { code: "ENOSPC" }))).toThrow("full");
  });

  test.each<[raw: string, shown: string]>([
    ["plain", "plain"],
    ["a\u001b[31mb\u001b[0m", "ab"],
    ["\u001b]0;title\u0007x", "x"],
    ["\u001b]8;;https://evil\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["\u001b]never ended", "never ended"],
    ["a\u009b2Jb", "ab"],
    ["a\r\nb\tc", "a b c"],
    ["a\u0000\u0007\u007fb", "ab"],
    ["\u202eevil\u2066\u200f", "evil"],
    ["zero\u200bwidth\ufeff", "zerowidth"],
    ["👩‍👩‍👧 e\u0301 नमस्ते", "👩‍👩‍👧 e\u0301 नमस्ते"],
    ["lone \ud800 half", "lone \ufffd half"],
    ["tagged\u{e0041}", "tagged"],
  ])("safe(%j)", (raw, shown) => {
    expect(safe(raw)).toBe(shown);
  });

  test("safe leaves nothing that steers, whatever comes", () => {
    const nasty = fc
      .array(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.constantFrom("\u001b", "[", "]", "\u009b", "\u001b\u001b[", "\u202e", "\r"),
        ),
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(
        nasty,
        (text) =>
          !/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u.test(safe(text)) && safe(safe(text)) === safe(text),
      ),
      { numRuns: 2000 },
    );
  });

  test("wrap keeps every word, never exceeds the width, and hangs", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 300 }),
        fc.integer({ min: 8, max: 100 }),
        fc.integer({ min: 0, max: 3 }),
        (text, width, indent) => {
          const clean = safe(text);
          const lines = wrap(clean, width, indent);
          expect(
            lines
              .map((line, at) => (at === 0 ? line : line.slice(indent)))
              .join("")
              .replaceAll(" ", ""),
          ).toBe(clean.replaceAll(" ", ""));
          // One character wider than the whole line cannot be broken.
          for (const line of lines) expect(columnsOf(line) <= width || characters(line.trim()).length === 1).toBe(true);
          for (const line of lines.slice(1)) expect(line.startsWith(" ".repeat(indent))).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
    expect(wrap("one two three", 9, 1)).toEqual(["one two", " three"]);
    expect(wrap("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
    expect(wrap("", 10)).toEqual([""]);
    expect(wrap("好好好", 4)).toEqual(["好好", "好"]);
  });

  test("columns are counted for the terminal that takes most: one that draws each part of an emoji", () => {
    expect(columnsOf("abc好")).toBe(5);
    expect(columnsOf("👩‍👩‍👧")).toBeGreaterThanOrEqual(6);
  });

  test("cut shows that something was cut", () => {
    expect(cut("Maple Street", 20)).toBe("Maple Street");
    expect(cut("Maple Street", 6)).toBe("Maple…");
    expect(columnsOf(cut("好好好好", 6))).toBeLessThanOrEqual(6);
  });
});

describe("the words", () => {
  const shipped = source as Record<string, Record<string, Record<string, string>>>;
  test.each<[what: string, change: object, message: string]>([
    [
      "two keys on one letter",
      { keys: { ...shipped["keys"], why: { ...shipped["keys"]?.["why"], key: "d" } } },
      '"d" stands for two things',
    ],
    [
      "a key and an unknown on one letter",
      { unknowns: { ...shipped["unknowns"], none: { key: "n", label: "none" } } },
      '"n" stands for two things',
    ],
    [
      "two commands alike",
      { keys: { ...shipped["keys"], why: { ...shipped["keys"]?.["why"], word: "back" } } },
      '"/back" stands for two things',
    ],
    ["a digit as key", { unknowns: { ...shipped["unknowns"], none: { key: "1", label: "none" } } }, "one small letter"],
    ["a place lost", { sinceOpened: "since opened" }, "must hold {time}"],
  ])("are refused: %s", (_, change, message) => {
    expect(JSON.stringify(ScreenWords.safeParse({ ...(source as object), ...change }).error?.issues)).toContain(
      JSON.stringify(message).slice(1, -1),
    );
  });

  test("no words a person reads stand in the code", () => {
    for (const file of ["keyboard", "plain", "terminal", "prompter"]) {
      const code = readFileSync(join(import.meta.dirname, "..", "src", "shell", `${file}.ts`), "utf8").replace(
        /\/\*[\s\S]*?\*\/|\/\/.*$/gm,
        "",
      );
      const sentences = [...code.matchAll(/"[A-Z][a-z]+ [a-z]+[^"]*"/g)].map(([found]) => found);
      expect(sentences).toEqual([]);
    }
  });

  test("keyboard and terminal load without zod, yaml or anything else heavy", () => {
    const shell = join(import.meta.dirname, "..", "src", "shell");
    const code = `
      import { registerHooks } from "node:module";
      const seen = [];
      registerHooks({ resolve(name, context, next) { const found = next(name, context); seen.push(found.url); return found; } });
      await import(${JSON.stringify(join(shell, "keyboard.ts"))});
      await import(${JSON.stringify(join(shell, "terminal.ts"))});
      console.log([...new Set(seen.map((url) => /node_modules\\/((@[^/]+\\/)?[^/]+)/.exec(url)?.[1]).filter(Boolean))].sort().join(" "));`;
    const loaded = execFileSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", code], {
      encoding: "utf8",
    })
      .trim()
      .split(" ");
    expect(loaded).toEqual(expect.arrayContaining(["@inquirer/core", "chalk"]));
    for (const heavy of ["zod", "yaml", "inquirer", "pdfkit", "commander"]) expect(loaded).not.toContain(heavy);
  });
});
