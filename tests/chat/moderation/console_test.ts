import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../lib/clock/fake_clock.ts";
import type { Reply } from "../../../lib/chat/messages.ts";
import { ServerConsole, type ServerConsoleOptions } from "../../../lib/chat/moderation/console.ts";
import { FakeInput } from "../../fake_input.ts";
import { KeptOutput } from "../../kept_output.ts";
import { FakeTerminal } from "../../terminal/fake_terminal.ts";

/** A console with a server that says what it was told. */
function consoleRoom(
  stdout: KeptOutput | FakeTerminal,
  { isTerminal = false, ...options }: Partial<ServerConsoleOptions> & { isTerminal?: boolean } = {},
) {
  const stdin = new FakeInput({ isTerminal });
  /** What it was told, in order. */
  const calls: string[] = [];
  const serverConsole = new ServerConsole({
    stdin,
    stdout,
    clock: new FakeClock(),
    run: (command) => {
      calls.push(command);
      const reply: Reply = { command, isDone: true, lines: [`did ${command}`], data: { x: 1 } };
      return Promise.resolve(reply);
    },
    words: () => ({ nicks: ["bob", "Bobby", "eve"], rooms: ["#lobby"] }),
    onInterrupt: () => calls.push("<interrupt>"),
    onFailure: (error) => calls.push(`failed: ${error}`),
    ...options,
  });
  return { stdin, calls, console: serverConsole };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await settle();
}

Deno.test("ServerConsole runs lines of a pipe in order, then ends", async () => {
  const stdout = new KeptOutput();
  const room = consoleRoom(stdout);
  room.stdin.type("!list\n\n  tea is ready \r\n!!not a command\n!bans");
  room.stdin.end();
  await room.console.done;
  assert.equal(room.console.prompt, undefined);
  assert.deepEqual(room.calls, ["!list", "!say tea is ready", "!say !not a command", "!bans"]);
  assert.equal(
    stdout.text,
    "did !list\ndid !say tea is ready\ndid !say !not a command\ndid !bans\n",
  );
});

Deno.test("ServerConsole begins a command when the one before has ended", async () => {
  const calls: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const room = consoleRoom(new KeptOutput(), {
    run: async (command) => {
      calls.push(command);
      if (calls.length === 1) await promise;
      return { command, isDone: true, lines: [] };
    },
  });
  room.stdin.type("!ban bob\n!bans\n");
  room.stdin.end();
  await settled();
  assert.deepEqual(calls, ["!ban bob"]);
  resolve();
  await room.console.done;
  assert.deepEqual(calls, ["!ban bob", "!bans"]);
});

Deno.test("ServerConsole does nothing of a line that is too long", async () => {
  const stdout = new KeptOutput();
  const room = consoleRoom(stdout);
  room.stdin.type(`!say ${"x".repeat(5000)}\n!list\n`);
  room.stdin.end();
  await room.console.done;
  assert.deepEqual(room.calls, ["!list"]);
  assert.equal(stdout.text, "Cannot do this: a line has at most 4096 bytes\ndid !list\n");
});

Deno.test("ServerConsole writes replies as JSON, one per line", async () => {
  const stdout = new KeptOutput();
  const room = consoleRoom(stdout, { isJson: true });
  room.stdin.type(`!list\n${"x".repeat(5000)}\n`);
  room.stdin.end();
  await room.console.done;
  const [first, second] = stdout.text.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(first, {
    type: "reply",
    command: "!list",
    isDone: true,
    lines: ["did !list"],
    data: { x: 1 },
  });
  assert.equal(second.isDone, false);
});

Deno.test("ServerConsole goes on after a command that failed", async () => {
  let runs = 0;
  const room = consoleRoom(new KeptOutput(), {
    run: (command) => {
      if (runs++ === 0) return Promise.reject(new Error("defect"));
      return Promise.resolve({ command, isDone: true, lines: [] });
    },
  });
  room.stdin.type("!list\n!bans\n");
  room.stdin.end();
  await room.console.done;
  assert.deepEqual([runs, room.calls], [2, ["failed: Error: defect"]]);
});

Deno.test("ServerConsole ends while its input goes on", async () => {
  const room = consoleRoom(new KeptOutput());
  room.stdin.type("!list\n");
  await settled();
  await room.console[Symbol.asyncDispose]();
  room.stdin.type("!bans\n");
  await settled();
  assert.deepEqual(room.calls, ["!list"]);
});

Deno.test("ServerConsole has a prompt on a terminal, with replies above it", async () => {
  await using terminal = new FakeTerminal(60, 20);
  await using room = consoleDisposable(terminal);
  room.stdin.type("!ba\t\t");
  await settled();
  assert.equal(await terminal.shown(), "!ban  !bans\n> !ban|");
  room.stdin.type(" ev\t7d\r");
  await settled();
  assert.deepEqual(room.calls, ["!ban eve 7d"]);
  room.stdin.type("\u0004");
  await settled();
  room.stdin.type("\u0003");
  await settled();
  assert.match(
    await terminal.shown(),
    /\n> !ban eve 7d\ndid !ban eve 7d\n\^D does not end .*!shutdown does\n> \|$/,
  );
  assert.equal(room.calls.at(-1), "<interrupt>");
});

Deno.test("ServerConsole completes commands, names and rooms", async () => {
  await using terminal = new FakeTerminal(60, 20);
  await using room = consoleDisposable(terminal);
  for (
    const [typed, shown] of [
      ["!sus\t", "> !suspend |"],
      ["e\t", "> !suspend eve |"],
      ["e\t", "> !suspend eve e|"],
      ["\u0015!list #l\t", "> !list #lobby|"],
      ["\u0015!say e\t", "> !say e|"],
      ["\u0015e\t", "> e|"],
    ] as const
  ) {
    room.stdin.type(typed);
    await settled();
    assert.equal((await terminal.shown()).split("\n").at(-1), shown);
  }
});

function consoleDisposable(terminal: FakeTerminal) {
  const room = consoleRoom(terminal, { isTerminal: true });
  return {
    ...room,
    async [Symbol.asyncDispose]() {
      await room.console[Symbol.asyncDispose]();
      await settled();
    },
  };
}
