/** One call to the API, and what answers it. */
import type { PostOffice } from "../post-office.ts";
import type { Schedules } from "../schedules.ts";
import type { SigningKeys } from "../signature.ts";

export interface ApiCall {
  readonly method: string;
  /** What follows `/v2/`, as it was sent: `publish/https://example.com/a?b=c`. */
  readonly rest: string;
  /** The same in parts, without the query. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Account {
  readonly office: PostOffice;
  readonly schedules: Schedules;
  readonly keys: SigningKeys;
}
