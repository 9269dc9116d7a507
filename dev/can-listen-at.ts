import { createServer } from "node:net";

/** Does nobody listen at this TCP port of 127.0.0.1 right now? */
export function canListenAt(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => void server.close(() => resolve(true)));
  });
}
