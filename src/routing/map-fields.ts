/** The map's building blocks. Each message says what was expected, so that it can follow "expected" in an error. */
import * as z from "zod/mini";
import { TENANT_NAME } from "../domain/tenant.ts";
import { hasBrokenPlaceholder } from "./placeholder.ts";

/** Ids travel in reply headers and in admin paths, so only characters that need no quoting. */
const ROUTE_ID = /^[A-Za-z0-9][A-Za-z0-9._:@+~/-]{0,159}$/;
const KIND_NAME = /^(?!auto$)[a-z0-9][a-z0-9._-]{0,63}$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const ONE_PLACEHOLDER = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** What a header or a name may hold: no line breaks, no control characters. */
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const ONE_LINE = /^[^\u0000-\u001f\u007f]+$/;

/** With words for editors and for `routes.schema.json`. */
export function described<Schema extends z.ZodMiniType>(schema: Schema, words: string): Schema {
  return schema.check(z.describe(words));
}

/** A field that may be left out. */
export function optional<Schema extends z.ZodMiniType>(schema: Schema, words?: string): z.ZodMiniOptional<Schema> {
  return z.optional(words === undefined ? schema : described(schema, words));
}

/** Of a route and of whoever makes embeddings. */
export const COST_WORDS =
  "What its calls cost: nothing here (local), nothing there (free), money (paid). By default as its provider is known, else paid.";

export const note = optional(z.string(), "For people; Lisbon does not read it.");

export const name = z.string().check(z.maxLength(256), z.regex(ONE_LINE, "one line of text that is not empty"));

/** For people: one line or more. */
/** A language tag in lower case, or everybody's. */
export const language = z
  .string()
  .check(z.regex(/^(\*|[a-z]{2,3}(-[a-z0-9]{2,8})*)$/, "a language such as pt or pt-br, or *"));

export const words = z.string().check(z.minLength(1));

export const routeId = z
  .string()
  .check(z.regex(ROUTE_ID, "an id such as hot/anthropic/sonnet (letters, digits and . _ : @ + ~ / -)"));

export const kindName = z
  .string()
  .check(z.regex(KIND_NAME, "a kind's name such as draft-email (small letters, digits and . _ -; not auto)"));

export const tenantName = z
  .string()
  .check(z.regex(TENANT_NAME, "a tenant's name such as acme (small letters, digits and -, at most 40)"));

/** As a browser sends it: no path, no slash at the end. */
export const origin = z.string().check(
  z.refine((text) => {
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    return url.origin === text && (url.protocol === "https:" || url.protocol === "http:");
  }, "an origin such as https://app.example.com, without a path"),
);

/** QStash's rule for keys; a colon or a slash would be refused at the first publish. */
export const queueName = z.string().check(z.regex(/^[A-Za-z0-9._-]{1,100}$/, "a name of letters, digits and . _ -"));

export const timeZone = z.string().check(z.refine((zone) => isTimeZone(zone), "a time zone such as Europe/Lisbon"));

export const hours = z
  .string()
  .check(z.regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, "hours such as 09:00-17:00"));

export const count = z.int().check(z.positive());

export function countUpTo(most: number): z.ZodMiniNumberFormat {
  return count.check(z.maximum(most));
}

export const notNegative = z.number().check(z.nonnegative());

export const positive = z.number().check(z.positive());

export function positiveUpTo(most: number): z.ZodMiniNumber {
  return positive.check(z.maximum(most));
}

export const percent = notNegative.check(z.maximum(100));

/** At 0.5 two questions have hardly anything in common. */
export const cosine = z.number().check(z.minimum(0.5), z.lt(1));

export function milliseconds(description: string): z.ZodMiniOptional<z.ZodMiniNumberFormat> {
  return optional(count, description);
}

export function seconds(description: string, most: number): z.ZodMiniOptional<z.ZodMiniNumber> {
  return optional(positiveUpTo(most), description);
}

/** At least one. */
export function listOf<Schema extends z.ZodMiniType>(entry: Schema): z.ZodMiniArray<Schema> {
  return z.array(entry).check(z.minLength(1));
}

export const baseUrl = described(
  z.string().check(
    z.refine((text) => baseUrlProblem(text) === null, {
      error: (issue) => baseUrlProblem(String(issue.input)) ?? "an http(s) URL",
    }),
  ),
  "http(s), without query; may hold ${VAR}. By default the provider's own.",
);

export const keyPlaceholder = described(
  z
    .string()
    .check(
      z.regex(
        ONE_PLACEHOLDER,
        "a placeholder such as ${OPENAI_API_KEY}: keys never stand in the map; leave `key` out where none is needed",
      ),
    ),
  "A placeholder; by default the provider's usual variable.",
);

export const headers = described(
  z.record(
    z.string().check(z.regex(HEADER_NAME, "a header's name")),
    z.string().check(
      z.regex(ONE_LINE, "one line of text that is not empty"),
      z.refine((text) => !hasBrokenPlaceholder(text), "a placeholder is written ${NAME}"),
    ),
  ),
  "Further headers for the provider; values may hold ${VAR}.",
);

export const notifyTarget = z
  .string()
  .check(
    z.refine(
      (text) => ONE_PLACEHOLDER.test(text) || EMAIL.test(text) || isHttpsUrl(text),
      "an e-mail address, an https URL or a placeholder such as ${SLACK_WEBHOOK_URL}",
    ),
  );

/** Placeholders are judged once they are filled in; a development server speaks http. */
export const httpsUrl = z
  .string()
  .check(
    z.refine(
      (text) => !hasBrokenPlaceholder(text) && (text.includes("${") || isHttpsUrl(text)),
      "an https URL, or one with placeholders such as ${NAME}",
    ),
  );

/** What was expected of a `baseUrl`, where it cannot be one; placeholders are judged once they are filled in. */
export function baseUrlProblem(text: string): string | null {
  if (hasBrokenPlaceholder(text)) return "an http(s) URL whose placeholders are written ${NAME}";
  if (text.includes("${")) return null;
  if (!URL.canParse(text)) return "an http(s) URL such as https://api.example.com/v1";
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "an http(s) URL";
  if (url.username || url.password) return "a URL without user and password: keys go in headers only";
  if (url.search || url.hash) return "a URL without ? and #: the API's path is added at its end";
  return null;
}

/** Values come from outside: nothing may smuggle a line break into a header. */
export function fitsInHeader(value: string): boolean {
  return /^[\u0020-\u007e]+$/.test(value);
}

export const ONE_PLAIN_LINE = "one line of plain characters";

function isHttpsUrl(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === "https:";
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false; // the platform's own list decides
  }
}
