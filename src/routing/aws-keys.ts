/**
 * What signs calls to Amazon where its bearer key is not set, under the names that Amazon's own SDKs read.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
 */
import type { AwsKeys } from "../domain/route.ts";
import type { OffReason } from "../domain/routing.ts";
import { fail, ok } from "../lib/result.ts";
import type { Result } from "../lib/result.ts";
import { fitsInHeader, ONE_PLAIN_LINE } from "./map-fields.ts";
import { lookUp } from "./placeholder.ts";
import type { Environment } from "./placeholder.ts";
import { BEDROCK_KEY } from "./provider-table.ts";

export const ACCESS_KEY_ID = "AWS_ACCESS_KEY_ID";
const SESSION_TOKEN = "AWS_SESSION_TOKEN";
const REGION = "AWS_REGION";
const SECRET_ACCESS_KEY = "AWS_SECRET_ACCESS_KEY";

/** All of these together stand in for a variable; none for most. */
export function standInsFor(name: string): readonly string[] {
  return name === BEDROCK_KEY ? [ACCESS_KEY_ID, SECRET_ACCESS_KEY] : [];
}

/** Is there a value for what `name` is needed for? */
export function isSet(name: string, environment: Environment): boolean {
  const others = standInsFor(name);
  const isThere = (each: string): boolean => lookUp(each, environment) !== null;
  return isThere(name) || (others.length > 0 && others.every(isThere));
}

/** Fails where the secret is missing, or neither the host nor AWS_REGION names the region. */
export function awsKeysFor(baseUrl: string, environment: Environment): Result<AwsKeys, OffReason> {
  const valueOf = (name: string): string | undefined => lookUp(name, environment)?.value;
  const [accessKeyId = "", secretAccessKey = ""] = [valueOf(ACCESS_KEY_ID), valueOf(SECRET_ACCESS_KEY)];
  // `bedrock-runtime.eu-west-1.amazonaws.com`, `bedrock-runtime-fips.…`, `vpce-….bedrock-runtime.eu-west-1.vpce.…`
  const region = /\bbedrock-runtime(?:-fips)?\.([a-z0-9-]+)\./.exec(baseUrl)?.[1] ?? valueOf(REGION) ?? "";
  const missing = [...(secretAccessKey ? [] : [SECRET_ACCESS_KEY]), ...(region ? [] : [REGION])];
  if (missing.length > 0) return fail({ kind: "missing_variables", names: missing });
  const sessionToken = valueOf(SESSION_TOKEN) ?? null;
  if (![accessKeyId, sessionToken ?? "-"].every(fitsInHeader)) {
    return fail({ kind: "wrong_value", field: "key", names: [ACCESS_KEY_ID, SESSION_TOKEN], expected: ONE_PLAIN_LINE });
  }
  return ok({ accessKeyId, secretAccessKey, sessionToken, region });
}
