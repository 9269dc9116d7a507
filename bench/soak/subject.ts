/** Lisbon as it would be uploaded, in a workerd of its own that collects its garbage when `/collect` is asked. */
import { readdirSync, readlinkSync } from "node:fs";
import { resolve } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { bundleWorker, repository, type BundleOptions } from "../../cli/bundle-worker.ts";
import { developmentKey } from "../../src/identity/server-key.ts";
import type { Belongings } from "../harness/belongings.ts";
import { startWorkerd, type Workerd } from "../harness/workerd.ts";
import type { Files } from "./verdict.ts";

const SECRET = "what-the-soak-signs-its-key-with";
const ADMIN_KEY = "what-the-soak-asks-for-the-queue-with";

export interface Subject extends Workerd {
  /** Of its callers. */
  readonly key: string;
  /** Parked calls without an answer yet, and those that will get none. */
  queue(): Promise<Queue>;
}

export interface Queue {
  readonly waiting: number;
  readonly dead: number;
}

export async function startSubject(upstreamUrl: string, belongings: Belongings): Promise<Subject> {
  const config = readConfig({ config: resolve(repository, "wrangler.toml") }, { hideWarnings: true });
  const bound: readonly { readonly name: string; readonly class_name: string }[] = config.durable_objects.bindings;
  const workerd = await startWorkerd(
    {
      script: await bundle({ source: COLLECTING }),
      state: await bundle({ source: COLLECTING_STATE }),
      bindings: {
        UPSTREAM_URL: upstreamUrl,
        LISBON_KEY_SECRET: SECRET,
        LISBON_ADMIN_KEY: ADMIN_KEY,
        LISBON_ENVIRONMENT: "staging",
      },
      durableObjects: Object.fromEntries(bound.map(({ name, class_name }) => [name, class_name])),
      compatibilityDate: config.compatibility_date ?? "",
      compatibilityFlags: config.compatibility_flags,
      v8Flags: ["--expose-gc"],
    },
    belongings,
  );
  return { ...workerd, key: await developmentKey(SECRET), queue: () => queueOf(workerd.url) };
}

async function queueOf(url: string): Promise<Queue> {
  const response = await fetch(`${url}/admin/jobs?limit=1`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
  const { counts }: { readonly counts: Readonly<Record<string, number>> } = JSON.parse(await response.text());
  const of = (...states: readonly string[]): number => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return { waiting: of("stored", "queued", "running"), dead: of("dead", "waiting_for_human") };
}

const COLLECTING = `import worker from "./src/router.ts";
  export default {
    fetch(request, env, context) {
      if (!request.url.endsWith("/collect")) return worker.fetch(request, env, context);
      gc();
      return new Response();
    },
  };`;

/** The objects' isolate has nobody to ask it, so it collects when the switchboard is asked, at most every two seconds. */
const COLLECTING_STATE = `import state, { Switchboard as Plain } from "./src/state.ts";
  export * from "./src/state.ts";
  export { Job } from "./src/jobs.ts";
  export default state;
  let collectedMs = 0;
  function collect() {
    if (Date.now() - collectedMs < 2_000) return;
    collectedMs = Date.now();
    gc();
  }
  export class Switchboard extends Plain {
    snapshot(...asked) { collect(); return super.snapshot(...asked); }
    report(report) { collect(); return super.report(report); }
  }`;

function bundle(entry: BundleOptions["entry"]): Promise<string> {
  return bundleWorker({ entry, routes: resolve(repository, "bench/soak/routes.soak.json"), minify: true });
}

/** From /proc, so on Linux alone. */
export function openFiles(pid: number): Files {
  const links = readdirSync(`/proc/${pid}/fd`).map((file) => linkOf(`/proc/${pid}/fd/${file}`));
  return {
    all: links.length,
    sockets: links.filter((link) => link.startsWith("socket:")).length,
    timers: links.filter((link) => link.includes("timerfd")).length,
    objects: links.filter((link) => link.includes(".sqlite")).length,
  };
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Closed since it was listed.
    return "";
  }
}
