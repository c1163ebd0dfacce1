// Words and phrases as the files of a language list them: whole words, in any case, across line breaks and dashes; a `*`
// at the end of a word stands for any ending. Letters with accents are letters. An apostrophe ends a word: a list that
// holds "you can" finds "you can't" as well.

/** What a text holds of some lists: the name of each list that finds something, and what it found first. */
export type Held = readonly (readonly [name: string, held: string])[];

type Lists = Readonly<Record<string, readonly string[]>>;
type Word = { readonly word: string; readonly from: number; readonly to: number };
type Phrase = {
  readonly group: string;
  readonly name: string;
  readonly words: readonly { readonly word: string; readonly isOpen: boolean }[];
  /** What stands between two words, where it is not only space. */
  readonly between: readonly (string | undefined)[];
  /** A phrase without a letter, as it stands. */
  readonly sign: string;
};

/** What finds the phrases of groups of named lists in a text. Each text is looked through once: what is found is kept. */
export function finder(groups: Readonly<Record<string, Lists>>): (text: string) => Readonly<Record<string, Held>> {
  const all = Object.entries(groups).flatMap(([group, lists]) =>
    Object.entries(lists).flatMap(([name, phrases]) => phrases.map((words) => phraseOf(group, name, words))),
  );
  const signs = all.filter(({ words }) => words.length === 0);
  const open = all.filter(({ words }) => words[0]?.isOpen);
  const closed = Map.groupBy(
    all.filter(({ words }) => words[0]?.isOpen === false),
    ({ words }) => words[0]?.word,
  );
  const known = new Map<string, Readonly<Record<string, Held>>>();
  const look = (text: string): Readonly<Record<string, Held>> => {
    const words = wordsOf(text);
    const held: Record<string, [string, string][]> = {};
    const keep = ({ group, name }: Phrase, match: string | undefined): void => {
      if (match !== undefined && !held[group]?.some(([other]) => other === name))
        (held[group] ??= []).push([name, match]);
    };
    for (const phrase of signs) if (text.includes(phrase.sign)) keep(phrase, phrase.sign);
    for (const [at, { word }] of words.entries()) {
      for (const phrase of closed.get(word) ?? []) keep(phrase, matchAt(text, words, at, phrase));
      for (const phrase of open) keep(phrase, matchAt(text, words, at, phrase));
    }
    return held;
  };
  return (text) => {
    const held = known.get(text) ?? look(plain(text));
    known.set(text, held);
    return held;
  };
}

/** True where the first words of a text are a phrase of the list. */
export function beginsWith(phrases: readonly string[], text: string): boolean {
  const whole = plain(text);
  const words = wordsOf(whole);
  return phrases.some((phrase) => matchAt(whole, words, 0, phraseOf("", "", phrase)) !== undefined);
}

/** What a phrase finds that begins with the word at `at`. */
function matchAt(text: string, words: readonly Word[], at: number, phrase: Phrase): string | undefined {
  for (const [i, { word, isOpen }] of phrase.words.entries()) {
    const found = words[at + i];
    if (found === undefined || !(isOpen ? found.word.startsWith(word) : found.word === word)) return undefined;
    const before = i === 0 ? undefined : words[at + i - 1];
    if (before === undefined) continue;
    const gap = text.slice(before.to, found.from);
    const wanted = phrase.between[i - 1];
    if (wanted === undefined ? !/^[\s\p{Pd}]+$/u.test(gap) : gap !== wanted) return undefined;
  }
  const last = words[at + phrase.words.length - 1];
  return last === undefined ? undefined : text.slice(words[at]?.from, last.to);
}

function phraseOf(group: string, name: string, listed: string): Phrase {
  const text = plain(listed).trim();
  const words = wordsOf(text);
  return {
    group,
    name,
    words: words.map(({ word, to }) => ({ word, isOpen: text[to] === "*" })),
    between: words.slice(1).map(({ from }, i) => {
      const gap = text.slice(words[i]?.to, from).replace("*", "");
      return /^\s+$/.test(gap) ? undefined : gap;
    }),
    sign: text,
  };
}

/** The words of a text in small letters: runs of letters and digits. */
function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)].map(({ 0: word, index }) => ({
    word: word.toLowerCase(),
    from: index,
    to: index + word.length,
  }));
}

/** One way to write what can be written in two: accents, apostrophes. */
function plain(text: string): string {
  return text.normalize("NFC").replace(/[\u2018\u2019\u02bc]/g, "'");
}
