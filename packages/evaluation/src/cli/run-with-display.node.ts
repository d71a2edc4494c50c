import type { ResolvedPlan } from '../plan/plan.js';
import { type RunResult, runPlan } from '../runner/run-plan.node.js';
import type { CommandContext, Loaded } from './command-context.node.js';
import { exitCodes } from './exit-codes.js';
import type { PlanFlags } from './plan-flags.node.js';
import { showProgress } from './show-progress.node.js';

/** Ctrl-C once finishes the update and saves; twice ends at once. */
function stopOnInterrupt(context: CommandContext): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    context.terminal.note('\nFinishing the update under way and saving; press Ctrl-C again to end at once.');
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

/** Child processes where a plan has several seeds and no flag says how many. */
const SEED_WORKERS = 2;

/**
 * Runs a plan with progress on the terminal, and sets the exit code.
 *
 * @throws as `runPlan` does.
 */
export async function runWithDisplay(
  plan: ResolvedPlan,
  loaded: Loaded,
  flags: PlanFlags,
  context: CommandContext,
): Promise<RunResult> {
  const { terminal } = context;
  const style = flags.json ? 'json' : terminal.interactive ? 'bars' : 'lines';
  const display = showProgress(style, terminal);
  const interrupt = stopOnInterrupt(context);
  try {
    const result = await runPlan(plan, {
      plugins: loaded.plugins,
      pluginModules: loaded.modules,
      workers: flags.workers ?? (plan.seeds.length > 1 ? SEED_WORKERS : 0),
      fresh: flags.fresh ?? false,
      command: context.command,
      onProgress: (event) => display.show(event),
      signal: interrupt.signal,
    });
    if (result.status === 'stopped') context.exitWith(exitCodes.interrupted);
    else if (
      result.status === 'incomplete' ||
      result.summary.learners.some(({ failures }) => failures.length > 0)
    ) {
      context.exitWith(exitCodes.someFailed);
    }
    return result;
  } finally {
    display.stop();
    interrupt.release();
  }
}

/** How to go on after a stop. */
export function resumeHint({ command }: CommandContext): string {
  return `Stopped. Nothing is lost: run the same command again to resume:\n  ${command}`;
}
