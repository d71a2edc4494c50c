import { defineDistribution } from '@tasklearn/core';
import { bernoulliBanditDefaults, bernoulliBandits } from './bandits/bernoulli-bandits.js';
import { contextualBanditDefaults, contextualBandits } from './bandits/contextual-bandits.js';
import { gaussianBanditDefaults, gaussianBandits } from './bandits/gaussian-bandits.js';
import { informativeBanditDefaults, informativeBandits } from './bandits/informative-bandits.js';
import { revealBandit, revealBanditDefaults } from './bandits/reveal-bandit.js';
import { bitFlip, bitFlipDefaults } from './goals/bit-flip.js';
import { gridDistributions } from './grid-distributions.js';
import { hallwayDefaults } from './hallways/hallway-options.js';
import { hallwaySign } from './hallways/hallway-sign.js';
import { chain, chainDefaults } from './tabular/chain.js';
import { corridor, corridorDefaults } from './tabular/corridor.js';
import { laneWalk, laneWalkDefaults } from './tabular/lane-walk.js';
import { tabularMdpDefaults, tabularMdps } from './tabular/tabular-mdps.js';
import { twoPassage, twoPassageDefaults } from './tabular/two-passage.js';

const duan = {
  title: 'RL²: Fast Reinforcement Learning via Slow Reinforcement Learning',
  authors: 'Duan, Schulman, Chen, Bartlett, Sutskever, Abbeel',
  year: 2016,
  url: 'https://arxiv.org/abs/1611.02779',
};
const liu = {
  title: 'Decoupling Exploration and Exploitation for Meta-Reinforcement Learning without Sacrifices',
  authors: 'Liu, Raghunathan, Liang, Finn',
  year: 2021,
  url: 'https://arxiv.org/abs/2008.02790',
};

/** Worlds of finitely many places: bandits, tabular worlds, grids, mazes, hallways, bit-flip. */
export const discreteDistributions = {
  ...gridDistributions,
  'bernoulli-bandits': defineDistribution({
    kind: 'control',
    summary: 'Bandits whose arms pay 1 with chances that differ between tasks.',
    reference: duan,
    defaults: bernoulliBanditDefaults,
    create: bernoulliBandits,
  }),
  'gaussian-bandits': defineDistribution({
    kind: 'control',
    summary: 'Bandits whose arms pay normal rewards with means that differ between tasks.',
    defaults: gaussianBanditDefaults,
    create: gaussianBandits,
  }),
  'contextual-bandits': defineDistribution({
    kind: 'control',
    summary: 'Bandits whose chances depend on a context that is shown.',
    defaults: contextualBanditDefaults,
    create: contextualBandits,
  }),
  'informative-bandits': defineDistribution({
    kind: 'control',
    summary: 'Bandits with an arm that pays least and tells which arm is the good one.',
    reference: {
      title: 'Learning to reinforcement learn',
      authors: 'Wang and others',
      year: 2016,
      url: 'https://arxiv.org/abs/1611.05763',
    },
    defaults: informativeBanditDefaults,
    create: informativeBandits,
  }),
  'reveal-bandit': defineDistribution({
    kind: 'control',
    summary: 'One step of exploration that may show the good arm, one step to take it.',
    reference: liu,
    defaults: revealBanditDefaults,
    create: revealBandit,
  }),
  'tabular-mdps': defineDistribution({
    kind: 'control',
    summary: 'Random finite decision processes, dense or with few successors.',
    reference: duan,
    defaults: tabularMdpDefaults,
    create: tabularMdps,
  }),
  chain: defineDistribution({
    kind: 'control',
    summary: 'A chain of states with a lure at the near end and a reward at the far one.',
    defaults: chainDefaults,
    create: chain,
  }),
  corridor: defineDistribution({
    kind: 'control',
    summary: 'Three cells, one of which pays: the smallest problem in which no reward is news.',
    defaults: corridorDefaults,
    create: corridor,
  }),
  'two-passage': defineDistribution({
    kind: 'control',
    summary: 'Two passages, of which the one that looks better is a dead end.',
    reference: {
      title: 'Reinforcement Learning with Deep Energy-Based Policies',
      authors: 'Haarnoja, Tang, Abbeel, Levine',
      year: 2017,
      url: 'https://arxiv.org/abs/1702.08165',
    },
    defaults: twoPassageDefaults,
    create: twoPassage,
  }),
  'lane-walk': defineDistribution({
    kind: 'control',
    summary: 'Two states, on and off the lane: what imitators pay for never having seen the expert off it.',
    reference: {
      title: 'A Reduction of Imitation Learning and Structured Prediction to No-Regret Online Learning',
      authors: 'Ross, Gordon, Bagnell',
      year: 2011,
      url: 'https://arxiv.org/abs/1011.0686',
    },
    defaults: laneWalkDefaults,
    create: laneWalk,
  }),
  'hallway-sign': defineDistribution({
    kind: 'control',
    summary:
      'Hallways, one of which ends at a reward; a sign out of the way tells which, paintings tell nothing.',
    reference: liu,
    defaults: hallwayDefaults,
    create: hallwaySign,
  }),
  'bit-flip': defineDistribution({
    kind: 'control',
    summary: 'Bits to be flipped one by one until they equal a goal; reward only there.',
    reference: {
      title: 'Hindsight Experience Replay',
      authors: 'Andrychowicz and others',
      year: 2017,
      url: 'https://arxiv.org/abs/1707.01495',
    },
    defaults: bitFlipDefaults,
    create: bitFlip,
  }),
} as const;
