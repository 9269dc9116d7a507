import { useEffect, useMemo, useState } from "preact/hooks";
import { createApi } from "./api.ts";
import { useLive, useNow } from "./live.ts";
import { Audit } from "./parts/audit.tsx";
import { Budgets } from "./parts/budgets.tsx";
import { type Action, Confirm } from "./parts/confirm.tsx";
import { Findings } from "./parts/findings.tsx";
import { Headline } from "./parts/headline.tsx";
import { Incidents } from "./parts/incidents.tsx";
import { Jobs } from "./parts/jobs.tsx";
import { Later } from "./parts/later.tsx";
import { PutFirst } from "./parts/put-first.tsx";
import { Routes } from "./parts/routes.tsx";
import { Switches } from "./parts/switches.tsx";
import { useWatch } from "./watch.ts";

/** Kept while this tab is open, and nowhere longer. */
const KEPT = "lisbon-admin-key";

export function App() {
  const [key, setKey] = useState(() => sessionStorage.getItem(KEPT));
  const [refused, setRefused] = useState(false);
  if (key === null) {
    return (
      <SignIn
        refused={refused}
        onKey={(given) => {
          sessionStorage.setItem(KEPT, given);
          setRefused(false);
          setKey(given);
        }}
      />
    );
  }
  const forget = (wasRefused: boolean): void => {
    sessionStorage.removeItem(KEPT);
    setRefused(wasRefused);
    setKey(null);
  };
  return <Board adminKey={key} onRefused={() => forget(true)} onLeave={() => forget(false)} />;
}

function SignIn({ refused, onKey }: { readonly refused: boolean; readonly onKey: (key: string) => void }) {
  const [given, setGiven] = useState("");
  return (
    <main class="sign-in">
      <p class="product">Lisbon</p>
      <h1>Dashboard</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (given.trim() !== "") onKey(given.trim());
        }}
      >
        <input type="text" autoComplete="username" value="admin" hidden />
        <label>
          Admin key
          <input
            type="password"
            autoComplete="current-password"
            value={given}
            onInput={({ currentTarget }) => setGiven(currentTarget.value)}
          />
        </label>
        {refused && (
          <p class="problem" role="alert">
            That is not the admin key (LISBON_ADMIN_KEY) of this Worker.
          </p>
        )}
        <button type="submit" class="main">
          Open
        </button>
      </form>
      <p class="quiet">The key stays in this tab. Without it there is the public status page at / alone.</p>
    </main>
  );
}

/** What must be seen first does not wait for it. */
const loadPlan = async () => (await import("./plan/plan-page.tsx")).PlanPage;
const loadCharts = async () => (await import("./charts/charts.tsx")).Charts;

interface Asked {
  readonly action: Action;
  readonly number: number;
}

interface BoardProps {
  readonly adminKey: string;
  readonly onRefused: () => void;
  readonly onLeave: () => void;
}

function Board({ adminKey, onRefused, onLeave }: BoardProps) {
  const api = useMemo(() => createApi(adminKey), [adminKey]);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [changed, setChanged] = useState(0);
  const live = useLive(api, onRefused, changed);
  const now = useNow();
  const hash = useHash();
  const { view } = live;
  const watch = useWatch(api, view, changed);
  const ask = (action: Action): void => setAsked((before) => ({ action, number: (before?.number ?? 0) + 1 }));
  // A dialog says later than its end that it is over: the next one may be there by then.
  const done = (over: Asked): void => {
    setAsked((present) => (present === over ? null : present));
    setChanged((count) => count + 1);
  };
  return (
    <>
      <Headline live={live} now={now} watch={watch} api={api} ask={ask} changed={changed} />
      <nav aria-label="Pages">
        <a href="#now" aria-current={hash === PLAN ? undefined : "page"}>
          Now
        </a>
        <a href={PLAN} aria-current={hash === PLAN ? "page" : undefined}>
          Plan
        </a>
      </nav>
      {hash === PLAN && <Later what="planner" load={loadPlan} props={{ api }} />}
      {view !== null && hash !== PLAN && (
        <main class={`board ${live.connection === "lost" ? "old" : ""}`}>
          <Findings watch={watch} />
          <PutFirst watch={watch} now={now} api={api} ask={ask} />
          <div>
            <Routes view={view} acting={watch?.acting} now={now} api={api} ask={ask} />
            <Jobs view={view} now={now} api={api} ask={ask} changed={changed} />
          </div>
          <div>
            <Switches view={view} api={api} ask={ask} />
            <Budgets view={view} />
            <Incidents view={view} now={now} api={api} />
          </div>
          <Later what="charts" load={loadCharts} props={{ api, view }} />
          <Audit api={api} changed={changed} />
        </main>
      )}
      <footer>
        <a href="/">Public status page</a>
        <button type="button" class="link" onClick={onLeave}>
          Forget the key
        </button>
      </footer>
      {asked !== null && <Confirm key={asked.number} action={asked.action} onDone={() => done(asked)} />}
    </>
  );
}

const PLAN = "#plan";

/** Which page is shown: a link to it can be sent, and the browser's own back leads back. */
function useHash(): string {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = (): void => setHash(location.hash);
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return hash;
}
