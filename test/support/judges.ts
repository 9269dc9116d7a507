/**
 * The official clients as judges: the same case is put to Node's and to
 * Python's, and each says what its caller saw. For thousands of cases: each
 * judge works through them a few at a time.
 */
import { nodeJudge } from "./judge-node.ts";
import { pythonJudge } from "./judge-python.ts";
import { pythonWithClients } from "./python.ts";

export type Dialect = "openai" | "anthropic";

/**
 * How a caller asks: `stream` takes the events one by one, `accumulate` leaves
 * putting them together to the client, `whole` asks for no stream.
 */
export type Way = "stream" | "accumulate" | "whole";

export interface Case {
  readonly dialect: Dialect;
  readonly way: Way;
  /** Without `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** As the client takes it, without `stream`. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Seen {
  /** Every word that was read, also where an error came after it. */
  readonly text: string;
  readonly finish: string | null;
  readonly model: string | null;
  readonly calls: readonly SeenCall[];
  /** With `accumulate`: the texts and `name(arguments)` that the client announced as done. */
  readonly done: readonly string[];
  /** Null: the client took the answer for whole. */
  readonly error: SeenError | null;
  /** The `x-lisbon-` ones; none with `accumulate`. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface SeenCall {
  readonly name: string;
  readonly arguments: string;
}

export interface SeenError {
  /** The exception's class. */
  readonly name: string;
  /** It is an answer of the server's, in the client's own class for that; a lost connection is none. */
  readonly typed: boolean;
  readonly status: number | null;
  readonly type: string | null;
  readonly code: string | null;
  readonly message: string;
}

export interface Judge {
  see(one: Case): Promise<Seen>;
  stop(): Promise<void>;
}

export interface JudgeHere {
  /** Whose clients they are. */
  readonly language: "Node" | "Python";
  readonly start: () => Judge;
}

/** Those of this machine: Node's always, Python's where there is Python. */
export async function judgesHere(): Promise<readonly JudgeHere[]> {
  const node = { language: "Node", start: nodeJudge } as const;
  const python = await pythonWithClients();
  return python === null ? [node] : [node, { language: "Python", start: () => pythonJudge(python) }];
}
