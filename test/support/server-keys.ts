/** Server keys as `POST /admin/keys` makes them, for Workers that are given `KEY_SECRET`. */
import { createHmac } from "node:crypto";

export const KEY_SECRET = "what-the-tests-sign-their-keys-with-0123456789";

/** Of this tenant. Made here by Node's own crypto, so that the Worker's is checked by another hand. */
export function serverKey(tenant = "default", id = "tests"): string {
  const label = `lsb_live_${tenant}_${id}`;
  return `${label}_${createHmac("sha256", KEY_SECRET).update(label).digest("base64url")}`;
}
