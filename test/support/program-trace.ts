import { readFileSync } from "node:fs";

// What the kernel was asked for, in order, as strace writes it down with `-f -ttt -T -y`.

export const traced = ["write", "pwrite64", "writev", "pwritev", "fdatasync", "fsync"] as const;

/** One call: of what file, what was written first, and when it began and returned, in seconds. */
export type Call = {
  readonly name: string;
  readonly fd: number;
  readonly path: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly result: number;
};

export function straceOf(path: string): readonly string[] {
  return ["strace", "-f", "-ttt", "-T", "-y", "-s", "80", "-e", `trace=${traced.join(",")}`, "-o", path];
}

/** Every call that returned, in the order in which they began. */
export function readTrace(path: string): readonly Call[] {
  const begun = new Map<string, string>();
  const calls = readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line): readonly Call[] => {
      const [, thread = "", at = "", rest = ""] = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line) ?? [];
      if (rest.endsWith("<unfinished ...>")) {
        begun.set(thread, `${at} ${rest.replace(/ *<unfinished \.\.\.>$/, "")}`);
        return [];
      }
      const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
      const whole = resumed ? `${begun.get(thread) ?? ""}${resumed[1] ?? ""}` : `${at} ${rest}`;
      return callOf(whole) ?? [];
    });
  return calls.toSorted((a, b) => a.start - b.start);
}

function callOf(whole: string): readonly Call[] | undefined {
  const [, at = "", name = "", fd = "", path = "", text = "", result = "", took = ""] =
    /^(\d+\.\d+) (\w+)\((\d+)<([^>]*)>(.*)\) += (-?\d+).*<(\d+\.\d+)>$/.exec(whole) ?? [];
  if (name === "") return undefined;
  const start = Number(at);
  return [{ name, fd: Number(fd), path, text, start, end: start + Number(took), result: Number(result) }];
}
