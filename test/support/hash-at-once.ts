/**
 * Node hashes in a thread of its own, which a fake clock cannot wait for;
 * workerd hashes at once. A set-up file of the tests in Node.
 */
import { createHash } from "node:crypto";

crypto.subtle.digest = async (algorithm, data) => {
  if (algorithm !== "SHA-256") throw new Error(`no test needs ${JSON.stringify(algorithm)}`);
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
  return new Uint8Array(createHash("sha256").update(bytes).digest()).buffer;
};
