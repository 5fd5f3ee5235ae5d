/** `collect send --spool`: what outlives a client, and what becomes of a file that was damaged. */
import assert from "node:assert/strict";
import { joined } from "./processes.ts";
import { summaryOf, until, withRoom } from "./collect_room.ts";

/** Nobody listens there. */
const NOWHERE = "1";

Deno.test("collect send keeps in its spool what no server has, for the next process", () =>
  withRoom(async (room) => {
    const spool = ["--spool", `${room.folder}/a.spool`, "--id", "lab-3"];
    const args = ["--count", "30", "--timeout", "200ms", ...spool];
    const first = await room.sent(NOWHERE, args);
    assert.deepEqual([first.taken, first.found, first.waiting], [30, 0, 30]);
    await using server = await room.serve();
    const second = await room.sent(server.port, ["--count", "20", ...spool]);
    assert.deepEqual([second.taken, second.found, second.waiting], [20, 30, 0]);
    const third = await room.sent(server.port, ["--count", "10", ...spool.slice(0, 2)]);
    assert.deepEqual([third.taken, third.found, third.waiting], [10, 0, 0]);
    assert.equal(third.clientId, "lab-3", "the spool knows its name");
    const [session, ...others] = room.read();
    assert.equal(others.length, 0, "one session");
    assert.deepEqual([session?.rows, session?.sequences, session?.highest], [60, 60, 60]);
    assert.equal((await room.report()).get("lab-3")?.[0]?.lost, 0);
  }));

Deno.test("collect send refuses a spool that another process or another client has", () =>
  withRoom(async (room) => {
    const path = `${room.folder}/a.spool`;
    await using server = await room.serve();
    await using client = room.send(server.port, ["--spool", path, "--id", "lab-3"]);
    await joined(server.process, 1);
    await using second = room.send(server.port, ["--spool", path]);
    const refused = await second.ended;
    assert.equal(refused.code, 2);
    assert.equal(refused.stderr, `tram: Cannot use spool ${path}: another process has it\n`);
    client.kill("SIGINT");
    await summaryOf(client, 130);
    await using stranger = room.send(server.port, ["--spool", path, "--id", "lab-4"]);
    const ended = await stranger.ended;
    assert.equal(ended.code, 2);
    assert.match(
      ended.stderr,
      /^tram: Cannot send as "lab-4": the spool \S+ is that of "lab-3"\n$/,
    );
  }));

Deno.test("collect send refuses a file that is no spool, and leaves it as it is", () =>
  withRoom(async (room) => {
    const path = `${room.folder}/notes.txt`;
    const text = "this was here first\n".repeat(20);
    await Deno.writeTextFile(path, text, { mode: 0o600 });
    await using client = room.send(NOWHERE, ["--spool", path, "--count", "1"]);
    const { code, stdout, stderr } = await client.ended;
    assert.equal(code, 1, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, /^tram: Cannot use \S+notes\.txt: [^\n]+\n$/);
    assert.equal(await Deno.readTextFile(path), text);
  }));

Deno.test("collect send goes on with a spool that was cut in the middle, and says what is lost", () =>
  withRoom(async (room) => {
    const path = `${room.folder}/a.spool`;
    const spool = ["--spool", path, "--id", "lab-3"];
    await room.sent(NOWHERE, ["--count", "40", "--timeout", "200ms", ...spool]);
    const { size } = await Deno.stat(path);
    await Deno.truncate(path, Math.floor(size / 2));
    await using server = await room.serve();
    await using client = room.send(server.port, ["--count", "10", ...spool]);
    const { stderr } = await client.ended;
    const { taken, found, waiting } = await summaryOf(client);
    assert.match(stderr, /^tram: warning: \S+a\.spool was cut or damaged: \d+ bytes are lost\n$/);
    assert(found > 0 && found < 40, `${found} found`);
    assert.deepEqual([taken, waiting], [10, 0]);
    const [session] = room.read();
    assert.deepEqual([session?.rows, session?.sequences], [found + 10, found + 10]);
  }));

Deno.test("collect send begins anew with an old spool, so that no sample hides behind another", () =>
  withRoom(async (room) => {
    const path = `${room.folder}/a.spool`;
    const spool = ["--spool", path, "--id", "lab-3"];
    await using server = await room.serve();
    await room.sent(server.port, ["--count", "20", ...spool]);
    const old = await Deno.readFile(path);
    await room.sent(server.port, ["--count", "30", ...spool]);
    await Deno.writeFile(path, old);
    const third = await room.sent(server.port, ["--count", "40", ...spool]);
    assert.equal(third.waiting, 0);
    const sessions = room.read();
    assert.deepEqual(sessions.map(({ clientId }) => clientId), ["lab-3", "lab-3"]);
    assert.equal(sessions[0]?.rows, 50);
    // What the old spool had not seen acknowledged comes again, and is recognised by its time.
    assert.equal(sessions[1]?.rows, 40);
    assert.equal(sessions[1]?.equal, third.found);
  }));

Deno.test("collect send is killed, and its spool has all that it took", () =>
  withRoom(async (room) => {
    const spool = ["--spool", `${room.folder}/a.spool`, "--id", "lab-3"];
    await using server = await room.serve();
    await using client = room.send(server.port, spool);
    await until("some are stored", () => (room.read()[0]?.rows ?? 0) >= 20);
    server.process.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 300));
    client.kill("SIGKILL");
    await client.ended;
    server.process.kill("SIGCONT");
    const { found, waiting } = await room.sent(server.port, ["--count", "10", ...spool]);
    assert(found > 10, `${found} found`);
    assert.equal(waiting, 0);
    const [session, ...others] = room.read();
    assert.equal(others.length, 0);
    assert.equal(session?.rows, session?.highest);
    assert.equal((await room.report()).get("lab-3")?.[0]?.lost, 0);
  }));
