/** What recorded answers say they are from: a package and its version, never a path. */
import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../src/tools/kernel_answers.js';

describe('the source of recorded answers', () => {
  it.each([
    ["Debian's package, fetched", 'debian:6.1 (6.1.192-3)', 'linux-source-6.1 6.1.192-3'],
    ["Debian's package, as a file", '../packages/linux-source-6.1_6.1.192-3_all.deb', 'linux-source-6.1 6.1.192-3'],
    ['a package with an epoch', 'linux-source-6.1_1%3a6.1.192-3_all.deb', 'linux-source-6.1 1:6.1.192-3'],
    ['a folder', '../linux', 'Linux 6.1.192'],
  ])('is %s', (_what, name, source) => {
    expect(sourceOf({ name, version: '6.1.192' })).toBe(source);
  });
});
