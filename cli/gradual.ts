/**
 * A version of the router that gets a share of the requests first. The state and the jobs go before it and whole: what
 * they are told is understood by the version before and after (CONTRIBUTING), and a single object cannot be shared out.
 * https://developers.cloudflare.com/workers/versions-and-deployments/gradual-deployments/
 */
import * as z from "zod";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { configArgs } from "./deployed-workers.ts";
import type { ReadyWorker } from "./deployed-workers.ts";
import { runWrangler } from "./run-wrangler.ts";

interface Share {
  readonly version: string;
  readonly percent: number;
}

const Status = z.looseObject({ versions: z.array(z.looseObject({ version_id: z.string(), percentage: z.number() })) });
const Versions = z.array(z.looseObject({ id: z.string(), metadata: z.looseObject({ created_on: z.string() }) }));

/** A whole number from 1 to `most`; null: it is none. */
export function percentOf(text: string, most: number): number | null {
  const percent = Number(text);
  return /^\d+$/.test(text) && percent >= 1 && percent <= most ? percent : null;
}

/** Sends a request to that version, as long as the deployment has it: the percentage would leave it to chance. */
export function versionHeader(worker: string, version: string): Readonly<Record<string, string>> {
  // https://developers.cloudflare.com/workers/versions-and-deployments/version-overrides/
  return { "cloudflare-workers-version-overrides": `${worker}="${version}"` };
}

/**
 * Uploads a version of each, and only then deploys: a migration, which no version can bring, is found while nothing has
 * changed. The router's new version.
 */
export async function deployGradually(
  workers: readonly ReadyWorker[],
  percent: number,
  uploadArgs: readonly string[],
): Promise<Result<string, string>> {
  const router = routerOf(workers);
  const before = await serving(router);
  if (!before.ok) return before;
  const [old, second] = before.value;
  if (old === undefined || second !== undefined) return fail(underWay(router.name));

  const uploaded: { readonly worker: ReadyWorker; readonly version: string }[] = [];
  for (const worker of workers) {
    const version = await uploadVersion(worker, uploadArgs);
    if (!version.ok) return version;
    uploaded.push({ worker, version: version.value });
  }
  const done: string[] = [];
  for (const { worker, version } of uploaded) {
    const shares =
      worker === router
        ? [
            { version, percent },
            { ...old, percent: 100 - percent },
          ]
        : [{ version, percent: 100 }];
    if (!(await deployShares(worker, shares))) return fail(stuck(worker.name, done));
    done.push(worker.name);
  }
  return ok(uploaded.at(-1)?.version ?? "");
}

/** Of a gradual deployment the newer version gets `percent` of the requests; 100 ends it. The newer version. */
export async function promote(router: ReadyWorker, percent: number): Promise<Result<string, string>> {
  const shares = await serving(router);
  if (!shares.ok) return shares;
  if (shares.value.length !== 2)
    return fail(
      `No gradual deployment of ${router.name} is under way: nothing to promote.\nBegin one: npx lisbon deploy ENVIRONMENT --gradual 10 --url https://…`,
    );
  const newer = await newest(router, shares.value);
  if (!newer.ok) return newer;
  const older = shares.value.filter(({ version }) => version !== newer.value);
  const left = percent === 100 ? [] : older.map((share) => ({ ...share, percent: 100 - percent }));
  const deployed = await deployShares(router, [{ version: newer.value, percent }, ...left]);
  return deployed
    ? newer
    : fail(
        `wrangler could not promote ${router.name}; it is as it was.\nIts own words are above; to do it again is safe.`,
      );
}

export function routerOf(workers: readonly ReadyWorker[]): ReadyWorker {
  const router = workers.find(({ part }) => part === "router");
  if (router === undefined) throw new Error("an environment has a router");
  return router;
}

/** The versions that serve, with their shares. */
async function serving({ name, configPath }: ReadyWorker): Promise<Result<readonly Share[], string>> {
  const run = await runWrangler(["deployments", "status", ...configArgs(configPath), "--json"]);
  const read = run.ok ? Status.safeParse(jsonIn(run.out)) : null;
  if (!read?.success) {
    return fail(
      `What serves as ${name} could not be read.\n${run.said}\nThe first deploy cannot be gradual: deploy without --gradual.`,
    );
  }
  return ok(read.data.versions.map(({ version_id, percentage }) => ({ version: version_id, percent: percentage })));
}

async function newest({ name, configPath }: ReadyWorker, shares: readonly Share[]): Promise<Result<string, string>> {
  const run = await runWrangler(["versions", "list", ...configArgs(configPath), "--json"]);
  const read = run.ok ? Versions.safeParse(jsonIn(run.out)) : null;
  const found = (read?.success ? read.data : [])
    .filter(({ id }) => shares.some(({ version }) => version === id))
    .toSorted((one, other) => other.metadata.created_on.localeCompare(one.metadata.created_on));
  const [first, second] = found;
  if (first === undefined || second === undefined) return fail(`Which version of ${name} is newer could not be read.`);
  return ok(first.id);
}

async function uploadVersion(worker: ReadyWorker, args: readonly string[]): Promise<Result<string, string>> {
  const run = await runWrangler(["versions", "upload", ...configArgs(worker.configPath), ...args], true);
  const version = /Worker Version ID:\s*([\da-f-]{36})/.exec(run.out)?.[1];
  if (run.ok && version !== undefined) return ok(version);
  const migrates = /pending Durable Object migration/i.test(run.said);
  return fail(
    migrates
      ? `${worker.name} has a new class of Durable Objects. A migration is for all or for nobody, so this deploy cannot be gradual. Nothing was deployed.\nDeploy without --gradual.`
      : `wrangler could not upload a version of ${worker.name}; its own words are above. Nothing was deployed.`,
  );
}

async function deployShares({ configPath }: ReadyWorker, shares: readonly Share[]): Promise<boolean> {
  const specs = shares.map(({ version, percent }) => `${version}@${percent}%`);
  return (await runWrangler(["versions", "deploy", ...specs, ...configArgs(configPath), "--yes"], true)).ok;
}

function underWay(name: string): string {
  return `A gradual deployment of ${name} is under way.\nEnd it first: npx lisbon promote ENVIRONMENT 100, or npx lisbon rollback ENVIRONMENT.`;
}

function stuck(name: string, done: readonly string[]): string {
  const whole =
    done.length === 0
      ? "Nothing was deployed."
      : `Whole and new: ${done.join(", ")}, which serve the old versions too.`;
  return `wrangler could not deploy the version of ${name}, which is as it was. ${whole} To do it again is safe.`;
}

/** wrangler may say something before it. */
function jsonIn(out: string): unknown {
  try {
    return JSON.parse(out.slice(out.search(/[[{]/)));
  } catch {
    // As good as nothing: the caller says what could not be read.
    return null;
  }
}
