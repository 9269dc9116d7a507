import { describe, expect, it } from "vitest";
import { refuseAdmin, refuseCaller } from "../../../src/http/authenticate.ts";
import type { Settings } from "../../../src/settings.ts";
import { bareSettings } from "../../support/bare-settings.ts";

const settings: Settings = {
  ...bareSettings,
  apiKey: "secret",
  adminKey: "admin-secret",
  allowedOrigins: [],
  environment: "production",
};

function bearing(key: string): Headers {
  return new Headers({ authorization: `Bearer ${key}` });
}

describe("the key check", () => {
  it("lets the right key in", () => {
    expect(refuseCaller(bearing("secret"), settings)).toBeNull();
    expect(refuseAdmin(bearing("admin-secret"), settings)).toBeNull();
  });

  it.each(["", "secre", "secret2", "SECRET", "secretsecret", "admin-secret"])("keeps %j out", (key) => {
    expect(refuseCaller(bearing(key), settings)).toEqual({ kind: "unauthorized" });
  });

  it("keeps out who sends none, or another scheme", () => {
    expect(refuseCaller(new Headers(), settings)).toEqual({ kind: "unauthorized" });
    expect(refuseCaller(new Headers({ authorization: "Basic secret" }), settings)).toEqual({ kind: "unauthorized" });
  });

  it("does not take a caller's key for the operator's", () => {
    expect(refuseAdmin(bearing("secret"), settings)).toEqual({ kind: "admin_only" });
  });

  it("serves nobody, and says what to set, where the Worker has no key", () => {
    expect(refuseCaller(bearing(""), { ...settings, apiKey: null })).toEqual({
      kind: "not_configured",
      variable: "LISBON_API_KEY",
    });
  });
});
