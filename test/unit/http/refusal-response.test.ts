import { readFileSync } from "node:fs";
import * as z from "zod";
import { describe, expect, it } from "vitest";
import type { Refusal } from "../../../src/domain/refusal.ts";
import { refusalResponse } from "../../../src/http/refusal-response.ts";

/** One of each; a new kind does not compile until it is here. */
const everyRefusal: { readonly [Kind in Refusal["kind"]]: Extract<Refusal, { kind: Kind }> } = {
  unauthorized: { kind: "unauthorized" },
  token_expired: { kind: "token_expired" },
  invalid_token: { kind: "invalid_token", why: "its claim aud is missing or wrong" },
  key_revoked: { kind: "key_revoked" },
  server_key_needed: { kind: "server_key_needed" },
  origin_not_allowed: { kind: "origin_not_allowed", origin: "https://evil.example" },
  kind_not_allowed: { kind: "kind_not_allowed", model: "x".repeat(10_000), allowed: ["draft-email"] },
  limit_reached: { kind: "limit_reached", limit: "requestsPerMinute", scope: "tenant:acme", retryAfterMs: 30_000 },
  budget_exhausted: {
    kind: "budget_exhausted",
    scope: "user:acme/u1",
    resetsInMs: 86_400_000,
    retryAfterMs: 86_400_000,
  },
  no_such_key: { kind: "no_such_key", id: "x".repeat(10_000) },
  no_such_answer: { kind: "no_such_answer" },
  admin_only: { kind: "admin_only" },
  not_configured: { kind: "not_configured", variable: "LISBON_KEY_SECRET" },
  not_found: { kind: "not_found", path: "/nope" },
  method_not_allowed: { kind: "method_not_allowed", allowed: "POST" },
  body_too_large: { kind: "body_too_large", maxBytes: 10 },
  invalid_json: { kind: "invalid_json", reason: "unexpected end" },
  invalid_request: { kind: "invalid_request", param: "stream", reason: "stream: expected boolean" },
  model_not_found: { kind: "model_not_found", model: "x".repeat(10_000), available: ["auto"] },
  no_route: { kind: "no_route", model: "draft-email" },
  not_capable: { kind: "not_capable", what: ["seed"] },
  request_rejected: { kind: "request_rejected", reason: "too hot", param: "temperature" },
  content_filtered: { kind: "content_filtered", reason: "filtered" },
  context_too_long: { kind: "context_too_long", reason: "too long" },
  providers_failed: { kind: "providers_failed", failures: ["server_error", "timed_out"], retryAfterMs: 12_300 },
  deadline_exceeded: { kind: "deadline_exceeded", failures: ["timed_out"], retryAfterMs: 5_000 },
  paused: { kind: "paused", retryAfterMs: 60_000 },
  bad_budget_secret: { kind: "bad_budget_secret" },
  not_in_map: { kind: "not_in_map", field: "budget.push" },
  unavailable: { kind: "unavailable", what: "The switchboard", retryAfterMs: 30_000 },
  bad_signature: { kind: "bad_signature" },
  idempotency_key_reused: { kind: "idempotency_key_reused" },
  jobs_unavailable: { kind: "jobs_unavailable", retryAfterMs: 5_000 },
  job_dead: { kind: "job_dead", jobId: "job_1", reason: "too old" },
  answer_restarted: { kind: "answer_restarted" },
  no_such_job: { kind: "no_such_job" },
  job_settled: { kind: "job_settled", state: "answered" },
  link_used: { kind: "link_used" },
  job_erased: { kind: "job_erased" },
  faults_off: { kind: "faults_off" },
  caller_gone: { kind: "caller_gone" },
  routing_loop: { kind: "routing_loop" },
  request_loop: {
    kind: "request_loop",
    error: "request_rejected",
    reason: "x".repeat(10_000),
    times: 3,
    retryAfterMs: 170_000,
  },
  internal: { kind: "internal", requestId: "id" },
};

const ErrorBody = z.object({ error: z.record(z.string(), z.unknown()) });

describe("a refusal", () => {
  const documented = readFileSync("docs/errors.md", "utf8");

  it.each(Object.values(everyRefusal))(
    "$kind has OpenAI's error shape, an error status and a documented code",
    async (refusal) => {
      const response = refusalResponse(refusal);
      const { error } = ErrorBody.parse(await response.json());

      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(error).toMatchObject({ message: expect.any(String), type: expect.any(String), code: expect.any(String) });
      expect(error).toHaveProperty("param");
      expect(documented).toContain(`\`${String(error["code"])}\``);
    },
  );

  it("tells how the attempts failed and when to come back, rounded up to seconds", async () => {
    const response = refusalResponse(everyRefusal.providers_failed);

    expect(response.headers.get("retry-after")).toBe("13");
    expect(await response.json()).toMatchObject({
      error: { attempts: ["server_error", "timed_out"], retry_after: 13 },
    });
  });

  it("does not give a huge model name back whole", async () => {
    expect((await refusalResponse(everyRefusal.model_not_found).text()).length).toBeLessThan(500);
  });
});
