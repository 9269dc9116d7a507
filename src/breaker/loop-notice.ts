import { QUIET_NOTICE, type Notice } from "../domain/notice.ts";
import { resetCommand } from "../domain/reset-command.ts";
import { utcText } from "../lib/time-words.ts";
import { errorKind, LOOP_TIMES, LOOP_WINDOW_MS, type LoopRecord } from "./loops.ts";

/** A caller sends what cannot succeed again and again. Told once for each tenant and kind, whatever its requests. */
export function loopNotice({ tenant, kind, id, error }: LoopRecord, untilMs: number, atMs: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "request_loop",
    key: `request_loop:${tenant}:${kind}`,
    tenant,
    title: `A caller repeats a failing request: ${kind}`,
    why: `The same request of ${tenant} has failed ${LOOP_TIMES} times within ${LOOP_WINDOW_MS / 1000} s with ${errorKind(error)}. No provider is asked for it meanwhile.`,
    nextAction: `Tell whoever runs that app: the request itself is at fault. Let through before its time: ${resetCommand(id)}`,
    retryWindow: `let through again at ${utcText(untilMs)}`,
    atMs,
  };
}
