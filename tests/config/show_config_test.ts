import assert from "node:assert/strict";
import { configJson, configText } from "../../lib/config/show_config.ts";
import { tinyCommand } from "./tiny_program.ts";

const resolved = new Map([
  ["size", { text: "1KiB", value: 1024, origin: "default" }],
  ["maxCount", { text: undefined, value: undefined, origin: "default" }],
  ["log", { text: "a\u001b[2Jb", value: "a\u001b[2Jb", origin: "./tram.toml log" }],
  ["pin", { text: "4711", value: 4711, origin: "TRAM_TINY_PIN" }],
  ["json", { text: "yes", value: true, origin: "TRAM_JSON" }],
]);

Deno.test("configText() has a line for each option, safe to print, without secrets", () => {
  assert.equal(
    configText(tinyCommand, resolved, 80),
    "option     value      from\n" +
      "size       1KiB       default\n" +
      "max-count  (none)     default\n" +
      "log        a\\x1b[2Jb  ./tram.toml log\n" +
      "pin        (secret)   TRAM_TINY_PIN\n" +
      "json       true       TRAM_JSON\n",
  );
});

Deno.test("configJson() is one line with each option's text and where it is from", () => {
  const line = configJson(tinyCommand, resolved, "./tram.toml");
  assert(!line.includes("\n"));
  assert.deepEqual(JSON.parse(line), {
    type: "config",
    command: "tiny run",
    file: "./tram.toml",
    options: {
      "size": { value: "1KiB", from: "default" },
      "max-count": { value: null, from: "default" },
      "log": { value: "a\u001b[2Jb", from: "./tram.toml log" },
      "pin": { value: null, secret: true, from: "TRAM_TINY_PIN" },
      "json": { value: true, from: "TRAM_JSON" },
    },
  });
});
