/** The budget's paths with an outside of values: a switchboard that notes what it is told. */
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import type { BudgetAlert, PauseOperator } from "../../../src/budget/pause-port.ts";
import type { Decision } from "../../../src/http/tell-switchboard.ts";
import type { BudgetDeps } from "../../../src/http/tell-switchboard.ts";
import type { Settings } from "../../../src/settings.ts";
import { bareSettings } from "../../support/bare-settings.ts";
import { createFakeClock, type FakeClock } from "../../support/fake-clock.ts";
import { standardRouting } from "../../support/standard-routing.ts";
import { routeOf } from "../breaker/support.ts";

export const SECRET = "a-budget-secret";
export const PAUSE_TOKEN = "a-pause-token";
export const NOW = Date.UTC(2026, 10, 21, 12);
export const ACCOUNT = "pusher@project.iam.gserviceaccount.com";

export class World {
  readonly clock: FakeClock = createFakeClock(NOW);
  readonly told: Decision[] = [];
  readonly logged: unknown[] = [];
  settings: Settings = { ...bareSettings, budgetSecret: SECRET, pauseToken: PAUSE_TOKEN };
  switchboard: "alive" | "away" | "hangs" = "alive";
  push = true;
  /** By URL; null: it cannot be reached. */
  readonly pages = new Map<string, unknown>();
  readonly fetched: string[] = [];
  /** Each test has keys of its own: the handler's isolate remembers them by URL. */
  readonly jwksUrl = `https://keys.test/${crypto.randomUUID()}`;

  get alerts(): readonly BudgetAlert[] {
    return this.told.flatMap((one) => (one.kind === "alert" ? [one.alert] : []));
  }

  get deps(): BudgetDeps {
    const push = { audience: "lisbon", email: ACCOUNT, jwksUrl: this.jwksUrl };
    const routing = standardRouting({ budget: { pauseScope: "provider", ...(this.push && { push }) } });
    return {
      settings: this.settings,
      routing: { ...routing, routes: [routeOf("warm/anthropic"), { ...routeOf("hot/google"), provider: "google" }] },
      clock: this.clock,
      breakers: { outdated: () => undefined },
      switchboard: () => this.#switchboard(),
      fetch: async (url) => {
        this.fetched.push(url);
        const page = this.pages.get(url);
        if (page === undefined) throw new Error("nobody is there");
        return Response.json(page);
      },
      logError: (_requestId, cause) => void this.logged.push(cause),
    };
  }

  #switchboard(): PauseOperator {
    const note = async (decision: Decision): Promise<void> => {
      if (this.switchboard === "away") throw new Error("the switchboard is away");
      if (this.switchboard === "hangs") await new Promise(() => {});
      this.told.push(decision);
    };
    return {
      alert: async (alert) => {
        await note({ kind: "alert", alert });
        return "noted";
      },
      pause: (provider, reason) => note({ kind: "pause", provider, reason }),
      resume: (provider) => note({ kind: "resume", provider }),
      pauses: async () => [{ scope: "all", by: "hand", sinceMs: NOW, reason: "because", percent: null }],
    };
  }
}

const CLAIMS = {
  iss: "https://accounts.google.com",
  aud: "lisbon",
  sub: "113774264463038321964",
  email: ACCOUNT,
  email_verified: true,
  iat: NOW / 1000,
  exp: NOW / 1000 + 3600,
};

/** Google's side of a push. */
export async function pusher(kid = "key-1") {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, use: "sig", alg: "RS256" };
  return {
    jwk,
    /** What Pub/Sub signs: https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions */
    token: (claims: Readonly<Record<string, unknown>> = {}, header: { readonly kid?: string } = {}) =>
      new SignJWT(JSON.parse(JSON.stringify({ ...CLAIMS, ...claims })))
        .setProtectedHeader({ alg: "RS256", kid, typ: "JWT", ...header })
        .sign(privateKey),
  };
}

/** https://cloud.google.com/billing/docs/how-to/budgets-programmatic-notifications#notification-format */
export function pushBody(notification: Readonly<Record<string, unknown>> = {}, message: Record<string, unknown> = {}) {
  const data = {
    budgetDisplayName: "lisbon",
    alertThresholdExceeded: 0.8,
    costAmount: 85,
    costIntervalStart: "2026-11-01T08:00:00Z",
    budgetAmount: 100,
    budgetAmountType: "SPECIFIED_AMOUNT",
    currencyCode: "EUR",
    ...notification,
  };
  return {
    message: {
      attributes: { billingAccountId: "01D4EE-079462-DFD6EC", budgetId: "de72f49d", schemaVersion: "1.0" },
      data: btoa(JSON.stringify(data)),
      messageId: "2070443601311540",
      message_id: "2070443601311540",
      publishTime: "2026-11-21T11:00:00.000Z",
      publish_time: "2026-11-21T11:00:00.000Z",
      ...message,
    },
    subscription: "projects/p/subscriptions/lisbon",
  };
}

export function post(body: unknown, headers: Record<string, string> = {}, query = ""): Request {
  return new Request(`https://lisbon.test/budget/webhook${query}`, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}
