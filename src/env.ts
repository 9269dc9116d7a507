/** What the platform gives the Worker. Only `build-deps.ts` and the Durable Objects read it. */
import type { SwitchboardObject } from "./breaker/switchboard-object.ts";
import type { VariableName } from "./variables.ts";

export interface Env extends Readonly<Partial<Record<VariableName, string>>> {
  readonly SWITCHBOARD: DurableObjectNamespace<SwitchboardObject>;
}

/** A map's placeholders may name any variable, so this looks beyond those that `Env` lists. */
export function environmentOf(env: Env): (name: string) => string | undefined {
  return (name) => {
    const value: unknown = Reflect.get(env, name);
    return typeof value === "string" ? value : undefined;
  };
}
