import * as z from "zod";
import { settings } from "./settings.ts";

// Who approved which words. An approval is of content, by its hash, so that a word that changes afterwards is not
// approved with the rest. It counts for one setting and one language, from its day on, until its content changes.

const text = z.string().regex(/\S/, "must say something");
const day = z.iso.date("must be a day such as 2026-11-23");

export const Approval = z
  .strictObject({
    protocol: z.string().regex(/^[a-z][a-z0-9-]*$/, "must be the id of a protocol, such as nyc"),
    version: z.string().regex(/^\d+\.\d+\.\d+$/, "must be a version such as 0.1.0"),
    setting: z.enum(settings),
    language: z.string().regex(/^[a-z]{2}$/, "must be two small letters such as en"),
    /** SHA-256 of the compiled protocol, hex. Capitals are taken too: it may have been typed from paper. */
    hash: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, "must be 64 letters and digits of a SHA-256")
      .toLowerCase(),
    /** A role and its office, as in "General Counsel, DSS"; no name is needed. */
    by: text,
    on: day,
    /** The last day on which it counts without being read again. */
    again: day,
  })
  .refine(({ on, again }) => again >= on, { path: ["again"], message: 'must not be before "on"' });
export type Approval = z.infer<typeof Approval>;

/** `approvals.json`, in a data folder or a folder of templates. */
export const Approvals = z.strictObject({ v: z.literal(1), approvals: z.array(Approval) });
export type Approvals = z.infer<typeof Approvals>;

type Given = Pick<Approval, "by" | "on" | "again">;

/**
 * What an approval is worth on a day. overdue: the day to read it again has passed. changed: this protocol was approved
 * for this setting and language, with other content.
 */
export type Standing =
  | ({ readonly state: "approved" | "overdue" | "changed" } & Readonly<Given>)
  | { readonly state: "unapproved" };

/**
 * Which approval counts on `day`, YYYY-MM-DD. The newest of that very hash does, the later in the list where two are of
 * one day, even when an older one had to be read again later. One that is dated after `day` does not count yet.
 */
export function standingOf(
  approvals: readonly Approval[],
  of: Pick<Approval, "protocol" | "setting" | "language" | "hash">,
  day: string,
): Standing {
  const hash = of.hash.toLowerCase();
  const given = approvals
    .filter(
      (each) =>
        each.protocol === of.protocol && each.setting === of.setting && each.language === of.language && each.on <= day,
    )
    .toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
  const same = given.findLast((each) => each.hash.toLowerCase() === hash);
  if (same !== undefined) return { state: same.again < day ? "overdue" : "approved", ...givenBy(same) };
  const other = given.at(-1);
  return other === undefined ? { state: "unapproved" } : { state: "changed", ...givenBy(other) };
}

function givenBy({ by, on, again }: Approval): Given {
  return { by, on, again };
}
