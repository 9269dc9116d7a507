import { QUIET_NOTICE, type Notice } from "../domain/notice.ts";
import type { Routing } from "../domain/routing.ts";

/** A call of our own came back to us: no outage, and nothing that time mends. */
export function loopNotice(calledUrl: string, { routes }: Pick<Routing, "routes">, atMs: number): Notice {
  const { host } = new URL(calledUrl);
  const own = routes.filter((route) => route.host === host).map(({ id }) => id);
  return {
    ...QUIET_NOTICE,
    kind: "setup",
    key: "setup:routing_loop",
    title: "A route of this router leads back to the router itself",
    why:
      own.length > 0
        ? `${own.join(", ")}: baseUrl is this router's own address.`
        : "A call that it sent to a provider came back to it, through a gateway or another name of its address.",
    nextAction: "Mend the baseUrl of that route in the map. Calls go on with the other routes meanwhile.",
    atMs,
  };
}
