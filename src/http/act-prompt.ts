/** A call's messages for a human to read, who may have to answer them: every word, pictures where they are small. */
import { html } from "hono/html";
import type { ChatRequest, ContentPart, Message } from "../openai/chat-request.ts";
import {
  dataUrlOf,
  isFunctionCall,
  isFunctionTool,
  isImagePart,
  isRefusalPart,
  isTextPart,
  partsOf,
} from "../openai/parts.ts";
import type { Html } from "./html.ts";

/** The last ones are what the answer is about; the others are folded away. */
const SHOWN_MESSAGES = 8;

export function promptPart(request: ChatRequest): Html {
  const earlier = request.messages.slice(0, -SHOWN_MESSAGES);
  const latest = request.messages.slice(-SHOWN_MESSAGES);
  return html`<section aria-labelledby="prompt">
    <h2 id="prompt">What was asked</h2>
    ${formatNote(request)}
    ${
      earlier.length > 0 &&
      html`<details>
        <summary>${earlier.length} earlier ${earlier.length === 1 ? "message" : "messages"}</summary>
        ${earlier.map(messagePart)}
      </details>`
    }
    ${latest.map(messagePart)}
  </section>`;
}

/** Whoever answers by hand must know what form the app expects. */
function formatNote({ response_format: format, tools }: ChatRequest): Html {
  const wantsJson = format?.type === "json_object" || format?.type === "json_schema";
  const names = (tools ?? []).map((tool) => (isFunctionTool(tool) ? tool.function.name : tool.type));
  return html`${
    wantsJson &&
    html`<p class="note">The app expects <strong>JSON</strong> and nothing around it.</p>
      ${
        format.type === "json_schema" &&
        html`<details>
          <summary>The schema that it must fit</summary>
          <pre class="code">${JSON.stringify(format["json_schema"], null, 2)}</pre>
        </details>`
      }`
  }
  ${
    names.length > 0 &&
    html`<p class="note">A model could have called ${names.join(", ")}; a human's answer is text.</p>`
  }`;
}

function messagePart(message: Message): Html {
  const calls = message.role === "assistant" ? (message.tool_calls ?? []) : [];
  return html`<article class="message">
    <h3>${WHO[message.role]}</h3>
    ${partsOf(message.content).map(contentPart)}
    ${calls.map((call) =>
      isFunctionCall(call)
        ? html`<pre class="code">${`${call.function.name}(${call.function.arguments})`}</pre>`
        : html`<p class="note">A call of a tool: ${call.type}</p>`,
    )}
  </article>`;
}

const WHO = {
  system: "System",
  developer: "Developer",
  user: "User",
  assistant: "Assistant",
  tool: "Tool",
  function: "Function",
} as const satisfies Record<Message["role"], string>;

function contentPart(part: ContentPart): Html {
  if (isTextPart(part)) return html`<pre>${part.text}</pre>`;
  if (isRefusalPart(part)) return html`<pre>${part.refusal}</pre>`;
  if (isImagePart(part)) return picturePart(part.image_url.url);
  return html`<p class="note">A part that cannot be shown here: ${part.type}</p>`;
}

/** Larger ones are named only: the page is read on a phone. */
const MAX_PICTURE_CHARS = 1_500_000;
const PICTURES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** Only what the call itself holds is shown: to fetch the others would tell their host who reads this, and when. */
function picturePart(url: string): Html {
  const inside = dataUrlOf(url);
  if (!inside) return html`<p class="note">A picture at <code>${url}</code></p>`;
  if (!PICTURES.has(inside.mediaType) || inside.base64.length > MAX_PICTURE_CHARS) {
    return html`<p class="note">A picture that is not shown: ${inside.mediaType}, ${kibibytes(inside.base64)} KiB</p>`;
  }
  return html`<img alt="Picture of this message" src="${url}" />`;
}

function kibibytes(base64: string): number {
  return Math.ceil((base64.length * 3) / 4 / 1024);
}
