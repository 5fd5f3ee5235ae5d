/** `docs/protocol.md` against the code: every code, kind and limit. */
import assert from "node:assert/strict";
import {
  encodeFrame,
  HANDSHAKE_MAX_FRAME_BYTES,
  HEAD_BYTES,
  Kind,
  MAX_BULK_FRAME_BYTES,
  MAX_CREDIT_BYTES,
  MAX_FRAME_BYTES,
  MAX_HEARTBEAT_MS,
} from "../../lib/transport/frame.ts";
import { isPassingCode, LineErrorCode } from "../../lib/transport/line_error.ts";
import {
  MAX_ANNOUNCED,
  MAX_IN_FLIGHT,
  MAX_LINE_BYTES,
  MAX_PAGE,
  MAX_UNCOMMITTED as MAX_UNCOMMITTED_LINES,
} from "../../lib/chat/limits.ts";
import { CHAT_PORT } from "../../lib/chat/port.ts";
import { CHAT_BYTES, chatService } from "../../lib/chat/protocol.ts";
import { collectService, MAX_BATCH, TIME_BYTES } from "../../lib/collect/protocol.ts";
import { MAX_UNCOMMITTED } from "../../lib/collect/gather_client.ts";
import { COLLECT_PORT } from "../../lib/collect/port.ts";
import { ENGINE_LIMITS } from "../../lib/mapreduce/engine/engine_limits.ts";
import { MAX_READ_BYTES } from "../../lib/mapreduce/engine/input_desk.ts";
import { MAPREDUCE_PORT } from "../../lib/mapreduce/engine/port.ts";
import {
  ENGINE_BYTES,
  mapreduceService,
  PIECE_BYTES,
  shuffleService,
} from "../../lib/mapreduce/engine/protocol.ts";
import type { ProblemCode } from "../../lib/mapreduce/input/problem.ts";
import { BLOCK_BYTES, MAX_BLOCK_BYTES } from "../../lib/mapreduce/kernel/run_format.ts";
import { timerService } from "../../lib/timer/protocol.ts";
import { ALIVE_INTERVAL_MS } from "../../lib/timer/stop_watch.ts";
import { LEAVE_TIMEOUT_MS } from "../../lib/timer/take_leave.ts";
import { viewOfFrame } from "./samples.ts";
import { DOCUMENT, rows, sectionOf, SERVICES } from "./protocol_document.ts";

/** In an object, so that the compiler finds one that is missing. */
const PROBLEM_CODES = Object.keys(
  {
    unreadable: 0,
    changed: 0,
    empty: 0,
    "not-a-record": 0,
    "bad-header": 0,
    "bad-length": 0,
    "bad-end": 0,
    cut: 0,
    "too-large": 0,
    "gzip-cut": 0,
    "gzip-corrupt": 0,
    "gzip-trailing": 0,
    "bad-split": 0,
  } satisfies Record<ProblemCode, 0>,
);

/** The table of section 7: it has four columns, the one of GOODBYE's codes has three. */
const ERROR_ROWS = rows(/^`[a-z-]+`$/).filter(({ length, 3: again = "" }) =>
  length === 4 && /^(yes|no)$/.test(again)
);

Deno.test("LineErrorCode is what protocol.md lists", () => {
  const listed = ERROR_ROWS.map(([code = ""]) => code.replaceAll("`", ""));
  assert.deepEqual(listed, Object.values(LineErrorCode));
});

for (const [code = "", , , again] of ERROR_ROWS) {
  Deno.test(`isPassingCode() says of ${code} what protocol.md does`, () => {
    assert.equal(isPassingCode(code.replaceAll("`", "")), again === "yes");
  });
}

Deno.test("Kind is what protocol.md lists", () => {
  const listed = rows(/^0x[01][0-9a-f]$/).slice(-Object.keys(Kind).length).map(([kind, name]) => [
    Number(kind),
    name?.replaceAll("_", ""),
  ]);
  assert.deepEqual(listed, Object.entries(Kind).map(([name, kind]) => [kind, name.toUpperCase()]));
});

Deno.test("HANDSHAKE_MAX_FRAME_BYTES and MAX_FRAME_BYTES are those of protocol.md", () => {
  const limits = rows(/^N (until|after) /).map(([, limit = ""]) => limit.replaceAll(",", ""));
  assert.match(limits[0] ?? "", new RegExp(`^${HANDSHAKE_MAX_FRAME_BYTES}$`));
  assert.match(limits[1] ?? "", new RegExp(`\\b${MAX_FRAME_BYTES}\\b`));
});

Deno.test("protocol.md states the bounds of WELCOME", () => {
  const bounds = {
    heartbeatMs: [1, MAX_HEARTBEAT_MS],
    maxFrameBytes: [HANDSHAKE_MAX_FRAME_BYTES, MAX_FRAME_BYTES],
    bulkCreditBytes: [MAX_BULK_FRAME_BYTES, MAX_CREDIT_BYTES],
  };
  const stated = rows(/^`(heartbeatMs|maxFrameBytes|bulkCreditBytes)`$/);
  assert.deepEqual(
    stated.map(([name, type]) => [name, type]),
    Object.entries(bounds).map(([name, [least = 0, most = 0]]) => [
      `\`${name}\``,
      `integer, ${least.toLocaleString("en")} to ${most.toLocaleString("en")}`,
    ]),
  );
});

/** Kind and numbers of bytes of each kind, as the table of a service states them. */
function sizesOf(service: string): number[][] {
  return rows(/^0x[2-9a-f][0-9a-f]$/, sectionOf(service)).map(([kind, , , payload = ""]) => [
    Number(kind),
    ...payload.replaceAll(",", "").match(/\d+(?=.* bytes)/g)?.map(Number) ?? [],
  ]);
}

for (const service of SERVICES) {
  Deno.test(`${service.name}Service has the terms that protocol.md states`, () => {
    const { maxFrameBytes, heartbeatMs, bulkCreditBytes } = service;
    for (const [name, value] of Object.entries({ maxFrameBytes, heartbeatMs, bulkCreditBytes })) {
      const stated = new RegExp(`\`${name}\`\\s+(?:is\\s+)?${value.toLocaleString("en")}\\b`);
      assert.match(sectionOf(service.name), stated);
    }
  });
}

Deno.test("timerService has the kinds and limits that protocol.md states", () => {
  const { request, reply, stopped, leaving } = timerService.kinds;
  assert.deepEqual(sizesOf("timer"), [
    [request.code, request.minBytes, request.maxBytes],
    [reply.code, reply.minBytes],
    [stopped.code, stopped.minBytes],
    [leaving.code],
  ]);
  for (const { minBytes, maxBytes } of [reply, stopped, leaving]) assert.equal(minBytes, maxBytes);
});

Deno.test("collectService has the kinds and limits that protocol.md states", () => {
  const kinds = Object.values(collectService.kinds).map(({ code, isRaw, minBytes, maxBytes }) => [
    code,
    ...isRaw ? new Set([minBytes, maxBytes]) : [], // JSON has any size
  ]);
  assert.deepEqual(sizesOf("collect"), kinds);
  const section = sectionOf("collect");
  const { minBytes, maxBytes } = collectService.kinds.samples;
  assert.equal(maxBytes - minBytes, (MAX_BATCH - 1) * TIME_BYTES);
  assert.match(section, new RegExp(`holds 1 to ${MAX_BATCH.toLocaleString("en")} times`));
  assert.match(section, new RegExp(`more than ${MAX_UNCOMMITTED.toLocaleString("en")} samples`));
  assert.match(section, new RegExp(`port ${COLLECT_PORT}\\b`));
});

Deno.test("chatService has the kinds and limits that protocol.md states", () => {
  const kinds = Object.values(chatService.kinds).map(
    ({ code, maxBytes, minBytes, isRaw, lane }) => {
      const isWhole = isRaw && code !== chatService.kinds.line.code || maxBytes < 4096;
      return [code, ...isWhole ? new Set([minBytes, maxBytes]) : isRaw ? [minBytes] : [], lane];
    },
  );
  const stated = rows(/^0x[2-9a-f][0-9a-f]$/, sectionOf("chat")).map(([, , , payload = ""]) =>
    /bulk/.test(payload) ? "bulk" : "normal"
  );
  assert.deepEqual(sizesOf("chat").map((sizes, at) => [...sizes, stated[at]]), kinds);
  const section = sectionOf("chat");
  for (
    const claim of [
      `port ${CHAT_PORT}\\b`,
      `at most ${MAX_LINE_BYTES.toLocaleString("en")} bytes`,
      `at most ${MAX_IN_FLIGHT} lines without ACK`,
      `more than ${MAX_UNCOMMITTED_LINES} lines`,
      `than\\s+${MAX_ANNOUNCED} members do not announce`,
      `\\(1 to ${MAX_PAGE}\\)`,
    ]
  ) assert.match(section, new RegExp(claim));
  assert.equal(CHAT_BYTES.lineHead, chatService.kinds.line.minBytes);
});

for (const service of [mapreduceService, shuffleService]) {
  Deno.test(`${service.name}Service has the kinds that protocol.md states`, () => {
    const kinds = Object.values(service.kinds).map(({ code, isRaw, minBytes, lane }) => [
      code,
      ...isRaw ? [minBytes, MAX_BULK_FRAME_BYTES - HEAD_BYTES] : [],
      lane,
    ]);
    const stated = rows(/^0x[2-9a-f][0-9a-f]$/, sectionOf(service.name)).map(
      ([, , , payload = ""]) => /bulk/.test(payload) ? "bulk" : "normal",
    );
    const sizes = sizesOf(service.name).map((sizes, at) => [...sizes, stated[at]]);
    assert.deepEqual(sizes, kinds);
  });
}

Deno.test("mapreduce has the limits that protocol.md states", () => {
  const section = sectionOf("mapreduce").replaceAll(/\s+/g, " ");
  const { stallMs, returnMs } = ENGINE_LIMITS;
  for (
    const claim of [
      `port ${MAPREDUCE_PORT}\\b`,
      `at most ${PIECE_BYTES.toLocaleString("en")} bytes of output`,
      `never more than ${MAX_READ_BYTES.toLocaleString("en")},`,
      `came for ${stallMs / 1000} s`,
      `waits ${returnMs / 1000} s for workers`,
      `at most ${MAX_BLOCK_BYTES.toLocaleString("en")} bytes of payload`,
      `exceed ${BLOCK_BYTES.toLocaleString("en")} bytes`,
    ]
  ) assert.ok(new RegExp(claim).test(section), `no "${claim}"`);
  assert.deepEqual(ENGINE_BYTES, { outputHead: 12, dataHead: 4 });
});

Deno.test("Problem has the codes that protocol.md lists", () => {
  const problems = /A problem has[^]*?### /.exec(sectionOf("mapreduce"))?.[0];
  const listed = rows(/^`[a-z-]+`$/, problems).map(([code = ""]) => code.replaceAll("`", ""));
  assert.deepEqual(listed, PROBLEM_CODES);
  for (const code of listed) {
    const problem = { input: 0, offset: 0, code, message: "" };
    const name = { epoch: 1, kind: "map", task: 0, attempt: 1 };
    const done = { name, parts: [], counters: {}, problems: [problem], skipped: [] };
    const bytes = new TextEncoder().encode(JSON.stringify(done));
    const { mapDone } = mapreduceService.kinds;
    assert.deepEqual(mapDone.decode(viewOfFrame(encodeFrame(mapDone.code, bytes))), done);
  }
});

Deno.test("takeLeave() and StopWatch have the times that protocol.md states", () => {
  assert.match(DOCUMENT, new RegExp(`look at its clock at least every ${ALIVE_INTERVAL_MS} ms`));
  assert.equal(LEAVE_TIMEOUT_MS, 1000);
  assert.match(DOCUMENT, /until\s+all of them have left, but not for longer than a second/);
});
