import type { Site } from "./site.ts";

// What of a site is shown. Apart from the schema, so that the first screen need not load it.

/** The name a screen, a file or a page may show: the code for a confidential site, else the name. */
export function siteTitle(site: Site): string | undefined {
  return site.confidential ? site.code : (site.name ?? site.code);
}

/** What fills the placeholders of a protocol's words from the site: only what the site knows. */
export function siteValues(site: Site): Record<string, string> {
  const values: Record<string, string> = {};
  const title = siteTitle(site);
  if (title) values["site"] = title;
  if (site.waitingPlace) values["waitingPlace"] = site.waitingPlace;
  const closed = site.areas?.find((area) => !area.public);
  if (closed) values["area"] = closed.name;
  for (const [role, contact] of Object.entries(site.contacts ?? {})) {
    values[`contact.${role}`] = contact.phone ? `${contact.who}: ${contact.phone}` : contact.who;
  }
  return values;
}
