/** A .config says for which architectures engines are made; what the cases need may not be turned off in it. */
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/kernel/user_config.js';

const parse = (...lines: readonly string[]) => parseConfig('.config', `${lines.join('\n')}\n`);
const ARM64 = 'CONFIG_ARM64=y';

it.each([
  [['CONFIG_X86_64=y', 'CONFIG_64BIT=y'], ['x86-64']],
  [[ARM64], ['arm64']],
  [
    [ARM64, 'CONFIG_ARM64_CONTPTE=y'],
    ['arm64', 'arm64-contpte'],
  ],
  [['CONFIG_RISCV=y', 'CONFIG_64BIT=y'], ['riscv64']],
])('with %j it is for %j', (lines, archs) => {
  expect(parse(...lines).archs).toEqual(archs);
});

it('what is not mentioned, and what engines do not look at, is as it always is', () => {
  const { archs, off } = parse('#', '# Automatically generated', '', ARM64, 'CONFIG_NR_CPUS=8', 'CONFIG_ZSWAP=n');
  expect([archs, [...off]]).toEqual([['arm64'], []]);
});

it('an option that the cases do not depend on is turned off', () => {
  expect([...parse(ARM64, '# CONFIG_DEVICE_PRIVATE is not set').off]).toEqual(['CONFIG_DEVICE_PRIVATE']);
  expect([...parse(ARM64, 'CONFIG_DEVICE_PRIVATE=n').off]).toEqual(['CONFIG_DEVICE_PRIVATE']);
  expect([...parse(ARM64, 'CONFIG_DEVICE_PRIVATE=y').off]).toEqual([]);
});

it('everything that contradicts the cases is said in one error, a line for each', () => {
  const lines = ['# CONFIG_MEMCG is not set', ARM64, 'CONFIG_ARM64_PA_BITS=50', '# CONFIG_SHMEM is not set'];
  expect(() => parse(...lines)).toThrow(
    expect.objectContaining({
      message: '.config:1: contradicts what engines are made for: CONFIG_MEMCG is not set, not y',
      further: ['.config:3: CONFIG_ARM64_PA_BITS is 50, not 48 or 52', '.config:4: CONFIG_SHMEM is not set, not y'],
    }),
  );
});

it('52 bits of physical address, as distributions have them, are those of the cases; larger pages are not', () => {
  expect(parse(ARM64, 'CONFIG_ARM64_PA_BITS_52=y', 'CONFIG_ARM64_PA_BITS=52').archs).toEqual(['arm64']);
  expect(() => parse(ARM64, 'CONFIG_PAGE_SHIFT=14')).toThrow('CONFIG_PAGE_SHIFT is 14, not 12');
});

it('lines may end as on Windows', () => {
  const { archs, off } = parseConfig('.config', `${ARM64}\r\n# CONFIG_DEVICE_PRIVATE is not set\r\n`);
  expect([archs, [...off]]).toEqual([['arm64'], ['CONFIG_DEVICE_PRIVATE']]);
});

it('options of other architectures do not contradict', () => {
  expect(parse('CONFIG_X86_64=y', '# CONFIG_ARM64_4K_PAGES is not set').archs).toEqual(['x86-64']);
  expect(() => parse(ARM64, '# CONFIG_ARM64_4K_PAGES is not set')).toThrow('CONFIG_ARM64_4K_PAGES is not set, not y');
});

it.each([
  [
    'CONFIG_MIPS=y',
    '.config: expected the configuration of x86-64, arm64 or riscv64, found none of CONFIG_X86_64, CONFIG_ARM64, ',
  ],
  ['int main(void)', '.config:1: expected CONFIG_NAME=value or a comment, as in a .config'],
])('%j is refused', (line, message) => {
  expect(() => parse(line)).toThrow(message);
});
