/** A thousand clients that come and go, polite and otherwise, and one that only wants to measure. */
import assert from "node:assert/strict";
import { runIdFrom, writeMessageId } from "../../lib/timer/message_id.ts";
import { NO_GAP, timerService, UUID_BYTES } from "../../lib/timer/protocol.ts";
import { clientHandshake } from "../../lib/transport/client_handshake.ts";
import { dial } from "../../lib/transport/dial.ts";
import { encodeFrame } from "../../lib/transport/frame.ts";
import { FrameDecoder } from "../../lib/transport/frame_decoder.ts";
import { HandshakeLine } from "../../lib/transport/handshake_line.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import type { Address, ByteStream } from "../../lib/transport/network.ts";
import { tcpNetwork } from "../../lib/transport/tcp_network.ts";
import { writeAll } from "../../lib/transport/write_all.ts";
import { joined, rssBytes, startServer, TramProcess, wait } from "./processes.ts";

const MAX_CLIENTS = 1000;

/** Clients that come and go, and how many of them are on their way at a time. */
const VISITS = 1000;
const AT_A_TIME = 100;

/** Clients that ask without end and never read. */
const FLOODS = 5;

/** Clients that log in and never read nor write again, not even when the server leaves. */
const FROZEN = 3;

/** Resident memory that a server with a thousand clients may have. */
const MAX_RSS_BYTES = 400e6;

/** A second for LEAVING, five for goodbyes that nobody confirms, and a busy machine. */
const GRACE_MS = 10_000;

const RUN = runIdFrom(new Uint8Array(8));
const REQUEST_FRAME = encodeFrame(timerService.kinds.request.code, new Uint8Array(UUID_BYTES));

/** A client that notes when it asked, when it was answered, and what gap the server told. */
async function politeClient(server: Address) {
  const askedMs: number[] = [];
  const answeredMs: number[] = [];
  const gapsMs: number[] = [];
  let onAnswer = () => {};
  const connection = await dial(
    timerService,
    { ...server, clientId: "polite", timeoutMs: 20_000 },
    () => ({
      reply(view) {
        answeredMs.push(performance.now());
        gapsMs.push(view.getSafeInt64(UUID_BYTES) / 1e6);
        onAnswer();
      },
      stopped() {}, // a busy machine
      leaving() {}, // stays until the server says goodbye
    }),
  );
  return {
    connection,
    async ask(): Promise<void> {
      const request = connection.reserve(timerService.kinds.request, UUID_BYTES);
      assert(request !== undefined);
      writeMessageId(request, RUN, askedMs.length);
      const answered = new Promise<void>((resolve) => onAnswer = resolve);
      askedMs.push(performance.now());
      request.commit();
      connection.flush();
      const end = await Promise.race([answered, connection.closed]);
      assert.equal(end, undefined, "the server answers");
    },
    /** A request is handled between asking and answer, so its gap is known within these. */
    checkGaps(): void {
      const slackMs = 1;
      const at = (times: readonly number[], i: number) => times[i] ?? NaN;
      assert.equal(at(gapsMs, 0), NO_GAP / 1e6, "nobody came before the first");
      for (let i = 1; i < askedMs.length; i++) {
        const leastMs = at(askedMs, i) - at(answeredMs, i - 1) - slackMs;
        const mostMs = at(answeredMs, i) - at(askedMs, i - 1) + slackMs;
        const gapMs = at(gapsMs, i);
        assert(gapMs >= leastMs && gapMs <= mostMs, `${leastMs} <= ${gapMs} <= ${mostMs}`);
      }
    },
  };
}

/** A client that has logged in, as the bare stream below it. */
async function bareClient(server: Address): Promise<ByteStream> {
  const stream = await tcpNetwork.connect(server, AbortSignal.timeout(20_000));
  const budget = new MemoryBudget(1_000_000);
  const decoder = new FrameDecoder({ maxFrameBytes: 4096, budget });
  const nonce = crypto.getRandomValues(new Uint8Array(32));
  await clientHandshake(new HandshakeLine(stream, decoder), "timer", { clientId: "bare" }, nonce);
  decoder.release();
  return stream;
}

/** Reads until the other side ends the stream, in whichever way. */
async function drain(stream: ByteStream): Promise<void> {
  const into = new Uint8Array(65_536);
  try {
    while (await stream.read(into) !== null);
  } catch {
    // A reset is an end, too.
  }
}

/** What a client does from its arrival to its end. */
type Visit = (server: Address) => Promise<void>;

const visits: Readonly<Record<string, Visit>> = {
  async asksThriceAndSaysGoodbye(server) {
    const client = await politeClient(server);
    for (let i = 0; i < 3; i++) {
      await client.ask();
      await wait(20);
    }
    const { confirmed } = await client.connection.close();
    assert(confirmed, "the goodbye was confirmed");
    client.checkGaps();
  },
  async vanishes(server) {
    const stream = await bareClient(server);
    await writeAll(stream, REQUEST_FRAME);
    stream.close();
  },
  async halfCloses(server) {
    const stream = await bareClient(server);
    await writeAll(stream, REQUEST_FRAME);
    await stream.closeWrite();
    await drain(stream);
    stream.close();
  },
  async givesUpInTheHandshake(server) {
    const stream = await tcpNetwork.connect(server, AbortSignal.timeout(20_000));
    await writeAll(stream, encodeFrame(0x01, new Uint8Array(20)).subarray(0, 9));
    stream.close();
  },
};

/**
 * Asks and asks and never reads, until the server says that it was cut. (A server on Deno 2.4 cannot
 * hang up while one of its writes waits; it only reads no more.)
 */
async function flood(server: Address, cut: Promise<unknown>): Promise<void> {
  const stream = await bareClient(server);
  const many = new Uint8Array(REQUEST_FRAME.length * 1000);
  for (let at = 0; at < many.length; at += REQUEST_FRAME.length) many.set(REQUEST_FRAME, at);
  const asking = (async () => {
    for (;;) await writeAll(stream, many);
  })().catch(() => {}); // the server has hung up, or this side below
  await cut;
  stream.close();
  await asking;
}

/** Runs `total` tasks, `atATime` of them at a time. */
async function inTurns(total: number, atATime: number, task: (i: number) => Promise<void>) {
  let next = 0;
  const worker = async () => {
    while (next < total) await task(next++);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

Deno.test({
  name: "timer serve --max-clients 1000 holds its limit, its memory and its word in a crowd",
  async fn() {
    const started = await startServer(["--max-clients", String(MAX_CLIENTS), "--json"]);
    await using server = started.process;
    const { port } = started;
    const address = { host: "127.0.0.1", port: Number(port) };
    await using honest = new TramProcess(
      ["timer", "ping", "--port", port, "--rate", "100", "--duration", "50s", "--json"],
    );
    await joined(server, 1);

    // Some connect and never say a word: the server hangs up on them by itself.
    const silent = await Promise.all(Array.from(
      { length: 50 },
      () => tcpNetwork.connect(address, AbortSignal.timeout(20_000)),
    ));
    let peakBytes = 0;
    const watching = setInterval(() => peakBytes = Math.max(peakBytes, rssBytes(server)), 100);
    try {
      const kinds = Object.values(visits);
      const cut = server.matching(new RegExp(`(?:"slow-reader"[^]*){${FLOODS}}`));
      await Promise.all(Array.from({ length: FLOODS }, () => flood(address, cut)));
      await inTurns(VISITS, AT_A_TIME, async (i) => await kinds[i % kinds.length]?.(address));

      const residents: Awaited<ReturnType<typeof politeClient>>[] = [];
      const frozen = await Promise.all(Array.from({ length: FROZEN }, () => bareClient(address)));
      silent.push(...frozen);
      const room = MAX_CLIENTS - 1 - FROZEN;
      await inTurns(room, AT_A_TIME, async () => {
        const client = await politeClient(address);
        residents.push(client);
        await client.ask();
      });
      for (let i = 0; i < 10; i++) {
        await assert.rejects(
          politeClient(address),
          (error) => error instanceof LineError && error.code === "full",
        );
      }
      await Promise.all(residents.map((client) => client.ask()));
      for (const client of residents) client.checkGaps();

      // Those who leave make room for others.
      await Promise.all(residents.splice(0, 100).map(({ connection }) => connection.close()));
      await inTurns(100, AT_A_TIME, async () => void residents.push(await politeClient(address)));

      honest.kill("SIGINT");
      const { code, stdout, stderr } = await honest.ended;
      const { sent, answered, lost, unanswered } = JSON.parse(stdout);
      assert.deepEqual([code, stderr, lost], [130, "", 0]);
      assert(answered > 0 && sent === answered + unanswered && unanswered <= 1);
      assert(peakBytes < MAX_RSS_BYTES, `${peakBytes} bytes`);
      assert(peakBytes > 0 || Deno.build.os !== "linux");

      server.kill("SIGTERM");
      const fromMs = performance.now();
      const ended = await server.ended;
      assert(performance.now() - fromMs < GRACE_MS);
      assert.equal(ended.code, 0, ended.stderr);
      checkOccupancy(ended.stdout);
      for (const { connection } of residents) {
        const { by, code } = await connection.closed;
        assert.deepEqual([by, code], ["peer", "shutting-down"]);
      }
    } finally {
      clearInterval(watching);
      for (const stream of silent) stream.close();
    }
  },
});

/** Never more than the limit were in, whoever came in went out, who does not read was cut. */
function checkOccupancy(events: string): void {
  let here = 0;
  let most = 0;
  let slow = 0;
  for (const line of events.trimEnd().split("\n")) {
    const { type, code } = JSON.parse(line);
    if (type === "joined") most = Math.max(most, ++here);
    if (type === "left") here--;
    if (code === "slow-reader") slow++;
  }
  assert.equal(most, MAX_CLIENTS);
  assert.equal(here, 0);
  assert.equal(slow, FLOODS);
}
