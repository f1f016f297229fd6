/** Assistants in threads of their own, from the built program: a thread cannot load TypeScript. */
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { StartAssistant } from '../../src/bench/assistant.js';
import { PACKAGE_ROOT } from '../../src/cli/package.js';
import { FIXTURES } from '../support.js';

const BUILT = pathToFileURL(`${PACKAGE_ROOT}dist/bench/assistant.js`).href;
const { startThread } = (await import(BUILT)) as { startThread: StartAssistant };

describe('an assistant in a thread', () => {
  it('answers one request after the other', async () => {
    const assistant = startThread(`${FIXTURES}allow`);
    expect(await assistant.ask({ kind: 'prepare', contender: { kind: 'sketch', span: 8 } })).toBe(true);
    for (let i = 0; i < 2; i++) {
      expect((await assistant.ask({ kind: 'slice', milliseconds: 5 })).done).toBeGreaterThan(0);
    }
    await assistant.close();
  });

  it('passes on what goes wrong in it', async () => {
    const lost = startThread('no such folder');
    await expect(lost.ask({ kind: 'slice', milliseconds: 1 })).rejects.toThrow(/no such folder/);
    const early = startThread(`${FIXTURES}allow`);
    await expect(early.ask({ kind: 'slice', milliseconds: 1 })).rejects.toThrow('there is no contender yet');
  });

  it('that is ended while it works fails the request', async () => {
    const assistant = startThread(`${FIXTURES}allow`);
    await assistant.ask({ kind: 'prepare', contender: { kind: 'sketch', span: 64 } });
    const endless = assistant.ask({ kind: 'slice', milliseconds: 60_000 });
    const failed = expect(endless).rejects.toThrow('a thread of the benchmark ended with code 1');
    await assistant.close();
    await failed;
  });
});
