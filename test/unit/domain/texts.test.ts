/** Whose words a caller reads. */
import { describe, expect, it } from "vitest";
import { TEXTS, textsFor } from "../../../src/domain/texts.ts";
import { headerText } from "../../../src/http/reply-headers.ts";
import { standardRouting } from "../../support/standard-routing.ts";

const { texts } = standardRouting({
  texts: {
    "*": { failed: "Out of order." },
    pt: { failed: "Fora de serviço.", backup: "Serviço de reserva" },
    "pt-br": { failed: "Fora do ar." },
  },
});

describe("what callers are told", () => {
  it.each([
    ["for everybody where no language is named", null, "Out of order."],
    ["in the language that the map has", "pt", "Fora de serviço."],
    ["in its regional form", "pt-BR,pt;q=0.9", "Fora do ar."],
    ["in the language where the map has no such region", "pt-AO", "Fora de serviço."],
    ["in the language wanted most", "de;q=0.9, pt;q=0.8, pt-br;q=0.1", "Fora de serviço."],
    ["for everybody where the languages are unknown", "de, fr;q=0.5", "Out of order."],
    ["for everybody where a language is not wanted at all", "pt;q=0", "Out of order."],
    ["for everybody where the header is nonsense", ";;q=x,,pt;q=nothing", "Out of order."],
  ])("is %s", (_what, header, failed) => {
    expect(textsFor(texts, header).failed).toBe(failed);
  });

  it("is what everybody is told where a language does not say it, and Lisbon's own words where nobody does", () => {
    expect(textsFor(texts, "pt-br")).toMatchObject({ backup: TEXTS.backup, queued: TEXTS.queued });
  });

  it("is the default in a map without texts, whatever the header says", () => {
    expect(textsFor(standardRouting().texts, "pt")).toEqual(TEXTS);
  });
});

describe("a notice in a header", () => {
  it("is plain where it is ASCII, and percent-encoded where it is not", () => {
    expect(headerText("Using backup service; 85%")).toBe("Using backup service; 85%");
    expect(headerText("Serviço a 85%")).toBe("Servi%C3%A7o a 85%25");
    expect(decodeURIComponent(headerText("Serviço a 85% 🙂"))).toBe("Serviço a 85% 🙂");
    expect(headerText("línea\r\nuna\ud800")).toBe("l%C3%ADnea%0D%0Auna%EF%BF%BD");
  });
});
