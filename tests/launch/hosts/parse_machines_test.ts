import assert from "node:assert/strict";
import fc from "fast-check";
import { excludeMachines } from "../../../lib/launch/hosts/exclude_machines.ts";
import { expandRanges } from "../../../lib/launch/hosts/expand_ranges.ts";
import { foldNames } from "../../../lib/launch/hosts/fold_names.ts";
import { machineLine } from "../../../lib/launch/hosts/machine.ts";
import { parseMachines } from "../../../lib/launch/hosts/parse_machines.ts";
import { splitOutsideBrackets } from "../../../lib/launch/hosts/split_outside_brackets.ts";

const names = (text: string) => parseMachines(text, "list").machines.map(({ name }) => name);

Deno.test("parseMachines() takes users, ports, slots and values", () => {
  const { machines, warnings } = parseMachines(
    "# the lab\r\n\r\n  ada@gateway:2222  slots=4 room=north\tbase=/opt/#1 # old\r\nhere",
    "list",
  );
  assert.deepEqual(warnings, []);
  assert.deepEqual(machines, [
    {
      ...{ name: "ada@gateway:2222", host: "gateway", user: "ada", port: 2222 },
      ...{ slots: 4, values: { room: "north", base: "/opt/#1" } },
    },
    { name: "here", host: "here", user: undefined, port: undefined, slots: 1, values: {} },
  ]);
});

Deno.test("parseMachines() expands ranges and keeps IPv6 addresses", () => {
  assert.deepEqual(names("node[09-11,30],a\n[2001:db8::7]:22 slots=2\nr[1-2]n[0-1]"), [
    ...["node09", "node10", "node11", "node30", "a", "[2001:db8::7]:22"],
    ...["r1n0", "r1n1", "r2n0", "r2n1"],
  ]);
  const [machine] = parseMachines("[fe80::1%eth0]", "list").machines;
  assert.equal(machine?.host, "fe80::1%eth0");
});

Deno.test("parseMachines() makes one machine of two equal lines and says so", () => {
  const { machines, warnings } = parseMachines("a slots=2\nb\na slots=2", "list");
  assert.equal(machines.length, 2);
  assert.deepEqual(warnings, ["list, line 3: a stands in line 1 already; it is one machine"]);
});

const WRONG: Readonly<Record<string, RegExp>> = {
  "a\na slots=2": /^Cannot use list, line 2: a stands in line 1 already, with other words/,
  "a\nnode[3-1]": /line 2: wanted a range that goes up, got "3-1" in "node\[3-1\]"$/,
  "node[1-": /line 1: wanted "\]" behind "\["/,
  "node1-3]": /wanted "\[" before "\]"/,
  "node[]": /wanted numbers as in node\[01-20,30\], got "node\[\]"/,
  "node[a-c]": /wanted numbers/,
  "node[01-100]": /as many digits/,
  "node[1-999999999]": /at most 10000 machines/,
  "node[1-100][1-101]": /at most 10000 machines/,
  "node[1-9999999999]": /at most 9 digits/,
  "a,,b": /wanted \[user@\]host\[:port\], got ""/,
  "a b": /wanted name=value, got "b"; several machines of a line have commas/,
  "a slots=0": /wanted slots from 1 to 1024, got "slots=0"/,
  "a slots=2 slots=2": /wanted slots once/,
  "a slot=2": /not so near to slots, got "slot=2"/,
  "a room=1 room=2": /wanted room once/,
  "a:0": /a port from 1 to 65535/,
  "a:70000": /a port from 1 to 65535/,
  "-oProxyCommand=touch": /begins with "-"/,
  "x@-oProxyCommand": /begins with "-"/,
  "-lroot@a": /begins with "-"/,
  "a;b": /wanted \[user@\]host/,
  "$(id)": /wanted \[user@\]host/,
  "a\u001b[1m": /wanted/,
  "2001:db8::7": /an IPv6 address stands in brackets/,
  "us er@a": /wanted name=value/,
  "@a": /name of a user before "@"/,
};

for (const [text, message] of Object.entries(WRONG)) {
  Deno.test(`parseMachines() refuses ${JSON.stringify(text)} and names the line`, () => {
    assert.throws(() => parseMachines(text, "list"), (error: Error) => {
      assert(error instanceof SyntaxError);
      assert.match(error.message, /^Cannot use list, line \d+: /);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("machineLine() says what parseMachines() reads again", () => {
  const text = "ada@[::1]:22 slots=3 room=north\nb";
  const { machines } = parseMachines(text, "list");
  assert.equal(machines.map(machineLine).join("\n"), text);
});

Deno.test("excludeMachines() leaves out by name, host and range, and none that is not there", () => {
  const { machines } = parseMachines("ada@a:22,node[1-5]", "list");
  const left = excludeMachines(machines, "a,node[2-4]").map(({ name }) => name);
  assert.deepEqual(left, ["node1", "node5"]);
  assert.throws(
    () => excludeMachines(machines, "node[5-6]"),
    /^SyntaxError: Cannot leave out "node6": it is not in the list; did you mean "node/,
  );
});

Deno.test("foldNames() makes ranges, by number and not by letter", () => {
  assert.equal(foldNames(["node3", "node1", "node10", "node2", "b"]), "b,node[1-3,10]");
  assert.equal(foldNames(["n08", "n09", "n10", "n11"]), "n[08-11]");
  assert.equal(foldNames(["n8", "n9", "n10"]), "n[8-10]");
  assert.equal(foldNames(["a1:22", "a2:22", "[::1]:22"]), "[::1]:22,a[1-2]:22");
  assert.equal(foldNames(["a1"]), "a1");
  assert.equal(foldNames(["a0", "a1", "a2"]), "a[0-2]");
});

Deno.test("foldNames() and expandRanges() give the same names back", () => {
  const name = fc.tuple(
    fc.constantFrom("node", "a-", "ada@x", "r1n", ""),
    fc.oneof(fc.integer({ min: 0, max: 30 }).map(String), fc.constantFrom("01", "09", "010", "")),
    fc.constantFrom("", ".lab", ":22", "b2"),
  ).map((parts) => parts.join("")).filter((text) => text !== "");
  fc.assert(fc.property(fc.uniqueArray(name), (given) => {
    const folded = foldNames(given);
    const back = folded === "" ? [] : splitOutsideBrackets(folded).flatMap(expandRanges);
    assert.deepEqual([...back].sort(), [...given].sort());
  }));
});

Deno.test("parseMachines() says one line or takes the text, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."a1-[],:@=# \n%".split("")) }), (text) => {
      try {
        for (const { host } of parseMachines(text, "list").machines) assert(!host.startsWith("-"));
      } catch (error) {
        assert(error instanceof SyntaxError, String(error));
        assert.match(error.message, /^Cannot use list, line \d+: .*[^.]$/);
      }
    }),
  );
});
