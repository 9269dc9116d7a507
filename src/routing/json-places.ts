/**
 * Where things stand in a JSON text: the place of every value, of names that
 * occur twice, and of the first syntax error, which `JSON.parse` reports in
 * words that differ between engines and often without a place. It reads what
 * JSON allows and nothing more; the values themselves are left to `JSON.parse`.
 */
export interface JsonPlaces {
  /** By path: where the value begins, or where its name does, in a file of ours. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly twice: readonly (readonly PropertyKey[])[];
  readonly error: { readonly offset: number; readonly expected: string } | null;
}

export function readJsonPlaces(text: string): JsonPlaces {
  const offsets = new Map<string, number>();
  const twice: PropertyKey[][] = [];
  let at = 0;

  function skipSpace(): void {
    while (at < text.length && " \t\r\n".includes(text.charAt(at))) at++;
  }

  function take(character: string): boolean {
    skipSpace();
    if (text[at] !== character) return false;
    at++;
    return true;
  }

  function token(pattern: RegExp): string | null {
    skipSpace();
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    at += found?.length ?? 0;
    return found;
  }

  function readValue(path: readonly PropertyKey[]): void {
    skipSpace();
    const key = placeKey(path);
    if (!offsets.has(key)) offsets.set(key, at);
    if (take("{")) return readMembers(path);
    if (take("[")) return readElements(path);
    if (token(STRING) === null && token(NUMBER_OR_WORD) === null) throw new SyntaxProblem(at, "a value");
  }

  function readMembers(path: readonly PropertyKey[]): void {
    if (take("}")) return;
    const names = new Set<string>();
    do {
      skipSpace();
      const start = at;
      const written = token(STRING);
      if (written === null)
        throw new SyntaxProblem(at, names.size > 0 ? "a name after the comma" : 'a name in double quotes or "}"');
      const name = String(JSON.parse(written));
      const member = [...path, name];
      if (names.has(name)) twice.push(member);
      names.add(name);
      offsets.set(placeKey(member), start);
      if (!take(":")) throw new SyntaxProblem(at, `":" after the name ${written}`);
      readValue(member);
    } while (take(","));
    if (!take("}")) throw new SyntaxProblem(at, '"," or "}"');
  }

  function readElements(path: readonly PropertyKey[]): void {
    if (take("]")) return;
    let index = 0;
    do readValue([...path, index++]);
    while (take(","));
    if (!take("]")) throw new SyntaxProblem(at, '"," or "]"');
  }

  try {
    readValue([]);
    skipSpace();
    if (at < text.length) throw new SyntaxProblem(at, "the end of the file");
    return { offsets, twice, error: null };
  } catch (cause) {
    if (!(cause instanceof SyntaxProblem)) throw cause;
    return { offsets, twice, error: { offset: cause.offset, expected: cause.expected } };
  }
}

/** The byte order mark that some editors write is none of the JSON. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}

/** Of what stands at `path`, or of the nearest thing around it that is there. */
export function placeOf(
  path: readonly PropertyKey[],
  text: string,
  { offsets }: JsonPlaces,
): { readonly line: number; readonly column: number } {
  for (let length = path.length; length >= 0; length--) {
    const offset = offsets.get(placeKey(path.slice(0, length)));
    if (offset !== undefined) return lineAndColumn(text, offset);
  }
  return { line: 1, column: 1 };
}

/** The key of a path in `offsets`. */
function placeKey(path: readonly PropertyKey[]): string {
  return JSON.stringify(path);
}

/** Line and column, both from 1. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

// eslint-disable-next-line no-control-regex -- JSON forbids them inside a string
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true\b|false\b|null\b/y;

class SyntaxProblem {
  readonly offset: number;
  readonly expected: string;

  constructor(offset: number, expected: string) {
    this.offset = offset;
    this.expected = expected;
  }
}
