/**
 * The Worker of the tests in workerd: for each binding of `wrangler.toml` the
 * class that its tests hold in their hands.
 */
import { LedgerObject } from "../../src/ledger/ledger-object.ts";
import { JobIndexObject } from "../../src/jobs/job-index-object.ts";

export { Switchboard } from "./breaker/entry.ts";
export { Job } from "./jobs/entry.ts";
export { Notifier } from "./notifier-entry.ts";
export { Cache } from "./cache-entry.ts";

export class JobIndex extends JobIndexObject {}

export class Ledger extends LedgerObject {
  protected override routing(): never {
    throw new Error("no test of this Worker asks for its map");
  }

  protected override alert(): void {
    throw new Error("no test of this Worker has a budget");
  }
}

// oxlint-disable-next-line import/no-default-export -- a Worker's entry has one
export default { fetch: () => new Response(null, { status: 404 }) } satisfies ExportedHandler;
