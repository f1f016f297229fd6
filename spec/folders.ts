/** Temporary folders that are gone when a spec has ended: a day of test runs must not fill the machine. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

interface TemporaryFolder {
  readonly path: string;
  /** also where it is gone already, or has files that may not be written */
  readonly remove: () => void;
}

/** A folder that whoever makes it removes, for example with `afterAll(folder.remove)`. */
export function temporaryFolder(): TemporaryFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'ptediff-spec-')));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A folder of its own for each test of the file, removed behind it. */
export function folderOfEach(): { readonly path: string } {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());
  return {
    get path() {
      return folder.path;
    },
  };
}
