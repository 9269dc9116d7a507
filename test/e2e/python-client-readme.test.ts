/** Every snippet of `clients/python/README.md`, as it stands there, against `npm start`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RoutingMap } from "../../src/routing/routing-map.ts";
import { clientFolder, installedClient } from "../support/python-client.ts";
import { pythonWithClients } from "../support/python.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

const python = await pythonWithClients();

/** Two snippets ask the same thing: the second must not be given the first one's job. */
const cold = RoutingMap.parse(JSON.parse(readFileSync("test/fixtures/routes.cold.json", "utf8")));
const routes = { ...cold, cold: { ...cold.cold, retryWindow: 1 } };

const page = readFileSync(join(clientFolder, "README.md"), "utf8");
const snippets = [...page.matchAll(/^```python\n(.*?)^```$/gms)].map(([, code = ""]) => code);
const [first = "", ...others] = snippets;
const BETWEEN = "- - -\n";

interface Shown {
  /** Of the first snippet. */
  readonly answer: string;
  /** What came after it. */
  readonly after: string;
}

describe.skipIf(python === null)("the Python client's README", () => {
  let hosts: SimulatedHosts;
  let clientPath = "";
  let product: Product;
  /** What the page's Python has printed. */
  let out = "";

  beforeAll(async () => {
    hosts = await startSimulatedHosts();
    clientPath = await installedClient(python ?? "");
    product = await startProduct({ routes, variables: hosts.variables });
  });

  afterEach(() => hosts.mend());

  afterAll(async () => {
    await product.stop();
    await hosts.close();
  });

  /**
   * What `snippet` printed after the page's first one, in a folder that has a `routes.prod.json`; `meanwhile` is done
   * once the first has its answer.
   */
  async function shown(snippet: string, meanwhile: () => void = () => undefined): Promise<Shown> {
    const folder = mkdtempSync(join(tmpdir(), "lisbon-readme-"));
    writeFileSync(join(folder, "routes.prod.json"), JSON.stringify(routes));
    const env = {
      ...hosts.variables,
      LISBON_URL: product.url,
      LISBON_API_KEY: product.key,
      PATH: process.env["PATH"] ?? "",
      PYTHONPATH: clientPath,
      PYTHONUNBUFFERED: "1",
    };
    const child = spawn(python ?? "", ["-c", `${first}\nprint("- - -", flush=True); input()\n${snippet}`], {
      cwd: folder,
      env,
    });
    out = "";
    let errors = "";
    child.stdout.on("data", (piece: Buffer) => {
      out += piece.toString();
      if (out.endsWith(BETWEEN)) {
        meanwhile();
        child.stdin.end("\n");
      }
    });
    child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
    await once(child, "close");
    rmSync(folder, { recursive: true });
    expect(errors).toBe("");
    const [answer = "", after = ""] = out.split(`\n${BETWEEN}`);
    expect(answer).toMatch(/\bhello\b.*\.$/);
    return { answer, after };
  }

  /** Nobody answers Lisbon, until then. */
  async function breakProviders(until: () => boolean): Promise<void> {
    hosts.one.setFault({ provider: "first", fault: "503", arg: "1" });
    hosts.three.setFault({ provider: "claude", fault: "529" });
    while (!until()) await wait(50);
    hosts.mend();
  }

  function hasPrintedMore(): boolean {
    return /- - -\n\w+\n$/.test(out);
  }

  /** Of all tests so far. */
  function parked(): number {
    return product.output().split('"outcome":"queued"').length - 1;
  }

  it("has a first snippet and four that go on from it", () => {
    expect(others).toHaveLength(4);
  });

  it("reads a stream to its end", async () => {
    const { answer, after } = await shown(others[0] ?? "");

    expect(after).toBe(answer);
  });

  it("says of a cut stream that it is no answer", async () => {
    const { after } = await shown(others[0] ?? "", () => {
      hosts.one.setFault({ provider: "first", fault: "cut", arg: "3" });
      hosts.three.setFault({ provider: "claude", fault: "529" });
    });

    expect(after).toMatch(/what came is no answer: stream_cut\n$/);
  });

  it("meets a parked call and waits for its job", async () => {
    const { answer, after } = await shown(others[1] ?? "", () => void breakProviders(hasPrintedMore));

    expect(after).toMatch(/^(stored|queued|running)\n/);
    expect(after.replace(/^\w+\n/, "")).toBe(`${answer}\n`);
  });

  it("follows a parked call", async () => {
    const before = parked();
    const { answer, after } = await shown(others[2] ?? "", () => void breakProviders(() => parked() > before));

    expect(after).toBe(`${answer}\n`);
  });

  it("connects with numbers of its own", async () => {
    const { answer, after } = await shown(others[3] ?? "");

    expect(after).toBe(`${answer}\n`);
  });
});
