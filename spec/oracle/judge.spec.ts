/** The judge finds every difference, explains exactly what an entry claims, and misses what was promised. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchedEngine } from '../../src/batched/index.js';
import { SingleRun } from '../../src/campaign/single.js';
import type { Case } from '../../src/cases/case.js';
import { PTE_YOUNG } from '../../src/mm/bits.js';
import { FIELDS, MMAP_MISS } from '../../src/mm/fields.js';
import type { EngineClass, Revision } from '../../src/mm/revision.js';
import { type AllowEntry, type Allowlist, EMPTY_ALLOWLIST } from '../../src/oracle/allowlist.js';
import { classId } from '../../src/oracle/classify.js';
import { compileCondition } from '../../src/oracle/condition.js';
import { explainFinding } from '../../src/oracle/explain.js';
import type { Finding } from '../../src/oracle/judge.js';
import { placesText } from '../../src/report/words.js';
import { ALLOWLIST, LEGACY, layout, REFERENCE, smallFolios, withEngine } from '../support.js';

const Reference = REFERENCE.engine as EngineClass<BatchedEngine>;
const fieldOf = (name: string): number => FIELDS.findIndex((field) => field.name === name);

/** The reference with `change` applied to its image after every setter call. */
function spoilt(change: (engine: BatchedEngine, addr: number, nr: number) => void): Revision {
  class Spoilt extends Reference {
    override set_pte_range(folio: number, page: number, nr: number, addr: number): void {
      super.set_pte_range(folio, page, nr, addr);
      change(this, addr, nr);
    }
  }
  return withEngine(REFERENCE, 'batched@spoilt', Spoilt);
}

function entry(id: string, field: string, when: string, legacy: number, batched: number): AllowEntry {
  const claims: AllowEntry['claims'][number][] = [];
  const made = {
    ...ALLOWLIST.entries[0],
    id,
    engines: { legacy: ['*'], batched: ['*'] },
    claims,
  } satisfies AllowEntry;
  claims.push({ entry: made, field: fieldOf(field), condition: compileCondition(when), legacy, batched, rule: null });
  return made;
}
const list = (...entries: AllowEntry[]): Allowlist => ({ dir: '', entries });

function findings(plain: Case, allowlist: Allowlist = EMPTY_ALLOWLIST, batched: Revision = REFERENCE): Finding[] {
  return [...new SingleRun(plain, { legacy: LEGACY, batched, allowlist }).run().findings];
}

const show = ({ field, site, missing, entry: by }: Finding): string =>
  `${FIELDS[field].name}@${site}${missing ? ' missing' : ''}${by === null ? '' : ` by ${by.id}`}`;

/** Two pages in one run: the second is old in legacy and young in the reference. */
const pair = layout({ span: 4, folios: [{ at: 0, order: 1 }], file: { mmapMiss: 50 }, steps: [{ read: 0 }] });

describe('a difference', () => {
  it('without an entry is unexplained', () => {
    expect(findings(pair).map(show)).toEqual(['young@1']);
  });

  it('inside an entry’s condition, with its values, is explained by it', () => {
    const known = list(entry('uniform', 'young', 'run == "fault" && !faultPage', 0, 1));
    expect(findings(pair, known).map(show)).toEqual(['young@1 by uniform']);
  });

  it('with other values than the entry gives is not explained', () => {
    expect(findings(pair, list(entry('wrong', 'young', 'run == "fault" && !faultPage', 1, 0))).map(show)).toEqual([
      'young@1',
    ]);
  });

  it('outside of the condition is not explained, and agreement inside of it is missing', () => {
    const elsewhere = list(entry('elsewhere', 'young', 'faultPage', 0, 1));
    expect(findings(pair, elsewhere).map(show)).toEqual(['young@1', 'young@0 missing']);
  });

  it('that is explained hides no other one: not of another field, not at another site', () => {
    const known = list(entry('uniform', 'young', 'run == "fault" && !faultPage', 0, 1));
    const miss = spoilt((engine) => engine.image.count(MMAP_MISS, 1));
    expect(findings(pair, known, miss).map(show)).toEqual(['young@1 by uniform', 'mmap_miss@0']);
    const old = spoilt((engine, addr) => engine.image.rewritePte(addr, engine.image.pte[addr] & ~PTE_YOUNG));
    expect(findings(pair, known, old).map(show).slice(0, 2)).toEqual(['young@0', 'young@1 by uniform']);
  });

  it('of bits is looked for only where both engines have an entry', () => {
    const gone = spoilt((engine, addr) => engine.image.writePte(addr, 0, 0));
    const names = findings(
      layout({ span: 4, folios: smallFolios(4), steps: [{ read: 0 }] }),
      EMPTY_ALLOWLIST,
      gone,
    ).map(({ field }) => FIELDS[field].name);
    expect(names).toContain('pte');
    expect(names).not.toContain('young');
    expect(names).not.toContain('pfn');
  });

  it('that was promised is not missed where only one side has an entry at all', () => {
    const gone = spoilt((engine, addr) => engine.image.writePte(addr, 0, 0));
    const promise = list(entry('promise', 'young', 'faultPage', 0, 1));
    const plain = layout({ span: 4, folios: smallFolios(4), steps: [{ read: 0 }] });
    expect(findings(plain, promise, gone).filter(({ missing }) => missing)).toEqual([]);
  });

  it('of the folio or the mm can be claimed and missed as well', () => {
    const claims = list(
      entry('folio', 'mlocked', 'faultFolio', 0, 1),
      entry('misses', 'mmap_miss', 'around', 3, 2),
      entry('outcome', 'accessOutcome', 'around', 2, 1),
      entry('map', 'mapcount', 'faultPage', 1, 2),
    );
    const found = findings(layout({ span: 4, folios: [{ at: 0, order: 0 }], steps: [{ read: 0 }] }), claims);
    expect(found.map(show).sort()).toEqual(
      ['accessOutcome@0 missing', 'mapcount@0 missing', 'mlocked@0 missing', 'mmap_miss@0 missing'].sort(),
    );
  });
});

describe('the class of a finding', () => {
  it('is named by field, direction and classifying facts', () => {
    expect(findings(pair).map(classId)).toEqual(['young:0>1:faultStartsRun,run=fault']);
    const missing = findings(pair, list(entry('e', 'mmap_miss', 'around', 1, 2)));
    expect(missing.map(classId)).toContain('mmap_miss:missing:around,oneFolio');
  });

  it('says more or less where values are counted', () => {
    const more = spoilt((engine) => engine.image.count(MMAP_MISS, 5));
    expect(findings(pair, EMPTY_ALLOWLIST, more).map(classId)).toContain('mmap_miss:more:around,oneFolio');
  });
});

describe('an explanation', () => {
  it('says what each engine left, where, and what was expected of the fault', () => {
    expect(explainFinding(findings(pair)[0], 'slot 1')).toBe(
      'young (pte_young(): the accessed bit as the handler left it) at page slot 1, in the run that holds the fault: ' +
        'legacy 0, batched 1. Here fault-around maps the faulting page.',
    );
  });

  it('says which entry promised what did not show', () => {
    const [found] = findings(pair, list(entry('gone', 'mmap_miss', 'around', 1, 2)));
    const missing = findings(pair, list(entry('gone', 'mmap_miss', 'around', 1, 2))).find((other) => other.missing);
    expect(found.missing).toBe(false);
    expect(explainFinding(missing as Finding, 'mm')).toBe(
      'gone promises a difference of mmap_miss at the mm, but both engines have 48.',
    );
  });

  it('names folios, i_size and populated entries', () => {
    const shared = layout({
      span: 4,
      folios: [{ at: 0, order: 1 }],
      row: 'y',
      file: { size: 4096 },
      steps: [{ read: 2 }],
    });
    const claims = list(
      entry('a', 'young', 'populated', 0, 1),
      entry('b', 'cached', 'large', 0, 1),
      entry('c', 'pte', 'beyondEof && large', 0, 1),
    );
    const texts = findings(shared, claims).map((finding) =>
      explainFinding(finding, placesText(FIELDS[finding.field].site, [finding.site])),
    );
    expect(texts.join('\n')).toMatch(/page slot 0, populated before/);
    expect(texts.join('\n')).toMatch(/cached at folio 0, /);
    expect(texts.join('\n')).toMatch(/page slot 1, beyond i_size/);
  });
});

describe('any one bit that an engine gets wrong', () => {
  const compared = FIELDS.flatMap((field, index) =>
    field.compare === 'conform' || field.column !== 'mm' || field.group === 'access' ? [] : [index],
  ).filter((index) => !['ret', 'vmaLockRetries'].includes(FIELDS[index].name));

  it('in a counter of the mm is found, whatever entries explain', () => {
    fc.assert(
      fc.property(fc.constantFrom(...compared), fc.integer({ min: 1, max: 9 }), (index, by) => {
        let done = false;
        const wrong = spoilt((engine) => {
          if (!done) engine.image.count(FIELDS[index].word, by);
          done = true;
        });
        const found = findings(pair, ALLOWLIST, wrong).filter(({ entry: by }) => by === null);
        expect(found.map(({ field }) => field)).toContain(index);
      }),
    );
  });
});
