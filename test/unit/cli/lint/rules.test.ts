import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lintCodes } from "../../../../cli/lint/codes.ts";
import { describeFindings, inShort } from "../../../../cli/lint/finding.ts";
import { lintMap } from "../../../../cli/lint/lint-map.ts";
import type { RouteEntry } from "../../../../src/routing/map-routes.ts";
import type { RoutingMap } from "../../../../src/routing/routing-map.ts";
import { cleanMap, codesOf, everythingSet, lintOf } from "./support.ts";

const [sonnet] = cleanMap.hot;
const [local, mini] = cleanMap.warm ?? [];
if (!sonnet || !local || !mini) throw new Error("the clean map has lost a route");
const free: RouteEntry = { provider: "nvidia", model: "kimi", cost: "free" };
const paid = (provider: string, model: string): RouteEntry => ({ provider, model });

describe("the lint of a map", () => {
  it("finds nothing in a clean one", () => {
    expect(lintOf({})).toEqual([]);
  });

  it.each<[string, Partial<RoutingMap>, string]>([
    ["a route twice", { hot: [sonnet, sonnet] }, "duplicate_route"],
    [
      "a route twice across lists, by an alias",
      { warm: [local, mini, paid("claude", sonnet.model)] },
      "duplicate_route",
    ],
    ["a smaller route twice", { smaller: [mini, mini] }, "duplicate_route"],
    ["a paid fallback before a local one", { warm: [mini, local] }, "paid_before_free"],
    [
      "three paid fallbacks in a row",
      { warm: [local, mini, paid("google", "gemini-3-flash"), paid("anthropic", "claude-haiku-4-5")] },
      "paid_clustered",
    ],
    ["two paid fallbacks on one bill", { warm: [local, mini, paid("openai", "gpt-4.1")] }, "paid_clustered"],
    ["one provider", { hot: [{ ...local, model: "a" }], warm: [local] }, "one_provider"],
    ["one host", { hot: [{ ...local, provider: "ollama" }], warm: [local] }, "one_host"],
    [
      "routes that some users may not have, and no other",
      { hot: [{ ...sonnet, rollout: 50 }], warm: [{ ...local, rollout: 50 }] },
      "rollout_leaves_nobody",
    ],
    ["nothing that is free", { warm: [mini] }, "no_free_route"],
    [
      "a watchdog that may put a free route first where no kind has one",
      {
        kinds: { draft: { routes: ["hot/anthropic/claude-sonnet-4-5", "warm/openai/gpt-4o-mini"] } },
        watchdog: { act: ["kill", "prefer_free"] },
      },
      "prefer_free_without_routes",
    ],
    ["something free but nothing local", { warm: [free, mini] }, "no_local_route"],
    [
      "a Warm route too small for what Hot takes",
      { hot: [{ ...sonnet, context: 200_000 }], warm: [{ ...local, context: 8_000 }, mini] },
      "smaller_context",
    ],
    ["a paid route without a price", { warm: [local, paid("openai", "gpt-of-nobody")] }, "missing_price"],
    [
      "a host without a key",
      { warm: [local, { ...free, provider: "mine", baseUrl: "https://mine.example/v1" }] },
      "missing_key",
    ],
    ["nobody to tell", { cold: {} }, "missing_notify"],
    ["a deadline under the clocks of a route", { kinds: { draft: { deadlineSeconds: 15 } } }, "deadline_too_short"],
    [
      "an attempt longer than any call",
      { warm: [local, { ...mini, timeouts: { attemptMs: 45_000 } }] },
      "deadline_too_short",
    ],
    ["a run of Cold too short", { cold: { notify: ["a@b.co"], deadlineSeconds: 10 } }, "deadline_too_short"],
    ["a breaker switched off", { breaker: { enabled: false, failuresToOpen: 1000 } }, "breaker_off"],
    ["a breaker that opens after a thousand failures", { breaker: { failuresToOpen: 1000 } }, "breaker_never_opens"],
    ["more of the same error than is remembered", { breaker: { sameErrorCount: 31 } }, "breaker_never_opens"],
    ["a breaker that is open for a moment", { breaker: { openMs: 5 } }, "breaker_never_opens"],
    ["more probes than anybody waits for", { breaker: { probesToClose: 50 } }, "breaker_never_closes"],
    ["a probe's lease under its time-out", { breaker: { probeLeaseMs: 2_000 } }, "breaker_never_closes"],
    ["a breaker open for a week", { breaker: { openMs: 7 * 86_400_000 } }, "breaker_never_closes"],
    [
      "a ladder without an end",
      { kinds: { draft: { cache: true, degrade: ["shorter_context", "cached_answer"] } } },
      "ladder_ends_in_nothing",
    ],
    [
      "a step for smaller models where the map has none",
      { kinds: { draft: { degrade: [{ step: "smaller_model", timeoutSeconds: 5 }, "error"] } } },
      "smaller_model_without_routes",
    ],
    [
      "a step for kept answers, with a time of its own, where none are kept",
      { kinds: { draft: { degrade: [{ step: "cached_answer", timeoutSeconds: 1 }, "error"] } } },
      "cached_answer_without_cache",
    ],
    [
      "a step for kept answers where none are kept",
      { kinds: { draft: { degrade: ["cached_answer", "error"] } } },
      "cached_answer_without_cache",
    ],
    [
      "a ladder that ends in a queue which is off",
      { cold: { mode: "off", notify: ["a@b.co"] }, kinds: { draft: { degrade: ["queue"] } } },
      "ladder_ends_in_nothing",
    ],
    [
      "a fallback that the map says refuses prefill",
      { warm: [local, { ...mini, capabilities: { prefill: false } }] },
      "fallback_refuses_prefill",
    ],
    [
      "a Claude that refuses prefill",
      { warm: [local, paid("anthropic", "claude-sonnet-4-6")] },
      "fallback_refuses_prefill",
    ],
  ])("finds %s", (_, change, code) => {
    const found = lintOf(change);

    expect(codesOf(found)).toEqual([code]);
    expect(found[0]?.line).toBeGreaterThan(1);
  });

  it.each<[string, Partial<RoutingMap>]>([
    [
      "two base URLs of one provider",
      { hot: [sonnet, { ...sonnet, baseUrl: "https://two.example", key: "${TWO_KEY}" }] },
    ],
    ["the same model with another key", { hot: [sonnet, { ...sonnet, key: "${OTHER_KEY}" }] }],
    ["a smaller route that Warm has too", { smaller: [mini] }],
    ["a duplicate that is switched off", { hot: [sonnet, { ...sonnet, enabled: false }] }],
    ["a paid fallback that the policy puts last", { order: "local-free-paid", warm: [mini, local] }],
    ["two paid fallbacks on two bills", { warm: [local, mini, paid("google", "gemini-3-flash")] }],
    ["a kind that a human answers, however short", { kinds: { sign: { answeredBy: "human", deadlineSeconds: 1 } } }],
    [
      "a fallback that refuses prefill where no answer is gone on with",
      {
        warm: [local, { ...mini, capabilities: { prefill: false } }],
        kinds: { a: { continue: false }, b: { commit: "whole" }, c: { answeredBy: "human" } },
      },
    ],
    [
      "a ladder that ends in a human who has an hour",
      { kinds: { draft: { degrade: ["queue", { step: "human", dueMinutes: 60 }] } } },
    ],
  ])("does not mind %s", (_, change) => {
    expect(codesOf(lintOf(change))).toEqual([]);
  });

  it("judges a kind's own list of routes by itself", () => {
    const ids = {
      warm: [
        { ...local, id: "own" },
        { ...mini, id: "mini" },
      ],
    };
    const found = lintOf({ ...ids, kinds: { draft: { routes: ["mini", "own"] }, note: { routes: ["mini"] } } });

    expect(found.map(({ code, path }) => [code, path])).toEqual([
      ["paid_before_free", ["kinds", "draft", "routes", 0]],
      ["one_provider", ["kinds", "note", "routes"]],
    ]);
  });

  it("names a missing variable where it is used", () => {
    const warm = [local, { ...mini, headers: { "x-team": "${TEAM}" } }];
    const map = { ...cleanMap, warm, cold: { notify: ["a@b.co", "${SLACK}"] } };
    const file = { file: "map.json", text: JSON.stringify(map), map };

    expect(lintMap(file, allButThree).map(({ code, path }) => [code, path])).toEqual([
      ["missing_variable", ["warm", 0, "baseUrl"]],
      ["missing_variable", ["warm", 1, "headers", "x-team"]],
      ["missing_variable", ["cold", "notify", 1]],
    ]);
  });

  it("says why a code matters once, and what to write each time", () => {
    const lines = describeFindings(lintOf({ breaker: { openMs: 1, failuresToOpen: 101 }, warm: [mini] }));

    expect(lines[0]).toMatch(/^map\.json:8:3 warning no_free_route warm: every route is paid$/);
    expect(lines.filter((line) => line.includes("    why: With this number"))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith("    instead: "))).toHaveLength(3);
    expect(inShort(lintOf({ hot: [sonnet, sonnet], warm: [mini] }))).toBe(
      "1 error: duplicate_route; 1 warning: no_free_route",
    );
  });

  it("knows no code that docs/lint.md does not explain with its severity", () => {
    const docs = readFileSync("docs/lint.md", "utf8");
    for (const [code, { severity }] of Object.entries(lintCodes))
      expect(docs).toContain(`| \`${code}\` | ${severity} |`);
  });

  it("fails on no map that can be read, and finds a place in the file for everything", () => {
    const entry = fc.record<RouteEntry>(
      {
        provider: fc.constantFrom("openai", "anthropic", "ollama", "aws-bedrock", "mine"),
        model: fc.constantFrom("a", "claude-opus-4-7"),
        baseUrl: fc.constantFrom("https://one.example/v1", "${TUNNEL_URL}/v1"),
        cost: fc.constantFrom("local", "free", "paid"),
        enabled: fc.boolean(),
        context: fc.integer({ min: 1, max: 9 }),
      },
      { requiredKeys: ["provider", "model", "baseUrl"] },
    );
    const maps = fc.record({ hot: fc.array(entry, { minLength: 1 }), warm: fc.array(entry), smaller: fc.array(entry) });
    fc.assert(
      fc.property(maps, (map) => {
        const text = JSON.stringify(map, null, 1);
        for (const { line, column } of lintMap({ file: "map.json", text, map }, () => undefined)) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
        }
      }),
    );
  });
});

function allButThree(name: string): string | undefined {
  return ["TEAM", "SLACK", "TUNNEL_URL"].includes(name) ? undefined : everythingSet(name);
}
