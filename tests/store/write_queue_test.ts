import assert from "node:assert/strict";
import { type Pack, WriteQueue } from "../../lib/store/write_queue.ts";

/** Three names at most; settles with what it was sent for. */
class Names implements Pack<string> {
  readonly names: string[] = [];
  readonly outcome = Promise.withResolvers<string>();

  get isFull(): boolean {
    return this.names.length >= 3;
  }

  settle(written: string): void {
    this.outcome.resolve(written);
  }

  fail(error: unknown): void {
    this.outcome.reject(error);
  }
}

/** A queue whose packs are committed, or not, when the test says so. */
class Desk {
  readonly sent: { names: string[]; epoch: number; reply: PromiseWithResolvers<string> }[] = [];
  readonly queue = new WriteQueue<Names, string>({
    newPack: () => new Names(),
    send: ({ names }, epoch) => {
      const reply = Promise.withResolvers<string>();
      this.sent.push({ names, epoch, reply });
      return reply.promise;
    },
  });

  write(name: string): Promise<string> {
    const pack = this.queue.pack();
    pack.names.push(name);
    return pack.outcome.promise;
  }

  get names(): string[] {
    return this.sent.map(({ names }) => names.join(""));
  }
}

/** Lets promises that have settled go on. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("pack() of WriteQueue shares a commit among the writes of a turn", async () => {
  const desk = new Desk();
  const writes = [..."abcd"].map((name) => desk.write(name));
  assert.deepEqual(desk.names, []);
  await turn();
  assert.deepEqual(desk.names, ["abc", "d"]);
  for (const [i, { reply }] of desk.sent.entries()) reply.resolve(String(i));
  assert.deepEqual(await Promise.all(writes), ["0", "0", "0", "1"]);
});

Deno.test("pack() of WriteQueue gathers what comes while two are in flight", async () => {
  const desk = new Desk();
  for (const name of "abcd") {
    desk.write(name);
    await turn();
  }
  assert.deepEqual(desk.names, ["a", "b"]);
  desk.sent[0]?.reply.resolve("");
  await turn();
  assert.deepEqual(desk.names, ["a", "b", "cd"]);
  for (const { reply } of desk.sent) reply.resolve("");
  await desk.queue.idle();
});

Deno.test("WriteQueue fails all that waits with what failed, and starts an epoch", async () => {
  const desk = new Desk();
  const writes: Promise<string>[] = [];
  for (const name of "abc") {
    writes.push(desk.write(name));
    await turn();
  }
  const [first, second] = desk.sent;
  first?.reply.reject(new Error("full"));
  await assert.rejects(writes[0]!, /full/);
  await assert.rejects(writes[2]!, /full/);
  const late = desk.write("d");
  await turn();
  assert.equal(desk.sent.length, 2);
  // It was sent with the first epoch, so whoever writes refuses it; what was called before that was
  // told may follow on it.
  second?.reply.reject(new Error("fence"));
  await assert.rejects(writes[1]!, /fence/);
  await assert.rejects(late, /fence/);
  const again = desk.write("e");
  await turn();
  assert.deepEqual(desk.names, ["a", "b", "e"]);
  assert.deepEqual(desk.sent.map(({ epoch }) => epoch), [0, 0, 2]);
  desk.sent[2]?.reply.resolve("kept");
  assert.equal(await again, "kept");
});

Deno.test("idle() of WriteQueue waits for what waits and what is in flight", async () => {
  const desk = new Desk();
  await desk.queue.idle();
  desk.write("a");
  let isIdle = false;
  const idle = desk.queue.idle().then(() => isIdle = true);
  await turn();
  assert.equal(isIdle, false);
  desk.sent[0]?.reply.resolve("");
  await idle;
  assert.equal(isIdle, true);
});
