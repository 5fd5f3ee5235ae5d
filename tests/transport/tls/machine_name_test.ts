import assert from "node:assert/strict";
import { isIpAddress, machineName } from "../../../lib/transport/tls/machine_name.ts";

for (
  const [text, name, isAddress] of [
    ["lab-1", "lab-1", false],
    ["LAB-1.Example", "lab-1.example", false],
    ["ada_desk", "ada_desk", false],
    ["straße.lab", "xn--strae-oqa.lab", false],
    ["192.0.2.7", "192.0.2.7", true],
    ["::1", "::1", true],
    ["[2001:DB8:0:0:0:0:0:1]", "2001:db8::1", true],
  ] as const
) {
  Deno.test(`machineName() reads ${text}`, () => {
    assert.equal(machineName(text), name);
    assert.equal(isIpAddress(name), isAddress);
  });
}

for (
  const text of [
    "",
    " ",
    "a b",
    "*.lab",
    "a/b",
    "a:80",
    "127.1",
    "0x7f.1",
    "300.1.1.1",
    "a..b",
    "-a",
    "a@b",
    "fe80::1%eth0",
    "a".repeat(64),
    `${"a.".repeat(130)}a`,
    "..",
  ]
) {
  Deno.test(`machineName() refuses "${text.slice(0, 20)}", ${text.length} characters`, () => {
    assert.throws(() => machineName(text), SyntaxError);
  });
}
