import fc from "fast-check";
import assert from "node:assert/strict";
import { FrameView, hexKind } from "../../lib/transport/frame_view.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { pattern, viewOf } from "./samples.ts";

const BAD_MESSAGE = { name: "LineError", code: "bad-message", origin: "here" };

/** A frame in the middle of other bytes, so that a wrong position shows. */
function viewInSlab(payload: Uint8Array, kind = 0x42): { view: FrameView; slab: Uint8Array } {
  const slab = new Uint8Array(payload.length + 40).fill(0x99);
  slab.set([0, 0, 0, payload.length + 1, kind, ...payload], 11);
  const view = new FrameView(slab);
  view.moveTo(11, payload.length + 1);
  return { view, slab };
}

const GETTERS = [
  { name: "getUint8", bytes: 1, value: 0x81 },
  { name: "getUint16", bytes: 2, value: 0x8182 },
  { name: "getUint32", bytes: 4, value: 0x81828384 },
  { name: "getBigUint64", bytes: 8, value: 0x8182838485868788n },
] as const;

for (const { name, bytes, value } of GETTERS) {
  Deno.test(`${name}() reads ${bytes} big-endian bytes, unsigned, up to the last one`, () => {
    const { view } = viewInSlab(
      Uint8Array.of(0, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88).subarray(0, 1 + bytes),
    );
    assert.equal(view[name](1), value);
  });

  Deno.test(`${name}() raises bad-message where the payload has fewer than ${bytes} bytes`, () => {
    const { view } = viewInSlab(pattern(10));
    for (const at of [10 - bytes + 1, 10, 11, 1000, 2 ** 40]) {
      assert.throws(() => view[name](at), BAD_MESSAGE, `at ${at}`);
    }
    assert.throws(() => viewInSlab(pattern(bytes - 1)).view[name](0), BAD_MESSAGE);
  });
}

Deno.test("getUint32() says in the message what was read and what was there", () => {
  const { view } = viewInSlab(pattern(3), 0x07);
  assert.throws(() => view.getUint32(1), {
    ...BAD_MESSAGE,
    message: "Cannot read 4 bytes at 1 of kind 0x07: the payload has 3",
  });
});

Deno.test("moveTo() shows kind and length, 0 for a frame without payload", () => {
  const { view } = viewInSlab(new Uint8Array(0), 0xff);
  assert.equal(view.kind, 0xff);
  assert.equal(view.length, 0);
  assert.equal(view.text(), "");
  assert.equal(view.copy().length, 0);
});

function viewOfInt64(value: bigint): FrameView {
  const payload = new Uint8Array(8);
  new DataView(payload.buffer).setBigInt64(0, value);
  return viewInSlab(payload).view;
}

const MAX = BigInt(Number.MAX_SAFE_INTEGER);

Deno.test("getSafeInt64() reads every value within ±(2^53 - 1) as DataView does", () => {
  const edges = [0n, 1n, -1n, 2n ** 32n, 2n ** 32n - 1n, -(2n ** 32n), MAX - 1n, MAX, -MAX];
  for (const value of edges) {
    assert.equal(viewOfInt64(value).getSafeInt64(0), Number(value));
  }
  fc.assert(
    fc.property(fc.bigInt({ min: -MAX, max: MAX }), (value) => {
      assert.equal(viewOfInt64(value).getSafeInt64(0), Number(value));
    }),
  );
});

Deno.test("getSafeInt64() raises bad-message from ±2^53 on", () => {
  const edges = [MAX + 1n, MAX + 2n, -MAX - 1n, -MAX - 2n, 2n ** 63n - 1n, -(2n ** 63n)];
  for (const value of edges) {
    assert.throws(() => viewOfInt64(value).getSafeInt64(0), BAD_MESSAGE, `${value}`);
  }
  const beyond = fc.oneof(
    fc.bigInt({ min: MAX + 1n, max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: -MAX - 1n }),
  );
  fc.assert(
    fc.property(beyond, (value) => {
      assert.throws(() => viewOfInt64(value).getSafeInt64(0), BAD_MESSAGE);
    }),
  );
});

Deno.test("getSafeInt64() raises bad-message where fewer than 8 bytes are left", () => {
  assert.throws(() => viewInSlab(pattern(12)).view.getSafeInt64(5), BAD_MESSAGE);
});

Deno.test("text() reads UTF-8, also of a part, and keeps a byte order mark", () => {
  const view = viewOf("\ufeffgrün ✓ 🚲");
  assert.equal(view.text(), "\ufeffgrün ✓ 🚲");
  assert.equal(view.text(3, 8), "grün");
});

const NOT_UTF8 = [
  { what: "a lone continuation byte", bytes: [0x61, 0x80] },
  { what: "a cut character", bytes: [0xe2, 0x9c] },
  { what: "an overlong form", bytes: [0xc0, 0xaf] },
  { what: "a surrogate", bytes: [0xed, 0xa0, 0x80] },
  { what: "a code point above U+10FFFF", bytes: [0xf4, 0x90, 0x80, 0x80] },
  { what: "0xff", bytes: [0xff] },
];

for (const { what, bytes } of NOT_UTF8) {
  Deno.test(`text() raises bad-message for ${what}, and reads on afterwards`, () => {
    assert.throws(() => viewOf(Uint8Array.from(bytes)).text(), BAD_MESSAGE);
    assert.equal(viewOf("fine").text(), "fine");
  });
}

for (const name of ["subarray", "copy", "text"] as const) {
  Deno.test(`${name}() raises bad-message for an end past the payload's end`, () => {
    const { view } = viewInSlab(new Uint8Array(10).fill(0x61));
    assert.throws(() => view[name](0, 11), BAD_MESSAGE);
    assert.throws(() => view[name](11, 12), BAD_MESSAGE);
    assert.equal(view[name](10).length, 0, "nothing is left at the end");
  });
}

Deno.test("subarray(), copy() and text() raise bad-message for a begin past the payload's end", () => {
  const { view } = viewInSlab(new Uint8Array(10).fill(0x61));
  for (const name of ["subarray", "copy", "text"] as const) {
    assert.throws(() => view[name](11), BAD_MESSAGE, name);
  }
});

Deno.test("getUint8() and its like do not read what stands before the payload", () => {
  const { view } = viewInSlab(new Uint8Array(10).fill(0x61));
  for (const { name } of GETTERS) assert.throws(() => view[name](-1), name);
  for (const name of ["subarray", "copy", "text"] as const) {
    assert.throws(() => view[name](-5, 10), name);
  }
});

Deno.test("copy() is memory of its own", () => {
  const { view, slab } = viewInSlab(pattern(10));
  const copy = view.copy(2, 6);
  slab.fill(0);
  assert.deepEqual(copy, pattern(10).slice(2, 6));
  assert.equal(copy.buffer.byteLength, 4);
});

Deno.test("subarray() is shared with the slab", () => {
  const { view, slab } = viewInSlab(pattern(10));
  const shared = view.subarray(2, 6);
  assert.equal(shared.buffer, slab.buffer);
  slab.fill(7);
  assert.deepEqual(shared, Uint8Array.of(7, 7, 7, 7));
});

Deno.test("rebase() makes the getters read other memory", () => {
  const { view } = viewInSlab(pattern(10));
  const other = viewInSlab(new Uint8Array(10).fill(3)).slab;
  view.rebase(other);
  assert.equal(view.getUint32(0), 0x03030303);
  assert.deepEqual(view.copy(0, 2), Uint8Array.of(3, 3));
});

Deno.test("rebase() honours the offset of a slab that is a part of a larger buffer", () => {
  const { view, slab } = viewInSlab(pattern(10));
  const larger = new Uint8Array(slab.length + 100);
  larger.set(slab, 100);
  view.rebase(larger.subarray(100));
  assert.equal(view.getUint8(9), pattern(10)[9]);
  assert.deepEqual(view.copy(), pattern(10));
});

Deno.test("text() keeps the decoder's error as cause", () => {
  assert.throws(
    () => viewOf(Uint8Array.of(0xff)).text(),
    (error) => error instanceof LineError && error.cause instanceof TypeError,
  );
});

Deno.test("hexKind() writes two digits at least", () => {
  assert.equal(hexKind(0x06), "0x06");
  assert.equal(hexKind(0xff), "0xff");
});
