import { type ControlDistribution, requireInteger } from '@tasklearn/core';
import { drawnTask } from '../tasks/drawn-tasks.js';
import { banditDistribution } from './bandit-distribution.js';

/** Options of {@link contextualBandits}. */
export type ContextualBanditOptions = {
  /** K, >= 2. */
  readonly arms: number;
  /** Contexts, >= 2. */
  readonly contexts: number;
  /** N, pulls of an episode, >= 1. */
  readonly pulls: number;
};

/** Three arms in three contexts. */
export const contextualBanditDefaults: ContextualBanditOptions = { arms: 3, contexts: 3, pulls: 30 };

/**
 * Bandits whose arms pay 1 with a chance that depends on the context, which is drawn anew for each pull and shown one-hot.
 * All chances are drawn from U(0, 1). References: `oracle` (told the chances), `random`.
 *
 * @throws `INVALID_OPTION`.
 */
export function contextualBandits(options: Partial<ContextualBanditOptions> = {}): ControlDistribution {
  const complete = { ...contextualBanditDefaults, ...options };
  const id = '@tasklearn/environments/contextual-bandits';
  const arms = requireInteger(id, complete, 'arms', 2);
  const contexts = requireInteger(id, complete, 'contexts', 2);
  const pulls = requireInteger(id, complete, 'pulls');
  const keys = Array.from(
    { length: contexts * arms },
    (_, index) => `context${Math.floor(index / arms)}Arm${index % arms}`,
  );
  return banditDistribution({
    id,
    arms,
    contexts,
    revealed: 0,
    pulls,
    noise: 'bernoulli',
    task: (split, index, rng) =>
      drawnTask(split, index, rng, (stream) => Object.fromEntries(keys.map((key) => [key, stream.next()]))),
    means: ({ parameters }) => Float64Array.from(keys, (key) => parameters[key] ?? 0),
  });
}
