/** Files of recorded answers: read as they were written, refused with the line and the command that makes them anew. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Answers, answersText, readAnswers } from '../../../src/campaign/answers/answers.js';
import { AnswerCheck } from '../../../src/campaign/answers/check.js';
import { GENERATOR_VERSION } from '../../../src/cases/space.js';
import { folderOfEach } from '../../kernel/samples.js';
import { LEGACY } from '../../support.js';

const ADDRESS = `g${GENERATOR_VERSION}.arm64.16.1.42`;
const ANSWERS: Answers = {
  kernel: '9.8.7',
  source: 'linux-source-9.8 9.8.7-1',
  setter: 'do_set_pte',
  features: { b: '2', a: '1' },
  answers: [{ address: ADDRESS, faults: ['ret=100', ''] }],
};
const COMMAND = 'npm run generate:kernel records the answers again.';

const folder = folderOfEach();

function written(text: string): string {
  const file = join(folder.path, 'answers.jsonl');
  writeFileSync(file, text);
  return file;
}

describe('a file of answers', () => {
  it('is read as it was written, a line for each case', () => {
    const text = answersText(ANSWERS);
    expect(text.split('\n').slice(1)).toEqual([`["${ADDRESS}","ret=100",""]`, '']);
    expect(readAnswers(written(text))).toEqual(ANSWERS);
  });

  it('of another version of the generator is refused with the command that makes it anew', () => {
    const file = written(answersText(ANSWERS).replace(/"generator":\d+/, '"generator":99'));
    expect(() => readAnswers(file)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(
          `${file}: the cases are of version 99 of the generator, and this ptediff draws`,
        ),
        hint: COMMAND,
      }),
    );
  });

  it.each([
    ['nothing', '', ':1: expected a header'],
    ['another format', answersText(ANSWERS).replace('answers-1', 'answers-0'), ':1: expected a header'],
    ['a line that is no list', `${answersText(ANSWERS)}{}\n`, ':3: expected an address and the answers to it'],
    ['a line that is cut', answersText(ANSWERS).slice(0, -4), ':2: expected an address and the answers to it'],
    ['an address of nothing', answersText(ANSWERS).replace('.arm64.', '.pdp11.'), ':2: unknown architecture pdp11'],
    [
      'an address in another form',
      answersText(ANSWERS).replace('.42"', '.042"'),
      ':2: address g2.arm64.16.1.042 is written g2.arm64.16.1.42',
    ],
  ])('with %s is refused at its line', (_name, text, message) => {
    expect(() => readAnswers(written(text))).toThrow(message);
  });
});

describe('a check', () => {
  const check = new AnswerCheck(LEGACY);

  it('tells the first fault that is not as recorded, and its words', () => {
    expect(check.check({ address: ADDRESS, faults: ['ret=7'] })).toMatchObject({
      address: ADDRESS,
      fault: 1,
      words: expect.arrayContaining([expect.stringMatching(/^ret [0-9a-f]+, expected 7$/)]),
    });
  });

  it('tells when there are more or fewer faults than recorded', () => {
    expect(check.check({ address: ADDRESS, faults: [] })?.words).toEqual([
      expect.stringMatching(/^\d faults, expected 0$/),
    ]);
  });
});
