import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policyOf } from "../../../src/domain/failure.ts";
import type { ApiId } from "../../../src/domain/route.ts";
import { failure } from "../../support/provider-errors.ts";

/** What the wordings look for, as a caller may write it into a request. */
const TREACHEROUS = [
  "insufficient credits",
  "payment required",
  "credit balance is too low",
  "exceeded your current quota",
  "User location is not supported",
  "invalid api key",
  "API key expired",
  "overloaded",
];
const APIS: readonly ApiId[] = ["openai", "anthropic", "gemini", "bedrock"];

function touchesOnlyTheCaller(api: ApiId, body: unknown): void {
  const { kind } = failure(api, 400, body);
  expect(["nothing"]).toContain(policyOf(kind).counts);
}

describe("what a caller wrote into a request", () => {
  it("moves no account when the provider quotes it in its 400, whatever else is said", () => {
    const quoted = fc.tuple(
      fc.constantFrom(...TREACHEROUS),
      fc.constantFrom(`"`, "'", "`"),
      fc.string({ maxLength: 20 }),
    );
    fc.assert(
      fc.property(quoted, fc.constantFrom(...APIS), ([words, mark, more], api) => {
        const rest = more.replaceAll(/["'`“”]/g, "");
        touchesOnlyTheCaller(api, {
          error: { type: "invalid_request_error", message: `Invalid value: ${mark}${words}${mark}. ${rest}` },
        });
      }),
    );
  });

  it.each(TREACHEROUS)("moves no account when the provider names the field (%s)", (words) => {
    touchesOnlyTheCaller("openai", {
      error: {
        message: `Invalid value: ${words}`,
        type: "invalid_request_error",
        param: "reasoning_effort",
        code: null,
      },
    });
    touchesOnlyTheCaller("openai", {
      error: { message: `Invalid value: ${words}`, type: "invalid_request_error", param: null, code: "invalid_value" },
    });
  });

  it("moves no account when a firewall's page refuses it", () => {
    for (const status of [400, 403, 422]) {
      for (const api of APIS) {
        const { kind } = failure(api, status, "<html><title>Blocked</title></html>");
        expect(policyOf(kind)).toMatchObject({ counts: "nothing", tryNext: "any" });
      }
    }
  });
});

it("an apostrophe inside a word quotes nothing", () => {
  const message = "You've exceeded your current quota, that's all there's to say.";

  expect(failure("openai", 429, { error: { message, type: "x" } }).kind).toBe("quota_exhausted");
});
