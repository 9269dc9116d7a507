/** All sheets of a plan, inputs first. */
import { call, max, min, minus, over, percent, sum, times, when } from "./expression.ts";
import type { Expression } from "./expression.ts";
import { of } from "./cells.ts";
import { INPUT_TABLE } from "./input-table.ts";
import { INPUT_NAMES, KIND_FIELD_NAMES, KIND_FIELDS, ROUTE_FIELD_NAMES, ROUTE_FIELDS } from "./inputs.ts";
import type { Input, KindInputs, PlanInputs } from "./inputs.ts";
import { OUTPUT_NAMES, outputs } from "./outputs.ts";
import type { Column, Row, Sheet } from "./sheets.ts";
import { stopsSheet } from "./stops-sheet.ts";

/** `ln(0.95 / 0.05)`: how far the p95 of a log-logistic is from its middle, in shapes. */
const P95_ODDS = Math.log(19);
const LEAST_TAIL = 0.01;

export function planSheets(inputs: PlanInputs): readonly Sheet[] {
  return [inputsSheet(inputs), kindsSheet(inputs), routesSheet(inputs), stopsSheet(inputs), outputsSheet(inputs)];
}

function inputsSheet({ general }: PlanInputs): Sheet {
  const columns: readonly Column[] = [
    text("name", "Name"),
    { key: "value", title: "Value", kind: "input" },
    text("unit", "Unit"),
    text("note", "What it is"),
    text("source", "Source"),
  ];
  const rows = INPUT_NAMES.map((name): Row => {
    const { unit, note } = INPUT_TABLE[name];
    const { value, source } = general[name];
    return { key: name, cells: { name, value, unit, note, source } };
  });
  return { name: "Inputs", columns, rows };
}

function kindsSheet({ kinds }: PlanInputs): Sheet {
  const columns: readonly Column[] = [
    text("kind", "Kind"),
    ...KIND_FIELD_NAMES.map((key): Column => ({ key, title: titled(key, KIND_FIELDS[key].unit), kind: "input" })),
    formula("requests", "Requests/month"),
    formula("answered", "Answered, of one"),
    formula("missed", "Deadlines missed/month"),
    formula("missedPercent", "Deadlines missed, %"),
    formula("p95Ms", "p95 with retries, ms"),
    formula("jobs", "Parked/month"),
    formula("parkedTokens", "Tokens of what is parked/month"),
    formula("walks", "Times that the routes are asked/month"),
    formula("usd", "Providers, $/month"),
    text("source", "Sources"),
  ];
  const shares = sum(...kinds.map(({ kind }) => of.kind(kind, "sharePercent")));
  const rows = kinds.map((kind): Row => ({ key: kind.kind, cells: kindCells(kind, shares) }));
  return { name: "Kinds", columns, rows };
}

function kindCells({ kind, chain, fields }: KindInputs, shares: Expression): Row["cells"] {
  const requests = of.kind(kind, "requests");
  const parked = percent(of.input("parkedPercent"));
  const unanswered = minus(1, of.kind(kind, "answered"));
  const ofStops = (column: string): Expression => sum(0, ...chain.map((_id, index) => of.stop(kind, index, column)));
  return {
    kind,
    ...valuesIn(fields),
    requests: times(of.input("monthlyRequests"), over(of.kind(kind, "sharePercent"), shares)),
    answered: min(1, sum(ofStops("answeredFirst"), ofStops("answeredLater"))),
    // Where only humans answer, no route has a limit to keep.
    missed: chain.length === 0 ? 0 : times(requests, unanswered),
    missedPercent: times(100, over(of.kind(kind, "missed"), requests)),
    p95Ms: ofStops("p95PartMs"),
    jobs: times(of.input("queueOn"), requests, sum(parked, times(minus(1, parked), unanswered))),
    parkedTokens: times(of.kind(kind, "jobs"), sum(of.kind(kind, "inputTokens"), of.kind(kind, "outputTokens"))),
    // What is parked is asked later; what nobody answered is asked once more.
    walks: times(requests, when(of.input("queueOn"), sum(1, times(minus(1, parked), unanswered)), minus(1, parked))),
    usd: ofStops("usd"),
    source: sourcesOf(fields),
  };
}

function routesSheet({ routes, kinds }: PlanInputs): Sheet {
  const columns: readonly Column[] = [
    text("route", "Route"),
    text("tier", "Tier"),
    ...ROUTE_FIELD_NAMES.map((key): Column => ({ key, title: titled(key, ROUTE_FIELDS[key].unit), kind: "input" })),
    formula("tail", "Tail of the latency"),
    formula("attempts", "Attempts/month"),
    formula("answers", "Answers/month"),
    formula("usd", "$/month"),
    text("source", "Sources"),
  ];
  const rows = routes.map(({ id, tier, fields }): Row => {
    const stops = kinds.flatMap(({ kind, chain }) =>
      chain.flatMap((each, index) => (each === id ? [{ kind, index }] : [])),
    );
    const ofStops = (column: string): Expression =>
      sum(0, ...stops.map(({ kind, index }) => of.stop(kind, index, column)));
    const [p50, p95] = [of.route(id, "p50Ms"), of.route(id, "p95Ms")];
    const cells = {
      route: id,
      tier,
      ...valuesIn(fields),
      tail: max(LEAST_TAIL, times(call("ln", over(max(p95, p50), p50)), 1 / P95_ODDS)),
      attempts: ofStops("attempts"),
      answers: ofStops("answers"),
      usd: ofStops("usd"),
      source: sourcesOf(fields),
    };
    return { key: id, cells };
  });
  return { name: "Routes", columns, rows };
}

function outputsSheet(inputs: PlanInputs): Sheet {
  const all = outputs(inputs);
  const columns: readonly Column[] = [
    text("name", "Name"),
    formula("value", "Value"),
    text("unit", "Unit"),
    text("note", "What it is"),
  ];
  const rows = OUTPUT_NAMES.map((name): Row => {
    const { formula: value, unit, note } = all[name];
    return { key: name, cells: { name, value, unit, note } };
  });
  return { name: "Outputs", columns, rows };
}

function text(key: string, title: string): Column {
  return { key, title, kind: "text" };
}

function formula(key: string, title: string): Column {
  return { key, title, kind: "formula" };
}

function titled(key: string, unit: string): string {
  return `${key}, ${unit}`;
}

function valuesIn(fields: Readonly<Record<string, Input>>): Record<string, number> {
  return Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value]));
}

/** Such as `inputPrice, outputPrice: price list; p50Ms: measured`. */
function sourcesOf(fields: Readonly<Record<string, Input>>): string {
  const sources = Map.groupBy(Object.entries(fields), ([, { source }]) => source);
  return [...sources].map(([source, named]) => `${named.map(([name]) => name).join(", ")}: ${source}`).join("; ");
}
