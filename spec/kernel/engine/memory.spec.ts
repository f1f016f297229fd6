/** Where the image of a compiled kernel lies: in the memory of the code, so that nothing is copied for a fault. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Duel } from '../../../src/campaign/duel.js';
import { useKernel } from '../../../src/campaign/kernels.js';
import { Cache } from '../../../src/kernel/cache/cache.js';
import { memoryOf } from '../../../src/kernel/engine/memory.js';
import { readKernel } from '../../../src/kernel/stored.js';
import { sameBytes } from '../../../src/mm/columns.js';
import { Image } from '../../../src/mm/image.js';
import type { Revision } from '../../../src/mm/revision.js';
import { Scene } from '../../../src/mm/scene.js';
import { engine } from '../../support.js';
import { addFake } from '../fake_kernel.js';
import { folderOfEach } from '../samples.js';

const SPAN = 16;
const folder = folderOfEach();
let kernel: Revision;

beforeEach(() => {
  addFake(folder.path, 'fake', { answer: 2 });
  kernel = useKernel(readKernel(new Cache(folder.path), 'fake'));
});

describe('the image of a compiled kernel', () => {
  it('lies in a memory of its own, that of a model does not', () => {
    const duel = new Duel(new Scene(SPAN), engine('legacy@v6.1'), kernel);
    const memory = memoryOf(duel.batched.image.words);
    expect(memory?.buffer).toBe(duel.batched.image.words.buffer);
    expect(memoryOf(duel.legacy.image.words)).toBeUndefined();
    expect(memoryOf(new Duel(duel.scene, kernel, kernel).legacy.image.words)).not.toBe(memory);
  });

  it('has the columns and bytes of any other', () => {
    const { legacy, batched } = new Duel(new Scene(SPAN), engine('legacy@v6.1'), kernel);
    legacy.image.words.forEach((_, i) => {
      legacy.image.words[i] = i + 1;
    });
    batched.image.copyFrom(legacy.image);
    expect(batched.image.mm).toEqual(legacy.image.mm);
    expect(sameBytes(batched.image.compared, legacy.image.compared)).toBe(true);
    expect(batched.image.columnBytes).toEqual(legacy.image.columnBytes);
  });

  it('may lie elsewhere: then the code works on a copy', () => {
    const image = new Image(SPAN);
    image.words.fill(7);
    const handler = new kernel.engine(new Scene(SPAN), image);
    handler.vmf.begin(0, 0, 0);
    expect(handler.do_fault()).toBe(2);
    expect([...image.words].every((word) => word === 7)).toBe(true);
  });
});
