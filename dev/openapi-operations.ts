/** What each path is for, beside what the code itself says of it: `dev/openapi.ts` asks for a line of every path there is. */
import type * as z from "zod/mini";
import { MessagesRequest } from "../src/anthropic-api/messages-request.ts";
import { Target } from "../src/http/admin-breakers.ts";
import { Faults } from "../src/http/admin-chaos.ts";
import { Switches } from "../src/http/admin-flags.ts";
import { Answer, Edit } from "../src/http/admin-job.ts";
import { NewKey } from "../src/http/admin-keys.ts";
import { Change, Settled } from "../src/http/admin-limits.ts";
import { Pause } from "../src/http/admin-pause.ts";
import { Resume } from "../src/http/budget-resume.ts";
import { Feedback } from "../src/http/feedback.ts";
import { TokenWishes } from "../src/identity/client-token.ts";
import { ChatRequest } from "../src/openai/chat-request.ts";
import * as answers from "../cli/admin-schemas.ts";

export interface Operation {
  readonly summary: string;
  readonly tag: "calls" | "jobs" | "budget" | "platform" | "people" | "operator";
  /** Whose key it takes; `own`: a signature, a secret or a token of its own. */
  readonly key: "caller" | "admin" | "metrics" | "own" | null;
  readonly body?: z.ZodMiniType;
  readonly answer?: z.ZodMiniType;
  /** By media type, where it is not JSON. */
  readonly media?: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  /** 200 by default. */
  readonly statuses?: Readonly<Record<string, string>>;
}

const STREAM = ["application/json", "text/event-stream"];
const PARKED = {
  "200": "The answer, whole or as a stream.",
  "202": "Parked: `job` says where it goes on (docs/cold.md).",
};

const operator = (summary: string, more: Partial<Operation> = {}): Operation => ({
  summary,
  tag: "operator",
  key: "admin",
  ...more,
});

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "POST /v1/chat/completions": {
    summary: "Answers a call in OpenAI's language, from the first route that works",
    tag: "calls",
    key: "caller",
    body: ChatRequest,
    media: STREAM,
    statuses: PARKED,
  },
  "POST /v1/messages": {
    summary: "Answers a call in Anthropic's language, through the same routes",
    tag: "calls",
    key: "caller",
    body: MessagesRequest,
    media: STREAM,
    statuses: PARKED,
  },
  "GET /v1/models": { summary: "Lists what may be named as `model`", tag: "calls", key: "caller" },
  "POST /v1/tokens": {
    summary: "Makes a short-lived token for a browser or a phone (server keys only)",
    tag: "calls",
    key: "caller",
    body: TokenWishes,
  },
  "POST /v1/feedback": {
    summary: "Rates an answer",
    tag: "calls",
    key: "caller",
    body: Feedback,
    statuses: { "204": "Counted." },
  },
  "GET /v1/jobs/:id": { summary: "Shows a parked call, and its answer once there is one", tag: "jobs", key: "caller" },
  "GET /v1/jobs/:id/events": {
    summary: "Follows a parked call; `Last-Event-ID` goes on from there",
    tag: "jobs",
    key: "caller",
    media: ["text/event-stream"],
  },
  "DELETE /v1/jobs/:id": { summary: "Cancels a parked call", tag: "jobs", key: "caller" },
  "POST /budget/webhook": {
    summary: "Takes a budget alert of a cloud's own form",
    tag: "budget",
    key: "own",
    statuses: { "204": "Done." },
  },
  "POST /budget/resume": {
    summary: "Ends a pause",
    tag: "budget",
    key: "admin",
    body: Resume,
    statuses: { "204": "Done." },
  },
  "POST /cold/run": { summary: "Delivers a job (QStash)", tag: "platform", key: "own" },
  "POST /watch/tick": {
    summary: "A watcher looks (a QStash schedule, the watchdog, or the admin key)",
    tag: "platform",
    key: "own",
  },
  "POST /cold/failed": { summary: "Tells of a job that could not be delivered (QStash)", tag: "platform", key: "own" },
  "GET /": { summary: "The status page", tag: "people", key: null, media: ["text/html"] },
  "GET /health": {
    summary: "Says whether any route can serve; with the admin key, each of them",
    tag: "people",
    key: null,
    answer: answers.Health,
    statuses: { "200": "It serves.", "503": "No route can." },
  },
  "GET /openapi.json": { summary: "This description", tag: "people", key: null },
  "GET /dashboard": { summary: "The dashboard", tag: "people", key: null, media: ["text/html"] },
  "GET /dashboard/:file": {
    summary: "Its script and its style",
    tag: "people",
    key: null,
    media: ["text/javascript", "text/css"],
  },
  "GET /metrics": { summary: "Metrics for Prometheus", tag: "people", key: "metrics", media: ["text/plain"] },
  "GET /admin/act": {
    summary: "Shows what a notice's signed link would do",
    tag: "people",
    key: "own",
    media: ["text/html"],
    query: { token: "The link's." },
  },
  "POST /admin/act": { summary: "Does it, once", tag: "people", key: "own", media: ["text/html"] },
  "GET /admin/audit": operator("Lists who changed what", { query: { limit: "At most so many (100)." } }),
  "GET /admin/incidents": operator("Lists what providers did, exactly when", {
    query: { since: "Open, or ended since then." },
  }),
  "GET /admin/aggregates": operator("Counts for charts", { query: { span: "`hour`, `day` or `days`." } }),
  "GET /admin/keys": operator("Lists server keys", { answer: answers.Keys, query: { tenant: "Only this one's." } }),
  "POST /admin/keys": operator("Makes a server key, which is shown once", {
    body: NewKey,
    answer: answers.NewKey,
    statuses: { "201": "Made." },
  }),
  "POST /admin/keys/:id/revoke": operator("Revokes a server key", { statuses: { "204": "Done." } }),
  "GET /admin/watch": operator("Says what is wrong, who has looked when, and what the watchdog has done of late"),
  "POST /admin/watch/release": operator("Ends what the watchdog has put first for a kind", {
    query: { kind: "Its name, or `auto`." },
  }),
  "GET /admin/map": operator("Shows the routing map as it was deployed, without what may be a secret"),
  "GET /admin/live": operator("Streams everything that the dashboard shows", { media: ["text/event-stream"] }),
  "GET /admin/limits": operator("Shows limits and budgets", { answer: answers.Limits }),
  "POST /admin/limits": operator("Changes limits at run time", { body: Change }),
  "POST /admin/limits/unaccounted": operator("Settles a slice of budget of which nobody reported", { body: Settled }),
  "GET /admin/spend": operator("Says what was spent", {
    answer: answers.Spend,
    query: {
      by: "Groups, with commas between; minute, ten_minutes and route: of the last day.",
      from: "A day.",
      to: "A day.",
      tenant: "Only this one's.",
    },
  }),
  "GET /admin/cache": operator("Counts kept answers", { query: { tenant: "Whose." } }),
  "DELETE /admin/cache": operator("Erases kept answers", { query: { tenant: "Whose.", user: "Only this user's." } }),
  "GET /admin/flags": operator("Shows flags and kill switches", { answer: answers.Flags }),
  "POST /admin/flags": operator("Switches them", { body: Switches, answer: answers.Flags }),
  "GET /admin/breakers": operator("Shows how every route stands, and why", { answer: answers.Breakers }),
  "POST /admin/breakers/reset": operator("Says that a route, an account or a request is well again", { body: Target }),
  "GET /admin/pause": operator("Shows pauses", { answer: answers.Pauses }),
  "POST /admin/pause": operator("Pauses all, or a provider", { body: Pause, statuses: { "204": "Done." } }),
  "GET /admin/notices": operator("Lists what people were told", { answer: answers.Notices }),
  "POST /admin/notices/test": operator("Sends the test notice", { answer: answers.TestedNotices }),
  "POST /admin/chaos": operator("Breaks routes for a drill (`CHAOS=on`, outside of production)", { body: Faults }),
  "GET /admin/jobs": operator("Lists parked calls", {
    answer: answers.Jobs,
    query: { state: "Only in this state.", limit: "About so many (50).", after: "The `next` of the page before." },
  }),
  "POST /admin/jobs/retry-dead": operator("Tries dead jobs again", { answer: answers.Retried }),
  "GET /admin/jobs/:id": operator("Shows a job with its prompt", { answer: answers.ShownJob }),
  "POST /admin/jobs/:id/answer": operator("Answers it", { body: Answer, answer: answers.ChangedJob }),
  "POST /admin/jobs/:id/edit": operator("Changes its request and tries it", { body: Edit, answer: answers.ChangedJob }),
  "POST /admin/jobs/:id/retry": operator("Tries it again", { answer: answers.ChangedJob }),
  "POST /admin/jobs/:id/cancel": operator("Cancels it", { answer: answers.ChangedJob }),
};
