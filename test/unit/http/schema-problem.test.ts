import * as z from "zod/mini";
import { describe, expect, it } from "vitest";
import { problemOf } from "../../../src/http/schema-problem.ts";

const Body = z.strictObject({
  provider: z.string().check(z.trim(), z.minLength(1), z.maxLength(3)),
  count: z.optional(z.int().check(z.positive())),
  parts: z.optional(z.array(z.union([z.string(), z.strictObject({ type: z.literal("text"), text: z.string() })]))),
});

/** The classic form of zod, which brings its words by itself, must not be imported here: it would hide that they are missing. */
describe("what is wrong with a body, in words", () => {
  it.each([
    ["a field that is missing", {}, "provider", "provider: Invalid input: expected string, received undefined"],
    [
      "nothing but spaces",
      { provider: "  " },
      "provider",
      "provider: Too small: expected string to have >=1 characters",
    ],
    [
      "too many characters",
      { provider: "four" },
      "provider",
      "provider: Too big: expected string to have <=3 characters",
    ],
    ["half a number", { provider: "x", count: 1.5 }, "count", "count: Invalid input: expected int, received number"],
    [
      "a place in a list, by the alternative that was meant",
      { provider: "x", parts: ["a", { type: "text", text: 1 }] },
      "parts[1].text",
      "parts[1].text: Invalid input: expected string, received number",
    ],
    ["a field that nobody knows", { provider: "x", extra: 1 }, null, 'Unrecognized key: "extra"'],
  ])("names %s", (_what, body, param, reason) => {
    const read = Body.safeParse(body);

    expect(read.success ? null : problemOf(read.error)).toEqual({ param, reason });
  });
});
