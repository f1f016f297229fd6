/**
 * Decompression of .xz streams, by xz-embedded as WebAssembly: the same answer on every machine, and no program that
 * could be missing. It takes twice the time of the native program.
 */
import { ReadableStream } from 'node:stream/web';
import xzDecompress from 'xz-decompress';
import { InputError } from '../../cases/files.js';

/** First bytes of every .xz file. */
export const XZ_MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);

/** What the numbers of xz-embedded's `enum xz_ret` mean to a user. */
const REASONS: Readonly<Record<string, string>> = {
  2: 'its integrity check is of a kind that cannot be verified',
  3: 'there is not enough memory',
  4: 'it needs too much memory',
  5: 'it is not an .xz stream',
  6: 'it uses a feature of .xz that is not supported',
  7: 'it is corrupt',
  8: 'it is cut short',
};

/**
 * What a compressed stream holds. Only one stream at a time can be decompressed in a process; another one waits until
 * the first is read to its end or left.
 *
 * @param file for messages
 * @throws InputError for a stream that is corrupt, or cut short
 */
export async function* decompressXz(file: string, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const state = { inputError: undefined as unknown, ended: false };
  const reader = new xzDecompress.XzReadableStream(webStream(source, state)).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (value.length > 0) yield value;
    }
  } catch (cause) {
    if (state.inputError !== undefined) throw state.inputError;
    throw new InputError(file, `cannot be decompressed: ${reasonOf(cause, state.ended)}`, { cause });
  } finally {
    // Without this a stream that nobody reads to its end would keep its place for ever.
    await reader.cancel().catch(() => {});
  }
}

function reasonOf(cause: unknown, ended: boolean): string {
  const code = cause instanceof Error ? /error code (\d+)$/.exec(cause.message)?.[1] : undefined;
  const reason = code === undefined ? undefined : REASONS[code];
  return reason ?? (ended ? 'it is cut short' : 'it is corrupt');
}

interface InputState {
  inputError: unknown;
  ended: boolean;
}

function webStream(source: AsyncIterable<Uint8Array>, state: InputState): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (done !== true) return controller.enqueue(value);
        state.ended = true;
        controller.close();
      } catch (error) {
        state.inputError = error;
        controller.error(error);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
