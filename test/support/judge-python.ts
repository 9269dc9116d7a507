/** Python's official clients, in one long-lived process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { repository } from "../../cli/bundle-worker.ts";
import type { Case, Judge, Seen } from "./judges.ts";

interface Waiting {
  readonly resolve: (seen: Seen) => void;
  readonly reject: (cause: Error) => void;
}

export function pythonJudge(program: string): Judge {
  const child = spawn(program, [resolve(repository, "test/python/judge.py")], { stdio: ["pipe", "pipe", "pipe"] });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let complaints = "";
  child.stderr.on("data", (piece: Buffer) => (complaints += piece.toString()));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, seen }: { id: number; seen: Seen } = JSON.parse(line);
    waiting.get(id)?.resolve(seen);
    waiting.delete(id);
  });
  const closed = once(child, "close").then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`the Python judge has ended:\n${complaints}`));
  });
  return {
    see: (one: Case) =>
      new Promise<Seen>((answered, reject) => {
        const id = (asked += 1);
        waiting.set(id, { resolve: answered, reject });
        child.stdin.write(`${JSON.stringify({ id, ...one })}\n`);
      }),
    async stop() {
      child.stdin.end();
      await closed;
    },
  };
}
