import assert from "node:assert/strict";
import * as v from "valibot";
import {
  decodeWelcome,
  encodeError,
  encodeWelcome,
} from "../../lib/transport/handshake_messages.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import {
  defineService,
  json,
  type KindOptions,
  raw,
  type ServiceOptions,
  text,
} from "../../lib/transport/service.ts";
import { pattern, viewOf, viewOfFrame, WELCOME } from "./samples.ts";

const MIB = 1024 * 1024;

Deno.test("raw() gives handlers the view itself and sends the bytes as they are", () => {
  const kind = raw(0x20);
  const view = viewOf(pattern(10));
  assert.equal(kind.isRaw, true);
  assert.equal(kind.decode(view), view);
  const bytes = pattern(10);
  assert.equal(kind.encode(bytes), bytes);
});

Deno.test("text() reads back what it wrote and raises bad-message for other bytes", () => {
  const kind = text(0x20);
  assert.equal(kind.isRaw, false);
  for (const value of ["", "grün ✓ 🚲", "\ufeffa"]) {
    assert.equal(kind.decode(viewOf(kind.encode(value))), value);
  }
  assert.throws(() => kind.decode(viewOf(Uint8Array.of(0xff))), { code: "bad-message" });
});

Deno.test("json() reads back what it wrote", () => {
  const kind = json(0x21, v.object({ room: v.string(), lines: v.array(v.number()) }));
  const value = { room: "lobby ✓", lines: [1, 2.5, -3] };
  assert.deepEqual(kind.decode(viewOf(kind.encode(value))), value);
});

const JSON_FAULTS = [
  { what: "no JSON", payload: "{", message: "Cannot read 0x21: not JSON" },
  { what: "nothing", payload: "", message: "Cannot read 0x21: not JSON" },
  { what: "another type", payload: "1", message: /^Cannot read 0x21: value: / },
  {
    what: "a member of another type",
    payload: '{"at":{"x":"1"}}',
    message: /^Cannot read 0x21: at\.x: /,
  },
  { what: "a missing member", payload: '{"at":{}}', message: /^Cannot read 0x21: at\.x: / },
];

for (const { what, payload, message } of JSON_FAULTS) {
  Deno.test(`json() raises bad-message that names kind and place for ${what}`, () => {
    const kind = json(0x21, v.object({ at: v.object({ x: v.number() }) }));
    assert.throws(() => kind.decode(viewOf(payload)), { code: "bad-message", message });
  });
}

Deno.test("json() raises bad-message in a few printable words, whatever the peer sent", () => {
  const kinds = [json(0x21, v.picklist(["a", "b"])), json(0x21, v.record(v.string(), v.number()))];
  const long = "\u001b[2J\n\u0000".repeat(20_000);
  for (const kind of kinds) {
    for (const value of [long, { [long]: "x" }]) {
      assert.throws(() => kind.decode(viewOf(JSON.stringify(value))), (error) => {
        assert.ok(error instanceof LineError);
        assert.ok(error.message.length <= 1000, `${error.message.length} characters`);
        assert.match(error.message, /^\P{Cc}*$/u, "no control characters");
        return true;
      });
    }
  }
});

Deno.test("raw(), text() and json() fill in the options of a kind", () => {
  const options: KindOptions = { lane: "bulk", minBytes: 1, maxBytes: 9, credit: "service" };
  for (
    const make of [
      (options?: KindOptions) => raw(0x20, options),
      (options?: KindOptions) => text(0x20, options),
      (options?: KindOptions) =>
        json(0x20, v.unknown() as v.GenericSchema<unknown, string>, options),
    ]
  ) {
    const { code, lane, minBytes, maxBytes, credit } = make();
    assert.deepEqual([code, lane, minBytes, maxBytes, credit], [
      0x20,
      "normal",
      0,
      64 * 1024 * 1024,
      "line",
    ]);
    const given = make(options);
    assert.deepEqual([given.lane, given.minBytes, given.maxBytes, given.credit], [
      "bulk",
      1,
      9,
      "service",
    ]);
  }
});

Deno.test("defineService() fills in the defaults", () => {
  const kinds = { line: text(0x20) };
  assert.deepEqual(defineService({ name: "chat", kinds }), {
    name: "chat",
    kinds,
    lanes: {
      normal: { maxBytes: MIB + 4, whenFull: "wait" },
      bulk: { maxBytes: MIB, whenFull: "wait" },
    },
    maxFrameBytes: MIB,
    bulkCreditBytes: 256 * 1024,
    heartbeatMs: 5000,
    maxFramesPerSecond: Infinity,
  });
});

Deno.test("defineService() makes each lane large enough for the largest frame", () => {
  const { lanes } = defineService({
    name: "chat",
    kinds: {},
    maxFrameBytes: 8 * MIB,
    lanes: {
      normal: { maxBytes: 1000, whenFull: "cut" },
      bulk: { maxBytes: 16 * MIB, whenFull: "drop" },
    },
  });
  assert.deepEqual(lanes, {
    normal: { maxBytes: 8 * MIB + 4, whenFull: "cut" },
    bulk: { maxBytes: 16 * MIB, whenFull: "drop" },
  });
});

Deno.test("defineService() gives bulk no more room than asked for, however large other frames are", () => {
  const given = {
    normal: { maxBytes: MIB, whenFull: "wait" },
    bulk: { maxBytes: 1000, whenFull: "wait" },
  } as const;
  const service = (lanes: typeof given | undefined, maxFrameBytes: number) =>
    defineService({ name: "chat", kinds: {}, maxFrameBytes, ...(lanes && { lanes }) });
  assert.equal(service(undefined, 32 * MIB).lanes.bulk.maxBytes, MIB);
  assert.equal(service(given, 32 * MIB).lanes.bulk.maxBytes, 64 * 1024 + 4);
});

type Options = Partial<ServiceOptions<Record<string, ReturnType<typeof text>>>>;

const REFUSED: readonly { readonly what: string; readonly options: Options; message: RegExp }[] = [
  { what: "an empty name", options: { name: "" }, message: /the name must be/ },
  { what: "a name with capitals", options: { name: "Chat" }, message: /"Chat": the name must be/ },
  { what: "a name of 33 characters", options: { name: "c".repeat(33) }, message: /the name must/ },
  { what: "a code below 0x20", options: { kinds: { a: text(0x1f) } }, message: /"a" has code 31/ },
  { what: "a code above 0xff", options: { kinds: { a: text(0x100) } }, message: /code 256, not/ },
  {
    what: "a code that is not whole",
    options: { kinds: { a: text(32.5) } },
    message: /code 32\.5/,
  },
  {
    what: "two kinds with one code",
    options: { kinds: { a: text(0x20), b: text(0x20) } },
    message: /kinds "a" and "b" share 0x20$/,
  },
  { what: "a frame limit of 0", options: { maxFrameBytes: 0 }, message: /maxFrameBytes is 0/ },
  {
    what: "a frame limit above 64 MiB",
    options: { maxFrameBytes: 64 * MIB + 1 },
    message: /not 4096 to 67108864$/,
  },
  {
    what: "a frame limit of NaN",
    options: { maxFrameBytes: NaN },
    message: /maxFrameBytes is NaN/,
  },
  {
    what: "less bulk credit than a frame",
    options: { bulkCreditBytes: 65_535 },
    message: /bulkCreditBytes is 65535, not 65536 to 1073741824$/,
  },
  { what: "a heartbeat of 0", options: { heartbeatMs: 0 }, message: /heartbeatMs is 0/ },
  {
    what: "a heartbeat above an hour",
    options: { heartbeatMs: 3_600_001 },
    message: /heartbeatMs is/,
  },
  {
    what: "a bulk credit above 1 GiB",
    options: { bulkCreditBytes: 2 ** 30 + 1 },
    message: /not 65536/,
  },
  {
    what: "an ignorable kind on the bulk lane",
    options: { kinds: { a: text(0x80, { lane: "bulk" }) } },
    message: /kind "a" is on the bulk lane but ignorable/,
  },
  { what: "a heartbeat of NaN", options: { heartbeatMs: NaN }, message: /heartbeatMs is NaN/ },
];

for (const { what, options, message } of REFUSED) {
  Deno.test(`defineService() throws a RangeError for ${what}`, () => {
    const run = () => defineService({ name: "chat", kinds: {}, ...options });
    assert.throws(run, { name: "RangeError", message });
    assert.throws(run, /^RangeError: Cannot define service "/);
  });
}

Deno.test("defineService() accepts codes 0x20 and 0xff and limits at their ends", () => {
  defineService({
    name: "a-0".padEnd(32, "z"),
    kinds: { first: text(0x20), last: text(0xff) },
    maxFrameBytes: 64 * MIB,
    bulkCreditBytes: 65_536,
  });
});

/** What a service grants in WELCOME, as its client reads it. */
function welcomeOf(options: Options): unknown {
  const service = defineService({ name: "chat", kinds: {}, ...options });
  const { heartbeatMs, maxFrameBytes, bulkCreditBytes } = service;
  const frame = encodeWelcome({ ...WELCOME, heartbeatMs, maxFrameBytes, bulkCreditBytes });
  return decodeWelcome(viewOfFrame(frame)).welcome;
}

Deno.test("defineService() accepts no terms that its own clients would refuse in WELCOME", () => {
  const terms: Options[] = [
    { heartbeatMs: 0.5 },
    { heartbeatMs: Infinity },
    { maxFrameBytes: 5000.5 },
    { bulkCreditBytes: 65_536.5 },
    { bulkCreditBytes: Infinity },
  ];
  for (const options of terms) {
    let refusal: unknown;
    try {
      welcomeOf(options);
    } catch (error) {
      refusal = error;
    }
    assert.ok(refusal === undefined || refusal instanceof RangeError, `${refusal}`);
  }
});

Deno.test("defineService() accepts no frame limit below the line's own ERROR frames", () => {
  const error = encodeError({ code: "full", message: "\u0007".repeat(500) });
  for (const maxFrameBytes of [1, 16, 1000]) {
    assert.ok(error.length > maxFrameBytes + 4);
    const run = () => defineService({ name: "chat", kinds: {}, maxFrameBytes });
    assert.throws(run, RangeError, `${maxFrameBytes}`);
  }
});

Deno.test("defineService() throws a RangeError for a frame rate that lets nobody in", () => {
  for (const maxFramesPerSecond of [0, -1, NaN]) {
    const run = () => defineService({ name: "chat", kinds: {}, maxFramesPerSecond });
    assert.throws(run, RangeError, `${maxFramesPerSecond}`);
  }
});
