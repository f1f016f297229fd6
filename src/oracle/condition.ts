/** Conditions of allowlist entries: CEL over the declared facts, type-checked, with enumeration names checked too. */
import { Environment } from '@marcbachmann/cel-js';
import { didYouMean } from '../cases/suggest.js';
import type { SiteKind } from '../mm/fields.js';
import type { Bounds } from './bounds.js';
import { FACTS, factMask } from './facts.js';

const environment = new Environment({ limits: { maxAstNodes: 400, maxDepth: 30 } });
const USABLE = FACTS.filter(({ scope }) => scope !== 'mm');
for (const { name, names, meaning } of USABLE) {
  environment.registerVariable(name, names === undefined ? 'bool' : 'string', { description: meaning });
}

export interface Condition {
  readonly text: string;
  /** bits of the facts that it asks about */
  readonly mask: number;
  /** does it ask about the site, rather than about the fault alone? */
  readonly usesSiteFacts: boolean;
  /** names of the facts that sites of a kind do not have, of those that it asks about */
  absentAt(kind: SiteKind): string[];
  /** @param facts values of a fact word, as unpack() gives them */
  holds(facts: Record<string, boolean | string>): boolean;
  /** May it hold at some site of a fault whose facts are within these bounds? */
  possible(bounds: Bounds): boolean;
}

interface Node {
  readonly op: string;
  readonly args: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'op' in value;

/** Some facts tell classes apart and are worked out where a difference shows: too late for a condition. */
function refuseClassFacts(root: unknown): void {
  for (const node of walk(root)) {
    const fact = node.op === 'id' ? FACTS.find(({ name }) => name === node.args) : undefined;
    if (fact?.scope === 'mm') throw new Error(`${fact.name} tells classes apart and cannot be used in conditions`);
  }
}

/** Every node of an expression. */
function* walk(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* walk(item);
  else if (isNode(value)) {
    yield value;
    yield* walk(value.args);
  }
}

/** A name that is compared with an enumeration must be one of its names: a misspelt one would never hold. */
function checkNames(root: unknown): void {
  for (const node of walk(root)) {
    if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') continue;
    const parts = [...walk(node.args)];
    const fact = parts.map((part) => FACTS.find(({ name }) => part.op === 'id' && part.args === name)).find(Boolean);
    if (fact?.names === undefined) continue;
    for (const part of parts) {
      if (part.op !== 'value' || typeof part.args !== 'string' || fact.names.includes(part.args)) continue;
      const hint = didYouMean(part.args, fact.names) ?? fact.names.join(', ');
      throw new Error(`${fact.name} is never ${JSON.stringify(part.args)}; did you mean ${hint}?`);
    }
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

/** Value of an expression with facts within bounds. Operators that are not listed are unknown. */
function partial(value: unknown, facts: Bounds): Known {
  if (!isNode(value)) return undefined;
  const args = Array.isArray(value.args) ? value.args : [value.args];
  switch (value.op) {
    case 'value':
      return typeof value.args === 'string' || typeof value.args === 'boolean' ? value.args : undefined;
    case 'id':
      return facts[value.args as string];
    case '!_': {
      const inner = partial(args[0], facts);
      return inner === undefined ? undefined : !inner;
    }
    case '&&':
    case '||': {
      const sides = args.map((arg) => partial(arg, facts));
      const decisive = value.op === '||';
      if (sides.includes(decisive)) return decisive;
      return sides.includes(undefined) ? undefined : !decisive;
    }
    case '==':
    case '!=': {
      const [left, right] = args.map((arg) => partial(arg, facts));
      const same = equal(left, right);
      return same === undefined ? undefined : same === (value.op === '==');
    }
    default:
      return undefined;
  }
}

/**
 * Compiles a condition.
 * @throws Error with one line if it does not parse, does not type-check, or is not a bool
 */
export function compileCondition(text: string): Condition {
  let program: ReturnType<typeof environment.parse>;
  try {
    program = environment.parse(text);
  } catch (error) {
    throw new Error(`condition does not parse: ${firstLine(error)}`);
  }
  refuseClassFacts(program.ast);
  const check = program.check();
  if (!check.valid) throw new Error(`condition does not type-check: ${firstLine(check.error)}${hintOf(check.error)}`);
  if (String(check.type) !== 'bool') throw new Error(`condition must be a bool, found ${String(check.type)}`);
  checkNames(program.ast);
  const names = [...walk(program.ast)].filter((node) => node.op === 'id').map((node) => node.args);
  const used = FACTS.filter(({ name }) => names.includes(name));
  return {
    text,
    mask: factMask(used.map(({ name }) => name)),
    usesSiteFacts: used.some(({ scope }) => scope !== 'fault'),
    absentAt: (kind) =>
      used.filter(({ scope }) => scope !== 'fault' && kind !== 'page' && scope !== kind).map(({ name }) => name),
    holds: (facts) => program(facts) === true,
    possible: (bounds) => partial(program.ast, bounds) !== false,
  };
}

/** The fact that a mistyped name most likely means. */
function hintOf(error: unknown): string {
  const [, name] = /^Unknown variable: (\w+)/.exec(firstLine(error)) ?? [];
  const known = USABLE.map((fact) => fact.name);
  const hint = name === undefined ? undefined : didYouMean(name, known);
  return hint === undefined ? '' : `; did you mean ${hint}?`;
}

const firstLine = (error: unknown): string => String((error as Error | undefined)?.message ?? error).split('\n')[0];
