import { type FileHandle, open, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

// The disk, as a record needs it. Its rules:
// - A write counts by the length that came back: a full disk takes part of the bytes and reports no error (measured).
// - A file counts when it is synced and the folder that names it is synced.
// - Files are made 0600, and never over a file that is there.
// - What failed is told in a few plain words for the person at the desk; the codes stay here.

/** Why the disk did not do it, in plain words; undefined when `error` is no fault of a disk, but a bug. */
export function whyNot(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return undefined;
  switch (error.code) {
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full";
    case "EROFS":
      return "the disk is read-only";
    case "EACCES":
    case "EPERM":
      return "this account may not write there";
    case "ENOENT":
    case "ENOTDIR":
    case "ESTALE":
      return "the folder is gone";
    case "EIO":
    case "ENXIO":
    case "ENODEV":
      return "the disk does not answer";
    default:
      return `the disk answers ${String(error.code)}`;
  }
}

/** True when `error` carries this code of the system, for example "ENOENT". */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Writes all of `bytes` at the end of a file opened for appending. On a throw, part of them may stand there. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done);
    if (bytesWritten === 0) throw Object.assign(new Error("nothing was written"), { code: "ENOSPC", syscall: "write" });
    done += bytesWritten;
  }
}

/** The bytes from `from` to the end of the file as it is now. */
export async function readOn(file: FileHandle, from: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, (await file.stat()).size - from));
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, from + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** The bytes of a file; none when it is not there. */
export async function readIfThere(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return new Uint8Array(0);
    throw error;
  }
}

/** Makes a new file of these bytes, synced; the folder is the caller's to sync. A half-made file is taken away again. */
export async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await writeAll(file, bytes);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

/** Makes a new file of these bytes in `folder`, synced with it; the name it got: `name` and `end`, with a number between if taken. */
export async function writeBeside(folder: string, name: string, end: string, bytes: Uint8Array): Promise<string> {
  for (let count = 1; ; count += 1) {
    const free = `${name}${count === 1 ? "" : `-${count}`}${end}`;
    try {
      await writeNew(join(folder, free), bytes);
      await syncFolder(folder);
      return free;
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
  }
}

/** Cuts a file that is open for appending back to `length` bytes. */
export async function cut(file: FileHandle, path: string, length: number): Promise<void> {
  try {
    await file.truncate(length);
  } catch (error) {
    if (process.platform !== "win32") throw error;
    await truncate(path, length); // Windows does not let a file opened for appending be cut
  }
}

/** Makes the names in a folder last through a power cut. Windows has no such call, and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** What `promise` resolves to; undefined when that takes longer than `patience` milliseconds: a disk can hang. */
export async function within<T>(patience: number, promise: Promise<T>): Promise<T | undefined> {
  const stop = new AbortController();
  try {
    return await Promise.race([promise, sleep(patience, undefined, { signal: stop.signal }).catch(() => undefined)]);
  } finally {
    stop.abort();
  }
}
