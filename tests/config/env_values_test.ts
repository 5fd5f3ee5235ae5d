import assert from "node:assert/strict";
import { envValues, unknownVariables } from "../../lib/config/env_values.ts";
import { FakeRoom } from "../fake_context.ts";
import { tinyCatalog, tinyCommand } from "./tiny_program.ts";

/** Texts by option. */
function texts(env: Record<string, string>) {
  return Object.fromEntries(
    [...envValues(tinyCommand, env)].map(([name, { text }]) => [name, text]),
  );
}

Deno.test("envValues() finds options by TRAM, subcommand and name", () => {
  assert.deepEqual(texts({ TRAM_TINY_MAX_CLIENTS: "1", TRAM_TINY_MAX_COUNT: "2", HOME: "/" }), {
    maxCount: "2",
  });
  assert.deepEqual(texts({ TRAM_TINY_UPPER_LIMIT: "3" }), { maxCount: "3" });
});

Deno.test("envValues() takes the common name where an option is common; the special one wins", () => {
  assert.deepEqual(texts({ TRAM_LOG: "a", TRAM_SIZE: "5" }), { log: "a" });
  assert.deepEqual(texts({ TRAM_LOG: "a", TRAM_TINY_LOG: "b" }), { log: "b" });
});

Deno.test("envValues() takes an empty variable as not set", () => {
  assert.deepEqual(texts({ TRAM_TINY_LOG: "", TRAM_LOG: "a", TRAM_TINY_SIZE: "" }), { log: "a" });
});

Deno.test("envValues() refuses two names of one option with different values", () => {
  const env = { TRAM_TINY_MAX_COUNT: "3", TRAM_TINY_UPPER_LIMIT: "4" };
  assert.throws(() => envValues(tinyCommand, env), {
    name: "UsageError",
    message: /both TRAM_TINY_MAX_COUNT and TRAM_TINY_UPPER_LIMIT/,
  });
});

Deno.test("unknownVariables() names what looks like an option of the subcommand and is none", () => {
  const env = {
    TRAM_TINY_SIZ: "1",
    TRAM_TINY_TARGET: "1", // of a sibling
    TRAM_TINY_SERVICE_HOST: "10.0.0.1",
    TRAM_TINY_EMPTY: "",
    TRAM_OTHER_X: "1",
    TRAM_BIN: "tram",
  };
  assert.deepEqual(unknownVariables("tiny", tinyCatalog.catalog, env), [
    "TRAM_TINY_SERVICE_HOST is no option of tram tiny",
    "TRAM_TINY_SIZ is no option of tram tiny; did you mean TRAM_TINY_SIZE?",
  ]);
});

Deno.test("unknownVariables() names an option of the subcommand alone that was set for all", () => {
  const env = {
    TRAM_SIZE: "1",
    TRAM_UPPER_LIMIT: "1",
    TRAM_LOG: "x.log", // common
    TRAM_PIN: "",
    TRAM_CONFIG: "none",
    TRAM_TOKEN: "x",
  };
  assert.deepEqual(unknownVariables("tiny", tinyCatalog.catalog, env), [
    "TRAM_SIZE is no option of tram tiny; did you mean TRAM_TINY_SIZE?",
    "TRAM_UPPER_LIMIT is no option of tram tiny; did you mean TRAM_TINY_UPPER_LIMIT?",
  ]);
});

Deno.test("timer ping warns of an unknown variable, and goes on", async () => {
  const env = { TRAM_TIMER_PROT: "7", TRAM_TOKEN: "", TRAM_INDEX: "3", TRAM_RUN_ID: "x" };
  const ping = new FakeRoom().run(["timer", "ping", "--show-config"], env);
  assert.equal(await ping.exitCode, 0);
  assert.equal(
    ping.stderr.text,
    "tram: warning: TRAM_TIMER_PROT is no option of tram timer; did you mean TRAM_TIMER_PORT?\n",
  );
});

Deno.test("tls init takes no variable that is for all commands for one of its own", async () => {
  const env = { TRAM_TLS_CA: "ca.pem", TRAM_TLS_CERT: "a.pem", TRAM_TLS_CADIR: "x" };
  const init = new FakeRoom().run(["tls", "init", "--show-config"], env);
  assert.equal(await init.exitCode, 0);
  assert.equal(
    init.stderr.text,
    "tram: warning: TRAM_TLS_CADIR is no option of tram tls; did you mean TRAM_TLS_CA_DIR?\n",
  );
});
