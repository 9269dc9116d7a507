/** `name=value`, as a person writes an input. */
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { closestName } from "../src/routing/closest-name.ts";
import { INPUT_TABLE } from "./input-table.ts";
import type { InputEntry } from "./input-table.ts";
import { INPUT_NAMES, KIND_FIELDS, KIND_FIELD_NAMES, ROUTE_FIELDS, ROUTE_FIELD_NAMES } from "./inputs.ts";
import type { Input, PlanInputs } from "./inputs.ts";

interface Change {
  readonly name: string;
  readonly value: number;
  readonly source: string;
}

/** The failure says what was expected instead. `kind.*.inputTokens=500` is for all of them. */
export function changeInput(inputs: PlanInputs, written: string, source = "set"): Result<PlanInputs, string> {
  const at = written.lastIndexOf("=");
  const name = written.slice(0, at).trim();
  const text = written.slice(at + 1).trim();
  if (at < 1 || text === "") return fail(`${written}: expected name=value, such as monthlyRequests=500000`);
  const value = Number(text);
  if (!Number.isFinite(value)) return fail(`${written}: ${text} is not a number`);
  return change(inputs, { name, value, source });
}

/** Every name that may be changed, in the order of the sheets. */
export function inputNames({ kinds, routes }: PlanInputs): readonly string[] {
  return [
    ...INPUT_NAMES,
    ...kinds.flatMap(({ kind }) => KIND_FIELD_NAMES.map((field) => `kind.${kind}.${field}`)),
    ...routes.flatMap(({ id }) => ROUTE_FIELD_NAMES.map((field) => `route.${id}.${field}`)),
  ];
}

function change(inputs: PlanInputs, wanted: Change): Result<PlanInputs, string> {
  const { name } = wanted;
  const general = INPUT_NAMES.find((each) => each === name);
  if (general !== undefined) {
    const given = inputOf(wanted, INPUT_TABLE[general]);
    return given.ok ? ok({ ...inputs, general: { ...inputs.general, [general]: given.value } }) : given;
  }
  // Ids have dots of their own: the field is what follows the last one.
  const dot = name.lastIndexOf(".");
  const [list, id, field] = [
    name.slice(0, name.indexOf(".")),
    name.slice(name.indexOf(".") + 1, dot),
    name.slice(dot + 1),
  ];
  const isMeant = (each: string): boolean => id === "*" || each === id;
  if (list === "kind" && isNameOf(field, KIND_FIELDS) && inputs.kinds.some(({ kind }) => isMeant(kind))) {
    const given = inputOf(wanted, KIND_FIELDS[field]);
    if (!given.ok) return given;
    const kinds = inputs.kinds.map((each) => (isMeant(each.kind) ? withField(each, field, given.value) : each));
    return ok({ ...inputs, kinds });
  }
  if (list === "route" && isNameOf(field, ROUTE_FIELDS) && inputs.routes.some((route) => isMeant(route.id))) {
    const given = inputOf(wanted, ROUTE_FIELDS[field]);
    if (!given.ok) return given;
    const routes = inputs.routes.map((each) => (isMeant(each.id) ? withField(each, field, given.value) : each));
    return ok({ ...inputs, routes });
  }
  const meant = closestName(name, inputNames(inputs));
  return fail(
    `${name}: there is no such input; ${meant === null ? "npx lisbon plan --json has all of them" : `did you mean ${meant}?`}`,
  );
}

function inputOf({ name, value, source }: Change, { most = Infinity }: InputEntry): Result<Input, string> {
  // The logarithm of a latency is taken.
  const least = name.endsWith("Ms") && name.startsWith("route.") ? 1 : 0;
  if (value >= least && value <= most) return ok({ value, source });
  const range = most === Infinity ? `${least} or more` : `between ${least} and ${most}`;
  return fail(`${name}: expected ${range}, not ${value}`);
}

function isNameOf<Table extends object>(name: string, table: Table): name is Extract<keyof Table, string> {
  return Object.hasOwn(table, name);
}

function withField<Named extends { readonly fields: object }>(named: Named, field: string, input: Input): Named {
  return { ...named, fields: { ...named.fields, [field]: input } };
}
