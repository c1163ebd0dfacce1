import * as z from "zod";
import { quote } from "./names.ts";

// A field: one thing the record should hold. Refusal is data: "refused" or "hid it" is as good an answer as a name.
// There is no field for status, citizenship, nationality, birthplace, language, religion, race, or whether somebody is
// a client, pupil or patient; `test/house.test.ts` and the protocol's faults keep it so.

/** What can stand in the place of a value. The order is the order on screen. */
export const unknowns = ["refused", "hid", "couldNotSee", "notAsked", "notKnown", "none"] as const;
export type Unknown = (typeof unknowns)[number];

export const Field = z.strictObject({
  per: z.enum(["incident", "agent", "paper"]),
  /** `quote` is other people's words as they said them; `count` a whole number; `time` HH:MM; `file` a picture or scan. */
  kind: z.enum(["text", "quote", "count", "time", "choice", "file"]),
  level: z.enum(["must", "should"]),
  unknowns: z.array(z.enum(unknowns)).optional(),
  choices: z.array(z.string()).min(2).max(6).optional(),
  /** Asked only when the other field holds one of these values. */
  when: z.strictObject({ field: z.string(), is: z.array(z.string()).min(1) }).optional(),
  /** `report`: printed in every report. `withheld`: kept in the record, left out of the report (it may name or locate someone). */
  prints: z.enum(["report", "withheld"]),
  section: z.enum(["visit", "agents", "papers", "asked", "entry", "force", "people", "after", "author"]),
});
export type Field = z.infer<typeof Field>;

export const FieldWords = z.strictObject({
  /** How the record and the report name it. */
  label: z.string().min(1),
  /** How the guide asks for it. */
  ask: z.string().min(1),
  choices: z.record(z.string(), z.string().min(1)).optional(),
});
export type FieldWords = z.infer<typeof FieldWords>;

/** What was written down for a field: words, or the reason there are none. */
export const FieldValue = z.union([z.string().max(10_000), z.strictObject({ unknown: z.enum(unknowns) })]);
export type FieldValue = z.infer<typeof FieldValue>;

/** Why `value` cannot stand in `field`, as a sentence without a period; undefined when it can. */
export function misfit(field: Field, value: FieldValue): string | undefined {
  if (typeof value !== "string") {
    return field.unknowns?.includes(value.unknown)
      ? undefined
      : `"${value.unknown}" is not an answer here; use ${quote(field.unknowns ?? [])}`;
  }
  if (value.trim() === "") return "nothing was written";
  if (field.kind === "count" && !/^\d{1,4}$/.test(value)) return `"${value}" is not a whole number`;
  if (field.kind === "time" && !/^([01]?\d|2[0-3]):[0-5]\d$/.test(value))
    return `"${value}" is not a time such as 14:05`;
  if (field.kind === "choice" && !field.choices?.includes(value))
    return `"${value}" is not one of ${quote(field.choices ?? [])}`;
  return undefined;
}
