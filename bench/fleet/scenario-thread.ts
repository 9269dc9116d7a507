/** One of the threads of `run.ts`: simulates what it is sent, one scenario after another. */
import { parentPort } from "node:worker_threads";
import { simulate, type Scenario } from "./simulate.ts";

parentPort?.on("message", (scenario: Scenario) => {
  void simulate(scenario).then((outcome) => parentPort?.postMessage(outcome));
});
