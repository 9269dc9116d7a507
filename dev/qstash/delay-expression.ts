/**
 * `Upstash-Retry-Delay`: arithmetic over `retried`, in milliseconds.
 * https://upstash.com/docs/qstash/features/retry#custom-retry-delay
 */
export type DelayExpression = (retried: number) => number;

/** `undefined` for what is no such expression. */
export function readDelayExpression(text: string): DelayExpression | undefined {
  const tokens = text.match(TOKEN) ?? [];
  if (tokens.length === 0 || tokens.join("") !== text.replaceAll(/\s/g, "")) return undefined;
  const rest = [...tokens];
  const expression = sum(rest);
  return rest.length === 0 ? expression : undefined;
}

const TOKEN = /\d+(?:\.\d+)?|[a-z]+|[-+*/%^(),]/g;

const FUNCTIONS: Readonly<Record<string, { readonly takes: number; readonly run: (...values: number[]) => number }>> = {
  pow: { takes: 2, run: Math.pow },
  min: { takes: 2, run: Math.min },
  max: { takes: 2, run: Math.max },
  exp: { takes: 1, run: Math.exp },
  sqrt: { takes: 1, run: Math.sqrt },
  abs: { takes: 1, run: Math.abs },
  floor: { takes: 1, run: Math.floor },
  ceil: { takes: 1, run: Math.ceil },
  round: { takes: 1, run: Math.round },
};

type Operator = (left: number, right: number) => number;

const SUMS: Readonly<Record<string, Operator>> = { "+": (a, b) => a + b, "-": (a, b) => a - b };
const PRODUCTS: Readonly<Record<string, Operator>> = {
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};

/** Each reader takes its tokens from the front of the list. */
type Tokens = string[];

function sum(tokens: Tokens): DelayExpression | undefined {
  return chain(tokens, product, SUMS);
}

function product(tokens: Tokens): DelayExpression | undefined {
  return chain(tokens, power, PRODUCTS);
}

function chain(
  tokens: Tokens,
  part: (tokens: Tokens) => DelayExpression | undefined,
  operators: Readonly<Record<string, Operator>>,
): DelayExpression | undefined {
  let whole = part(tokens);
  for (let operator = operators[tokens[0] ?? ""]; operator !== undefined; operator = operators[tokens[0] ?? ""]) {
    tokens.shift();
    const left = whole;
    const right = part(tokens);
    if (left === undefined || right === undefined) return undefined;
    const apply = operator;
    whole = (retried) => apply(left(retried), right(retried));
  }
  return whole;
}

function power(tokens: Tokens): DelayExpression | undefined {
  const base = single(tokens);
  if (tokens[0] !== "^") return base;
  tokens.shift();
  const exponent = power(tokens);
  if (base === undefined || exponent === undefined) return undefined;
  return (retried) => base(retried) ** exponent(retried);
}

function single(tokens: Tokens): DelayExpression | undefined {
  const token = tokens.shift() ?? "";
  if (/^\d/.test(token)) return () => Number(token);
  if (token === "retried") return (retried) => retried;
  if (token === "(") return closed(sum(tokens), tokens);
  if (token === "-") {
    const value = single(tokens);
    return value && ((retried) => -value(retried));
  }
  return call(token, tokens);
}

function call(name: string, tokens: Tokens): DelayExpression | undefined {
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (known === undefined || tokens.shift() !== "(") return undefined;
  const values: DelayExpression[] = [];
  while (values.length < known.takes) {
    if (values.length > 0 && tokens.shift() !== ",") return undefined;
    const value = sum(tokens);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return closed((retried) => known.run(...values.map((value) => value(retried))), tokens);
}

function closed(inner: DelayExpression | undefined, tokens: Tokens): DelayExpression | undefined {
  return tokens.shift() === ")" ? inner : undefined;
}
