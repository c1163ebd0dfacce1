/** The kinds of place that a protocol is made for. */
export const settings = ["shelter", "school", "hospital"] as const;
export type Setting = (typeof settings)[number];
