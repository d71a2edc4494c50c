import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A contestant in its own process, driven line by line: `run N` in, `{ seconds, loss }` out. */
export interface Contestant {
  readonly column: string;
  readonly version: string;
  /** Seconds per step over `steps` steps. */
  measure(steps: number): Promise<number>;
  stop(): void;
}

/** Why a contestant is not in the table. */
export interface Absent {
  readonly column: string;
  readonly reason: string;
}

interface Command {
  readonly column: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** Starts a contestant and waits until its step is built and warm. */
export async function startContestant(command: Command, timeoutSeconds = 300): Promise<Contestant | Absent> {
  // Old OpenBLAS kernels forced by the environment would slow a peer down unfairly.
  const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...inherited } = process.env;
  const env = { ...inherited, ...command.env };
  const child: ChildProcessWithoutNullStreams = spawn(command.program, [...command.args], { env });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(error));
    child.once('exit', (code) => reject(new Error(lastLine(errors) || `exited with code ${code}`)));
  });
  failed.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextJson = async (): Promise<Record<string, unknown>> => {
    for (;;) {
      const { value, done } = (await Promise.race([lines.next(), failed])) as IteratorResult<string>;
      if (done === true) return failed;
      if (value.startsWith('{')) return JSON.parse(value) as Record<string, unknown>;
    }
  };
  const timeout = setTimeout(() => child.kill('SIGKILL'), timeoutSeconds * 1000);
  try {
    const { version } = await nextJson();
    return {
      column: command.column,
      version: String(version),
      async measure(steps) {
        child.stdin.write(`run ${steps}\n`);
        const { seconds } = await nextJson();
        return Number(seconds) / steps;
      },
      stop() {
        child.stdin.write('quit\n');
        child.stdin.end();
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    return { column: command.column, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timeout);
  }
}
