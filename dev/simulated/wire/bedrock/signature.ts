/**
 * Amazon's signature, checked as Amazon checks it: the canonical request is
 * made again from what came, and signed with the secret that belongs to the
 * access key. Only the time is not compared with ours, because drills and
 * tests have clocks of their own.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac } from "node:crypto";
import type { Received } from "../wire-format.ts";

/** The one account that the simulated Bedrock knows. */
export const SIMULATED_AWS_KEYS = {
  accessKeyId: "AKIASIMULATED0000000",
  secretAccessKey: "simulated/secret+access/key",
} as const;

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

export type SignatureProblem = "incomplete" | "unknown key" | "wrong service" | "expired" | "mismatch";

/** Null: it is right. */
export function signatureProblem(received: Received): SignatureProblem | null {
  const { headers } = received;
  const parts = AUTHORIZATION.exec(headers["authorization"] ?? "");
  if (parts === null) return "incomplete";
  const [, accessKeyId = "", day = "", region = "", service = "", names = "", signature = ""] = parts;
  const signed = names.split(";");
  const time = headers["x-amz-date"] ?? "";
  const token = headers["x-amz-security-token"];
  const mustBeSigned = ["host", "x-amz-date", ...(token === undefined ? [] : ["x-amz-security-token"])];
  if (!mustBeSigned.every((name) => signed.includes(name)) || !time.startsWith(`${day}T`)) return "incomplete";
  if (accessKeyId !== SIMULATED_AWS_KEYS.accessKeyId) return "unknown key";
  if (token === "expired") return "expired";
  if (service !== "bedrock") return "wrong service";

  const canonical = canonicalRequest(received, signed);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<Buffer | string>(
    (above, part) => createHmac("sha256", above).update(part).digest(),
    `AWS4${SIMULATED_AWS_KEYS.secretAccessKey}`,
  );
  return createHmac("sha256", key).update(text).digest("hex") === signature ? null : "mismatch";
}

function canonicalRequest({ method, provider, path, query, headers, rawBody }: Received, signed: readonly string[]) {
  // Every segment is encoded once more than it came: https://github.com/wojtekmach/req/pull/374
  const segments = `/${provider}${path}`.split("/").map(encode);
  const parameters = [...query].map(([name, value]) => `${encode(name)}=${encode(value)}`).toSorted();
  const lines = signed.map((name) => `${name}:${(headers[name] ?? "").trim().replaceAll(/\s+/g, " ")}\n`);
  return [method, segments.join("/"), parameters.join("&"), lines.join(""), signed.join(";"), sha256(rawBody)].join(
    "\n",
  );
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
