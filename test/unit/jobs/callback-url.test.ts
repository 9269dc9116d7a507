import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callbackUrlProblem } from "../../../src/jobs/callback-url.ts";

const production = { ownHosts: ["lisbon.example.com"], development: false };
const development = { ownHosts: ["127.0.0.1"], development: true };

const byte = fc.integer({ min: 0, max: 255 });
/** Loopback, private, link-local (with the clouds' metadata), shared, unspecified. */
const privateAddress = fc.oneof(
  fc.tuple(fc.constant(127), byte, byte, byte),
  fc.tuple(fc.constant(10), byte, byte, byte),
  fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
  fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
  fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
  fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
  fc.constant<[number, number, number, number]>([0, 0, 0, 0]),
);
const anyAddress = fc.tuple(byte, byte, byte, byte);
type Address = readonly [number, number, number, number];

const hex = (value: number): string => `0x${value.toString(16)}`;
const octal = (value: number): string => `0${value.toString(8)}`;
const pair = (high: number, low: number): string => (high * 256 + low).toString(16);
const whole = ([a, b, c, d]: Address): number => ((a * 256 + b) * 256 + c) * 256 + d;
const fullWidth = (text: string): string =>
  text.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
const escaped = (text: string): string => text.replaceAll(/\d/g, (digit) => `%3${digit}`);

const spellings: Readonly<Record<string, (address: Address) => string>> = {
  "in decimal": (address) => address.join("."),
  "in hexadecimal": (address) => address.map(hex).join("."),
  "in capital hexadecimal": (address) => address.map(hex).join(".").toUpperCase(),
  "in octal": (address) => address.map(octal).join("."),
  "in three ways at once": ([a, b, c, d]) => `${hex(a)}.${octal(b)}.${c}.${d}`,
  "in three parts": ([a, b, c, d]) => `${a}.${b}.${c * 256 + d}`,
  "in two parts": ([a, b, c, d]) => `${a}.${(b * 256 + c) * 256 + d}`,
  "as one number": (address) => String(whole(address)),
  "as one hexadecimal number": (address) => hex(whole(address)),
  "as one octal number": (address) => octal(whole(address)),
  "with a dot at the end": (address) => `${address.join(".")}.`,
  "in wide digits": (address) => fullWidth(address.join(".")),
  "in escapes": (address) => escaped(address.join(".")),
  "mapped into IPv6": (address) => `[::ffff:${address.join(".")}]`,
  "mapped into IPv6 in hexadecimal": ([a, b, c, d]) => `[::ffff:${pair(a, b)}:${pair(c, d)}]`,
  "mapped into IPv6 at full length": ([a, b, c, d]) => `[0:0:0:0:0:FFFF:${pair(a, b)}:${pair(c, d)}]`,
  "as IPv6's old compatible form": ([a, b, c, d]) => `[::${pair(a, b)}:${pair(c, d)}]`,
  "through NAT64": ([a, b, c, d]) => `[64:ff9b::${pair(a, b)}:${pair(c, d)}]`,
  "through 6to4": ([a, b, c, d]) => `[2002:${pair(a, b)}:${pair(c, d)}::1]`,
};

describe.each(Object.entries(spellings))("an address %s", (_how, spelt) => {
  it("is refused, a private one and a public one", () => {
    fc.assert(
      fc.property(fc.oneof(privateAddress, anyAddress), (address) => {
        expect(callbackUrlProblem(`https://${spelt(address)}/hook`, production)).not.toBeNull();
      }),
      { examples: [[[127, 0, 0, 1]], [[0, 0, 0, 0]], [[8, 8, 8, 8]], [[169, 254, 169, 254]]] },
    );
  });

  it("is refused in development too, where it is not loopback", () => {
    fc.assert(
      fc.property(
        anyAddress.filter(([first]) => first !== 127),
        (address) => {
          // `::0.0.0.1` and its like are another spelling of `[::1]`.
          fc.pre(whole(address) !== 1);
          expect(callbackUrlProblem(`http://${spelt(address)}:8080/hook`, development)).not.toBeNull();
        },
      ),
    );
  });
});

describe("an IPv6 address", () => {
  it("is refused whatever it is", () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        fc.pre(URL.canParse(`https://[${address}]/`));
        expect(callbackUrlProblem(`https://[${address}]/`, production)).toBe("must name a host, not an address");
      }),
      { examples: [["::1"], ["::"], ["fc00::1"], ["fd12:3456::1"], ["fe80::1"], ["2606:4700::1111"]] },
    );
  });
});

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,15}$/);

describe("a public host", () => {
  it("is taken, with any path and query", () => {
    fc.assert(
      fc.property(label, label, fc.webPath(), fc.webQueryParameters(), (first, second, path, query) => {
        expect(callbackUrlProblem(`https://${first}.${second}.com${path}?${query}`, production)).toBeNull();
      }),
    );
  });

  it.each([
    "https://hooks.example.com:443/done",
    "https://hooks.example.com/done#never-sent",
    "HTTPS://HOOKS.EXAMPLE.COM/DONE",
    "https://münchen.example.com/",
    "https://lisbon.example.com.hooks.example.org/",
    "https://127.example.com/",
    "https://0x7f.1.example.com/",
  ])("is taken: %s", (url) => {
    expect(callbackUrlProblem(url, production)).toBeNull();
  });
});

describe("whatever is no public host on port 443", () => {
  it("is refused under each reserved domain", () => {
    const domains = ["localhost", "local", "localdomain", "internal", "home.arpa", "lan", "corp", "test", "onion"];
    fc.assert(
      fc.property(label, fc.constantFrom(...domains), fc.constantFrom("", "."), (name, domain, dot) => {
        expect(callbackUrlProblem(`https://${name}.${domain}${dot}/`, production)).not.toBeNull();
      }),
    );
  });

  it.each([
    ["http://hooks.example.com/", "must begin with https://"],
    ["ftp://hooks.example.com/", "must begin with https://"],
    ["javascript:alert(1)", "must begin with https://"],
    ["file:///etc/passwd", "must begin with https://"],
    ["https://hooks.example.com:8443/", "must not name a port: only 443, https's own, is called"],
    ["https://user@hooks.example.com/", "must not hold a user or password"],
    ["https://:password@hooks.example.com/", "must not hold a user or password"],
    ["https://hooks.example.com@127.0.0.1/", "must not hold a user or password"],
    ["https://localhost/", "must name a public host"],
    ["https://LOCALHOST/", "must name a public host"],
    ["https://intranet/", "must name a public host"],
    ["https://com/", "must name a public host"],
    ["https://hooks.example.com./", "must not end in a dot"],
    ["https://localhost./", "must not end in a dot"],
    ["https://metadata.google.internal/", "must name a public host"],
    ["https://127.0.0.1.nip.io/", "must not be a name that stands for an address"],
    ["https://10-0-0-1.sslip.io/", "must not be a name that stands for an address"],
    ["https://localtest.me/", "must not be a name that stands for an address"],
    ["https://lisbon.example.com/v1/chat/completions", "must not be this router itself"],
    ["https://LISBON.example.com/", "must not be this router itself"],
    ["https://lisbon%2eexample.com/", "must not be this router itself"],
    ["hooks.example.com/done", "is no URL"],
    ["", "is no URL"],
    ["https://", "is no URL"],
    [`https://hooks.example.com/${"a".repeat(2048)}`, "is longer than 2048 characters"],
  ])("%s is refused", (url, problem) => {
    expect(callbackUrlProblem(url, production)).toBe(problem);
  });
});

describe("in development", () => {
  it.each([
    "http://127.0.0.1:5555/done",
    "http://localhost:5555/done",
    "https://localhost/done",
    "http://app.localhost/done",
    "http://[::1]:5555/done",
    "http://127.1:5555/done",
    "http://hooks.example.com:8080/done",
    "https://hooks.example.com/done",
  ])("%s is taken", (url) => {
    expect(callbackUrlProblem(url, development)).toBeNull();
  });

  it.each(["http://10.0.0.1/", "http://db.internal/", "http://intranet/", "http://localhost./", "http://127.evil./"])(
    "%s is refused",
    (url) => {
      expect(callbackUrlProblem(url, development)).not.toBeNull();
    },
  );
});
