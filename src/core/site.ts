import * as z from "zod";
import { settings } from "./settings.ts";

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
  agency: short.optional(),
  address: short.optional(),
  /** An IANA name such as America/New_York; the machine's own when it is missing. */
  timeZone: short.optional(),
  language: z.enum(["en"]).optional(),
  /** Where agents are asked to wait, as it is said aloud: "in the lobby". A public area. */
  waitingPlace: short.optional(),
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
