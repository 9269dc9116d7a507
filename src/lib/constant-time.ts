/**
 * Compares a secret with what somebody presented. The time it takes depends
 * on the presented text alone, so it tells nothing of the secret.
 */
export function sameSecret(presented: string, secret: string): boolean {
  if (secret === "") return false;
  let difference = presented.length ^ secret.length;
  for (let at = 0; at < presented.length; at++) {
    difference |= presented.charCodeAt(at) ^ secret.charCodeAt(at % secret.length);
  }
  return difference === 0;
}
