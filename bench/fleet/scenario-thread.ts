/** One of the threads of `run.ts`: simulates what it is sent, one scenario after another. */
import { parentPort } from "node:worker_threads";
import { simulate, type Scenario } from "./simulate.ts";

parentPort?.on("message", (scenario: Scenario) => {
  void simulate(scenario).then((outcome) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    parentPort?.postMessage(outcome);
  });
});
