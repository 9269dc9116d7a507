/**
 * Vectors of one length, in one typed array, searched from its beginning to its end: no index is quicker for ten
 * thousand of them, and none is smaller. One byte for each dimension.
 */
export class NearestVectors {
  readonly dimensions: number;
  #bytes: Int8Array;
  /** One divided by the vector's length, so that a cosine needs no root. */
  #scales: Float64Array;
  #contexts: Int32Array;
  readonly #ids: number[] = [];
  readonly #placeOf = new Map<number, number>();
  readonly #names: string[] = [];
  /** A number is quicker compared than a hash. Only those that are held, for each turn of a conversation is a context. */
  readonly #known = new Map<string, { readonly number: number; held: number }>();
  #lastNumber = 0;

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#bytes = new Int8Array(dimensions * FIRST_ROOM);
    this.#scales = new Float64Array(FIRST_ROOM);
    this.#contexts = new Int32Array(FIRST_ROOM);
  }

  get size(): number {
    return this.#ids.length;
  }

  /** `id` is none that is here already; a vector of another length is none of these. */
  add(id: number, context: string, vector: Int8Array): void {
    if (vector.length !== this.dimensions || this.#placeOf.has(id)) return;
    const place = this.#ids.length;
    if (place === this.#scales.length) this.#makeRoom();
    this.#bytes.set(vector, place * this.dimensions);
    this.#scales[place] = scaleOf(vector);
    this.#contexts[place] = this.#hold(context);
    this.#ids.push(id);
    this.#names.push(context);
    this.#placeOf.set(id, place);
  }

  /** The last one takes its place, so that there are no gaps. */
  remove(id: number): void {
    const place = this.#placeOf.get(id);
    if (place === undefined) return;
    this.#letGo(this.#names[place] ?? "");
    this.#placeOf.delete(id);
    const lastId = this.#ids.pop() ?? id;
    const lastName = this.#names.pop() ?? "";
    if (lastId === id) return;
    const last = this.#ids.length;
    this.#bytes.copyWithin(place * this.dimensions, last * this.dimensions, (last + 1) * this.dimensions);
    this.#scales[place] = this.#scales[last] ?? 0;
    this.#contexts[place] = this.#contexts[last] ?? 0;
    this.#ids[place] = lastId;
    this.#names[place] = lastName;
    this.#placeOf.set(lastId, place);
  }

  /** Those of the context whose cosine is over `threshold`, the nearest first, at most `most`. */
  near(context: string, vector: Int8Array, threshold: number, most: number): readonly Near[] {
    const wanted = this.#known.get(context)?.number;
    if (wanted === undefined || vector.length !== this.dimensions) return [];
    const scale = scaleOf(vector);
    const found: Near[] = [];
    for (let place = 0; place < this.#ids.length; place++) {
      if (this.#contexts[place] !== wanted) continue;
      const similarity = dot(this.#bytes, place * this.dimensions, vector) * scale * (this.#scales[place] ?? 0);
      if (similarity <= (found.length < most ? threshold : (found.at(-1)?.similarity ?? threshold))) continue;
      insert(found, { id: this.#ids[place] ?? 0, similarity: Math.min(1, similarity) });
      if (found.length > most) found.pop();
    }
    return found;
  }

  #hold(context: string): number {
    const known = this.#known.get(context) ?? { number: ++this.#lastNumber, held: 0 };
    known.held += 1;
    this.#known.set(context, known);
    return known.number;
  }

  #letGo(context: string): void {
    const known = this.#known.get(context);
    if (known === undefined) return;
    known.held -= 1;
    if (known.held === 0) this.#known.delete(context);
  }

  #makeRoom(): void {
    const room = this.#scales.length * 2;
    this.#bytes = grown(this.#bytes, new Int8Array(room * this.dimensions));
    this.#scales = grown(this.#scales, new Float64Array(room));
    this.#contexts = grown(this.#contexts, new Int32Array(room));
  }
}

export interface Near {
  readonly id: number;
  readonly similarity: number;
}

const FIRST_ROOM = 64;

function grown<Numbers extends Int8Array | Int32Array | Float64Array>(from: Numbers, into: Numbers): Numbers {
  into.set(from);
  return into;
}

function scaleOf(vector: Int8Array): number {
  const square = dot(vector, 0, vector);
  return square === 0 ? 0 : 1 / Math.sqrt(square);
}

/** Four at a time: nearly all of a search's time is spent here. */
function dot(bytes: Int8Array, from: number, vector: Int8Array): number {
  const { length } = vector;
  let one = 0;
  let two = 0;
  let three = 0;
  let four = 0;
  let at = 0;
  for (; at + 3 < length; at += 4) {
    const here = from + at;
    one += (bytes[here] ?? 0) * (vector[at] ?? 0);
    two += (bytes[here + 1] ?? 0) * (vector[at + 1] ?? 0);
    three += (bytes[here + 2] ?? 0) * (vector[at + 2] ?? 0);
    four += (bytes[here + 3] ?? 0) * (vector[at + 3] ?? 0);
  }
  for (; at < length; at++) one += (bytes[from + at] ?? 0) * (vector[at] ?? 0);
  return one + two + three + four;
}

function insert(found: Near[], one: Near): void {
  const place = found.findIndex(({ similarity }) => similarity < one.similarity);
  found.splice(place === -1 ? found.length : place, 0, one);
}
