/** Amazon's official client over `fetch`: its own handler speaks HTTP/2, which nothing on 127.0.0.1 does here. */
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";

interface AwsRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const overFetch = {
  async handle({ protocol, hostname, port, path, method, headers, body = new Uint8Array() }: AwsRequest) {
    const response = await fetch(`${protocol}//${hostname}:${port}${path}`, { method, headers, body });
    return {
      response: {
        statusCode: response.status,
        headers: Object.fromEntries(response.headers),
        body: response.body,
      },
    };
  },
};

/** With a bearer key, or with keys that sign. */
export function awsClient(endpoint: string, auth: { readonly key: string } | AwsKeys): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    endpoint,
    region: "eu-west-1",
    maxAttempts: 1,
    ...("key" in auth
      ? { token: { token: auth.key }, authSchemePreference: ["httpBearerAuth"] }
      : { credentials: auth, authSchemePreference: ["aws.auth#sigv4"] }),
    requestHandler: overFetch,
  });
}
