import type { Price } from "./price.ts";

/** One provider + model + base URL + key, ready to be called: placeholders filled in, defaults applied. */
export interface Route {
  /** Such as `hot/anthropic/sonnet-4.6`. */
  readonly id: string;
  readonly tier: Tier;
  /** The provider's canonical name (`google`, never `gemini`). */
  readonly provider: string;
  /** The model's name, as the provider at `baseUrl` knows it. */
  readonly model: string;
  /** Which wire format the host speaks. */
  readonly api: ApiId;
  /** http(s), without a trailing slash. */
  readonly baseUrl: string;
  /** `host:port` of `baseUrl`: what is not tried again in a call once it refused. */
  readonly host: string;
  /** The provider key; null for a local server that needs none. */
  readonly key: string | null;
  /** Signs each call in place of a key (SigV4); null: everywhere but at Amazon without a bearer key. */
  readonly awsKeys: AwsKeys | null;
  /** Further headers for the provider, placeholders filled in. */
  readonly headers: Readonly<Record<string, string>>;
  /** What shares a bill and a quota. */
  readonly account: string;
  readonly cost: CostClass;
  /** As the map says; null: the shipped list may know it. */
  readonly price: Price | null;
  /** The model's context window in tokens; null where the map does not say. */
  readonly contextTokens: number | null;
  /** What the map says that this route cannot do; see `providers/capabilities.ts`. */
  readonly cannot: ReadonlySet<Capability>;
  /** Does the model go on with an answer that a conversation ends with? Null: as its provider knows. */
  readonly prefill: boolean | null;
  /** False: nobody has tested tools and JSON schemas with it yet, so it gets none. */
  readonly trusted: boolean;
  /** A reasoning model: its first words may take `firstTokenMs` of 30 s. */
  readonly reasoning: boolean;
  /** Per cent of the users whom it may serve; 100: everybody. See `chat/rolled-out.ts`. */
  readonly rollout: number;
  readonly clocks: RouteClocks;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Temporary keys have one. */
  readonly sessionToken: string | null;
  /** Such as `eu-west-1`: a signature holds in one region only. */
  readonly region: string;
}

/** `smaller`: asked by the degrade step `smaller_model` alone, or by who names it. */
export type Tier = "hot" | "warm" | "smaller";
export type ApiId = "openai" | "anthropic" | "gemini" | "bedrock";
export type CostClass = "local" | "free" | "paid";

/** What a map's `capabilities` may switch off for a route. */
export const CAPABILITIES = [
  "tools",
  "parallel_tools",
  "images",
  "json_object",
  "json_schema",
  "seed",
  "stop",
  "reasoning_effort",
  "streaming",
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** DESIGN: the way of a request. All in milliseconds, all of content, none reset by keep-alives. */
export interface RouteClocks {
  /** Streamed: until the headers. */
  readonly headersMs: number;
  /** Streamed: from the headers until the first words. */
  readonly firstTokenMs: number;
  /** Streamed: between two contents. */
  readonly idleMs: number;
  /** Streamed: from the commit until the end. */
  readonly maxStreamMs: number;
  /** Unstreamed: an upper bound for one attempt, on top of the share of the deadline; null: only the share. */
  readonly attemptMs: number | null;
}
