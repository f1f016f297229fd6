/** Conditions of allowlist entries: CEL over the declared facts, type-checked, with enumeration names checked too. */
import { Environment } from '@marcbachmann/cel-js';
import { didYouMean } from '../cases/suggest.js';
import { type Condition, conditionOf, plainExpression, walk } from './expression.js';
import { FACTS } from './facts.js';

export type { Condition };

const environment = new Environment({ limits: { maxAstNodes: 400, maxDepth: 30 } });
const USABLE = FACTS.filter(({ scope }) => scope !== 'mm');
for (const { name, names, meaning } of USABLE) {
  environment.registerVariable(name, names === undefined ? 'bool' : 'string', { description: meaning });
}

/** Some facts tell classes apart and are worked out where a difference shows: too late for a condition. */
function refuseClassFacts(root: unknown): void {
  for (const node of walk(root)) {
    const fact = node.op === 'id' ? FACTS.find(({ name }) => name === node.args) : undefined;
    if (fact?.scope === 'mm') throw new Error(`${fact.name} tells classes apart and cannot be used in conditions`);
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
  return conditionOf(text, plainExpression(program.ast), (facts) => program(facts) === true);
}

/** The fact that a mistyped name most likely means. */
function hintOf(error: unknown): string {
  const [, name] = /^Unknown variable: (\w+)/.exec(firstLine(error)) ?? [];
  const known = USABLE.map((fact) => fact.name);
  const hint = name === undefined ? undefined : didYouMean(name, known);
  return hint === undefined ? '' : `; did you mean ${hint}?`;
}

const firstLine = (error: unknown): string => String((error as Error | undefined)?.message ?? error).split('\n')[0];
