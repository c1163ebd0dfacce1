// Names in sentences about faults.

/** `"a", "b"`; "a value" when there are none. */
export function quote(words: readonly string[]): string {
  return words.length === 0 ? "a value" : words.map((word) => `"${word}"`).join(", ");
}

/** The name most like `word`, for a hint. */
export function nearest(word: string, names: readonly string[]): string {
  const distance = (a: string, b: string): number => {
    let row = Array.from({ length: b.length + 1 }, (_, i) => i);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++)
        next.push(
          Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
        );
      row = next;
    }
    return row[b.length] ?? 0;
  };
  return names.toSorted((a, b) => distance(word, a) - distance(word, b))[0] ?? "";
}
