import type {
  ControlAgent,
  ControlLearner,
  ControlTraining,
  ControlTrainingContext,
  Environment,
  HostTensor,
  TimeSteps,
} from '../index.js';

const COPIES = 4;
const TABLE = 5 * 2 * 2; // cells, sides, actions

/** Options of {@link tableLearner}. */
interface TableLearnerOptions {
  /** Steps of every copy in one update. */
  readonly stepsPerUpdate?: number;
  /** From this update on the metric `value` is NaN. */
  readonly breaksAt?: number;
}

/** Index of the first action's value. */
function placeOf({ observation }: TimeSteps, copy: number): number {
  const cell = observation[2 * copy] as number;
  const side = observation[2 * copy + 1] === 1 ? 1 : 0;
  return (cell * 2 + side) * 2;
}

function greedy(table: Float32Array, place: number): number {
  return (table[place + 1] as number) > (table[place] as number) ? 1 : 0;
}

/** Q-learning with a table, on {@link toyChain}: everything on the host, in a few lines. */
export function tableLearner({
  stepsPerUpdate = 8,
  breaksAt = Infinity,
}: TableLearnerOptions = {}): ControlLearner {
  return {
    kind: 'control',
    async openTraining(context, saved) {
      const environment = openEnvironment(context);
      let [table, update] = [new Float32Array(TABLE), 0];
      let steps = environment.reset();
      if (saved !== undefined) {
        const tensors = saved.tensors as Readonly<Record<'table' | 'environment', HostTensor>>;
        ({ update } = saved.metadata as { update: number });
        table = tensors.table.data.slice() as Float32Array;
        environment.restore(tensors.environment.data as Uint8Array);
        steps = environment.reset(new Uint8Array(COPIES)); // No copy begins anew: shows what they showed last.
      }
      return training(context, environment, { table, update, steps }, stepsPerUpdate, breaksAt);
    },
    async openAgent(parameters) {
      const { table } = parameters as { readonly table: HostTensor };
      return tableAgent(table.data as Float32Array);
    },
  };
}

function openEnvironment({ distribution, rng }: ControlTrainingContext): Environment {
  const tasks = Array.from({ length: COPIES }, (_, index) =>
    distribution.task('train', index, rng.split('tasks')),
  );
  return distribution.createEnvironment(tasks, 1, rng.split('environment'));
}

function training(
  { rng }: ControlTrainingContext,
  environment: Environment,
  state: { readonly table: Float32Array; update: number; steps: TimeSteps },
  stepsPerUpdate: number,
  breaksAt: number,
): ControlTraining {
  const { table } = state;
  const learn = (places: readonly number[], actions: Float32Array) => {
    const { reward, discount } = state.steps;
    places.forEach((place, copy) => {
      const next = placeOf(state.steps, copy);
      const future = 0.95 * Math.max(table[next] as number, table[next + 1] as number);
      const target = (reward[copy] as number) + (discount[copy] as number) * future;
      const at = place + (actions[copy] as number);
      table[at] = (table[at] as number) + 0.3 * (target - (table[at] as number));
    });
  };
  return {
    async update() {
      const draws = rng.split('update').split(state.update);
      for (let time = 0; time < stepsPerUpdate; time += 1) {
        environment.reset(state.steps.stepType.map((type) => (type === 2 ? 1 : 0)));
        const places = Array.from({ length: COPIES }, (_, copy) => placeOf(state.steps, copy));
        const actions = Float32Array.from(places, (place) =>
          draws.next() < 0.3 ? draws.integer(2) : greedy(table, place),
        );
        state.steps = environment.step(actions);
        learn(places, actions);
      }
      state.update += 1;
      const value = state.update >= breaksAt ? Number.NaN : Math.max(...table);
      return { metrics: { value } };
    },
    parameters: () => ({ table: { dtype: 'float32', shape: [TABLE], data: table } }),
    save() {
      const bytes = environment.snapshot();
      return {
        tensors: {
          table: { dtype: 'float32', shape: [TABLE], data: table.slice() },
          environment: { dtype: 'bool', shape: [bytes.length], data: bytes },
        },
        metadata: { update: state.update },
      };
    },
    dispose: () => environment.dispose(),
  };
}

function tableAgent(table: Float32Array): ControlAgent<{ readonly trials: number }> {
  return {
    beginTrials: (trials) => ({ trials }),
    act: async (state, steps) => ({
      actions: Float32Array.from({ length: state.trials }, (_, copy) => greedy(table, placeOf(steps, copy))),
      state,
    }),
    observe: (state) => state,
    endEpisode: (state) => state,
    adapt: async (state) => state,
    dispose: () => undefined,
  };
}
