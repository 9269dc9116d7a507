/** What `npm start` prints: one short screen from which every line can be pasted. */
import { inShort } from "../cli/lint/finding.ts";
import type { Finding } from "../cli/lint/finding.ts";
import type { Routing } from "../src/domain/routing.ts";
import { curlLine } from "../src/http/curl-line.ts";
import { describeOff } from "../src/routing/describe-off.ts";

export interface StartScreen {
  readonly url: string;
  readonly mapFile: string;
  readonly findings: readonly Finding[];
  readonly key: string;
  /** Where what is secret stands, so that it need not stand here. */
  readonly files: {
    readonly adminKey: string;
    readonly signingSecret: string;
    readonly budgetSecret: string;
    readonly redisToken: string;
    readonly qstashToken: string;
  };
  readonly routing: Routing;
  /** Null: the providers are the real ones. */
  readonly simulatorUrl: string | null;
  /** Null: without `--full`. */
  readonly services: ServicesShown | null;
}

interface ServicesShown {
  readonly redisUrl: string;
  /** Null: no `redis-server` was found. */
  readonly redisPath: string | null;
  readonly qstashUrl: string;
}

export function startScreen(screen: StartScreen): string {
  const { url, key, files, routing } = screen;
  return [
    `Lisbon serves ${screen.mapFile} at ${url}`,
    "",
    `  key     ${key}`,
    `  admin   curl ${url}/admin/flags ${bearer(files.adminKey)}`,
    `  page    ${url}/dashboard (the admin key is in ${files.adminKey})`,
    `  secrets of callbacks and of budget alerts: ${files.signingSecret}, ${files.budgetSecret}`,
    "",
    "Ask something (the answer is streamed):",
    `  ${curlLine(url, key, routing)}`,
    "",
    ...(screen.simulatorUrl === null ? [] : breakIt(screen.simulatorUrl)),
    ...(screen.services === null ? [] : besideIt(screen.services, screen)),
    ...routesOff(routing),
    ...warned(screen),
    "Ctrl-C ends it. The log of the Worker follows.",
    "",
  ].join("\n");
}

function breakIt(simulatorUrl: string): readonly string[] {
  const faults = `${simulatorUrl}/_control/faults`;
  return [
    "The providers are simulated. Break the first one, ask again, mend it:",
    `  curl -X POST ${faults} -d '{"provider":"hot","fault":"reset"}'`,
    `  curl -X DELETE ${faults}`,
    "",
  ];
}

function besideIt({ redisUrl, redisPath, qstashUrl }: ServicesShown, { url, files }: StartScreen): readonly string[] {
  const redis = redisPath === null ? "Redis (embedded: no redis-server is on the PATH)" : "Redis (redis-server)";
  return [
    `${redis} listens at ${redisUrl}, QStash at ${qstashUrl}.`,
    "Pause by hand and ask again: it is parked within 5 s. Go on, and it is answered:",
    ...(redisPath === null ? [] : [`  redis-cli -s ${redisPath} set pause_ai_tasks 1`]),
    `  curl ${redisUrl}/set/pause_ai_tasks/1 ${bearer(files.redisToken)}`,
    `  curl ${redisUrl}/del/pause_ai_tasks ${bearer(files.redisToken)}`,
    "What is parked, and what QStash does with it:",
    `  curl ${url}/admin/jobs ${bearer(files.adminKey)}`,
    `  curl ${qstashUrl}/v2/events ${bearer(files.qstashToken)}`,
    "",
  ];
}

function bearer(file: string): string {
  return `-H "authorization: Bearer $(cat ${file})"`;
}

function routesOff({ off }: Routing): readonly string[] {
  if (off.length === 0) return [];
  return ["Routes that are off:", ...off.map((route) => `  ${route.id}: ${describeOff(route.why)}`), ""];
}

function warned({ findings, mapFile }: StartScreen): readonly string[] {
  if (findings.length === 0) return [];
  return [`${mapFile} has ${inShort(findings)}`, `  npx lisbon check ${mapFile}`, ""];
}
