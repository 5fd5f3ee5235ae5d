import assert from "node:assert/strict";
import { checkPlan } from "../../../../lib/launch/run/check_plan.ts";
import type { LaunchPlan } from "../../../../lib/launch/run/launch_plan.ts";
import { chatPlan } from "../../../../lib/launch/run/tools/chat_plan.ts";
import { collectPlan } from "../../../../lib/launch/run/tools/collect_plan.ts";
import { mapreducePlan } from "../../../../lib/launch/run/tools/mapreduce_plan.ts";
import { timerPlan } from "../../../../lib/launch/run/tools/timer_plan.ts";
import { advertisedHost } from "../../../../lib/launch/run/tools/tool_flags.ts";

const SERVER = { host: "127.0.0.1", port: "0", json: false };

const collect = { ...SERVER, clients: 5, store: ":memory:" };
const timer = { ...SERVER, clients: 1 };
const chat = { ...SERVER, bots: 3, interval: "500ms", duration: "5s", store: ":memory:" };
const mapreduce = {
  ...{ ...SERVER, workers: 2, job: "wordcount", output: "out", inputs: ["-a.txt", "b c.txt"] },
  ...{ foldCase: true, resume: false, threads: "3", memory: "1GiB" },
};

/** The command line of a role. */
function line(plan: LaunchPlan, name: string): string {
  const run = plan.roles.find((role) => role.name === name)?.run;
  return run !== undefined && "args" in run ? run.args.join(" ") : "";
}

Deno.test("plans of tools hold together, here and with machines", () => {
  for (const machines of [undefined, "room.hosts"]) {
    const plans = [
      ...[collectPlan({ ...collect, machines }), timerPlan({ ...timer, machines })],
      ...[chatPlan({ ...chat, machines }), mapreducePlan({ ...mapreduce, machines })],
    ];
    for (const plan of plans) {
      checkPlan(plan, plan.name);
      const [server, client] = plan.roles;
      assert.equal(server?.machines, undefined, "the server is here");
      assert.equal(client?.machines, machines);
      const host = machines === undefined ? "127.0.0.1" : "0.0.0.0";
      assert.match(line(plan, server?.name ?? ""), new RegExp(`--host ${host} --port 0\\b`));
    }
  }
});

Deno.test("advertisedHost() is where a server listens alone, unless somebody says another", () => {
  assert.equal(advertisedHost({ host: "192.0.2.7" }), "192.0.2.7");
  assert.equal(advertisedHost({ host: "192.0.2.7", advertise: "lab-1" }), "lab-1");
  for (const host of ["127.0.0.1", "localhost", "0.0.0.0", "::"]) {
    assert.equal(advertisedHost({ host }), undefined, host);
  }
});

Deno.test("chatPlan() has a server with rooms, whatever a file says", () => {
  assert.match(line(chatPlan(chat), "server"), / --mode rooms\b/);
});

Deno.test("collectPlan() passes on what was typed, and ends with a report", () => {
  const plan = collectPlan({ ...collect, interval: "15ms", duration: "10s", json: true });
  assert.equal(
    line(plan, "client"),
    "collect send --host 127.0.0.1 --port {server.port} --interval 15ms --duration 10s " +
      "--id client-{index}",
  );
  assert.equal(plan.roles[1]?.copies, 5);
  assert.equal(
    line(plan, "report"),
    "collect report --live --host 127.0.0.1 --port {server.port} --json",
  );
  assert.match(line(collectPlan(collect), "client"), /--duration 10s/);
  assert.doesNotMatch(line(collectPlan({ ...collect, count: "7" }), "client"), /--duration/);
});

Deno.test("timerPlan() has room for all clients, and shows one client's report as it is", () => {
  assert.match(line(timerPlan({ ...timer, clients: 9 }), "server"), /--max-clients 9$/);
  assert.match(line(timerPlan(timer), "server"), /--max-clients 5$/);
  assert.equal(timerPlan(timer).roles[1]?.output, "plain");
  assert.equal(timerPlan({ ...timer, clients: 2 }).roles[1]?.output, "prefixed");
});

Deno.test("mapreducePlan() tells inputs from options, and other machines where they are", () => {
  const plan = mapreducePlan(mapreduce);
  assert.match(line(plan, "run"), /--workers join .* --fold-case -- -a\.txt b c\.txt$/);
  assert.doesNotMatch(line(plan, "worker"), /--advertise/);
  const far = mapreducePlan({ ...mapreduce, machines: "room.hosts" });
  assert.match(line(far, "worker"), /--advertise \{address\}$/);
});

Deno.test("plans of tools have clients dial where the server listens", () => {
  const dialled = (host: string, machines?: string) => {
    const worker = line(mapreducePlan({ ...mapreduce, host, machines }), "worker");
    const bot = line(chatPlan({ ...chat, host, machines }), "bot");
    return [/--coordinator (\S+)/.exec(worker)?.[1], /--host (\S+)/.exec(bot)?.[1]];
  };
  assert.deepEqual(dialled("127.0.0.2"), ["127.0.0.2:{run.port}", "127.0.0.2"]);
  assert.deepEqual(dialled("::1"), ["[::1]:{run.port}", "::1"]);
  for (const [host, machines] of [["0.0.0.0"], ["::"], ["10.0.0.7", "room.hosts"]] as const) {
    assert.deepEqual(dialled(host, machines), ["{run.host}:{run.port}", "{server.host}"]);
  }
});

Deno.test("mapreducePlan() passes on a value that begins with a dash", () => {
  const plan = mapreducePlan({ ...mapreduce, job: "grep", pattern: "-x", output: "--out" });
  assert.match(line(plan, "run"), / --pattern=-x --output=--out /);
});

Deno.test("mapreducePlan() refuses what would not be passed on as it was typed", () => {
  const plan = (pattern: string) => mapreducePlan({ ...mapreduce, job: "grep", pattern });
  for (const pattern of ["{host}", "a{index}b", "{run}", "{run.port}"]) {
    assert.throws(
      () => plan(pattern),
      /^UsageError: Cannot run .* with \{.*\} in ".*": launch would/,
    );
  }
  for (const pattern of ["{print}", "a{2,3}", "{a.b}", "{host, index}"]) {
    assert(line(plan(pattern), "run").includes(` --pattern ${pattern} `), pattern);
  }
});
