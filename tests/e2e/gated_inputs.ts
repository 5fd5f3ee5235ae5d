/** Inputs behind URLs, which can be held back: for what has to happen while a job goes on. */

/** Inputs behind URLs. */
export interface GatedInputs extends AsyncDisposable {
  readonly urls: readonly string[];
  /** From now on, nobody gets anything. */
  close(): void;
  /** Whoever waits gets what was asked for, and so does everybody from now on. */
  open(): void;
}

/** Serves texts at an address of this machine, as `0.txt`, `1.txt`, … */
export function gatedInputs(hostname: string, texts: readonly string[]): GatedInputs {
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const bodies = texts.map((text) => new TextEncoder().encode(text));
  const server = Deno.serve({ hostname, port: 0, onListen() {} }, async (request) => {
    const number = Number(/\/(\d+)\.txt$/.exec(request.url)?.[1]);
    const body = bodies[number];
    if (body === undefined) return new Response(null, { status: 404 });
    await gate.promise;
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "") ?? [];
    const headers = { etag: `"${number}"`, "content-type": "text/plain" };
    if (from === undefined) return new Response(body, { headers });
    const end = Math.min(body.length, to ? Number(to) + 1 : body.length);
    return new Response(body.slice(Number(from), end), {
      status: 206,
      headers: { ...headers, "content-range": `bytes ${from}-${end - 1}/${body.length}` },
    });
  });
  return {
    urls: bodies.map((_, at) => `http://${hostname}:${server.addr.port}/${at}.txt`),
    close: () => void (gate = Promise.withResolvers()),
    open: () => gate.resolve(),
    async [Symbol.asyncDispose]() {
      gate.resolve();
      await server.shutdown();
    },
  };
}
