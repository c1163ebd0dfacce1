import type { Context } from "../context.ts";
import { fold } from "../core/incident.ts";
import { Problem } from "../core/problem.ts";
import { findEncounter } from "../shell/encounters.ts";
import { type ReadJournal, readJournal } from "../shell/journal.ts";
import { shelved } from "../shell/library.ts";
import type { Reported } from "../shell/report.ts";

/**
 * A record of this computer as a report is made from it, open or closed; what is amiss with its journal is said.
 * @throws Problem when there is no such record, or nothing in it can be read.
 */
export async function openRecord(
  context: Context,
  number: string,
  withPictures: boolean,
): Promise<{ readonly read: ReadJournal; readonly reported: Reported }> {
  const found = findEncounter(context.data, number);
  const read = await readJournal(found.folder);
  const { entries, protocolBytes, head, fault } = read;
  const incident = fold(entries);
  if (incident === undefined)
    throw new Problem(
      "journal",
      `the journal of ${found.number} holds nothing that can be read`,
      `look at it: ${context.command(`incident verify ${found.number}`)}`,
    );
  if (fault) context.terminal.warn(fault.what);
  const { protocol, hash: protocolHash } = await shelved(protocolBytes);
  const at = context.clock.now().at;
  const imprint = { at, head, protocolHash, withPictures, ...(fault && { fault: fault.what }) };
  return { read, reported: { incident, protocol, imprint, folder: found.folder } };
}
