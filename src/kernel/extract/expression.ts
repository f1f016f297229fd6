/** Conditions of #if and #elif: integers, defined(), IS_ENABLED(), and the operators that kernel headers use. */

/** Macros that are known, with their bodies; a name that is missing is not defined. */
export type Macros = Map<string, string>;

const TOKEN = /\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|&&|\|\||[!=<>]=|[<>!()+\-*/%?:,])[uUlL]*/y;
const BINARY: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];
/** bodies that name other macros are followed this far */
const MAX_DEPTH = 8;

class Evaluation {
  private at = 0;
  private readonly tokens: string[] = [];

  constructor(
    text: string,
    private readonly macros: Macros,
    private readonly depth: number,
  ) {
    TOKEN.lastIndex = 0;
    for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) this.tokens.push(match[1] ?? '');
  }

  value(): number {
    const condition = this.binary(0);
    if (this.tokens[this.at] !== '?') return condition;
    this.at++;
    const left = this.value();
    this.at++;
    const right = this.value();
    return condition !== 0 ? left : right;
  }

  private binary(level: number): number {
    const operators = BINARY[level];
    if (operators === undefined) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = this.tokens[this.at];
      if (operator === undefined || !operators.includes(operator)) return left;
      this.at++;
      left = apply(operator, left, this.binary(level + 1));
    }
  }

  private unary(): number {
    const token = this.tokens[this.at++];
    if (token === undefined) return 0;
    if (token === '!') return this.unary() === 0 ? 1 : 0;
    if (token === '-') return -this.unary();
    if (token === '+') return this.unary();
    if (token === '(') {
      const value = this.value();
      this.at++;
      return value;
    }
    return /^\d/.test(token) ? Number(token) : this.named(token);
  }

  private named(name: string): number {
    const called = this.tokens[this.at] === '(';
    if (name === 'defined') {
      if (called) this.at++;
      const defined = this.macros.has(this.tokens[this.at++] ?? '');
      if (called) this.at++;
      return defined ? 1 : 0;
    }
    if (called) {
      const argument = this.skipArguments();
      return /^IS_(?:ENABLED|BUILTIN|REACHABLE)$/.test(name) && this.macros.get(argument) === '1' ? 1 : 0;
    }
    const body = this.macros.get(name);
    if (body === undefined || this.depth >= MAX_DEPTH) return 0;
    return new Evaluation(body, this.macros, this.depth + 1).value();
  }

  /** Steps over "(...)"; the first token inside is the answer. */
  private skipArguments(): string {
    const first = this.tokens[this.at + 1] ?? '';
    let depth = 0;
    do {
      const token = this.tokens[this.at++];
      if (token === '(') depth++;
      else if (token === ')') depth--;
      else if (token === undefined) break;
    } while (depth > 0);
    return first;
  }
}

function apply(operator: string, left: number, right: number): number {
  switch (operator) {
    case '||':
      return left !== 0 || right !== 0 ? 1 : 0;
    case '&&':
      return left !== 0 && right !== 0 ? 1 : 0;
    case '==':
      return left === right ? 1 : 0;
    case '!=':
      return left !== right ? 1 : 0;
    case '<':
      return left < right ? 1 : 0;
    case '>':
      return left > right ? 1 : 0;
    case '<=':
      return left <= right ? 1 : 0;
    case '>=':
      return left >= right ? 1 : 0;
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? 0 : Math.trunc(left / right);
    default:
      return right === 0 ? 0 : left % right;
  }
}

/** Is the condition true, given these macros? Names that are not defined count as 0, as in C. */
export function isTrue(condition: string, macros: Macros): boolean {
  return new Evaluation(condition, macros, 0).value() !== 0;
}
