/**
 * Addresses of cases. Of drawn ones: `g2.arm64.64.7.1234` is generator version 2, arm64, span 64, seed 7, case 1234. A
 * last part names groups of dials that were switched on: `w` userfaultfd write-protection, `l` per-VMA lock, `r` races.
 * Addresses of enumerated cases are in sweep/address.ts.
 */

import type { ArchName } from '../mm/arch/architecture.js';
import { ARCHITECTURES } from '../mm/arch/index.js';
import { Image } from '../mm/image.js';
import { Scene } from '../mm/scene.js';
import { AddressError } from './address_error.js';
import type { Case } from './case.js';
import { CASES_PER_BLOCK, Drawer } from './draw.js';
import { liftCase } from './lift.js';
import { GENERATOR_VERSION, type PairSpace } from './space.js';
import { Steps } from './steps.js';
import { looksLikeSweepAddress, parseSweepAddress, sweepCaseAt } from './sweep/address.js';

export { AddressError };

export interface Address {
  readonly arch: ArchName;
  readonly span: number;
  readonly seed: number;
  readonly index: number;
  readonly pair: PairSpace;
}

const FORM = /^g(\d+)\.([a-z0-9-]+)\.(\d+)\.(\d+)\.(\d+)(?:\.([wlr]+))?$/;

/** The text of an address. */
export function formatAddress(address: Address): string {
  const { pair } = address;
  const dials = `${pair.uffdWp ? 'w' : ''}${pair.vmaLock ? 'l' : ''}${pair.races ? 'r' : ''}`;
  const parts = [`g${GENERATOR_VERSION}`, address.arch, address.span, address.seed, address.index];
  return (dials === '' ? parts : [...parts, dials]).join('.');
}

/** Does the text look like the address of a drawn or an enumerated case, rather than a file name? */
export const looksLikeAddress = (text: string): boolean =>
  (/^g\d+\./.test(text) || looksLikeSweepAddress(text)) && !/\.ya?ml$/.test(text);

/**
 * Reads an address.
 * @throws AddressError with one line that says what is wrong
 */
export function parseAddress(text: string): Address {
  const match = FORM.exec(text);
  if (match === null)
    throw new AddressError(
      `not an address: expected g${GENERATOR_VERSION}.ARCH.SPAN.SEED.INDEX, found ${JSON.stringify(text)}`,
    );
  const [, version, arch, span, seed, index, dials = ''] = match;
  if (Number(version) !== GENERATOR_VERSION) {
    throw new AddressError(
      `address of generator version ${version}; this ptediff draws version ${GENERATOR_VERSION}: ` +
        'replay the stored case instead',
    );
  }
  const architecture = ARCHITECTURES.get(arch as ArchName);
  if (architecture === undefined) throw new AddressError(`unknown architecture ${arch} in address ${text}`);
  if (dials.includes('w') && architecture.uffdWpSince === null) {
    throw new AddressError(`${arch} has no userfaultfd write-protection: no ${JSON.stringify('w')} in address ${text}`);
  }
  const numbers = [span, seed, index].map(Number);
  if (!numbers.every(Number.isSafeInteger)) throw new AddressError(`number out of range in address ${text}`);
  if (numbers[0] < 4 || numbers[0] > 512) throw new AddressError(`span ${span} is not between 4 and 512`);
  const address = {
    arch: arch as ArchName,
    span: numbers[0],
    seed: numbers[1],
    index: numbers[2],
    pair: { uffdWp: dials.includes('w'), vmaLock: dials.includes('l'), races: dials.includes('r') },
  };
  requireOneForm(text, formatAddress(address));
  return address;
}

/**
 * A case has one address: leading zeros, and dials twice or in another order, would give it a second one.
 * @throws AddressError
 */
function requireOneForm(text: string, form: string): void {
  if (text !== form) throw new AddressError(`address ${text} is written ${form}`);
}

/**
 * Checks that the text is the address of a case.
 * @throws AddressError
 */
export function requireAddress(text: string): void {
  if (looksLikeSweepAddress(text)) parseSweepAddress(text);
  else parseAddress(text);
}

/** A case as the engines run it. */
export interface Drawn {
  readonly scene: Scene;
  readonly image: Image;
  readonly steps: Steps;
}

/** Draws the case of an address. */
export function drawAddress(address: Address): Drawn {
  const scene = new Scene(address.span);
  const image = new Image(address.span);
  const steps = new Steps();
  const arch = ARCHITECTURES.get(address.arch);
  if (arch === undefined) throw new AddressError(`unknown architecture ${address.arch}`);
  const drawer = new Drawer(arch, address.pair, address.seed, address.span);
  const block = Math.floor(address.index / CASES_PER_BLOCK);
  drawer.drawLayout(block, scene, image);
  drawer.drawCase(block, address.index % CASES_PER_BLOCK, scene, image, steps);
  return { scene, image, steps };
}

/**
 * The plain case of an address.
 * @throws AddressError
 */
export function caseAt(text: string): Case {
  if (looksLikeSweepAddress(text)) return sweepCaseAt(text);
  const { scene, image, steps } = drawAddress(parseAddress(text));
  return liftCase(scene, image, steps);
}
