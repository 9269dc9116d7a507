/** What a provider says was spent since a moment, in US dollars. A reason where it cannot be had. */
import * as z from "zod/mini";
import type { Fetch } from "../lib/fetch.ts";
import { readTextWithin } from "../lib/read-text.ts";
import { fail, ok, type Result } from "../lib/result.ts";

export interface CostQuestion {
  /** An admin key: ordinary keys are refused. */
  readonly key: string;
  readonly sinceMs: number;
  readonly fetch: Fetch;
}

/** https://platform.openai.com/docs/api-reference/usage/costs: days, in dollars; at most 180 a page. */
export function openaiCosts({ key, sinceMs, fetch: send }: CostQuestion): Promise<Result<number, string>> {
  const url = new URL("https://api.openai.com/v1/organization/costs");
  url.searchParams.set("start_time", String(Math.floor(sinceMs / 1000)));
  url.searchParams.set("bucket_width", "1d");
  url.searchParams.set("limit", "31");
  return sumPages(url, { authorization: `Bearer ${key}` }, send, (page) => {
    const read = OpenaiPage.safeParse(page);
    if (!read.success) return null;
    const { data, has_more: more, next_page: next } = read.data;
    return { amounts: data.flatMap(({ results }) => results.map(({ amount }) => amount)), next: more ? next : null };
  });
}

/**
 * https://platform.claude.com/docs/en/api/admin/cost_report: days, as decimal text in cents (`"123.45"` is $1.23);
 * at most 31 a page. The costs of its Priority Tier are not in it:
 * https://platform.claude.com/docs/en/manage-claude/usage-cost-api
 */
export function anthropicCosts({ key, sinceMs, fetch: send }: CostQuestion): Promise<Result<number, string>> {
  const url = new URL("https://api.anthropic.com/v1/organizations/cost_report");
  url.searchParams.set("starting_at", new Date(sinceMs).toISOString());
  url.searchParams.set("bucket_width", "1d");
  url.searchParams.set("limit", "31");
  return sumPages(url, { "x-api-key": key, "anthropic-version": "2023-06-01" }, send, (page) => {
    const read = AnthropicPage.safeParse(page);
    if (!read.success) return null;
    const { data, has_more: more, next_page: next } = read.data;
    const amounts = data.flatMap(({ results }) =>
      results.map(({ amount, currency }) => ({ value: amount / 100, currency })),
    );
    return { amounts, next: more ? next : null };
  });
}

/** A number, or the same as text. What else stands there is no amount, and no nothing either. */
const Amount = z.pipe(z.union([z.number(), z.string().check(z.regex(/^-?\d+(?:\.\d+)?$/))]), z.transform(Number));
const Next = z.nullish(z.string());

const OpenaiPage = z.looseObject({
  data: z.array(
    z.looseObject({
      results: z.array(z.looseObject({ amount: z.looseObject({ value: Amount, currency: z.string() }) })),
    }),
  ),
  has_more: z.boolean(),
  next_page: Next,
});

const AnthropicPage = z.looseObject({
  data: z.array(z.looseObject({ results: z.array(z.looseObject({ amount: Amount, currency: z.string() })) })),
  has_more: z.boolean(),
  next_page: Next,
});

interface Page {
  readonly amounts: readonly { readonly value: number; readonly currency: string }[];
  /** Null: this was the last one. */
  readonly next: string | null | undefined;
}

const PAGE_LIMIT_MS = 20_000;
const MAX_PAGE_BYTES = 4_194_304;
/** A month has one; a server that never ends is not read for ever. */
const MOST_PAGES = 20;

async function sumPages(
  first: URL,
  headers: Readonly<Record<string, string>>,
  send: Fetch,
  read: (page: unknown) => Page | null,
): Promise<Result<number, string>> {
  const url = new URL(first);
  let sum = 0;
  for (let count = 0; count < MOST_PAGES; count++) {
    const got = await getJson(url.href, headers, send);
    if (!got.ok) return got;
    const page = read(got.value);
    if (page === null) return fail(`${url.hostname} answered in another shape than it documents`);
    for (const { value, currency } of page.amounts) {
      if (currency.toLowerCase() !== "usd") return fail(`${url.hostname} counts in ${currency}, the budget is in USD`);
      sum += value;
    }
    if (page.next === null) return ok(sum);
    // More is said to come, but not where: half a sum would be taken for the whole.
    if (page.next === undefined) return fail(`${url.hostname} did not say where its next page is`);
    url.searchParams.set("page", page.next);
  }
  return fail(`${url.hostname} has more than ${MOST_PAGES} pages`);
}

/** Never rejects. What is told of a failure holds no key and nothing of the answer. */
export async function getJson(
  url: string,
  headers: Readonly<Record<string, string>>,
  send: Fetch,
): Promise<Result<unknown, string>> {
  const { hostname } = new URL(url);
  try {
    const response = await send(url, { headers, redirect: "manual", signal: AbortSignal.timeout(PAGE_LIMIT_MS) });
    if (!response.ok) {
      await response.body?.cancel();
      return fail(`${hostname} answered ${response.status}`);
    }
    const text = await readTextWithin(response, MAX_PAGE_BYTES);
    return text === null ? fail(`${hostname} answered more than ${MAX_PAGE_BYTES} bytes`) : ok(JSON.parse(text));
  } catch (cause) {
    return fail(`${hostname}: ${cause instanceof Error ? cause.name : "unreadable"}`);
  }
}
