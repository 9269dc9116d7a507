/** `docs/openapi.json`: the paths that the Worker has, with the schemas by which it reads them. OpenAPI 3.1. */
import * as z from "zod";
import { createApp } from "../src/app.ts";
import { OPERATIONS } from "./openapi-operations.ts";
import type { Operation } from "./openapi-operations.ts";

const TAGS = {
  calls: "What apps, browsers and phones call.",
  jobs: "Calls that are parked until somebody can answer.",
  budget: "The pause and what sets it.",
  platform: "What QStash calls.",
  people: "Pages, health, metrics.",
  operator: "Behind the admin key.",
};

const ERROR = { $ref: "#/components/schemas/Error" };

/** Every path that `app.ts` answers, as `POST /v1/chat/completions`. */
function pathsOfApp(): readonly string[] {
  const app = createApp(() => {
    throw new Error("nothing is asked here");
  });
  return app.routes
    .filter(({ method }) => method !== "ALL" && method !== "OPTIONS")
    .map(({ method, path }) => `${method} ${path}`);
}

/** The codes of the tables in docs/errors.md. */
function codesIn(page: string): readonly string[] {
  const cells = [...page.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].map(([, cell = ""]) => cell);
  return [...new Set(cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, code = ""]) => code)))];
}

export function openApi(errorsPage: string, version: string): string {
  const paths: Record<string, Record<string, unknown>> = {};
  const lines = pathsOfApp();
  const gone = Object.keys(OPERATIONS).filter((line) => !lines.includes(line));
  if (gone.length > 0) throw new Error(`app.ts has no ${gone.join(", ")}`);
  for (const line of lines) {
    const [method = "", path = ""] = line.split(" ");
    const operation = OPERATIONS[line];
    if (operation === undefined) throw new Error(`dev/openapi-operations.ts says nothing of ${line}`);
    const written = path.replaceAll(/:(\w+)/g, "{$1}");
    paths[written] = { ...paths[written], [method.toLowerCase()]: described(line, path, operation) };
  }
  const description = {
    openapi: "3.1.0",
    info: {
      title: "Lisbon",
      version,
      description:
        "An edge router for LLM calls. Made of the code by `npm run generate`; what codes mean is in docs/errors.md.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "The deployment that serves this." }],
    tags: Object.entries(TAGS).map(([name, of]) => ({ name, description: of })),
    paths,
    components: {
      securitySchemes: {
        caller: {
          type: "http",
          scheme: "bearer",
          description: "A server key, a client token, or an identity of the tenant's sign-in.",
        },
        admin: { type: "http", scheme: "bearer", description: "LISBON_ADMIN_KEY." },
        metrics: { type: "http", scheme: "bearer", description: "METRICS_TOKEN, or LISBON_ADMIN_KEY." },
      },
      schemas: { Error: errorSchema(codesIn(errorsPage)) },
    },
  };
  return `${JSON.stringify(description, null, 2)}\n`;
}

function described(line: string, path: string, operation: Operation): unknown {
  const { summary, tag, key, body, answer, media = ["application/json"], query = {}, statuses } = operation;
  const schema = answer === undefined ? {} : schemaOf(answer, "output");
  const content = Object.fromEntries(
    media.map((type) => [type, { schema: type === "application/json" ? schema : {} }]),
  );
  const said = Object.entries(statuses ?? { "200": "Done." }).map(([status, description]) => [
    status,
    status === "204" ? { description } : { description, content },
  ]);
  const parameters = [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    })),
    ...Object.entries(query).map(([name, description]) => ({
      name,
      in: "query",
      description,
      schema: { type: "string" },
    })),
  ];
  return {
    operationId: operationId(line),
    summary,
    tags: [tag],
    security: key === null || key === "own" ? [] : [{ [key]: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } },
    }),
    responses: {
      ...Object.fromEntries(said),
      "4XX": { description: "Refused: `error.code` says why.", content: { "application/json": { schema: ERROR } } },
      "5XX": {
        description: "Nobody could: `error.code` says why.",
        content: { "application/json": { schema: ERROR } },
      },
    },
  };
}

/** `POST /admin/jobs/:id/retry` becomes `postAdminJobsIdRetry`. */
function operationId(line: string): string {
  const [method = "", ...words] = line.split(/[^A-Za-z0-9]+/).filter(Boolean);
  return `${method.toLowerCase()}${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("") || "Root"}`;
}

/** Nothing is shared by reference, because it would be looked for at the description's root. */
function schemaOf(schema: z.core.$ZodType, io: "input" | "output"): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    reused: "inline",
    cycles: "throw",
    // Of a record zod lists the keys that its names allow, which linters take for properties that are nowhere.
    override: ({ jsonSchema }) => void (jsonSchema.properties ?? delete jsonSchema.required),
  });
  return rest;
}

/** OpenAI's shape; `/v1/messages` has the same below `{ "type": "error" }`. */
function errorSchema(codes: readonly string[]): unknown {
  return {
    type: "object",
    required: ["error"],
    properties: {
      type: { const: "error", description: "Only of `/v1/messages`." },
      error: {
        type: "object",
        required: ["message", "type"],
        properties: {
          message: { type: "string" },
          type: { type: "string" },
          param: { type: ["string", "null"] },
          code: {
            type: "string",
            enum: codes,
            description: "Stable. docs/errors.md says what each means and what to do.",
          },
        },
      },
    },
  };
}
