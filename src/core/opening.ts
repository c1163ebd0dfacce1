import type { Approval, Opened } from "./entry.ts";
import type { Protocol } from "./protocol.ts";
import type { Site } from "./site.ts";
import { siteTitle, siteValues } from "./site-words.ts";

/** What an encounter is opened with, besides its protocol. `hash`: of the protocol as it is kept with the encounter. */
export type Begun = Pick<Opened, "number" | "isDrill" | "isExample" | "openedBy" | "happenedAt"> & {
  readonly site: Site;
  readonly hash: string;
  readonly approval?: Approval;
};

/** The first sentence of every journal: whose desk it is, and what fills the words, so that they can be shown again as they were. */
export function opening(
  protocol: Protocol,
  { site, hash, approval = { state: "unapproved" }, ...begun }: Begun,
): Opened {
  const title = siteTitle(site);
  const values = siteValues(site);
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
    contacts: protocol.roles.map(({ id: role, label }) => ({
      role,
      label,
      words: values[`contact.${role}`] ?? protocol.values[`contact.${role}`] ?? label,
    })),
    protocol: { id, version, title: protocol.title, approval, hash },
    step: protocol.start,
  };
}
