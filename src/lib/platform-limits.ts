/**
 * What Cloudflare allows. The local runtime enforces almost none of these, so
 * code that could meet one checks it by itself, and a test proves the check.
 */

/** https://developers.cloudflare.com/workers/platform/limits/#memory */
export const ISOLATE_MEMORY_BYTES = 128 * 1024 * 1024;

/** Time for `waitUntil` after the reply or a hang-up. https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil */
export const WAIT_UNTIL_MS = 30_000;

/** Connections of one request that may wait for headers. https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections */
export const CONNECTIONS_WAITING_FOR_HEADERS = 6;

/** Subrequests of one request on the free plan. https://developers.cloudflare.com/workers/platform/limits/#subrequests */
export const SUBREQUESTS_FREE_PLAN = 50;

/** One row or value of a SQLite Durable Object. https://developers.cloudflare.com/durable-objects/platform/limits/ */
export const SQLITE_ROW_BYTES = 2 * 1024 * 1024;

/** One serialised RPC message. https://developers.cloudflare.com/workers/runtime-apis/rpc/#limitations */
export const RPC_MESSAGE_BYTES = 32 * 1024 * 1024;
