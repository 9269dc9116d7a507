/**
 * Node hashes and signs in a thread of its own, which a fake clock cannot wait
 * for; workerd does so at once. A set-up file of the tests in Node.
 */
import { createHash, createHmac, KeyObject, timingSafeEqual, type webcrypto } from "node:crypto";

crypto.subtle.digest = async (algorithm, data) => {
  if (algorithm !== "SHA-256") throw new Error(`no test needs ${JSON.stringify(algorithm)}`);
  return new Uint8Array(createHash("sha256").update(bytesOf(data)).digest()).buffer;
};

// Of the class: this file is run once for each test file, all in one process.
const sign = SubtleCrypto.prototype.sign.bind(crypto.subtle);
const verify = SubtleCrypto.prototype.verify.bind(crypto.subtle);

crypto.subtle.sign = async (algorithm, key, data) =>
  isHmac(algorithm, key) ? new Uint8Array(hmac(key, data)).buffer : await sign(algorithm, key, data);

crypto.subtle.verify = async (algorithm, key, signature, data) => {
  if (!isHmac(algorithm, key)) return await verify(algorithm, key, signature, data);
  const [given, right] = [bytesOf(signature), hmac(key, data)];
  return given.byteLength === right.byteLength && timingSafeEqual(given, right);
};

/** HMAC with SHA-256, the only one that is ours. */
function isHmac(algorithm: unknown, key: webcrypto.CryptoKey): boolean {
  return algorithm === "HMAC" && JSON.stringify(key.algorithm).includes('"SHA-256"');
}

function hmac(key: webcrypto.CryptoKey, data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return createHmac("sha256", KeyObject.from(key)).update(bytesOf(data)).digest();
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
