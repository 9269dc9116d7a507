import { html } from "hono/html";
import type { Html } from "./html.ts";

/** For a phone in a dark room first. No script and no font is fetched. */
export function actStyle(nonce: string): Html {
  return html`<style nonce="${nonce}">
    :root {
      color-scheme: light dark;
      --page: light-dark(#fff, #16181a);
      --text: light-dark(#1b1d1f, #e9ebec);
      --quiet: light-dark(#5b6167, #a3a9ae);
      --line: light-dark(#dfe2e4, #34383c);
      --box: light-dark(#f4f5f6, #202427);
      --good: light-dark(#18794e, #4cc38a);
      --bad: light-dark(#c62a2f, #ff8b8b);
      --button: light-dark(#0b5cad, #2470c4);
      --danger: light-dark(#b3261e, #c9443c);
    }
    * {
      box-sizing: border-box;
    }
    body {
      font:
        16px/1.5 system-ui,
        sans-serif;
      background: var(--page);
      color: var(--text);
      max-width: 46rem;
      margin: 0 auto;
      padding: 1.5rem 1rem 4rem;
      overflow-wrap: anywhere;
    }
    .product {
      margin: 0;
      color: var(--quiet);
    }
    h1 {
      margin: 0.25rem 0 1rem;
      font-size: 1.5rem;
      line-height: 1.25;
    }
    h2 {
      margin: 2.25rem 0 0.75rem;
      font-size: 1.125rem;
    }
    h3 {
      margin: 0 0 0.25rem;
      font-size: 0.875rem;
      color: var(--quiet);
    }
    code,
    pre.code {
      font-family: ui-monospace, Menlo, Consolas, monospace;
      font-size: 0.875rem;
    }
    pre {
      margin: 0;
      font: inherit;
      white-space: pre-wrap;
      overflow-wrap: anywhere;
    }
    img {
      display: block;
      max-width: 100%;
      height: auto;
      margin-top: 0.5rem;
      border-radius: 6px;
    }
    dl {
      margin: 0;
      border-top: 1px solid var(--line);
    }
    dl div {
      display: grid;
      grid-template-columns: 7rem 1fr;
      gap: 0 1rem;
      padding: 0.4rem 0;
      border-bottom: 1px solid var(--line);
    }
    dt {
      color: var(--quiet);
    }
    dd {
      margin: 0;
    }
    .told {
      margin: 0 0 1.5rem;
      padding: 0.75rem 1rem;
      background: var(--box);
      border-left: 4px solid var(--quiet);
      border-radius: 6px;
    }
    .told p {
      margin: 0;
    }
    .told.good {
      border-left-color: var(--good);
    }
    .told.bad {
      border-left-color: var(--bad);
    }
    .answered {
      color: var(--good);
    }
    .dead,
    .late {
      color: var(--bad);
    }
    .note,
    details summary,
    time {
      color: var(--quiet);
    }
    dd time {
      color: inherit;
    }
    details {
      margin-bottom: 0.75rem;
    }
    summary {
      padding: 0.5rem 0;
      cursor: pointer;
    }
    .message {
      margin-bottom: 0.75rem;
      padding: 0.75rem 1rem;
      background: var(--box);
      border-radius: 8px;
    }
    .message pre + pre {
      margin-top: 0.75rem;
    }
    form label {
      display: block;
      margin-bottom: 0.35rem;
      font-weight: 600;
    }
    textarea {
      display: block;
      width: 100%;
      min-height: 12rem;
      padding: 0.75rem;
      font: inherit;
      color: inherit;
      background: var(--page);
      border: 1px solid var(--quiet);
      border-radius: 8px;
      resize: vertical;
      field-sizing: content;
    }
    button {
      width: 100%;
      min-height: 3rem;
      margin-top: 1rem;
      padding: 0.5rem 1.5rem;
      font: inherit;
      font-weight: 600;
      color: #fff;
      background: var(--button);
      border: 0;
      border-radius: 8px;
      cursor: pointer;
    }
    button.cancel {
      background: var(--danger);
    }
    a {
      color: light-dark(#0b5cad, #7db8f0);
    }
    :is(button, textarea, summary, a):focus-visible {
      outline: 3px solid light-dark(#0b5cad, #7db8f0);
      outline-offset: 2px;
    }
    .history {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    .history li {
      display: grid;
      padding: 0.4rem 0;
      border-bottom: 1px solid var(--line);
    }
    .history time {
      font-size: 0.875rem;
    }
    @media (min-width: 40rem) {
      dl div {
        grid-template-columns: 9rem 1fr;
      }
      button {
        width: auto;
      }
      .history li {
        grid-template-columns: 18rem 1fr;
        gap: 1rem;
        align-items: baseline;
      }
    }
  </style>`;
}
