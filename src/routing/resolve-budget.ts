import type { BudgetSettings, PushSettings } from "../domain/routing.ts";
import { fillPlaceholders, lookUp, placeholdersIn } from "./placeholder.ts";
import type { Environment } from "./placeholder.ts";
import { canonicalProvider } from "./provider-table.ts";
import { limitsOf } from "./resolve-tenants.ts";
import type { RoutingMap } from "./routing-map.ts";

type BudgetEntry = NonNullable<RoutingMap["budget"]>;

const GOOGLE_ISSUER = "https://accounts.google.com";
/** https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions */
const GOOGLE_CERTIFICATES = "https://www.googleapis.com/oauth2/v3/certs";

export function resolveBudget(entry: BudgetEntry, environment: Environment): BudgetSettings {
  return {
    limits: limitsOf(entry),
    graceUsd: entry.graceUsd ?? 0,
    providers: new Map(
      Object.entries(entry.providers ?? {}).map(([name, limits]) => [
        name.includes(":") ? name : canonicalProvider(name),
        limitsOf(limits),
      ]),
    ),
    pauseAtPercent: percentFrom(environment("BUDGET_PAUSE_AT_PERCENT")) ?? entry.pauseAtPercent ?? 80,
    pauseScope: entry.pauseScope ?? "all",
    repauseStep: entry.repauseStep ?? 10,
    monthlyUsd: new Map(Object.entries(entry.monthly ?? {}).map(([name, usd]) => [canonicalProvider(name), usd])),
    spend: spendOf(entry, environment),
    push: pushOf(entry, environment),
  };
}

/** Null: not set, or no percentage; the map's own number counts then. */
export function percentFrom(text: string | undefined): number | null {
  const percent = Number(text?.trim() || Number.NaN);
  return percent >= 0 && percent <= 100 ? percent : null;
}

function spendOf({ spend }: BudgetEntry, environment: Environment): BudgetSettings["spend"] {
  if (!spend) return null;
  const texts = [spend.url, ...Object.values(spend.headers ?? {})];
  if (texts.flatMap(placeholdersIn).some((name) => lookUp(name, environment) === null)) return null;
  const url = fillPlaceholders(spend.url, environment);
  if (!URL.canParse(url)) return null;
  const headers = Object.entries(spend.headers ?? {}).map(([name, text]) => [
    name,
    fillPlaceholders(text, environment),
  ]);
  return { url, headers: Object.fromEntries(headers) };
}

function pushOf({ push }: BudgetEntry, environment: Environment): PushSettings | null {
  if (!push) return null;
  const { audience, email, issuer = GOOGLE_ISSUER, jwksUrl = GOOGLE_CERTIFICATES } = push;
  const texts = [audience, email, issuer, jwksUrl];
  if (texts.flatMap(placeholdersIn).some((name) => lookUp(name, environment) === null)) return null;
  const filled = (text: string): string => fillPlaceholders(text, environment);
  if (!URL.canParse(filled(jwksUrl))) return null;
  return {
    audience: filled(audience),
    email: filled(email),
    issuer: filled(issuer),
    jwksUrl: filled(jwksUrl),
    provider: canonicalProvider(push.provider ?? "google"),
  };
}
