import assert from "node:assert/strict";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { checkRedirect } from "../../../lib/mapreduce/input/check_redirect.ts";
import { openHttp } from "../../../lib/mapreduce/input/http_source.ts";
import { openInput } from "../../../lib/mapreduce/input/open_input.ts";
import { resolveInputs } from "../../../lib/mapreduce/input/resolve_inputs.ts";
import { FakeInputFiles } from "./fake_input_files.ts";

const URL_X = "http://host.example/x.txt";

/** A server with one thing. */
class FakeServer {
  bytes = Uint8Array.from({ length: 10_000 }, (_, i) => i * 7);
  etag: string | undefined = '"one"';
  lastModified: string | undefined;
  hasRanges = true;
  /** Bytes after which a body breaks. */
  breakAfter = Infinity;
  /** What it says instead. */
  says: ((request: Headers) => Response) | undefined;
  /** Headers of requests. */
  readonly requests: Headers[] = [];
  /** Bodies that were begun and not ended. */
  openBodies = 0;

  answer(init: RequestInit): Response {
    const request = new Headers(init.headers);
    this.requests.push(request);
    if (this.says !== undefined) return this.says(request);
    const from = Number(/^bytes=(\d+)-$/.exec(request.get("range") ?? "")?.[1] ?? 0);
    const ifRange = request.get("if-range");
    const isSame = ifRange === null || ifRange === this.etag || ifRange === this.lastModified;
    const headers = new Headers();
    if (this.etag !== undefined) headers.set("etag", this.etag);
    if (this.lastModified !== undefined) headers.set("last-modified", this.lastModified);
    const size = this.bytes.length;
    if (!this.hasRanges || !isSame) {
      headers.set("content-length", `${size}`);
      return new Response(this.#body(0), { headers });
    }
    if (from >= size) {
      headers.set("content-range", `bytes */${size}`);
      return new Response(null, { status: 416, headers });
    }
    headers.set("content-range", `bytes ${from}-${size - 1}/${size}`);
    headers.set("content-length", `${size - from}`);
    return new Response(this.#body(from), { status: 206, headers });
  }

  #body(from: number): ReadableStream<Uint8Array<ArrayBuffer>> {
    let at = from;
    this.openBodies++;
    return new ReadableStream({
      pull: (controller) => {
        if (at >= this.bytes.length) {
          this.openBodies--;
          return controller.close();
        }
        if (at - from >= this.breakAfter) {
          this.openBodies--;
          return controller.error(new TypeError("connection reset"));
        }
        controller.enqueue(this.bytes.slice(at, at += 700));
      },
      cancel: () => void this.openBodies--,
    });
  }
}

function world() {
  const files = new FakeInputFiles();
  const server = new FakeServer();
  files.servers.set(URL_X, (init) => server.answer(init));
  return { files, server };
}

Deno.test("openHttp() reads on over one request, with identity encoding", async () => {
  const { server, files } = world();
  {
    await using source = await openHttp(URL_X, files);
    assert.equal(source.size, 10_000);
    assert.deepEqual(source.identity, { kind: "http", etag: '"one"' });
    for (let at = 0; at < 10_000; at += 900) {
      assert.deepEqual(await source.read(at, 900), server.bytes.subarray(at, at + 900));
    }
    assert.deepEqual(await source.read(10_000, 5), new Uint8Array(0));
  }
  assert.equal(server.requests.length, 2);
  assert.ok(server.requests.every((headers) => headers.get("accept-encoding") === "identity"));
  assert.equal(server.requests[1]?.get("if-range"), '"one"');
  assert.equal(server.openBodies, 0);
});

for (const hasRanges of [true, false]) {
  Deno.test(`openHttp() reads anywhere, ${hasRanges ? "by" : "without"} ranges`, async () => {
    const { server, files } = world();
    server.hasRanges = hasRanges;
    {
      await using source = await openHttp(URL_X, files);
      for (const [at, length] of [[5_000, 10], [5_010, 990], [0, 3], [9_999, 9], [6_300, 700]]) {
        const wanted = server.bytes.subarray(at, (at as number) + (length as number));
        assert.deepEqual(await source.read(at as number, length as number), wanted);
      }
    }
    assert.equal(server.openBodies, 0);
  });
}

Deno.test("openHttp() resumes where a connection breaks", async () => {
  const { server, files } = world();
  await using source = await openHttp(URL_X, files);
  server.breakAfter = 2_000;
  assert.deepEqual(await source.read(0, 10_000), server.bytes);
  assert.deepEqual(
    server.requests.slice(1).map((headers) => headers.get("range")),
    ["bytes=0-", "bytes=2100-", "bytes=4200-", "bytes=6300-", "bytes=8400-"],
  );
});

Deno.test("openHttp() gives up when no byte comes any more", async () => {
  const { server, files } = world();
  await using source = await openHttp(URL_X, files);
  server.breakAfter = 0;
  await assert.rejects(source.read(0, 10), {
    name: "InputError",
    code: "unreadable",
    message: "cannot be fetched: connection reset",
  });
  assert.equal(server.requests.length, 5);
});

for (
  const [what, change] of [
    ["ETag", (server: FakeServer) => server.etag = '"two"'],
    ["size", (server: FakeServer) => server.bytes = new Uint8Array(10_001)],
    ["size, to less", (server: FakeServer) => server.bytes = new Uint8Array(100)],
    [
      "Last-Modified",
      (server: FakeServer) => server.lastModified = "Tue, 03 Feb 2026 00:00:00 GMT",
    ],
  ] as const
) {
  for (const hasRanges of [true, false]) {
    Deno.test(`openHttp() fails when ${what} has changed (ranges: ${hasRanges})`, async () => {
      const { server, files } = world();
      server.hasRanges = hasRanges;
      if (what === "Last-Modified") {
        server.etag = undefined;
        server.lastModified = "Mon, 02 Feb 2026 00:00:00 GMT";
      }
      await using source = await openHttp(URL_X, files);
      await source.read(0, 1_000);
      change(server);
      await assert.rejects(source.read(5_000, 10), { name: "InputError", code: "changed" });
      assert.equal(server.openBodies, 0);
    });
  }
}

for (
  const [why, response, message] of [
    ["404", () => new Response("", { status: 404 }), "the server answers with 404"],
    ["503", () => new Response("", { status: 503 }), "the server answers with 503"],
    [
      "no size",
      () => new Response("text", { headers: { etag: '"x"' } }),
      "the server does not say how large it is",
    ],
    [
      "gzip all the same",
      () =>
        new Response("text", { headers: { "content-encoding": "gzip", "content-length": "4" } }),
      "the server sends it with Content-Encoding gzip",
    ],
    [
      "a range whose length is gone, as of what was unpacked",
      () => new Response("text", { status: 206, headers: { "content-range": "bytes 0-9/10" } }),
      "the server does not say how large it is",
    ],
    [
      "another range",
      () => new Response("text", { status: 206, headers: { "content-range": "bytes 5-9/10" } }),
      "the server answers with another range",
    ],
  ] as const
) {
  Deno.test(`resolveInputs() of a URL says: ${why}`, async () => {
    const { files, server } = world();
    server.says = response;
    await assert.rejects(resolveInputs([URL_X], files), {
      message: `Cannot use the input ${URL_X}: it cannot be fetched: ${message}`,
    });
  });
}

Deno.test("openInput() of a URL fails when it is not what was resolved", async () => {
  const { files, server } = world();
  const [input] = await resolveInputs([URL_X], files);
  assert.ok(input !== undefined && input.kind === "url" && input.format === "text");
  await (await openInput(input, files))[Symbol.asyncDispose]();
  server.etag = '"two"';
  await assert.rejects(openInput(input, files), { code: "changed" });
});

Deno.test("openHttp() of something without bytes, by a server with ranges, has size 0", async () => {
  const { server, files } = world();
  server.bytes = new Uint8Array(0);
  await using source = await openHttp(URL_X, files);
  assert.equal(source.size, 0);
  assert.deepEqual(await source.read(0, 9), new Uint8Array(0));
});

Deno.test("openHttp() ends with the reason of the signal", async () => {
  const { files } = world();
  const controller = new AbortController();
  await using source = await openHttp(URL_X, files);
  files.servers.set(URL_X, (init) => {
    controller.abort(new Error("enough"));
    init.signal?.throwIfAborted();
    return new Response(null);
  });
  await assert.rejects(source.read(0, 9, controller.signal), /enough/);
});

for (
  const [why, headers, message] of [
    ["a size above 2^53", { "content-length": "9007199254740993" }, "does not say how large it is"],
    ["no number as size", { "content-length": "-5" }, "does not say how large it is"],
    [
      "a range above 2^53",
      { "content-range": `bytes 0-3/${"9".repeat(400)}`, "content-length": "4" },
      "does not say how large it is",
    ],
    [
      "a range behind its end",
      { "content-range": "bytes 0-3/3", "content-length": "4" },
      "answers with another range",
    ],
  ] as const
) {
  Deno.test(`resolveInputs() refuses a server that says ${why}`, async () => {
    const { files, server } = world();
    const status = "content-range" in headers ? 206 : 200;
    server.says = () => new Response("text", { status, headers });
    await assert.rejects(resolveInputs([URL_X], files), {
      message: `Cannot use the input ${URL_X}: it cannot be fetched: the server ${message}`,
    });
  });
}

for (const where of ["asked", "read"] as const) {
  Deno.test(`openHttp() gives up a server that says nothing when it is ${where}`, async () => {
    const clock = new FakeClock();
    const files = new FakeInputFiles();
    let isAborted = false;
    files.servers.set(URL_X, ({ signal }) => {
      signal?.addEventListener("abort", () => isAborted = true);
      if (where === "asked") return new Promise<Response>(() => {});
      return new Response(new ReadableStream(), { headers: { "content-length": "10" } });
    });
    const reading = async () => {
      await using source = await openHttp(URL_X, files, { clock });
      await source.read(0, 10);
    };
    await assert.rejects(clock.runUntil(reading()), {
      name: "InputError",
      message: "cannot be fetched: the server said nothing for 20 s",
    });
    assert.equal(isAborted, where === "asked");
    assert.equal(clock.pendingTimers, 0);
  });
}

Deno.test("checkRedirect() follows to https, and from http to http, and nowhere else", () => {
  checkRedirect("http://a/", "");
  checkRedirect("http://a/", "https://b/");
  checkRedirect("https://a/", "https://b/");
  checkRedirect("http://a/", "http://127.0.0.1/");
  for (const [from, to] of [["https://a/", "http://a/"], ["http://a/", "file:///etc/passwd"]]) {
    assert.throws(() => checkRedirect(from as string, to as string), {
      name: "InputError",
      message: /^cannot be fetched: the server leads from https?: to (http|file):, which is not/,
    });
  }
});
