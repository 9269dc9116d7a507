/** The keys that `npm start` makes for itself. They stay the same between runs, so that a client keeps working. */
import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** The first to come writes; two that start at the same time end up with the same key, and none with half of it. */
function keptIn(file: string, make: () => string): string {
  mkdirSync(dirname(file), { recursive: true });
  if (!existsSync(file)) put(file, make());
  return readFileSync(file, "utf8").trim();
}

function put(file: string, key: string): void {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, key, { mode: 0o600 });
  try {
    // Whole or not at all: a file is there before anything is written to it.
    linkSync(own, file);
  } catch {
    // Another's is there already, and counts; or this disk knows no links.
    if (!existsSync(file)) writeFileSync(file, key, { mode: 0o600 });
  } finally {
    rmSync(own);
  }
}
