import { PassThrough } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fill } from "../src/core/fill.ts";
import { type Question, Reply } from "../src/core/question.ts";
import { openPlain } from "../src/shell/plain.ts";
import { isPlain } from "../src/shell/prompter.ts";
import { isAborted, isStopped, type Screen } from "../src/shell/prompter.ts";
import { openTerminal } from "../src/shell/terminal.ts";
import { after, anyScreen, biggest, live, screenOf, spanish, typed } from "./support/desk-questions.ts";
import { Glass, settled } from "./support/desk-screen.ts";
import { words } from "./support/desk-words.ts";

function openDesk(deaf = 0) {
  const input = new PassThrough();
  // A terminal in full colour: the plain desk must not use it.
  const glass = Object.assign(new Glass(10_000, 200), { columns: 10_000 });
  const terminal = openTerminal({ stdout: glass, stderr: glass, env: { FORCE_COLOR: "1", TERM: "xterm" } });
  const clock = { now: 14_000 };
  const plain = openPlain({ terminal, words, input, deaf, clock: () => clock.now, timeNow: () => "14:05" });
  let seen = 0;
  return {
    plain,
    input,
    clock,
    all: () => glass.bytes,
    /** The lines printed since this was last asked. */
    fresh(): readonly string[] {
      const lines = glass.bytes.slice(seen).split("\n").slice(0, -1);
      seen = glass.bytes.length;
      return lines;
    },
    async type(...lines: readonly string[]) {
      for (const line of lines) {
        input.write(`${line}\n`);
        await settled();
      }
    },
    ask(screen: Screen) {
      const stop = new AbortController();
      const reply = plain.ask(screen, stop.signal);
      reply.catch(() => {});
      return { reply, abort: () => stop.abort() };
    },
  };
}

describe("a typed line and Enter answer", () => {
  const looking: Question = { ...live, looksFor: "signature" };
  const field = (value: unknown) => ({ step: "agents", fields: { seen: value } });
  test.each<[line: string, question: Question, reply: unknown]>([
    ["1", live, { step: "doing", answer: "waiting" }],
    [" 4 ", live, { step: "doing", answer: "other" }],
    ["2", looking, { step: "doing", answer: "paper", looksFor: "signature" }],
    ["d", live, { step: "doing", interrupt: "danger" }],
    ["danger", live, { step: "doing", interrupt: "danger" }],
    ["/danger", live, { step: "doing", interrupt: "danger" }],
    ["Danger", live, { step: "doing", interrupt: "danger" }],
    ["e", live, { step: "doing", interrupt: "entered" }],
    ["in", live, { step: "doing", interrupt: "entered" }],
    ["b", live, { step: "doing", back: true }],
    ["back", live, { step: "doing", back: true }],
    ["q", live, { step: "doing", pause: true }],
    ["stop", after, { step: "after", pause: true }],
    ["n two vans", live, { step: "doing", note: "two vans" }],
    ["/note two vans", live, { step: "doing", note: "two vans" }],
    ["t night supervisor", live, { step: "doing", handOver: "night supervisor" }],
    ["over guard", after, { step: "after", handOver: "guard" }],
    ["/over guard", typed("text"), { step: "agents", handOver: "guard" }],
    ["2", typed("choice", { about: { agent: 1 } }), { ...field("no"), about: { agent: 1 } }],
    ["h", typed("choice"), field({ unknown: "hid" })],
    ["x", typed("choice", { left: 2 }), { step: "agents", fields: {}, rest: "notAsked" }],
    ["rest", typed("choice", { left: 2 }), { step: "agents", fields: {}, rest: "notAsked" }],
    ["Sgt. Doe", typed("text"), field("Sgt. Doe")],
    ["note", typed("text"), field("note")],
    ["r", typed("text"), field({ unknown: "refused" })],
    ["2:05 pm", typed("time"), field("14:05")],
    ["now", typed("time"), field("14:05")],
    ["3", typed("count"), field("3")],
    ["'/tmp/a b.jpg'", typed("file"), { step: "agents", attach: "/tmp/a b.jpg", for: "seen" }],
    ["/stop", typed("text"), { step: "agents", pause: true }],
    ["/rest", typed("text", { left: 2 }), { step: "agents", fields: {}, rest: "notAsked" }],
  ])("%s", async (line, question, reply) => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(question));
    await desk.type(line);
    expect(await asked.reply).toEqual(reply);
    expect(Reply.parse(await asked.reply)).toEqual(reply);
  });
});

describe("what answers nothing", () => {
  const wrong = (typed: string): string => fill(words.plain.wrong, { typed });
  test.each<[line: string, question: Question, says: string]>([
    ["", live, words.misfit.empty],
    ["   ", live, words.misfit.empty],
    ["5", live, wrong("5")],
    ["0", live, wrong("0")],
    ["12", live, wrong("12")],
    ["1 2", live, wrong("1 2")],
    ["waiting", live, wrong("waiting")],
    ["danger now", live, wrong("danger now")],
    ["d", after, wrong("d")],
    ["t", { ...live, isOutside: true }, wrong("t")],
    [`over ${"x".repeat(121)}`, live, fill(words.handOver.long, { most: "120" })],
    ["x", typed("choice"), wrong("x")],
    ["", typed("text"), words.misfit.empty],
    ["soon", typed("time"), fill(words.misfit.time, { typed: "soon" })],
    ["few", typed("count"), fill(words.misfit.count, { typed: "few" })],
  ])("%j", async (line, question, says) => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(question));
    await desk.type(line);
    expect(desk.all()).toContain(says);
    await desk.type(question.field && question.field.kind !== "choice" ? "/stop" : "q");
    expect(await asked.reply).toEqual({ step: question.step, pause: true });
  });
});

describe("what is printed", () => {
  test("the screen, once", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(live, { banner: ["This computer can read this record."] }));
    await settled();
    expect(desk.fresh()).toEqual([
      "",
      "Maple Street Shelter. LIVE. 00:14 since opened. written down 14:03:22",
      "This computer can read this record.",
      "Say: I am not authorized to let you past this point. I am calling our legal office.",
      "Do: Stay at the desk. Call the shift supervisor: 212-555-0142.",
      "Do not touch or block anyone.",
      ...words.plain.start,
      "Or type a letter or its word: d danger, e they went in, n note, t hand over, b back, c contacts, w why, q stop.",
      "What are they doing?",
      "1. Waiting",
      "2. Showing a paper",
      "3. Saying it is an emergency",
      "4. Something else",
      words.plain.answer,
    ]);
    await desk.type("2");
    await one.reply;
    expect(desk.fresh()).toEqual([fill(words.chosen, { choice: "Showing a paper" })]);
    desk.ask(screenOf(biggest));
    await settled();
    // The hints have been heard.
    expect(desk.fresh().join("\n")).not.toContain("Or type a letter");
  });

  test.each([
    [1, false],
    [5, true],
  ])("with %i left in a part, it is said: %s", async (left, isSaid) => {
    const desk = openDesk();
    desk.ask(screenOf(typed("text", { left })));
    await settled();
    expect(desk.fresh().some((line) => line.endsWith(fill(words.left, { count: String(left) })))).toBe(isSaid);
  });

  test("in another language: the same in English, then words for people nearby, then what to do", async () => {
    const desk = openDesk();
    desk.ask(screenOf(spanish));
    await settled();
    expect(desk.fresh().slice(2, 6)).toEqual([
      fill(words.plain.say, { words: spanish.say ?? "" }),
      fill(words.plain.english, { words: spanish.inEnglish ?? "" }),
      fill(words.plain.nearby, { words: spanish.nearby ?? "" }),
      fill(words.plain.do, { words: spanish.do[0] ?? "" }),
    ]);
  });

  test("handing over has a line of its own; an empty one goes back; what was written is said", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(live));
    await desk.type("t");
    expect(desk.fresh().at(-1)).toBe(words.handOver.ask);
    await desk.type("");
    expect(desk.fresh()).toContain(live.ask);
    await desk.type("t", "2");
    expect(await asked.reply).toEqual({ step: "doing", handOver: "2" });
    expect(desk.fresh().at(-1)).toBe(fill(words.handOver.done, { who: "2" }));
    desk.ask(screenOf(live));
    await settled();
    expect(desk.fresh()[1]).toBe(live.ask);
  });

  test("handing over goes on after a redraw", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(live));
    await desk.type("over");
    one.abort();
    await expect(one.reply).rejects.toSatisfy(isAborted);
    const two = desk.ask(screenOf(live));
    await settled();
    expect(desk.fresh().at(-1)).toBe(words.handOver.ask);
    await desk.type("1");
    expect(await two.reply).toEqual({ step: "doing", handOver: "1" });
  });

  test("words for the telephone have a label of their own", async () => {
    const desk = openDesk();
    desk.ask(screenOf({ ...live, isCall: true, say: "Agents are here." }));
    await settled();
    expect(desk.fresh()).toContain(fill(words.plain.phone, { words: "Agents are here." }));
  });

  test("a redraw prints only what is new", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(live));
    await settled();
    desk.fresh();
    one.abort();
    await expect(one.reply).rejects.toSatisfy(isAborted);
    const two = desk.ask(screenOf(live, { banner: ["A note came: two vans"] }));
    await settled();
    expect(desk.fresh()).toEqual([
      "",
      "A note came: two vans",
      live.ask,
      "1. Waiting",
      "2. Showing a paper",
      "3. Saying it is an emergency",
      "4. Something else",
      words.plain.answer,
    ]);
    await desk.type("1");
    expect(await two.reply).toEqual({ step: "doing", answer: "waiting" });
  });

  test("fields of one step do not repeat its title", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(typed("text", { left: 2, do: ["Write what you saw."] })));
    await desk.type("Doe");
    await one.reply;
    desk.fresh();
    desk.ask(
      screenOf({
        ...typed("text", { do: ["Write what you saw."] }),
        ask: "And the badge?",
        field: { id: "badge", kind: "text", unknowns: ["hid"], left: 1 },
      }),
    );
    await settled();
    expect(desk.fresh()).toEqual([
      "",
      "And the badge?",
      words.type.text,
      "Or type one letter: h hid it.",
      words.plain.answer,
    ]);
  });

  test.each<[line: string, parts: readonly string[]]>([
    [
      "w",
      [
        words.why.title,
        "City Code 1-2",
        `${words.why.sure.P} (read 2026-11-20)`,
        "https://example.org/code",
        words.plain.answer,
      ],
    ],
    ["why", [words.why.title]],
    ["c", [words.contacts.title, "Shift supervisor: 212-555-0142", "Legal office: 212-555-0177"]],
    ["?", [...words.plain.start, ...words.help.lines, live.ask, "1. Waiting"]],
  ])("%s", async (line, parts) => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(live));
    await settled();
    desk.fresh();
    await desk.type(line);
    const printed = desk.fresh();
    for (const part of parts) expect(printed).toContain(part);
    await desk.type("1");
    expect(await asked.reply).toEqual({ step: "doing", answer: "waiting" });
  });

  test("a note has a line of its own; an empty one goes back", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(live));
    await desk.type("n");
    expect(desk.fresh().at(-1)).toBe(words.note.ask);
    await desk.type("");
    expect(desk.fresh()).toContain(live.ask);
    await desk.type("n", "2");
    expect(await asked.reply).toEqual({ step: "doing", note: "2" });
  });

  test("a note goes on after a redraw, so that its words answer nothing", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(live));
    await desk.type("n");
    one.abort();
    await expect(one.reply).rejects.toSatisfy(isAborted);
    const two = desk.ask(screenOf(live));
    await settled();
    expect(desk.fresh().at(-1)).toBe(words.note.ask);
    await desk.type("2");
    expect(await two.reply).toEqual({ step: "doing", note: "2" });
  });

  test("what was typed before a command is read back", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(typed("text", { isLive: true })));
    await desk.type("he said /danger");
    expect(await one.reply).toEqual({ step: "agents", interrupt: "danger" });
    desk.ask(screenOf(typed("text", { isLive: true })));
    await settled();
    expect(desk.fresh()).toContain(fill(words.plain.kept, { typed: "he said" }));
  });

  test("nothing but printable lines, whatever the question and the answers", async () => {
    const line = fc.oneof(
      fc.constantFrom("", "?", "w", "c", "n", "/why", "x y", "7", "\u001b[31mred"),
      fc.string({ unit: "binary", maxLength: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(anyScreen, fc.array(line, { maxLength: 4 }), async (screen, lines) => {
        const desk = openDesk();
        const asked = desk.ask(screen);
        await desk.type(...lines.map((text) => text.replace(/[\r\n\u2028\u2029]/g, " ")));
        desk.plain.say("told \u001b[2J\r");
        await settled();
        asked.abort();
        expect(desk.all()).not.toMatch(/[\u001b\r\u0080-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(desk.all().replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: process.env["THRESHOLD_LONG"] === undefined ? 40 : 1000 },
    );
  }, 120_000);
});

describe("a line that came too soon", () => {
  test("is not the answer to a question nobody has heard", async () => {
    const desk = openDesk(300);
    const one = desk.ask(screenOf(live));
    await desk.type("1");
    expect(desk.fresh()).toContain(words.plain.early);
    desk.clock.now += 300;
    await desk.type("2");
    expect(await one.reply).toEqual({ step: "doing", answer: "paper" });
    await desk.type("4");
    const two = desk.ask(screenOf(biggest));
    await settled();
    expect(desk.fresh()).toContain(words.plain.early);
    desk.clock.now += 300;
    await desk.type("1");
    expect(await two.reply).toEqual({ step: "biggest", answer: "waiting" });
  });

  test("several at once are one answer, and the rest is told of", async () => {
    const desk = openDesk();
    const one = desk.ask(screenOf(live));
    await desk.type("2\n1\n1");
    expect(await one.reply).toEqual({ step: "doing", answer: "paper" });
    desk.ask(screenOf(biggest));
    await settled();
    expect(desk.fresh()).toContain(words.plain.early);
  });

  test("handing over does not start the wait anew", async () => {
    const desk = openDesk(300);
    const one = desk.ask(screenOf(live));
    desk.clock.now += 300;
    await desk.type("over guard");
    await one.reply;
    const two = desk.ask(screenOf(live));
    await desk.type("1");
    expect(await two.reply).toEqual({ step: "doing", answer: "waiting" });
  });

  test("a redraw neither starts nor shortens the wait", async () => {
    const desk = openDesk(300);
    const one = desk.ask(screenOf(live));
    desk.clock.now += 200;
    one.abort();
    await expect(one.reply).rejects.toSatisfy(isAborted);
    const two = desk.ask(screenOf(live));
    await desk.type("4");
    desk.clock.now += 100;
    await desk.type("1");
    expect(await two.reply).toEqual({ step: "doing", answer: "waiting" });
  });
});

describe("the end", () => {
  test("of the input stops, now and later", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(live));
    await settled();
    desk.input.end();
    await expect(asked.reply).rejects.toSatisfy(isStopped);
    await expect(desk.ask(screenOf(live)).reply).rejects.toSatisfy(isStopped);
  });

  test("close may be called twice", async () => {
    const desk = openDesk();
    const asked = desk.ask(screenOf(live));
    await settled();
    desk.plain.close();
    desk.plain.close();
    await expect(asked.reply).rejects.toSatisfy(isStopped);
  });

  test("a signal aborted before ends it before anything is printed", async () => {
    const desk = openDesk();
    await expect(desk.plain.ask(screenOf(live), AbortSignal.abort("SIGTERM"))).rejects.toSatisfy(isAborted);
    expect(desk.all()).toBe("");
  });
});

describe("when the plain desk is used", () => {
  test.each<[env: Record<string, string>, platform: NodeJS.Platform, is: boolean]>([
    [{ TERM: "xterm" }, "linux", false],
    [{ TERM: "dumb" }, "linux", true],
    [{}, "linux", true],
    [{}, "win32", false],
    [{ MSYSTEM: "MINGW64", TERM: "xterm" }, "win32", true],
    [{ ACCESSIBLE: "1", TERM: "xterm" }, "linux", true],
    [{ ACCESSIBLE: "0", TERM: "xterm" }, "linux", false],
    [{ ACCESSIBLE: "", TERM: "xterm" }, "linux", false],
  ])("%j on %s: %s", (env, platform, is) => {
    expect(isPlain(env, platform)).toBe(is);
  });
});
