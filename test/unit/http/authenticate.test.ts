import { describe, expect, it } from "vitest";
import { refuseAdmin } from "../../../src/http/authenticate.ts";
import { bareSettings } from "../../support/bare-settings.ts";

const settings = { ...bareSettings, adminKey: "admin-secret" };

function bearing(key: string): Headers {
  return new Headers({ authorization: `Bearer ${key}` });
}

describe("the operator's key", () => {
  it("lets the operator in", () => {
    expect(refuseAdmin(bearing("admin-secret"), settings)).toBeNull();
  });

  it.each(["", "admin", "admin-secret2", "ADMIN-SECRET", "admin-secretadmin-secret"])("keeps %j out", (key) => {
    expect(refuseAdmin(bearing(key), settings)).toEqual({ kind: "admin_only" });
  });

  it("keeps everybody out, and says what to set, where there is none", () => {
    const refusal = { kind: "not_configured", variable: "LISBON_ADMIN_KEY" };

    expect(refuseAdmin(bearing(""), bareSettings)).toEqual(refusal);
  });
});
