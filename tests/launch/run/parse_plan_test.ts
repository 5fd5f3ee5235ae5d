import assert from "node:assert/strict";
import { parseConfigText } from "../../../lib/config/parse_config_text.ts";
import { EXAMPLE_FILE } from "../../../lib/launch/run/example_file.ts";
import type { LaunchPlan } from "../../../lib/launch/run/launch_plan.ts";
import { parsePlan } from "../../../lib/launch/run/parse_plan.ts";
import { selectRoles } from "../../../lib/launch/run/select_roles.ts";

async function plan(text: string, path = "lab/a.toml"): Promise<LaunchPlan> {
  return parsePlan(await parseConfigText(text, path), path);
}

const SERVER = `
[roles.server]
run = ["tram", "timer", "serve"]
ready = { line = 'port (?<port>\\d+)' }
`;

Deno.test("parsePlan() reads what launch init writes", async () => {
  const { name, roles, end } = await plan(EXAMPLE_FILE);
  assert.equal(name, "lesson");
  assert.deepEqual(roles.map(({ name, copies }) => [name, copies]), [
    ["server", 1],
    ["client", 3],
    ["report", 1],
  ]);
  assert.deepEqual(end, ["client", "report"]);
});

Deno.test("parsePlan() takes a timeout with every kind of readiness", async () => {
  for (const kind of ['line = "x"', 'log = "x"', "tcp = 7", "exit = true"]) {
    const { roles: [role] } = await plan(
      `[roles.a]\nrun = "x"\nready = { ${kind}, timeout = "3s" }\n`,
    );
    assert(role !== undefined && "timeoutMs" in role.ready && role.ready.timeoutMs === 3000, kind);
  }
});

Deno.test("parsePlan() has defaults, and takes paths from the folder of the file", async () => {
  const { name, roles: [role] } = await plan('[roles.a]\nrun = "echo hi"\n');
  assert.equal(name, "a");
  assert.deepEqual(role, {
    ...{ name: "a", run: { shell: "echo hi" }, after: [], afterEnd: [], copies: 1 },
    ...{ machines: undefined, ready: { type: "started" }, restart: "never", restartLimit: 10 },
    ...{ stopGraceMs: 5000, required: true, env: {}, cwd: "lab", output: "prefixed" },
  });
});

/** What is wrong, and what is said about it. */
const WRONG: readonly (readonly [string, RegExp])[] = [
  ["", /roles: wanted a table, got nothing/],
  ['rolls = 1\n[roles.a]\nrun = "x"', /rolls: there is no such key; did you mean "roles"\?/],
  ['[roles.a]\nrunn = "x"', /roles\.a\.runn: there is no such key; did you mean "run"\?/],
  ["[roles.a]\nrun = 7", /roles\.a\.run: wanted a program .* got 7/],
  ['[roles.a]\nrun = "x"\ncopies = 0', /roles\.a\.copies: wanted a whole number, 1 to 1000, got 0/],
  ['[roles.a]\nrun = "x"\nrestart = "allways"', /roles\.a\.restart: .*did you mean "always"\?/],
  ['[roles.a]\nrun = "x"\nstop_grace = "5 apples"', /roles\.a\.stop_grace: wanted a duration/],
  ['[roles.a]\nrun = "x"\nready = { line = "(" }', /roles\.a\.ready\.line: wanted a regular/],
  ['[roles.a]\nrun = "x"\nready = { tcp = 99999 }', /roles\.a\.ready\.tcp: wanted a port/],
  [
    '[roles.a]\nrun = "x"\nready = { tcp = 1, exit = true }',
    /wanted one of line, log, tcp and exit/,
  ],
  ['[roles.a]\nrun = "x"\nafter = "b"', /roles\.a\.after: there is no role "b"/],
  ['[roles.a]\nrun = "x"\nenv = { "A B" = "1" }', /roles\.a\.env\.A B: wanted the name of a var/],
  ['[roles.a]\nrun = "x"\n[end]\nroles = ["b"]', /end\.roles: there is no role "b"/],
  ['[roles."a b"]\nrun = "x"', /roles\.a b: wanted a name/],
  [
    '[roles.a]\nrun = "x"\nafter = "b"\n[roles.b]\nrun = "x"\nafter = "a"',
    /roles\.a\.after: roles wait for each other: a after b after a/,
  ],
  [
    `${SERVER}[roles.b]\nrun = "x {server.port}"`,
    /roles\.b\.run: \{server\.port\} is not known in/,
  ],
  [
    `${SERVER}[roles.b]\nrun = "x {server.prot}"\nafter = "server"`,
    /roles\.b\.run: \{server\.prot\}: server has host, pid, port; did you mean "port"\?/,
  ],
  [
    `${SERVER}[roles.b]\nrun = "x {sever.port}"\nafter = "server"`,
    /\{sever\.port\}: there is no role "sever"; did you mean "server"\?/,
  ],
  [`${SERVER}[roles.b]\nrun = "x {server.2.port}"\nafter = "server"`, /server has no copy 2/],
];

Deno.test("parsePlan() names file, role and key of what is wrong, and what would be right", async () => {
  for (const [text, message] of WRONG) {
    await assert.rejects(plan(text), (error: Error) => {
      assert.equal(error.name, "UsageError");
      assert.match(error.message, /^Cannot use lab\/a\.toml: /);
      assert.match(error.message, message);
      return true;
    }, text);
  }
});

Deno.test("parsePlan() leaves braces of other programs alone", async () => {
  await plan(`[roles.a]\nrun = "awk '{print $1}' \${X.y} {foo.bar}"`);
});

Deno.test("selectRoles() takes what is named, and what that needs", async () => {
  const whole = await plan(EXAMPLE_FILE);
  const names = (only: string[]) => selectRoles(whole, only).roles.map(({ name }) => name);
  assert.deepEqual(names(["server"]), ["server"]);
  assert.deepEqual(names(["client"]), ["server", "client"]);
  assert.deepEqual(selectRoles(whole, ["server"]).end, undefined);
  assert.throws(() => names(["sever"]), /--only sever: .*did you mean "server"\?/);
});
