import type { Environment, Rng, TimeSteps } from '@tasklearn/core';
import { actionSizeOf, observationSizeOf } from '../policies/policy-for.js';
import type { Acted, Actor } from './actor.js';
import type { EpisodeBatch } from './rollout.js';

type Mutable = EpisodeBatch & { readonly extras: Record<string, Float32Array> };

function emptyEpisodes(environment: Environment): Mutable {
  const { copies, spec } = environment;
  const [observationSize, actionSize] = [observationSizeOf(spec), actionSizeOf(spec)];
  const length = spec.horizon;
  const rows = length * copies;
  return {
    copies,
    length,
    observationSize,
    actionSize,
    observation: new Float32Array(rows * observationSize),
    action: new Float32Array(rows * actionSize),
    reward: new Float32Array(rows),
    discount: new Float32Array(rows),
    mask: new Float32Array(rows),
    next: new Float32Array(rows * observationSize),
    success: new Uint8Array(rows),
    lengths: new Int32Array(copies),
    extras: {},
  };
}

/** Copies row `from` of one array to row `to` of another, each row `width` numbers. */
function copyRow(target: Float32Array, to: number, source: Float32Array, from: number, width: number): void {
  for (let i = 0; i < width; i += 1) target[to * width + i] = source[from * width + i] as number;
}

function keepDecision(batch: Mutable, acted: Acted, copy: number, row: number): void {
  copyRow(batch.action, row, acted.actions, copy, batch.actionSize);
  for (const name in acted.extras) {
    const values = acted.extras[name] as Float32Array;
    const width = values.length / batch.copies;
    batch.extras[name] ??= new Float32Array(batch.copies * batch.length * width);
    copyRow(batch.extras[name], row, values, copy, width);
  }
}

function keepOutcome(batch: Mutable, steps: TimeSteps, copy: number, row: number): void {
  copyRow(batch.next, row, steps.observation, copy, batch.observationSize);
  batch.reward[row] = steps.reward[copy] as number;
  batch.discount[row] = steps.discount[copy] as number;
  batch.success[row] = steps.success[copy] as number;
  batch.mask[row] = 1;
}

/**
 * One episode of every copy, from a reset to its end.
 *
 * Copies whose episode has ended rest until the last one has; the actor is asked for all copies all the same, and
 * what it says for those is not used.
 *
 * @returns copy-major arrays [E, H, ...] padded with zeros, which with copies ordered by task are [T, e * H, ...] too.
 */
export async function collectEpisodes(
  environment: Environment,
  actor: Actor,
  rng: Rng,
): Promise<EpisodeBatch> {
  const batch = emptyEpisodes(environment);
  const { copies, length, observationSize } = batch;
  const active = new Uint8Array(copies).fill(1);
  let steps = environment.reset();
  for (let time = 0; time < length && active.includes(1); time += 1) {
    for (let copy = 0; copy < copies; copy += 1) {
      if (active[copy] === 1)
        copyRow(batch.observation, copy * length + time, steps.observation, copy, observationSize);
    }
    const acted = await actor(steps, rng.split(time));
    for (let copy = 0; copy < copies; copy += 1)
      if (active[copy] === 1) keepDecision(batch, acted, copy, copy * length + time);
    steps = environment.step(acted.actions, active);
    for (let copy = 0; copy < copies; copy += 1) {
      if (active[copy] !== 1) continue;
      keepOutcome(batch, steps, copy, copy * length + time);
      batch.lengths[copy] = time + 1;
      if (steps.stepType[copy] === 2) active[copy] = 0;
    }
  }
  return batch;
}
