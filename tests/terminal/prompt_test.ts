import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock, settle } from "../../lib/clock/fake_clock.ts";
import { Prompt, type PromptOptions } from "../../lib/terminal/prompt.ts";
import { FakeInput } from "../fake_input.ts";
import { FakeTerminal } from "./fake_terminal.ts";

/** A prompt with everything that it works with. */
function promptRoom(options: Partial<PromptOptions> & { columns?: number; rows?: number } = {}) {
  const clock = new FakeClock();
  const stdin = new FakeInput();
  const terminal = new FakeTerminal(options.columns, options.rows);
  /** What the callbacks were called for, in order. */
  const calls: string[] = [];
  const prompt = new Prompt({
    stdin,
    output: terminal,
    clock,
    onLine: (line) => calls.push(line),
    onInterrupt: () => calls.push("<interrupt>"),
    onEnd: () => calls.push("<end>"),
    ...options,
  });
  prompt.setLabel("> ");
  /** Types and waits until it is drawn. */
  const type = async (chunk: string) => {
    stdin.type(chunk);
    for (let i = 0; i < 3; i++) await settle();
  };
  return {
    clock,
    stdin,
    terminal,
    calls,
    prompt,
    type,
    async shown() {
      await settle();
      return await terminal.shown();
    },
    async [Symbol.asyncDispose]() {
      prompt[Symbol.dispose]();
      await prompt.done;
      await settle();
      await terminal[Symbol.asyncDispose]();
    },
  };
}

Deno.test("Prompt shows what is typed below what is written", async () => {
  await using room = promptRoom();
  room.prompt.setStatus("#lobby · ada");
  assert.equal(await room.shown(), "#lobby · ada\n> |");
  await room.type("hel");
  room.prompt.write("grace: hi\nlinus: ");
  await room.type("lo\u001b[D");
  assert.equal(await room.shown(), "grace: hi\n#lobby · ada\n> hell|o");
  room.prompt.write("hey\n");
  assert.equal(await room.shown(), "grace: hi\nlinus: hey\n#lobby · ada\n> hell|o");
  room.prompt.setStatus("");
  await room.type("\r");
  assert.equal(await room.shown(), "grace: hi\nlinus: hey\n> |");
  assert.deepEqual(room.calls, ["hello"]);
});

Deno.test("Prompt draws all of a turn in one write", async () => {
  await using room = promptRoom();
  await room.shown();
  const before = room.terminal.writes.length;
  for (let i = 0; i < 1000; i++) room.prompt.write(`line ${i}\n`);
  room.prompt.setStatus("busy");
  room.stdin.type("abc");
  await room.shown();
  assert.equal(room.terminal.writes.length, before + 1);
  assert.match(await room.shown(), /line 0\n[^]*line 999\nbusy\n> abc\|$/);
});

Deno.test("Prompt shows the end of a long line, at 40 columns and at 10", async () => {
  for (const columns of [40, 10]) {
    await using room = promptRoom({ columns });
    await room.type("x".repeat(100));
    const [row = "", ...others] = (await room.shown()).split("\n");
    assert.match(row, /^> …x+\|$/);
    assert.deepEqual(others, []);
    room.prompt.write("above\n");
    assert.equal(await room.shown(), `above\n${row}`);
  }
});

Deno.test("Prompt lets nothing that is typed or pasted control the terminal", async () => {
  await using room = promptRoom();
  await room.type("\u001b[200~a\u001b[2J\u009b31m\u202eb\u001b[201~");
  assert.equal(await room.shown(), "> a[2J31m\\u{202e}b|");
});

Deno.test("Prompt says so when a paste is cut, and rings when typing is too long", async () => {
  await using room = promptRoom({ maxLineBytes: 4096, columns: 60 });
  await room.type(`\u001b[200~${"x".repeat(5000)}\u001b[201~`);
  assert.match(
    await room.shown(),
    /^Cut what was pasted: a line has at most 4 KiB\n> …x+\|$/,
  );
  assert.equal(room.terminal.bells, 0);
  await room.type("y");
  await room.shown();
  assert.equal(room.terminal.bells, 1);
  await room.type("\r");
  assert.deepEqual(room.calls, ["x".repeat(4096)]);
});

Deno.test("Prompt gives a paste of several lines as several lines", async () => {
  await using room = promptRoom();
  await room.type("\u001b[200~one\rtwo\r\rthr");
  await room.type("ee\u001b[201~!");
  assert.deepEqual(room.calls, ["one", "two"]);
  assert.equal(await room.shown(), "> three!|");
});

Deno.test("Prompt clears a line at ^C, interrupts at the next, ends at ^D and at the end", async () => {
  await using room = promptRoom();
  await room.type("abc\u0003");
  assert.equal(await room.shown(), "> |");
  assert.deepEqual(room.calls, []);
  await room.type("\u0003\u0004");
  assert.deepEqual(room.calls, ["<interrupt>", "<end>"]);
  room.stdin.end();
  await room.prompt.done;
  assert.deepEqual(room.calls, ["<interrupt>", "<end>", "<end>"]);
  assert.equal(room.stdin.isRaw, false);
});

Deno.test("Prompt takes a lone Esc for itself after a while, and a cut sequence for whole", async () => {
  await using room = promptRoom();
  await room.type("ab\u001b");
  await room.clock.advance(50);
  await room.type("[D");
  assert.equal(await room.shown(), "> a|b");
  await room.type("\u001b");
  await room.clock.advance(70); // only the newest one counts
  await room.type("[C");
  assert.equal(await room.shown(), "> ab|");
  await room.type("\u001b[D\u001b");
  await room.clock.advance(200);
  await room.type("[D");
  assert.equal(await room.shown(), "> a[D|b");
  assert.equal(room.clock.pendingTimers, 0);
});

Deno.test("Prompt obeys keys again after a paste that never ends", async () => {
  await using room = promptRoom();
  await room.type("\u001b[200~ab\u0003");
  assert.equal(await room.shown(), "> ab|");
  await room.clock.advance(6000);
  await room.type("\u0003");
  assert.equal(await room.shown(), "> |");
});

Deno.test("Prompt lists what could stand there at a second Tab", async () => {
  const candidates = ["!list", "!log", "!l\u001b[2J"];
  await using room = promptRoom({ complete: () => ({ from: 0, candidates }) });
  await room.type("!\t");
  assert.equal(await room.shown(), "> !l|");
  await room.type("\t");
  assert.equal(await room.shown(), "!list  !log  !l\\x1b[2J\n> !l|");
});

Deno.test("Prompt shows what ^R looks for and finds", async () => {
  await using room = promptRoom();
  await room.type("send a\rother\r\u0012nd");
  assert.equal(await room.shown(), 'search "nd": se|nd a');
});

Deno.test("Prompt clears the screen at ^L", async () => {
  await using room = promptRoom();
  room.prompt.write("above\n");
  await room.type("ab");
  await room.type("\f");
  assert.equal(await room.shown(), "> ab|");
});

Deno.test("Prompt draws anew when the terminal has another size", async () => {
  await using room = promptRoom({ columns: 40 });
  room.prompt.setStatus("#lobby · ada · a status that is rather long");
  await room.type("0123456789012345678901234567890");
  assert.match(await room.shown(), /\n> 0123456789012345678901234567890\|$/);
  room.terminal.resize(20, 10);
  room.stdin.resize();
  assert.match(await room.shown(), /#lobby · ada · a s…\n> …\d+\|$/);
  room.terminal.resize(60, 10);
  room.stdin.resize();
  assert.match(
    await room.shown(),
    /#lobby · ada · a status that is rather long\n> 0123456789012345678901234567890\|$/,
  );
});

Deno.test("Prompt restores the terminal when disposed, and then lets text through", async () => {
  await using room = promptRoom();
  room.prompt.setStatus("status");
  await room.type("not sent");
  assert.equal(await room.shown(), "status\n> not sent|");
  assert.deepEqual([room.stdin.isRaw, room.terminal.marksPaste], [true, true]);
  room.prompt.write("one\ntwo");
  room.prompt[Symbol.dispose]();
  await room.prompt.done;
  room.prompt.write("!\n");
  assert.equal(await room.terminal.shown(), "one\ntwo!\n|");
  assert.deepEqual([room.stdin.isRaw, room.terminal.marksPaste], [false, false]);
  assert.deepEqual([room.terminal.wraps, room.stdin.watchers], [true, 0]);
});

Deno.test("Prompt restores the terminal when the process ends, and loses no text", async () => {
  await using room = promptRoom();
  await room.type("not sent");
  room.prompt.write("bye\n");
  room.stdin.exit();
  assert.equal(await room.terminal.shown(), "bye\n|");
  assert.equal(room.terminal.marksPaste, false);
});

Deno.test("Prompt obeys nothing more after it was disposed by a callback", async () => {
  const lines: string[] = [];
  await using room: ReturnType<typeof promptRoom> = promptRoom({
    onLine: (line) => {
      lines.push(line);
      room.prompt[Symbol.dispose]();
    },
  });
  await room.type("one\rtwo\r\u0003");
  await room.prompt.done;
  assert.deepEqual([lines, room.calls], [["one"], []]);
});

Deno.test("Prompt.done rejects with what a callback throws, the terminal restored", async () => {
  const room = promptRoom({
    onLine: () => {
      throw new Error("full");
    },
  });
  room.stdin.type("one\r");
  await assert.rejects(room.prompt.done, /full/);
  assert.deepEqual([room.stdin.isRaw, room.terminal.marksPaste], [false, false]);
  await room.terminal[Symbol.asyncDispose]();
});

Deno.test("Prompt keeps typed text and written text apart, whatever the order", async () => {
  const step = fc.oneof(
    fc.constantFrom("a", "b字", "é", " ").map((typed) => ({ typed })),
    fc.constantFrom("one\n", "t", "wo\nth", "ree\n\nfour\n", "字\n").map((written) => ({
      written,
    })),
    fc.constantFrom("", "status", "a longer status").map((status) => ({ status })),
    fc.constant({ turn: true }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      await using room = promptRoom({ columns: 70, rows: 5 });
      let [typed, written, status] = ["", "", ""];
      for (const step of steps) {
        if ("typed" in step) room.stdin.type(step.typed), typed += step.typed;
        else if ("written" in step) room.prompt.write(step.written), written += step.written;
        else if ("status" in step) room.prompt.setStatus(status = step.status);
        else await settle();
      }
      const above = written.slice(0, written.lastIndexOf("\n") + 1);
      const expected = `${above}${status === "" ? "" : `${status}\n`}> ${typed}|`;
      for (let i = 0; i < 3; i++) await settle();
      if (typed.length < 30) assert.equal(await room.shown(), expected);
      else assert((await room.shown()).startsWith(above));
    }),
    { numRuns: 60 },
  );
});
