import type { Arrow, Box } from "../core/chart.ts";
import { band, boxOf, entryOf, gap, isTabbed, type Part, type Placed, type Plan, type Point } from "./chart-box.ts";

// The live phase of a chart: steps in columns, one further to the right with each answer, in an order in which arrows
// cross little, at heights at which they are short. What is only come to by a flag or a key begins a tree of its own.

/** How many columns an arrow may go. */
const furthest = 2;
/** Sweeps to and fro over the columns. */
const rounds = 24;

/** What stands in a column: a box, or the lane of an arrow that goes past. */
type Item = { readonly made?: Placed; readonly height: number; readonly column: number; y: number };
/** From an item to one in the next column, each at its own height. */
type Link = { readonly from: Item; readonly out: number; readonly to: Item; readonly into: number };

/** The steps of the live phase within `wide` and `tall`, as evenly as leaves most arrows; nothing when they do not fit. */
export function layLive(plan: Plan, wide: number, tall: number): Part | undefined {
  const boxes = plan.chart.boxes.filter(({ phase }) => phase === "live");
  const room = tall - band.heading - band.inside;
  const most = Math.floor((wide - 2 * band.inside + gap.column) / (plan.width + gap.column));
  if (most < 1) return undefined;
  const trees = treesOf(plan, boxes);
  const starts = new Set(boxes.filter(({ isStart }) => isStart).map(({ id }) => id));
  const even = trees.flat().reduce((sum, { height }) => sum + height, 0) / most;
  let best: Net | undefined;
  for (let cap = even; cap <= room; cap += 2) {
    const columns = columnsOf(trees, starts, cap, most);
    const net = columns && netOf(plan, boxes, columns);
    if (net === undefined || net.columns.some((items) => stackOf(items) > room)) continue;
    if (best === undefined || net.ways.length > best.ways.length) best = net;
  }
  if (best === undefined) return undefined;
  order(best);
  settle(best, room);
  return drawnLive(plan, best, wide, tall, most);
}

/** Steps that follow one another from a step that no arrow leads to, in the order of their numbers. */
type Tree = readonly { readonly id: string; readonly parent?: string; readonly height: number }[];

/** Every step in the tree of the one that first leads to it. A start, a key and what very many lead to begin their own. */
function treesOf(plan: Plan, boxes: readonly Box[]): readonly Tree[] {
  const parents = new Map<string, string | undefined>();
  for (const box of boxes) {
    const isRoot = isTabbed(box) || plan.hubs.has(box.id);
    const first = plan.chart.arrows.find(({ from, to }) => to === box.id && parents.has(from));
    parents.set(box.id, isRoot ? undefined : first?.from);
  }
  const trees: Tree[number][][] = [];
  const treeOf = new Map<string, Tree[number][]>();
  for (const box of boxes) {
    const parent = parents.get(box.id);
    const tree = treeOf.get(parent ?? "") ?? [];
    if (parent === undefined) trees.push(tree);
    const { height } = boxOf(plan, box, ({ from, to }) => parents.get(to) === from);
    tree.push({ id: box.id, height, ...(parent !== undefined && { parent }) });
    treeOf.set(box.id, tree);
  }
  return trees;
}

type Filled = { readonly columns: ReadonlyMap<string, number>; readonly heights: readonly number[] };

/**
 * Which column each step stands in: the first with room after its parent's. The trees of the starts begin on the left, each other
 * where the columns stay evenest. Nothing when that takes more than `most` columns.
 */
function columnsOf(
  trees: readonly Tree[],
  starts: ReadonlySet<string>,
  cap: number,
  most: number,
): ReadonlyMap<string, number> | undefined {
  let filled: Filled | undefined = { columns: new Map(), heights: [] };
  for (const tree of trees) {
    let best: Filled | undefined;
    for (let first = 0; first < (starts.has(tree[0]?.id ?? "") ? 1 : most); first++) {
      const tried = plant(filled, tree, first, cap, most);
      if (tried && (best === undefined || unevenness(tried) < unevenness(best) - 1e-6)) best = tried;
    }
    if (best === undefined) return undefined;
    filled = best;
  }
  return filled.columns;
}

const unevenness = ({ heights }: Filled): number => heights.reduce((sum, height) => sum + height * height, 0);

/** A step for which there is no room further on begins again where most room is, and is come to by flags. */
function emptiest(heights: readonly number[], most: number): number {
  const all = Array.from({ length: most }, (_, column) => heights[column] ?? 0);
  return all.indexOf(Math.min(...all));
}

function plant({ columns, heights }: Filled, tree: Tree, first: number, cap: number, most: number): Filled | undefined {
  const grown = new Map(columns);
  const filled = [...heights];
  for (const { id, parent, height } of tree) {
    let column = parent === undefined ? first : (grown.get(parent) ?? 0) + 1;
    while ((filled[column] ?? 0) > 0 && (filled[column] ?? 0) + height > cap) column++;
    if (column >= most) column = emptiest(filled, most);
    if ((filled[column] ?? 0) + height > cap) return undefined;
    for (let empty = filled.length; empty <= column; empty++) filled[empty] = 0;
    filled[column] = (filled[column] ?? 0) + height + gap.box;
    grown.set(id, column);
  }
  return { columns: grown, heights: filled };
}

type Way = { readonly way: Arrow; readonly items: readonly Item[] };
type Net = { readonly columns: readonly Item[][]; readonly links: readonly Link[]; readonly ways: readonly Way[] };

function netOf(plan: Plan, boxes: readonly Box[], columnOf: ReadonlyMap<string, number>): Net {
  const hasArrow = ({ from, to, isBack }: Arrow): boolean => {
    const [a, b] = [columnOf.get(from), columnOf.get(to)];
    if (a === undefined || b === undefined || isBack || plan.hubs.has(to)) return false;
    return b > a && b - a <= furthest;
  };
  const columns: Item[][] = Array.from({ length: Math.max(...columnOf.values()) + 1 }, () => []);
  const add = (column: number, height: number, made?: Placed): Item => {
    const item = { column, height, y: 0, ...(made && { made }) };
    columns[column]?.push(item);
    return item;
  };
  const items = new Map(
    boxes.map((box) => {
      const made = boxOf(plan, box, hasArrow);
      return [box.id, add(columnOf.get(box.id) ?? 0, made.height, made)];
    }),
  );
  const links: Link[] = [];
  const ways = [...items.values()].flatMap((from) =>
    (from.made?.rows ?? []).flatMap(({ way, at, flag }): readonly Way[] => {
      const to = items.get(way.to);
      if (flag !== undefined || to?.made === undefined) return [];
      const chain = [
        from,
        ...Array.from({ length: to.column - from.column - 1 }, (_, i) => add(from.column + i + 1, 0)),
        to,
      ];
      for (const [i, item] of chain.slice(1).entries())
        links.push({
          from: chain[i] ?? from,
          out: i === 0 ? at : 0,
          to: item,
          into: item === to ? entryOf(to.made) : 0,
        });
      return [{ way, items: chain }];
    }),
  );
  return { columns, links, ways };
}

const between = (above: Item, below: Item): number =>
  above.made === undefined || below.made === undefined ? gap.lane : gap.box;

/** How tall a column is at least. */
function stackOf(items: readonly Item[]): number {
  return items.reduce((sum, item, i) => sum + item.height + (i === 0 ? 0 : between(items[i - 1] ?? item, item)), 0);
}

/** Puts the columns in the order in which fewest arrows cross, of those that sweeps to and fro come to. */
function order({ columns, links }: Net): void {
  let best = columns.map((items) => [...items]);
  let fewest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const crossed = crossings(columns, links);
    if (crossed < fewest) [best, fewest] = [columns.map((items) => [...items]), crossed];
    const places = placesOf(columns);
    const isForth = round % 2 === 0;
    for (const items of isForth ? columns : columns.toReversed()) {
      const wanted = new Map(items.map((item) => [item, wantedPlace(item, links, places, isForth)]));
      items.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
      for (const [i, item] of items.entries()) places.set(item, i / items.length);
    }
  }
  for (const [i, items] of best.entries()) columns[i]?.splice(0, items.length, ...items);
}

/** Where an item is in its column, from 0 to 1. */
function placesOf(columns: readonly (readonly Item[])[]): Map<Item, number> {
  return new Map(columns.flatMap((items) => items.map((item, i) => [item, i / items.length] as const)));
}

const share = (offset: number, item: Item): number => (item.height === 0 ? 0 : (offset / item.height) * 0.01);

function wantedPlace(item: Item, links: readonly Link[], places: ReadonlyMap<Item, number>, isForth: boolean): number {
  const near = links
    .filter((link) => (isForth ? link.to : link.from) === item)
    .map((link) => (isForth ? (places.get(link.from) ?? 0) + share(link.out, link.from) : (places.get(link.to) ?? 0)));
  return near.length === 0 ? (places.get(item) ?? 0) : near.reduce((sum, place) => sum + place, 0) / near.length;
}

function crossings(columns: readonly (readonly Item[])[], links: readonly Link[]): number {
  const places = placesOf(columns);
  const ends = links.map(({ from, out, to }) => ({
    column: from.column,
    out: (places.get(from) ?? 0) + share(out, from),
    into: places.get(to) ?? 0,
  }));
  return ends.reduce(
    (sum, a, i) =>
      sum + ends.slice(i + 1).filter((b) => a.column === b.column && (a.out - b.out) * (a.into - b.into) < 0).length,
    0,
  );
}

/** Gives each item its height on the page: as near to what it is linked with as the order allows. */
function settle({ columns, links }: Net, room: number): void {
  for (const items of columns)
    stack(
      items,
      items.map(() => room / 2),
      room,
    );
  for (let round = 0; round < rounds * 2; round++) {
    const isForth = round % 2 === 0;
    for (const items of isForth ? columns : columns.toReversed()) {
      const wanted = items.map((item) => {
        const near = links.flatMap((link) =>
          link.to === item && isForth
            ? [link.from.y + link.out - link.into]
            : link.from === item && !isForth
              ? [link.to.y + link.into - link.out]
              : [],
        );
        return near.length === 0 ? item.y : near.reduce((sum, y) => sum + y, 0) / near.length;
      });
      stack(items, wanted, room);
    }
  }
}

/** The heights nearest to those wanted, one under the other without overlap: pooled where they push at each other. */
function stack(items: readonly Item[], wanted: readonly number[], room: number): void {
  const offsets: number[] = [];
  for (const [i, item] of items.entries()) {
    const above = items[i - 1];
    offsets.push(above === undefined ? 0 : (offsets[i - 1] ?? 0) + above.height + between(above, item));
  }
  const pools: { sum: number; count: number }[] = [];
  for (const [i, y] of wanted.entries()) {
    let pool = { sum: y - (offsets[i] ?? 0), count: 1 };
    for (let last = pools.at(-1); last && last.sum / last.count > pool.sum / pool.count; last = pools.at(-1)) {
      pools.pop();
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
    }
    pools.push(pool);
  }
  const most = room - stackOf(items);
  const starts = pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
  for (const [i, item] of items.entries()) item.y = Math.min(Math.max(starts[i] ?? 0, 0), most) + (offsets[i] ?? 0);
}

function drawnLive(plan: Plan, net: Net, wide: number, tall: number, most: number): Part {
  const used = Math.max(net.columns.length, 1);
  const spare = (wide - 2 * band.inside - used * plan.width) / Math.max(used - 1, 1);
  const stride = plan.width + Math.min(spare, most === used ? spare : gap.column * 2);
  const at = ({ column, y }: Item): Point => ({ x: band.inside + column * stride, y: band.heading + y });
  return {
    boxes: net.columns.flat().flatMap((item) => (item.made ? [{ ...item.made, ...at(item) }] : [])),
    areas: [{ phase: "live", x: 0, y: 0, width: wide, height: tall }],
    arrows: net.ways.map(({ way, items }) => ({
      way,
      isDown: false,
      through: items.flatMap((item, i): readonly Point[] => {
        const { x, y } = at(item);
        const right = x + plan.width;
        if (i === 0) return [{ x: right, y: y + (item.made?.rows.find((row) => row.way === way)?.at ?? 0) }];
        if (item.made !== undefined) return [{ x, y: y + entryOf(item.made) }];
        return [
          { x, y },
          { x: right, y },
        ];
      }),
    })),
  };
}
