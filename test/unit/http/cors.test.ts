import { describe, expect, it } from "vitest";
import { corsHeaders, preflight } from "../../../src/http/cors.ts";
import { bareSettings } from "../../support/bare-settings.ts";
import { standardRouting } from "../../support/standard-routing.ts";

const routing = standardRouting({ tenants: { acme: { origins: ["https://acme.example"] } } });
const production = { routing, settings: { ...bareSettings, allowedOrigins: ["https://app.example.com"] } };
const development = { routing, settings: { ...bareSettings, environment: "development" as const } };

function from(origin: string, headers: Record<string, string> = {}): Request {
  return new Request("https://lisbon.test/v1/chat/completions", { method: "OPTIONS", headers: { origin, ...headers } });
}

describe("a page", () => {
  it("of any tenant is answered when it asks first, for a preflight says not whose call it is for", () => {
    expect(corsHeaders(from("https://acme.example"), production)).not.toBeNull();
  });

  it("of an allowed origin may read the answer and every header of ours", () => {
    expect(corsHeaders(from("https://app.example.com"), production)).toMatchObject({
      "access-control-allow-origin": "https://app.example.com",
      "access-control-expose-headers": expect.stringContaining("x-lisbon-route"),
      vary: "Origin",
    });
  });

  it.each(["https://evil.example", "https://app.example.com.evil.example", "http://app.example.com", "null"])(
    "of %s may not",
    (origin) => {
      expect(corsHeaders(from(origin), production)).toBeNull();
      expect(preflight(from(origin), production).headers.get("access-control-allow-origin")).toBeNull();
    },
  );

  it("on localhost may in development, and only there", () => {
    expect(corsHeaders(from("http://localhost:5173"), development)).not.toBeNull();
    expect(corsHeaders(from("http://localhost:5173"), production)).toBeNull();
  });

  it("may send whatever headers its SDK sends", () => {
    const asked = "authorization,content-type,x-stainless-lang";
    const answer = preflight(from("https://app.example.com", { "access-control-request-headers": asked }), production);

    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-headers")).toBe(asked);
    expect(answer.headers.get("access-control-max-age")).toBe("86400");
  });
});
