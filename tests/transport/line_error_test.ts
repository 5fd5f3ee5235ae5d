import assert from "node:assert/strict";
import { LineError, LineErrorCode } from "../../lib/transport/line_error.ts";

Deno.test("isPassing is true for just the codes after which trying again can help", () => {
  const passing = Object.values(LineErrorCode).filter((code) => new LineError(code, "").isPassing);
  assert.deepEqual(passing, [
    "handshake-timeout",
    "full",
    "slow-reader",
    "silent",
    "overloaded",
    "shutting-down",
    "internal",
    "unreachable",
    "lost",
  ]);
  assert.equal(new LineError("chat.banned", "").isPassing, false);
});

Deno.test("LineErrorCode holds words that fit an ERROR frame, each once", () => {
  const codes = Object.values(LineErrorCode);
  assert.equal(new Set(codes).size, codes.length);
  for (const code of codes) assert.match(code, /^[a-z0-9.-]{1,64}$/);
});

Deno.test("LineError is an Error with name, code, origin and cause", () => {
  const cause = new TypeError("below");
  const error = new LineError("lost", "Cannot go on", { origin: "peer", cause });
  assert.ok(error instanceof Error);
  assert.deepEqual(
    [error.name, error.message, error.code, error.origin, error.cause],
    ["LineError", "Cannot go on", "lost", "peer", cause],
  );
  const plain = new LineError("lost", "Cannot go on");
  assert.equal(plain.origin, "here");
  assert.equal("cause" in plain, false);
});
