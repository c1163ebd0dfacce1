import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { asShown } from "../src/core/protocol.ts";
import { readWords } from "./support/pdf-text.ts";
import { answer, type Desk, openDesk, openShell, screenOf, type } from "./support/program-desk.ts";
import { i200, openTalk, play } from "./support/program-talk.ts";
import { filled, firstWords, flat, protocolFor, stable, stepOf, words } from "./support/program-words.ts";
import {
  freshWorld,
  linesOf,
  node,
  onlyEncounter,
  tale,
  threshold,
  touched,
  type World,
} from "./support/program-world.ts";
import { filesUnder, put } from "./support/shell-folders.ts";
import { launcher } from "./support/shell-program.ts";

// The program as a person meets it: the real binary at a real terminal of 80 by 24, with real files.

const bare = protocolFor("shelter");
// The words of a shelter whose site says where agents wait.
const shelter = { ...bare, values: { ...bare.values, waitingPlace: "in the lobby" } };
const site = `name: Maple Street Shelter
setting: shelter
waitingPlace: in the lobby
contacts:
  lead: { who: Shift supervisor, phone: 212-555-0142 }
  counsel: { who: Legal office, phone: 212-555-0177 }
`;
const languageName = firstWords.langs["es"]?.name ?? "";
/** The roles of the protocol as a site whose language is Spanish reads them. */
const compiledRoles = () => asShown(protocolFor("shelter", "es")).roles;
const oneMinute = { timeout: 60_000 };
const colour = /\u001b\[[0-9;:]*m/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const escapes = /\u001b\[[0-9;?]*[A-Za-z]|\u001b[78]/g;

/** What had been painted before the program itself drew from the top. */
function painted({ bytes }: Desk): string {
  const from = bytes.indexOf("\u001b[H\u001b[J");
  return flat((from < 0 ? bytes : bytes.slice(0, from)).replace(escapes, ""));
}

/** A world with an encounter that another program led up to `step` and left there. */
async function heldAt(step: string): Promise<World> {
  const world = freshWorld({ site });
  const talk = openTalk(world, []);
  await play(talk, i200, step);
  talk.hangUp();
  await talk.over;
  return world;
}

function numberIn({ data }: World): string {
  return onlyEncounter(data).slice(-14);
}

describe.concurrent("the first screen", oneMinute, () => {
  test.for([
    ["with nothing set up", [], "shelter"],
    ["in a school", ["encounter", "--setting", "school"], "school"],
    ["in a hospital", ["encounter", "--setting=hospital"], "hospital"],
  ] as const)("paints the first words before anything else, %s", async ([, args, setting]) => {
    const protocol = protocolFor(setting);
    const desk = openDesk(freshWorld(), ...args);
    await desk.until(() => desk.bytes.includes("\u001b[H\u001b[J"), "the program's own screen");
    const first = stepOf(protocol, protocol.start);
    expect(painted(desk)).toContain(filled(first.say ?? "", protocol.values));
    for (const line of [...first.do, protocol.never]) expect(painted(desk)).toContain(flat(line));
  });

  test("works with no site set up: nothing is written before agents are here", async () => {
    const world = freshWorld();
    const desk = openDesk(world);
    await desk.sees(words.home.ask, words.home.here, words.home.paper);
    expect(desk.text).not.toContain(stable(words.home.goOn));
    expect(touched(world)).toEqual([]);
    await desk.press("1");
    await desk.sees(words.home.setting);
    expect(touched(world)).toEqual([]);
    await desk.press("2");
    await desk.sees(...screenOf(protocolFor("school"), "hold"));
    expect(linesOf(onlyEncounter(world.data)).map(({ entry }) => entry.what)).toEqual([
      expect.objectContaining({ type: "opened", setting: "school", openedBy: "keyboard" }),
    ]);
  });

  test("names the site and its waiting place at once, and whom to call on the next screen", async () => {
    const world = freshWorld();
    const lead = ["--contact", "lead=Shift supervisor,212-555-0142"];
    const named = ["--name", "Maple Street Shelter", "--setting", "shelter", "--waiting-place", "by the blue door"];
    expect(await threshold(world, ["setup", ...named, ...lead])).toMatchObject({ code: 0 });
    const desk = openDesk(world);
    await desk.sees(words.home.ask, "Maple Street Shelter", "by the blue door");
    expect(painted(desk)).toContain("Maple Street Shelter");
    expect(painted(desk)).toContain("by the blue door");
    await desk.press("1");
    await desk.sees(stepOf(shelter, "hold").ask, "by the blue door");
    await desk.press("1");
    await desk.sees(stepOf(shelter, "call_lead").ask, "Shift supervisor: 212-555-0142");
  });

  test("shows a confidential site by its code alone, on every screen and in every file", async () => {
    const world = freshWorld();
    const secret = ["--name", "Juniper House", "--address", "77 Hidden Lane", "--code", "M7", "--confidential"];
    await threshold(world, ["setup", "--setting", "shelter", ...secret]);
    const desk = openDesk(world);
    await desk.sees(words.home.ask, "M7");
    await desk.press("1");
    await answer(desk, bare, "hold", "waiting");
    await desk.sees("M7", ...screenOf(shelter, "call_lead"));
    await desk.press("\u0003");
    await desk.exit;
    const report = await threshold(world, ["report", numberIn(world)]);
    const shown = await threshold(world, ["incident", "show", numberIn(world), "--json"]);
    const folder = onlyEncounter(world.data);
    const kept = filesUnder(folder).map((name) => `${name} ${readFileSync(join(folder, name), "latin1")}`);
    const everything = [
      desk.bytes,
      report.stdout,
      shown.stdout,
      ...kept,
      await readWords(readFileSync(report.stdout.trim())),
    ];
    expect(everything.filter((text) => /Juniper|Hidden Lane/.test(text))).toEqual([]);
    expect(everything.at(-1)).toContain("M7");
  });

  test("leads to what to do when nobody is here and somebody is asked about", async () => {
    const world = freshWorld({ site });
    const desk = openDesk(world);
    await desk.sees(`2 ${words.home.request}`);
    await desk.press("2");
    await desk.sees(stepOf(shelter, shelter.request ?? "").ask);
    expect(tale(onlyEncounter(world.data))).toEqual(["opened"]);
    expect(linesOf(onlyEncounter(world.data))[0]?.entry.what).toMatchObject({ step: shelter.request });
  });

  test.for([
    ["nobody has approved the words", undefined, () => words.guide.unapproved],
    ["they were approved, and changed", "0".repeat(64), () => words.guide.changed],
  ] as const)("says so on the first menu when %s", async ([, hash, line]) => {
    const world = freshWorld({ site });
    const given = { protocol: "nyc", version: "0.1.0", setting: "shelter", language: "en", by: "Counsel", hash };
    const list = { v: 1, approvals: [{ ...given, on: "2001-01-01", again: "2999-01-01" }] };
    if (hash !== undefined) put(world.data, "approvals.json", JSON.stringify(list));
    const desk = openDesk(world);
    await desk.sees(words.home.ask, line());
  });

  test("says nothing more of approval where the words are approved", async () => {
    const world = freshWorld({ site });
    const approved = ["--setting", "shelter", "--by", "Counsel", "--again", "2999-01-01", "--yes"];
    expect(await threshold(world, ["protocol", "approve", ...approved])).toMatchObject({ code: 0 });
    const desk = openDesk(world);
    await desk.sees(words.home.ask);
    for (const line of [words.guide.unapproved, words.guide.changed]) expect(desk.text).not.toContain(line);
  });

  test("leads to a paper alone, of which nothing is written down", async () => {
    const world = freshWorld({ site });
    const desk = openDesk(world);
    await desk.sees(words.home.paper);
    await desk.press("3");
    for (const [what, chosen] of [
      ["top", 3],
      ["agencyTitle", 1],
      ["signer", 3],
    ] as const) {
      await desk.sees(words.check.title, shelter.look.questions[what]?.ask ?? "");
      await desk.press(String(chosen));
    }
    expect((await desk.exit).exitCode).toBe(0);
    await desk.sees(words.check.looksLike, shelter.instruments["i200"]?.name ?? "", words.check.next);
    expect(filesUnder(world.data).filter((name) => name.startsWith("encounters"))).toEqual([]);
  });
});

describe.concurrent("an encounter at a shelter", oneMinute, () => {
  test("from the door to the PDF: agents walk past, an answer is taken back, an I-200 is looked at", async () => {
    const world = freshWorld({ site });
    const desk = openDesk(world);
    const on = (step: string, chosen: string, what?: string) => answer(desk, shelter, step, chosen, what);
    const typed = (step: string, field: string, text: string) => type(desk, shelter, step, field, text);
    await desk.sees(words.home.ask);
    await desk.press("1");
    await on("hold", "waiting");
    await desk.sees(...screenOf(shelter, "call_lead"));
    await desk.press(words.screen.keys.entered.key);
    await on("went_in", "walked");
    await on("went_in_lead", "reached");
    // Back at the very step where the key was pressed.
    await on("call_lead", "reached");
    await on("ask_id", "refused");
    await desk.sees(...screenOf(shelter, "ask_id_again"));
    await desk.press(words.screen.keys.back.key);
    await on("ask_id", "gave");
    await on("ask_papers", "shown");
    await on("look", "agency", "top");
    await on("look", "arrest", "agencyTitle");
    await on("look", "officer", "signer");
    await on("agency_paper", "done");
    await on("call_counsel", "reached");
    await on("counsel_has_it", "waiting");
    await on("waiting", "leaving");
    await on("left", "gone");
    await typed("rec_visit", "arrivedAt", "2:05 pm");
    await on("rec_visit", "exact", "arrivedBasis");
    await typed("rec_visit", "arrivalSeenBy", `/${words.screen.keys.rest.word}`);
    await typed("rec_asked", "reason", "We want to talk to a resident");
    await typed("rec_asked", "askedFor", `/${words.screen.keys.rest.word}`);
    await on("rec_given", "nothing", "given");
    await typed("rec_agents", "agency", "ICE, on the vest");
    await typed("rec_agents", "name", words.screen.unknowns.refused.key);
    await typed("rec_agents", "badge", `/${words.screen.keys.rest.word}`);
    await on("rec_agents", "done");
    await typed("rec_group", "supervisor", `/${words.screen.keys.rest.word}`);
    await typed("rec_papers", "copy", `/${words.screen.keys.rest.word}`);
    await typed("rec_entry", "entryApprovedBy", `/${words.screen.keys.rest.word}`);
    await on("rec_force", "no", "force");
    await on("rec_people", "no", "taken");
    await typed("rec_people", "disrupted", words.screen.unknowns.none.key);
    await on("preserve_video", "asked");
    await desk.sees(shelter.fields["outcome"]?.ask ?? "");
    await desk.press(words.screen.keys.rest.key);
    await typed("rec_author", "authorRole", "Front-desk staff");
    await on("rec_author", "live", "writtenFrom");
    await on("tell_privacy", "reached");
    await on("hand_on", "done");
    await on("end", "done");
    expect((await desk.exit).exitCode).toBe(0);
    expect(desk.isCursorShown).toBe(true);

    const number = numberIn(world);
    const folder = onlyEncounter(world.data);
    const path = join(folder, `incident-${number}.pdf`);
    for (const told of [filled(words.finish.closed, { number }), words.finish.report, `incident-${number}.pdf`]) {
      expect(desk.all.replaceAll(" ", "")).toContain(told.replaceAll(" ", ""));
    }
    expect(tale(folder).slice(0, 11)).toEqual([
      "opened",
      "answered hold waiting",
      "interrupted call_lead entered",
      "answered went_in walked",
      "called went_in_lead reached",
      "called call_lead reached",
      "answered ask_id refused",
      "returned ask_id",
      "answered ask_id gave",
      "answered ask_papers shown",
      "examined top agency",
    ]);
    expect(tale(folder).at(-1)).toBe("ended");
    expect(await threshold(world, ["incident", "verify", number])).toMatchObject({ code: 0 });

    const page = flat(await readWords(readFileSync(path)));
    const asked = stepOf(shelter, "ask_id");
    const label = (id: string) =>
      (asked.kind === "ask" ? asked.answers.find((each) => each.id === id)?.label : "") ?? "";
    for (const printed of [
      number,
      "Maple Street Shelter",
      shelter.instruments["i200"]?.name ?? "",
      shelter.verdicts.notJudicial,
      words.report.interrupted.entered,
      "Shift supervisor: 212-555-0142",
      "We want to talk to a resident",
      "ICE, on the vest",
      "14:05",
      words.report.openedBy.keyboard,
    ]) {
      expect(page).toContain(flat(printed));
    }
    // The correction: what was asked, the first answer and the second, in one row.
    const corrections = page.slice(page.lastIndexOf(words.report.corrections));
    expect(corrections).toContain(flat(label("refused")));
    expect(corrections).toContain(flat(label("gave")));
    expect(page).not.toContain(words.report.noCorrections);
    expect(page).not.toContain(stable(words.report.byStdio));
  });

  test("a stray Enter, a wrong digit and keys held too early answer nothing", async () => {
    const world = freshWorld({ site });
    const desk = openDesk(world, "encounter");
    await desk.sees(...screenOf(shelter, "hold"), words.screen.keys.danger.label);
    await desk.press("\r");
    await desk.sees(words.screen.choose.enter);
    await desk.press("9");
    await desk.sees(filled(words.screen.choose.wrong, { last: "5" }));
    // One digit answers; the two that fall on the next screen's first moments are dropped.
    desk.send("1");
    await desk.sees(...screenOf(shelter, "call_lead"));
    desk.send("1");
    await wait(50);
    desk.send("1");
    await wait(500);
    expect(tale(onlyEncounter(world.data))).toEqual(["opened", "answered hold waiting"]);
    await desk.sees(...screenOf(shelter, "call_lead"));
  });

  test.for([
    ["a note at a live screen", "call_lead", "n", { type: "noted", from: "desk", text: "half of a note" }],
    ["a field of the record", "staffPresent", "", { type: "recorded" }],
  ] as const)(
    "a note from a second terminal redraws the screen, and what is half typed stays: %s",
    async ([, at, before, written]) => {
      const world = await heldAt(at);
      const desk = openDesk(world, "encounter", "--resume");
      await desk.sees(at === "call_lead" ? stepOf(shelter, at).ask : (shelter.fields[at]?.ask ?? ""));
      if (before !== "") {
        await desk.press(before);
        await desk.sees(words.screen.note.ask);
      }
      await desk.press("half of a");
      await desk.sees("> half of a");
      const second = await threshold(world, ["note", numberIn(world)], "a second car came\n");
      expect(second).toMatchObject({ code: 0, stdout: "" });
      await desk.sees(filled(words.guide.noteCame, { text: "a second car came" }), "> half of a");
      await threshold(world, ["note", numberIn(world), "--desk", "Side door"], "they knock\n");
      await desk.sees(filled(words.guide.noteCameFrom, { desk: "Side door", text: "they knock" }), "> half of a");
      const lines = linesOf(onlyEncounter(world.data)).length;
      desk.send(" note\r");
      await desk.until(() => linesOf(onlyEncounter(world.data)).length > lines, "the entry");
      const entries = linesOf(onlyEncounter(world.data)).map(({ entry }) => entry.what);
      expect(entries.slice(-3, -1)).toEqual([
        { type: "noted", text: "a second car came", from: "second" },
        { type: "noted", text: "they knock", from: "second", desk: "Side door" },
      ]);
      expect(entries.at(-1)).toMatchObject(written);
      expect(JSON.stringify(entries.at(-1))).toContain('"half of a note"');
    },
  );
});

describe.concurrent("stopping, and going on", oneMinute, () => {
  test("Ctrl-C says that all is saved and how to go on, and ends with 130", async () => {
    const world = freshWorld({ site });
    const desk = openDesk(world, "encounter");
    await answer(desk, shelter, "hold", "waiting");
    await desk.sees(...screenOf(shelter, "call_lead"));
    desk.send("\u0003");
    expect(await desk.exit).toMatchObject({ exitCode: 130 });
    const command = `threshold encounter --resume ${numberIn(world)}`;
    expect(desk.text).toContain(filled(words.finish.paused, { command }));
    expect(desk.isCursorShown).toBe(true);
    expect(tale(onlyEncounter(world.data))).toEqual(["opened", "answered hold waiting", "paused call_lead asked"]);
  });

  test.for([
    ["at the first screen", [], words.home.ask],
    ["at the question for the setting", ["encounter"], words.home.setting],
  ] as const)("Ctrl-C %s ends with 130 and leaves nothing behind", async ([, args, asked]) => {
    const world = freshWorld();
    const desk = openDesk(world, ...args);
    await desk.sees(asked);
    desk.send("\u0003");
    expect(await desk.exit).toMatchObject({ exitCode: 130 });
    expect(desk.isCursorShown).toBe(true);
    expect(touched(world)).toEqual([]);
    expect(desk.text).not.toMatch(/threshold: (error|hint)|Error/);
  });

  test.for([
    ["SIGTERM", 143, ["encounter"], ["opened", "answered hold waiting", "paused call_lead signal"]],
    ["SIGHUP", 129, ["encounter"], ["opened", "answered hold waiting", "paused call_lead signal"]],
    ["SIGTERM", 143, [], []],
    ["SIGHUP", 129, [], []],
  ] as const)("%s pauses, shows the cursor and ends with %i: threshold %s", async ([signal, code, args, entries]) => {
    const world = freshWorld({ site });
    const desk = openDesk(world, ...args);
    if (entries.length === 0) await desk.sees(words.home.ask);
    else {
      await answer(desk, shelter, "hold", "waiting");
      await desk.sees(...screenOf(shelter, "call_lead"));
    }
    desk.kill(signal);
    expect(await desk.exit).toMatchObject({ exitCode: code });
    expect(desk.isCursorShown).toBe(true);
    if (entries.length > 0) expect(tale(onlyEncounter(world.data))).toEqual(entries);
  });

  test("setup asks what a place is, its language and the words said aloud in it, and every role of the protocol", async () => {
    const world = freshWorld();
    const desk = openDesk(world, "setup");
    const { setup, home } = words;
    const say = async (question: string, keys: string) => {
      await desk.sees(question.slice(0, 60));
      await desk.press(`${keys}\r`);
    };
    const es = words.setup.spoken.split("{ask}")[0]?.replace("{language}", languageName) ?? "";
    await say(setup.language, "2");
    await say(home.settings.shelter, "1");
    await say(setup.traits.contracted, "y");
    await say(setup.traits.private, "n");
    await say(setup.traits.domesticViolence, "y");
    await say(setup.traits.youth, "");
    await say(setup.name, "Juniper House");
    await say(setup.code, "J4");
    // Nobody is asked whether a domestic-violence program is secret.
    await say(setup.agency, "DSS");
    await say(setup.desk, "");
    await say(setup.waitingPlace, "in the lobby");
    await say(setup.area, "the rooms");
    await say(setup.past, "past this door");
    await say(`${es}${setup.waitingPlace}`, "en la entrada");
    await say(`${es}${setup.area}`, "");
    await say(`${es}${setup.past}`, "de esta puerta");
    const { roles } = protocolFor("shelter");
    const spanish = compiledRoles();
    expect(spanish.map(({ id }) => id)).toEqual(roles.map(({ id }) => id));
    for (const { label } of spanish) await say(filled(setup.contactWho, { role: label }), "");
    expect((await desk.exit).exitCode).toBe(0);
    const shown = await threshold(world, ["setup", "--print", "--json"]);
    expect((JSON.parse(shown.stdout) as { site: unknown }).site).toEqual({
      name: "Juniper House",
      code: "J4",
      confidential: true,
      setting: "shelter",
      traits: ["contracted", "domesticViolence"],
      agency: "DSS",
      language: "es",
      waitingPlace: "in the lobby",
      past: "past this door",
      areas: [{ name: "the rooms", public: false }],
      spoken: { es: { waitingPlace: "en la entrada", past: "de esta puerta" } },
    });
  });

  test("setup asks on the screen, never on its output, and ends when it is told to", async () => {
    const world = freshWorld();
    const out = join(world.tmp, "out");
    const desk = openShell(world, `exec "${node}" "${launcher}" setup > "${out}"`);
    await desk.sees(words.setup.language, "English");
    desk.kill("SIGTERM");
    expect(await desk.exit).toMatchObject({ exitCode: 143 });
    expect([readFileSync(out, "utf8"), touched(world)]).toEqual(["", []]);
  });

  test.for([
    ["a note", ["note"], ["opened", "answered hold waiting", "paused call_lead asked"]],
    [
      "a file of answers",
      ["encounter", "--answers", "-"],
      ["opened", "answered hold waiting", "paused call_lead asked"],
    ],
  ] as const)("SIGTERM ends what waits for its input: %s", async ([, args, entries]) => {
    const world = await heldAt("call_lead");
    const end = async (after: number): Promise<readonly unknown[]> => {
      const child = spawn(node, [launcher, ...args], { env: world.env, stdio: "pipe" });
      child.stdin.write("half");
      await wait(after);
      child.kill("SIGTERM");
      const exit: readonly unknown[] = await once(child, "exit");
      return exit;
    };
    // On a busy machine it may not have begun to listen, and the signal ends it by itself.
    let ended = await end(600);
    if (ended[0] === null) ended = await end(5_000);
    expect(ended).toEqual([143, null]);
    expect(tale(onlyEncounter(world.data))).toEqual(entries);
  });

  test("kill -9 loses nothing: the open encounter is offered first, and goes on at the same question", async () => {
    const world = freshWorld({ site });
    const first = openDesk(world, "encounter");
    await answer(first, shelter, "hold", "waiting");
    await answer(first, shelter, "call_lead", "reached");
    await first.sees(...screenOf(shelter, "ask_id"));
    first.kill("SIGKILL");
    await first.exit;
    const number = numberIn(world);
    const before = ["opened", "answered hold waiting", "called call_lead reached"];
    expect(tale(onlyEncounter(world.data))).toEqual(before);

    const home = openDesk(world);
    await home.sees(words.home.ask, `1 ${stable(words.home.goOn)} ${number}`, `2 ${words.home.here}`);
    await home.press("1");
    await home.sees(...screenOf(shelter, "ask_id"));
    home.kill("SIGKILL");
    await home.exit;

    const again = openDesk(world, "encounter", "--resume");
    await answer(again, shelter, "ask_id", "gave");
    await again.sees(...screenOf(shelter, "ask_papers"));
    expect(tale(onlyEncounter(world.data))).toEqual([...before, "resumed", "resumed", "answered ask_id gave"]);
    expect(await threshold(world, ["incident", "verify", number])).toMatchObject({ code: 0 });
  });
});

describe.concurrent("terminals of every kind", oneMinute, () => {
  test.for([
    ["a plain one, for contrast", {}, true, true],
    ["NO_COLOR", { NO_COLOR: "1" }, false, true],
    ["TERM=dumb", { TERM: "dumb" }, false, false],
    ["a screen reader", { ACCESSIBLE: "1", NO_COLOR: "1" }, false, false],
  ] as const)("%s", async ([, env, hasColour, hasEscapes]) => {
    const desk = openDesk(freshWorld({ site, env }), "encounter");
    await desk.sees(stepOf(shelter, "hold").ask, words.screen.keys.danger.label);
    await desk.press(hasEscapes ? "1" : "1\n");
    await desk.sees(stepOf(shelter, "call_lead").ask);
    desk.send("\u0003");
    expect(await desk.exit).toMatchObject({ exitCode: 130 });
    await desk.sees(stable(words.finish.paused));
    expect(colour.test(desk.bytes)).toBe(hasColour);
    expect(desk.bytes.includes("\u001b")).toBe(hasEscapes);
  });

  test.for([
    ["threshold", []],
    ["threshold encounter", ["encounter", "--setting", "shelter"]],
    ["threshold check", ["check"]],
    ["threshold setup", ["setup"]],
  ] as const)("%s with nobody at a terminal: two lines, exit code 2, nothing written", async ([, args]) => {
    const world = freshWorld();
    const { code, stdout, stderr } = await threshold(world, args);
    expect(stderr).toMatch(/^threshold: error: [^A-Z\n]*\nthreshold: hint: [^\n]+\n$/);
    expect(args[0] === "setup" ? stderr : stderr.match(/--answers .*--stdio/)?.[0]).toBeTruthy();
    expect([code, stdout, touched(world)]).toEqual([2, "", []]);
  });
});
