import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../lib/clock/fake_clock.ts";
import { Guard } from "../../../lib/launch/guard/guard.ts";
import {
  decodeFromGuard,
  encodeMessage,
  type FromGuard,
  INPUT_WINDOW_BYTES,
  type StartMessage,
  type ToGuard,
} from "../../../lib/launch/guard/messages.ts";
import { readFrames } from "../../../lib/launch/guard/read_frames.ts";
import type { RunFile } from "../../../lib/launch/guard/run_folder.ts";
import { FakeInput } from "../../fake_input.ts";
import { FakeProcessRoom } from "./fake_process_room.ts";

/** A guard, and its launcher in the hands of a test. */
class World {
  readonly clock = new FakeClock();
  readonly room = new FakeProcessRoom();
  readonly input = new FakeInput({ isTerminal: false });
  readonly told: FromGuard[] = [];
  readonly folders = new Map<string, readonly RunFile[]>();
  /** What the guard says in its log. */
  readonly words: string[] = [];
  /** Whether nobody reads what it writes. */
  isDeaf = false;
  /** Why no folder can be made. */
  failure: Error | undefined;
  readonly guard: Guard;
  readonly left: Promise<readonly number[]>;

  constructor(env: Readonly<Record<string, string>> = {}) {
    const say = (message: string | (() => string)) => {
      this.words.push(typeof message === "string" ? message : message());
    };
    const log = {
      ...{ category: "launch", isOn: () => true, log: () => {}, debug: say, info: say, warn: say },
      ...{ error: say, logLimited: () => {}, child: () => log },
    };
    this.guard = new Guard({
      ...{ clock: this.clock, room: this.room, pid: 77, env, log },
      input: this.input.read(new AbortController().signal),
      write: (bytes) => {
        if (this.isDeaf) return Promise.reject(new Error("nobody reads"));
        return this.#take(bytes);
      },
      makeFolder: (id, files) => {
        if (this.failure !== undefined) return Promise.reject(this.failure);
        const path = `/run/tram-run-${id}`;
        this.folders.set(path, files);
        return Promise.resolve({
          path,
          remove: () => Promise.resolve(void this.folders.delete(path)),
        });
      },
      machine: { host: "desk", cores: 2, os: "linux", arch: "x86_64", version: "0" },
    });
    this.left = this.guard.run();
  }

  async say(...messages: readonly ToGuard[]): Promise<void> {
    for (const message of messages) this.input.type(encodeMessage(message));
    await settle();
  }

  async hello(silenceMs = 0): Promise<void> {
    const files = [{ name: "token", text: "secret" }];
    await this.say({ type: "hello", runId: "r1", hostName: "here", silenceMs, files });
  }

  async start(copy: number, more: Partial<StartMessage> = {}): Promise<void> {
    await this.say({
      ...{ type: "start", copy, name: `a.${copy}`, program: "a", args: [], env: {} },
      ...{ stopGraceMs: 5000, input: "none", ...more },
    });
  }

  of<T extends FromGuard["type"]>(type: T): Extract<FromGuard, { type: T }>[] {
    return this.told.filter((message): message is Extract<FromGuard, { type: T }> =>
      message.type === type
    );
  }

  async #take(bytes: Uint8Array): Promise<void> {
    const one = async function* () {
      yield await Promise.resolve(bytes);
    };
    for await (const message of readFrames(one(), decodeFromGuard)) this.told.push(message);
  }
}

Deno.test("Guard has a private folder, and puts its path where {run} stands", async () => {
  const world = new World({ TRAM_RUN_ID: "outer" });
  await world.hello();
  assert.equal(world.of("ready")[0]?.folder, "/run/tram-run-r1-77");
  assert.deepEqual(world.folders.get("/run/tram-run-r1-77"), [{ name: "token", text: "secret" }]);
  await world.start(1, { args: ["--token-file", "{run}/token"], env: { T: "{run}/t", X: "{x}" } });
  assert.deepEqual(world.room.processes[0]?.start, {
    ...{ program: "a", args: ["--token-file", "/run/tram-run-r1-77/token"] },
    ...{ cwd: undefined, hasInput: false },
    env: {
      ...{ T: "/run/tram-run-r1-77/t", X: "{x}" },
      ...{ TRAM_RUN_ID: "outer:r1", TRAM_GUARD: "r1-77" },
    },
  });
  await world.say({ type: "end" });
  await world.clock.runUntil(world.left);
  assert.equal(world.folders.size, 0, "it is gone");
});

Deno.test("Guard forwards what copies write, then how they exited", async () => {
  const world = new World();
  await world.hello();
  await world.start(1);
  const [process] = world.room.processes;
  process?.output.push("out");
  process?.errors.push("err");
  await settle();
  process?.exit(3);
  await settle();
  const told = world.told.slice(1).map((message) =>
    message.type === "output"
      ? `${message.stream} ${new TextDecoder().decode(message.bytes)}`
      : message.type === "exited"
      ? `exited ${message.code}`
      : message.type
  );
  assert.deepEqual(told, ["started", "stdout out", "stderr err", "exited 3"]);
  world.input.end();
  assert.deepEqual(await world.clock.runUntil(world.left), []);
});

Deno.test("Guard does not wait for pipes that what a copy has started holds", async () => {
  const world = new World();
  await world.hello();
  await world.start(1);
  const leader = world.room.processes[0]!;
  // The leader is gone, its output stays open.
  leader.output.close = () => {};
  leader.exit(0);
  await settle();
  assert.equal(world.of("exited").length, 0);
  await world.clock.advance(1500);
  assert.equal(world.of("exited").length, 1);
  world.input.end();
  await world.clock.runUntil(world.left);
});

Deno.test("Guard ends everything when its input ends, what went away too", async () => {
  const world = new World();
  world.room.deaf.add("deaf");
  await world.hello();
  await world.start(1);
  await world.start(2, { program: "deaf" });
  const [, deaf] = world.room.processes;
  if (deaf !== undefined) world.room.fork(deaf, true);
  world.input.end();
  await settle();
  assert.deepEqual(world.room.alive.length, 2, "they have their grace");
  await world.clock.advance(4900);
  assert.deepEqual(world.room.alive.length, 2);
  const left = await world.clock.runUntil(world.left, 2000);
  assert.deepEqual([left, world.room.alive], [[], []]);
  assert.deepEqual(world.of("ended"), [{ type: "ended", left: [] }]);
});

Deno.test("Guard ends everything when the launcher is silent, unless it need not speak", async () => {
  for (const silenceMs of [0, 20_000]) {
    const world = new World();
    await world.hello(silenceMs);
    await world.start(1);
    for (let beat = 0; beat < 5; beat++) {
      await world.clock.advance(15_000);
      await world.say({ type: "beat" });
    }
    assert.equal(world.room.alive.length, 1);
    await world.clock.advance(21_100);
    assert.equal(world.room.alive.length, silenceMs === 0 ? 1 : 0);
    world.input.end();
    await world.clock.runUntil(world.left);
  }
});

Deno.test("Guard ends everything when nobody reads what it writes", async () => {
  const world = new World();
  await world.hello();
  await world.start(1);
  world.isDeaf = true;
  world.room.processes[0]?.output.push("word");
  assert.deepEqual(await world.clock.runUntil(world.left, 10_000), []);
  assert.equal(world.room.alive.length, 0);
});

Deno.test("Guard ends everything when the launcher makes no sense", async () => {
  const wrong: readonly ToGuard[] = [
    { type: "hello", runId: "r2", hostName: "here", silenceMs: 0, files: [] },
    { type: "input", copy: 1, bytes: new Uint8Array(INPUT_WINDOW_BYTES + 1) },
  ];
  for (const message of wrong) {
    const world = new World();
    await world.hello();
    await world.start(1, { input: "stream" });
    world.room.processes[0]!.reads = false;
    await world.say(message);
    assert.deepEqual(await world.clock.runUntil(world.left, 10_000), []);
    assert.equal(world.room.alive.length, 0);
    assert.match(world.words.join("\n"), /Cannot take/);
  }
});

Deno.test("Guard says which copy could not be started, and goes on", async () => {
  const world = new World();
  world.room.missing.add("nope");
  await world.hello();
  await world.start(1, { program: "nope" });
  await world.start(2);
  assert.deepEqual(world.of("failed"), [{
    ...{ type: "failed", copy: 1 },
    message: "Cannot start nope: there is no such program",
  }]);
  assert.equal(world.room.alive.length, 1);
  world.input.end();
  await world.clock.runUntil(world.left);
});

Deno.test("Guard hands input to a copy as it reads, and tells how much", async () => {
  const world = new World();
  await world.hello();
  await world.start(1, { input: "stream" });
  const process = world.room.processes[0]!;
  process.reads = false;
  await world.say(
    { type: "input", copy: 1, bytes: new TextEncoder().encode("one ") },
    { type: "input", copy: 1, bytes: new TextEncoder().encode("two") },
    { type: "input-end", copy: 1 },
  );
  assert.deepEqual([process.input, world.of("taken").length], ["", 0]);
  process.read();
  await settle();
  assert.deepEqual([process.input, process.isInputEnded], ["one two", true]);
  assert.deepEqual(world.of("taken").map(({ bytes }) => bytes), [4, 3]);
  world.input.end();
  await world.clock.runUntil(world.left);
});

Deno.test("Guard ends before it knows its run, when the launcher is gone at once", async () => {
  const world = new World();
  world.input.end();
  assert.deepEqual(await world.clock.runUntil(world.left, 1000), []);
  assert.equal(world.folders.size, 0);
});

Deno.test("Guard says why it cannot make the run's folder", async () => {
  const world = new World();
  world.failure = new Error("Cannot make a folder for the run: No space left on device");
  await world.hello();
  await world.clock.runUntil(world.left);
  assert.equal(world.words[0], "Cannot make a folder for the run: No space left on device");
  assert.deepEqual(world.words.filter((word) => word.startsWith("ending")).length, 1);
});
