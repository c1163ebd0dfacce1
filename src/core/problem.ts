// The one expected error. Anything else that is thrown is a bug of ours.

/** What kind of thing went wrong; `cli.ts` holds the one table from these to exit codes. */
export type ProblemCode = "usage" | "template" | "journal" | "registry" | "report" | "paper" | "key" | "delivery";

/**
 * Something a person can put right. `message` says what is wrong and where, `hint` what to do about it.
 * Both are lower case and end without a period; they are printed on one line each.
 */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly hint: string | undefined;

  constructor(code: ProblemCode, message: string, hint?: string) {
    super(message);
    this.name = "Problem";
    this.code = code;
    this.hint = hint;
  }
}
