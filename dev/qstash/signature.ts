/**
 * The `Upstash-Signature` of a delivery: a JWT (HS256) over the destination and
 * the hash of the body. https://upstash.com/docs/qstash/howto/signature
 */
import { createHash, createHmac, randomBytes } from "node:crypto";

/** Five minutes. */
const VALID_SECONDS = 300;

export interface Signed {
  readonly url: string;
  readonly body: Uint8Array;
  readonly now: number;
}

export function sign(key: string, { url, body, now }: Signed): string {
  const seconds = Math.floor(now / 1000);
  const claims = {
    iss: "Upstash",
    sub: url,
    exp: seconds + VALID_SECONDS,
    nbf: seconds,
    iat: seconds,
    jti: `jwt_${randomBytes(20).toString("base64url")}`,
    body: createHash("sha256").update(body).digest("base64url"),
  };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** The next key takes over, a new one stands behind it: https://upstash.com/docs/qstash/howto/roll-signing-keys */
export class SigningKeys {
  current: string;
  next: string;

  constructor(current: string, next: string) {
    this.current = current;
    this.next = next;
  }

  rotate(): void {
    this.current = this.next;
    this.next = `sig_${randomBytes(21).toString("base64url")}`;
  }
}
