/** The progress of a campaign on stderr: one line that changes on a terminal, a line now and then elsewhere. */
import type { Progress } from '../campaign/api.js';
import { grouped, plural, shortRate } from '../report/words.js';
import type { Io } from './io.js';
import { canRewrite } from './terminal.js';

/** Seconds between two reports. */
const TERMINAL_INTERVAL = 0.1;
const LOG_INTERVAL = 5;

const ERASE_LINE = '\r\u001b[K';

/**
 * `12,000/200,000 faults, 350k/s, 1 s left, marks 40/52, 6 classes (1 not explained)`, or of a sweep
 * `1,200,000/77,000,000 cases, 1.1M/s, 1 min 9 s left, 6 classes (1 not explained)`
 */
export function progressText(progress: Progress): string {
  const { faultsRun, faultsPlanned, casesRun, casesPlanned, marksHit, marksRequired, classes, unexplained } = progress;
  const { seconds } = progress;
  const parts =
    casesPlanned === null
      ? amountTexts(faultsRun, faultsPlanned, 'faults', seconds)
      : amountTexts(casesRun, casesPlanned, 'cases', seconds);
  // Kernels pass no marks, and a scope is no sample of everything.
  if (casesPlanned === null && marksRequired > 0) parts.push(`marks ${marksHit}/${marksRequired}`);
  parts.push(plural(classes, 'class', 'classes') + (unexplained > 0 ? ` (${unexplained} not explained)` : ''));
  return parts.join(', ');
}

/** How much has run, how fast, and how long the rest will take at this rate. */
function amountTexts(run: number, planned: number | null, what: string, seconds: number): string[] {
  const texts = [`${grouped(run)}${planned === null ? '' : `/${grouped(planned)}`} ${what}`];
  if (seconds > 0) texts.push(shortRate(run / seconds));
  // The last cases may bring more than was planned.
  if (run > 0 && planned !== null) texts.push(`${duration((seconds * Math.max(0, planned - run)) / run)} left`);
  return texts;
}

/** `1 h 5 min`, `2 min 3 s`, `4 s` */
function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

/** Shows progress; the time that counts is the campaign's own. */
export class ProgressLine {
  readonly #io: Io;
  readonly #rewrites: boolean;
  #next = 0;
  /** seconds of the campaign at the last look */
  #seen = Number.POSITIVE_INFINITY;
  #shown = false;

  constructor(io: Io) {
    this.#io = io;
    this.#rewrites = canRewrite(io.stderr, io.env);
  }

  show(progress: Progress): void {
    // A new campaign. A log is not told about one that is over in a moment; a terminal shows at once that it runs.
    if (progress.seconds < this.#seen) this.#next = this.#rewrites ? 0 : LOG_INTERVAL;
    this.#seen = progress.seconds;
    if (progress.seconds < this.#next) return;
    this.#next = progress.seconds + (this.#rewrites ? TERMINAL_INTERVAL : LOG_INTERVAL);
    const text = progressText(progress);
    if (!this.#rewrites) {
      this.#io.stderr.write(`ptediff: ${text}\n`);
      return;
    }
    // A line that wraps could not be erased.
    const columns = (this.#io.stderr.columns || 80) - 1;
    this.#io.stderr.write(ERASE_LINE + text.slice(0, columns));
    this.#shown = true;
  }

  /** Takes the line away, so that what follows starts on a clean one. */
  clear(): void {
    if (this.#shown) this.#io.stderr.write(ERASE_LINE);
    this.#shown = false;
  }
}
