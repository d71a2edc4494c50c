import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const page = join(import.meta.dirname, '..', '..', 'examples', 'in-a-browser', 'dist', 'page');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** The first browser of the Chromium family on this machine. */
function findChromium(): string | undefined {
  const names = [process.env.CHROMIUM ?? 'chromium', 'chromium-browser', 'google-chrome'];
  return names.find((name) => {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

interface Served {
  readonly server: Server;
  readonly address: string;
  /** What the page posted to `/report`. */
  readonly report: Promise<string>;
}

/** Serves the built page, isolated as the engine's threads demand, and takes its report. */
async function serve(): Promise<Served> {
  let told: (body: string) => void = () => {};
  const report = new Promise<string>((resolve) => {
    told = resolve;
  });
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/report') {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      told(body);
      response.end();
      return;
    }
    const file = join(page, normalize(path === '/' ? 'index.html' : path));
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    response.end(await readFile(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, report };
}

/** What the page comes to in a headless browser with a profile of its own. */
async function open(chromium: string, query: string, milliseconds: number): Promise<string> {
  const { server, address, report } = await serve();
  const profile = await mkdtemp(join(tmpdir(), 'tasklearn-chromium-'));
  let child: ChildProcess | undefined;
  try {
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      `--user-data-dir=${profile}`,
    ];
    child = spawn(chromium, [...flags, `${address}/?${query}&report=/report`], { stdio: 'ignore' });
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`no report within ${milliseconds} ms`)), milliseconds).unref();
    });
    return await Promise.race([report, late]);
  } finally {
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child?.kill('SIGKILL');
    await ended;
    server.close();
    server.closeAllConnections();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

const chromium = findChromium();
if (chromium === undefined)
  process.stdout.write(
    'skipped: no Chromium. Install it (Debian: apt-get install chromium) or name it in CHROMIUM.\n',
  );

describe.skipIf(chromium === undefined)('a page bundled by Vite, in headless Chromium', () => {
  it('meta-trains a compiled prototypical network', { timeout: 240_000 }, async () => {
    const body = await open(chromium as string, 'updates=40&episodes=40&seed=1', 200_000);
    const result = JSON.parse(body) as Readonly<Record<string, unknown>>;
    expect(result.error).toBeUndefined();
    expect(result.executor).toBe('compiled (onnxruntime-web, cpu)');
    expect(result.fallbacks).toEqual([]);
    expect(result.trained).toBeGreaterThan((result.untrained as number) + 0.03);
  });
});
