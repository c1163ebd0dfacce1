import { chmodSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

// One writer at a time, across the programs on one machine. Its rules:
// - The lock is the kernel's own. Node has no call for it, SQLite does: an empty file is opened as a database and a
//   transaction is begun in it that never writes a byte. The kernel lets go when a process dies, however it dies, so a
//   stale lock cannot be, and nobody has to guess whether a process number is still the same process. Ten microseconds.
// - Nobody in this process may open the lock file by other means: closing it would drop the lock (POSIX).
// - Where there is no locking (a read-only or an odd file system) the answer is "none", and the caller decides.

const busy = 5; // SQLITE_BUSY

/** A lock on one file, which is made when it is not there. Nothing is opened before the first `take`. */
export class Lock {
  readonly #path: string;
  #database: DatabaseSync | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * "taken"; or "busy", when others held it for all of `patience` milliseconds; or "none", when this place cannot be
   * locked. Never throws. After "taken", `release` must follow.
   */
  async take(patience: number): Promise<"taken" | "busy" | "none"> {
    const until = performance.now() + patience;
    for (;;) {
      const got = await this.#try();
      if (got !== "busy" || performance.now() >= until) return got;
      await sleep(1 + Math.random() * 8);
    }
  }

  /** Lets others go on. Does nothing when the lock is not held. */
  release(): void {
    if (this.#database?.isTransaction) this.#database.exec("ROLLBACK");
  }

  /** Lets go of the file; the next `take` opens it anew. */
  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  async #try(): Promise<"taken" | "busy" | "none"> {
    try {
      this.#database ??= await openAsDatabase(this.#path);
      this.#database.exec("BEGIN IMMEDIATE");
      return "taken";
    } catch (error) {
      if (isBusy(error)) return "busy";
      this.close();
      return "none";
    }
  }
}

async function openAsDatabase(path: string): Promise<DatabaseSync> {
  const { DatabaseSync } = await import("node:sqlite"); // only when a record is opened: it costs milliseconds
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    chmodSync(path, 0o600);
    database.exec("PRAGMA journal_mode = MEMORY"); // no second file beside it, ever
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error && "errcode" in error && typeof error.errcode === "number" && (error.errcode & 0xff) === busy
  );
}
