import type { Parts } from "./compile.ts";
import type { Fault } from "./fault.ts";
import { reachable } from "./ways.ts";
import {
  type Finding,
  findings,
  type Instrument,
  routeOf,
  type Signer,
  signers,
  type Verdict,
  verdictOf,
} from "./instrument.ts";
import { quote } from "./names.ts";
import type { Step } from "./protocol.ts";
import { onward, type View, wayName } from "./proofs-view.ts";
import { type Route, routes } from "./routes.ts";

// Papers: the branches of a court's papers stay apart, nothing but a look leads to them, and no signature but a judge's
// makes a court's paper complete.

/** The branches of a court's papers, which never share a screen. */
const court: readonly Route[] = ["search", "arrest", "order"];

/** Where each route of a look leads, in one place. */
export function routeFaults(view: View): readonly Fault[] {
  const looks = view.steps.filter((step) => step.kind === "examine");
  const found: Fault[] = [];
  const owners = new Map<string, { readonly look: string; readonly route: Route }>();
  for (const look of looks) {
    for (const route of routes) {
      const to = look.next[route];
      const owner = owners.get(to);
      if (owner === undefined) owners.set(to, { look: look.id, route });
      else if (owner.route !== route)
        found.push({
          part: "graph",
          path: ["steps", look.id, "next", route],
          message: `route "${route}" of step "${look.id}" leads to "${to}", where route "${owner.route}" of step "${owner.look}" leads`,
          hint: "give each kind of paper a step of its own",
        });
    }
  }
  for (const way of view.ways) {
    const owner = owners.get(way.to);
    if (owner === undefined || view.protocol.steps[way.step]?.kind === "examine") continue;
    if (court.includes(owner.route) || owner.route === "defective")
      found.push({
        part: "graph",
        path: way.path,
        message: `${wayName(way)} leads to "${way.to}", the branch of route "${owner.route}", without a look at the paper`,
        hint: `lead to "${owner.look}"`,
      });
  }
  return [...found, ...looks.flatMap((look) => mixed(view, look))];
}

/** Steps that two court branches come to before any call, though nothing else does: one of the two went astray. */
function mixed(view: View, look: Step & { readonly kind: "examine" }): readonly Fault[] {
  const heads = new Set(court.map((route) => look.next[route]));
  const common = reachable(view.protocol, [...view.starts, ...view.keys], heads);
  const own = court.map((route) => [route, beforeCall(view, look.next[route], common)] as const);
  return own.flatMap(([route, steps], i) =>
    own.slice(i + 1).flatMap(([other, others]) =>
      [...steps]
        .filter((id) => others.has(id))
        .map((id) => ({
          part: "graph" as const,
          path: ["steps", id],
          message: `the branches of routes "${route}" and "${other}" of step "${look.id}" share step "${id}"`,
          hint: `lead to it from one of "${look.next[route]}" and "${look.next[other]}" alone`,
        })),
    ),
  );
}

function beforeCall(view: View, from: string, common: ReadonlySet<string>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id) || common.has(id) || view.protocol.steps[id]?.kind === "call") continue;
    reached.add(id);
    open.push(...onward(view, id));
  }
  return reached;
}

/** What each kind of paper comes to, whoever signed it and whatever is on it. `verdict` and `route` are the program's own. */
export function instrumentFaults(
  { instruments }: Pick<Parts, "instruments">,
  verdict = verdictOf,
  route = routeOf,
): readonly Fault[] {
  return Object.entries(instruments).flatMap(([id, kind]) => kindFaults(id, kind, verdict, route));
}

function kindFaults(
  id: string,
  kind: Instrument,
  verdictOf: (kind: Instrument, signer: Signer, found: readonly Finding[]) => Verdict,
  routeOf: (kind: Instrument, verdict: Verdict) => Route,
): readonly Fault[] {
  const found: Fault[] = [];
  const at = (key: string, message: string, hint: string): void => {
    if (!found.some((fault) => fault.message === message))
      found.push({ part: "instruments", path: [id, key], message, hint });
  };
  if (court.includes(kind.route) && kind.family !== "court")
    at(
      "route",
      `instrument "${id}" is no court's paper and leads to route "${kind.route}"`,
      `make it family: court, or lead it elsewhere than to ${quote(court)}`,
    );
  if (court.includes(kind.route) && kind.findings.length === 0)
    at(
      "findings",
      `instrument "${id}" leads to route "${kind.route}" by the signature alone`,
      "say what is looked for on it, all its pages at least",
    );
  const may: readonly Signer[] = kind.route === "search" ? ["judge"] : ["judge", "clerk"];
  for (const signer of kind.family === "court" ? kind.signers : [])
    if (!may.includes(signer))
      at("signers", `instrument "${id}" of a court foresees the signature of "${signer}"`, `${quote(may)} at most`);
  for (const signer of signers) {
    for (const seen of findings) {
      const verdict = verdictOf(kind, signer, kind.findings.length > 0 ? [seen] : []);
      const route = routeOf(kind, verdict);
      const saw = `instrument "${id}" signed by "${signer}"`;
      if ((signer === "unsure" || signer === "clerk") && (verdict === "complete" || verdict === "notJudicial"))
        at("signers", `${saw} has the verdict "${verdict}"`, `"unclear", which goes to counsel`);
      if (kind.family === "court" && signer !== "judge" && verdict === "complete")
        at("signers", `${saw} has the verdict "complete"`, "only a judge's signature makes a court's paper complete");
      if (kind.family !== "court" && court.includes(route))
        at("route", `${saw} leads to route "${route}"`, "only a court's paper may lead there");
      if (court.includes(route) && hasDoubt(signer, seen, kind))
        at("findings", `${saw} leads to route "${route}" in doubt`, `"unclear" or "defective"`);
    }
  }
  return found;
}

function hasDoubt(signer: Signer, seen: Finding, kind: Instrument): boolean {
  return signer !== "judge" || (kind.findings.length > 0 && seen !== "yes");
}

/** Every question about a paper can be come to, and so can every kind of paper. */
export function lookProofs({ look, instruments }: Parts): readonly Fault[] {
  const reached = new Set<string>();
  const kinds = new Set<string>();
  const open = [look.start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    for (const to of Object.values(look.questions[id] ?? {})) {
      if ("next" in to) open.push(to.next);
      else kinds.add(to.instrument);
    }
  }
  return [
    ...Object.keys(look.questions)
      .filter((id) => !reached.has(id))
      .map((id) => ({
        part: "look" as const,
        path: ["questions", id],
        message: `no answer leads to question "${id}"`,
        hint: "let an answer lead to it, or take it out",
      })),
    ...Object.keys(instruments)
      .filter((id) => !kinds.has(id))
      .map((id) => ({
        part: "instruments" as const,
        path: [id],
        message: `no question leads to instrument "${id}"`,
        hint: "let an answer in look.yaml lead to it, or take it out",
      })),
  ];
}
