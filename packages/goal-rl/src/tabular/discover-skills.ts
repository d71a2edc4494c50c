import {
  type Rng,
  requireInteger,
  requireNonNegative,
  requirePositive,
  type TabularModel,
} from '@tasklearn/core';
import { mutualInformation, variationalInformation } from '../information/mutual-information.js';
import { bestResponse } from './best-response.js';
import { stateMarginal, uniformPolicy } from './state-marginal.js';
import { successorsOf } from './successors.js';

/** What {@link discoverSkills} is given. */
export interface DiscoverSkillsOptions {
  /** K, number of skills, >= 1. */
  readonly skills: number;
  /** H, steps of an episode. */
  readonly horizon: number;
  /** Rounds of best response and refit, >= 1. */
  readonly rounds: number;
  /** α > 0, weight of the entropy of actions. Default 0.1. */
  readonly temperature?: number;
  /**
   * Relative noise on the first marginals, >= 0: identical skills are a fixed point, which only noise leaves.
   * Default 0.02.
   */
  readonly noise?: number;
}

/** What the skills are after a number of rounds. */
export interface SkillRound {
  /** Probability that the most likely skill given a visited state is the one that visited it. */
  readonly accuracy: number;
  /** Mean posterior probability of the right skill, E q(z|s). */
  readonly confidence: number;
  /** I(S; Z), nats, at most log K. */
  readonly information: number;
  /** E log q(z|s) − log p(z) under the discriminator that the policies answered: a lower bound on I(S; Z). */
  readonly bound: number;
}

/** What {@link discoverSkills} found. */
export interface DiscoveredSkills {
  /** π_t(a|s) of each skill, [H * S * A]. */
  readonly policies: readonly Float64Array[];
  /** ρ_z, [S] of each skill. */
  readonly marginals: readonly Float64Array[];
  /** Before the first round, and after each: rounds + 1 entries. */
  readonly rounds: readonly SkillRound[];
}

/** Keeps log q finite where nothing has been: there q is uniform and the reward 0. */
const FLOOR = 1e-8;

/** Bayes' posterior q(z|s) under a uniform prior, [K * S]. */
function posteriorOf(marginals: readonly Float64Array[]): Float64Array {
  const count = marginals.length;
  const states = (marginals[0] as Float64Array).length;
  const posterior = new Float64Array(count * states);
  for (let s = 0; s < states; s += 1) {
    const total = marginals.reduce((sum, marginal) => sum + (marginal[s] as number) + FLOOR, 0);
    for (const [z, marginal] of marginals.entries()) {
      posterior[z * states + s] = ((marginal[s] as number) + FLOOR) / total;
    }
  }
  return posterior;
}

function measure(marginals: readonly Float64Array[], discriminator: Float64Array): SkillRound {
  const count = marginals.length;
  const joint = Float64Array.from(marginals.flatMap((marginal) => [...marginal].map((mass) => mass / count)));
  const states = joint.length / count;
  let [accuracy, confidence] = [0, 0];
  for (let s = 0; s < states; s += 1) {
    const masses = marginals.map((_, z) => joint[z * states + s] as number);
    const total = masses.reduce((sum, mass) => sum + mass, 0);
    if (total === 0) continue;
    accuracy += Math.max(...masses);
    confidence += masses.reduce((sum, mass) => sum + (mass * mass) / total, 0);
  }
  return {
    accuracy,
    confidence,
    information: mutualInformation(joint, count),
    bound: variationalInformation(joint, count, discriminator),
  };
}

function noisy(marginal: Float64Array, noise: number, rng: Rng): Float64Array {
  const moved = marginal.map((mass) => mass * Math.max(0, 1 + noise * rng.gaussian()));
  const total = moved.reduce((sum, mass) => sum + mass, 0);
  return moved.map((mass) => mass / total);
}

/** A discovery under way: each step is one round. */
export interface SkillDiscovery {
  /** One round: best responses, then the discriminator. */
  step(): SkillRound;
  /** What has been found so far. */
  result(): DiscoveredSkills;
}

/**
 * {@link discoverSkills} round by round.
 *
 * @param earlier - a result of the same model and options, to go on from.
 * @throws `INVALID_OPTION`.
 */
export function skillDiscovery(
  model: TabularModel,
  options: Omit<DiscoverSkillsOptions, 'rounds'>,
  rng: Rng,
  earlier?: DiscoveredSkills,
): SkillDiscovery {
  const settings = { temperature: 0.1, noise: 0.02, ...options };
  const owner = 'discoverSkills';
  const count = requireInteger(owner, settings, 'skills');
  const horizon = requireInteger(owner, settings, 'horizon');
  const temperature = requirePositive(owner, settings, 'temperature');
  const noise = requireNonNegative(owner, settings, 'noise');
  const successors = successorsOf(model);
  const marginalOf = (policy: Float64Array) => stateMarginal(model, policy, horizon, successors);
  const start = uniformPolicy(model, horizon);
  let policies = earlier?.policies ?? Array.from({ length: count }, () => start);
  let marginals =
    earlier?.marginals ?? policies.map((policy, z) => noisy(marginalOf(policy), noise, rng.split(z)));
  let posterior = posteriorOf(marginals);
  const rounds = [...(earlier?.rounds ?? [measure(marginals, posterior)])];
  return {
    step() {
      policies = policies.map((_, z) => {
        const row = posterior.subarray(z * model.states, (z + 1) * model.states);
        const reward = Float64Array.from(row, (q) => Math.log(q) + Math.log(count));
        return bestResponse(model, { reward, horizon, temperature, successors }).policy;
      });
      marginals = policies.map(marginalOf);
      rounds.push(measure(marginals, posterior));
      posterior = posteriorOf(marginals);
      return rounds.at(-1) as SkillRound;
    },
    result: () => ({ policies, marginals, rounds }),
  };
}

/**
 * Skills without a reward, exactly: each round gives every skill z its soft best response to
 * r(s, z) = log q(z|s) − log p(z), and refits the discriminator by Bayes' rule,
 * q(z|s) = ρ_z(s) / Σ_z′ ρ_z′(s). Cooperative: both maximise I(S; Z) + α H(A|S, Z).
 *
 * @throws `INVALID_OPTION`.
 * @see Eysenbach, Gupta, Ibarz, Levine. Diversity is All You Need. ICLR 2019. arXiv:1802.06070.
 */
export function discoverSkills(
  model: TabularModel,
  options: DiscoverSkillsOptions,
  rng: Rng,
): DiscoveredSkills {
  const count = requireInteger('discoverSkills', options, 'rounds');
  const discovery = skillDiscovery(model, options, rng);
  for (let round = 0; round < count; round += 1) discovery.step();
  return discovery.result();
}
