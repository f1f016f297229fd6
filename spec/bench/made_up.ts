/** Programs and assistants that are made up, so that sections are tested without measuring anything. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Assistant, StartAssistant } from '../../src/bench/assistant.js';
import type { ContenderSpec } from '../../src/bench/contenders.js';
import type { Answer, Answers, Request } from '../../src/bench/jobs.js';
import { temporaryFolder } from '../folders.js';

/** For the programs of the spec that imports this file. */
const folder = temporaryFolder();
afterAll(folder.remove);
let programs = 0;

/** A program with this text. */
export function programOf(text: string): string {
  const file = join(folder.path, `program-${++programs}.mjs`);
  writeFileSync(file, text);
  return file;
}

/** Faults per second: a hundred times as fast as plain objects, half as fast as the sketch, slower in larger spans. */
function rateOf(contender: ContenderSpec | null): number {
  if (contender?.kind === 'plain-objects') return 1e4;
  if (contender?.kind === 'sketch') return 2e6;
  if (contender?.kind === 'sweep') return 3e6;
  return 1e6 / ((contender?.spans[0] ?? 64) / 64);
}

/** An assistant that answers at once. */
export const startMadeUp: StartAssistant = () => {
  let contender: ContenderSpec | null = null;
  const answer = (request: Request): Answers[Request['kind']] => {
    switch (request.kind) {
      case 'prepare':
        contender = request.contender;
        return true;
      case 'slice':
        return { done: rateOf(contender) / 1000, milliseconds: 1, clock: 2 };
      case 'collections':
        return { done: request.done, milliseconds: 100, count: 3, collecting: 2 };
      case 'cost':
        return { done: 4000 * request.rounds, milliseconds: 4 * request.rounds, clock: 4 * request.rounds };
      case 'find':
        return { faults: request.blocks.seed * 10, milliseconds: request.blocks.seed, shrinking: 150 };
    }
  };
  const ask = async <R extends Request>(request: R): Promise<Answer<R>> => answer(request) as Answer<R>;
  return { ask, close: async () => {} } satisfies Assistant;
};
