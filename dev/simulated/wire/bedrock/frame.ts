/** One message of Amazon's event stream in bytes. https://smithy.io/2.0/aws/amazon-eventstream.html */
import { crc32 } from "node:zlib";

/** Every header is a text, as all of Bedrock's are. */
export function frameOf(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => headerOf(name, value)));
  const body = Buffer.from(payload);
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(prelude.length + head.length + body.length + 4, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, head, body]);
  const end = Buffer.alloc(4);
  end.writeUInt32BE(crc32(message));
  return Buffer.concat([message, end]);
}

export function eventFrame(type: string, payload: string): Buffer {
  return frameOf({ ":event-type": type, ":content-type": "application/json", ":message-type": "event" }, payload);
}

export function exceptionFrame(type: string, message: string): Buffer {
  const headers = { ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" };
  return frameOf(headers, JSON.stringify({ message }));
}

function headerOf(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  const text = Buffer.from(value);
  length.writeUInt16BE(text.length);
  return Buffer.concat([Buffer.from([Buffer.byteLength(name)]), Buffer.from(name), Buffer.from([7]), length, text]);
}
