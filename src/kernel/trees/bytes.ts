/** Reads a stream of bytes in pieces that somebody else has announced: a line, so many bytes. */

const NEWLINE = 10;

export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /**
   * The next line without its newline.
   *
   * @param limit longest line in bytes
   * @returns undefined if the stream ends first, or if the line is longer
   */
  async line(limit: number): Promise<string | undefined> {
    let end = this.#rest.indexOf(NEWLINE);
    while (end === -1) {
      const piece = this.#rest.length > limit ? undefined : await this.#next();
      if (piece === undefined) return undefined;
      this.#rest = Buffer.concat([this.#rest, piece]);
      end = this.#rest.indexOf(NEWLINE);
    }
    const line = this.#rest.toString('utf8', 0, end);
    this.#rest = this.#rest.subarray(end + 1);
    return end > limit ? undefined : line;
  }

  /** The next `length` bytes; fewer only where the stream ends. */
  async bytes(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.pieces(length)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** The next `length` bytes as they come; fewer only where the stream ends. */
  async *pieces(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      if (this.#rest.length === 0) {
        const piece = await this.#next();
        if (piece === undefined) return;
        this.#rest = piece;
      }
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** Tells the source that nothing more is wanted. */
  async end(): Promise<void> {
    await this.#source.return?.();
  }

  async #next(): Promise<Buffer | undefined> {
    const { done, value } = await this.#source.next();
    return done === true ? undefined : asBuffer(value);
  }
}

/** The same bytes, not a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
