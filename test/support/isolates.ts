/**
 * Several isolates: one workerd, several Workers of the same code, each with
 * its own memory and its own socket, all bound to the Durable Objects of the
 * first, or of a Worker beside them. A module-level variable is not shared by
 * them, as it is not in production.
 */
import { resolve } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundled, type Entry, isolateConfig, repository } from "./isolate-bundle.ts";
import { lookInLog, watchSecrets } from "./secret-watch.ts";

export interface IsolatesOptions {
  /** From 3 on a shared variable shows; 20 is a small fleet. */
  readonly count?: number;
  /** The routing map: a path from the repository's root. */
  readonly routes?: string;
  /** Variables and secrets, the same for every isolate. */
  readonly bindings?: Readonly<Record<string, string>>;
  /** Every Durable Object of every isolate throws at each call, as in an outage of the platform. */
  readonly withoutSwitchboard?: boolean;
  /** What the objects stored is kept here, for the next start; by default it goes with the process. */
  readonly stateFolder?: string;
  /** Every line that an isolate or an object logs. */
  readonly onLog?: (line: string) => void;
  /** As it is deployed: the isolates are routers, their objects one state Worker's, both minified as for the upload. */
  readonly split?: boolean;
  /** Another Worker than Lisbon, for the tests of this harness. */
  readonly worker?: { readonly source: string; readonly durableObjects: Readonly<Record<string, string>> };
}

export interface Isolates {
  readonly workers: readonly { readonly url: string }[];
  /** The first isolate's bindings, as Node sees them: `SWITCHBOARD.getByName(…)` calls the shared object. */
  bindings<Bindings>(): Promise<Bindings>;
  dispose(): Promise<void>;
}

export async function startIsolates(options: IsolatesOptions = {}): Promise<Isolates> {
  const { count = 3, bindings = {}, worker, stateFolder, onLog, split = false } = options;
  watchSecrets(bindings);
  const config = await isolateConfig();
  const classes = worker?.durableObjects ?? config.classes;
  const routes = resolve(repository, options.routes ?? "routes.prod.json");
  const bundle = (entry: Entry): Promise<string> => bundled({ entry, minify: split, routes });
  const script = await bundle(
    worker === undefined ? { file: split ? "src/router.ts" : "src/index.ts" } : { source: worker.source },
  );
  const scripts = split
    ? { [STATE]: await bundle({ file: "src/state.ts" }), [JOBS]: await bundle({ file: "src/jobs.ts" }) }
    : {};
  // In production only public hosts are asked, and the tests' providers are none.
  const variables = { LISBON_ENVIRONMENT: "staging", ...bindings };
  const platform = {
    compatibilityDate: config.compatibilityDate,
    compatibilityFlags: config.compatibilityFlags,
    modules: true,
  };
  const brokenWorker = () => ({
    ...platform,
    name: BROKEN,
    script: brokenObjects(classes),
    durableObjects: objectBindings(classes, () => BROKEN, BROKEN),
  });
  const objectWorker = ([name, ofObjects]: readonly [string, string]) => ({
    ...platform,
    name,
    script: ofObjects,
    bindings: variables,
    durableObjects: objectBindings(classes, owner, name),
  });
  const names = Array.from({ length: count }, (_, place) => `isolate-${place}`);
  const owner = (className: string): string => {
    if (options.withoutSwitchboard) return BROKEN;
    if (split) return className === "Job" ? JOBS : STATE;
    return names[0] ?? "";
  };

  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      logRequests: false,
      ...(stateFolder !== undefined && { resourcePersistencePath: stateFolder }),
      handleStructuredLogs: ({ message }) => {
        lookInLog(message);
        if (onLog) onLog(message);
        else console.log(message);
      },
      workers: [
        ...names.map((name) => ({
          ...platform,
          name,
          script,
          bindings: variables,
          durableObjects: objectBindings(classes, owner, name),
          unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
        })),
        ...(options.withoutSwitchboard ? [brokenWorker()] : []),
        ...Object.entries(scripts).map(objectWorker),
      ],
    }),
  );
  const urls = await Promise.all(names.map((name) => miniflare.unsafeGetDirectURL(name)));
  return {
    workers: urls.map((url) => ({ url: url.origin })),
    bindings: () => miniflare.getBindings(names[0]),
    dispose: () => miniflare.dispose(),
  };
}

const BROKEN = "broken-objects";
const STATE = "state";
const JOBS = "jobs";

function objectBindings(classes: Readonly<Record<string, string>>, owner: (className: string) => string, name: string) {
  return Object.fromEntries(
    Object.entries(classes).map(([binding, className]) => [
      binding,
      owner(className) === name
        ? { className, useSQLite: true }
        : { className, useSQLite: true, scriptName: owner(className) },
    ]),
  );
}

/** A constructor that throws fails every call, by whatever name. */
function brokenObjects(classes: Readonly<Record<string, string>>): string {
  const declared = Object.values(classes).map(
    (className) => `export class ${className} extends DurableObject {
      constructor(state, env) { super(state, env); throw new Error("the object is away"); }
    }`,
  );
  return `import { DurableObject } from "cloudflare:workers";
${declared.join("\n")}
export default { fetch: () => new Response(null, { status: 404 }) };`;
}
