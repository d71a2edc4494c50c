import { TasklearnError } from '@tasklearn/core';
import { BACKENDS } from './backend-definition.js';
import { BACKEND_ORDER, type BackendName } from './backend-name.js';
import type { BackendOptions } from './backend-options.js';
import { type BackendReport, startBackend } from './start-backend.js';

/** The backend that TensorFlow.js computes on, and what was tried before it. */
export interface BackendChoice {
  readonly name: BackendName;
  /** What it computes on, for people. */
  readonly device: string;
  /** Backends that were passed over, in the order tried, each with its reason. */
  readonly skipped: readonly BackendReport[];
}

let chosen: BackendChoice | undefined;

/** The choice that {@link chooseBackend} made last in this process; `undefined` before the first. */
export function chosenBackend(): BackendChoice | undefined {
  return chosen;
}

/**
 * Chooses where TensorFlow.js computes, for this whole process.
 *
 * @param choice - a backend by name, or `auto` for the first that starts of node-gpu, node, webgpu, webgl, wasm, cpu.
 * @param options - where to find optional packages in a browser.
 * @returns the choice, with the reason for each backend that `auto` passed over: not installed, not possible here, or
 * installed but not starting.
 * @throws `BACKEND_UNAVAILABLE` if a backend named explicitly does not start. Another is never taken in its place.
 *
 * @example
 * ```ts
 * import { chooseBackend } from '@tasklearn/runtime';
 *
 * const { name } = await chooseBackend('cpu');
 * name; // => 'cpu'
 * ```
 */
export async function chooseBackend(
  choice: BackendName | 'auto' = 'auto',
  options: BackendOptions = {},
): Promise<BackendChoice> {
  const candidates = choice === 'auto' ? BACKEND_ORDER : [known(choice)];
  const skipped: BackendReport[] = [];
  for (const name of candidates) {
    const report = await startBackend(BACKENDS[name], options);
    if (report.status === 'ready') {
      chosen = { name, device: report.device, skipped };
      return chosen;
    }
    skipped.push(report);
  }
  throw unavailable(choice, skipped);
}

function known(choice: BackendName): BackendName {
  if (BACKEND_ORDER.includes(choice)) return choice;
  throw new TasklearnError(
    'INVALID_OPTION',
    `chooseBackend: expected one of auto, ${BACKEND_ORDER.join(', ')}; got \`${choice}\`.`,
    { option: 'backend', value: choice, expected: ['auto', ...BACKEND_ORDER] },
  );
}

function unavailable(choice: string, skipped: readonly BackendReport[]): TasklearnError {
  const [report] = skipped;
  const reason = report === undefined || report.status === 'ready' ? 'no backend started' : report.reason;
  const packageName = BACKENDS[choice as BackendName]?.package;
  const install =
    report?.status === 'absent' && packageName !== undefined ? `run \`npm install ${packageName}\`, or ` : '';
  return new TasklearnError(
    'BACKEND_UNAVAILABLE',
    `chooseBackend: the backend \`${choice}\` was asked for and does not start: ${reason}. To go on, ${install}choose \`auto\` or another backend.`,
    { backend: choice, reason, tried: skipped },
  );
}
