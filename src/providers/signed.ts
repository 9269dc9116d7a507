/**
 * Amazon's signature (SigV4) over a request: its headers with `authorization`,
 * `x-amz-date` and the session's token added. Only what Amazon asks for is
 * signed (the host, the path, the body and those): any other header may be
 * changed on its way.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { AwsV4Signer } from "aws4fetch";
import type { AwsKeys } from "../domain/route.ts";
import type { WireRequest } from "./provider.ts";

/** The key that all of one day's signatures are made with, by secret, day and region: four of five hashes less. */
const dayKeys = new Map<string, ArrayBuffer>();

/** `now` in milliseconds; Amazon refuses a time that is more than five minutes off. */
export async function signed(wire: WireRequest, awsKeys: AwsKeys, now: number): Promise<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken, region } = awsKeys;
  const signer = new AwsV4Signer({
    method: "POST",
    url: wire.url,
    body: wire.body,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== null && { sessionToken }),
    region,
    service: "bedrock",
    datetime: new Date(now).toISOString().replaceAll(/[:-]|\.\d{3}/g, ""),
    cache: dayKeys,
  });
  const { headers } = await signer.sign();
  return { ...wire.headers, ...Object.fromEntries(headers) };
}
