import type { Site } from "./site.ts";

// What of a site is shown. Apart from the schema, so that the first screen need not load it.

/** The protocol of every site that names none. */
export const FIRST_PROTOCOL = "nyc";

/** The id of the protocol that a site uses. */
export function protocolOf({ protocol = FIRST_PROTOCOL }: Site): string {
  return protocol;
}

/** Whether the name and address stay secret: as the site says, and for every domestic-violence program. */
export function isConfidential({ confidential, traits }: Site): boolean {
  return confidential === true || traits?.includes("domesticViolence") === true;
}

/** The name a screen, a file or a page may show: the code for a confidential site, else the name. */
export function siteTitle(site: Site): string | undefined {
  return isConfidential(site) ? site.code : (site.name ?? site.code);
}

/**
 * What fills the placeholders of a protocol's words from the site: only what the site knows. What is said aloud comes in
 * `language` where the site has it so; else in the site's own words, which are right before they are elegant.
 */
export function siteValues(site: Site, language?: string): Record<string, string> {
  const title = siteTitle(site);
  const closed = (site.areas ?? []).filter((area) => !area.public).map(({ name }) => name);
  const own = { waitingPlace: site.waitingPlace, past: site.past, area: closed.join(", ") };
  const spoken = language === undefined ? undefined : site.spoken?.[language];
  const contacts = Object.entries(site.contacts ?? {}).map(
    ([role, { who, phone }]) => [`contact.${role}`, phone ? `${who}: ${phone}` : who] as const,
  );
  const all: readonly (readonly [string, string | undefined])[] = [
    ...Object.entries({ site: title, ...own, ...spoken }),
    ...contacts,
  ];
  return Object.fromEntries(all.flatMap(([name, words]) => (words ? [[name, words]] : [])));
}
