/** Some isolates and one ledger, on one clock, over a wire that a test can cut. */
import type { PlannedCall } from "../../src/domain/call.ts";
import { NO_WISHES } from "../../src/domain/call.ts";
import type { TokenBounds } from "../../src/domain/caller.ts";
import type { Route } from "../../src/domain/route.ts";
import type { Routing } from "../../src/domain/routing.ts";
import { createLedger } from "../../src/ledger/isolate-ledger.ts";
import { LedgerBook } from "../../src/ledger/ledger-book.ts";
import type { LedgerPort } from "../../src/ledger/ledger-port.ts";
import { emptyLedgerState, type LedgerState } from "../../src/ledger/ledger-state.ts";
import { LedgerTables } from "../../src/ledger/ledger-tables.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { LimitChanges } from "../../src/ledger/scopes.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { createSqlStorage } from "./sql-storage.ts";
import { routingWith } from "./routing-with.ts";

export const MORNING_MS = Date.UTC(2026, 10, 21, 9);

export interface FleetIsolate {
  readonly ledger: Ledger;
  readonly state: LedgerState;
  /** Killed: nothing of it is heard any more. */
  alive: boolean;
  /** Questions that a call had to wait for. */
  asked: number;
}

export interface Fleet {
  readonly clock: FakeClock;
  readonly routing: Routing;
  readonly route: Route;
  readonly book: LedgerBook;
  readonly tables: LedgerTables;
  readonly isolates: readonly FleetIsolate[];
  readonly sql: SqlStorage;
  /** What happens to a message on its way: `lost` before it arrives, `unanswered` after it has. */
  fate: () => "arrives" | "lost" | "unanswered";
  changes: LimitChanges;
}

/** `map`: as people write it; its first hot route is the one that is asked. */
export function startFleet(count: number, map: Record<string, unknown> = {}): Fleet {
  const clock = createFakeClock(MORNING_MS);
  const routing = routingWith({
    hot: [{ id: "paid", provider: "one", model: "m", baseUrl: "https://one.test/v1", price: PRICE }],
    ...map,
  });
  const [route] = routing.routes;
  if (route === undefined) throw new Error("the map has no route that is on");
  const sql = createSqlStorage();
  const tables = new LedgerTables(sql);
  let ids = 0;
  const book = new LedgerBook({ tables, clock, newId: () => `slice-${(ids += 1)}` });
  const fleet: Fleet = {
    clock,
    routing,
    route,
    book,
    tables,
    sql,
    isolates: [],
    fate: () => "arrives",
    changes: {},
  };
  const isolates = Array.from({ length: count }, (_, place) => isolateOf(place, fleet));
  return Object.assign(fleet, { isolates });
}

/** A dollar is a token of output, and input costs nothing: sums that can be read. */
const PRICE = { inputPerMillion: 0, outputPerMillion: 1_000_000 };

function isolateOf(place: number, fleet: Fleet): FleetIsolate {
  const state = emptyLedgerState();
  state.isolate = `isolate-${place}`;
  const { book, clock, routing } = fleet;
  const overTheWire = async <T>(work: () => T): Promise<T> => {
    const fate = isolate.alive ? fleet.fate() : "lost";
    if (fate === "lost") throw new Error("lost on the way");
    await Promise.resolve();
    const done = work();
    if (fate === "unanswered" || !isolate.alive) throw new Error("no answer");
    return structuredClone(done);
  };
  const port: LedgerPort = {
    ask: (question) => {
      isolate.asked += 1;
      return overTheWire(() => book.ask(structuredClone(question)));
    },
    report: (report) => overTheWire(() => book.report(structuredClone(report))),
  };
  const isolate: FleetIsolate = {
    state,
    alive: true,
    asked: 0,
    ledger: createLedger({
      state,
      ledger: () => port,
      afterReply: () => undefined,
      clock,
      random: () => 0.5,
      routing,
      changes: () => fleet.changes,
    }),
  };
  return isolate;
}

export interface FleetCall {
  readonly tenant?: string;
  readonly user?: string | null;
  readonly token?: TokenBounds | null;
  readonly maxTokens?: number;
  readonly stream?: boolean;
}

export function callOf({ routing, clock, route }: Fleet, call: FleetCall = {}): PlannedCall {
  const { tenant = "acme", user = null, token = null, maxTokens = 1, stream = false } = call;
  return {
    requestId: "id",
    dialect: "openai",
    request: { model: "auto", messages: [{ role: "user", content: "hello" }], max_tokens: maxTokens },
    native: null,
    stream,
    readAtMs: clock.now(),
    callerSignal: new AbortController().signal,
    from: { kind: "caller", tenant, user, token, wishes: NO_WISHES, calledUrl: "https://lisbon.test/v1" },
    kind: routing.defaultKind,
    routes: [route],
    deadlineAtMs: clock.now() + 30_000,
    context: null,
  };
}

export function reported(completionTokens: number, promptTokens = 1) {
  return { promptTokens, completionTokens, source: "reported" as const };
}
