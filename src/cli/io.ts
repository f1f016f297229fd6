/** What a command sees of the world outside: streams, environment, folder and Ctrl-C; a spec hands in its own. */

export interface Output {
  write(text: string): unknown;
  readonly isTTY: boolean;
  readonly columns?: number | undefined;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** standard input; nothing is read before it is asked for */
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** absolute path of the working directory */
  readonly cwd: string;
  /** Calls the handler at the first Ctrl-C instead of ending. Returns what takes the handler away again. */
  onInterrupt(handler: () => void): () => void;
}

/** The real world, and what its main program needs at the end. */
export interface ProcessIo extends Io {
  /** Waits until all output has left the process; returns why standard output failed, if it did. */
  flush(): Promise<Error | undefined>;
}

/**
 * The streams of this process. A reader that goes away (`ptediff ... | head`) is no error: what it does not want is
 * dropped, and the exit code stays that of the verdict.
 */
export function processIo(): ProcessIo {
  const stdout = guarded(process.stdout);
  const stderr = guarded(process.stderr);
  return {
    stdout: stdout.output,
    stderr: stderr.output,
    stdin: { [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator]() },
    env: process.env,
    cwd: process.cwd(),
    onInterrupt,
    flush: async () => {
      await stderr.flush();
      return stdout.flush();
    },
  };
}

interface Guarded {
  readonly output: Output;
  flush(): Promise<Error | undefined>;
}

function guarded(stream: NodeJS.WriteStream): Guarded {
  let closed = false;
  let failure: Error | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true;
    if (error.code !== 'EPIPE') failure ??= error;
  });
  const output: Output = {
    write: (text) => closed || stream.write(text),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns;
    },
  };
  const flush = async (): Promise<Error | undefined> => {
    if (!closed) await new Promise<void>((resolve) => stream.write('', () => resolve()));
    // The error event of a failed write comes after its callback.
    await new Promise<void>((resolve) => setImmediate(resolve));
    return failure;
  };
  return { output, flush };
}

/**
 * The first Ctrl-C goes to the handler. Without a listener the second one keeps its default, which ends even a program
 * that is busy; its exit code is 130 as well (128 and the number of the signal).
 */
function onInterrupt(handler: () => void): () => void {
  const listener = (): void => {
    process.off('SIGINT', listener);
    handler();
  };
  process.on('SIGINT', listener);
  return () => process.off('SIGINT', listener);
}
