/** What a kernel tree needs and this machine does not have: git, apt, a compiler. */

/** A part of the installation, or a tool that a command needs, is not there. Its message is one line. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  /** EX_UNAVAILABLE of sysexits.h */
  readonly exitCode = 69;
}
