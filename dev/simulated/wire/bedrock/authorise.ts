import { assertNever } from "../../../../src/lib/assert-never.ts";
import type { HttpReply, Received } from "../wire-format.ts";
import { errorReply, wrongKey } from "./errors.ts";
import { signatureProblem } from "./signature.ts";

/** A bearer key, or a signature. https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html */
export function authorise(received: Received): HttpReply | undefined {
  const { authorization } = received.headers;
  if (authorization === undefined) {
    return errorReply(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  const key = /^Bearer (.+)$/iu.exec(authorization)?.[1];
  if (key !== undefined) return key === "bad" ? wrongKey() : undefined;
  const problem = signatureProblem(received);
  switch (problem) {
    case null:
      return undefined;
    case "incomplete":
      return errorReply(
        403,
        "IncompleteSignatureException",
        "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters, and existence of 'X-Amz-Date' and 'host' among the signed headers.",
      );
    case "unknown key":
      return errorReply(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
    case "expired":
      return errorReply(403, "ExpiredTokenException", "The security token included in the request is expired");
    case "wrong service":
      return errorReply(403, "InvalidSignatureException", "Credential should be scoped to correct service: 'bedrock'.");
    case "mismatch":
      // https://github.com/aws-beam/aws-erlang/issues/161
      return errorReply(
        403,
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
      );
    default:
      return assertNever(problem);
  }
}
