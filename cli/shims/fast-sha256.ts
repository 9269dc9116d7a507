/** What `standardwebhooks` uses of `fast-sha256`, by the platform's own hash. https://github.com/dchest/fast-sha256-js */
import { createHmac } from "node:crypto";

export function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(message).digest();
}
