/** Who is measured: the bare Worker, Lisbon, and Lisbon with its Durable Object calls counted and slowed. */
import { resolve } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { bundleWorker, repository, type BundleOptions } from "../../cli/bundle-worker.ts";
import type { Belongings } from "./belongings.ts";
import type { Target } from "./load-process.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";
import { developmentKey, keyLabel, signKey } from "../../src/identity/server-key.ts";

export type SubjectName = "bare" | "lisbon" | "counted" | "parse";

/** A kind of `routes.bench.json`; the upstream's pace goes by the same name. */
export type BenchKind =
  | "fast"
  | "checked"
  | "translated"
  | "steady"
  | "slow"
  | "failover"
  | "continued"
  | "continued-checked"
  | "costly";

export interface Subject extends Workerd {
  readonly name: SubjectName;
  json(kind: BenchKind, messages?: readonly Message[]): Target;
  /** The same for a tenant with a money budget. */
  ofTenant(tenant: BudgetTenant): Target;
  stream(kind: BenchKind): Target;
}

export interface Subjects {
  start(name: SubjectName, bindings?: Bindings): Promise<Subject>;
  /** The same, but it can be told to collect its garbage: by a request to `/collect`. */
  startCollecting(name: "bare" | "lisbon"): Promise<Subject>;
  /** One Worker of the two by itself, without the other and its bindings: for what starting it costs. */
  startAlone(name: "bare" | Uploaded): Promise<Workerd>;
  /** Lisbon as it would be uploaded; with a stand-in there is only that. */
  readonly uploads: Readonly<Partial<Record<Uploaded, string>>>;
}

export type Uploaded = "router" | "jobs" | "state";

interface Message {
  readonly role: "user" | "assistant";
  readonly content: string;
}

const SECRET = "what-the-benchmark-signs-its-keys-with";
const KEY = await developmentKey(SECRET);
/** Tenants with a money budget: one whose supply covers every call, one whose supply never does. */
const KEYS = {
  plenty: await signKey(keyLabel({ tenant: "plenty", id: "bench", development: true }), SECRET),
  scarce: await signKey(keyLabel({ tenant: "scarce", id: "bench", development: true }), SECRET),
};
export type BudgetTenant = keyof typeof KEYS;
const SHORT: readonly Message[] = [{ role: "user", content: "Summarise the call in two sentences, please." }];

/** `standIn`: a Worker to be measured in Lisbon's place. */
export async function prepareSubjects(
  upstreamUrl: string,
  standIn: string | null,
  belongings: Belongings,
): Promise<Subjects> {
  const config = readConfig({ config: resolve(repository, "wrangler.toml") }, { hideWarnings: true });
  const objects = Object.fromEntries(
    config.durable_objects.bindings.map((bound: BoundClass) => [bound.name, bound.class_name]),
  );
  const files = {
    bare: "bench/workers/bare.ts",
    parse: "bench/workers/parse.ts",
    lisbon: standIn ?? "src/router.ts",
    counted: standIn ?? "bench/workers/counted.ts",
  };
  const bindings = {
    UPSTREAM_URL: upstreamUrl,
    LISBON_KEY_SECRET: SECRET,
    BENCH_KEY: KEY,
    LISBON_ENVIRONMENT: "staging",
  };
  const platform = {
    compatibilityDate: config.compatibility_date ?? "",
    compatibilityFlags: config.compatibility_flags,
    durableObjects: objects,
  };
  const scripts = {
    bare: await bundle({ file: files.bare }),
    parse: await bundle({ file: files.parse }),
    lisbon: await bundle({ file: files.lisbon }),
    counted: await bundle({ file: files.counted }),
  };
  // Measured together in one process; uploaded apart.
  const state = standIn === null ? await bundle({ source: OBJECTS }) : null;
  const apart = standIn === null && {
    jobs: await bundle({ file: "src/jobs.ts" }),
    state: await bundle({ file: "src/state.ts" }),
  };
  const uploads = { router: scripts.lisbon, ...apart };
  const begin = async (name: SubjectName, script: string, more: Bindings, v8Flags: readonly string[]) => {
    const ofLisbon = name === "lisbon" || name === "counted" ? state : null;
    const options = { ...platform, script, state: ofLisbon, bindings: { ...bindings, ...more }, v8Flags };
    return subjectOf(name, await startWorkerd(options, belongings));
  };
  return {
    uploads,
    start: (name, more = {}) => begin(name, scripts[name], more, []),
    startCollecting: async (name) =>
      begin(name, await bundle({ source: collecting(files[name]) }), {}, ["--expose-gc"]),
    startAlone(name) {
      const script = name === "bare" ? scripts.bare : uploads[name];
      if (script === undefined) throw new Error(`there is no ${name} of its own`);
      return startWorkerd({ ...platform, script, state: null, bindings, v8Flags: [] }, belongings);
    },
  };
}

const OBJECTS = `export * from "./src/state.ts";
  export { default } from "./src/state.ts";
  export { Job } from "./src/jobs.ts";`;

type Bindings = Readonly<Record<string, string>>;

function collecting(file: string): string {
  return `import worker from "./${file}";
    export default {
      fetch(request, env, context) {
        if (!request.url.endsWith("/collect")) return worker.fetch(request, env, context);
        gc();
        return new Response();
      },
    };`;
}

function bundle(entry: BundleOptions["entry"]): Promise<string> {
  return bundleWorker({ entry, routes: resolve(repository, "bench/routes.bench.json"), minify: true });
}

interface BoundClass {
  readonly name: string;
  readonly class_name: string;
}

function subjectOf(name: SubjectName, workerd: Workerd): Subject {
  const routed = name === "bare" || name === "parse";
  const target = (kind: BenchKind, messages: readonly Message[], stream: boolean): Target => ({
    url: `${workerd.url}${routed ? `/${kind}` : ""}/v1/chat/completions`,
    headers: { "content-type": "application/json", authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ model: kind, messages, ...(stream ? { stream } : {}) }),
  });
  return {
    ...workerd,
    name,
    ofTenant(tenant) {
      const { headers, ...rest } = target("costly", SHORT, false);
      return { ...rest, headers: { ...headers, authorization: `Bearer ${KEYS[tenant]}` } };
    },
    json: (kind, messages = SHORT) => target(kind, messages, false),
    stream: (kind) => target(kind, SHORT, true),
  };
}
