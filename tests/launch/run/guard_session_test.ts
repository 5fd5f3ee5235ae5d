import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../lib/clock/fake_clock.ts";
import {
  decodeToGuard,
  encodeMessage,
  type FromGuard,
  INPUT_WINDOW_BYTES,
  type ToGuard,
} from "../../../lib/launch/guard/messages.ts";
import { readFrames } from "../../../lib/launch/guard/read_frames.ts";
import type { GuardPipe } from "../../../lib/launch/host_link.ts";
import { GuardSession } from "../../../lib/launch/run/guard_session.ts";
import { HostError, HostProblem } from "../../../lib/launch/ssh/host_error.ts";
import { FakeInput } from "../../fake_input.ts";

/** A guard in the hands of a test, and the session of its launcher. */
class World {
  readonly clock = new FakeClock();
  /** What the guard was told. */
  readonly told: ToGuard[] = [];
  readonly events: unknown[] = [];
  isKilled = false;
  /** When whoever gets output has taken it. */
  taken: Promise<void> = Promise.resolve();
  readonly session: GuardSession;
  readonly #output = new FakeInput({ isTerminal: false });
  readonly #end = Promise.withResolvers<{ readonly code: number }>();

  constructor({ canVanish = false, failure }: { canVanish?: boolean; failure?: Error } = {}) {
    this.session = new GuardSession({
      ...{
        clock: this.clock,
        runId: "r1",
        files: [],
        silenceMs: canVanish ? 20_000 : 0,
        onWords: () => {},
      },
      link: {
        name: "node7",
        start: () =>
          failure === undefined ? Promise.resolve(this.#pipe()) : Promise.reject(failure),
        close: () => Promise.resolve(),
      },
      onOutput: ({ copy, bytes }) => {
        this.events.push([copy, ...bytes]);
        return this.taken;
      },
      onCopy: (event) => void this.events.push(event),
    });
  }

  /** The guard says something. */
  async say(...messages: readonly FromGuard[]): Promise<void> {
    for (const message of messages) this.#output.type(encodeMessage(message));
    await settle();
  }

  /** The guard says bytes that mean nothing. */
  async garbage(bytes: Uint8Array): Promise<void> {
    this.#output.type(bytes);
    await settle();
  }

  async ready(): Promise<void> {
    const started = this.session.start();
    await this.say({
      ...{ type: "ready", pid: 1, host: "h", cores: 2, os: "linux", arch: "x86_64" },
      ...{ version: "0", guardId: "r1-1", folder: "/run/x" },
    });
    await started;
  }

  /** The guard's process is gone. */
  exit(code: number): void {
    this.#output.end();
    this.#end.resolve({ code });
  }

  #pipe(): GuardPipe {
    return {
      input: {
        write: async (bytes) => {
          const one = async function* () {
            yield await Promise.resolve(bytes);
          };
          for await (const message of readFrames(one(), decodeToGuard)) this.told.push(message);
        },
        end: () => Promise.resolve(),
      },
      output: this.#output.read(new AbortController().signal),
      errors: (async function* () {})(),
      ended: this.#end.promise,
      kill: () => {
        this.isKilled = true;
        this.exit(137);
      },
    };
  }
}

Deno.test("GuardSession says HELLO first, and then beats", async () => {
  const world = new World({ canVanish: true });
  await world.ready();
  assert.deepEqual(world.told[0], {
    ...{ type: "hello", runId: "r1", hostName: "node7", silenceMs: 20_000, files: [] },
  });
  await world.clock.advance(10_000);
  assert.deepEqual(world.told.slice(1), [{ type: "beat" }, { type: "beat" }]);
  world.exit(0);
  await world.session.ended;
});

Deno.test("GuardSession hands on what copies do, and ends as the guard says", async () => {
  const world = new World();
  await world.ready();
  await world.say(
    { type: "started", copy: 1, pid: 9 },
    { type: "output", copy: 1, stream: "stdout", bytes: new Uint8Array([7, 8]) },
    { type: "exited", copy: 1, code: 0, signal: null },
    { type: "ended", left: [5] },
  );
  assert.deepEqual(world.events, [
    { type: "started", copy: 1, pid: 9 },
    [1, 7, 8],
    { type: "exited", copy: 1, code: 0, signal: null },
  ]);
  world.exit(1);
  assert.deepEqual(await world.session.ended, {
    ...{ left: [5], lost: undefined, isSilent: false, code: 0 },
  });
});

Deno.test("GuardSession gives up a machine that vanishes, and no other for being silent", async () => {
  for (const canVanish of [true, false]) {
    const world = new World({ canVanish });
    await world.ready();
    await world.clock.advance(20_000);
    assert(!world.isKilled);
    await world.clock.advance(10_000);
    assert.equal(world.isKilled, canVanish);
    if (!canVanish) world.exit(137);
    const { lost } = await world.session.ended;
    assert.equal(
      lost,
      canVanish ? "nothing was heard from it for 20 s" : "its guard ended with 137",
    );
  }
});

Deno.test("GuardSession does not take a reader of its own that stands still for silence", async () => {
  const world = new World({ canVanish: true });
  await world.ready();
  const reader = Promise.withResolvers<void>();
  world.taken = reader.promise;
  await world.say({ type: "output", copy: 1, stream: "stdout", bytes: new Uint8Array([7]) });
  await world.say({ type: "beat" });
  await world.clock.advance(60_000);
  assert(!world.isKilled);
  reader.resolve();
  await settle();
  await world.clock.advance(19_000);
  assert(!world.isKilled);
  await world.clock.advance(10_000);
  assert(world.isKilled);
});

Deno.test("GuardSession gives up a guard that never answers, or makes no sense", async () => {
  const silent = new World();
  const started = silent.session.start();
  started.catch(() => {});
  await silent.clock.advance(30_000);
  await assert.rejects(started, /^Error: Cannot use node7: it does not answer$/);

  const wild = new World();
  await wild.ready();
  await wild.garbage(new Uint8Array([0xff, 0xff, 0xff, 0xff, 1, 2, 3]));
  assert.match((await endOf(wild)).lost ?? "", /Cannot read a frame of 4294967295 bytes/);
  assert(wild.isKilled);
});

async function endOf({ clock, session }: World) {
  return await clock.runUntil(session.ended);
}

Deno.test("GuardSession says why a machine cannot be reached", async () => {
  const message = "Cannot reach node7: no route";
  const of = (problem: HostProblem) => new HostError(problem, "node7", message);
  const failures: readonly (readonly [Error, number])[] = [
    ...[[new Error(message), 1], [of(HostProblem.Unreachable), 69]] as const,
    [of(HostProblem.Denied), 77],
  ];
  for (const [failure, code] of failures) {
    const world = new World({ failure });
    await assert.rejects(world.session.start(), /no route/);
    const end = { left: [], isSilent: false, lost: message, code };
    assert.deepEqual(await world.session.ended, end);
  }
});

Deno.test("GuardSession does not wait for a copy that has exited to take its input", async () => {
  const world = new World();
  await world.ready();
  const written = world.session.write(3, new Uint8Array(2 * INPUT_WINDOW_BYTES));
  await world.say({ type: "exited", copy: 3, code: 0, signal: null });
  await written;
  world.exit(0);
  await world.session.ended;
});

Deno.test("GuardSession sends no more input than a copy has taken", async () => {
  const world = new World();
  await world.ready();
  const sent = () =>
    world.told.reduce((sum, each) => each.type === "input" ? sum + each.bytes.length : sum, 0);
  const written = world.session.write(3, new Uint8Array(INPUT_WINDOW_BYTES + 10));
  await settle();
  assert(sent() <= INPUT_WINDOW_BYTES);
  await world.say({ type: "taken", copy: 3, bytes: 64 * 1024 });
  await written;
  await settle();
  assert.equal(sent(), INPUT_WINDOW_BYTES + 10);
  world.exit(0);
  await world.session.ended;
});

Deno.test("GuardSession says of a guard that it has killed that it does not answer", async () => {
  const world = new World({ canVanish: true });
  await world.ready();
  world.session.kill();
  const { lost, isSilent } = await world.session.ended;
  assert.deepEqual([lost, isSilent], ["it does not answer", false]);
});

Deno.test("GuardSession tells a connection that was lost from a guard that has ended", async () => {
  for (const canVanish of [true, false]) {
    const world = new World({ canVanish });
    await world.ready();
    world.exit(255);
    const { lost } = await world.session.ended;
    assert.equal(lost, canVanish ? "the connection was lost" : "its guard ended with 255");
  }
});

Deno.test("GuardSession gives a guard time to be loaded before silence counts", async () => {
  const world = new World({ canVanish: true });
  const started = world.session.start();
  started.catch(() => {});
  await world.clock.advance(29_000);
  assert(!world.isKilled);
  await world.clock.advance(1000);
  assert(world.isKilled);
  await assert.rejects(started, /it does not answer/);
});
