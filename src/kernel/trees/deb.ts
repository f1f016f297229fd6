/** A kernel tree in a Debian package `linux-source-*.deb`: an ar archive with a tar archive with a tar archive. */
import { createReadStream } from 'node:fs';
import { InputError } from '../../cases/files.js';
import { readArchive } from './archive.js';
import { ByteReader } from './bytes.js';
import { readTar } from './tar.js';
import { type KernelTree, normalPath, type Wanted } from './tree.js';
import { decompressXz } from './xz.js';

export const AR_MAGIC = '!<arch>\n';

const HEADER_BYTES = 60;
const SOURCE = /^usr\/src\/linux-source-[^/]+\.tar\.xz$/;
/** Largest compressed source in a package, in bytes. It is held in memory: one .xz stream is read at a time. */
const MAX_SOURCE_BYTES = 1024 ** 3;

/**
 * @param file path of the package
 * @param wanted which files to keep, see openArchive()
 * @throws InputError for a package that is broken, or holds no kernel source
 */
export async function openDeb(file: string, wanted: Wanted): Promise<KernelTree> {
  const source = await sourceIn(file);
  return readArchive(file, oneByOne(source), wanted, true);
}

/** The compressed source that the package holds, in pieces. */
async function sourceIn(file: string): Promise<readonly Buffer[]> {
  const reader = new ByteReader(createReadStream(file, { highWaterMark: 1 << 16 }));
  try {
    const { name, size } = await dataMember(file, reader);
    const data = reader.pieces(size);
    let source: readonly Buffer[] | undefined;
    await readTar(file, name.endsWith('.xz') ? decompressXz(file, data) : data, {
      wants: ({ path, size, type }) => {
        if (type !== 'File' || !SOURCE.test(normalPath(path) ?? '')) return false;
        if (size <= MAX_SOURCE_BYTES) return true;
        throw new InputError(file, `expected a source of at most ${MAX_SOURCE_BYTES} bytes, found ${size}`);
      },
      take: (_entry, pieces) => {
        source = pieces;
      },
    });
    if (source !== undefined) return source;
    throw new InputError(file, 'expected usr/src/linux-source-*.tar.xz in the package, found none', {
      hint: 'The packages that hold a kernel source are named linux-source-VERSION.',
    });
  } finally {
    await reader.end();
  }
}

/** Skips to the member with the package's files. */
async function dataMember(file: string, reader: ByteReader): Promise<{ name: string; size: number }> {
  const magic = await reader.bytes(AR_MAGIC.length);
  if (magic.toString('latin1') !== AR_MAGIC) throw new InputError(file, 'expected a Debian package, found none');
  for (;;) {
    const header = await reader.bytes(HEADER_BYTES);
    if (header.length < HEADER_BYTES) throw new InputError(file, 'expected a member data.tar.*, found none');
    const name = header.toString('latin1', 0, 16).trim().replace(/\/$/, '');
    const digits = header.toString('latin1', 48, 58).trim();
    if (header.toString('latin1', 58) !== '`\n' || !/^\d+$/.test(digits)) {
      throw new InputError(file, 'cannot be read as an ar archive: a header is broken');
    }
    const size = Number(digits);
    if (/^data\.tar(\.xz|\.gz)?$/.test(name)) return { name, size };
    if (name.startsWith('data.tar')) {
      throw new InputError(file, `expected data.tar, data.tar.gz or data.tar.xz, found ${name}`, {
        hint: 'Unpack it with dpkg-deb -x, and give the linux-source-*.tar.xz inside.',
      });
    }
    // Members begin at even places.
    for await (const _piece of reader.pieces(size + (size % 2)));
  }
}

async function* oneByOne<T>(pieces: readonly T[]): AsyncGenerator<T> {
  yield* pieces;
}
