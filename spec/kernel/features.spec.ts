/** Features that are read from the text of functions. The C here is made up: it has the marks that the rules look for. */
import { expect, it } from 'vitest';
import { PLAIN_FEATURES } from '../../src/batched/steps.js';
import { featuresOf, setterOf } from '../../src/kernel/features.js';
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

it.each([
  ['do_set_pte', 'set_pte_at(a, b, c, d);', 'do_set_pte'],
  ['set_pte_range', 'set_pte_at(a, b, c, d);', 'do_set_pte'],
  ['set_pte_range', 'set_ptes(a, b, c, d, nr);', 'set_pte_range'],
  ['set_pte_range', 'do { set_pte_at(a, b, c, d); } while (--nr);', 'set_pte_range'],
  ['set_pte_range', '/* set_ptes() later */ set_pte_at(a, b, c, d);', 'do_set_pte'],
])('the family follows from what the setter does, not from its name: %s() with %j', (name, text, setter) => {
  expect(setterOf([sourceOf({ [name]: text })])).toBe(setter);
});

it.each([
  ['filemap_map_folio_range', 'set_pte_range(vmf, folio, page, count, addr);', 'run'],
  ['filemap_map_pages', 'set_pte_range(vmf, folio,\n\tpage, nr, addr);', 'run'],
  ['filemap_map_pages', 'set_pte_range(vmf, page_folio(page), page, 1, addr);', 'page'],
  ['finish_fault', 'set_pte_range(vmf, folio, page, nr, addr);', 'page'],
])('what a call of fault-around installs follows from the call: %s() with %j', (caller, call, unit) => {
  expect(featuresOf([sourceOf({ set_pte_range: 'set_ptes(', [caller]: call })]).setterUnit).toBe(unit);
  expect(featuresOf([sourceOf({ do_set_pte: '' })]).setterUnit).toBe('page');
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
