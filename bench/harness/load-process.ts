/** The load and the upstream as child processes: what is asked of them and what they answer. */
import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Belongings } from "./belongings.ts";

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type LoadCommand =
  | { readonly kind: "requests"; readonly target: Target; readonly connections: number; readonly count: number }
  | { readonly kind: "paced"; readonly target: Target; readonly everyMs: number; readonly count: number }
  | {
      readonly kind: "streams";
      readonly target: Target;
      readonly count: number;
      readonly gapMs: number;
      readonly rounds: number;
    }
  /** One stream, hung up after its first words. */
  | { readonly kind: "first-words"; readonly target: Target }
  | { readonly kind: "hold"; readonly target: Target; readonly count: number }
  | { readonly kind: "release" };

export interface LoadReport {
  /** Of requests: until their end. Of streams: until their first words. */
  readonly timesMs: readonly number[];
  /** Events with words that arrived. */
  readonly events: number;
  readonly failures: readonly string[];
}

export interface LoadProcess {
  /** Fails where a request did: figures of failed requests say nothing. */
  run(command: LoadCommand): Promise<LoadReport>;
}

/** Longer than any command takes; the whole benchmark takes minutes. */
const COMMAND_LIMIT_MS = 60_000;

export function startLoad(belongings: Belongings): LoadProcess {
  const child = forkChild("load.ts", belongings);
  return {
    async run(command) {
      child.send(command);
      const report = await answerOf<LoadReport>(child);
      if (report.failures.length > 0) throw new Error(`${command.kind}: ${report.failures.join("; ")}`);
      return report;
    },
  };
}

export async function startUpstream(belongings: Belongings): Promise<string> {
  const { port } = await answerOf<{ readonly port: number }>(forkChild("upstream.ts", belongings));
  return `http://127.0.0.1:${port}`;
}

function forkChild(file: string, { children }: Belongings): ChildProcess {
  const child = fork(fileURLToPath(new URL(`../${file}`, import.meta.url)));
  children.add(child);
  return child;
}

/** Both ends are ours, so the message, JSON in a string, is what the type says. */
function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error("no answer within a minute")), COMMAND_LIMIT_MS);
    const gone = (): void => reject(new Error("the child process ended"));
    child.once("exit", gone);
    child.once("message", (message) => {
      clearTimeout(limit);
      child.off("exit", gone);
      resolve(JSON.parse(typeof message === "string" ? message : "null"));
    });
  });
}
