/**
 * One request to Upstash's REST API, read into commands: a JSON array to `/`,
 * an array of them to `/pipeline` and `/multi-exec`, or path style
 * (`/set/foo/bar?EX=100`, the body as the last argument before the query).
 * https://upstash.com/docs/redis/features/restapi
 */
import { z } from "zod";
import { fail, ok, type Result } from "../../src/lib/result.ts";
import type { RedisCommand } from "./redis-backend.ts";

export interface RestRequest {
  readonly method: string;
  /** As it came, query included: a parsed URL would have lost `..` and bytes that are no UTF-8. */
  readonly target: string;
  readonly body: Buffer;
}

export type RestCall =
  | { readonly kind: "single"; readonly command: RedisCommand }
  | { readonly kind: "pipeline"; readonly commands: readonly RedisCommand[] }
  | { readonly kind: "transaction"; readonly commands: readonly RedisCommand[] };

export interface Mistake {
  readonly status: 400 | 405;
  readonly error: string;
}

export function restCallOf({ method, target, body }: RestRequest): Result<RestCall, Mistake> {
  if (!METHODS.has(method)) return fail({ status: 405, error: `ERR method ${method} is not allowed` });
  const { path, query } = partsOf(target);
  switch (path) {
    case "/":
      return single(body);
    case "/pipeline":
      return many("pipeline", body);
    case "/multi-exec":
      return many("transaction", body);
    default: {
      const [name = "", ...words] = path.slice(1).split("/").map(bytesOf);
      const given = body.length === 0 ? [] : [body];
      const options = query.filter(([key]) => key?.toString() !== TOKEN_PARAMETER).flat();
      return ok({ kind: "single", command: { name: name.toString(), args: [...words, ...given, ...options] } });
    }
  }
}

/** From `?_token=…`, for those who cannot set headers. */
export function tokenIn(target: string): string | undefined {
  const [, token] = partsOf(target).query.find(([key]) => key?.toString() === TOKEN_PARAMETER) ?? [];
  return token?.toString();
}

const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "HEAD"]);
const TOKEN_PARAMETER = "_token";

/** Numbers and booleans stand for their text; the SDK sends anything else as JSON text already. */
const Word = z.union([z.string(), z.number(), z.boolean()]).transform((word) => Buffer.from(String(word)));
const Command = z.tuple([z.string().min(1)], Word).transform(([name, ...args]): RedisCommand => ({ name, args }));
const Commands = z.array(Command).min(1);

function single(body: Buffer): Result<RestCall, Mistake> {
  const command = Command.safeParse(parsed(body));
  if (!command.success) return fail({ status: 400, error: "ERR failed to parse command" });
  return ok({ kind: "single", command: command.data });
}

function many(kind: "pipeline" | "transaction", body: Buffer): Result<RestCall, Mistake> {
  const commands = Commands.safeParse(parsed(body));
  if (!commands.success) return fail({ status: 400, error: `ERR failed to parse ${kind} request` });
  return ok({ kind, commands: commands.data });
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    // Empty or broken: no command either way.
    return undefined;
  }
}

interface Parts {
  readonly path: string;
  /** A name alone (`?NX`) has no second word. */
  readonly query: readonly (readonly Buffer[])[];
}

function partsOf(target: string): Parts {
  const mark = target.indexOf("?");
  if (mark < 0) return { path: target, query: [] };
  const pairs = target
    .slice(mark + 1)
    .split("&")
    .filter((pair) => pair !== "");
  return { path: target.slice(0, mark), query: pairs.map(pairOf) };
}

function pairOf(pair: string): readonly Buffer[] {
  const text = pair.replaceAll("+", " ");
  const sign = text.indexOf("=");
  return sign < 0 ? [bytesOf(text)] : [bytesOf(text.slice(0, sign)), bytesOf(text.slice(sign + 1))];
}

/** Node gives the target's raw bytes as Latin-1, so any byte may stand there, escaped or not. */
function bytesOf(word: string): Buffer {
  const raw = word.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(raw, "latin1");
}
