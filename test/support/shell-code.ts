// Reads TypeScript as text, as far as the walls of the house need it: what is code, what are words, what is imported.

export type Source = { readonly path: string; readonly text: string };
/** `before`: the code that leads to it. `isCut`: a hole of the template follows. */
export type Literal = {
  readonly line: number;
  readonly text: string;
  readonly before: string;
  readonly isCut: boolean;
};
export type Import = { readonly line: number; readonly from: string; readonly kind: "static" | "type" | "dynamic" };

/** A source taken apart. `bare`: the code with comments and the inside of words as spaces, line for line. */
export type Code = {
  readonly path: string;
  readonly bare: string;
  readonly literals: readonly Literal[];
  readonly imports: readonly Import[];
};

/** `unread` is an import() whose name is no plain word. */
export function codeOf({ path, text }: Source): Code {
  const { bare, spans } = scan(text);
  const lineAt = (at: number): number => text.slice(0, at).split("\n").length;
  const literals = spans.map(({ from, to }) => ({
    line: lineAt(from),
    text: text.slice(from, to),
    before: bare.slice(Math.max(0, from - 400), from - 1),
    isCut: text.startsWith("${", to),
  }));
  const wordAt = new Map(spans.map(({ from, to }) => [from - 1, text.slice(from, to)]));
  const imports: Import[] = [];
  for (const found of bare.matchAll(
    /(?<![.\w$])(import|export)\b(\s+type\b)?[^;()'"`]*?(["'`])|(?<![.\w$])import\s*\(\s*(.)/g,
  )) {
    const quote = found.index + found[0].length - 1;
    const from = wordAt.get(quote);
    if (found[4] !== undefined)
      imports.push({ line: lineAt(found.index), from: from ?? "(a name that is worked out)", kind: "dynamic" });
    else if (from !== undefined && (/\bfrom\s*["'`]$/.test(found[0]) || /^import\s*["'`]$/.test(found[0]))) {
      const names = /\{([^}]*)\}/.exec(found[0])?.[1];
      const isType =
        found[2] !== undefined ||
        (names !== undefined &&
          /^import\s*\{/.test(found[0]) &&
          names.split(",").every((name) => name.trim() === "" || name.trim().startsWith("type ")));
      imports.push({ line: lineAt(found.index), from, kind: isType ? "type" : "static" });
    }
  }
  return { path, bare, literals, imports };
}

type Span = { readonly from: number; readonly to: number };

/** Walks over the text once. The pieces of a template between its holes are words; what is in its holes is code. */
function scan(text: string): { readonly bare: string; readonly spans: readonly Span[] } {
  const bare = text.split("");
  const spans: Span[] = [];
  const holes: number[] = [];
  let depth = 0;
  let at = 0;
  const blank = (from: number, to: number): void => {
    for (let i = from; i < to; i++) if (bare[i] !== "\n") bare[i] = " ";
  };
  const words = (from: number, to: number): void => {
    spans.push({ from, to });
    blank(from, to);
  };
  /** From just after a backtick, or the end of a hole, to the next hole or the closing backtick. */
  const template = (from: number): number => {
    let i = from;
    while (i < text.length && text[i] !== "`" && !text.startsWith("${", i)) i += text[i] === "\\" ? 2 : 1;
    words(from, i);
    if (text[i] !== "$") return i + 1;
    holes.push(depth);
    depth += 1;
    return i + 2;
  };
  while (at < text.length) {
    const sign = text[at];
    if (text.startsWith("//", at)) {
      const end = text.indexOf("\n", at);
      blank(at, end < 0 ? text.length : end);
      at = end < 0 ? text.length : end;
    } else if (text.startsWith("/*", at)) {
      const end = text.indexOf("*/", at + 2);
      blank(at, end < 0 ? text.length : end + 2);
      at = end < 0 ? text.length : end + 2;
    } else if (sign === '"' || sign === "'") {
      let i = at + 1;
      while (i < text.length && text[i] !== sign) i += text[i] === "\\" ? 2 : 1;
      words(at + 1, i);
      at = i + 1;
    } else if (sign === "`") {
      at = template(at + 1);
    } else if (sign === "/" && isPattern(bare, at)) {
      const end = patternEnd(text, at);
      blank(at + 1, end);
      at = end + 1;
    } else {
      if (sign === "{") depth += 1;
      if (sign === "}") depth -= 1;
      at += 1;
      if (sign === "}" && holes.at(-1) === depth) {
        holes.pop();
        at = template(at);
      }
    }
  }
  return { bare: bare.join(""), spans };
}

/** Whether a slash begins a pattern and does not divide: by what stands before it. */
function isPattern(bare: readonly string[], at: number): boolean {
  const before = bare
    .slice(Math.max(0, at - 40), at)
    .join("")
    .trimEnd();
  return before === "" || /[(,=:[!&|?{};+>]$|\b(?:return|typeof|case|in|of)$/.test(before);
}

function patternEnd(text: string, at: number): number {
  let inClass = false;
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === "[") inClass = true;
    else if (text[i] === "]") inClass = false;
    else if (text[i] === "/" && !inClass) return i;
    else if (text[i] === "\n") return at;
  }
  return text.length;
}
