import assert from "node:assert/strict";
import * as fc from "fast-check";
import { pemBlocks } from "../../../lib/transport/tls/pem_blocks.ts";

function pem(label: string, bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...base64, `-----END ${label}-----`, ""].join("\n");
}

Deno.test("pemBlocks() gives back what was written, whatever stands in between", () => {
  const block = fc.record({
    label: fc.constantFrom("CERTIFICATE", "PRIVATE KEY", "EC PRIVATE KEY"),
    bytes: fc.uint8Array({ maxLength: 200 }),
    before: fc.constantFrom("", "Subject: CN = lab-1\n", "# ours\r\n\r\n"),
  });
  fc.assert(fc.property(fc.array(block, { maxLength: 5 }), fc.boolean(), (blocks, isWindows) => {
    const text = blocks.map(({ label, bytes, before }) => before + pem(label, bytes)).join("\n");
    const read = pemBlocks(isWindows ? text.replaceAll("\n", "\r\n") : text);
    assert.deepEqual(
      read.map(({ label, bytes }) => ({ label, bytes: [...bytes] })),
      blocks.map(({ label, bytes }) => ({ label, bytes: [...bytes] })),
    );
  }));
});

Deno.test("pemBlocks() finds nothing in text that is no PEM", () => {
  assert.deepEqual(pemBlocks("hello\n----- BEGIN -----\n"), []);
});

for (
  const [what, text, says] of [
    ["a part without end", pem("CERTIFICATE", new Uint8Array(9)).slice(0, 40), /1 parts begin/],
    ["one that ends as another", "-----BEGIN A-----\nAA==\n-----END B-----\n", /0 end/],
    ["what is no base64", "-----BEGIN A-----\nA$=\n-----END A-----\n", /the A is no base64/],
  ] as const
) {
  Deno.test(`pemBlocks() refuses ${what}`, () => {
    assert.throws(() => pemBlocks(text), (error) => {
      return error instanceof SyntaxError && says.test(error.message);
    });
  });
}

Deno.test("pemBlocks() reads past the headers of an encrypted key of old", () => {
  const [block] = pemBlocks(
    "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" +
      "AAEC\n-----END EC PRIVATE KEY-----\n",
  );
  assert.deepEqual([...block?.bytes ?? []], [0, 1, 2]);
});
