/** Every change that an admin makes leaves a line: who, what, when, and what came of it. */
import type { WorkerDeps } from "../worker-deps.ts";
import { readTextUpTo } from "../lib/read-text.ts";

/** An admin may say who it is: the key alone tells nobody apart. */
const ACTOR_HEADER = "x-lisbon-actor";
const MAX_ACTOR_CHARS = 64;
const MAX_DETAIL_CHARS = 1_000;
const MAX_DETAIL_BYTES = 4_096;

/**
 * `body`: it is told, for it holds settings. `nothing`: a prompt or an answer may be in it, and a trail is no place for
 * either. `link`: neither, and it is a notice's signed link that authorises.
 */
export type Told = "body" | "nothing" | "link";

/** What is noted of a request; to be read before its handler takes the body. */
export async function changeIn(
  request: Request,
  told: Told,
): Promise<{ readonly who: string; readonly detail: string }> {
  if (told === "link") return { who: "link", detail: "" };
  const given = request.headers.get(ACTOR_HEADER) ?? "";
  const who = given.replaceAll(/[^\x20-\x7e]/g, "").slice(0, MAX_ACTOR_CHARS) || "admin";
  if (told === "nothing") return { who, detail: "" };
  const body = await readTextUpTo(request.clone(), MAX_DETAIL_BYTES).catch(() => "");
  // A change without a body, as an erasure, says in its address what it is about.
  const detail = body === "" ? new URL(request.url).search : body;
  return { who, detail: detail.slice(0, MAX_DETAIL_CHARS) };
}

/** The change was made whether or not its line can be written; a line that cannot is in the log. */
export async function noteChange(
  request: Request,
  change: { readonly who: string; readonly detail: string },
  status: number,
  deps: WorkerDeps,
  requestId: string,
): Promise<void> {
  const what = `${request.method} ${new URL(request.url).pathname}`;
  try {
    await deps.switchboard().noteChange({ atMs: deps.clock.now(), what, status, ...change });
  } catch (cause) {
    deps.logError(requestId, cause);
  }
}

const MOST_SHOWN = 1_000;

/** `GET /admin/audit?limit=100`, the latest first. */
export async function showChanges(request: Request, deps: WorkerDeps): Promise<Response> {
  const asked = Number(new URL(request.url).searchParams.get("limit") ?? 100);
  const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, MOST_SHOWN) : 100;
  const changes = await deps.switchboard().changes(limit);
  return Response.json({
    changes: changes.map(({ atMs, ...change }) => ({ at: new Date(atMs).toISOString(), ...change })),
  });
}
