/** The documentation: links lead somewhere, and what it names exists. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { REVISIONS, revisionNamed } from '../../src/campaign/engines.js';
import { caseAt } from '../../src/cases/address.js';
import { parseFixture } from '../../src/cases/fixture.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const PAGES = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort(),
];

/** Files that a reader is told to write. */
const TO_BE_WRITTEN = ['fixtures/cases/mine.yaml', 'fixtures/cases/two-pages.yaml', 'fixtures/allow/my-young-run.yaml'];

const text = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** The anchor that GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-');
}

function anchors(page: string): string[] {
  return [...text(page).matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1]));
}

/** Local links of a page, as [file below the root, anchor or '']. */
function links(page: string): [file: string, anchor: string][] {
  return [...text(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, file, anchor = '']) => [
    file === '' ? page : join(dirname(page), file),
    anchor,
  ]);
}

describe.each(PAGES)('%s', (page) => {
  it('has links that lead to a file and to a heading of it', () => {
    const dead = links(page).filter(
      ([file, anchor]) => !existsSync(join(ROOT, file)) || (anchor !== '' && !anchors(file).includes(anchor)),
    );
    expect(dead).toEqual([]);
  });

  it('names engines that exist', () => {
    const named = [...text(page).matchAll(/--(legacy|batched) ((?:legacy@|batched@)?v?[0-9][\w.-]*|reference)\b/g)];
    const unknown = named.filter(([, family, name]) => !revisionNamed(name, family as 'legacy' | 'batched'));
    expect(unknown.map(([match]) => match)).toEqual([]);
  });

  it('names addresses that can be drawn', () => {
    const addresses = [...text(page).matchAll(/\bg\d+\.[a-z0-9-]+\.\d+\.\d+\.\d+(?:\.[wlr]+)?\b/g)].map(
      ([match]) => match,
    );
    for (const address of new Set(addresses)) expect(() => caseAt(address), address).not.toThrow();
  });

  it('names files of fixtures that exist', () => {
    const named = [
      ...text(page).matchAll(/\bfixtures\/(?:cases|regressions|allow|schema)\/[a-z0-9.-]+\.(?:yaml|json)\b/g),
    ];
    const missing = named.map(([file]) => file).filter((file) => !existsSync(join(ROOT, file)));
    expect(missing.filter((file) => !TO_BE_WRITTEN.includes(file))).toEqual([]);
  });

  it('has fixtures that can be read', () => {
    const blocks = [...text(page).matchAll(/^```yaml\n((?:#.*\n)?title:[\s\S]*?)^```$/gm)];
    for (const [, block] of blocks.filter(([, block]) => /^case:/m.test(block))) {
      expect(() => parseFixture(block, page)).not.toThrow();
    }
  });
});

describe('the documentation', () => {
  it('is found', () => {
    expect(PAGES.length).toBeGreaterThan(15);
    expect(REVISIONS.length).toBeGreaterThan(0);
  });

  it('is linked from the README, apart from how-tos that stand in its list', () => {
    const readme = links('README.md').map(([file]) => file);
    expect(PAGES.filter((page) => page.startsWith('docs/') && !readme.includes(page))).toEqual([]);
  });
});
