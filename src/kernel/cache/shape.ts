/**
 * Shapes of what the cache keeps as JSON. Every start with a kernel reads some of it, and has no need of a validator
 * that explains what is wrong: nobody writes these files by hand.
 */
export type Shape = (value: unknown) => boolean;

export const text: Shape = (value) => typeof value === 'string';
export const truth: Shape = (value) => typeof value === 'boolean';
export const whole: Shape = (value) => Number.isSafeInteger(value);
export const size: Shape = (value) => whole(value) && Number(value) >= 0;

export const matching =
  (pattern: RegExp): Shape =>
  (value) =>
    typeof value === 'string' && pattern.test(value);

export const oneOf =
  (values: readonly unknown[]): Shape =>
  (value) =>
    values.includes(value);

export const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Any keys, with values of one shape. */
export const recordOf =
  (shape: Shape): Shape =>
  (value) =>
    isObject(value) && Object.values(value).every(shape);

/** These keys and no others. @param optional keys that may be left out */
export function objectOf(keys: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape {
  return (value) => {
    if (!isObject(value)) return false;
    const found = Object.entries(value).filter(([, held]) => held !== undefined);
    const isWhole = Object.keys(keys).every((key) => Object.hasOwn(value, key));
    return isWhole && found.every(([key, held]) => (keys[key] ?? optional[key])?.(held) === true);
  };
}
