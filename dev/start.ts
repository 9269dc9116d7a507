/**
 * `npm start`: the real Worker in workerd, with the map that was asked for.
 * Everything that can be wrong is said before anything is started; whatever
 * was started is stopped, however this ends.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { buildDashboard } from "../cli/build-dashboard.ts";
import { fail } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { resolveRouting } from "../src/routing/resolve-routing.ts";
import { adminKey, randomSecret, signingSecret } from "./development-keys.ts";
import { envFileText } from "./env-file-text.ts";
import { startLocalServices } from "./local-services/start-local-services.ts";
import type { LocalServices } from "./local-services/start-local-services.ts";
import { startSimulatedProviders } from "./simulated/server.ts";
import { readStartOptions } from "./start-options.ts";
import { planStart } from "./start-plan.ts";
import type { StartPlan } from "./start-plan.ts";
import { developmentKey } from "../src/identity/server-key.ts";
import { startScreen } from "./start-screen.ts";
import { startWorker } from "./worker-process.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = join(root, ".wrangler/lisbon");
const files = {
  adminKey: join(folder, "admin-key"),
  signingSecret: join(folder, "signing-secret"),
  budgetSecret: join(folder, "budget-secret"),
  redisToken: join(folder, "redis-token"),
  qstashToken: join(folder, "qstash-token"),
};

/** What has been started, to be stopped in the opposite order. */
const stops: (() => Promise<void> | void)[] = [];
let leaving = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void leave(0));

const outcome = await start(process.argv.slice(2));
if (!outcome.ok && !leaving) {
  console.error(outcome.failure);
  await leave(1);
}

/** Resolves when the Worker has ended, which it does only when something is wrong. */
async function start(args: readonly string[]): Promise<Result<never, string>> {
  const options = readStartOptions(args);
  if (!options.ok) return options;
  const { port } = options.value;
  const plan = planStart(options.value, root);
  if (!plan.ok) return plan;
  const unusable = await whyNotUsable(port);
  if (unusable !== null) return fail(`Port ${port} ${unusable}. Choose another: npm start -- --port 8788`);

  const url = `http://127.0.0.1:${port}`;
  const simulated = await simulate(plan.value.simulatedHosts);
  await buildDashboard(root);
  const services = options.value.full ? await startServices(url) : null;
  const variables = variablesFor(plan.value, simulated, services);
  const worker = await startWorker({
    root,
    port,
    ...writeSettings(plan.value, variables, port),
    showLine: (line) => console.log(line),
    onStarting: (stop) => stops.push(stop),
  });
  if (!worker.ok) return fail(`The Worker did not start; wrangler says:\n${worker.failure}`);

  console.log(
    startScreen({
      url,
      mapFile: plan.value.mapFile,
      findings: plan.value.findings,
      key: await developmentKey(variables.LISBON_KEY_SECRET.split(",")[0]?.trim() ?? ""),
      files: fromHere(),
      routing: resolveRouting(plan.value.map, (name) => variables[name]),
      simulatorUrl: Object.values(simulated)[0] ?? null,
      services: services && {
        redisUrl: services.redis.front.url,
        redisPath: services.redis.path,
        qstashUrl: services.qstash.url,
      },
    }),
  );
  await worker.value.ended;
  return fail("The Worker has ended.");
}

/** The hosts that the map names, each at a port of its own, so that one can be out of reach while the others answer. */
async function simulate(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
  if (names.length === 0) return {};
  const providers = await startSimulatedProviders();
  stops.push(() => providers.close());
  const urls: Record<string, string> = {};
  for (const [at, name] of names.entries()) urls[name] = at === 0 ? providers.url : await providers.anotherHost();
  return urls;
}

async function startServices(lisbonUrl: string): Promise<LocalServices> {
  const services = await startLocalServices({
    redis: "real-or-embedded",
    lisbonUrl,
    redisToken: randomSecret(files.redisToken),
    qstashToken: randomSecret(files.qstashToken),
  });
  stops.push(() => services.close());
  return services;
}

type WorkerVariables = Readonly<Record<string, string>> & { readonly LISBON_KEY_SECRET: string };

function variablesFor(
  { variables }: StartPlan,
  simulated: Readonly<Record<string, string>>,
  services: LocalServices | null,
): WorkerVariables {
  return {
    LISBON_ADMIN_KEY: adminKey(files.adminKey),
    LISBON_SIGNING_SECRET: signingSecret(files.signingSecret),
    BUDGET_WEBHOOK_SECRET: randomSecret(files.budgetSecret),
    LISBON_KEY_SECRET: randomSecret(join(folder, "key-secret")),
    ...variables,
    ...services?.variables,
    LISBON_ENVIRONMENT: "development",
    ...simulated,
    ...(Object.keys(simulated).length > 0 && { SIM_KEY: "simulated" }),
  };
}

/** As they are named on the screen. */
function fromHere(): typeof files {
  return {
    adminKey: relative(process.cwd(), files.adminKey),
    signingSecret: relative(process.cwd(), files.signingSecret),
    budgetSecret: relative(process.cwd(), files.budgetSecret),
    redisToken: relative(process.cwd(), files.redisToken),
    qstashToken: relative(process.cwd(), files.qstashToken),
  };
}

interface Settings {
  readonly tsconfig: string;
  readonly envFile: string;
  readonly stateFolder: string;
}

/** Through files, not arguments: arguments can be read by every user of the machine. */
function writeSettings(plan: StartPlan, variables: WorkerVariables, port: number): Settings {
  const stateFolder = join(folder, `port-${port}`);
  const settings = {
    stateFolder,
    tsconfig: join(stateFolder, "tsconfig.json"),
    envFile: join(stateFolder, "vars.env"),
  };
  mkdirSync(stateFolder, { recursive: true });
  const paths = { "#routes": [plan.mapPath] };
  writeFileSync(
    settings.tsconfig,
    JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions: { paths } }),
  );
  writeFileSync(settings.envFile, envFileText(variables), { mode: 0o600 });
  stops.push(() => rmSync(settings.envFile, { force: true }));
  return settings;
}

function whyNotUsable(port: number): Promise<string | null> {
  return new Promise((settle) => {
    const probe = createServer();
    probe.once("error", (cause: NodeJS.ErrnoException) =>
      settle(cause.code === "EADDRINUSE" ? "is taken" : `cannot be used (${cause.code ?? cause.message})`),
    );
    probe.listen(port, "127.0.0.1", () => probe.close(() => settle(null)));
  });
}

async function leave(code: number): Promise<void> {
  if (leaving) return;
  leaving = true;
  for (const stop of stops.toReversed()) await stop();
  process.exit(code);
}
