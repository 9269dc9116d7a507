/** HTTP as a rude client speaks it: whatever bytes the test likes, over one socket. */
import { once } from "node:events";
import { connect } from "node:net";

export interface RawReply {
  /** Status line, headers and body as they came. */
  readonly text: string;
  readonly status: number;
  /** How many bytes could be sent before the reply was there. */
  readonly sentBytes: number;
}

/** Sends the pieces one after the other until there is a reply; resolves with what came until the socket is quiet or closed. */
export async function rawHttp(url: string, pieces: Iterable<string | Uint8Array>): Promise<RawReply> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  let sentBytes = 0;
  let over = false;
  const replied = new Promise<void>((resolve) => {
    socket.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      resolve();
    });
    const end = (): void => {
      over = true;
      resolve();
    };
    // A server that has answered may reset what is still being sent.
    socket.on("error", end).on("close", end);
  });
  await Promise.race([once(socket, "connect"), replied]);
  for (const piece of pieces) {
    if (over || text !== "") break;
    sentBytes += piece.length;
    if (!socket.write(piece)) await Promise.race([once(socket, "drain"), replied]);
  }
  await replied;
  // The body follows the headers at once, on the same machine.
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  return { text, sentBytes, status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? Number.NaN) };
}
