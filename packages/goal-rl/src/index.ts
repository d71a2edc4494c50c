export {
  type ChannelCapacity,
  type ChannelCapacityOptions,
  channelCapacity,
} from './information/channel-capacity.js';
export { entropy } from './information/entropy.js';
export { klDivergence } from './information/kl-divergence.js';
export { mutualInformation, variationalInformation } from './information/mutual-information.js';
export { type BestResponse, type BestResponseOptions, bestResponse } from './tabular/best-response.js';
export {
  type DiscoveredSkills,
  type DiscoverSkillsOptions,
  discoverSkills,
  type SkillRound,
} from './tabular/discover-skills.js';
export {
  type MatchingIteration,
  type MatchStateMarginalOptions,
  matchStateMarginal,
  type StateMarginalMatch,
} from './tabular/match-state-marginal.js';
export { stateMarginal, uniformPolicy } from './tabular/state-marginal.js';
export { type Successors, successorsOf } from './tabular/successors.js';
export { VERSION } from './version.js';
