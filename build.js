/**
 * The build: the programs, the public module and what they share, as few files, because a start waits for each file
 * that is found, read and compiled. Constants are put where they are used: an imported binding is looked up each time
 * it is read, which costs the hot loop a fifth of its speed.
 */
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { build } from 'rolldown';

/** What is started or imported from outside, by its place in dist. */
const ENTRIES = [
  'cli/main',
  'index',
  'campaign/worker',
  'campaign/selftest/worker',
  'bench/worker',
  'bench/assistant',
  'oracle/allow_file',
  'tools/generate',
  'tools/kernel_answers',
];

/**
 * Packages of many small files, all of which a start would wait for. Their licences are in dist; types still come from
 * the packages themselves.
 */
const BUNDLED = ['@marcbachmann/cel-js', 'commander', 'diff', 'fast-check', 'pure-rand', 'yaml', 'zod'];

/** Tables that number their rows: `export const NAME = row(...);` */
const TABLES = ['src/mm/fields.ts', 'src/mm/marks.ts'];

/** What every command needs before anything is looked at. */
const WORDS = [
  'version',
  'cases/(files|escape|suggest|address_error)',
  'report/(words|commands)',
  'kernel/unavailable',
];

/** What a start does without: what reads YAML files, and what only some commands need. */
const LATER = {
  oracle: 'allow_file|condition|entry_again',
  cases: 'case\\.|yaml|validate|arbitrary|simplify|fixture|schema|scopes|sweep',
};

/** What every campaign runs. */
const CAMPAIGN =
  'beacon|campaign|case_player|cell|conform/(differences|word_player)|counts|duel|enumeration|harvest|inlining|plan|' +
  'player|referee|report|runner|sweep|tally|unit';

const packageOf = (id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];

/** What is loaded together is one file; everything else is divided by who needs it. */
const CHUNKS = [
  { name: (id) => packageOf(id).replace(/^.*\//, ''), debugName: 'packages', test: /node_modules/, priority: 5 },
  {
    name: 'engines',
    test: /src\/(mm|legacy|batched|kernel\/engine)\/|src\/campaign\/(engines|kernels)\./,
    priority: 4,
  },
  { name: 'words', test: new RegExp(`src/(${WORDS.join('|')})\\.`), priority: 4 },
  { name: 'cache', test: /src\/kernel\/(cache\/|stored\.)/, priority: 3 },
  { name: 'command_line', test: /src\/cli\/(?!main\.)/, priority: 2 },
  { name: 'judging', test: new RegExp(`src/(oracle/(?!${LATER.oracle})|cases/(?!${LATER.cases}))`), priority: 1 },
  { name: 'campaign', test: new RegExp(`src/campaign/(${CAMPAIGN})\\.`), priority: 0 },
];

/** The numbers of a table's rows become constants that can be put where they are used. */
const numberedRows = {
  name: 'numbered-rows',
  transform: {
    filter: { id: TABLES.map((file) => new RegExp(`${file}$`)) },
    async handler(code, id) {
      const { output } = await build({ input: id, write: false, platform: 'node', tsconfig: 'tsconfig.json' });
      const numbers = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
      return code.replaceAll(/^export const ([A-Z_0-9]+) = ([a-z]+\()/gm, (row, name, call) =>
        typeof numbers[name] === 'number' ? `export const ${name} = ${numbers[name]};\n${call}` : row,
      );
    },
  },
};

/** A source file finds what lies beside it from where it would lie in dist, whatever file it has become a part of. */
const ownPlaces = {
  name: 'own-places',
  transform: {
    filter: { id: /\/src\/.*\.ts$/, code: 'import.meta.url' },
    handler(code, id) {
      const file = relative('src', id).replace(/\.ts$/, '.js');
      return code.replaceAll('import.meta.url', `__OWN_PLACE__(${JSON.stringify(file)})`);
    },
  },
  renderChunk(code, { fileName }) {
    return code.replaceAll(/__OWN_PLACE__\("([^"]+)"\)/g, (_, file) => {
      const path = relative(dirname(fileName), file);
      return file === fileName ? 'import.meta.url' : `new URL(${JSON.stringify(path)}, import.meta.url).href`;
    });
  },
};

const { output } = await build({
  input: Object.fromEntries(ENTRIES.map((entry) => [entry, `src/${entry}.ts`])),
  platform: 'node',
  tsconfig: 'tsconfig.json',
  external: (id) => /^[^./]/.test(id) && !BUNDLED.some((name) => id === name || id.startsWith(`${name}/`)),
  plugins: [numberedRows, ownPlaces],
  optimization: { inlineConst: { mode: 'all', pass: 3 } },
  output: {
    dir: 'dist',
    format: 'esm',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    codeSplitting: { groups: CHUNKS },
    // Types have the documentation; what is not there is not read.
    comments: { legal: true, annotation: false, jsdoc: false },
  },
});

// npm makes it executable once, when it links it; every build writes it anew.
chmodSync('dist/cli/main.js', 0o755);

// The C of the kernel engines' shim is read when a tree is compiled.
cpSync('src/kernel/shim', 'dist/kernel/shim', { recursive: true });
writeFileSync('dist/kernel/sources.sha256', `${hashOfSources('src/kernel')}\n`);

// The package's own allowlist entries, so that a start need not read YAML: see src/oracle/compiled_allow.ts.
const { compileAllowlist } = await import('./dist/oracle/allow_file.js');
writeFileSync('dist/allow.json', `${JSON.stringify(compileAllowlist('fixtures/allow'))}\n`);

writeFileSync('dist/licenses.txt', licenses(new Set(output.flatMap(({ moduleIds = [] }) => moduleIds.map(packageOf)))));

/** What was compiled before is of use as long as nothing of what made it has changed: see src/kernel/inputs.ts. */
function hashOfSources(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const hash = createHash('sha256');
  for (const path of files.map(({ parentPath, name }) => `${parentPath}/${name}`).sort()) {
    const bytes = readFileSync(path);
    hash.update(`${path} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** Name, version and licence of every package whose code is in dist. */
function licenses(packages) {
  const texts = [...packages]
    .filter((name) => name !== undefined)
    .sort()
    .map((name) => {
      const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
      return `${name} ${version}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8').trim()}\n`;
    });
  return `Code of these packages is part of the files of this folder.\n\n${texts.join('\n\n')}`;
}
