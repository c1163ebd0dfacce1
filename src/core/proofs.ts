import { type Parts, placeName, placesOf } from "./compile.ts";
import type { Fault } from "./fault.ts";
import { faults, overPlaces } from "./faults.ts";
import { shapeFaults } from "./faults-graph.ts";
import { entryFaults } from "./proofs-entry.ts";
import { callProofs, roleProofs, sourceProofs } from "./proofs-names.ts";
import { instrumentFaults, lookProofs, routeFaults } from "./proofs-papers.ts";
import { fieldProofs, recordProofs } from "./proofs-record.ts";
import { type PlaceView, type View, viewOf } from "./proofs-view.ts";
import { approvalFaults, longestToHolding, wayProofs } from "./proofs-ways.ts";
import { type Hardest, harder, hardest, listsOf, otherWordProofs, wordProofs } from "./proofs-words.ts";

// What a protocol must prove (section 6 of the design), once its files fit together: over every answer, in every setting
// and trait, as it is shown and with the steps that wait for counsel. Nothing is walked, so that a site's own protocol is
// checked while agents are there.

/** Everything that is not proven; none for a protocol that may be shown to people. Call it when `faults` finds nothing. */
export function proofs(parts: Parts): readonly Fault[] {
  const lists = listsOf(parts.language);
  const views = viewsOf(parts);
  const whole = [...views.values()].map((view) => view.whole);
  const varied = variedOf(views);
  return [
    ...entryFaults(parts, varied),
    ...sourceProofs(parts),
    ...roleProofs(parts, whole),
    ...lookProofs(parts),
    ...instrumentFaults(parts),
    ...fieldProofs(parts, varied),
    ...overPlaces(parts.graph, (place) => {
      const view = views.get(placeName(place));
      return view === undefined
        ? []
        : [...callProofs(view), ...(view.hasWays ? graphProofs(view) : []), ...wordProofs(view, lists)];
    }),
    ...otherWordProofs(parts, lists),
  ];
}

/**
 * Everything that is wrong with a protocol, the most telling first: the names that are not there; else the ways that went
 * astray, and what comes of it; else what is not proven. None for a protocol that may be shown to people.
 */
export function everyFault(parts: Parts): readonly Fault[] {
  const found = faults(parts);
  if (found.length === 0) return proofs(parts);
  if (shapeFaults(parts).length > 0) return found;
  return [...entryFaults(parts, variedOf(viewsOf(parts))), ...found];
}

/** The views of the places that have ways of their own. */
function variedOf(views: ReadonlyMap<string, PlaceView>): readonly View[] {
  return [...views.values()].filter(({ hasWays }) => hasWays).map(({ whole }) => whole);
}

function viewsOf(parts: Parts): ReadonlyMap<string, PlaceView> {
  return new Map(
    placesOf(parts.graph).flatMap((place) => {
      const view = viewOf(parts, place);
      return view === undefined ? [] : [[placeName(place), view] as const];
    }),
  );
}

function graphProofs({ whole, shown }: PlaceView): readonly Fault[] {
  return [
    ...[whole, ...(shown ? [shown] : [])].flatMap((view) => [...wayProofs(view), ...approvalFaults(view)]),
    ...routeFaults(whole),
    ...recordProofs(whole),
  ];
}

/** What `threshold protocol lint` says of a protocol that has no fault. */
export type Figures = {
  readonly settings: number;
  readonly steps: number;
  /** Steps that are written and not shown. */
  readonly off: number;
  /** Labels that can be chosen on a step's screen, each counted once for all places. */
  readonly answers: number;
  /** Distinct shortest walks, one through each way out of each step, in each setting: as many as there are such ways. */
  readonly walks: number;
  readonly sources: number;
  /** The screen at which the latest first call that holds the desk stands, in any place; Infinity when a way has none. */
  readonly longestToHolding: number;
  /** What is hardest to read in any place, and how hard: a grade, or an index of ease. */
  readonly hardestSay: Hardest;
  readonly hardestScreen: Hardest;
};

/** Figures of a protocol without faults, over every place, with the steps that wait for counsel. */
export function figuresOf(parts: Parts): Figures {
  const { graph, language } = parts;
  const lists = listsOf(language);
  const views = [...viewsOf(parts).values()].map(({ whole }) => whole);
  const alone = views.filter(({ name }) => graph.settings.some((setting) => setting === name));
  const worst = views.map((view) => hardest(view, lists));
  const labels = views.flatMap(({ steps, texts }) =>
    steps.flatMap(({ id }) => texts(id).flatMap(({ kind, path }) => (kind === "answer" ? `${id}.${path.at(-1)}` : []))),
  );
  return {
    settings: graph.settings.length,
    steps: Object.keys(graph.steps).length,
    off: graph.off?.length ?? 0,
    answers: new Set(labels).size,
    walks: alone.reduce((sum, { ways }) => sum + ways.length, 0),
    sources: Object.keys(graph.sources).length,
    longestToHolding: Math.max(...views.map(({ protocol }) => longestToHolding(protocol, graph))),
    hardestSay: worst.map(({ say }) => say).reduce((a, b) => harder(language, a, b)),
    hardestScreen: worst.map(({ screen }) => screen).reduce((a, b) => harder(language, a, b)),
  };
}
