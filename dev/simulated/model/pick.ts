import { createHash } from "node:crypto";

/** The same text always gives the same number between 0 and 2³² − 1. */
export function numberFrom(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0);
}

/** An identifier as providers make them, the same for the same request. */
export function idFrom(text: string, length = 24): string {
  const digest = createHash("sha512").update(text).digest("base64");
  return digest.replaceAll(/[^A-Za-z0-9]/g, "").slice(0, length);
}

export function pick<Item>(items: readonly [Item, ...Item[]], seed: number): Item {
  return items[seed % items.length] ?? items[0];
}
