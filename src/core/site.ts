import * as z from "zod";
import { settings, traits } from "./settings.ts";

// The site: the place with the desk, as `site.yaml` describes it. Everything is optional, so that the
// program works before anyone has set it up; what is missing is shown as a placeholder that says so.

const short = z.string().trim().min(1).max(120);

const Contact = z.strictObject({
  /** A role or an office, for example "Shift supervisor". A personal name is not needed. */
  who: short,
  /** A number of the office, never a personal one. */
  phone: short.optional(),
});
export type Contact = z.infer<typeof Contact>;

/** What is said aloud of a place, in the words of one language. */
const Spoken = z.strictObject({ past: short.optional(), waitingPlace: short.optional(), area: short.optional() });

const language = z.string().regex(/^[a-z]{2}$/, "two small letters such as en");

export const Site = z.strictObject({
  /** A short code without spaces; a confidential site appears only by it. */
  code: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,23}$/, "letters, digits and dashes, 24 at most")
    .optional(),
  name: short.optional(),
  /** True for a place whose address or name must stay secret, such as a domestic-violence shelter. */
  confidential: z.boolean().optional(),
  setting: z.enum(settings).optional(),
  /** What the place is besides; a domestic-violence program is confidential by it. */
  traits: z.array(z.enum(traits)).optional(),
  agency: short.optional(),
  address: short.optional(),
  /** An IANA name such as America/New_York; the machine's own when it is missing. */
  timeZone: short.optional(),
  /** The language of the screens; English when it is missing. */
  language: language.optional(),
  /** Where agents are asked to wait, as it is said aloud: "in the lobby". A public area. */
  waitingPlace: short.optional(),
  /** Where agents are not let past, as it is said aloud: "past this door". */
  past: short.optional(),
  /** The same words as they are said in other languages, by language. */
  spoken: z.record(language, Spoken).optional(),
  /** The desk or entrance this computer stands at. */
  desk: short.optional(),
  areas: z.array(z.strictObject({ name: short, public: z.boolean() })).optional(),
  contacts: z.record(z.string().regex(/^[a-z][A-Za-z]*$/), Contact).optional(),
  protocol: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .optional(),
  /** A folder with the site's own protocols, laid out as `templates/` is. */
  templates: short.optional(),
});
export type Site = z.infer<typeof Site>;
