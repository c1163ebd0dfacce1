import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { openJournal } from "../../src/shell/journal.ts";
import { Lock } from "../../src/shell/lock.ts";
import { clock, noted } from "./journal-samples.ts";

// A second program at the same record. `append FOLDER NAME COUNT SIZE` prints one line for each acknowledged entry;
// `hold FILE` takes the lock and says so, until it is killed.

async function append(folder: string, name: string, count: number, size: number): Promise<void> {
  const journal = await openJournal(folder, clock);
  for (let i = 1; i <= count; i += 1) {
    const { entry, written } = await journal.append(noted(`${name}-${i} ${"x".repeat(Math.floor(size * (i % 7)))}`));
    if (written) writeSync(1, `${name}-${i} ${entry.n}\n`);
  }
  await journal.close();
}

async function hold(file: string): Promise<void> {
  const lock = new Lock(file);
  writeSync(1, `${await lock.take(2000)}\n`);
  await sleep(60_000);
  lock.release();
}

const [verb, place = "", name = "", count = "0", size = "0"] = process.argv.slice(2);
await (verb === "hold" ? hold(place) : append(place, name, Number(count), Number(size)));
