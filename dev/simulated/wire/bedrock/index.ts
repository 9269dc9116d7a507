import { idFrom } from "../../model/pick.ts";
import type { WireFormat } from "../wire-format.ts";
import { authorise } from "./authorise.ts";
import { errors, invalid, UNAVAILABLE } from "./errors.ts";
import { eventFrame, exceptionFrame } from "./frame.ts";
import { STREAM_TYPE } from "./reply.ts";
import { calledIn, understand } from "./understand.ts";

/** Amazon Bedrock's Converse and ConverseStream: https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html */
export const bedrock: WireFormat = {
  name: "bedrock",
  owns: (received) => calledIn(received) !== null,
  // Another host lists them: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html
  models: () => undefined,
  modelOf: (received) => calledIn(received)?.model,
  wantsStream: (received) => calledIn(received)?.streamed === true,
  authorise,
  understand,
  errors,
  ownMistake: (message) => invalid(`simulated provider: ${message}`),
  inBandError: {
    event: exceptionFrame("serviceUnavailableException", UNAVAILABLE),
    json: JSON.stringify({ __type: "com.amazon.bedrock#ServiceUnavailableException", message: UNAVAILABLE }),
  },
  // A whole frame, whose payload is none.
  malformedEvent: eventFrame("contentBlockDelta", '{"contentBlockIndex":0,"delta":{"te'),
  // Bedrock documents no keep-alive of its own; a delta without text is what Claude may send.
  keepAlive: eventFrame("contentBlockDelta", '{"contentBlockIndex":0,"delta":{"text":""},"p":"abcd"}'),
  streamType: STREAM_TYPE,
  responseHeaders: (seed) => ({ "x-amzn-requestid": idFrom(seed, 32) }),
  limitHeaders: () => ({}),
};
