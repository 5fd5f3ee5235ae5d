/** Every stream of `tests/vectors/errors.json`, fed to the side that must refuse it. */
import assert from "node:assert/strict";
import { clientHandshake } from "../../lib/transport/client_handshake.ts";
import type { CloseReport } from "../../lib/transport/close_report.ts";
import { Connection } from "../../lib/transport/connection.ts";
import { HANDSHAKE_MAX_FRAME_BYTES, Kind } from "../../lib/transport/frame.ts";
import type { FrameView } from "../../lib/transport/frame_view.ts";
import { HandshakeLine } from "../../lib/transport/handshake_line.ts";
import { decodeError } from "../../lib/transport/handshake_messages.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { serverHandshake, type SessionGate } from "../../lib/transport/server_handshake.ts";
import { defineService, type Kinds, raw, type Service } from "../../lib/transport/service.ts";
import { timerService } from "../../lib/timer/protocol.ts";
import { cut, decode } from "./feed.ts";
import { ScriptedStream } from "./scripted_stream.ts";
import {
  decodeHex,
  HANDSHAKES,
  named,
  newDecoder,
  REFUSED,
  type RefusedVector,
  streamBytes,
  TOLERATED,
} from "./vectors.ts";

const NOBODY: SessionGate = {
  find: () => Promise.resolve(undefined),
  open: () => Promise.resolve(),
};

function tokenOf({ token }: RefusedVector) {
  return token === undefined ? undefined : { name: "", secret: decodeHex(token) };
}

function scripted(bytes: Uint8Array, readBytes: number): ScriptedStream {
  return new ScriptedStream([...cut(bytes, [readBytes])].map((part) => ({ bytes: part })));
}

/** Code that the run of a handshake is refused with by this side. */
async function refusal(handshake: Promise<unknown>): Promise<string> {
  const error = await handshake.then(() => undefined, (cause: unknown) => cause);
  assert.ok(error instanceof LineError, `refused with ${error}`);
  assert.equal(error.origin, "here");
  return error.code;
}

function serverRefusal(vector: RefusedVector, stream: ScriptedStream): Promise<string> {
  const token = tokenOf(vector);
  return refusal(serverHandshake(
    new HandshakeLine(stream, newDecoder(HANDSHAKE_MAX_FRAME_BYTES)),
    {
      service: timerService,
      tokens: token && [token],
      sessions: vector.keepsSessions ? NOBODY : undefined,
    },
    (count) => new Uint8Array(count).fill(0x80),
  ));
}

function clientRefusal(vector: RefusedVector, stream: ScriptedStream): Promise<string> {
  const session = vector.session &&
    { id: vector.session.id, cookie: decodeHex(vector.session.cookie) };
  return refusal(clientHandshake(
    new HandshakeLine(stream, newDecoder(HANDSHAKE_MAX_FRAME_BYTES)),
    timerService.name,
    { clientId: "ada", token: tokenOf(vector), session },
    new Uint8Array(32).fill(0xc0),
  ));
}

/** One end of a connection that reads `stream`. */
async function serve<K extends Kinds>(
  service: Service<K>,
  stream: ScriptedStream,
  handlers: Record<string, (view: FrameView) => void>,
): Promise<CloseReport> {
  const budget = new MemoryBudget(1024 * 1024);
  const { heartbeatMs, maxFrameBytes, bulkCreditBytes } = service;
  const connection = new Connection({
    stream,
    decoder: newDecoder(HANDSHAKE_MAX_FRAME_BYTES),
    service,
    terms: {
      clientId: "ada",
      tokenName: "",
      session: "00".repeat(16),
      resumed: false,
      highestSequence: 0n,
      heartbeatMs,
      maxFrameBytes,
      bulkCreditBytes,
    },
    clock: stream.clock,
    budget,
  });
  connection.start(handlers as Parameters<typeof connection.start>[0]);
  const report = await connection.closed;
  assert.equal(budget.usedBytes, 0);
  return report;
}

/** What the two ends of `timer` handle. */
const SERVER = { request() {} };
const CLIENT = { reply() {}, stopped: takeStopped, leaving() {} };

function takeStopped(view: FrameView): void {
  view.getSafeInt64(0);
}

/** Code in the ERROR that an open connection writes last. */
async function openRefusal(vector: RefusedVector, stream: ScriptedStream): Promise<string> {
  const { bulkCreditBytes } = vector;
  const report = bulkCreditBytes === undefined
    ? await serve(timerService, stream, vector.at === "open" ? SERVER : CLIENT)
    : await serve(
      defineService({
        name: "stream",
        kinds: { part: raw(0x30, { lane: "bulk", credit: "service" }) },
        bulkCreditBytes,
      }),
      stream,
      { part() {} },
    );
  assert.equal(report.by, "here");
  let told: LineError | undefined;
  const { frames } = decode(newDecoder(), [stream.written], {
    onFrame(view) {
      if (view.kind === Kind.Error) told = decodeError(view);
    },
  });
  assert.equal(frames.at(-1)?.kind, Kind.Error, "ERROR comes last");
  assert.equal(told?.code, report.code);
  return report.code;
}

interface Side {
  readonly symbol: string;
  refuse(vector: RefusedVector, stream: ScriptedStream): Promise<string>;
}

const SIDES: Readonly<Record<string, Side>> = {
  "server handshake": { symbol: "serverHandshake()", refuse: serverRefusal },
  "client handshake": { symbol: "clientHandshake()", refuse: clientRefusal },
  "open": { symbol: "Connection", refuse: openRefusal },
  "open client": { symbol: "Connection of a client", refuse: openRefusal },
};

for (const vector of REFUSED) {
  const { name, at, code } = vector;
  const side = SIDES[at];
  Deno.test(`${side?.symbol} answers ${name.slice(at.length + 2)} with ${code}`, async () => {
    const bytes = streamBytes(vector.stream);
    for (const readBytes of [Math.max(1, bytes.length), bytes.length > 10_000 ? 1000 : 1]) {
      assert.equal(await side?.refuse(vector, scripted(bytes, readBytes)), code);
    }
  });
}

for (const { name, stream } of TOLERATED) {
  Deno.test(`Connection takes ${name}`, async () => {
    const bytes = streamBytes(stream);
    const script = scripted(bytes, bytes.length);
    const report = await serve(timerService, script, SERVER);
    assert.notEqual(report.by, "here", report.message);
    const { frames } = decode(newDecoder(), [script.written]);
    assert.deepEqual(frames.filter(({ kind }) => kind === Kind.Error), []);
  });
}

Deno.test("timerService has the terms of vector with-token", () => {
  const { server: { heartbeatMs, maxFrameBytes, bulkCreditBytes } } = named(
    HANDSHAKES,
    "with-token",
  );
  assert.deepEqual(
    { heartbeatMs, maxFrameBytes, bulkCreditBytes },
    {
      heartbeatMs: timerService.heartbeatMs,
      maxFrameBytes: timerService.maxFrameBytes,
      bulkCreditBytes: timerService.bulkCreditBytes,
    },
  );
});
