/**
 * Writes the files of the repository that follow from the source: `node dist/tools/generate.js`. With `--check` nothing
 * is written, and the exit code is 1 if a file is not current.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWhole } from '../cases/files.js';
import { fixtureJsonSchema, jsonSchema } from '../cases/schema.js';
import { layoutHeader } from '../kernel/layout.js';
import { AllowSchema } from '../oracle/allow_file.js';
import { ReportSchema } from '../report/model.js';
import { PartSchema } from '../report/part_model.js';
import { PatchReportSchema } from '../report/patch_model.js';
import { SelftestSchema } from '../report/selftest_model.js';
import { cliPage } from './cli_reference.js';
import { factsPage, fieldsPage, invariantsPage, marksPage, rulesPage } from './oracle_reference.js';
import { plantedPage } from './planted_reference.js';
import { revisionsPage } from './revisions_reference.js';
import { reportPage, yamlPage } from './schema_reference.js';
import { scopesPage } from './scopes_reference.js';
import { shimPage } from './shim_reference.js';

/** A file that is generated and committed. */
export interface Generated {
  /** below the root of the repository */
  readonly path: string;
  text(): string;
}

function schema(name: string, source: () => object): Generated {
  return {
    path: `fixtures/schema/${name}.schema.json`,
    text: () => `${JSON.stringify(source(), null, 2)}\n`,
  };
}

function reference(name: string, text: () => string): Generated {
  return { path: `docs/reference/${name}.md`, text };
}

export const GENERATED: readonly Generated[] = [
  schema('allow', () => jsonSchema(AllowSchema)),
  schema('fixture', fixtureJsonSchema),
  schema('part', () => jsonSchema(PartSchema)),
  schema('patch', () => jsonSchema(PatchReportSchema)),
  schema('report', () => jsonSchema(ReportSchema)),
  schema('selftest', () => jsonSchema(SelftestSchema)),
  { path: 'src/kernel/shim/layout.h', text: layoutHeader },
  reference('cli', cliPage),
  reference('facts', factsPage),
  reference('fields', fieldsPage),
  reference('invariants', invariantsPage),
  reference('marks', marksPage),
  reference('planted', plantedPage),
  reference('report', reportPage),
  reference('revisions', revisionsPage),
  reference('rules', rulesPage),
  reference('scopes', scopesPage),
  reference('shim', shimPage),
  reference('yaml', yamlPage),
];

/** The paths of generated files below `root` whose content is not what the source gives. */
export function staleFiles(root: string, files: readonly Generated[] = GENERATED): string[] {
  return files.filter((file) => currentText(join(root, file.path)) !== file.text()).map(({ path }) => path);
}

function currentText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Brings the files below `root` up to date, or only tells which are not.
 * @param out takes lines of text
 * @returns the exit code
 */
export function generate(
  args: readonly string[],
  root: string,
  out: (text: string) => void,
  files: readonly Generated[] = GENERATED,
): number {
  const check = args.includes('--check');
  const stale = staleFiles(root, files);
  for (const file of files) {
    if (!stale.includes(file.path)) continue;
    if (!check) writeWhole(join(root, file.path), file.text());
    out(check ? `${file.path} is not current: run npm run generate\n` : `${file.path} written\n`);
  }
  if (stale.length === 0) out(`${files.length} generated files are current\n`);
  return check && stale.length > 0 ? 1 : 0;
}

const started = process.argv[1];
if (started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  process.exitCode = generate(process.argv.slice(2), root, (text) => process.stdout.write(text));
}
