import { trivialControlDistribution } from '@tasklearn/conformance';
import { type ControlDistribution, createRng, eagerExecutor } from '@tasklearn/core';
import { fieldLayout } from '@tasklearn/rl';
import type { SlotContext } from '../learners/goal-slots.js';
import { noProposer } from '../proposers/proposers.js';

/** What slots are opened with: the trivial discrete tasks unless told, observations of two numbers. */
export function slotContext(
  distribution: ControlDistribution = trivialControlDistribution(),
  members: Partial<SlotContext> = {},
): SlotContext {
  const proposer = members.proposer ?? noProposer();
  const size = distribution.spec.observation.shape[0] ?? 1;
  return {
    distribution,
    spec: distribution.spec,
    tasks: [0, 1].map((index) => distribution.task('train', index, createRng(0))),
    executor: eagerExecutor(),
    fields: fieldLayout({
      observation: size,
      action: 1,
      reward: 1,
      next: size,
      discount: 1,
      ...(proposer.size === 0 ? {} : { context: proposer.size }),
    }),
    proposer,
    offPolicy: true,
    rng: createRng(0),
    ...members,
  };
}

/** Rows (observation, goal), action, reward, (next, goal), discount of a walk along the line. */
export function walk(positions: readonly number[], goal: number): Float32Array {
  return Float32Array.from(
    positions.slice(1).flatMap((next, step) => [positions[step] as number, goal, 1, -1, next, goal, 1]),
  );
}
