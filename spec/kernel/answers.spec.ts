/**
 * The models against recorded answers of the real kernels, without a kernel tree: every word of every image after every
 * fault. And the answers are worth it: an engine with a bug does not pass.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BATCHED_REVISIONS, fittingBugs, PLANTED_BUGS, plant } from '../../src/batched/index.js';
import { type Answers, readAnswers } from '../../src/campaign/answers/answers.js';
import { AnswerCheck } from '../../src/campaign/answers/check.js';
import { modelFor } from '../../src/campaign/kernels.js';
import { LEGACY_REVISIONS, LegacyEngine } from '../../src/legacy/index.js';
import { FOLIO_UPTODATE, PTE_DIRTY, PTE_YOUNG } from '../../src/mm/bits.js';
import { MM_FILEPAGES, NR_FILE_MAPPED } from '../../src/mm/fields.js';
import type { EngineClass, Revision } from '../../src/mm/revision.js';
import { engine, FIXTURES, LEGACY, withEngine } from '../support.js';

const FILES = readdirSync(`${FIXTURES}kernel`).sort();
const SIZE = 1024 * 1024;
const ARCHS_6_1: readonly string[] = ['arm64', 'arm64-noaf', 'x86-64'];
const ARCHS_6_12: readonly string[] = [...ARCHS_6_1, 'arm64-contpte', 'riscv64'];

const recorded = new Map<string, Answers>();
function answersOf(file: string): Answers {
  const answers = recorded.get(file) ?? readAnswers(`${FIXTURES}kernel/${file}`);
  recorded.set(file, answers);
  return answers;
}

/** The addresses of the first cases, up to `limit`, that the engine answers otherwise than the kernel did. */
function wrongOf(revision: Revision, file: string, limit = Number.POSITIVE_INFINITY): string[] {
  const check = new AnswerCheck(revision);
  const wrong: string[] = [];
  for (const answer of answersOf(file).answers) {
    const found = check.check(answer);
    if (found === undefined) continue;
    wrong.push(`${found.address}, fault ${found.fault}: ${found.words.slice(0, 5).join('; ')}`);
    if (wrong.length >= limit) break;
  }
  return wrong;
}

/** Does an engine pass for the kernel? One that dies does not. */
function passes(revision: Revision, file: string): boolean {
  try {
    return wrongOf(revision, file, 1).length === 0;
  } catch {
    return false;
  }
}

it('there are answers of both families of kernels', () => {
  expect(FILES).toEqual(['6.1.jsonl', '6.12.jsonl']);
  expect(FILES.map((file) => answersOf(file).setter)).toEqual(['do_set_pte', 'set_pte_range']);
});

describe.each(FILES)('the answers in %s', (file) => {
  it('are those of its model, in every word', () => {
    const { model, differences } = modelFor(answersOf(file));
    expect(differences).toEqual([]);
    expect(wrongOf(model, file)).toEqual([]);
  });

  it('are of every architecture and span that the kernel runs, with and without races', () => {
    const addresses = answersOf(file).answers.map(({ address }) => address.split('.'));
    const spans = new Set(addresses.map(([, arch, span]) => `${arch} ${span}`));
    const archs = file === '6.12.jsonl' ? ARCHS_6_12 : ARCHS_6_1;
    expect([...spans].sort()).toEqual(
      archs.flatMap((arch) => [4, 16, 64, 512].map((span) => `${arch} ${span}`)).sort(),
    );
    expect(new Set(addresses.map(([, , , , , dials = '']) => dials.includes('r')))).toEqual(new Set([true, false]));
  });

  it('are some thousand lines, short enough to be looked at', () => {
    const { answers } = answersOf(file);
    expect(answers.length).toBeGreaterThan(1000);
    const bytes = answers.reduce((sum, { faults }) => sum + faults.join().length, 0);
    expect(bytes).toBeLessThan(SIZE);
    expect(new Set(answers.map(({ address }) => address)).size).toBe(answers.length);
  });
});

describe('recorded answers of 6.12 tell', () => {
  const base = engine('batched@v6.12.117');
  // Some bugs show only on architectures that no kernel is compiled for.
  const fitting = fittingBugs(base).filter(
    ({ shows }) => shows?.architectures?.some((arch) => ARCHS_6_12.includes(arch)) ?? true,
  );

  it('nearly all bugs that can be planted in its model', () => {
    // The findings, F1 and F2, are in 6.12.117 as it is.
    expect(fitting.length).toBeGreaterThan(PLANTED_BUGS.length - 7);
  });

  it('every other revision from the kernel', () => {
    const others = [...BATCHED_REVISIONS, ...LEGACY_REVISIONS].filter(({ id }) => id !== base.id);
    expect(others.filter((revision) => passes(revision, '6.12.jsonl')).map(({ id }) => id)).toEqual([]);
  });

  it.each(fitting.map((bug) => [bug.id, bug.title, bug] as const))('%s: %s', (_id, _title, bug) => {
    expect(passes(plant(base, [bug]), '6.12.jsonl')).toBe(false);
  });
});

/** The per-page engine with one step done wrong. */
const WRONG_STEPS: readonly (readonly [what: string, engine: EngineClass])[] = [
  [
    'pages before the fault are young',
    class extends LegacyEngine {
      override do_set_pte(page: number, addr: number): void {
        super.do_set_pte(page, addr);
        if (addr < this.vmf.address) this.image.pte[addr] |= PTE_YOUNG;
      }
    },
  ],
  [
    'a write does not make the entry dirty',
    class extends LegacyEngine {
      override do_set_pte(page: number, addr: number): void {
        super.do_set_pte(page, addr);
        this.image.pte[addr] &= ~PTE_DIRTY;
      }
    },
  ],
  [
    'large folios are not marked as mapped by page tables',
    class extends LegacyEngine {
      protected override set_double_map(): void {}
    },
  ],
  [
    'the window is not clamped to i_size',
    class extends LegacyEngine {
      protected override clamp_after_lock(end: number): number {
        return end;
      }
    },
  ],
  [
    'pages that are mapped twice count twice as mapped',
    class extends LegacyEngine {
      protected override inc_page_mapcount(folio: number, page: number): boolean {
        super.inc_page_mapcount(folio, page);
        return true;
      }
    },
  ],
  [
    'a PMD mapping of part of the pages counts all of them',
    class extends LegacyEngine {
      override page_add_file_rmap_compound(folio: number): void {
        const before = this.image.mm[NR_FILE_MAPPED];
        super.page_add_file_rmap_compound(folio);
        if (this.image.mm[NR_FILE_MAPPED] > before) this.image.mm[NR_FILE_MAPPED] = before + 512;
      }
    },
  ],
  [
    'shmem is counted as file',
    class extends LegacyEngine {
      override mm_counter_file(): number {
        return MM_FILEPAGES;
      }
    },
  ],
  [
    'an entry that changed meanwhile is overwritten',
    class extends LegacyEngine {
      protected override vmf_pte_changed(): boolean {
        return false;
      }
    },
  ],
  [
    'a private copy is not put on the LRU',
    class extends LegacyEngine {
      override lru_cache_add_inactive_or_unevictable(): void {}
    },
  ],
  [
    'a mapped page leaves its folio not up to date',
    class extends LegacyEngine {
      override page_add_new_anon_rmap(page: number): void {
        super.page_add_new_anon_rmap(page);
        this.image.folioClear(page, FOLIO_UPTODATE);
      }
    },
  ],
];

describe('recorded answers of 6.1 tell', () => {
  it('every other revision from the kernel', () => {
    const others = [...BATCHED_REVISIONS, ...LEGACY_REVISIONS].filter(({ id }) => id !== LEGACY.id);
    expect(others.filter((revision) => passes(revision, '6.1.jsonl')).map(({ id }) => id)).toEqual([]);
  });

  it.each(WRONG_STEPS)('that %s', (what, wrong) => {
    expect(passes(withEngine(LEGACY, `legacy@${what}`, wrong), '6.1.jsonl')).toBe(false);
  });
});
