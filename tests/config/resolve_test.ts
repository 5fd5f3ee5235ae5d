import assert from "node:assert/strict";
import fc from "fast-check";
import type { Options } from "../../lib/config/option.ts";
import { parseCount } from "../../lib/config/parse_flags.ts";
import { resolve } from "../../lib/config/resolve.ts";

const options: Options = {
  count: { kind: "value", parse: parseCount, default: "1000", placeholder: "N", brief: "" },
  most: { kind: "value", parse: parseCount, placeholder: "N", brief: "" },
};

/** A candidate from `origin`. */
const from = (origin: string, text: string) => ({ text, origin, refusal: `Cannot use ${origin}` });

Deno.test("resolve() takes the first of flag, environment, file and default", () => {
  const maybe = fc.option(fc.integer({ min: 1, max: 1e6 }), { nil: undefined });
  fc.assert(fc.property(maybe, maybe, maybe, (flag, env, file) => {
    const map = <T>(value: T | undefined) => new Map(value === undefined ? [] : [["count", value]]);
    const sources = {
      flags: map(flag === undefined ? undefined : { text: String(flag), value: flag }),
      env: map(env === undefined ? undefined : from("VAR", String(env))),
      file: map(file === undefined ? undefined : from("file", String(file))),
    };
    const { value, origin } = resolve(options, sources).get("count") ?? {};
    assert.equal(value, flag ?? env ?? file ?? 1000);
    const origins = [[flag, "flag"], [env, "VAR"], [file, "file"], [0, "default"]] as const;
    assert.equal(origin, origins.find(([given]) => given !== undefined)?.[1]);
  }));
});

const none = { flags: new Map(), env: new Map(), file: new Map() };

Deno.test("resolve() has undefined for what has no default", () => {
  assert.deepEqual(resolve(options, none).get("most"), {
    text: undefined,
    value: undefined,
    origin: "default",
  });
});

Deno.test("resolve() says where a wrong value is from", () => {
  const env = new Map([["count", from("TRAM_X", "ten")]]);
  assert.throws(() => resolve(options, { ...none, env }), {
    name: "UsageError",
    message: 'Cannot use TRAM_X: wanted a whole number from 1 to 1000000000, got "ten"',
  });
});

Deno.test("resolve() does not read a value that another one beats", () => {
  const file = new Map([["count", from("file", "ten")]]);
  const env = new Map([["count", from("TRAM_X", "5")]]);
  assert.equal(resolve(options, { ...none, env, file }).get("count")?.value, 5);
});
