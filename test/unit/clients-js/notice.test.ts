/** What the router's headers say, as an app shows it. */
import { describe, expect, it } from "vitest";
import { noticeOf } from "../../../clients/js/src/notice.ts";
import { headerText } from "../../../src/http/reply-headers.ts";

function told(text: string): string | null | undefined {
  return noticeOf(new Response(null, { headers: { "x-lisbon-notice": headerText(text) } }))?.text;
}

describe("a notice", () => {
  it.each([
    "Using backup service",
    "The prompt may fill 85% of the largest context window",
    "Serviço a 85%",
    "高負荷のため、応答が遅くなることがあります。",
    "100%",
    "50%zz",
  ])("reads as it was written: %s", (text) => {
    expect(told(text)).toBe(text);
  });

  it("says which step of the ladder answered", () => {
    const headers = { "x-lisbon-tier": "smaller", "x-lisbon-degraded": "smaller_model" };
    expect(noticeOf(new Response(null, { headers }))).toMatchObject({ tier: "smaller", degraded: "smaller_model" });
  });

  it("is none where the headers say nothing", () => {
    expect(noticeOf(new Response())).toBeNull();
  });
});
