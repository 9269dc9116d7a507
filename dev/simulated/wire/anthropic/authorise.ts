import type { HttpReply, Received } from "../wire-format.ts";
import { errorReply } from "./errors.ts";

/** https://platform.claude.com/docs/en/api/versioning: the two versions that a caller may send today. */
const VERSIONS = ["2023-06-01", "2026-10-21"] as const;
export type Version = (typeof VERSIONS)[number];

/** `x-api-key`, or as the SDK's since 1.0 do `Authorization: Bearer`; where both come, `x-api-key` counts. */
export function authorise({ headers }: Received): HttpReply | undefined {
  const bearer = /^Bearer (.+)$/iu.exec(headers.authorization ?? "")?.[1];
  const key = headers["x-api-key"] ?? bearer;
  if (key === undefined || key === "") return errorReply(401, "authentication_error", "x-api-key header is required");
  if (key === "bad") {
    const message = headers["x-api-key"] === undefined ? "Invalid bearer token" : "invalid x-api-key";
    return errorReply(401, "authentication_error", message);
  }
  const version = headers["anthropic-version"];
  if (version === undefined) {
    return errorReply(400, "invalid_request_error", "anthropic-version: header is required");
  }
  return isVersion(version)
    ? undefined
    : errorReply(400, "invalid_request_error", `anthropic-version: "${version}" is not a valid version`);
}

export function isVersion(version: string | undefined): version is Version {
  return VERSIONS.some((known) => known === version);
}
