/** Is a Lisbon there, and does it take our key? */
import { Health, Pauses } from "../admin-schemas.ts";
import { adminAddress } from "../admin-address.ts";
import type { AdminOptions } from "../admin-address.ts";
import { askAdminFor } from "../ask-admin.ts";
import { askDated } from "./ask-dated.ts";
import type { Looked } from "./finding.ts";
import type { Seen } from "./services.ts";

export interface SeenWorker extends Seen {
  /** It can be asked to do something. */
  readonly isOurs: boolean;
}

/** Where nobody said an address, and nothing runs here, nothing is wrong. */
export async function lookAtWorker(options: AdminOptions): Promise<SeenWorker> {
  const what = "Lisbon";
  const address = adminAddress(options);
  if (!address.ok) {
    const { message, next } = address.failure;
    return { looked: [{ verdict: "wrong", what, said: message, next }], skewMs: null, isOurs: false };
  }
  const { url } = address.value;
  const asked = await askDated(`${url}/health`);
  if (!asked.ok) {
    const said = `${url} ${asked.failure}`;
    const next = "Start it (npm start), or name a deployed one: --url https://…";
    const verdict = options.url === undefined ? "skipped" : "wrong";
    return { looked: [{ verdict, what, said, next }], skewMs: null, isOurs: false };
  }
  const { skewMs, body, status, tookMs } = asked.value;
  const health = Health.safeParse(body);
  if (!health.success) {
    const said = `${url} answers ${status}, and not as Lisbon does`;
    return { looked: [{ verdict: "wrong", what, said, next: "Is that its address?" }], skewMs, isOurs: false };
  }
  const { healthy, routes } = health.data;
  const all = routes.filter((route) => route.status !== "off").length;
  const said = `${url} answers in ${tookMs} ms; ${healthy.length} of ${all} routes serve`;
  const verdict = healthy.length === 0 ? "wrong" : healthy.length < all ? "warn" : "ok";
  const serving: Looked = { verdict, what, said, ...(verdict !== "ok" && { next: "npx lisbon status" }) };
  const key = await lookAtKey(options);
  return { looked: [serving, key], skewMs, isOurs: key.verdict === "ok" };
}

async function lookAtKey(options: AdminOptions): Promise<Looked> {
  const what = "admin key";
  const asked = await askAdminFor(Pauses, options, "/admin/pause");
  if (asked.ok) return { verdict: "ok", what, said: "is taken" };
  return { verdict: "wrong", what, said: asked.failure.message, next: asked.failure.next };
}
