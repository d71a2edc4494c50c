import { spawn } from 'node:child_process';
import { join } from 'node:path';

const evaluation = join(import.meta.dirname, '../../packages/evaluation');

/** A function that runs the command as a process of its own, from the sources, with a plugin among evaluation's fixtures. */
export function commandProcess(pluginFile: string) {
  const plugin = join(evaluation, 'src/__fixtures__', pluginFile);
  return (...args: string[]) => {
    const program = ['--conditions=@tasklearn/source', '--import', 'tsx', 'src/cli/run-command-line.node.ts'];
    const child = spawn(process.execPath, [...program, ...args, '--plugin', plugin], {
      cwd: evaluation,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (text) => {
      err += text;
    });
    const ended = new Promise<{ code: number | null; err: string }>((resolve) =>
      child.on('close', (code) => resolve({ code, err })),
    );
    return { child, ended };
  };
}
