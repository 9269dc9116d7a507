/** Is this the name of a host that anybody can reach, or of something inside a network? */
export function isLoopback(hostname: string): boolean {
  const isName = hostname === "localhost" || hostname.endsWith(".localhost");
  return isName || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname);
}

/** Of a host as the URL parser leaves it: in small letters, and every form of an IPv4 address as four decimal numbers. */
export function hostProblem(hostname: string): string | null {
  if (hostname.startsWith("[") || /^[\d.]+$/.test(hostname)) return "must name a host, not an address";
  if (hostname.endsWith(".")) return "must not end in a dot";
  const labels = hostname.split(".");
  if (labels.length < 2) return "must name a public host";
  const isUnder = (domain: string): boolean => hostname === domain || hostname.endsWith(`.${domain}`);
  if (PRIVATE_DOMAINS.some(isUnder)) return "must name a public host";
  if (ADDRESS_DOMAINS.some(isUnder)) return "must not be a name that stands for an address";
  return null;
}

/** Reserved, or in use inside networks: RFC 6761, 6762, 8375, 7686, 9476, and ICANN's SAC 113 (`internal`). */
const PRIVATE_DOMAINS = [
  "localhost",
  "localdomain",
  "local",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "lan",
  "arpa",
  "test",
  "invalid",
  "onion",
  "alt",
];

/** Public names for any address that is written into them, or for loopback itself; the known ones. */
const ADDRESS_DOMAINS = [
  "nip.io",
  "sslip.io",
  "xip.io",
  "traefik.me",
  "localtest.me",
  "lvh.me",
  "vcap.me",
  "lacolhost.com",
  "localho.st",
];
