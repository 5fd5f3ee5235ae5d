/** The console of a relay: what it knows, and whom it keeps out. */
import assert from "node:assert/strict";
import { JoinRoom } from "../client/join_room.ts";

/** Gives a command at the console and waits for what it answers. */
async function ask(world: JoinRoom, command: string, answer: RegExp): Promise<void> {
  world.console.type(`${command}\n`);
  assert(world.server !== undefined);
  await world.runUntil(world.server.stdout.matching(answer));
}

Deno.test("runRelayCommand() lists each command that works, and hints at them", async () => {
  await using world = new JoinRoom();
  await world.serve("--mode", "relay");
  await ask(world, "!help", /!shutdown \[TIME\] \[REASON\] /);
  await ask(world, "!shutdwon", /there is no such command; did you mean !shutdown\?/);
  await ask(world, "!rooms", /Cannot do !rooms in relay mode: there is no such command; see !help/);
  await ask(world, "!op ada", /Cannot do !op in relay mode/);
});

Deno.test("RelayHost lets the console kick and ban players, with reasons", async () => {
  await using world = new JoinRoom();
  await world.serve("--mode", "relay");
  const flags = ["--json", "--stay", "--profile", "p"];
  const ada = world.join("ada", flags.with(-1, "ada"));
  await world.runUntil(ada.stdout.matching(/"role":"waiting"/));
  const bob = world.join("bob", flags.with(-1, "bob"));
  await world.runUntil(bob.stdout.matching(/"role":"receiver"/));
  await ask(world, "!kick nobody", /nobody is called "nobody"/);
  await ask(world, "!ban BOB 1h spam", /bob is banned, 1 h 00 min left: spam/);
  assert.equal(await world.runUntil(bob.exitCode), 77);
  assert.match(bob.stderr.text + bob.stdout.text, /You are banned here .*by console: spam/);
  await world.runUntil(ada.stdout.matching(/"type":"peer-left","number":2,"why":"fin"/));

  const again = world.join("robert", flags.with(-1, "bob")); // by its session, whatever its name
  assert.equal(await world.runUntil(again.exitCode), 77);
  await ask(world, "!bans", /^bob +ban +\d.* left +console +spam$/m);
  await ask(world, "!forgive bob", /bob is not banned any more/);
  const third = world.join("bob", flags.with(-1, "bob"));
  await world.runUntil(third.stdout.matching(/"role":"receiver"/));
  for (const { interrupt, exitCode } of [ada, third]) {
    interrupt();
    assert.equal(await world.runUntil(exitCode), 130);
  }
});

Deno.test("RelayHost does not guess who of several with one name is meant", async () => {
  await using world = new JoinRoom();
  await world.serve("--mode", "relay");
  const twins = [1, 2].map(() => world.join("ada", ["--json", "--stay", "--no-state"]));
  for (const { stdout } of twins) await world.runUntil(stdout.matching(/"type":"role"/));
  await ask(world, "!kick ada", /several are called that: wanted one of session:1, session:2/);
  await ask(world, "!kick session:2 twin", /ada was kicked: twin/);
  assert.match((await world.runUntil(twins[1]!.exitCode)) + twins[1]!.stderr.text, /Kicked by/);
  twins[0]!.interrupt();
  assert.equal(await world.runUntil(twins[0]!.exitCode), 130);
});
