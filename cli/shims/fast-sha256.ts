/** What `standardwebhooks` uses of `fast-sha256`, by the platform's own hash. https://github.com/dchest/fast-sha256-js */

export function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  // Loaded when it is needed, which is rare: an import would cost every new isolate two milliseconds.
  return process.getBuiltinModule("node:crypto").createHmac("sha256", key).update(message).digest();
}
