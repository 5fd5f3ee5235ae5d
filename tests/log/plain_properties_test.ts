import assert from "node:assert/strict";
import fc from "fast-check";
import { plainProperties } from "../../lib/log/plain_properties.ts";

const plain = (properties: Record<string, unknown>) =>
  JSON.parse(JSON.stringify(plainProperties(properties)));

Deno.test("plainProperties() redacts what has the name of a secret, at any depth", () => {
  const properties = {
    token: "abc",
    Cookie: new Uint8Array(3),
    sessionCookie: "abc",
    shared_secret: "abc",
    tokens: ["abc"],
    tokenName: "ada",
    hello: { proof: "abc", list: [{ password: "abc", user: "ada" }] },
  };
  assert.deepEqual(plain(properties), {
    token: "[redacted]",
    Cookie: "[redacted]",
    sessionCookie: "[redacted]",
    shared_secret: "[redacted]",
    tokens: "[redacted]",
    tokenName: "ada",
    hello: { proof: "[redacted]", list: [{ password: "[redacted]", user: "ada" }] },
  });
});

Deno.test("plainProperties() never reads a secret", () => {
  const properties = {
    get token(): string {
      throw new Error("was read");
    },
  };
  assert.deepEqual(plain(properties), { token: "[redacted]" });
});

Deno.test("plainProperties() makes plain data out of what JSON cannot hold", () => {
  const properties = {
    big: 2n ** 64n,
    none: undefined,
    never: NaN,
    far: -Infinity,
    failed: new TypeError("no such thing"),
    bytes: new Uint8Array(5),
    at: new Date(0),
    call: () => 1,
    when: new Date(NaN),
  };
  assert.deepEqual(plain(properties), {
    big: "18446744073709551616",
    never: "NaN",
    far: "-Infinity",
    failed: "TypeError: no such thing",
    bytes: "[5 bytes]",
    at: "1970-01-01T00:00:00.000Z",
    call: "[function]",
    when: null,
  });
});

Deno.test("plainProperties() cuts what is long, wide or deep", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const wide = Array.from({ length: 1e5 }, (_, at) => at);
  const result = plain({ circle, wide, long: "x".repeat(1e6) });
  assert.equal(result.wide.length, 50);
  assert.equal(result.long.length, 2001);
  assert.deepEqual(result.circle, { self: { self: { self: { self: "[deeper]" } } } });
  const tree = Array(50).fill(Array(50).fill(Array(50).fill("x".repeat(10_000))));
  assert(JSON.stringify(plain({ tree })).length < 500_000);
});

Deno.test("plainProperties() survives a getter that throws", () => {
  const properties = {
    get peer(): string {
      throw new Error("gone");
    },
  };
  assert.deepEqual(plain(properties), { unreadable: true });
});

Deno.test("plainProperties() gives a bounded amount of JSON for any value", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.anything({ withBigInt: true })), (any) => {
    assert.equal(typeof JSON.stringify(plainProperties(any)), "string");
  }));
});
