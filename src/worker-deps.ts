import type { SwitchboardOperator } from "./breaker/switchboard-operator.ts";
import type { CachePort } from "./cache/cache-port.ts";
import type { Deps } from "./deps.ts";
import type { JobIndexPort } from "./jobs/index-port.ts";
import type { IdentityMemory } from "./identity/identify.ts";
import type { LedgerOperator } from "./ledger/ledger-operator.ts";
import type { NotifierPort } from "./notify/notifier-port.ts";
import type { RoutingMap } from "./routing/routing-map.ts";
import type { Settings } from "./settings.ts";

/** What the HTTP side needs on top of the spine's outside. */
export interface WorkerDeps extends Deps {
  readonly settings: Settings;
  /** The routing map as it was deployed, for the operator. */
  readonly map: () => RoutingMap;
  /** Who was found to be who, of late. */
  readonly identities: IdentityMemory;
  /** For the operator's requests; the spine asks `breakers`. */
  readonly switchboard: () => SwitchboardOperator;
  /** For the operator's requests; the spine asks `ledger`. */
  readonly ledgerOperator: () => LedgerOperator;
  /** A tenant's kept answers, for the operator; the spine asks `answers`. */
  readonly cacheOf: (tenant: string) => CachePort;
  /** The list of jobs, for the operator. */
  readonly jobIndex: () => JobIndexPort;
  /** Where notices go, and what the operator asks of it. */
  readonly notifier: () => NotifierPort;
  /** The dashboard's files; null: none were built. */
  readonly assets: ((request: Request) => Promise<Response>) | null;
}
