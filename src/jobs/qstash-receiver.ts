import { Receiver } from "@upstash/qstash";

export interface SignedDelivery {
  /** The `Upstash-Signature` header; null: there is none. */
  readonly signature: string | null;
  /** As it came: the signature is over these very characters. */
  readonly body: string;
  /** Where we were called, as we know it: what was signed for another address is not for us. */
  readonly url: string;
  readonly settings: { readonly currentSigningKey: string; readonly nextSigningKey: string };
}

/**
 * Is this a delivery of our QStash account, for this address and this body, and not stale? Never rejects. By either
 * signing key, so that a rotation loses nothing. https://upstash.com/docs/qstash/howto/signature
 */
export async function verifyDelivery({ signature, body, url, settings }: SignedDelivery): Promise<boolean> {
  const { currentSigningKey, nextSigningKey } = settings;
  // With an empty key the SDK would look for others in the environment.
  if (signature === null || currentSigningKey === "" || nextSigningKey === "") return false;
  try {
    // Not in development mode whatever QSTASH_DEV says: its keys are published.
    const receiver = new Receiver({ currentSigningKey, nextSigningKey, devMode: false });
    return await receiver.verify({ signature, body, url, clockTolerance: CLOCK_TOLERANCE_SECONDS });
  } catch {
    // Whatever is wrong with it: it is not a delivery.
    return false;
  }
}

/** QStash's clock or ours may be a minute off. */
const CLOCK_TOLERANCE_SECONDS = 60;
