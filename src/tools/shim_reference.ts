/** Reference page of the shim's contracts: what stands in for each function of the kernel that is not extracted. */
import { type Contract, contracts } from '../kernel/contracts.js';
import { SHIM_HEADERS } from '../kernel/source.js';
import { code, page, plain, table } from './markdown.js';

const rows = (list: readonly Contract[]): string[][] =>
  list.map(({ names, kernel, shim, omits }) => [
    names.map(code).join(', '),
    ...[kernel, shim, omits ?? 'nothing'].map(plain),
  ]);

export function shimPage(): string {
  const all = contracts();
  const sections = SHIM_HEADERS.map((file) => [file, all.filter((contract) => contract.file === file)] as const);
  return page(
    'Contracts of the shim',
    ['src/kernel/shim'],
    [
      'Kernel text calls functions and macros that are not extracted from the tree; the shim supplies them. This is ' +
        'what each does in the kernel as far as the fault path can see, what it does in the shim, and what is left ' +
        'out. Each contract has a test that calls the compiled stub. See [the kernel as an ' +
        'engine](../explanation/kernel-engine.md) for what runs around them.',
      ...sections.flatMap(([file, list]) =>
        list.length === 0
          ? []
          : [`## ${file}`, table(['stubs', 'in the kernel', 'in the shim', 'left out'], rows(list))],
      ),
    ],
  );
}
