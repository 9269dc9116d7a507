/** What the platform gives the Worker. Only `build-deps.ts` and the Durable Objects read it. */
import type { SwitchboardObject } from "./breaker/switchboard-object.ts";
import type { CacheObject } from "./cache/cache-object.ts";
import type { JobIndexObject } from "./jobs/job-index-object.ts";
import type { JobObject } from "./jobs/job-object.ts";
import type { LedgerObject } from "./ledger/ledger-object.ts";
import type { NotifierObject } from "./notify/notifier-object.ts";
import type { VariableName } from "./variables.ts";

export interface Env extends Readonly<Partial<Record<VariableName, string>>> {
  readonly SWITCHBOARD: DurableObjectNamespace<SwitchboardObject>;
  /** One object for each job, named by its id. */
  readonly JOBS: DurableObjectNamespace<JobObject>;
  readonly JOB_INDEX: DurableObjectNamespace<JobIndexObject>;
  readonly NOTIFIER: DurableObjectNamespace<NotifierObject>;
  readonly LEDGER: DurableObjectNamespace<LedgerObject>;
  /** The dashboard's files; not there where none were built. */
  readonly ASSETS?: Fetcher;
  /** One object for each tenant, named by it. */
  readonly CACHE: DurableObjectNamespace<CacheObject>;
}

/** The names of the objects of which there is one. */
export const SWITCHBOARD = "switchboard";
export const JOB_INDEX = "index";
export const NOTIFIER = "notifier";
export const LEDGER = "ledger";

/** A map's placeholders may name any variable, so this looks beyond those that `Env` lists. */
export function environmentOf(env: Env): (name: string) => string | undefined {
  return (name) => {
    const value: unknown = Reflect.get(env, name);
    return typeof value === "string" ? value : undefined;
  };
}
