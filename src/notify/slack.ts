import type { Line } from "./render.ts";
import { render } from "./render.ts";
import type { Message } from "./message.ts";
import type { Outside, SendOutcome } from "./send-request.ts";
import { outcomeOf, sendRequest } from "./send-request.ts";

/** https://api.slack.com/reference/block-kit/blocks: a header, a section's text, and how many blocks. */
const HEADER_CHARACTERS = 150;
const TEXT_CHARACTERS = 3000;
const MOST_BLOCKS = 50;
/** So that no single line pushes the others out. */
const LINE_CHARACTERS = 1000;

interface Block {
  readonly type: "header" | "section";
  readonly text: { readonly type: "plain_text" | "mrkdwn"; readonly text: string };
}

export interface SlackBody {
  /** For the notification on a phone, and for clients that show no blocks. */
  readonly text: string;
  readonly blocks: readonly Block[];
}

/**
 * Links stand in the text: a button, even one with a URL, asks the app for an
 * address that takes its clicks. https://docs.slack.dev/reference/block-kit/block-elements/button-element
 */
export function slackBody(message: Message): SlackBody {
  const { title, lines, links, clientMessage } = render(message);
  const linked = links.map(({ label, url }) => `<${fit(url, TEXT_CHARACTERS / 2)}|${fit(label, 75)}>`);
  const blocks: Block[] = [
    { type: "header", text: { type: "plain_text", text: cut(title, HEADER_CHARACTERS) } },
    ...sections([...lines.map(lineOf), ...linked]),
  ];
  if (clientMessage !== null) {
    const fence = "```";
    const text = fit(clientMessage.replaceAll(fence, "'''"), TEXT_CHARACTERS - 100);
    blocks.push(section(`*For your clients* (to paste):\n${fence}${text}${fence}`));
  }
  return { text: fit(title, TEXT_CHARACTERS), blocks: blocks.slice(0, MOST_BLOCKS) };
}

export async function sendToSlack(url: string, message: Message, outside: Outside): Promise<SendOutcome> {
  const reply = await sendRequest({ url, headers: {}, body: JSON.stringify(slackBody(message)) }, outside);
  const words = reply.ok ? reply.value.text.trim() : "";
  // `no_service`, `invalid_blocks`: https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
  return outcomeOf(reply, /^[a-z_]{1,60}$/.test(words) ? words : null);
}

function lineOf({ label, text }: Line): string {
  return `*${label}:* ${fit(text, LINE_CHARACTERS)}`;
}

/** As many lines in a section as fit. */
function sections(lines: readonly string[]): Block[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last === undefined || last.length + 1 + line.length > TEXT_CHARACTERS) texts.push(line);
    else texts[texts.length - 1] = `${last}\n${line}`;
  }
  return texts.map(section);
}

function section(text: string): Block {
  return { type: "section", text: { type: "mrkdwn", text } };
}

/** Escaped, and cut so that no escape is cut in half. */
function fit(text: string, most: number): string {
  let fitted = "";
  for (const character of text) {
    const next = ESCAPES[character] ?? character;
    if (fitted.length + next.length >= most) return `${fitted}…`;
    fitted += next;
  }
  return fitted;
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** These three and no others. https://api.slack.com/docs/message-formatting */
const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
