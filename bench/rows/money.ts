/**
 * A tenant with a money budget. Where this isolate's supply covers a call nobody is waited for; where it never does,
 * each call asks the ledger: what is put aside for one is a third of all there is, and nearly all of it comes back.
 */
import { interleave, pairsOf } from "../harness/interleave.ts";
import { added, type Row } from "../harness/row.ts";
import { quantile } from "../harness/statistics.ts";
import type { BudgetTenant } from "../harness/subjects.ts";

const WARM_UP = 300;
const COUNT = 600;

export const money: Row = {
  name: "money",
  async run({ runs, load, shared }) {
    const [bare, lisbon] = [await shared("bare"), await shared("lisbon")];
    const rows = [];
    for (const [tenant, what] of TENANTS) {
      await load.run({ kind: "requests", target: lisbon.ofTenant(tenant), connections: 1, count: WARM_UP });
      const measured = await interleave(runs, [bare, lisbon], async (subject) => {
        const target = subject === bare ? bare.json("fast") : lisbon.ofTenant(tenant);
        const { timesMs } = await load.run({ kind: "requests", target, connections: 1, count: COUNT });
        return quantile(timesMs, 0.5);
      });
      rows.push(
        added(
          `p50 of JSON requests, ${what}`,
          "ms",
          pairsOf(measured, bare, lisbon, (p50) => p50),
          null,
        ),
      );
    }
    return rows;
  },
};

const TENANTS: readonly (readonly [tenant: BudgetTenant, what: string])[] = [
  ["plenty", "of a money budget, from the isolate's supply"],
  ["scarce", "of a money budget, each asked of the ledger"],
];
