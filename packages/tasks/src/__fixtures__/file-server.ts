import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on this machine that can break off, and remembers what it was asked. */
export interface FileServer {
  readonly address: string;
  readonly requests: { readonly url: string; readonly range: string | undefined }[];
  /** The next answers stop after so many bytes each, one number an answer, and hang until `breakOff`. */
  readonly breaks: number[];
  /** Cuts the connection of an answer that hangs. */
  breakOff(): void;
  close(): Promise<void>;
}

/** Serves files by name, with or without ranges. */
export async function serveFiles(
  files: Readonly<Record<string, Uint8Array>>,
  ranges = true,
): Promise<FileServer> {
  const requests: { url: string; range: string | undefined }[] = [];
  const breaks: number[] = [];
  let hanging: ServerResponse | undefined;
  const server: Server = createServer((request, response) => {
    const url = request.url ?? '';
    requests.push({ url, range: request.headers.range });
    const file = files[url.slice(1)];
    const start = ranges ? startOf(request.headers) : 0;
    if (file === undefined || (start > 0 && start >= file.length)) {
      response.writeHead(file === undefined ? 404 : 416).end();
      return;
    }
    const body = file.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': body.length });
    const limit = breaks.shift();
    if (limit === undefined) response.end(body);
    else {
      hanging = response;
      response.write(body.subarray(0, limit));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    breaks,
    breakOff: () => hanging?.destroy(),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function startOf({ range }: IncomingHttpHeaders): number {
  return Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
}
