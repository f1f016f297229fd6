/** What a benchmark run says, for every output format: rows of measured figures beside their goals. */
import { pairedRatio } from './statistics.js';

/** What a figure counts. */
export type Unit =
  | 'faults/s'
  | 'cases/s'
  | 'ns/fault'
  | 'ms'
  | 's'
  | 'MB'
  | 'ratio'
  | 'faults'
  | 'collections'
  | 'share';

export interface Goal {
  readonly relation: '>=' | '<=' | '<';
  readonly value: number;
}

export interface Row {
  /** what was measured */
  readonly name: string;
  readonly unit: Unit;
  /** the figure that counts: the median of all measurements, of a size the largest of them */
  readonly figure: number;
  readonly lowest: number;
  readonly highest: number;
  readonly measurements: number;
  readonly goal: Goal | null;
  /** does the figure meet the goal? */
  readonly met: boolean | null;
}

export interface Section {
  /** the name that selects it on the command line */
  readonly id: string;
  readonly title: string;
  /** how it is measured */
  readonly method: string;
  readonly rows: readonly Row[];
  /** why there are no rows */
  readonly unavailable: string | null;
}

export interface BenchReport {
  readonly version: string;
  readonly node: string;
  readonly processor: string;
  readonly cores: number;
  /** load averages of the last minute, at the beginning and at the end */
  readonly load: readonly [begin: number, end: number];
  readonly quick: boolean;
  readonly seconds: number;
  readonly sections: readonly Section[];
}

/** A row from all measurements of one thing; whether the goal is met follows from the figure that counts. */
export function row(
  name: string,
  unit: Unit,
  values: readonly number[],
  figure: number,
  goal: Goal | null = null,
): Row {
  return {
    name,
    unit,
    figure,
    lowest: Math.min(...values),
    highest: Math.max(...values),
    measurements: values.length,
    goal,
    met: goal === null ? null : meets(figure, goal),
  };
}

/** A row of ratios of measurements that were taken one right after the other. @throws RangeError for unequal numbers */
export function ratioRow(name: string, over: readonly number[], under: readonly number[], goal?: Goal): Row {
  const ratios = over.map((value, i) => value / under[i]);
  return row(name, 'ratio', ratios, pairedRatio(over, under), goal);
}

function meets(value: number, { relation, value: bound }: Goal): boolean {
  if (relation === '>=') return value >= bound;
  return relation === '<=' ? value <= bound : value < bound;
}
