/**
 * What Cloudflare allows. The local runtime enforces almost none of these, so
 * code that could meet one checks it by itself, and a test proves the check.
 */

/** What all requests of an isolate share. https://developers.cloudflare.com/workers/platform/limits/#memory */
export const ISOLATE_MEMORY_BYTES = 128 * 1024 * 1024;

/** Connections of one request that may wait for headers. https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections */
export const CONNECTIONS_WAITING_FOR_HEADERS = 6;

/** Subrequests of one request on the free plan. https://developers.cloudflare.com/workers/platform/limits/#subrequests */
export const SUBREQUESTS_FREE_PLAN = 50;
