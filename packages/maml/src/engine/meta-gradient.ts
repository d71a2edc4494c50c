import type { MetaGradient, MetaLearnerParts } from './meta-learner-parts.js';

type Parts = Omit<MetaLearnerParts, 'optimizer'>;

/**
 * The exact meta-gradient, by differentiating through every inner step.
 *
 * d/dθ L_Q(φᵏ) = ∇L_Q(φᵏ)ᵀ Π_j (I − α H(φʲ))
 */
export function unrolled(): MetaGradient {
  return { name: 'unrolled', refuses: refusesToDifferentiate, keeps: () => true };
}

/**
 * dφ/dθ taken for the identity: inner gradients are constants to the outer one. A learned α still gets its gradient.
 *
 * @see Finn, Abbeel, Levine. Model-Agnostic Meta-Learning. ICML 2017, section 5.2.
 */
export function firstOrder(): MetaGradient {
  return {
    name: 'firstOrder',
    refuses: (parts) => refusesConstants(parts, 'firstOrder'),
    keeps: () => false,
  };
}

/**
 * Derivatives flow through the last m inner steps only; through the earlier ones as through the identity.
 * m = k is `unrolled`, m = 0 is `firstOrder`.
 */
export function truncated(last: number): MetaGradient {
  return {
    name: `truncated(${last})`,
    refuses(parts) {
      if (!Number.isInteger(last) || last < 0)
        return `truncation keeps a whole number of steps >= 0, got ${last}`;
      return last === 0
        ? refusesConstants(parts, 'truncated(0)')
        : (refusesToDifferentiate(parts) ?? refusesDirect(parts));
    },
    keeps: (step, steps) => step >= steps - last,
  };
}

/** θ is what `init` made of it: no outer training. Learning from scratch. */
export function untrained(): MetaGradient {
  return {
    name: 'untrained',
    refuses: (parts) => refusesLearned(parts, 'untrained') ?? refusesTerms(parts, 'untrained'),
  };
}

/** Why nothing but L_Q may be in the outer loss. */
export function refusesTerms(parts: Parts, name: string): string | undefined {
  if (parts.outer.length === 0) return undefined;
  return `${name} follows no outer loss, so outer terms (${parts.outer.map((term) => term.name).join(', ')}) have no effect`;
}

/** Why nothing but the initialisation may be learned. */
export function refusesLearned(parts: Parts, name: string): string | undefined {
  if (parts.rate.learned) return `${name} gives the inner rate no gradient, so it cannot be learned`;
  if (parts.innerLoss.init) return `${name} gives the inner loss no gradient, so it cannot be learned`;
  if (parts.solver.kind !== 'iterative' && parts.solver.init) return `${name} gives the solver no gradient`;
  return undefined;
}

/** Why there must be steps. */
export function refusesDirect(parts: Parts): string | undefined {
  if (parts.solver.kind === 'iterative') return undefined;
  return `the ${parts.solver.kind} solver ${parts.solver.name} makes no gradient steps to treat one by one`;
}

function refusesToDifferentiate({ solver }: Parts): string | undefined {
  if (solver.differentiable) return undefined;
  return `the solver ${solver.name} cannot be differentiated through`;
}

function refusesConstants(parts: Parts, name: string): string | undefined {
  if (parts.innerLoss.init)
    return `${name} holds inner gradients constant, so a learned inner loss gets no gradient`;
  return refusesDirect(parts);
}
