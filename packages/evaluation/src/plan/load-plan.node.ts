import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TasklearnError } from '@tasklearn/core';
import { createJiti } from 'jiti';

/** A plan file that was read, not checked yet. */
export interface PlanFile {
  /** Absolute. */
  readonly path: string;
  /** File name without `.plan` and extension. */
  readonly name: string;
  readonly value: unknown;
}

const readers: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  '.json': async (path) => JSON.parse(await readFile(path, 'utf8')) as unknown,
  '.js': importModule,
  '.mjs': importModule,
  '.ts': importTypeScript,
  '.mts': importTypeScript,
};

async function importModule(path: string): Promise<unknown> {
  return planOf(await import(pathToFileURL(path).href));
}

/** Node 20 cannot import TypeScript, so jiti transforms the file; packages that it imports are imported as usual. */
async function importTypeScript(path: string): Promise<unknown> {
  const jiti = createJiti(pathToFileURL(path).href, { interopDefault: false });
  return planOf(await jiti.import(path));
}

function planOf(module: unknown): unknown {
  const { plan, default: fallback } = module as { readonly plan?: unknown; readonly default?: unknown };
  return plan ?? fallback;
}

/**
 * Reads a plan file: `.json`, or a module (`.js`, `.mjs`, `.ts`, `.mts`) that exports `plan`, or the plan as its
 * default export.
 *
 * @param file - path, relative to `folder`.
 * @param folder - the working directory where absent.
 * @throws `INVALID_PLAN` where the file is missing, has another extension, cannot be parsed or exports no plan.
 */
export async function loadPlan(file: string, folder = process.cwd()): Promise<PlanFile> {
  const path = resolve(folder, file);
  const extension = extname(path);
  const read = readers[extension];
  if (read === undefined) {
    throw invalid(
      path,
      `a plan file ends in ${Object.keys(readers).join(', ')}, got '${extension || 'no extension'}'.`,
    );
  }
  let value: unknown;
  try {
    value = await read(path);
  } catch (cause) {
    throw invalid(
      path,
      `the file could not be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  }
  if (value === undefined)
    throw invalid(path, 'the module exports no plan; write `export const plan = { ... }`.');
  return { path, name: basename(path, extension).replace(/\.plan$/, ''), value };
}

function invalid(path: string, rule: string, cause?: unknown): TasklearnError {
  return new TasklearnError('INVALID_PLAN', `loadPlan: ${path}: ${rule}`, { path: '', file: path, cause });
}
