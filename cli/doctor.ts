/** `lisbon doctor`: is everything there that Lisbon needs, from here outwards? It changes nothing. */
import { ok } from "../src/lib/result.ts";
import { missingVariables, describeMissing, neededVariables } from "../src/routing/map-variables.ts";
import type { NeededVariable } from "../src/routing/map-variables.ts";
import { resolveRouting } from "../src/routing/resolve-routing.ts";
import { VARIABLES } from "../src/variables.ts";
import { askProviders } from "./doctor/ask-providers.ts";
import { lookedLines } from "./doctor/finding.ts";
import type { Looked } from "./doctor/finding.ts";
import { testByWorker, testFromHere } from "./doctor/notices.ts";
import { lookAtClock, lookAtQstash, lookAtRedis } from "./doctor/services.ts";
import { variableForms, whereOf } from "./doctor/variable-forms.ts";
import { lookAtVersions } from "./doctor/versions.ts";
import { lookAtWorker } from "./doctor/worker.ts";
import { EXIT } from "./exit-codes.ts";
import { hasErrors, inShort } from "./lint/finding.ts";
import { lintMap } from "./lint/lint-map.ts";
import { progressOn } from "./progress.ts";
import { readMapFile } from "./read-map.ts";
import type { MapFile } from "./read-map.ts";
import type { CommandOptions, Ending } from "./run-command.ts";
import { variablesFrom, withShell } from "./variables-from.ts";
import type { Variables } from "./variables-from.ts";

export interface DoctorOptions extends CommandOptions {
  readonly routes: string;
  readonly envFile?: string;
  readonly askProviders?: true;
  readonly notify?: true;
}

export async function doctor(options: DoctorOptions): Promise<Ending> {
  const given = variablesFrom(options.envFile, process.cwd());
  const variables = withShell(given.ok ? given.value : {});
  const read = readMapFile(options.routes);
  const file = read.ok ? read.value : null;
  const progress = progressOn();
  progress.say("asking Redis, QStash and Lisbon");
  const [redis, qstash, worker] = await Promise.all([
    lookAtRedis(variables),
    lookAtQstash(variables),
    lookAtWorker(options),
  ]);
  progress.done();
  const skews = [redis, qstash, worker].flatMap(({ skewMs }) => (skewMs === null ? [] : [skewMs]));
  const routing = file === null ? null : resolveRouting(file.map, (name) => variables[name]);
  const found: readonly Looked[] = [
    ...lookAtVersions(),
    ...(given.ok ? [] : [{ verdict: "wrong", what: "variables", said: given.failure } as const]),
    lookAtMap(options.routes, file),
    ...(file === null ? [] : lookAtVariables(file, variables)),
    ...redis.looked,
    ...qstash.looked,
    ...worker.looked,
    lookAtClock(skews),
    ...(options.askProviders && routing !== null ? await askProviders(routing) : []),
    ...(options.notify ? await tested(worker.isOurs) : []),
  ];
  return ok({
    exitCode: found.some(({ verdict }) => verdict === "wrong") ? EXIT.wrong : EXIT.fine,
    json: { found },
    lines: (paint) => [
      ...lookedLines(found, paint),
      ...(options.askProviders ? [] : ["Whether the providers take their keys: npx lisbon doctor --ask-providers"]),
    ],
  });

  async function tested(byWorker: boolean): Promise<readonly Looked[]> {
    if (byWorker) return await testByWorker(options);
    return routing === null ? [] : await testFromHere(routing.notices, variables);
  }
}

function lookAtMap(name: string, file: MapFile | null): Looked {
  const next = `npx lisbon check ${name}`;
  if (file === null) {
    return { verdict: "wrong", what: "map", said: `${name} cannot be read`, next: `${next}, or npx lisbon init` };
  }
  const findings = lintMap(file, null);
  if (findings.length === 0) return { verdict: "ok", what: "map", said: `${name} has no mistakes` };
  return { verdict: hasErrors(findings) ? "wrong" : "warn", what: "map", said: `${name}: ${inShort(findings)}`, next };
}

function lookAtVariables({ map }: MapFile, variables: Variables): readonly Looked[] {
  const environment = (name: string): string | undefined => variables[name];
  const needed = neededVariables(map);
  const missing = missingVariables(map, environment);
  const isOn = resolveRouting(map, environment).routes.length > 0;
  const unset = VARIABLES.filter((variable) => variable.required && !variables[variable.name]);
  return [
    ...variableForms(
      variables,
      needed.flatMap(({ name, orElse }) => [name, ...orElse]),
    ),
    ...missing.map((variable) => missingLine(variable, isOn)),
    ...unset.map(({ name }): Looked => {
      const said = "not set: npm start makes one for itself, a deployed Worker needs it";
      return { verdict: "warn", what: name, said, next: whereOf(name) };
    }),
    ...(isOn
      ? []
      : [{ verdict: "wrong", what: "routes", said: "none is on", next: "npx lisbon check says why" } as const]),
  ];
}

function missingLine(variable: NeededVariable, isOn: boolean): Looked {
  const said = `not set: ${describeMissing(variable)}`;
  return { verdict: isOn ? "warn" : "wrong", what: variable.name, said, next: whereOf(variable.name) };
}
