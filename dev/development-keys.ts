/** The keys that `npm start` makes for itself. They stay the same between runs, so that a client keeps working. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export function adminKey(file: string): string {
  return keptIn(file, () => `admin_${randomBytes(18).toString("base64url")}`);
}

/** Signs callbacks and notices, in the form of Standard Webhooks. */
export function signingSecret(file: string): string {
  return keptIn(file, () => `whsec_${randomBytes(32).toString("base64")}`);
}

/** For whatever else wants a secret: callers' keys, budget alerts, the local Redis and QStash. */
export function randomSecret(file: string): string {
  return keptIn(file, () => randomBytes(32).toString("base64url"));
}

/** The first to come writes; two that start at the same time end up with the same key. */
function keptIn(file: string, make: () => string): string {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, make(), { flag: "wx", mode: 0o600 });
  } catch {
    // It is there already: that one counts.
  }
  return readFileSync(file, "utf8").trim();
}
