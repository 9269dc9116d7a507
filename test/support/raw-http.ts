/** HTTP as a rude client speaks it: whatever bytes the test likes, over one socket. */
import { connect } from "node:net";

export interface RawReply {
  /** Status line, headers and body as they came. */
  readonly text: string;
  readonly status: number;
}

/** Sends the pieces and waits for the reply; where none comes the socket's end is one. */
export async function rawHttp(url: string, pieces: readonly string[]): Promise<RawReply> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  const replied = new Promise<void>((resolve) => {
    socket.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      resolve();
    });
    // A server that has answered may reset what is still being sent.
    socket.on("error", resolve).on("close", resolve);
  });
  for (const piece of pieces) socket.write(piece);
  await replied;
  // The body follows the headers at once, on the same machine.
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  return { text, status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? Number.NaN) };
}
