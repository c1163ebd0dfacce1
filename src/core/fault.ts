/** Where a fault is: the file by its part, and the keys that lead to it. */
export type Fault = {
  readonly part: "graph" | "words" | "fields" | "look" | "instruments" | "record";
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What would be right. */
  readonly hint: string;
};

/** Choices on one screen, besides the one for everything else. */
export const CHOICES = 4;
