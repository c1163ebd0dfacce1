/** A value as one line of JSON that cannot steer a terminal: JSON itself lets control characters of eight bits stand. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}
