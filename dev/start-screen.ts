/** What `npm start` prints: one short screen from which every line can be pasted. */
import type { Routing } from "../src/domain/routing.ts";
import { curlLine } from "../src/http/curl-line.ts";
import { describeOff } from "../src/routing/describe-off.ts";

export interface StartScreen {
  readonly url: string;
  readonly mapFile: string;
  readonly key: string;
  readonly adminKeyFile: string;
  readonly routing: Routing;
  /** Null: the providers are the real ones. */
  readonly simulatorUrl: string | null;
}

export function startScreen(screen: StartScreen): string {
  const { url, key, adminKeyFile, routing } = screen;
  return [
    `Lisbon serves ${screen.mapFile} at ${url}`,
    "",
    `  key    ${key}`,
    `  admin  curl ${url}/admin/flags -H "authorization: Bearer $(cat ${adminKeyFile})"`,
    "",
    "Ask something (the answer is streamed):",
    `  ${curlLine(url, key, routing)}`,
    "",
    ...(screen.simulatorUrl === null ? [] : breakIt(screen.simulatorUrl)),
    ...routesOff(routing),
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

function routesOff({ off }: Routing): readonly string[] {
  if (off.length === 0) return [];
  return ["Routes that are off:", ...off.map((route) => `  ${route.id}: ${describeOff(route.why)}`), ""];
}
