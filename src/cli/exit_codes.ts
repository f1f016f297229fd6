/** The exit codes: what each means, and which one wins when several apply. */
import type { Replay, Report, Verdict } from '../report/model.js';

export const EXIT = {
  ok: 0,
  divergent: 1,
  undecided: 2,
  stale: 3,
  usage: 64,
  noInput: 66,
  unavailable: 69,
  internal: 70,
  cannotWrite: 74,
  skip: 125,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Meaning of each code; the numbers from 64 on are those of sysexits.h, 130 is the shell's for SIGINT. */
export const EXIT_MEANINGS: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [EXIT.ok, 'agree, or every difference explained by the allowlist'],
  [EXIT.divergent, 'divergent: a difference without explanation, or a violated invariant'],
  [EXIT.undecided, 'undecided: the run cannot tell'],
  [EXIT.stale, 'a fixture, an allowlist entry, a patch or a part is invalid or stale'],
  [EXIT.usage, 'wrong usage'],
  [EXIT.noInput, 'an input is missing or unreadable'],
  [EXIT.unavailable, 'something needed is not there'],
  [EXIT.internal, 'internal error'],
  [EXIT.cannotWrite, 'the output cannot be written'],
  [EXIT.skip, 'with patch --bisect-exit: neither 0 nor 1'],
  [EXIT.interrupted, 'interrupted'],
];

/** Most important first. The codes that are not here end a command before it has anything else to say. */
export const PRECEDENCE: readonly ExitCode[] = [
  EXIT.interrupted,
  EXIT.internal,
  EXIT.cannotWrite,
  EXIT.divergent,
  EXIT.stale,
  EXIT.undecided,
  EXIT.ok,
];

/** The code to end with when all of `codes` apply. */
export function mostImportant(codes: readonly ExitCode[]): ExitCode {
  return PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.ok;
}

const VERDICT_CODES: Readonly<Record<Verdict, ExitCode>> = {
  agree: EXIT.ok,
  explained: EXIT.ok,
  divergent: EXIT.divergent,
  undecided: EXIT.undecided,
};

/** The code of a verdict alone. */
export function codeOfVerdict(verdict: Verdict): ExitCode {
  return VERDICT_CODES[verdict];
}

/** The code of a single judged case. */
export function codeOfReplay({ verdict, expiredEntries }: Pick<Replay, 'verdict' | 'expiredEntries'>): ExitCode {
  return mostImportant([codeOfVerdict(verdict), expiredEntries.length > 0 ? EXIT.stale : EXIT.ok]);
}

/** The code of a whole campaign. */
export function codeOfReport(report: Report): ExitCode {
  return mostImportant([
    codeOfVerdict(report.verdict),
    report.staleEntries.length + report.expiredEntries.length > 0 ? EXIT.stale : EXIT.ok,
    report.stopped === 'interrupted' ? EXIT.interrupted : EXIT.ok,
  ]);
}

/** The part of every `--help` that lists the codes. */
export function exitCodeHelp(): string {
  const lines = EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`);
  return `\nExit codes:\n${lines.join('\n')}\nIf several apply, the first of ${PRECEDENCE.join(', ')} is used.`;
}
