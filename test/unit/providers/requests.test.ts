import { describe, expect, it } from "vitest";
import type { ApiId } from "../../../src/domain/route.ts";
import { sent } from "../../support/provider-requests.ts";

describe.each<ApiId>(["openai", "anthropic", "gemini", "bedrock"])("a request to %s", (api) => {
  it("asks for no compression and adds the map's headers", () => {
    const { headers } = sent(api, {}, { headers: { "X-Team": "lisbon" } });
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "accept-encoding": "identity",
      "x-team": "lisbon",
    });
  });

  it("keeps the key out of URL and body, and needs none", () => {
    const withKey = sent(api, {}, { key: "sk-very-secret" });
    expect(Object.values(withKey.headers).join()).toContain("sk-very-secret");
    expect(withKey.url + JSON.stringify(withKey.body)).not.toContain("sk-very-secret");
    expect(Object.keys(sent(api, {}, { key: null }).headers)).not.toContain(
      { openai: "authorization", anthropic: "x-api-key", gemini: "x-goog-api-key", bedrock: "authorization" }[api],
    );
  });
});

describe("the address", () => {
  it.each([
    ["openai", "https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"],
    ["openai", "http://127.0.0.1:1234/any/path", "http://127.0.0.1:1234/any/path/chat/completions"],
    ["anthropic", "https://api.anthropic.com", "https://api.anthropic.com/v1/messages"],
    ["anthropic", "https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages"],
    ["anthropic", "https://gateway.example/anthropic", "https://gateway.example/anthropic/v1/messages"],
    ["gemini", "https://g.example", "https://g.example/v1beta/models/gemini-3-flash:generateContent"],
    ["gemini", "https://g.example/v1", "https://g.example/v1/models/gemini-3-flash:generateContent"],
    ["gemini", "https://g.example/v1beta", "https://g.example/v1beta/models/gemini-3-flash:generateContent"],
    ["bedrock", "https://b.example/aws", "https://b.example/aws/model/eu.anthropic.claude-sonnet-4-6/converse"],
  ] as const)("of %s at %s is %s", (api, baseUrl, url) => {
    expect(sent(api, {}, { baseUrl }).url).toBe(url);
  });

  it("of a Gemini stream asks for events, and takes a model with its folder", () => {
    expect(sent("gemini", {}, { model: "models/gemini-3-flash" }, true).url).toBe(
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse",
    );
  });
});
