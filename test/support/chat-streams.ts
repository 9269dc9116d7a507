/**
 * Chat streams as OpenAI-compatible servers send them, whole, down to `[DONE]`.
 * Short, because tests cut them at every byte; each has what another has not.
 */
export interface RecordedStream {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The answer's text. */
  readonly text: string;
}

const HEAD =
  '{"id":"chatcmpl-C1","object":"chat.completion.chunk","created":1763650000,"model":"gpt-4o-mini-2024-07-18"';

function chunk(rest: string): string {
  return `data: ${HEAD},${rest}}\n\n`;
}

function choice(delta: string, finishReason = "null"): string {
  return chunk(`"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finishReason}}]`);
}

function recorded(name: string, text: string, wire: string): RecordedStream {
  return { name, text, bytes: new TextEncoder().encode(wire) };
}

const DONE = "data: [DONE]\n\n";

export const recordedStreams: readonly RecordedStream[] = [
  recorded(
    "text",
    "Hi there",
    choice('{"role":"assistant","content":"","refusal":null}') +
      choice('{"content":"Hi"}') +
      choice('{"content":" there"}') +
      choice("{}", '"stop"') +
      DONE,
  ),
  recorded(
    "letters, emoji and ideographs in UTF-8",
    "é\u0800\ud7ff€👩‍💻\u{10ffff}漢",
    choice('{"role":"assistant","content":"é\u0800\ud7ff"}') +
      choice('{"content":"€👩‍💻\u{10ffff}漢"}') +
      choice("{}", '"stop"') +
      DONE,
  ),
  recorded(
    "escapes",
    'a\n"\\/\té😀 \u00e9b',
    choice('{"content":"a\\n\\"\\\\\\/\\t\\u00e9"}') + choice('{"content":"\\ud83d\\ude00 \\u00E9b"}') + DONE,
  ),
  recorded(
    "parallel tool calls",
    "",
    choice('{"role":"assistant","content":null}') +
      choice(
        '{"tool_calls":[{"index":0,"id":"call_a1","type":"function","function":{"name":"get_weather","arguments":""}}]}',
      ) +
      choice('{"tool_calls":[{"index":0,"function":{"arguments":"{\\"city\\":\\"Lisbon\\"}"}}]}') +
      choice(
        '{"tool_calls":[{"function":{"arguments":"{}","name":"delete_user_avatar"},"id":"call_b2","type":"function","index":1}]}',
      ) +
      choice("{}", '"tool_calls"') +
      DONE,
  ),
  recorded(
    "usage, comments and CRLF",
    "ok",
    (
      ": keep-alive\n\n" +
      choice('{"content":"ok"}') +
      choice("{}", '"length"') +
      chunk('"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46}') +
      DONE
    ).replaceAll("\n", "\r\n"),
  ),
  recorded(
    "members in the order of other servers",
    "thought whole",
    'data: {"choices":[{"delta":{"content":"thought ","reasoning":"r","reasoning_details":[{"text":"r"}]},"index":0}],"created":1,"id":"x"}\n\n' +
      'event: message\nid: 7\ndata:{"choices":[{"finish_reason":"stop","index":0,"delta":{"content":"whole"}}],"id":"x"}\n\n' +
      DONE,
  ),
];
