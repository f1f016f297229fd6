/** Numbers, wrapped prose, plain tables and colour: what all text renderers are written with. */

export interface TextOptions {
  readonly color: boolean;
  /** columns for prose; rows of slots and tables may be wider */
  readonly width: number;
  /** how the reader starts the program, for command lines to paste; `ptediff` if absent */
  readonly program?: string | undefined;
  /** what the two engines are called, `legacy` and `batched` unless told */
  readonly sides?: readonly [string, string] | undefined;
}

export const SIDES: readonly [string, string] = ['legacy', 'batched'];

/** `1,234,567` */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 fault`, `2 faults` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `24.1 %`; what is there is never shown as nothing, and what is not all never as all. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1 %';
  if (share < 1 && share > 0.999) return '>99.9 %';
  return `${(share * 100).toFixed(1)} %`;
}

/** `512k/s` */
export function shortRate(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(1)}M/s`;
  if (perSecond >= 1e3) return `${Math.round(perSecond / 1e3)}k/s`;
  return `${Math.round(perSecond)}/s`;
}

/** `0-3, 7` for sorted numbers */
export function ranges(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let end = i;
    while (end + 1 < numbers.length && numbers[end + 1] === (numbers[end] as number) + 1) end++;
    parts.push(end === i ? `${numbers[i]}` : `${numbers[i]}-${numbers[end]}`);
    i = end + 1;
  }
  return parts.join(', ');
}

/** `slots 0-3, 7`, `folio 4` or `mm` for sites of one kind */
export function placesText(site: 'page' | 'folio' | 'mm', at: readonly number[]): string {
  if (site === 'mm') return 'mm';
  const sorted = [...new Set(at)].sort((a, b) => a - b);
  return `${site === 'page' ? 'slot' : 'folio'}${sorted.length === 1 ? '' : 's'} ${ranges(sorted)}`;
}

/** Prose in lines of at most `width` columns; a word that is longer stands alone. `indent` begins every line. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  if (line !== '') lines.push(indent + line);
  return lines;
}

/** Width of labels. Rows of slots have the same everywhere, so that slots stand above each other. */
export const LABEL_COLUMNS = 9;

/** Slots in one line of a row: it fits into mail with its label and the sign of a diff. */
export const SLOTS_PER_LINE = 64;

/** A label and prose beside it. */
export function labelled(label: string, text: string, width: number, column = LABEL_COLUMNS): string[] {
  const lines = wrap(text, width, ' '.repeat(column));
  const [first = ''] = lines;
  return [label.padEnd(column) + first.slice(column), ...lines.slice(1)].map((line) => line.trimEnd());
}

/** A label and a command line beside it; one that is too long goes on in further lines, as a shell reads them. */
export function commandLines(label: string, command: string, width: number, column = LABEL_COLUMNS): string[] {
  const words = command.replaceAll(/ (--?\w+) (?!-)/g, ' $1\0').split(' ');
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const text = word.replaceAll('\0', ' ');
    if (line !== '' && column + line.length + 1 + text.length > width - 2) {
      lines.push(`${line} \\`);
      line = text;
    } else {
      line = line === '' ? text : `${line} ${text}`;
    }
  }
  return [...lines, line].map((own, i) => (i === 0 ? label : '').padEnd(column) + own);
}

/** Rows with aligned columns, two blanks between them. */
export function table(rows: readonly (readonly string[])[], indent = ''): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => `${indent}${row.map((cell, i) => cell.padEnd(widths[i] as number)).join('  ')}`.trimEnd());
}

/**
 * Rows of a name and figures about it, aligned and within `width`: a name that is too long for its column stands alone,
 * its figures below it.
 */
export function namedRows(
  rows: readonly (readonly [name: string, ...figures: string[]])[],
  width: number,
  indent: string,
): string[] {
  const figures = table(rows.map(([, ...cells]) => cells));
  const room = width - indent.length - 2 - Math.max(0, ...figures.map((line) => line.length));
  const column = Math.max(MIN_NAME_COLUMNS, ...rows.map(([name]) => name.length).filter((length) => length <= room));
  return rows.flatMap(([name], i) => {
    const beside = `  ${figures[i]}`;
    if (name.length <= column) return [indent + name.padEnd(column) + beside];
    return [indent + name, indent + ' '.repeat(column) + beside];
  });
}

/** Names that are all too long leave some room in front of their figures. */
const MIN_NAME_COLUMNS = 4;

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

const CODES: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

export type Paint = (style: Style, text: string) => string;

/** How a verdict looks. */
export const VERDICT_STYLE = {
  agree: 'green',
  explained: 'green',
  divergent: 'red',
  undecided: 'yellow',
} as const satisfies Readonly<Record<string, Style>>;

/** Colours text, or leaves it as it is. */
export function painter(color: boolean): Paint {
  if (!color) return (_, text) => text;
  return (style, text) => `\u001b[${CODES[style][0]}m${text}\u001b[${CODES[style][1]}m`;
}
