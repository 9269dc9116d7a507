import { expect, it } from "vitest";
import { describeOff } from "../../../src/routing/describe-off.ts";
import { withPublicHosts } from "../../../src/routing/public-routes.ts";
import { routingWith } from "../../support/routing-with.ts";

function offIn(baseUrl: string) {
  const routing = routingWith({
    hot: [
      { id: "asked-for", provider: "one", model: "m", baseUrl },
      { id: "public", provider: "two", model: "m", baseUrl: "https://api.example.com/v1" },
    ],
  });
  return withPublicHosts(routing);
}

it.each([
  "http://127.0.0.1:11434/v1",
  "http://localhost:1234/v1",
  "http://10.0.0.7/v1",
  "http://192.168.1.5:8080/v1",
  "http://169.254.169.254/latest",
  "http://[::1]:8080/v1",
  "http://2130706433/v1",
  "http://0x7f.1/v1",
  "http://llm.internal/v1",
  "http://lmstudio/v1",
  "http://127.0.0.1.nip.io/v1",
])("a route at %s is off in production, says so, and leaves the others on", (baseUrl) => {
  const { routes, off } = offIn(baseUrl);

  expect(routes.map(({ id }) => id)).toEqual(["public"]);
  expect(off.map(({ id, why }) => `${id}: ${describeOff(why)}`)).toEqual([
    expect.stringMatching(/^asked-for: its host \S+ is not public, which production needs/),
  ]);
});

it("a tunnel's public name is as good as any", () => {
  expect(offIn("https://my-llm.trycloudflare.com/v1").off).toEqual([]);
});
