import type { Failure } from "../domain/failure.ts";
import type { Route } from "../domain/route.ts";

/** A shorter value is no secret, and would be found in every other word. */
const SHORTEST_SECRET = 6;

/** A failure less the route's own keys and header values, which gateways like to repeat in their errors. */
export function withoutSecrets(failure: Failure, route: Route): Failure {
  const { accessKeyId = "", secretAccessKey = "", sessionToken = "" } = route.awsKeys ?? {};
  const aws = [accessKeyId, secretAccessKey, sessionToken ?? ""];
  const secrets = [route.key ?? "", ...aws, ...Object.values(route.headers)]
    .flatMap((value) => [value, ...value.split(/\s+/)])
    .filter((value) => value.length >= SHORTEST_SECRET);
  if (secrets.length === 0) return failure;
  const cleaned = (text: string): string => secrets.reduce((left, secret) => left.replaceAll(secret, "[…]"), text);
  return {
    ...failure,
    detail: cleaned(failure.detail),
    ...(failure.reason !== undefined && { reason: cleaned(failure.reason) }),
    ...(failure.param !== undefined && { param: cleaned(failure.param) }),
  };
}
