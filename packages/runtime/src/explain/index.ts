export {
  type ExplainedGraph,
  type Explanation,
  explainGraph,
  type OperatorCount,
  type PassSummary,
} from './explain-graph.js';
export { parseProfile } from './parse-profile.js';
export type { NodeTime, OperatorTime, Profile } from './profile.js';
