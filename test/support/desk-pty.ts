import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";

/** A program in a real terminal of 80 columns and 24 rows. */
export type Pty = {
  readonly pid: number;
  /** Every byte the terminal got. */
  bytes(): string;
  /** What stands on the screen. */
  text(): string;
  send(text: string): void;
  /** Waits until `part` has come, or throws with what came instead. */
  until(part: string): Promise<void>;
  exit: Promise<{ readonly exitCode: number; readonly signal?: number | undefined }>;
  end(): void;
};

const driver = join(import.meta.dirname, "desk-driver.ts");

/** Runs the driver under a shell that tells afterwards how it ended and whether the terminal reads lines again. */
export function openPty(env: Record<string, string> = {}): Pty {
  const script = `trap : INT; "${process.execPath}" --no-warnings "${driver}"; echo "CODE $?"; stty -a | tr " ;" "\\n\\n" | grep -x -e "-\\?icanon" -e "-\\?echo"; echo SHELL`;
  const child = spawn("/bin/sh", ["-c", script], {
    cols: 80,
    rows: 24,
    name: "xterm-256color",
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
  const screen = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  let bytes = "";
  child.onData((chunk) => {
    bytes += chunk;
    screen.write(chunk);
  });
  return {
    pid: child.pid,
    bytes: () => bytes,
    text: () =>
      Array.from(
        { length: 24 },
        (_, row) => screen.buffer.active.getLine(screen.buffer.active.viewportY + row)?.translateToString(true) ?? "",
      ).join("\n"),
    send: (text) => child.write(text),
    async until(part) {
      for (let turn = 0; turn < 400 && !bytes.includes(part); turn++) await wait(25);
      if (!bytes.includes(part))
        throw new Error(`"${part}" did not come; this did: ${JSON.stringify(bytes.slice(-2000))}`);
      await wait(50);
    },
    exit: new Promise((resolve) => child.onExit(resolve)),
    end: () => child.kill("SIGKILL"),
  };
}
