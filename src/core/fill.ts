/** Fills `{name}` from the first of `sources` that knows it; an unknown name stays as it stands. */
export function fill(words: string, ...sources: readonly Readonly<Record<string, string>>[]): string {
  return words.replace(
    /\{([A-Za-z0-9.]+)\}/g,
    (whole, name: string) => sources.find((values) => values[name] !== undefined)?.[name] ?? whole,
  );
}
