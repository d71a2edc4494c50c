import type { HostTensor } from '@tasklearn/core';

/** One number per task, 1 where it is the task's own: [T, T]. */
export function oneHotDescriptors(tasks: number): HostTensor {
  const data = new Float32Array(tasks * tasks);
  for (let task = 0; task < tasks; task += 1) data[task * (tasks + 1)] = 1;
  return { dtype: 'float32', shape: [tasks, tasks], data };
}
