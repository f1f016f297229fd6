/** A kernel tree at a revision of a git repository, read from its objects: the work tree is never looked at. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { excerpt } from '../../cases/escape.js';
import { InputError } from '../../cases/files.js';
import { ByteReader } from './bytes.js';
import { type Environment, run } from './run.js';
import { type KernelTree, requirePath, requireSize, textOf } from './tree.js';
import { MAKEFILE, versionOf } from './version.js';

const MISSING = 'a revision of a repository needs git, and there is none';
const MAX_ANSWER = 8192;

export interface GitTree extends KernelTree {
  /** full id of the commit */
  readonly commit: string;
}

/**
 * @param repository top of a work tree, or a bare repository
 * @param revision anything that names a commit
 * @throws InputError if there is no such revision, or no kernel tree in it; UnavailableError without git
 */
export async function openGit(repository: string, revision: string, env: Environment): Promise<GitTree> {
  await requireTop(repository, env);
  const parsed = await git(repository, ['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`], env);
  if (parsed.exitCode !== 0) throw await unknownRevision(repository, revision, parsed.complaint, env);
  const name = `${repository}@${revision}`;
  const objects = new Objects(name, repository, parsed.stdout.trim(), env);
  try {
    return {
      name,
      commit: parsed.stdout.trim(),
      version: versionOf(name, await objects.read(MAKEFILE)),
      covers: () => true,
      read: (path) => objects.read(path),
      close: () => objects.close(),
    };
  } catch (error) {
    await objects.close();
    throw error;
  }
}

async function unknownRevision(
  repository: string,
  revision: string,
  complaint: string,
  env: Environment,
): Promise<InputError> {
  const refused = (why: string, hint: string): InputError =>
    new InputError(repository, `expected a revision, found ${why}`, { exitCode: 66, hint });
  if (revision === '') return refused('an empty one', COMMITS);
  const quoted = `"${excerpt(revision)}"`;
  const kind = await kindOf(repository, revision, env);
  if (kind !== undefined) return refused(`${quoted}, which is a ${kind} and no commit`, COMMITS);
  const why = / is ambiguous/.test(complaint) ? 'is short for several commits' : 'git does not know';
  const hint = (await shallowHint(repository, env)) ?? 'git log --oneline shows the revisions of a branch.';
  return refused(`${quoted}, which ${why}`, hint);
}

/** `tree` or `blob` for what git knows, but not as a commit. */
async function kindOf(repository: string, revision: string, env: Environment): Promise<string | undefined> {
  const { stdout, exitCode } = await git(repository, ['rev-parse', '--verify', '--end-of-options', revision], env);
  if (exitCode !== 0) return undefined;
  const kind = await git(repository, ['cat-file', '-t', stdout.trim()], env);
  return kind.exitCode === 0 ? kind.stdout.trim() : undefined;
}

const COMMITS = 'A tag, a branch or the id of a commit will do, such as v6.12.';

/** Whatever the user's configuration says, the mails look the same. */
const PLAIN_MAILS = [
  ...['--stdout', '--numbered', '--no-cover-letter', '--no-attach', '--no-signature', '--subject-prefix=PATCH'],
  ...['--no-color', '--no-ext-diff', '--no-textconv', '--src-prefix=a/', '--dst-prefix=b/', '-U3', '--binary'],
];

/**
 * The commits of a range as mails, oldest first, in one mbox.
 *
 * @param range `BASE..HEAD`
 * @throws InputError if there is no such range, nothing in it, or a merge
 */
export async function mailsOf(repository: string, range: string, env: Environment): Promise<string> {
  await requireTop(repository, env);
  const place = `${repository}@${range}`;
  const merges = await git(repository, ['rev-list', '--count', '--merges', '--end-of-options', range], env);
  if (merges.exitCode === 0 && merges.stdout.trim() !== '0') {
    throw new InputError(place, `expected a range of commits without merges, found ${merges.stdout.trim()}`);
  }
  const made = await git(repository, ['format-patch', ...PLAIN_MAILS, '--end-of-options', range], env);
  if (made.exitCode === 0 && made.stdout !== '') return made.stdout;
  const found = made.exitCode === 0 ? 'nothing in it' : made.complaint;
  const hint = await shallowHint(repository, env);
  throw new InputError(place, `expected a range of commits like v6.12..mine, found ${found}`, { exitCode: 66, hint });
}

/** Where only the newest commits were cloned, a revision that is missing is no mistake of spelling. */
async function shallowHint(repository: string, env: Environment): Promise<string | undefined> {
  const { stdout } = await git(repository, ['rev-parse', '--is-shallow-repository'], env);
  return stdout.trim() === 'true' ? 'The repository is shallow: git fetch --unshallow gets the rest.' : undefined;
}

/**
 * The revision that the commits of a range lie on: BASE itself, or where its branch and that of HEAD parted.
 *
 * @param range `BASE..HEAD`
 * @throws InputError where the two have nothing in common
 */
export async function startOf(repository: string, range: string, env: Environment): Promise<string> {
  const [base = '', head, ...more] = range.split('..');
  const commits = [base, head || 'HEAD'];
  const found = await git(repository, ['merge-base', '--end-of-options', ...commits], env);
  const own = await git(repository, ['rev-parse', '--verify', '--end-of-options', `${base}^{commit}`], env);
  const isRange = base !== '' && head !== undefined && more.length === 0;
  if (isRange && found.exitCode === 0) return found.stdout === own.stdout ? base : found.stdout.trim();
  throw new InputError(`${repository}@${range}`, 'expected a range of commits like v6.12..mine', { exitCode: 66 });
}

async function requireTop(repository: string, env: Environment): Promise<void> {
  const there = await stat(repository).catch(() => undefined);
  if (there?.isDirectory() !== true) {
    const hint =
      there === undefined ? undefined : 'An archive or a package has one version of the kernel, and no --rev.';
    const found = there === undefined ? 'nothing' : 'a file';
    throw new InputError(repository, `expected a git repository, found ${found}`, { exitCode: 66, hint });
  }
  const { exitCode, stdout, complaint } = await git(repository, ['rev-parse', '--show-prefix'], env);
  if (exitCode !== 0) throw new InputError(repository, `is no git repository: ${complaint}`, { exitCode: 66 });
  if (stdout.trim() === '') return;
  throw new InputError(repository, 'expected the top of a git repository, found a folder inside of one', {
    exitCode: 66,
  });
}

async function git(repository: string, args: readonly string[], env: Environment) {
  return run('git', ['-C', repository, ...args], { env: gitEnvironment(env), missing: MISSING });
}

/** What git sets for a hook would make it look at another repository; see git rev-parse --local-env-vars. */
const LOCAL = /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|PREFIX)$/;

function gitEnvironment(env: Environment): Environment {
  const ours = Object.entries(env).filter(([name]) => !LOCAL.test(name));
  return { ...Object.fromEntries(ours), LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };
}

/** Objects below a commit, from one `git cat-file` that answers one question after the other. */
class Objects {
  readonly #name: string;
  readonly #commit: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: ByteReader;
  #last: Promise<unknown> = Promise.resolve();
  readonly #exited: Promise<unknown>;
  #closed = false;

  constructor(name: string, repository: string, commit: string, env: Environment) {
    this.#name = name;
    this.#commit = commit;
    const args = ['-C', repository, 'cat-file', '--batch', '--follow-symlinks'];
    this.#process = spawn('git', args, { env: gitEnvironment(env) });
    this.#exited = once(this.#process, 'exit').catch(() => {});
    this.#process.stdin.on('error', () => {});
    this.#process.stderr.resume();
    this.#answers = new ByteReader(this.#process.stdout);
  }

  async read(path: string): Promise<string | null> {
    const asked = this.#last.then(() => this.#ask(requirePath(this.#name, path)));
    this.#last = asked.catch(() => {});
    return asked;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#process.kill();
    await this.#exited;
    this.#process.stdout.destroy();
  }

  async #ask(path: string): Promise<string | null> {
    const file = `${this.#name}:${path}`;
    if (this.#closed) throw new InputError(file, 'cannot be read: the tree is closed');
    this.#process.stdin.write(`${this.#commit}:${path}\n`);
    const answer = await this.#answers.line(MAX_ANSWER);
    if (answer === undefined) throw new InputError(file, 'cannot be read: git ended');
    if (/ (missing|ambiguous)$/.test(answer)) return null;
    const [kind = '', type, digits] = answer.split(' ');
    const size = Number(digits ?? type);
    if (kind === 'dangling' || kind === 'notdir' || kind === 'symlink' || kind === 'loop') {
      const target = (await this.#body(size)).toString('utf8');
      if (kind === 'dangling' || kind === 'notdir') return null;
      throw new InputError(file, `expected a path inside the tree, found a link to ${excerpt(target)}`);
    }
    return this.#content(file, type ?? '', size);
  }

  async #content(file: string, type: string, size: number): Promise<string> {
    if (type !== 'blob') {
      await this.#body(size);
      throw new InputError(file, `expected a file, found a ${type === 'tree' ? 'folder' : type}`, { exitCode: 66 });
    }
    try {
      requireSize(file, size);
    } catch (error) {
      // What git would send now is not wanted, and nothing could be read after it.
      await this.close();
      throw error;
    }
    const bytes = await this.#body(size);
    if (bytes.length === size) return textOf(file, bytes);
    throw new InputError(file, 'cannot be read: git ended');
  }

  /** The bytes that were announced, without the newline after them. */
  async #body(size: number): Promise<Buffer> {
    const bytes = await this.#answers.bytes(size + 1);
    return bytes.subarray(0, size);
  }
}
