/**
 * What a variable looks like that was pasted whole and into the right line. A
 * provider may change how its keys look, so there a mismatch is a warning; of
 * what Lisbon itself reads it is an error.
 */
import { VARIABLES } from "../../src/variables.ts";
import type { Variables } from "../variables-from.ts";
import type { Looked } from "./finding.ts";

interface Form {
  readonly names: readonly string[];
  readonly fits: (value: string) => boolean;
  readonly expected: string;
  readonly verdict: "warn" | "wrong";
}

function begins(names: readonly string[], ...starts: readonly string[]): Form {
  const fits = (value: string): boolean => starts.some((start) => value.startsWith(start));
  return { names, fits, expected: `begins with ${starts.join(" or ")}`, verdict: "warn" };
}

/** 24 to 64 bytes: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
function isSigningSecret(value: string): boolean {
  if (!/^whsec_[A-Za-z\d+/]+=*$/.test(value)) return false;
  const { length } = Buffer.from(value.slice("whsec_".length), "base64");
  return length >= 24 && length <= 64;
}

const FORMS: readonly Form[] = [
  // https://docs.anthropic.com/en/api/admin-api/apikeys/get-api-key
  begins(["ANTHROPIC_KEY", "ANTHROPIC_API_KEY"], "sk-ant-"),
  begins(["ANTHROPIC_ADMIN_KEY"], "sk-ant-admin"),
  // https://platform.openai.com/docs/api-reference/authentication
  begins(["OPENAI_API_KEY"], "sk-"),
  begins(["OPENAI_ADMIN_KEY"], "sk-admin-"),
  // https://ai.google.dev/gemini-api/docs/api-key
  begins(["GEMINI_API_KEY", "GOOGLE_API_KEY"], "AIza", "AQ."),
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
  begins(["AWS_ACCESS_KEY_ID"], "AKIA", "ASIA"),
  // https://docs.api.nvidia.com/nim/reference/llm-apis
  begins(["NVIDIA_API_KEY"], "nvapi-"),
  // https://resend.com/docs/api-reference/api-keys/create-api-key
  begins(["RESEND_API_KEY"], "re_"),
  // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
  begins(["SLACK_WEBHOOK_URL"], "https://hooks.slack.com/", "https://hooks.slack-gov.com/"),
  // https://upstash.com/docs/qstash/api-reference/signing-keys/get-signing-keys
  begins(["QSTASH_CURRENT_SIGNING_KEY", "QSTASH_NEXT_SIGNING_KEY"], "sig_"),
  {
    names: ["UPSTASH_REDIS_REST_URL"],
    fits: (value) => /^https?:\/\//.test(value),
    expected: "is the REST address, https://…, not redis://…",
    verdict: "wrong",
  },
  {
    names: ["LISBON_KEY_SECRET"],
    fits: (value) => value.split(",").every((one) => one.trim().length >= 32),
    expected: "has at least 32 characters: openssl rand -hex 32",
    verdict: "wrong",
  },
  {
    names: ["LISBON_ADMIN_KEY", "BUDGET_WEBHOOK_SECRET", "BUDGET_PAUSE_TOKEN"],
    fits: (value) => value.length >= 16,
    expected: "is too long to be guessed: openssl rand -hex 32",
    verdict: "warn",
  },
  {
    names: ["LISBON_SIGNING_SECRET"],
    fits: isSigningSecret,
    expected: "is whsec_ and 24 to 64 bytes: echo whsec_$(openssl rand -base64 32)",
    verdict: "wrong",
  },
  {
    names: ["NOTICE_FROM"],
    fits: (value) => /[^\s@]+@[^\s@]+\.[^\s@]+/.test(value),
    expected: "is an e-mail address of a domain that Resend has verified",
    verdict: "wrong",
  },
  {
    names: ["BUDGET_PAUSE_AT_PERCENT"],
    fits: (value) => Number(value) > 0 && Number(value) <= 100,
    expected: "is a number up to 100",
    verdict: "wrong",
  },
];

/** What people leave in a file that they meant to fill in. */
const LEFT_OVER = /^(?:x{3,}|\.{3}|…|changeme|change-me|todo|secret|<.*>|your[-_ ].*|.*\.\.\.)$/i;

/** A line for each variable that is set, of those that Lisbon or the map knows. Never a value. */
export function variableForms(variables: Variables, alsoKnown: readonly string[]): readonly Looked[] {
  const known = new Set<string>([...VARIABLES.map(({ name }) => name), ...alsoKnown]);
  return [...known].flatMap((name): readonly Looked[] => {
    const value = variables[name];
    return value === undefined || value === "" || name.startsWith("SIM_") ? [] : [formOf(name, value)];
  });
}

function formOf(what: string, value: string): Looked {
  if (LEFT_OVER.test(value.trim())) return { verdict: "wrong", what, said: "was never filled in", next: whereOf(what) };
  if (value !== value.trim() || /[\r\n]/.test(value)) {
    return { verdict: "wrong", what, said: "has a space or a line break around it", next: "Paste it again." };
  }
  if (/^(["']).*\1$/.test(value)) {
    return { verdict: "wrong", what, said: "has quotes around it that belong to it now", next: "Take them away." };
  }
  const form = FORMS.find(({ names }) => names.includes(what));
  if (form === undefined || form.fits(value)) return { verdict: "ok", what, said: "is set" };
  return { verdict: form.verdict, what, said: `does not look like one: it ${form.expected}`, next: whereOf(what) };
}

/** Where to get it. */
export function whereOf(name: string): string {
  return VARIABLES.find((variable) => variable.name === name)?.where ?? "set it in .dev.vars";
}
