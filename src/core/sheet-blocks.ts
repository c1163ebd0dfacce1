/** What a report is made of: plain data, laid out by `shell/pdf.ts` and printed by `shell/terminal.ts`. */
export type Block =
  | { readonly kind: "heading"; readonly level: 1 | 2; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string; readonly tone?: "strong" | "quiet" }
  /** Label and value pairs, one line each. */
  | { readonly kind: "facts"; readonly rows: readonly { readonly label: string; readonly value: string }[] }
  /** `widths` are shares of the page's width, one per column. The header row repeats on each page. */
  | {
      readonly kind: "table";
      /** Left out where a heading stands over it. */
      readonly caption?: string;
      readonly head: readonly string[];
      readonly widths: readonly number[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: "list"; readonly items: readonly string[] }
  /** A picture kept with the record, named by the SHA-256 of its bytes. */
  | {
      readonly kind: "picture";
      readonly sha256: string;
      readonly alt: string;
      readonly caption: string /** What is printed when the picture is not there or cannot be read. */;
      readonly lost: string;
    };

export type Sheet = {
  readonly title: string;
  /** BCP 47, for example `en-US`. */
  readonly language: string;
  /** Set in large pale letters across every page and said in every header: DRILL, EXAMPLE. */
  readonly mark?: string;
  /** One line at the top of every page: incident number and site. */
  readonly header: string;
  /** One line at the foot of every page, before "page x of y". */
  readonly footer: string;
  /** How the page number is worded, with {page} and {pages}. */
  readonly pageWords: string;
  /** ISO 8601 with offset. Becomes the file's own date, so the same sheet gives the same bytes. */
  readonly made: string;
  readonly blocks: readonly Block[];
};
