import { startProduct } from "/work/main/test/support/started-product.ts";
import { startSimulatedHosts } from "/work/main/test/support/simulated-hosts.ts";
import { startIsolates } from "/work/main/test/support/isolates.ts";
import { writeFileSync } from "node:fs";
const hosts = await startSimulatedHosts();
const mk = (id: string, e: any) => ({
  ...e,
  id,
  account: id,
  model: `sim@${id.split("_")[1]!.replace("-", ":")}`,
  timeouts: { idleMs: 300 },
});
const O = { provider: "one", baseUrl: "${ONE_URL}/first/v1", key: "${ONE_KEY}" };
const A = { provider: "anthropic", api: "anthropic", baseUrl: "${THREE_URL}/claude", key: "${THREE_KEY}" };
const G = { provider: "google", api: "gemini", baseUrl: "${THREE_URL}/gemini", key: "${THREE_KEY}" };
const hot = [mk("pumped_stall-3", O), mk("checked_stall-3", O), mk("anthropic_stall-3", A), mk("gemini_stall-3", G)];
const kinds = Object.fromEntries(
  hot.map((r) => [
    r.id,
    { deadlineSeconds: 30, routes: [r.id], stream: r.id.startsWith("checked") ? "checked" : "pumped" },
  ]),
);
const map: any = { hot, kinds, breaker: { failuresToOpen: 100000, sameErrorCount: 100000 } };
let url = "",
  key = "";
let stop = async () => {};
let out = () => "";
if (process.argv[2] === "product") {
  const p = await startProduct({ routes: map, variables: hosts.variables });
  url = p.url;
  key = p.key;
  stop = p.stop;
  out = p.output;
} else {
  writeFileSync("/tmp/stall-map.json", JSON.stringify(map));
  const i = await startIsolates({
    count: 1,
    routes: "/tmp/stall-map.json",
    bindings: { ...hosts.variables, LISBON_API_KEY: "k" },
  });
  url = i.workers[0]!.url;
  key = "k";
  stop = async () => {
    await i.dispose();
  };
}
const tally: any = {};
const N = Number(process.argv[3] ?? 40);
for (let n = 0; n < N; n++)
  await Promise.all(
    hot.map(async (r) => {
      let text = "",
        err = "";
      let t = Date.now();
      let id = "";
      try {
        const res = await fetch(`${url}/v1/chat/completions`, {
          method: "POST",
          headers: { authorization: `Bearer ${key}` },
          body: JSON.stringify({ model: r.id, stream: true, messages: [{ role: "user", content: "count to 60" }] }),
        });
        id = res.headers.get("x-lisbon-request-id") ?? "";
        for await (const b of res.body!) text += new TextDecoder().decode(b);
      } catch (e: any) {
        err = String(e) + " " + String(e.cause);
      }
      const o = r.id + " " + (err || "ok") + " " + (text.includes("stream_stalled") ? "told" : "NOT TOLD");
      tally[o] = (tally[o] ?? 0) + 1;
      if (err) console.log(r.id, err, Date.now() - t, JSON.stringify(text.slice(-200)), id);
    }),
  );
console.error(tally);
await new Promise((r) => setTimeout(r, 1500));
await stop();
await hosts.close();
