import {
  type JointLearner,
  type PartialOptions,
  requireInRange,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
} from '@tasklearn/core';
import { attentionNetwork } from './architectures/attention.js';
import { crossStitch } from './architectures/cross-stitch.js';
import { type Conditioning, denseNetwork } from './architectures/dense-network.js';
import { groupOfTasks, requireGroups } from './architectures/grouped-network.js';
import { mixtureOfExperts } from './architectures/mixture-of-experts.js';
import { requireOneKind } from './create-grouped.js';
import type { MultiTaskParameters } from './engine/architecture.js';
import {
  learnerOf,
  type MultiTaskOptions,
  multiTaskDefaults,
  resolveMultiTaskOptions,
} from './multi-task-options.js';
import { begunAsOne, type SharingPenalty, sharingPenalty } from './sharing-penalty.js';

const conditionings: readonly Conditioning[] = ['none', 'concat', 'add', 'multiply', 'film'];
const plain = { conditioning: 'none', conditionedLayers: null } as const;

/**
 * One network per task, nothing shared: what negative transfer is measured against.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createIndependent(options: PartialOptions<MultiTaskOptions> = {}): JointLearner {
  const all = resolveMultiTaskOptions('independent', multiTaskDefaults, options);
  const { network } = all;
  return learnerOf(
    'independent',
    denseNetwork('independent', { network, sharedLayers: 0, heads: 'perTask', ...plain }),
    all,
  );
}

/**
 * One network for all tasks that is not told which it is at: legal only where tasks share their labels.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createPooled(options: PartialOptions<MultiTaskOptions> = {}): JointLearner {
  const all = resolveMultiTaskOptions('pooled', multiTaskDefaults, options);
  const { network } = all;
  return learnerOf(
    'pooled',
    denseNetwork('pooled', { network, sharedLayers: Number.POSITIVE_INFINITY, heads: 'shared', ...plain }),
    all,
  );
}

/** Options of `shared-bottom`. */
export type SharedBottomOptions = MultiTaskOptions & {
  /** Layers that tasks share, counted from the input (the encoder of images is one of them); null for all but the heads. */
  readonly sharedLayers: number | null;
};

/** All layers shared, a head for each task. */
export const sharedBottomDefaults: SharedBottomOptions = { ...multiTaskDefaults, sharedLayers: null };

/**
 * Hard sharing: a trunk that all tasks share and a head for each.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Caruana. Multitask Learning. Machine Learning 28, 1997.
 */
export function createSharedBottom(options: PartialOptions<SharedBottomOptions> = {}): JointLearner {
  const all = resolveMultiTaskOptions('shared-bottom', sharedBottomDefaults, options);
  const { network, sharedLayers } = all;
  if (sharedLayers !== null) requireInteger('shared-bottom', { sharedLayers }, 'sharedLayers', 0);
  const shared = sharedLayers ?? Number.POSITIVE_INFINITY;
  return learnerOf(
    'shared-bottom',
    denseNetwork('shared-bottom', { network, sharedLayers: shared, heads: 'perTask', ...plain }),
    all,
  );
}

/** Options of `conditioned`. */
export type ConditionedOptions = MultiTaskOptions & {
  readonly conditioning: Exclude<Conditioning, 'none'>;
  /** Layers that are told z, counted from 1; null for all. */
  readonly conditionedLayers: readonly number[] | null;
  /** Whether tasks of a group share their head, so that a task without data can be predicted from its z alone. */
  readonly heads: 'shared' | 'perTask';
};

/** FiLM at every layer, heads shared. */
export const conditionedDefaults: ConditionedOptions = {
  ...multiTaskDefaults,
  conditioning: 'film',
  conditionedLayers: null,
  heads: 'shared',
};

/**
 * One network that is told the task's descriptor z, by concatenation, addition, multiplication or feature-wise affine maps.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Perez, Strub, de Vries, Dumoulin, Courville. FiLM. AAAI 2018. arXiv:1709.07871.
 */
export function createConditioned(options: PartialOptions<ConditionedOptions> = {}): JointLearner {
  const all = resolveMultiTaskOptions('conditioned', conditionedDefaults, options);
  requireOneOf('conditioned', all, 'conditioning', conditionings.slice(1));
  requireOneOf('conditioned', all, 'heads', ['shared', 'perTask']);
  const { network, conditioning, conditionedLayers, heads } = all;
  const sharedLayers = Number.POSITIVE_INFINITY;
  return learnerOf(
    'conditioned',
    denseNetwork('conditioned', { network, sharedLayers, heads, conditioning, conditionedLayers }),
    all,
  );
}

/** Options of `soft-sharing`. */
export type SoftSharingOptions = MultiTaskOptions & {
  readonly penalty: SharingPenalty;
  /** λ ≥ 0. */
  readonly strength: number;
  /** Only tasks of one group are pulled together, by their place among all; null for all of them. */
  readonly groups: readonly (readonly number[])[] | null;
  /** Whether heads are pulled too: for tasks with the same labels. */
  readonly pullHeads: boolean;
  /** Strength of Σ ‖θ_t‖² on what is pulled, ≥ 0. */
  readonly ridge: number;
  /**
   * Whether what is pulled together begins as one. Begun apart, a strong penalty first draws random networks to their mean, which
   * is nearly zero, and an optimiser that scales by past gradients learns slowly for long after.
   */
  readonly commonStart: boolean;
};

/** Pairwise distances of all tasks' layers but their heads, λ = 0.001, begun as one. */
export const softSharingDefaults: SoftSharingOptions = {
  ...multiTaskDefaults,
  penalty: 'pairwise',
  strength: 1e-3,
  groups: null,
  pullHeads: false,
  ridge: 0,
  commonStart: true,
};

/**
 * A network per task, pulled together by a penalty.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Duong, Cohn, Bird, Cook. Low Resource Dependency Parsing: Cross-lingual Parameter Sharing. ACL 2015.
 */
export function createSoftSharing(options: PartialOptions<SoftSharingOptions> = {}): JointLearner {
  const all = resolveMultiTaskOptions('soft-sharing', softSharingDefaults, options);
  requireOneOf('soft-sharing', all, 'penalty', ['pairwise', 'centroid']);
  requireNonNegative('soft-sharing', all, 'strength');
  requireNonNegative('soft-sharing', all, 'ridge');
  requireGroups('soft-sharing', all.groups);
  const { network, penalty, strength, groups, pullHeads: heads, ridge } = all;
  const architecture = denseNetwork('soft-sharing', { network, sharedLayers: 0, heads: 'perTask', ...plain });
  const learner = learnerOf(
    'soft-sharing',
    architecture,
    all,
    sharingPenalty(penalty, strength, { groups, heads, ridge }),
  );
  return {
    ...learner,
    init(spec, rng) {
      if (groups !== null) groupOfTasks('soft-sharing', groups, spec.tasks.length);
      if (heads) requireOneKind('soft-sharing', 'pullHeads', spec);
      const theta = learner.init(spec, rng) as MultiTaskParameters;
      return all.commonStart ? begunAsOne(theta, heads) : theta;
    },
  };
}

/** Options of `cross-stitch`. */
export type CrossStitchOptions = MultiTaskOptions & {
  /** A_tt at the start, in [0, 1]. */
  readonly own: number;
};

/** 0.9 on the diagonal, as in the paper. */
export const crossStitchDefaults: CrossStitchOptions = { ...multiTaskDefaults, own: 0.9 };

/**
 * A column of layers per task, mixed after every layer by learned stitches.
 *
 * @throws `INVALID_OPTION` for an unknown key, a value out of range, or a combination that needs the tasks' gradients.
 * @see Misra, Shrivastava, Gupta, Hebert. Cross-Stitch Networks for Multi-Task Learning. CVPR 2016. arXiv:1604.03539.
 */
export function createCrossStitch(options: PartialOptions<CrossStitchOptions> = {}): JointLearner {
  const all = resolveMultiTaskOptions('cross-stitch', crossStitchDefaults, options);
  requireInRange('cross-stitch', all, 'own', 0, 1);
  return learnerOf('cross-stitch', crossStitch(all.network, all.own), all);
}

/** Options of `mixture-of-experts`. */
export type ExpertsOptions = MultiTaskOptions & {
  /** E. */
  readonly experts: number;
  /** H, units of an expert. */
  readonly expertSize: number;
  /** A gate for each task, or one for all. */
  readonly gates: 'perTask' | 'single';
  /** p in [0, 1): how often a gate loses an expert in training. */
  readonly gateDropout: number;
  /** Factor on the gates' weights at the start, > 0: large ones begin near a choice of one expert. */
  readonly gateScale: number;
};

/** Eight experts of 16 units on the raw input, a gate per task, no dropout: the paper's synthetic experiment. */
export const expertsDefaults: ExpertsOptions = {
  ...multiTaskDefaults,
  network: { ...multiTaskDefaults.network, hidden: [] },
  experts: 8,
  expertSize: 16,
  gates: 'perTask',
  gateDropout: 0,
  gateScale: 1,
};

/**
 * Multi-gate mixture of experts.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Ma, Zhao, Yi, Chen, Hong, Chi. Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts.
 * KDD 2018.
 */
export function createMixtureOfExperts(options: PartialOptions<ExpertsOptions> = {}): JointLearner {
  const owner = 'mixture-of-experts';
  const all = resolveMultiTaskOptions(owner, expertsDefaults, options);
  requireInteger(owner, all, 'experts', 1);
  requireInteger(owner, all, 'expertSize', 1);
  requireOneOf(owner, all, 'gates', ['perTask', 'single']);
  requireInRange(owner, all, 'gateDropout', 0, 0.99);
  requirePositive(owner, all, 'gateScale');
  return learnerOf(owner, mixtureOfExperts(all), all);
}

/**
 * A shared trunk with masks for each task (MTAN).
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Liu, Johns, Davison. End-to-End Multi-Task Learning with Attention. CVPR 2019. arXiv:1803.10704.
 */
export function createAttention(options: PartialOptions<MultiTaskOptions> = {}): JointLearner {
  const all = resolveMultiTaskOptions('attention', multiTaskDefaults, options);
  return learnerOf('attention', attentionNetwork(all.network), all);
}
