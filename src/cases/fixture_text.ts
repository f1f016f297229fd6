/** The text of a new fixture: readable YAML with its comment, short where the case has nothing special. */
import { Document, isCollection, isMap, isScalar, isSeq, type Scalar, visit } from 'yaml';
import { type Case, CaseSchema } from './case.js';
import { escapeControl } from './escape.js';
import type { EngineExpectation } from './fixture.js';

/** Line that lets an editor check and complete a fixture in fixtures/cases. */
const MODELINE = '# yaml-language-server: $schema=../schema/fixture.schema.json';

export interface FixtureMeta {
  readonly title: string;
  readonly about?: string;
  readonly source?: string;
  readonly row?: string;
  /** lines of the comment on top, without "# " */
  readonly comment: readonly string[];
  readonly expect?: Readonly<Record<string, EngineExpectation>>;
}

/** The text of a fixture file that reads back as this case; what has its default value is left out. */
export function fixtureText(plain: Case, meta: FixtureMeta): string {
  const { title, about, source, row, expect } = meta;
  const head = [MODELINE, ...meta.comment.map((text) => `# ${escapeControl(text)}`.trimEnd())];
  const named = Object.fromEntries(
    Object.entries({ title, about, source, row }).filter(([, text]) => text !== undefined),
  );
  const content = { ...named, case: withoutDefaults(plain), ...(expect !== undefined && { expect }) };
  const document = new Document(content, { aliasDuplicateObjects: false });
  layOut(document);
  const text = document.toString({ lineWidth: 110 });
  return `${head.join('\n')}\n${text}`;
}

/** The schema's defaults, seen from this case. */
function defaultsOf({ arch, span, vma, file, steps }: Case): Case {
  const { start, pages } = vma;
  return CaseSchema.parse({ arch, span, vma: { start, pages }, file: { size: file.size }, steps });
}

const REQUIRED = ['arch', 'span', 'vma', 'file', 'steps', 'start', 'pages', 'size'];

function withoutDefaults(plain: Case): object {
  const defaults = defaultsOf(plain);
  const pruned = <T extends object>(values: T, standard: T): object =>
    Object.fromEntries(
      Object.entries(values).filter(
        ([name, value]) => REQUIRED.includes(name) || !sameData(value, standard[name as keyof T]),
      ),
    );
  return {
    ...pruned(plain, defaults),
    vma: pruned(plain.vma, defaults.vma),
    file: pruned(plain.file, defaults.file),
  };
}

const sameData = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Mappings of the outline stay blocks, what belongs on one line becomes flow; rows of entries stand in quotes. */
function layOut(document: Document): void {
  visit(document, {
    Pair(_, { key, value }, path) {
      const name = String((key as Scalar).value);
      // The outermost `row` is an id, the others are page art.
      if (name === 'row' && path.length > 2 && isScalar(value)) value.type = 'QUOTE_DOUBLE';
      if (isSeq(value) && ON_ONE_LINE_EACH.includes(name)) value.items.forEach(flow);
      else if (ON_ONE_LINE.includes(name) || isBySlot(value)) flow(value);
    },
  });
}

const ON_ONE_LINE_EACH = ['folios', 'steps'];
const ON_ONE_LINE = ['flags', 'valueEntries', 'failures', 'race', 'bits', 'contiguous', 'fields', 'faults', 'outcomes'];

function flow(node: unknown): void {
  if (isCollection(node)) node.flow = true;
}

function isBySlot(node: unknown): boolean {
  return isMap(node) && node.items.every((pair) => /^\d+$/.test(String((pair.key as Scalar).value)));
}
