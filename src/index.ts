export { Switchboard } from "./breaker/switchboard-object.ts";

export default {
  fetch: () => new Response("not yet", { status: 503 }),
};
