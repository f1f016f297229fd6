/** One YAML document is read as plain data with positions; whatever could mean something else is refused. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { InputError, parseYaml, readYamlFile } from '../../src/cases/yaml.js';
import { temporaryFolder } from '../folders.js';

function refusal(action: () => unknown): InputError {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const refused = (text: string) => refusal(() => parseYaml(text, 'x.yaml')).message;

const MEBIBYTE = 1024 * 1024;
/** As large as a file may be, so that only the limits of nesting and of nodes can refuse it. */
const filled = (part: string) => part.repeat(Math.floor(MEBIBYTE / part.length));

describe('a YAML document', () => {
  it('becomes plain data', () => {
    const text =
      'span: 64\nname: no\nempty:\nflags: [true, 0x10, 15, -3, "0x8000000000000025"]\nnested: {a: [{b: ~}]}\n';
    expect(parseYaml(text, 'x.yaml').data).toEqual({
      span: 64,
      name: 'no',
      empty: null,
      flags: [true, 16, 15, -3, '0x8000000000000025'],
      nested: { a: [{ b: null }] },
    });
  });

  it('may begin with a comment for the editor and a document marker, and end with one', () => {
    const text = '# yaml-language-server: $schema=../schema/case.json\n---\n# a comment\na: 1\n...\n';
    expect(parseYaml(text, 'x.yaml').data).toEqual({ a: 1 });
  });

  it('has mappings without a prototype, so that no key is there by itself', () => {
    const data = parseYaml('a: {toString: 1}', 'x.yaml').data as Record<string, unknown>;
    expect(Object.getPrototypeOf(data)).toBeNull();
    expect('hasOwnProperty' in data).toBe(false);
    expect(data).toEqual({ a: { toString: 1 } });
  });

  it('keeps folded and quoted text', () => {
    expect(parseYaml('a: |\n  one\n  two\nb: "x\\ty"\nc: "*not"\n', 'x.yaml').data).toEqual({
      a: 'one\ntwo\n',
      b: 'x\ty',
      c: '*not',
    });
  });

  it('has no negative zero', () => {
    expect(Object.is(parseYaml('-0', 'x.yaml').data, 0)).toBe(true);
  });

  it('may have an explicit key without a value', () => {
    expect(parseYaml('? a\n', 'x.yaml').data).toEqual({ a: null });
  });

  it('reads back what was written from plain data', () => {
    const key = fc.string().filter((name) => !['<<', '__proto__', 'constructor', 'prototype'].includes(name));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', maxDepth: 6 },
        fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean(), fc.constant(null)),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (data) => {
        const text = stringify(data, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE' });
        expect(parseYaml(text, 'x.yaml').data).toEqual(JSON.parse(JSON.stringify(data)));
      }),
    );
  });

  it('is accepted or refused with an InputError, whatever the text is', () => {
    const soup = fc.array(
      fc.constantFrom(
        'a',
        '1',
        ': ',
        '- ',
        '? ',
        '[',
        ']',
        '{',
        '}',
        ',',
        '\n',
        ' ',
        '"',
        "'",
        '|',
        '#',
        '&a',
        '*a',
        '!',
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          soup.map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          try {
            parseYaml(text, 'x.yaml');
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
            expect((error as InputError).message).toMatch(/^x\.yaml:\d+:\d+: expected .*[^.]$/);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a position', () => {
  const document = parseYaml(
    '# first\nspan: 64\npages:\n  - kind: file\n    index: 3\n  - {kind: anon}\nempty:\n',
    'x.yaml',
  );

  it.each([
    [['span'], { line: 2, column: 7 }],
    [['pages'], { line: 4, column: 3 }],
    [['pages', 0, 'index'], { line: 5, column: 12 }],
    [['pages', 1, 'kind'], { line: 6, column: 12 }],
    [['empty'], { line: 7, column: 7 }],
    [[], { line: 2, column: 1 }],
  ])('of the value at %j is where it begins', (path, position) => {
    expect(document.positionOf(path)).toEqual(position);
  });

  it.each([
    [['pages'], { line: 3, column: 1 }],
    [['pages', 1, 'kind'], { line: 6, column: 6 }],
    [['pages', 1], { line: 6, column: 5 }],
    [[], { line: 2, column: 1 }],
  ])('of the key at %j is where the key begins', (path, position) => {
    expect(document.positionOf(path, 'key')).toEqual(position);
  });

  it.each([
    [['pages', 0, 'offset'], { line: 4, column: 5 }],
    [['pages', 9, 'kind', 'x'], { line: 4, column: 3 }],
    [['pages', 'kind'], { line: 4, column: 3 }],
    [['span', 0, 'x'], { line: 2, column: 7 }],
    [['nowhere'], { line: 2, column: 1 }],
  ])('of the missing %j is that of the nearest part above it', (path, position) => {
    expect(document.positionOf(path)).toEqual(position);
  });

  it('of an explicit key without a value is that of the key', () => {
    expect(parseYaml('b: 1\n? a\n', 'x.yaml').positionOf(['a'])).toEqual({ line: 2, column: 3 });
  });
});

describe('refused with a position:', () => {
  it.each([
    ['an alias', 'a: 1\nb: *x', '2:4: expected plain data without anchors and aliases, found the alias *x'],
    ['an anchor', 'a: &x 1', '1:4: expected plain data without anchors and aliases, found the anchor &x'],
    ['a bomb of aliases', 'a: &a [x]\nb: &b [*a, *a]', '1:4: expected plain data without anchors and aliases, found'],
    ['a merge key', 'a: {<<: {b: 1}}', '1:5: expected all keys written out, found a merge key <<'],
    ['a known tag', 'a: !!str 1', '1:4: expected plain data without tags, found the tag !!str'],
    ['an unknown tag', '- !evil x', '1:3: expected plain data without tags, found the tag !evil'],
    ['a tag with an address', '- !<tag:x,1:y> x', '1:3: expected plain data without tags, found the tag !<tag:x,1:y>'],
    ['a version directive', '%YAML 1.1\n---\na: no', '1:1: expected no YAML directive, found %YAML 1.1'],
    ['a duplicate key', 'a: 1\nb: 2\n"a": 3', '3:1: expected each key once, found a again'],
    ['a second document', 'a: 1\n---\nb: 2', '2:1: expected one YAML document, found a second one'],
    ['a second empty document', 'a: 1\n---\n', '2:1: expected one YAML document, found a second one'],
    ['an empty file', '', '1:1: expected a YAML document, found an empty file'],
    ['a file of comments', '# one\n# two\n', '1:1: expected a YAML document, found an empty file'],
    ['an empty document', '---\n', '1:1: expected a YAML document, found an empty file'],
    ['a byte order mark', '\ufeffa: 1', '1:1: expected UTF-8 without a byte order mark, found one'],
    ['a NUL', 'a: 1\nb: \0', '2:4: expected text, found the control character U+0000'],
    ['an escape character', 'a: \u001b[2J', '1:4: expected text, found the control character U+001B'],
    ['an 8-bit control character', 'a: \u009b', '1:4: expected text, found the control character U+009B'],
    ['a CRLF', 'a: 1\r\nb: 2', '1:5: expected lines that end in LF, found CRLF'],
    ['a lone CR', 'a: 1\rb: 2', '1:5: expected lines that end in LF, found a lone CR'],
    ['a tab as indentation', 'a:\n\tb: 1', '2:1: expected spaces as indentation, found a tab'],
    ['a float', 'a: 1.5', '1:4: expected an integer or text, found 1.5'],
    ['a kernel version without quotes', 'since: 6.10', '1:8: expected an integer or text, found 6.10'],
    ['a commit id that reads as a number', 'fixes: 12345e67', '1:8: expected an integer or text, found 12345e67'],
    ['not a number', 'a: .nan', '1:4: expected an integer or text, found .nan'],
    ['infinity', 'a: -.inf', '1:4: expected an integer or text, found -.inf'],
    ['an octal number', 'mode: 0o17', '1:7: expected a decimal or hexadecimal integer, found the octal 0o17'],
    ['half of a character', 'a: "x\\ud800"', '1:4: expected whole characters, found the lone surrogate U+D800'],
    ['half of a character in a key', '"\\udfff": 1', '1:1: expected whole characters, found the lone surrogate U+DFFF'],
    ['an old octal number', 'mode: 0644', '1:7: expected an integer without leading zeros, found 0644'],
    ['a 64-bit number', 'pte: 0x8000000000000025', '1:6: expected an integer below 2^53, found 0x8000000000000025'],
    ['a number just too large', '- 9007199254740993', '1:3: expected an integer below 2^53, found 9007199254740993'],
    ['a number just too small', '- -9007199254740992', '1:3: expected an integer below 2^53, found -9007199254740992'],
    ['a number as a key', 'a: {1: x}', '1:5: expected a text key, found the key 1, which is no text'],
    ['a truth value as a key', 'true: x', '1:1: expected a text key, found the key true, which is no text'],
    ['an empty key', ': x', '1:1: expected a text key, found an empty key, which is no text'],
    ['a list as a key', '? [a]\n: x', '1:3: expected a text key, found a collection as a key'],
    ['the key __proto__', 'a: {__proto__: {b: 1}}', '1:5: expected another name for the key, found the reserved'],
    ['a disguised __proto__', '"__pro\\u0074o__": 1', '1:1: expected another name for the key, found the reserved'],
    ['the key constructor', 'constructor: 1', '1:1: expected another name for the key, found the reserved word'],
    ['the key prototype', 'prototype: 1', '1:1: expected another name for the key, found the reserved word prototype'],
    ['an open bracket', 'a: [1', '1:6: expected well-formed YAML, found: Flow sequence'],
    ['bad indentation', 'a:\n   b: 1\n  c: 2', '3:1: expected well-formed YAML, found: All mapping items'],
    ['an unknown escape', 'a: "\\q"', '1:5: expected well-formed YAML, found: Invalid escape sequence \\q'],
  ])('%s', (_, text, message) => {
    expect(refused(text)).toContain(`x.yaml:${message}`);
  });

  it('and says the next step where there is one', () => {
    const hint = (text: string) => refusal(() => parseYaml(text, 'x.yaml')).hint;
    expect(refused('pte: 0x8000000000000025')).toMatch(/write it as quoted hex string$/);
    expect(hint('since: 6.10')).toBe('Text needs quotes: "6.10".');
    expect(hint('a: 1\r\n')).toBe('Save the file with LF.');
    expect(hint('1: a')).toBe('Write the key in quotes.');
    expect(hint('a: *b')).toBe('Write the value out in full, or quote it if it is text.');
    expect(hint('a: &b 1')).toBeUndefined();
  });

  it('in one line without control characters, however hostile text and file name are', () => {
    const error = refusal(() => parseYaml('"a\\e[31m\\n": 1\n"a\\e[31m\\n": 1', 'x\n\u001b.yaml'));
    expect(error.message).toBe('x\\x0a\\x1b.yaml:2:1: expected each key once, found a\\x1b[31m\\x0a again');
    expect(error).toMatchObject({ file: 'x\n\u001b.yaml', line: 2, column: 1, exitCode: 3 });
  });
});

describe('the size of a document', () => {
  it('is at most 32 levels', () => {
    expect(parseYaml(`${'['.repeat(32)}${']'.repeat(32)}`, 'x.yaml').data).toBeInstanceOf(Array);
    expect(refused(`${'['.repeat(33)}${']'.repeat(33)}`)).toBe(
      'x.yaml:1:33: expected at most 32 levels of nesting, found more',
    );
  });

  it('counts the mappings that a list with colons hides', () => {
    expect(refused(`${'[a: '.repeat(20)}1${']'.repeat(20)}`)).toMatch(/expected at most 32 levels of nesting/);
  });

  it.each(['[', '{', '- ', '? ', 'a: ', '[{', '[a: ', '{a: [b, '])('is checked at once in 1 MiB of %j', (part) => {
    const start = performance.now();
    expect(refused(filled(part))).toMatch(/expected at most 32 levels of nesting, found more$/);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('is checked at once in a staircase of block mappings', () => {
    const stairs = Array.from({ length: 1400 }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
    expect(refused(stairs)).toBe('x.yaml:33:34: expected at most 32 levels of nesting, found more');
  });

  it('is at most 20000 values and keys', () => {
    const mapping = (keys: number) => Array.from({ length: keys }, (_, key) => `k${key}: 1\n`).join('');
    expect(Object.keys(parseYaml(mapping(9999), 'x.yaml').data as object)).toHaveLength(9999);
    expect(refused(mapping(10_000))).toBe(
      'x.yaml:10000:8: expected at most 20000 values and keys in one file, found more',
    );
  });

  it.each(['- a\n', '-\n', '[]\n', ']', '? \n'])('is checked within seconds in 1 MiB of %j', (part) => {
    const start = performance.now();
    expect(refused(filled(part))).toMatch(/expected/);
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it('is checked within seconds in one list of 1 MiB', () => {
    expect(refused(`[${filled('a,')}]`)).toMatch(/expected at most 20000 values and keys/);
  });
});

describe('a YAML file', () => {
  let dir = '';
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  };
  beforeEach(() => {
    const made = temporaryFolder();
    dir = made.path;
    return made.remove;
  });

  it('is read with its name in the document', () => {
    const path = file('a.yaml', 'title: größer\n');
    expect(readYamlFile(path)).toMatchObject({ file: path, data: { title: 'größer' } });
  });

  it('is refused with exit code 66 when it is missing, and with 3 when its content is wrong', () => {
    expect(refusal(() => readYamlFile(join(dir, 'no.yaml')))).toMatchObject({
      message: `${dir}/no.yaml: cannot be read: no such file or directory (ENOENT)`,
      exitCode: 66,
      line: undefined,
    });
    expect(refusal(() => readYamlFile(file('a.yaml', 'a: [')))).toMatchObject({ exitCode: 3, line: 1 });
  });

  it('is refused when it is a folder, a FIFO or a device', () => {
    mkdirSync(join(dir, 'x.yaml'));
    spawnSync('mkfifo', [join(dir, 'fifo.yaml')]);
    const message = (path: string) => refusal(() => readYamlFile(path));
    expect(message(join(dir, 'x.yaml'))).toMatchObject({
      message: expect.stringMatching(/x\.yaml: expected a file, found a folder$/),
      exitCode: 66,
    });
    expect(message(join(dir, 'fifo.yaml')).message).toMatch(/expected a file, found a FIFO$/);
    expect(message('/dev/zero').message).toBe('/dev/zero: expected a file, found a device or socket');
  });

  it('is refused above 1 MiB, or above the limit that the caller sets, before it is parsed', () => {
    const path = file('a.yaml', `a: ${'x'.repeat(MEBIBYTE)}`);
    expect(refusal(() => readYamlFile(path))).toMatchObject({
      message: `${path}: expected at most 1048576 bytes, found more`,
      exitCode: 3,
    });
    expect(readYamlFile(path, { maxBytes: 2 * MEBIBYTE }).data).toBeTypeOf('object');
    expect(refusal(() => readYamlFile(file('b.yaml', 'abc: 1'), { maxBytes: 5 })).message).toMatch(/at most 5 bytes/);
    expect(readYamlFile(file('c.yaml', 'abc: 1'), { maxBytes: 6 }).data).toEqual({ abc: 1 });
  });

  it('is refused above the limit even when it says that it has no bytes', () => {
    expect(refusal(() => readYamlFile('/proc/self/maps', { maxBytes: 10 })).message).toMatch(/at most 10 bytes/);
  });

  it('is refused where it stops to be UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('ä: 1\nbß: "'), Buffer.from([0xc3, 0x28]), Buffer.from('"')]);
    const path = file('a.yaml', bytes);
    expect(refusal(() => readYamlFile(path)).message).toBe(
      `${path}:2:6: expected UTF-8 text, found bytes that are not UTF-8`,
    );
  });

  it('is refused in UTF-16, and with a byte order mark', () => {
    expect(refusal(() => readYamlFile(file('a.yaml', Buffer.from('\ufeffa: 1', 'utf16le')))).message).toMatch(
      /UTF-8 text/,
    );
    expect(refusal(() => readYamlFile(file('b.yaml', '\ufeffa: 1'))).message).toMatch(/1:1: .*byte order mark/);
  });

  it('is refused when a link leads out of the root, and read when it stays inside', () => {
    mkdirSync(join(dir, 'root'));
    const outside = file('outside.yaml', 'a: 1');
    file('root/inside.yaml', 'b: 2');
    symlinkSync(outside, join(dir, 'root', 'out.yaml'));
    symlinkSync('inside.yaml', join(dir, 'root', 'in.yaml'));
    const root = join(dir, 'root');
    const error = refusal(() => readYamlFile(join(root, 'out.yaml'), { root }));
    expect(error.message).toContain(`out.yaml: expected a path inside ${root}, found one that leads to`);
    expect(error.exitCode).toBe(66);
    expect(refusal(() => readYamlFile(join(root, '../outside.yaml'), { root })).exitCode).toBe(66);
    expect(readYamlFile(join(root, 'in.yaml'), { root }).data).toEqual({ b: 2 });
    expect(readYamlFile(join(root, 'out.yaml')).data).toEqual({ a: 1 });
  });

  it('is refused when its name cannot be a name', () => {
    expect(refusal(() => readYamlFile('a\0.yaml'))).toMatchObject({
      message: expect.stringMatching(/^a\\x00\.yaml: cannot be read: /),
      exitCode: 66,
    });
  });
});
