/** The real streams and signals; process.spec.ts sees the same from outside. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ProcessIo, processIo } from '../../src/cli/io.js';

let io: ProcessIo;
let before: ReadonlyMap<NodeJS.WriteStream, readonly unknown[]>;

beforeEach(() => {
  before = new Map([process.stdout, process.stderr].map((stream) => [stream, stream.listeners('error')]));
  io = processIo();
});

afterEach(() => {
  vi.restoreAllMocks();
  for (const [stream, known] of before) {
    for (const listener of stream.listeners('error')) {
      if (!known.includes(listener)) stream.off('error', listener as () => void);
    }
  }
});

describe('standard output', () => {
  it('passes text on until its reader goes away, which is no failure', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((_text, done?: unknown) => {
      if (typeof done === 'function') done();
      return true;
    });
    io.stdout.write('a');
    expect(await io.flush()).toBeUndefined();
    process.stdout.emit('error', Object.assign(new Error('gone'), { code: 'EPIPE' }));
    io.stdout.write('b');
    expect(write.mock.calls.map(([text]) => text)).toEqual(['a', '']);
    expect(await io.flush()).toBeUndefined();
  });

  it('says why it failed', async () => {
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    process.stdout.emit('error', full);
    process.stdout.emit('error', Object.assign(new Error('again'), { code: 'ENOSPC' }));
    expect(await io.flush()).toBe(full);
  });

  it('is described as it is', () => {
    expect(io.stdout.isTTY).toBe(process.stdout.isTTY === true);
    expect(io.stdout.columns).toBe(process.stdout.columns);
    expect(io.cwd).toBe(process.cwd());
  });
});

describe('Ctrl-C', () => {
  it('calls the handler at first and has its default effect the second time', () => {
    const added = vi.spyOn(process, 'on').mockReturnThis();
    const removed = vi.spyOn(process, 'off').mockReturnThis();
    const handler = vi.fn();
    const forget = io.onInterrupt(handler);
    const [event, listener] = added.mock.calls[0] as unknown as [string, () => void];
    expect(event).toBe('SIGINT');
    listener();
    expect(handler).toHaveBeenCalledTimes(1);
    expect(removed).toHaveBeenCalledWith('SIGINT', listener);
    removed.mockClear();
    forget();
    expect(removed).toHaveBeenCalledWith('SIGINT', listener);
  });
});
