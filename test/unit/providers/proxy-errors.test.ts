import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../../src/domain/failure.ts";
import type { ApiId } from "../../../src/domain/route.ts";
import { failure } from "../../support/provider-errors.ts";

describe.each<ApiId>(["openai", "anthropic", "gemini", "bedrock"])("what stands in front of %s", (api) => {
  it.each<readonly [number, FailureKind]>([
    [301, "redirected"],
    [302, "redirected"],
    [308, "redirected"],
    [400, "proxy_refused"],
    [401, "auth_failed"],
    [403, "proxy_refused"],
    [404, "model_not_found"],
    [408, "timed_out"],
    [413, "context_overflow"],
    [429, "rate_limited"],
    [451, "region_blocked"],
    [500, "server_error"],
    [502, "server_error"],
    [503, "overloaded"],
    [504, "server_error"],
    [520, "reset"],
    [521, "unreachable"],
    [522, "timed_out"],
    [523, "unreachable"],
    [524, "timed_out"],
    [525, "unreachable"],
    [526, "unreachable"],
    [529, "overloaded"],
    [530, "unreachable"],
    [418, "unknown_error"],
    [599, "server_error"],
  ])("says %i with a page: %s", (status, kind) => {
    const page = `<html><head><title>${status} Some page</title></head><body>sk-secretsecret</body></html>`;
    const found = failure(api, status, page);
    expect(found.kind).toBe(kind);
    expect(found.detail).toContain(`${status} Some page`);
    expect(failure(api, status, "").kind).toBe(kind);
  });

  it("takes a number in the body of a 200 for the status", () => {
    expect(failure(api, 200, { error: { code: 502, message: "Bad gateway" } }).kind).toBe("server_error");
    expect(failure(api, 200, { error: { message: "Something" } }).kind).toBe("unknown_error");
  });

  it("never throws, whatever the body holds", () => {
    for (const body of [
      "null",
      "[]",
      "{",
      '"x"',
      '{"error":[]}',
      '{"error":{"message":{"a":1},"code":[]}}',
      "[null]",
    ]) {
      expect(failure(api, 500, body).kind).toBe("server_error");
    }
  });
});
