import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import type { TramContext } from "../../../lib/context.ts";
import { encodeMessage, type FromGuard } from "../../../lib/launch/guard/messages.ts";
import type { HostLink } from "../../../lib/launch/host_link.ts";
import { Launcher } from "../../../lib/launch/run/launcher.ts";
import { type RolePlan, rolePlan } from "../../../lib/launch/run/launch_plan.ts";
import type { Place } from "../../../lib/launch/run/place.ts";
import type { LaunchResult } from "../../../lib/launch/run/supervisor_types.ts";
import { Screen } from "../../../lib/terminal/screen.ts";
import { FakeRoom } from "../../fake_context.ts";
import { FakeInput } from "../../fake_input.ts";

const log = {
  ...{ category: "launch", isOn: () => false, log() {}, debug() {}, info() {}, warn() {} },
  ...{ error() {}, logLimited() {}, child: () => log },
};

/** Another machine, whose guard says what a test wants. */
class FarMachine {
  readonly place: Place;
  /** Marks of guards that were asked to be cleaned up after. */
  readonly swept: string[] = [];
  isKilled = false;
  readonly #name: string;
  readonly #output = new FakeInput({ isTerminal: false });
  readonly #end = Promise.withResolvers<{ readonly code: number }>();

  constructor(name: string) {
    this.#name = name;
    const link: HostLink = {
      name,
      start: () =>
        Promise.resolve({
          input: { write: () => Promise.resolve(), end: () => Promise.resolve() },
          output: this.#output.read(new AbortController().signal),
          errors: (async function* () {})(),
          ended: this.#end.promise,
          kill: () => {
            this.isKilled = true;
            this.exit(137);
          },
        }),
      sweep: (guardId) => Promise.resolve(void this.swept.push(guardId)),
      close: () => Promise.resolve(),
    };
    this.place = { name, address: name, slots: 1, link, silenceMs: 20_000 };
  }

  say(...messages: readonly FromGuard[]): void {
    for (const message of messages) this.#output.type(encodeMessage(message));
  }

  /** Its guard is ready, and has started a copy. */
  start(copy: number): void {
    this.say({
      ...{ type: "ready", pid: 1, host: "h", cores: 2, os: "linux", arch: "x86_64" },
      ...{ version: "0", guardId: `r1-${this.#name}`, folder: "/run/x" },
    }, { type: "started", copy, pid: 9 });
  }

  /** Its guard is gone. */
  exit(code: number): void {
    this.#output.end();
    this.#end.resolve({ code });
  }
}

/** A launch of one role on two machines, each with a copy: 1 and 2. */
async function onTwo(
  body: (
    parts: { launcher: Launcher; one: FarMachine; two: FarMachine; out: () => string },
  ) => Promise<void>,
  more: Partial<RolePlan> = { required: false },
): Promise<LaunchResult> {
  const room = new FakeRoom();
  const context = Promise.withResolvers<TramContext>();
  const { stdout } = room.run([], {}, undefined, (_, found) => {
    context.resolve(found);
    return Promise.resolve();
  });
  const [one, two] = [new FarMachine("one"), new FarMachine("two")];
  const role = rolePlan({
    ...{ name: "far", run: { program: "sleep", args: [] }, copies: 2, machines: "list" },
    ...more,
  });
  const found = await context.promise;
  const launcher = new Launcher({
    context: { ...found, log, screen: new Screen(found.process.stderr) },
    plan: { name: "room", roles: [role], end: undefined },
    ...{ runId: "r1", filesOf: () => [], env: {}, isJson: false, logs: undefined },
    places: new Map([["list", [one.place, two.place]]]),
  });
  const result = launcher.run();
  one.start(1);
  two.start(2);
  await settle();
  await body({ launcher, one, two, out: () => stdout.text });
  return await room.clock.runUntil(result);
}

const output = (copy: number, text: string) =>
  ({ type: "output", copy, stream: "stdout", bytes: new TextEncoder().encode(text) }) as const;
const exited = (copy: number) => ({ type: "exited", copy, code: 0, signal: null }) as const;

/** A guard says that it has ended everything, and goes. */
function leave(machine: FarMachine): void {
  machine.say({ type: "ended", left: [] });
  machine.exit(0);
}

Deno.test("Launcher lets no machine speak for another", async () => {
  const result = await onTwo(async ({ launcher, one, two, out }) => {
    one.say(output(2, "forged\n"), exited(2), output(1, "mine\n"));
    await settle();
    assert.equal(out(), "far.1 | mine\n");
    assert.deepEqual(launcher.copies.map(({ phase }) => phase), ["ready", "ready"]);
    one.say(exited(1));
    two.say(exited(2));
    leave(one);
    leave(two);
  });
  assert.deepEqual(result, { code: 0, failures: [] });
});

Deno.test("Launcher cleans up after a guard that is gone, not after a machine that is silent", async () => {
  const result = await onTwo(async ({ one, two }) => {
    one.exit(255);
    await settle();
    assert.deepEqual([one.swept, two.swept], [["r1-one"], []]);
  });
  assert.deepEqual(result.failures.map(({ copy, why }) => `${copy} ${why}`), [
    "far.1 was lost: one: the connection was lost",
    "far.2 was lost: two: nothing was heard from it for 20 s",
  ]);
});

Deno.test("Launcher fails when a copy is to start again where the guard has ended in good order", async () => {
  const result = await onTwo(async ({ one, two }) => {
    one.say(exited(1));
    leave(one);
    two.say({ type: "exited", copy: 2, code: 143, signal: "SIGTERM" });
    leave(two);
    await settle();
  }, { restart: "on-failure" });
  assert.equal(result.code, 69);
  assert.deepEqual(result.failures.map(({ copy, why }) => `${copy} ${why}`), [
    "far.2 Cannot start it: there is no way to two any more",
  ]);
});

Deno.test("Launcher waits for no answer any more after a third ^C", async () => {
  await onTwo(async ({ launcher, one, two }) => {
    launcher.interrupt();
    launcher.interrupt();
    await settle();
    assert(!one.isKilled && !two.isKilled);
    launcher.interrupt();
    assert(one.isKilled && two.isKilled);
  });
});

Deno.test("Launcher says so when a machine is lost at the very end", async () => {
  const result = await onTwo(async ({ one, two }) => {
    one.say(exited(1));
    two.say(exited(2));
    await settle();
    leave(one);
    two.exit(255);
  });
  assert.equal(result.code, 1);
  assert.deepEqual(result.failures.map(({ why }) => why), [
    "two: the connection was lost; what is left ends itself",
  ]);
});

Deno.test("Launcher does not wait at ^C for a machine that is not reached yet", async () => {
  const room = new FakeRoom();
  const context = Promise.withResolvers<TramContext>();
  room.run([], {}, undefined, (_, found) => {
    context.resolve(found);
    return Promise.resolve();
  });
  const found = await context.promise;
  const reached = Promise.withResolvers<never>();
  reached.promise.catch(() => {});
  const link: HostLink = {
    name: "slow",
    start: () => reached.promise,
    close: () => Promise.resolve(reached.reject(new Error("it is not needed any more"))),
  };
  const launcher = new Launcher({
    context: { ...found, log, screen: new Screen(found.process.stderr) },
    plan: {
      name: "room",
      roles: [rolePlan({ name: "far", run: { program: "sleep", args: [] }, machines: "list" })],
      end: undefined,
    },
    ...{ runId: "r1", filesOf: () => [], env: {}, isJson: false, logs: undefined },
    places: new Map([["list", [{
      ...{ name: "slow", address: "slow", slots: 1, link, silenceMs: 20_000 },
    }]]]),
  });
  let result: LaunchResult | undefined;
  launcher.run().then((value) => result = value);
  await settle();
  launcher.interrupt();
  await settle();
  assert.deepEqual(result, { code: 130, failures: [] });
});
