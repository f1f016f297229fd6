/** Features that are read from the text of functions. The C here is made up: it has the marks that the rules look for. */
import { expect, it } from 'vitest';
import { PLAIN_FEATURES } from '../../src/batched/steps.js';
import { featuresOf } from '../../src/kernel/features.js';
import type { EngineSource } from '../../src/kernel/source.js';
import { LEGACY } from '../support.js';

function sourceOf(functions: Readonly<Record<string, string>>, arch = 'x86-64', config: string[] = []): EngineSource {
  const definitions = Object.entries(functions).map(([name, active]) => ({ name, kind: 'function', active }));
  return { arch, config: new Map(config.map((name) => [name, '1'])), extracted: { definitions } } as never;
}

it('nothing is said of what is not there', () => {
  expect(featuresOf([sourceOf({})])).toEqual({});
});

it.each([
  ['bool prefault = !in_range(a, b, c);', 'fault-outside-run'],
  ['bool prefault = in_range(a, b, c);', 'fault-in-run'],
  ['bool prefault = vmf->address\n\t!= addr;', 'not-run-start'],
  ['bool prefault = /* prefault = in_range( */ !in_range(a);', 'fault-outside-run'],
  ['bool prefault = something_else(a);', undefined],
])('the prefault rule of %j is %s', (text, value) => {
  expect(featuresOf([sourceOf({ set_pte_range: text })]).prefaultRule).toBe(value);
});

it.each([
  ['file_end = DIV_ROUND_UP(i_size_read(h), P) - 1; rcu_read_lock();', 'before-lookup'],
  ['rcu_read_lock(); p = pte_offset_map_lock(m); file_end = DIV_ROUND_UP(i_size_read(h), P) - 1;', 'after-lock'],
  ['rcu_read_lock();', 'none'],
])('where i_size limits fault-around in %j: %s', (text, value) => {
  expect(featuresOf([sourceOf({ filemap_map_pages: text })]).iSizeClamp).toBe(value);
});

it('the family follows from the setter', () => {
  expect(featuresOf([sourceOf({ do_set_pte: '' })]).setterUnit).toBe('page');
  expect(featuresOf([sourceOf({ set_pte_range: '' })]).setterUnit).toBe('run');
});

it('write-protection of arm64 follows from its accessors', () => {
  expect(featuresOf([sourceOf({}, 'arm64')]).uffdWpArchs).toBe('6.1');
  expect(featuresOf([sourceOf({}, 'arm64', ['CONFIG_HAVE_ARCH_USERFAULTFD_WP'])]).uffdWpArchs).toBe('6.10');
});

it('every feature is one that models have', () => {
  const names = ['set_pte_range', 'do_set_pte', 'filemap_map_pages', 'filemap_map_folio_range', 'finish_fault'];
  const others = ['do_set_pmd', '__do_fault', 'do_page_mkwrite', 'do_read_fault', '__folio_mod_stat'];
  const all = featuresOf([
    sourceOf(Object.fromEntries([...names, ...others].map((name) => [name, 'nr_pages'])), 'arm64'),
  ]);
  for (const feature of Object.keys(all)) expect({ ...PLAIN_FEATURES, ...LEGACY.features }).toHaveProperty(feature);
});
