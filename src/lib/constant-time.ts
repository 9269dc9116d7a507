/**
 * Compares a secret with what somebody presented. The time it takes depends
 * on the presented text alone, so it tells nothing of the secret.
 */
export function sameSecret(presented: string, secret: string): boolean {
  const encoder = new TextEncoder();
  const theirs = encoder.encode(presented);
  const ours = encoder.encode(secret);
  if (ours.byteLength === 0) return false;
  let difference = theirs.byteLength ^ ours.byteLength;
  for (const [at, byte] of theirs.entries()) difference |= byte ^ (ours[at % ours.byteLength] ?? 0);
  return difference === 0;
}
