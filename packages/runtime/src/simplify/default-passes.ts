import type { Pass } from '../record/graph.js';
import { biasRows } from './bias-rows.js';
import { broadcasts } from './broadcasts.js';
import { channelAffines } from './channel-affines.js';
import { commonSubexpressions } from './common-subexpressions.js';
import { conditions } from './conditions.js';
import { constantFolding } from './constant-folding.js';
import { deadCode } from './dead-code.js';
import { fusedProducts } from './fused-products.js';
import { gemm } from './gemm.js';
import { identities } from './identities.js';
import { negations } from './negations.js';
import { nestedSums } from './nested-sums.js';
import { poolIndices } from './pool-indices.js';
import { powers } from './powers.js';
import { productsOfBroadcasts } from './products-of-broadcasts.js';
import { reluGradient } from './relu-gradient.js';
import { reshapes } from './reshapes.js';
import { scalarChains } from './scalar-chains.js';
import { scalarShapes } from './scalar-shapes.js';
import { slices } from './slices.js';
import { splits } from './splits.js';
import { summedProducts } from './summed-products.js';
import { sums } from './sums.js';
import { sunkReshapes } from './sunk-reshapes.js';
import { transposes } from './transposes.js';
import { vectorProducts } from './vector-products.js';

/**
 * The passes of `compile`, in order: first what only removes, then what moves nodes to where they can be removed, then
 * what fuses. They run to a fixed point.
 */
export const defaultPasses: readonly Pass[] = [
  // Before dead code: a `MaxPool` whose indices one user drops must still be the same node as its twin's.
  commonSubexpressions,
  deadCode,
  constantFolding,
  identities,
  conditions,
  reshapes,
  slices,
  broadcasts,
  nestedSums,
  powers,
  negations,
  scalarChains,
  transposes,
  fusedProducts,
  productsOfBroadcasts,
  summedProducts,
  channelAffines,
  sunkReshapes,
  poolIndices,
  reluGradient,
  vectorProducts,
  sums,
  gemm,
  biasRows,
  scalarShapes,
  splits,
  deadCode,
];
