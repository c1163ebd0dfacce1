// How hard words are to read, or to take in when they are heard. What is counted is speech, not spelling, by rules of
// thumb: they tell a hard sentence from an easy one, and are nothing to argue about a tenth of a grade with.

/** How hard a text is to read, by the formula of a language. */
export type Formula = "fleschKincaid" | "fernandezHuerta";

/** What the rules below get wrong, by syllables. The same words with an "s" go with them. */
const english: readonly (readonly [count: number, words: string])[] = [
  [2, "business cashier evening jpeg lion maybe people science several soldier wednesday"],
  [3, "area arguing behavior element familiar habeas idea whoever"],
];

/** What English writes and does not say. */
const silent: readonly RegExp[] = [
  // Inside: someone, homeless, everyone, statement.
  /(?<=^(?:els|guid|her|hom|hous|lif|nam|saf|sid|som|ther|tim))e(?=[^aeiouy][^s]|one)/,
  /(?<=^ev)e(?=ry)/,
  /(?<=[aeiouy][^aeiouy]+)(?<![^aeiouylrw][lr])e(?=(?:ful|less|ly|ments?|ness)$)/,
  // At the end: wrote, called, files, colleague; but not table, settled, wanted, places.
  /(?<=[^aeiouydt])(?<![^aeiouylrw][lr])e(?=d$)/,
  /(?<=[^aeiouycgsxz])(?<![^aeiouylrw][lr]|[cs]h)e(?=s$)/,
  /(?<=[^aeiouy])(?<![^aeiouylrw][lr])e$/,
  /(?<=[aeiou][gq])ue(?=s?$)/,
];

/** Where English says one syllable more than there are groups of vowels. */
const broken: readonly RegExp[] = [
  // period, immediate, guardian, negotiate, medium, skiing; not question, special, union, civilian.
  /(?<![cghlnstx])io|(?<![cgst]|rr)ia(?!ns?$)|(?<![cglst])ian(?=s?$)|[ct]ia(?=t|lit)|i[iu]/g,
  // client, quiet, earlier; not patient, friend, pier.
  /(?<![cgnt])ien(?!d)|iet|(?<=[aeiouy][^aeiouy]+)ie(?=rs?$|st$)/g,
  // actual, fuel, issuing; not language, persuade, question, build.
  /(?<![gjq])ua(?!d)|(?<![gq])(?:ue(?=ls?$|n[ct])|ui(?=cid|[dn]$|ng|tion|ty)|uou)/g,
  // video, being, create, reenter, cooperate, trying, rhythm; not surgeon, creature.
  /(?<!g)eo|[eo]ing|crea(?=t(?!ur))|^rea(?=ct|d[jm]|ff|li[tz]|pp|rr|ss|tt)|^re(?:e|i[mn][bfs]|u[ns])/g,
  /^coo(?=perat|rd)|(?<=[^aeiouy])y(?=[aiou]|er)|(?:s|th)m(?=s?$)/g,
];

const times = (pattern: RegExp, word: string): number => word.match(pattern)?.length ?? 0;

function inEnglish(written: string): number {
  const stem = written.replace(/(?:n't|'(?:[dms]|ll|re|ve))$/, "");
  const added = times(/[^aeiour]e?n't$|(?:[sxz]|[cs]h|[cgsz]e)'s$|[^aeiouy]'(?:d|ll|ve)$/g, written);
  const known = english.find(([, words]) => words.split(" ").some((word) => stem === word || stem === `${word}s`));
  if (known !== undefined) return known[0] + added;
  // "y" is a consonant in you, beyond, lawyer. A vowel with an accent is a syllable of its own: naïve, García.
  const letters = stem.replace(/(?<=[aeiouw])y(?=[aeiou])/g, "j");
  const spoken = silent.reduce((rest, pattern) => rest.replace(pattern, ""), letters);
  const groups = times(/[aeiouy]+|[àáâãäåèéêëìíîïòóôõöùúûü]/g, spoken);
  return broken.reduce((sum, pattern) => sum + times(pattern, spoken), groups) + added;
}

function inSpanish(written: string): number {
  const spoken = written.replace(/(?<=[aeiouáéíóú])h(?=[aeiouáéíóú])/g, "").replace(/y$/, "i");
  const groups = spoken.match(/[aeiouáéíóú]+/g) ?? [];
  // Of neighbours, each strong vowel is a syllable, and each weak one with an accent. Weak ones alone are one together. So
  // the "u" of que, gue and güe never counts, silent or not.
  return groups.reduce((sum, group) => sum + Math.max(1, times(/[aeoáéíóú]/g, group)), 0);
}

type Speech = {
  /** Syllables in a word in small letters; may be 0. */
  readonly word: (word: string) => number;
  /** Digits and letters whose names have two syllables, and three. All others have one. */
  readonly two: RegExp;
  readonly three: RegExp;
};

const speech: Readonly<Record<Formula, Speech>> = {
  fleschKincaid: { word: inEnglish, two: /[07]/g, three: /w/g },
  fernandezHuerta: { word: inSpanish, two: /[0145789fhjlmnñrsxz]/g, three: /w/g },
};

/** What is said one after the other: a placeholder with what is glued to it, a digit, letters. */
const pieces = /\{[A-Za-z0-9.]+\}(?:'?\p{L}+)?|\d|\p{L}+(?:'\p{L}+)*/gu;

/** Digits and letters that are said by their names; but these words in capitals are words. */
const spelled =
  /^(?!(?:ALL|DO|DOWN|ICE|IS|JPEG|LIVE|NO|NOT|SAY|SHA|TIFF)\b)(?:\d|\p{L}|(?:\p{Lu}{2,4}|[^AEIOUYÁÉÍÓÚ\P{Lu}]+)(?:'?s)?)$/u;

function spokenIn(piece: string, { word, two, three }: Speech): number {
  if (piece.startsWith("{")) return 2;
  if (!spelled.test(piece)) return Math.max(1, word(piece.toLowerCase()));
  const names = (piece.match(/\p{Lu}/gu)?.join("") ?? piece).toLowerCase();
  return names.length + times(two, names) + 2 * times(three, names);
}

/**
 * Syllables in a word of the language the formula is for: at least 1 for anything with a letter, 0 where nothing is said.
 * Digits are said one by one. So are letters: one alone, up to four capitals (NYPD, ID), capitals without a vowel. A
 * `{placeholder}` has two, whatever it will be filled with. The parts of a word with a hyphen are added up.
 */
export function syllables(word: string, formula: Formula): number {
  const said = word.normalize("NFC").replaceAll("’", "'").match(pieces) ?? [];
  return said.reduce((sum, piece) => sum + spokenIn(piece, speech[formula]), 0);
}

/**
 * Flesch-Kincaid grade (US school grade, lower is easier; may be negative), or the Fernández Huerta index (higher is
 * easier). Where there is no word: grade 0, index 100. A sentence ends with a line, and with . ! ? or … before a space or
 * the end: an abbreviation with a period ends one too, a colon does not. Spaces, slashes and dashes part words; a hyphen
 * does not, and a `{placeholder}` is one word.
 */
export function readingOf(text: string, formula: Formula): number {
  const sentences = text
    .split(/[.!?…]+["'”’»)\]]*(?=\s|$)|[\n\r]+/)
    .map((sentence) => sentence.split(/[\s/–—]+|--+/).map((word) => syllables(word, formula)))
    .map((counts) => counts.filter((count) => count > 0))
    .filter((counts) => counts.length > 0);
  const words = sentences.flat();
  if (words.length === 0) return formula === "fleschKincaid" ? 0 : 100;
  const perSentence = words.length / sentences.length;
  const perWord = words.reduce((sum, count) => sum + count, 0) / words.length;
  return formula === "fleschKincaid"
    ? 0.39 * perSentence + 11.8 * perWord - 15.59
    : 206.84 - 60 * perWord - 1.02 * perSentence;
}
