import { cpus, release, totalmem, type } from 'node:os';
import type { Registry } from '@tasklearn/core';
import { VERSION as coreVersion } from '@tasklearn/core';
import { inspectEngines, VERSION as runtimeVersion } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { formatBytes } from '../report/format.js';
import type { RunEnvironment } from '../report/report-data.js';
import { VERSION } from '../version.js';

/**
 * Says where and how a run is made.
 *
 * @param command - as typed.
 * @param executor - how learners are run.
 */
export async function describeEnvironment(
  command: string,
  executor: string,
  registry: Registry,
): Promise<RunEnvironment> {
  const processors = cpus();
  const engines = (await inspectEngines()).flatMap((engine) =>
    engine.status === 'ready' ? [[engine.name, engine.version ?? 'unknown'] as const] : [],
  );
  return {
    started: new Date().toISOString(),
    command,
    executor,
    versions: {
      node: process.versions.node,
      '@tasklearn/core': coreVersion,
      '@tasklearn/runtime': runtimeVersion,
      '@tasklearn/evaluation': VERSION,
      ...Object.fromEntries(registry.plugins.map(({ name, version }) => [name, version])),
      '@tensorflow/tfjs': tf.version.tfjs ?? '',
      ...Object.fromEntries(engines),
    },
    machine: {
      processor: `${processors[0]?.model ?? 'unknown'}, ${processors.length} threads`,
      memory: formatBytes(totalmem()),
      system: `${type()} ${release()}`,
    },
  };
}
