/**
 * The router with a counting, slowing wrapper between it and its Durable Objects.
 * A call that began in a request and has ended when its reply leaves was waited
 * for: with time put in, nothing else could have let it end so soon.
 */
import lisbon from "../../src/router.ts";

interface Env {
  readonly SWITCHBOARD: DurableObjectNamespace;
  readonly INJECTED_MS: string;
}

const counts = { requests: 0, calls: 0, awaited: 0, failures: new Array<string>() };
/** The numbers of the calls that have ended. */
let ended: number[] = [];
let counted: Env | null = null;

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname === "/counts") return Response.json(counts);
    counted ??= { ...env, SWITCHBOARD: countedNamespace(env.SWITCHBOARD, Number(env.INJECTED_MS)) };
    const lastBefore = counts.calls;
    const response = await lisbon.fetch(request, counted, context);
    counts.requests += 1;
    counts.awaited += ended.filter((number) => number > lastBefore).length;
    ended = [];
    return response;
  },
};

function countedNamespace(namespace: DurableObjectNamespace, injectedMs: number): DurableObjectNamespace {
  return new Proxy(namespace, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name !== "get" && name !== "getByName") return member.bind(target);
      return (...names: unknown[]) => countedStub(member.apply(target, names), injectedMs);
    },
  });
}

function countedStub(stub: object, injectedMs: number): object {
  return new Proxy(stub, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return async (...given: unknown[]) => {
        counts.calls += 1;
        const number = counts.calls;
        try {
          if (injectedMs > 0) await scheduler.wait(injectedMs);
          return await Reflect.apply(member, target, given);
        } catch (cause) {
          counts.failures.push(`${String(name)}: ${String(cause)}`);
          throw cause;
        } finally {
          ended.push(number);
        }
      };
    },
  });
}
