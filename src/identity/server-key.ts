/**
 * Server keys: `lsb_live_<tenant>_<id>_<signature>`. The signature is over all
 * that stands before it, so a key proves itself and nobody is asked for it.
 * What stands before it is no secret, and names the key in a client token.
 */
import { DEFAULT_TENANT, TENANT_NAME } from "../domain/tenant.ts";

export interface KeyName {
  readonly tenant: string;
  readonly id: string;
  /** All of the key but its signature. */
  readonly label: string;
}

/** HMAC with less than this could be guessed by whoever holds a key. */
export const MIN_SECRET_CHARS = 32;

const LABEL = /^lsb_(?:live|dev)_([a-z0-9-]+)_([a-z0-9]{3,24})$/;
const SIGNATURE_CHARS = 43;

export function keyLabel(key: Omit<KeyName, "label"> & { readonly development: boolean }): string {
  return `lsb_${key.development ? "dev" : "live"}_${key.tenant}_${key.id}`;
}

export function readLabel(label: string): KeyName | null {
  const [, tenant, id] = LABEL.exec(label) ?? [];
  return tenant !== undefined && id !== undefined && TENANT_NAME.test(tenant) ? { tenant, id, label } : null;
}

/** The key of this label: the same secret makes the same one. */
export async function signKey(label: string, secret: string): Promise<string> {
  const signature = await crypto.subtle.sign("HMAC", await hmacKey(secret), encoder.encode(label));
  const base64 = new Uint8Array(signature).toBase64({ alphabet: "base64url", omitPadding: true });
  return `${label}_${base64}`;
}

/** `secrets`: any of them may have signed it. Null: it is none of our keys. */
export async function readServerKey(presented: string, secrets: readonly string[]): Promise<KeyName | null> {
  const label = presented.slice(0, -SIGNATURE_CHARS - 1);
  const name = readLabel(label);
  if (name === null || presented[label.length] !== "_") return null;
  const signature = bytesOf(presented.slice(label.length + 1));
  if (signature === null) return null;
  for (const secret of secrets) {
    if (await crypto.subtle.verify("HMAC", await hmacKey(secret), signature, encoder.encode(label))) return name;
  }
  return null;
}

/** Such as `k3f9q0x2m1ab`: 12 letters and digits, 60 bits of chance. */
export function newKeyId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

/** 32 of them, so that each is as likely as the others. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

const encoder = new TextEncoder();

/** HMAC-SHA-256 with this secret, to sign and to verify. */
export function hmacKey(secret: string) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign", "verify"]);
}

function bytesOf(base64url: string): Uint8Array | null {
  try {
    return Uint8Array.fromBase64(base64url, { alphabet: "base64url" });
  } catch {
    return null; // not base64
  }
}

/** What `npm start` prints: the same for as long as its secret is, and of no use anywhere else. */
export function developmentKey(secret: string): Promise<string> {
  return signKey(keyLabel({ tenant: DEFAULT_TENANT, id: "dev", development: true }), secret);
}
