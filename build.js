/**
 * The build: every source file becomes one module in dist, at the same place. Constants are put where they are used: an
 * imported binding is looked up each time it is read, which costs the hot loop a fifth of its speed.
 */
import { chmodSync, cpSync, readdirSync } from 'node:fs';
import { build } from 'rolldown';

const sources = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => `${entry.parentPath}/${entry.name}`);

/** Tables that number their rows: `export const NAME = row(...);` */
const TABLES = ['src/mm/fields.ts', 'src/mm/marks.ts'];

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

await build({
  input: sources,
  platform: 'node',
  tsconfig: 'tsconfig.json',
  external: /^[^./]/,
  plugins: [numberedRows],
  optimization: { inlineConst: { mode: 'all', pass: 3 } },
  output: { dir: 'dist', format: 'esm', preserveModules: true, preserveModulesRoot: 'src', cleanDir: true },
});

// npm makes it executable once, when it links it; every build writes it anew.
chmodSync('dist/cli/main.js', 0o755);

// The C of the kernel engines' shim is read when a tree is compiled.
cpSync('src/kernel/shim', 'dist/kernel/shim', { recursive: true });
