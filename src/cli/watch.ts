/** Campaigns with progress on stderr and a clean end at the first Ctrl-C. */
import type { CampaignOptions } from '../campaign/api.js';
import { say } from './context.js';
import type { Io } from './io.js';
import { ProgressLine } from './progress.js';

export interface Watch extends Required<Pick<CampaignOptions, 'onProgress' | 'stopRequested'>> {
  /** takes the progress line away, so that something else can be printed */
  clear(): void;
}

/** @param work asks now and then whether to stop; the progress line is gone when it has ended */
export async function whileWatched<T>(io: Io, work: (watch: Watch) => Promise<T>): Promise<T> {
  const progress = new ProgressLine(io);
  let stop = false;
  const forget = io.onInterrupt(() => {
    stop = true;
    progress.clear();
    say(io, 'stopping; press Ctrl-C again to end at once');
  });
  try {
    return await work({
      onProgress: (news) => progress.show(news),
      stopRequested: () => stop,
      clear: () => progress.clear(),
    });
  } finally {
    forget();
    progress.clear();
  }
}
