/** How every command introduces itself: examples first. */

/** @param examples command lines, each with what it is for; the second part may be empty */
export function exampleHelp(examples: readonly (readonly [command: string, purpose: string])[]): string {
  const lines = examples.map(([command, purpose]) =>
    purpose === '' ? `  ${command}` : `  ${command}\n      ${purpose}`,
  );
  return `Examples:\n${lines.join('\n')}\n`;
}
