/** The branches a paper can lead to. Search warrants, arrest warrants and other court papers never share one. */
export const routes = ["search", "arrest", "order", "subpoena", "agency", "other", "defective", "unclear"] as const;
export type Route = (typeof routes)[number];
