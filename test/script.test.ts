import { PassThrough } from "node:stream";
import { resolve } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Problem } from "../src/core/problem.ts";
import type { Question, Reply } from "../src/core/question.ts";
import { isAborted, isStopped } from "../src/shell/prompter.ts";
import { answersHeader, openAnswers, openStdio } from "../src/shell/script.ts";
import { after, live, screenOf, spanish, typed } from "./support/desk-questions.ts";

const never = new AbortController().signal;
const looking: Question = { ...live, step: "examine", looksFor: "signature", about: { paper: 0 } };
const two = typed("text", { left: 2, about: { agent: 0 } });
const asked = (question: Question, ...lines: readonly string[]): Promise<Reply> =>
  openAnswers(lines, "answers.jsonl").ask(screenOf(question), never);

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof Problem)) throw new Error(`no problem, but ${String(error)}`);
  return error;
}

describe("a file of answers", () => {
  test.each<[question: Question, line: string, reply: unknown]>([
    [live, '{"step":"doing","answer":"waiting"}', { step: "doing", answer: "waiting" }],
    [
      live,
      '{"step":"doing","answer":"waiting","at":"2026-11-23T14:03:00-05:00"}',
      { step: "doing", answer: "waiting", at: "2026-11-23T14:03:00-05:00" },
    ],
    [
      looking,
      '{"step":"examine","answer":"paper","looksFor":"signature"}',
      { step: "examine", answer: "paper", looksFor: "signature" },
    ],
    [looking, '{"step":"examine","answer":"paper"}', { step: "examine", answer: "paper" }],
    [live, '{"step":"doing","interrupt":"danger"}', { step: "doing", interrupt: "danger" }],
    [live, '{"step":"doing","back":true}', { step: "doing", back: true }],
    [after, '{"step":"after","pause":true}', { step: "after", pause: true }],
    [live, '{"step":"doing","handOver":"guard"}', { step: "doing", handOver: "guard" }],
    [
      two,
      '{"step":"agents","handOver":"night supervisor","at":"2026-11-23T22:00:00-05:00"}',
      { step: "agents", handOver: "night supervisor", at: "2026-11-23T22:00:00-05:00" },
    ],
    [live, '{"step":"doing","note":"two vans"}', { step: "doing", note: "two vans" }],
    [typed("text"), '{"step":"agents","fields":{"seen":"Doe"}}', { step: "agents", fields: { seen: "Doe" } }],
    [
      typed("text"),
      '{"step":"agents","fields":{"seen":{"unknown":"refused"}}}',
      { step: "agents", fields: { seen: { unknown: "refused" } } },
    ],
    // The last one asked, and one that is asked only because of it.
    [
      typed("choice"),
      '{"step":"agents","fields":{"seen":"yes","what":"a list"}}',
      { step: "agents", fields: { seen: "yes", what: "a list" } },
    ],
    [typed("choice"), '{"step":"agents","fields":{"seen":"yes"}}', { step: "agents", fields: { seen: "yes" } }],
    [typed("choice"), '{"step":"agents","answer":"yes"}', { step: "agents", answer: "yes" }],
    [
      two,
      '{"step":"agents","fields":{"seen":"Doe","badge":"7"},"about":{"agent":0}}',
      { step: "agents", fields: { seen: "Doe", badge: "7" }, about: { agent: 0 } },
    ],
    [two, '{"step":"agents","fields":{},"rest":"notAsked"}', { step: "agents", fields: {}, rest: "notAsked" }],
    [
      typed("file"),
      '{"step":"agents","attach":"photo.jpg","for":"seen"}',
      { step: "agents", attach: resolve("photo.jpg"), for: "seen" },
    ],
    [live, '{"step":"doing","attach":"/tmp/photo.jpg"}', { step: "doing", attach: "/tmp/photo.jpg" }],
  ])("%#: %s", async (question, line, reply) => {
    expect(await asked(question, line)).toEqual(reply);
  });

  test("blank lines, comments, a header and a byte order mark are passed over; the line is known", async () => {
    const lines = [
      '\uFEFF{"threshold":"answers","v":1}',
      "",
      "// they come in",
      "   ",
      '{"step":"doing","answer":"paper"}\r',
      '{"step":"after","answer":"waiting"}',
    ];
    const answers = openAnswers(lines, "answers.jsonl");
    expect(answers.line).toBe(0);
    expect(await answers.ask(screenOf(live), never)).toEqual({ step: "doing", answer: "paper" });
    expect(answers.line).toBe(5);
    await answers.ask(screenOf(after), never);
    expect(answers.line).toBe(6);
  });

  test("lines may come one by one", async () => {
    async function* slowly() {
      await turn();
      yield '{"step":"doing","answer":"paper"}';
    }
    expect(await openAnswers(slowly(), "-").ask(screenOf(live), never)).toEqual({ step: "doing", answer: "paper" });
  });

  test("paths are found beside the file", async () => {
    const lines = ['{"step":"doing","attach":"photos/a.jpg"}'];
    expect(await openAnswers(lines, "/data/drill/answers.jsonl").ask(screenOf(live), never)).toEqual({
      step: "doing",
      attach: "/data/drill/photos/a.jpg",
    });
  });

  const doing = 'one of waiting, paper, emergency, other; for example {"step":"doing","answer":"waiting"}';
  const examine =
    'one of waiting, paper, emergency, other; for example {"step":"examine","answer":"waiting","looksFor":"signature"}';
  const agents = 'for example {"step":"agents","fields":{"seen":"..."}}';
  const gone = 'one of waiting, paper, emergency, other; for example {"step":"after","answer":"waiting"}';
  const kinds = "answer, fields, note, handOver, attach, interrupt, back, pause";
  const unknown = '{"unknown":"..."} with one of refused, hid, couldNotSee, notAsked, notKnown, none';
  test.each<[question: Question, line: string, message: string, hint: string]>([
    [live, "yes", "not JSON", doing],
    [live, '{"step":"doing","answer":"waiting"', "not JSON", doing],
    [live, "[1]", "not a reply: a reply is an object in braces", doing],
    [live, "null", "not a reply: a reply is an object in braces", doing],
    [live, '"waiting"', "not a reply: a reply is an object in braces", doing],
    [live, '{"step":"doing"}', `not a reply: it holds none of ${kinds}`, doing],
    [
      live,
      '{"step":"doing","answer":"waiting","note":"x"}',
      "not a reply: it holds answer and note, but one thing is answered at a time",
      doing,
    ],
    [live, '{"answer":"waiting"}', 'not a reply: "step": invalid input: expected string, received undefined', doing],
    [
      live,
      '{"step":"doing","answer":1}',
      'not a reply: "answer": invalid input: expected string, received number',
      doing,
    ],
    [live, '{"step":"doing","answer":"waiting","who":"me"}', 'not a reply: "who" does not belong in it', doing],
    [live, '{"step":"doing","answer":"waiting","at":"14:05"}', 'not a reply: "at": invalid ISO datetime', doing],
    [live, '{"step":"doing","handOver":"two\\nlines"}', 'not a reply: "handOver": must be one line of words', doing],
    [live, '{"step":"doing","handOver":" "}', 'not a reply: "handOver": must be one line of words', doing],
    [live, '{"step":"doing","back":false}', 'not a reply: "back": invalid input: expected true', doing],
    [
      live,
      '{"step":"doing","note":""}',
      'not a reply: "note": too small: expected string to have >=1 characters',
      doing,
    ],
    [
      live,
      '{"step":"doing","interrupt":"fire"}',
      'not a reply: "interrupt": invalid option: expected one of "danger"|"entered"',
      doing,
    ],
    [
      typed("text"),
      '{"step":"agents","fields":{"seen":{"unknown":"dunno"}}}',
      `not a reply: "fields.seen" must be words, or ${unknown}`,
      agents,
    ],
    [
      typed("text"),
      '{"step":"agents","fields":{"seen":3}}',
      `not a reply: "fields.seen" must be words, or ${unknown}`,
      agents,
    ],
    [
      live,
      '{"step":"lobby","answer":"waiting"}',
      'this answers step "lobby", but step "doing" is asked: What are they doing?',
      doing,
    ],
    [live, '{"step":"doing","answer":"dancing"}', '"dancing" is no answer to step "doing"', doing],
    [
      live,
      '{"step":"doing","answer":"waiting","looksFor":"date"}',
      'step "doing" looks for nothing on a paper, but this answers "date"',
      doing,
    ],
    [
      looking,
      '{"step":"examine","answer":"paper","looksFor":"date"}',
      'this answers "date", but "signature" is looked for',
      examine,
    ],
    [live, '{"step":"doing","fields":{"seen":"Doe"}}', 'step "doing" asks for an answer, not for fields', doing],
    [
      typed("text"),
      '{"step":"agents","answer":"Doe"}',
      'step "agents" asks for the field "seen", not for an answer',
      agents,
    ],
    [
      typed("text"),
      '{"step":"agents","fields":{"badge":"7"}}',
      'the field "badge" is not asked here, but "seen" is',
      agents,
    ],
    [typed("text"), '{"step":"agents","fields":{}}', 'no field is given, but step "agents" asks for "seen"', agents],
    [
      two,
      '{"step":"agents","fields":{"seen":"Doe"},"about":{"agent":1}}',
      'this is about {"agent":1}, but step "agents" asks about {"agent":0}',
      agents,
    ],
    [
      typed("text"),
      '{"step":"agents","fields":{"seen":"Doe"},"about":{"agent":1}}',
      'this is about {"agent":1}, but step "agents" asks about the visit as a whole',
      agents,
    ],
    [
      typed("file"),
      '{"step":"agents","attach":"a.jpg","for":"paper"}',
      'the field "paper" is not asked here, but "seen" is',
      'for example {"step":"agents","attach":"photo.jpg","for":"seen"}',
    ],
    [
      live,
      '{"step":"doing","attach":"a.jpg","for":"paper"}',
      'step "doing" asks for no field, but the file is for "paper"',
      doing,
    ],
    [
      after,
      '{"step":"after","interrupt":"danger"}',
      '"danger" is for while agents are here, and step "after" comes after',
      gone,
    ],
    [
      { ...live, canGoBack: false },
      '{"step":"doing","back":true}',
      'there is nothing to go back to from step "doing"',
      doing,
    ],
    [typed("time"), "?", "not JSON", 'for example {"step":"agents","fields":{"seen":"14:05"}}'],
    [typed("count"), "?", "not JSON", 'for example {"step":"agents","fields":{"seen":"2"}}'],
    [typed("choice"), "?", "not JSON", 'one of yes, no; for example {"step":"agents","fields":{"seen":"yes"}}'],
  ])("%#: %s", async (question, line, message, hint) => {
    const problem = await problemOf(asked(question, "// first", "", line));
    expect(problem).toMatchObject({ code: "usage", message: `answers.jsonl line 3: ${message}`, hint });
    expect(problem.message.endsWith(".")).toBe(false);
  });

  test("that ends while something is asked", async () => {
    const answers = openAnswers(['{"step":"doing","answer":"paper"}', ""], "answers.jsonl");
    await answers.ask(screenOf(live), never);
    const problem = await problemOf(answers.ask(screenOf(after), never));
    expect(problem).toMatchObject({
      code: "usage",
      message: 'answers.jsonl ends after line 2, but step "after" is asked: Have they gone?',
      hint: gone,
    });
  });

  test("what the engine refuses comes back with its line", async () => {
    const answers = openAnswers(["", '{"step":"doing","answer":"paper"}'], "answers.jsonl");
    await answers.ask(screenOf(live), never);
    expect(() => answers.refuse?.(new Problem("usage", "no such file", "look again"))).toThrow(
      expect.objectContaining({ code: "usage", message: "answers.jsonl line 2: no such file", hint: "look again" }),
    );
  });

  test("a redraw loses no line", async () => {
    let give: (line: string) => void = () => {};
    async function* later() {
      yield await new Promise<string>((resolve) => (give = resolve));
      yield '{"step":"doing","answer":"other"}';
    }
    const answers = openAnswers(later(), "-");
    const stop = new AbortController();
    const first = answers.ask(screenOf(live), stop.signal);
    await turn();
    stop.abort();
    await expect(first).rejects.toSatisfy(isAborted);
    const second = answers.ask(screenOf(live), never);
    give('{"step":"doing","answer":"paper"}');
    expect(await second).toEqual({ step: "doing", answer: "paper" });
    expect(await answers.ask(screenOf(live), never)).toEqual({ step: "doing", answer: "other" });
    await expect(answers.ask(screenOf(live), AbortSignal.abort())).rejects.toSatisfy(isAborted);
  });

  test("what the guide says goes where it is told", () => {
    const said: string[] = [];
    openAnswers([], "answers.jsonl", { say: (line) => said.push(line) }).say("saved");
    openAnswers([], "answers.jsonl").say("nobody hears");
    expect(said).toEqual(["saved"]);
  });
});

describe("the header of a file of answers", () => {
  test.each<[line: string, header: unknown]>([
    ['{"threshold":"answers","v":1}', { threshold: "answers", v: 1 }],
    [
      '\uFEFF{"threshold":"answers","v":1,"example":true,"setting":"school","language":"en","opened":"2026-11-23T14:03:00-05:00"}',
      {
        threshold: "answers",
        v: 1,
        example: true,
        setting: "school",
        language: "en",
        opened: "2026-11-23T14:03:00-05:00",
      },
    ],
    [
      '{"threshold":"answers","v":1,"site":{"name":"Maple","anything":[1]}}',
      { threshold: "answers", v: 1, site: { name: "Maple", anything: [1] } },
    ],
    ['{"threshold":"answers","v":1,"start":"request"}', { threshold: "answers", v: 1, start: "request" }],
    ['{"step":"doing","answer":"waiting"}', undefined],
    ["", undefined],
    ["// comment", undefined],
    ["not JSON", undefined],
    ["[]", undefined],
  ])("%s", (line, header) => {
    expect(answersHeader(line)).toEqual(header);
  });

  test.each<[line: string, message: string]>([
    ['{"threshold":"answers"}', 'answers.jsonl line 1: a header with a fault: "v": invalid input: expected 1'],
    ['{"threshold":"answers","v":2}', 'answers.jsonl line 1: a header with a fault: "v": invalid input: expected 1'],
    [
      '{"threshold":"questions","v":1}',
      'answers.jsonl line 1: a header with a fault: "threshold": invalid input: expected "answers"',
    ],
    [
      '{"threshold":"answers","v":1,"exmaple":true}',
      'answers.jsonl line 1: a header with a fault: "exmaple" does not belong in it',
    ],
    [
      '{"threshold":"answers","v":1,"example":"yes"}',
      'answers.jsonl line 1: a header with a fault: "example": invalid input: expected boolean, received string',
    ],
    [
      '{"threshold":"answers","v":1,"opened":"2026-11-23T14:03:00"}',
      'answers.jsonl line 1: a header with a fault: "opened": invalid ISO datetime',
    ],
  ])("%s", (line, message) => {
    expect(() => answersHeader(line, "answers.jsonl")).toThrow(expect.objectContaining({ code: "usage", message }));
  });
});

describe("a conversation with another program", () => {
  function openTalk() {
    const input = new PassThrough();
    const sent: unknown[] = [];
    let rest = "";
    const output = {
      write(text: string) {
        expect(text.endsWith("\n")).toBe(true);
        rest += text;
        sent.push(
          ...rest
            .split("\n")
            .slice(0, -1)
            .map((line) => JSON.parse(line) as unknown),
        );
        rest = "";
      },
    };
    const stdio = openStdio({ input, output, clock: () => 20_000 });
    return { stdio, input, sent };
  }
  const question = {
    question: live,
    title: "Maple Street Shelter",
    writtenAt: "14:03:22",
    banner: ["careful"],
    sinceOpened: 14_000,
  };
  const screen = screenOf(live, { banner: ["careful"], openedAt: 6000 });

  test("one object a line each way", async () => {
    const { stdio, input, sent } = openTalk();
    const reply = stdio.ask(screen, never);
    input.write('{"step":"doing","answer":"paper"}\n');
    expect(await reply).toEqual({ step: "doing", answer: "paper" });
    stdio.say("saved");
    expect(sent).toEqual([question, { say: "saved" }]);
  });

  test("a fault is told and the question asked again; nothing stops the guide", async () => {
    const { stdio, input, sent } = openTalk();
    const reply = stdio.ask(screen, never);
    input.write('what?\n\n{"step":"doing"}\n{"step":"doing","answer":"dancing"}\n{"step":"doing","answer":"other"}\n');
    expect(await reply).toEqual({ step: "doing", answer: "other" });
    const fault = (message: string) => ({
      error: {
        message,
        hint: 'one of waiting, paper, emergency, other; for example {"step":"doing","answer":"waiting"}',
      },
    });
    expect(sent).toEqual([
      question,
      fault("not JSON"),
      question,
      fault("not a reply: it holds none of answer, fields, note, handOver, attach, interrupt, back, pause"),
      question,
      fault('"dancing" is no answer to step "doing"'),
      question,
    ]);
  });

  test("the words of another language, in English and for people nearby, go with the question; handing over is a reply", async () => {
    const { stdio, input, sent } = openTalk();
    const reply = stdio.ask({ ...screen, question: spanish }, never);
    input.write('{"step":"espera","handOver":"night supervisor"}\n');
    expect(await reply).toEqual({ step: "espera", handOver: "night supervisor" });
    expect(sent).toEqual([expect.objectContaining({ question: spanish })]);
  });

  test("what the engine refuses is told too", () => {
    const { stdio, sent } = openTalk();
    stdio.refuse?.(new Problem("usage", "no such file", "look again"));
    stdio.refuse?.(new Problem("usage", "no hint"));
    expect(sent).toEqual([
      { error: { message: "no such file", hint: "look again" } },
      { error: { message: "no hint" } },
    ]);
  });

  test("a redraw says so, and a reply on its way is not lost", async () => {
    const { stdio, input, sent } = openTalk();
    const stop = new AbortController();
    const first = stdio.ask(screen, stop.signal);
    await turn();
    stop.abort();
    await expect(first).rejects.toSatisfy(isAborted);
    const second = stdio.ask(screen, never);
    input.write('{"step":"doing","answer":"paper"}\n');
    expect(await second).toEqual({ step: "doing", answer: "paper" });
    expect(sent).toEqual([question, { again: true }, question]);
  });

  test("the end of the input stops", async () => {
    const { stdio, input } = openTalk();
    const reply = stdio.ask(screen, never);
    input.end('{"step":"doing"}\n');
    await expect(reply).rejects.toSatisfy(isStopped);
    await expect(stdio.ask(screen, never)).rejects.toSatisfy(isStopped);
    stdio.close();
  });

  test("lines may come from anywhere", async () => {
    async function* lines() {
      yield '{"step":"doing","answer":"paper"}';
    }
    const stdio = openStdio({ input: lines(), output: { write: () => true } });
    expect(await stdio.ask(screen, never)).toEqual({ step: "doing", answer: "paper" });
  });
});
