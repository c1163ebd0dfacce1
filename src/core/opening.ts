import type { Approval, Opened } from "./entry.ts";
import { Problem } from "./problem.ts";
import { type Protocol, RECORD_LANGUAGE } from "./protocol.ts";
import type { Site } from "./site.ts";
import { siteTitle, siteValues } from "./site-words.ts";

/** What an encounter is opened with, besides its protocol. `hash`: of the protocol as it is kept with the encounter. */
export type Begun = Pick<Opened, "number" | "isDrill" | "isExample" | "openedBy" | "happenedAt"> & {
  readonly site: Site;
  readonly hash: string;
  readonly approval?: Approval;
  /** Where it begins: with agents at the desk, unless told, or with a request by phone, e-mail or letter. */
  readonly start?: "here" | "request";
};

/**
 * The first sentence of every journal: whose desk it is, and what fills the words, so that they can be shown again as
 * they were. @throws Problem `usage` for a request where the protocol has no start for one.
 */
export function opening(
  protocol: Protocol,
  { site, hash, approval = { state: "unapproved" }, start = "here", ...begun }: Begun,
): Opened {
  const title = siteTitle(site);
  const values = siteValues(site, RECORD_LANGUAGE);
  const { id, version } = protocol;
  return {
    type: "opened",
    ...begun,
    setting: protocol.setting,
    language: protocol.language,
    site: {
      ...(title !== undefined && { title }),
      ...(site.code !== undefined && { code: site.code }),
      ...(site.agency !== undefined && { agency: site.agency }),
      ...(site.desk !== undefined && { desk: site.desk }),
    },
    values,
    ...(protocol.shown && { shownValues: siteValues(site, protocol.language) }),
    contacts: protocol.roles.map(({ id: role, label }) => ({
      role,
      label,
      words: values[`contact.${role}`] ?? protocol.values[`contact.${role}`] ?? label,
    })),
    protocol: { id, version, title: protocol.title, approval, hash },
    step: start === "here" ? protocol.start : requestOf(protocol),
  };
}

function requestOf({ id, version, request }: Protocol): string {
  if (request !== undefined) return request;
  throw new Problem(
    "usage",
    `protocol ${id} ${version} has no start for a request by phone, e-mail or letter`,
    "open it as a visit, and write the request down",
  );
}
