/** Small trees and archives, hostile ones too, made when a spec runs. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Header, type HeaderData } from 'tar';

export { folderOfEach, temporaryFolder } from '../folders.js';

export const MAKEFILE =
  '# SPDX-License-Identifier: GPL-2.0\nVERSION = 9\nPATCHLEVEL = 8\nSUBLEVEL = 7\nEXTRAVERSION =\n';

export type Files = Readonly<Record<string, string>>;

export const SMALL_TREE: Files = {
  Makefile: MAKEFILE,
  'mm/one.c': 'int one(void)\n{\n\treturn 1;\n}\n',
  'include/linux/one.h': 'int one(void);\n',
};

export function writeFiles(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Specs of repositories are skipped without it. */
export const HAS_GIT = spawnSync('git', ['--version']).status === 0;

export function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'init.defaultBranch=main'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8', stdio: 'pipe', env }).trim();
}

/** A repository with one commit. */
export function makeRepository(folder: string, files: Files): void {
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '-q');
  commit(folder, files, 'first');
}

export function commit(folder: string, files: Files, message: string): string {
  writeFiles(folder, files);
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', message);
  return git(folder, 'rev-parse', 'HEAD');
}

export interface TarItem {
  readonly path: string;
  readonly text?: string | Buffer;
  readonly type?: NonNullable<HeaderData['type']>;
  readonly linkpath?: string;
  /** as the header says, which need not be true */
  readonly size?: number;
}

const BLOCK = 512;

function padded(bytes: Buffer, step: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((step - (bytes.length % step)) % step)]);
}

export function tarOf(items: readonly TarItem[], options: { readonly end?: boolean } = {}): Buffer {
  const blocks = items.flatMap(({ path, text = '', type = 'File', linkpath, size }) => {
    const body = Buffer.from(text);
    const header = Buffer.alloc(BLOCK);
    new Header({
      path,
      type,
      mode: 0o644,
      size: size ?? body.length,
      ...(linkpath === undefined ? {} : { linkpath }),
    }).encode(header);
    return [header, padded(body, BLOCK)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(options.end === false ? 0 : 2 * BLOCK)]);
}

/** The small tree, or another one, as an archive with one folder at its top. */
export function tarOfTree(files: Files = SMALL_TREE, top = 'linux-source-9.8'): Buffer {
  const folder: TarItem = { path: `${top}/`, type: 'Directory' };
  return tarOf([folder, ...Object.entries(files).map(([name, text]) => ({ path: `${top}/${name}`, text }))]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

/** Number of .xz: seven bits in a byte, the lowest first. */
function multibyte(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

/** An .xz stream of bytes that stay as they are, with a CRC-32; see the file format's description. */
export function xzOf(bytes: Buffer): Buffer {
  const flags = Buffer.from([0x00, 0x01]);
  const chunks: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += 1 << 16) {
    const piece = bytes.subarray(start, start + (1 << 16));
    const size = Buffer.from([start === 0 ? 1 : 2, (piece.length - 1) >> 8, (piece.length - 1) & 0xff]);
    chunks.push(size, piece);
  }
  const data = Buffer.concat([...chunks, Buffer.from([0])]);
  const blockHeader = Buffer.from([0x02, 0x00, 0x21, 0x01, 0x16, 0x00, 0x00, 0x00]);
  const block = Buffer.concat([blockHeader, word(crc32(blockHeader)), data]);
  const unpadded = block.length + 4;
  const index = padded(Buffer.concat([Buffer.from([0, 1]), multibyte(unpadded), multibyte(bytes.length)]), 4);
  const backward = Buffer.concat([word((index.length + 4) / 4 - 1), flags]);
  return Buffer.concat([
    ...[Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), flags, word(crc32(flags))],
    ...[padded(block, 4), word(crc32(bytes))],
    ...[index, word(crc32(index))],
    ...[word(crc32(backward)), backward, Buffer.from('YZ')],
  ]);
}

/** An ar archive of members by name. */
export function arOf(members: Readonly<Record<string, Buffer>>): Buffer {
  const parts = Object.entries(members).flatMap(([name, bytes]) => [
    Buffer.from(`${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}`),
    Buffer.from(`${String(bytes.length).padEnd(10)}\`\n`),
    padded(bytes, 2),
  ]);
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}

/** A Debian package with a source in it. */
export function debOf(source: Buffer, path = './usr/src/linux-source-9.8.tar.xz'): Buffer {
  const data = tarOf([
    { path: './', type: 'Directory' },
    { path, text: source },
  ]);
  return arOf({
    'debian-binary': Buffer.from('2.0\n'),
    'control.tar.xz': Buffer.from('odd'),
    'data.tar.xz': xzOf(data),
  });
}
