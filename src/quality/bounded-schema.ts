/**
 * A caller's schema as it may be walked here. Regular expressions are left out:
 * one of them can take for ever. So is `uniqueItems`, for which each item is
 * compared with each other. And reading the schema is counted: what takes more
 * steps than an honest schema ever does throws, for references and alternatives
 * can make a few lines take years.
 */
const MOST_STEPS = 200_000;

/** Keywords that hold a regular expression or are made of one, and the one that is quadratic. */
const UNBOUNDED: ReadonlySet<string> = new Set(["pattern", "patternProperties", "format", "uniqueItems"]);
/** Whose members are named by the caller, and are schemas. */
const BY_NAME: ReadonlySet<string> = new Set(["properties", "$defs", "definitions", "dependentSchemas"]);
/** Whose values are no schemas. */
const VALUES: ReadonlySet<string> = new Set(["enum", "const", "default", "examples", "required"]);

/** Throws where it is nested too deep; reading it throws after `MOST_STEPS`. */
export function boundedSchema(schema: object): object {
  let steps = 0;
  const known = new WeakMap<object, object>();
  const handler: ProxyHandler<object> = {
    get(target, key, receiver): unknown {
      steps += 1;
      if (steps > MOST_STEPS) throw new RangeError("the schema takes too many steps");
      const value: unknown = Reflect.get(target, key, receiver);
      return typeof value === "object" && value !== null ? counted(value) : value;
    },
  };
  const counted = (value: object): object => {
    const made = known.get(value) ?? new Proxy(value, handler);
    known.set(value, made);
    return made;
  };
  return counted(withoutUnbounded(schema));
}

function withoutUnbounded(schema: object): object {
  const members = Object.entries(schema).filter(([key]) => !UNBOUNDED.has(key) && !closesAround(schema, key));
  return Object.fromEntries(members.map(([key, value]: [string, unknown]) => [key, member(key, value)]));
}

function member(key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || VALUES.has(key)) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => schemaOrValue(one));
  if (!BY_NAME.has(key)) return withoutUnbounded(value);
  return Object.fromEntries(Object.entries(value).map(([name, one]: [string, unknown]) => [name, schemaOrValue(one)]));
}

function schemaOrValue(value: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? withoutUnbounded(value) : value;
}

/** Which other properties are allowed is not known where names are given by pattern. */
function closesAround(schema: object, key: string): boolean {
  return "patternProperties" in schema && (key === "additionalProperties" || key === "unevaluatedProperties");
}
