/** Programs that `launch` starts to reach machines. */
import assert from "node:assert/strict";
import { realSshWorld } from "../../lib/launch/ssh/real_ssh_world.ts";

/** Runs a line of sh to its end, then ends it all the same. @returns the groups that got a signal */
async function killedAfter(line: string): Promise<readonly number[]> {
  const program = realSshWorld.start("/bin/sh", ["-c", line]);
  await program.ended;
  const { kill } = Deno;
  const groups: number[] = [];
  Object.assign(Deno, {
    kill(pid: number, signal: Deno.Signal) {
      groups.push(pid);
      kill(pid, signal);
    },
  });
  try {
    program.kill();
  } finally {
    Object.assign(Deno, { kill });
  }
  for (const stream of [program.output, program.errors]) {
    for await (const _ of stream);
  }
  return groups;
}

Deno.test({
  name: "realSshWorld ends what a program has left behind, and nobody who has its number later",
  ignore: Deno.build.os === "windows",
  async fn() {
    assert.equal((await killedAfter("sleep 20 & exit 0")).length, 1);
    assert.deepEqual(await killedAfter("exit 0"), []);
  },
});
