/** What a fault changed, as text: it reads well, and gives every word back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesOf, makeChanges, mismatches } from '../../../src/campaign/answers/changes.js';
import { ACCESS_FAULTS, CALLS_SET_PTES, NR_FILE_MAPPED, RET } from '../../../src/mm/fields.js';
import { Image } from '../../../src/mm/image.js';

const PLAIN = { contPtes: 0 };
const CONTIGUOUS = { contPtes: 16 };

function imageWith(change: (image: Image) => void): Image {
  const image = new Image(8);
  change(image);
  return image;
}

const EMPTY = imageWith(() => {});

describe('changes', () => {
  it('name column, slots and value, and words of the mm', () => {
    const after = imageWith((image) => {
      image.pte.fill(0xe05, 2, 6);
      [7, 8, 9].forEach((pfn, i) => {
        image.pfn[i] = pfn;
      });
      image.refcount[7] = -1;
      image.mm[RET] = 0x100;
      image.mm[CALLS_SET_PTES] = 1;
    });
    expect(changesOf(EMPTY, after, PLAIN)).toBe('pte[2*4]=e05 pfn[0*3]=7+ ref[7]=ffffffff ret=100 set()=1');
  });

  it('are nothing where nothing changed, and leave out what the entry code counts', () => {
    const after = imageWith((image) => {
      image.mm[ACCESS_FAULTS] = 3;
    });
    expect([changesOf(EMPTY, EMPTY, PLAIN), changesOf(EMPTY, after, PLAIN)]).toEqual(['', '']);
  });

  it('leave out how often contiguous entries are stored, but not what else is done for them', () => {
    const after = imageWith((image) => {
      image.maintenance[1] = 0x10102;
      image.mm[CALLS_SET_PTES] = 5;
    });
    expect(changesOf(EMPTY, after, CONTIGUOUS)).toBe('done[1]=10100');
    expect(mismatches(EMPTY, after, CONTIGUOUS)).toEqual(['done[1] 10100, expected 0']);
    expect(mismatches(EMPTY, after, PLAIN)).toEqual(['done[1] 10102, expected 0', 'set() 5, expected 0']);
  });

  it('give every word back', () => {
    const words = fc.array(fc.tuple(fc.nat({ max: 400 }), fc.constantFrom(0, 1, 2, 3, 0xe05, -1)), { maxLength: 60 });
    const images = words.map((list) =>
      imageWith((image) => {
        for (const [at, value] of list) image.words[at % image.words.length] = value;
        image.mm[ACCESS_FAULTS] = 0;
      }),
    );
    fc.assert(
      fc.property(images, images, (before, after) => {
        const made = imageWith((image) => image.copyFrom(before));
        makeChanges(made, changesOf(before, after, PLAIN));
        expect(mismatches(after, made, PLAIN)).toEqual([]);
        expect(made.words).toEqual(after.words);
      }),
    );
  });

  it.each([
    'pte=1',
    'pte[9999]=1',
    'pte[14*5]=1',
    'nothing=1',
    'ret',
    'ret=xyz',
    'ret[1]=1',
    'pte[1]=123456789',
  ])('refuse %j', (text) => {
    expect(() => makeChanges(new Image(8), text)).toThrow(`expected the change of a word, found "${text}"`);
  });
});

describe('mismatches', () => {
  it('name each word that is not as expected', () => {
    const found = imageWith((image) => {
      image.pte[4] = 0xe05;
      image.mm[NR_FILE_MAPPED] = 2;
    });
    expect(mismatches(EMPTY, found, PLAIN)).toEqual(['pte[4] e05, expected 0', 'NR_FILE_MAPPED 2, expected 0']);
  });
});
