/** The map's building blocks. Each message says what was expected, so that it can follow "expected" in an error. */
import * as z from "zod";
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

export const name = z.string().max(256).regex(ONE_LINE, "one line of text that is not empty");

export const routeId = z
  .string()
  .regex(ROUTE_ID, "an id such as hot/anthropic/sonnet (letters, digits and . _ : @ + ~ / -)");

export const kindName = z
  .string()
  .regex(KIND_NAME, "a kind's name such as draft-email (small letters, digits and . _ -; not auto)");

/** QStash's rule for keys; a colon or a slash would be refused at the first publish. */
export const queueName = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/, "a name of letters, digits and . _ -");

export const timeZone = z.string().refine((zone) => isTimeZone(zone), "a time zone such as Europe/Lisbon");

export const count = z.int().positive();

export const percent = z.number().min(0).max(100);

export function milliseconds(description: string): z.ZodOptional<z.ZodInt> {
  return z.int().positive().describe(description).optional();
}

export function seconds(description: string, most: number): z.ZodOptional<z.ZodNumber> {
  return z.number().positive().max(most).describe(description).optional();
}

export const baseUrl = z
  .string()
  .refine((text) => baseUrlProblem(text) === null, {
    error: (issue) => baseUrlProblem(String(issue.input)) ?? "an http(s) URL",
  })
  .describe("http(s), without query; may hold ${VAR}. By default the provider's own.");

export const keyPlaceholder = z
  .string()
  .regex(
    ONE_PLACEHOLDER,
    "a placeholder such as ${OPENAI_API_KEY}: keys never stand in the map; leave `key` out where none is needed",
  )
  .describe("A placeholder; by default the provider's usual variable.");

export const headers = z
  .record(
    z.string().regex(HEADER_NAME, "a header's name"),
    z
      .string()
      .regex(ONE_LINE, "one line of text that is not empty")
      .refine((text) => !hasBrokenPlaceholder(text), "a placeholder is written ${NAME}"),
  )
  .describe("Further headers for the provider; values may hold ${VAR}.");

export const notifyTarget = z
  .string()
  .refine(
    (text) => ONE_PLACEHOLDER.test(text) || EMAIL.test(text) || isHttpsUrl(text),
    "an e-mail address, an https URL or a placeholder such as ${SLACK_WEBHOOK_URL}",
  );

/** Placeholders are judged once they are filled in; a development server speaks http. */
export const httpsUrl = z
  .string()
  .refine(
    (text) => !hasBrokenPlaceholder(text) && (text.includes("${") || isHttpsUrl(text)),
    "an https URL, or one with placeholders such as ${NAME}",
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
