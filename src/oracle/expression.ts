/** Conditions as plain trees of operators: what they ask about, and whether they hold, without the CEL library. */
import type { SiteKind } from '../mm/fields.js';
import type { Bounds } from './bounds.js';
import { FACTS, factMask } from './facts.js';

export interface Condition {
  readonly text: string;
  readonly expression: Expression;
  /** bits of the facts that it asks about */
  readonly mask: number;
  /** does it ask about the site, rather than about the fault alone? */
  readonly usesSiteFacts: boolean;
  /** names of the facts that sites of a kind do not have, of those that it asks about */
  absentAt(kind: SiteKind): string[];
  /** @param facts values of a fact word, as unpack() gives them */
  holds(facts: Facts): boolean;
  /** May it hold at some site of a fault whose facts are within these bounds? */
  possible(bounds: Bounds): boolean;
}

type Facts = Record<string, boolean | string>;

/** One operator of CEL with what it works on: further ones, a name, a value, or a list of these. */
export interface Expression {
  readonly op: string;
  readonly args: unknown;
}

const isExpression = (value: unknown): value is Expression =>
  typeof value === 'object' && value !== null && 'op' in value;

/** The operators alone: a parser's tree knows positions, types and much more. */
export function plainExpression({ op, args }: Expression): Expression {
  const plain = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(plain) : isExpression(value) ? plainExpression(value) : value;
  return { op, args: plain(args) };
}

/** Every operator of an expression. */
export function* walk(value: unknown): Generator<Expression> {
  if (Array.isArray(value)) for (const item of value) yield* walk(item);
  else if (isExpression(value)) {
    yield value;
    yield* walk(value.args);
  }
}

/** Of several names it is one. */
type Known = Bounds[string] | undefined;

/** Are two values equal, as far as that is known? */
function equal(left: Known, right: Known): boolean | undefined {
  if (left === undefined || right === undefined) return undefined;
  const lefts = Array.isArray(left) ? left : [left];
  const rights = Array.isArray(right) ? right : [right];
  if (!lefts.some((value) => rights.includes(value))) return false;
  return lefts.length === 1 && rights.length === 1 ? true : undefined;
}

/** Is one of the parts true, or each of them false, as far as that is known? */
function any(parts: readonly Known[]): boolean | undefined {
  if (parts.includes(true)) return true;
  return parts.includes(undefined) ? undefined : false;
}

const not = (value: Known): boolean | undefined => (value === undefined ? undefined : !value);

/** Value of an expression with facts within bounds. Operators that are not listed are unknown. */
function partial(value: unknown, facts: Bounds): Known {
  if (!isExpression(value)) return undefined;
  const args = Array.isArray(value.args) ? value.args : [value.args];
  const known = (arg: unknown): Known => partial(arg, facts);
  switch (value.op) {
    case 'value':
      return typeof value.args === 'string' || typeof value.args === 'boolean' ? value.args : undefined;
    case 'id':
      return facts[value.args as string];
    case '!_':
      return not(known(args[0]));
    case '||':
      return any(args.map(known));
    case '&&':
      return not(any(args.map((arg) => not(known(arg)))));
    case '==':
      return equal(known(args[0]), known(args[1]));
    case '!=':
      return not(equal(known(args[0]), known(args[1])));
    case 'in':
      return isIn(known(args[0]), args[1], known);
    default:
      return undefined;
  }
}

function isIn(left: Known, list: unknown, known: (arg: unknown) => Known): boolean | undefined {
  if (!isExpression(list) || list.op !== 'list' || !Array.isArray(list.args)) return undefined;
  return any(list.args.map((item) => equal(left, known(item))));
}

/** Operators whose value follows from those of what they work on, and what they work on. */
const DECIDED = new Set(['value', 'id', '!_', '||', '&&', '==', '!=', 'in', 'list']);

/** Whether `evaluate` is all that is needed to know where the expression holds. */
export function isDecided(expression: Expression): boolean {
  return [...walk(expression)].every(
    ({ op, args }) => DECIDED.has(op) && (op !== 'value' || typeof args === 'string' || typeof args === 'boolean'),
  );
}

/** Does the expression hold? For one that is decided. @param facts of all that it asks about */
export const evaluate = (expression: Expression, facts: Facts): boolean => partial(expression, facts) === true;

/**
 * The condition of an expression that has been checked.
 * @param holds of another evaluator; without one, the expression must be decided
 */
export function conditionOf(
  text: string,
  expression: Expression,
  holds: Condition['holds'] = (facts) => evaluate(expression, facts),
): Condition {
  const names = [...walk(expression)].filter(({ op }) => op === 'id').map(({ args }) => args);
  const used = FACTS.filter(({ name }) => names.includes(name));
  return {
    text,
    expression,
    mask: factMask(used.map(({ name }) => name)),
    usesSiteFacts: used.some(({ scope }) => scope !== 'fault'),
    absentAt: (kind) =>
      used.filter(({ scope }) => scope !== 'fault' && kind !== 'page' && scope !== kind).map(({ name }) => name),
    holds,
    possible: (bounds) => partial(expression, bounds) !== false,
  };
}
