import type { TrialProtocol } from '@tasklearn/core';

/**
 * Whether a copy's episode is one of exploration, in worlds where that makes a difference. Episodes of a copy go round the
 * trial: the environment is reset once per episode, in the order of the protocol, exploration first.
 *
 * @param episode - episodes begun before this one.
 */
export function isExploration(
  { explorationEpisodes, executionEpisodes }: TrialProtocol,
  episode: number,
): boolean {
  return episode % (explorationEpisodes + executionEpisodes) < explorationEpisodes;
}
