import { describe, expect, it } from "vitest";
import { compareMaps } from "../../../cli/map-diff/compare-maps.ts";
import { describeDiff } from "../../../cli/map-diff/describe-diff.ts";
import type { RoutingMap } from "../../../src/routing/routing-map.ts";
import { cleanMap } from "./lint/support.ts";

const [sonnet] = cleanMap.hot;
const [local, mini] = cleanMap.warm ?? [];
if (!sonnet || !local || !mini) throw new Error("the clean map has lost a route");

describe("two routing maps side by side", () => {
  it("mean the same when only words for people, or places that follow from others, differ", () => {
    const noted = { ...cleanMap, note: "Reviewed.", hot: [{ ...sonnet, note: "Ours.", priority: 1 }] };

    expect(said({}, { note: "Reviewed." })).toEqual(["Both mean the same."]);
    expect(compareMaps(file(cleanMap), file(noted)).traffic).toEqual([]);
  });

  it("say for traffic who is asked first, and the order before and after, once for kinds that change alike", () => {
    const kinds = { draft: {}, note: { routes: ["warm/openai/gpt-4o-mini"] } };
    const lines = said(
      { kinds },
      { kinds, hot: [mini], warm: [{ ...mini, id: "warm/openai/gpt-4o-mini", context: 9 }] },
    );

    expect(lines).toContain(
      "  auto, draft: first asked is hot/openai/gpt-4o-mini (openai/gpt-4o-mini at api.openai.com), in place of hot/anthropic/claude-sonnet-4-5 (anthropic/claude-sonnet-4-5 at api.anthropic.com)",
    );
    expect(lines).toContain(
      "  auto, draft: before  hot/anthropic/claude-sonnet-4-5, warm/lmstudio/qwen, warm/openai/gpt-4o-mini",
    );
    expect(lines).toContain("  auto, draft: after   hot/openai/gpt-4o-mini, warm/openai/gpt-4o-mini");
    expect(lines).toContain("  + hot/openai/gpt-4o-mini");
    expect(lines).toContain("  - warm/lmstudio/qwen");
    expect(lines).toContain("  ~ warm/openai/gpt-4o-mini: context: nothing → 9");
    expect(lines.filter((line) => line.includes("note:"))).toEqual([]);
  });

  it("say that a kind came or went, and that it must be answered sooner", () => {
    const before = { old: {}, draft: { deadlineSeconds: 30 } };
    const lines = said({ kinds: before }, { kinds: { draft: { deadlineSeconds: 10 }, sign: { answeredBy: "human" } } });

    expect(lines).toContain("  old: gone; calls that name it are refused");
    expect(lines).toContain("  draft: answered within 10 s, in place of 30 s");
    expect(lines).toContain("  sign: new, within 30 s: nobody (a human answers)");
  });

  it("say what a million tokens cost, first asked and dearest, in order", () => {
    const priced = { ...sonnet, price: { inputPerMillion: 1.5, outputPerMillion: 30 } };
    const unknown = { provider: "openai", model: "gpt-of-nobody" };
    const lines = said({}, { hot: [priced], warm: [local, unknown] });

    expect(lines).toContain("  auto: first asked 3/15 → 1.5/30 (-50 %/+100 %); dearest 3/15 → unknown");
    expect(lines).toContain("  auto: before  1. 3/15  2. free  3. 0.15/0.6");
    expect(lines).toContain("  auto: after   1. 1.5/30  2. free  3. unknown");
  });

  it("say which providers and hosts come and go, and how many routes are local, free and paid", () => {
    const free = { provider: "nvidia", model: "kimi", cost: "free" } as const;
    const lines = said({}, { warm: [{ ...local, enabled: false }, free, mini] });

    expect(lines).toContain("  providers: 3 → 3: + nvidia, - lmstudio");
    expect(lines).toContain("  hosts: 3 → 3: + integrate.api.nvidia.com, - ${TUNNEL_URL}");
    expect(lines).toContain("  local routes: 1 → 0");
    expect(lines).toContain("  free routes: 0 → 1");
    expect(lines.some((line) => line.includes("paid routes"))).toBe(false);
  });

  it("say what the watchdog may do by itself, for how long, and whom it may put first for whom", () => {
    const kinds: RoutingMap["kinds"] = {
      paid: { routes: ["hot/anthropic/claude-sonnet-4-5"] },
      sign: { answeredBy: "human" },
    };
    const free = { provider: "nvidia", model: "kimi", cost: "free" } as const;
    const act: Partial<RoutingMap> = { watchdog: { act: ["prefer_free", "kill"] }, kinds, warm: [local, free] };
    const first = "  auto: it may put first warm/lmstudio/qwen or warm/nvidia/kimi, in place of nobody";

    const begun = said({ kinds, warm: [local, free] }, act);
    expect(begun.slice(1, 5)).toEqual([
      "Watchdog",
      "  + prefer_free: it may put a healthy free or local route first for a kind whose first route is in trouble",
      expect.stringMatching(/^ {2}\+ kill: it may switch off a route /),
      first,
    ]);
    expect(said(act, { ...act, watchdog: { act: ["pause"], holdMinutes: 5 } })).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^ {2}\+ pause: it may pause a provider /),
        expect.stringMatching(/^ {2}- prefer_free: it does no longer put /),
        expect.stringMatching(/^ {2}- kill: it does no longer /),
        "  auto: it may put first nobody, in place of warm/lmstudio/qwen or warm/nvidia/kimi",
      ]),
    );
    expect(said(act, { ...act, watchdog: { ...act.watchdog, holdMinutes: 30 } })).toContain(
      "  what it puts first stays so for at most 30 min, in place of 60 min",
    );
    expect(said(act, { ...act, warm: [local] })).toContain(
      "  auto: it may put first warm/lmstudio/qwen, in place of warm/lmstudio/qwen or warm/nvidia/kimi",
    );
    expect(said({}, { watchdog: { holdMinutes: 30 } })).not.toContain("Watchdog");
  });

  it("list every other value that differs, and what the lint newly finds", () => {
    const lines = said(
      { kinds: { draft: {} } },
      { kinds: { draft: { degrade: ["queue"] } }, breaker: { enabled: false } },
    );

    expect(lines).toContain('  kinds.draft.degrade: nothing → ["queue"]');
    expect(lines).toContain('  breaker: nothing → {"enabled":false}');
    expect(lines).toContain("  new: 1 warning: breaker_off");
    expect(said({ breaker: { enabled: false } }, {})).toContain("  gone: 1 warning: breaker_off");
  });
});

function said(before: Partial<RoutingMap>, after: Partial<RoutingMap>): readonly string[] {
  return describeDiff(compareMaps(file({ ...cleanMap, ...before }), file({ ...cleanMap, ...after })));
}

function file(map: RoutingMap) {
  return { file: "map.json", text: JSON.stringify(map), map };
}
