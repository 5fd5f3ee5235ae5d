import assert from "node:assert/strict";
import fc from "fast-check";
import { camelName, kebabName, variableName } from "../../lib/config/option_names.ts";

Deno.test("variableName() is TRAM, subcommand and option in upper snake case", () => {
  assert.equal(variableName("timer", "maxClients"), "TRAM_TIMER_MAX_CLIENTS");
  assert.equal(variableName("timer", "num_msgs"), "TRAM_TIMER_NUM_MSGS");
  assert.equal(variableName(undefined, "tokenFile"), "TRAM_TOKEN_FILE");
});

Deno.test("camelName() brings kebab, snake and camel case to one name", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{2,8}$/), { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(words, (parts) => {
    const name = camelName(parts.join("-"));
    assert.equal(camelName(parts.join("_")), name);
    assert.equal(camelName(name), name);
    assert.equal(kebabName(name), parts.join("-"));
  }));
});
