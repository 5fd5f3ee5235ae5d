import assert from "node:assert/strict";
import fc from "fast-check";
import { type LaunchPlan, type Readiness, rolePlan } from "../../../lib/launch/run/launch_plan.ts";
import type { RolePlan } from "../../../lib/launch/run/launch_plan.ts";
import { Supervisor } from "../../../lib/launch/run/supervisor.ts";
import type {
  LaunchResult,
  SupervisorAction,
  SupervisorEvent,
} from "../../../lib/launch/run/supervisor_types.ts";

const LINE: Readiness = { type: "line", pattern: /ready/, timeoutMs: 10_000 };

function role(name: string, rest: Partial<RolePlan> = {}): RolePlan {
  return rolePlan({ name, run: { program: name, args: [] }, ...rest });
}

/** A supervisor in time that a test moves; says in short what it does. */
class Room {
  nowMs = 0;
  result: LaunchResult | undefined;
  readonly supervisor: Supervisor;

  constructor(roles: readonly RolePlan[], end?: readonly string[]) {
    const plan: LaunchPlan = { name: "test", roles, end };
    this.supervisor = new Supervisor(plan);
  }

  tell(event: SupervisorEvent): string[] {
    return this.supervisor.on(event, this.nowMs).map((action) => this.#short(action));
  }

  wait(ms: number): string[] {
    this.nowMs += ms;
    return this.tell({ type: "tick" });
  }

  started(copy: string) {
    return this.tell({ type: "started", copy, pid: 1 });
  }

  ready(copy: string, values = {}) {
    return this.tell({ type: "ready", copy, values });
  }

  exited(copy: string, code: number, signal: string | null = null) {
    return this.tell({ type: "exited", copy, code, signal });
  }

  #short(action: SupervisorAction): string {
    if (action.type === "over") this.result = action.result;
    if (action.type === "restart") return `restart ${action.copy} in ${action.inMs}`;
    return "copy" in action ? `${action.type} ${action.copy}` : action.type;
  }
}

Deno.test("Supervisor starts a role when those that it comes after are ready", () => {
  const room = new Room([role("server", { ready: LINE }), role("client", { after: ["server"] })]);
  assert.deepEqual(room.tell({ type: "begin" }), ["start server"]);
  assert.deepEqual(room.started("server"), []);
  assert.deepEqual(room.ready("server", { port: "7" }), ["start client"]);
  assert.deepEqual(room.supervisor.copy("server")?.values, { port: "7" });
});

Deno.test("Supervisor is over when the roles of the end have ended, and stops the others", () => {
  const room = new Room(
    [role("server", { ready: LINE }), role("client", { after: ["server"], copies: 2 })],
    ["client"],
  );
  room.tell({ type: "begin" });
  room.started("server");
  assert.deepEqual(room.ready("server"), ["start client.1", "start client.2"]);
  room.started("client.1");
  room.started("client.2");
  assert.deepEqual(room.exited("client.1", 3), []);
  assert.deepEqual(room.exited("client.2", 0), ["ending", "stop server"]);
  assert.deepEqual(room.exited("server", 143, "SIGTERM"), ["over"]);
  assert.equal(room.result?.code, 3, "the worst of all");
  assert.deepEqual(room.result?.failures.map(({ copy }) => copy), ["client.1"]);
});

Deno.test("Supervisor stops in the reverse of the order of dependence", () => {
  const room = new Room([
    role("a"),
    role("b", { after: ["a"] }),
    role("c", { after: ["b"] }),
  ]);
  room.tell({ type: "begin" });
  for (const name of ["a", "b", "c"]) room.started(name);
  assert.deepEqual(room.tell({ type: "interrupt" }), ["ending", "stop c"]);
  assert.deepEqual(room.exited("c", 130), ["stop b"]);
  assert.deepEqual(room.exited("b", 0), ["stop a"]);
  assert.deepEqual(room.exited("a", 0), ["over"]);
  assert.deepEqual(room.result, { code: 130, failures: [] });
});

Deno.test("Supervisor starts again after waits that double, and gives up at the limit", () => {
  const room = new Room([role("a", { restart: "on-failure", restartLimit: 3 })]);
  room.tell({ type: "begin" });
  const waits: string[] = [];
  for (let round = 0; round < 3; round++) {
    room.started("a");
    waits.push(...room.exited("a", 7));
    assert.deepEqual(room.wait(1000 * 2 ** round - 1), []);
    assert.deepEqual(room.wait(1), ["start a"]);
  }
  assert.deepEqual(waits, ["restart a in 1000", "restart a in 2000", "restart a in 4000"]);
  room.started("a");
  assert.deepEqual(room.exited("a", 7), ["ending", "over"]);
  assert.equal(room.result?.code, 7);
  assert.match(room.result?.failures[0]?.why ?? "", /ended with 7, after 3 restarts/);
});

Deno.test("Supervisor forgets restarts of what then ran for a while", () => {
  const room = new Room([role("a", { restart: "always", restartLimit: 1 })]);
  room.tell({ type: "begin" });
  for (let round = 0; round < 5; round++) {
    room.started("a");
    room.nowMs += 60_000;
    assert.deepEqual(room.exited("a", 0), ["restart a in 1000"]);
    assert.deepEqual(room.wait(1000), ["start a"]);
  }
});

Deno.test("Supervisor stops what is not ready in time, and everything that needs it", () => {
  const room = new Room([role("server", { ready: LINE }), role("client", { after: ["server"] })]);
  room.tell({ type: "begin" });
  room.started("server");
  assert.deepEqual(room.wait(9_999), []);
  assert.deepEqual(room.wait(1), ["stop server"]);
  assert.deepEqual(room.exited("server", 143, "SIGTERM"), ["ending", "over"]);
  assert.match(room.result?.failures[0]?.why ?? "", /not ready within 10 s/);
});

Deno.test("Supervisor stops what was to end in time and does not", () => {
  const setup = role("setup", { ready: { type: "exit", timeoutMs: 5000 } });
  const room = new Room([setup, role("client", { after: ["setup"] })]);
  room.tell({ type: "begin" });
  room.started("setup");
  assert.deepEqual(room.wait(4_999), []);
  assert.deepEqual(room.wait(1), ["stop setup"]);
  assert.deepEqual(room.exited("setup", 143, "SIGTERM"), ["ending", "over"]);
  assert.match(room.result?.failures[0]?.why ?? "", /did not end within 5 s/);
});

Deno.test("Supervisor takes an end with 0 before it is ready for a failure", () => {
  const room = new Room([role("server", { ready: LINE })]);
  room.tell({ type: "begin" });
  room.started("server");
  room.exited("server", 0);
  assert.deepEqual(room.result?.failures, [{
    ...{ copy: "server", code: 1, required: true },
    why: "ended with 0 before it was ready",
  }]);
});

Deno.test("Supervisor ends everything when a required role fails, goes on when another does", () => {
  for (const required of [true, false]) {
    const room = new Room([role("a", { required }), role("b")], ["b"]);
    room.tell({ type: "begin" });
    room.started("a");
    room.started("b");
    assert.deepEqual(room.exited("a", 1), required ? ["ending", "stop b"] : []);
    room.exited("b", 0);
    assert.equal(room.result?.code, required ? 1 : 0);
    assert.equal(room.result?.failures.length, 1, "it is named all the same");
  }
});

Deno.test("Supervisor does not wait for what can never start", () => {
  const room = new Room([
    role("a", { ready: { type: "exit" }, required: false }),
    role("b", { after: ["a"], required: false }),
  ]);
  room.tell({ type: "begin" });
  room.started("a");
  room.exited("a", 2);
  assert.deepEqual(room.result?.failures.map(({ why }) => why), [
    "ended with 2",
    "not started, because a is not ready",
  ]);
});

const NAMES = ["a", "b", "c", "d"];
const roleArbitrary = (at: number) =>
  fc.record({
    after: fc.subarray(NAMES.slice(0, at)),
    afterEnd: fc.subarray(NAMES.slice(0, Math.min(at, 1))),
    copies: fc.integer({ min: 1, max: 3 }),
    restart: fc.constantFrom("never", "on-failure", "always"),
    restartLimit: fc.nat(2),
    required: fc.boolean(),
    ready: fc.constantFrom<Readiness>({ type: "started" }, LINE, { type: "exit" }),
  }).map((rest) => role(NAMES[at] as string, rest));

Deno.test("Supervisor comes to an end in any case, with nothing running", () => {
  fc.assert(fc.property(
    fc.tuple(roleArbitrary(0), roleArbitrary(1), roleArbitrary(2), roleArbitrary(3)),
    fc.array(fc.record({ copy: fc.nat(), code: fc.constantFrom(0, 0, 1, 3), how: fc.nat(5) })),
    (roles, steps) => {
      const room = new Room(roles);
      const running = new Map<string, "up" | "stopping">();
      const run = (actions: readonly string[]) => {
        for (const action of actions) {
          const [what, copy = ""] = action.split(" ");
          if (what === "start") {
            assert(!running.has(copy), `${copy} is started while it runs`);
            running.set(copy, "up");
            run(room.started(copy));
          }
          if (what === "stop") {
            assert(running.has(copy), `${copy} is stopped and does not run`);
            running.set(copy, "stopping");
          }
          if (what === "over") assert.equal(running.size, 0, "something runs at the end");
        }
      };
      const exit = (copy: string, code: number) => {
        running.delete(copy);
        run(room.exited(copy, code));
      };
      run(room.tell({ type: "begin" }));
      for (const { copy, code, how } of steps) {
        const name = [...running.keys()][copy % Math.max(1, running.size)];
        if (how === 0) run(room.wait(5000));
        else if (name === undefined) run(room.wait(1000));
        else if (how < 3) run(room.ready(name));
        else exit(name, code);
      }
      run(room.tell({ type: "interrupt" }));
      for (let turn = 0; turn < 50 && room.result === undefined; turn++) {
        for (const [copy, state] of [...running]) if (state === "stopping") exit(copy, 143);
        run(room.wait(100));
      }
      assert(room.result !== undefined, "it is over");
    },
  ));
});
