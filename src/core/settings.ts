/** The kinds of place that a protocol is made for. */
export const settings = ["shelter", "school", "hospital"] as const;
export type Setting = (typeof settings)[number];

/**
 * What a place can be besides, which changes some of the words. contracted: run for the City by contract. private: not the
 * City's own. domesticViolence and youth: programs with confidentiality rules of their own.
 */
export const traits = ["contracted", "private", "domesticViolence", "youth"] as const;
export type Trait = (typeof traits)[number];
