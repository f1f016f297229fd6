/**
 * A worker of the built package in which the reference engine ends its thread in some cases, in the way that
 * PTEDIFF_SPEC_DEATH names.
 */
import { BATCHED_REVISIONS } from '../../dist/index.js';

const how = process.env.PTEDIFF_SPEC_DEATH;
const { prototype } = BATCHED_REVISIONS.find(({ name }) => name === 'reference').engine;
const { set_pte_range: original } = prototype;
const hoard = [];

const DEATHS = {
  exit: () => process.exit(7),
  loop: () => {
    for (;;);
  },
  // Not with fill(): from Node 24 on, a thread whose loop calls nothing but built-in functions can no longer be ended.
  heap: () => {
    for (;;) hoard.push({ kept: [hoard.length] });
  },
  buffers: () => {
    for (;;) hoard.push(new Uint8Array(1 << 20).fill(1));
  },
};

prototype.set_pte_range = function (folio, page, nr, addr) {
  const isRare = nr > 20 && page % 7 === 3;
  if (how === 'always') process.exit(7);
  if (isRare) DEATHS[how]?.();
  return original.call(this, folio, page, nr, addr);
};

export { default } from '../../dist/campaign/worker.js';
