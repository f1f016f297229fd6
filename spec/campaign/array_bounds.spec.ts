/**
 * Nothing on the hot path reads or writes outside of an array. JavaScript answers undefined, and most conditions are
 * false for it: such a read finds nothing wrong and is slow.
 */
import { describe, expect, it } from 'vitest';
import { Cell } from '../../src/campaign/cell.js';
import { pairSpace } from '../../src/campaign/plan.js';
import { Judgement } from '../../src/campaign/referee.js';
import { entriesFor } from '../../src/oracle/decider.js';
import { ALLOWLIST, LEGACY, REFERENCE } from '../support.js';

type Column = Int32Array | Uint8Array | Uint16Array | Float64Array;

const isColumn = (value: unknown): value is Column =>
  ArrayBuffer.isView(value) && !Buffer.isBuffer(value) && !(value instanceof DataView);

/** Puts a watchman before every typed array that can be reached from an object. */
class Watch {
  readonly outside = new Set<string>();
  private readonly seen = new Set<object>();
  private readonly plain = new WeakMap<object, Column>();
  private readonly watched = new WeakMap<Column, Column>();
  columns = 0;

  over(owner: object): void {
    if (this.seen.has(owner) || this.plain.has(owner)) return;
    this.seen.add(owner);
    for (const key of Object.keys(owner)) {
      const value: unknown = Reflect.get(owner, key);
      if (isColumn(value)) Reflect.set(owner, key, this.before(value, key));
      else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) this.over(value);
    }
  }

  private before(column: Column, name: string): Column {
    const known = this.watched.get(column);
    if (known !== undefined) return known;
    const look = (key: string | symbol): void => {
      if (typeof key === 'symbol' || !/^(-?\d+|undefined|NaN)$/.test(key)) return;
      if (!(Number(key) >= 0 && Number(key) < column.length)) this.outside.add(`${name}[${key}]`);
    };
    const proxy = new Proxy(column, {
      get: (target, key) => {
        look(key);
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) =>
          value.apply(
            target,
            args.map((arg) => this.plain.get(arg as object) ?? arg),
          );
      },
      set: (target, key, value) => {
        look(key);
        return Reflect.set(target, key, value, target);
      },
    });
    this.columns++;
    this.watched.set(column, proxy);
    this.plain.set(proxy, column);
    return proxy;
  }
}

describe.each(['x86-64', 'arm64', 'arm64-contpte'] as const)('a campaign on %s', (arch) => {
  it.each([8, 64, 512])('stays inside of its arrays at span %i', (span) => {
    const entries = entriesFor(ALLOWLIST, LEGACY, REFERENCE);
    const { tally, newPlayer } = new Judgement({ legacy: LEGACY, batched: REFERENCE, entries, invariantsAll: true });
    const pair = pairSpace(LEGACY, REFERENCE, arch, true);
    const cell = new Cell({ arch, span, seed: 5, pair }, tally, newPlayer);
    const watch = new Watch();
    watch.over(cell);
    for (let block = 0; cell.player.run < (span === 512 ? 200 : 1500); block++) cell.runBlock(block, block);
    expect(watch.columns).toBeGreaterThan(30);
    expect([...watch.outside]).toEqual([]);
  });
});
