import { TasklearnError } from '@tasklearn/core';
import type { NodeTime, OperatorTime, Profile } from './profile.js';

/** One event of ONNX Runtime's profile, in Chrome's trace format. */
interface Event {
  readonly cat?: string;
  readonly name?: string;
  /** Microseconds. */
  readonly dur?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

const KERNEL = '_kernel_time';

function isKernel(event: Event): boolean {
  return event.cat === 'Node' && event.name?.endsWith(KERNEL) === true && event.dur !== undefined;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

function shapesOf({ args = {} }: Event): string {
  const text = (key: string): string => {
    const entries = (args[key] ?? []) as readonly Readonly<Record<string, readonly number[]>>[];
    return entries.map((entry) => `[${Object.values(entry)[0] ?? ''}]`).join(' ');
  };
  return `${text('input_type_shape')} -> ${text('output_type_shape')}`;
}

function nodeTimes(events: readonly Event[], warmUp: number): NodeTime[] {
  const byNode = new Map<string, Event[]>();
  for (const event of events.filter(isKernel)) {
    const key = `${event.args?.node_index ?? ''}:${event.name}`;
    const known = byNode.get(key);
    if (known === undefined) byNode.set(key, [event]);
    else known.push(event);
  }
  return Array.from(byNode.values(), (runs) => {
    const first = runs[0] as Event;
    return {
      name: (first.name as string).slice(0, -KERNEL.length),
      operator: String(first.args?.op_name ?? 'unknown'),
      microseconds: median(runs.slice(warmUp).map(({ dur }) => dur as number)),
      shapes: shapesOf(first),
    };
  }).sort((left, right) => right.microseconds - left.microseconds);
}

function operatorTimes(nodes: readonly NodeTime[], total: number): OperatorTime[] {
  const byOperator = new Map<string, { count: number; microseconds: number }>();
  for (const { operator, microseconds } of nodes) {
    const known = byOperator.get(operator) ?? { count: 0, microseconds: 0 };
    byOperator.set(operator, { count: known.count + 1, microseconds: known.microseconds + microseconds });
  }
  return Array.from(byOperator, ([operator, sums]) => ({
    operator,
    ...sums,
    share: total === 0 ? 0 : sums.microseconds / total,
  })).sort((left, right) => right.microseconds - left.microseconds);
}

/**
 * Reads ONNX Runtime's profile.
 *
 * @param json - text of the file that the profiler writes.
 * @param engine - for the report, e.g. `onnxruntime-node, 1 thread`.
 * @param runs - measured runs.
 * @param warmUp - runs before them, which are left out.
 * @throws `CORRUPT_FILE` if the text is not a list of events.
 */
export function parseProfile(json: string, engine: string, runs: number, warmUp: number): Profile {
  let events: readonly Event[];
  try {
    events = JSON.parse(json) as readonly Event[];
    if (!Array.isArray(events)) throw new Error('not a list');
  } catch (error) {
    throw new TasklearnError(
      'CORRUPT_FILE',
      'parseProfile: expected a JSON list of events from ONNX Runtime.',
      {
        cause: error,
      },
    );
  }
  const nodes = nodeTimes(events, warmUp);
  const microseconds = nodes.reduce((sum, node) => sum + node.microseconds, 0);
  return {
    status: 'measured',
    engine,
    runs,
    microseconds,
    operators: operatorTimes(nodes, microseconds),
    nodes,
  };
}
