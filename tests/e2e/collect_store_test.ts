/** Stores that cannot be used, or not for a while, and retention. */
import assert from "node:assert/strict";
import { runTram, tramCommand, TramProcess, wait } from "./processes.ts";
import { CollectRoom, portOf, summaryOf, until, withRoom } from "./collect_room.ts";

/** A namespace of its own, whose mounts are gone when the process has ended. */
const UNSHARE = Deno.build.os !== "windows" && Deno.uid() === 0 ? ["--mount"] : ["-r", "--mount"];

/** Whether this user may mount; containers often forbid it. */
async function mayMount(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const args = [...UNSHARE, "mount", "-t", "tmpfs", "none", "/mnt"];
  const { success } = await new Deno.Command("unshare", { args, stderr: "null" }).output();
  return success;
}

const ignore = !await mayMount();

/** Starts a server whose store lies on a disk of its own, mounted with `options`. */
function serveOnDisk(room: CollectRoom, disk: string, options: string): TramProcess {
  Deno.mkdirSync(disk);
  const script = `mount -t tmpfs -o ${options} none "${disk}" && exec "$0" "$@"`;
  const { command, prefix } = tramCommand();
  const tram = [command, ...prefix, "collect", "serve", "--port", "0", "--json"];
  const args = [...UNSHARE, "sh", "-c", script, ...tram, "--store", `${disk}/store.sqlite`];
  return new TramProcess(args, room.env, "unshare");
}

for (
  const [what, name, says] of [
    [
      "is no database",
      "text.txt",
      /^tram: Cannot [^\n]+text\.txt: it is no store of tram[^\n]*\n$/,
    ],
    ["is a folder", "", /^tram: Cannot use [^\n]+: it is no file\n$/],
    ["has no folder", "none/store", /^tram: Cannot open [^\n]+: there is no folder \S+none\n$/],
  ] as const
) {
  Deno.test(`collect serve ends with 1 and one line when its store ${what}`, () =>
    withRoom(async ({ folder, env }) => {
      const text = "somebody else's text\n".repeat(1000);
      await Deno.writeTextFile(`${folder}/text.txt`, text);
      const args = ["collect", "serve", "--port", "0", "--store", `${folder}/${name}`];
      const { code, stdout, stderr } = await runTram(args, env);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, says);
      assert.equal(await Deno.readTextFile(`${folder}/text.txt`), text);
    }));
}

Deno.test("collect serve leaves a store alone that another server has, and says which", () =>
  withRoom(async (room) => {
    await using first = await room.serve();
    await using second = room.startServer();
    const { code, stdout, stderr } = await second.ended;
    assert.deepEqual([code, stdout], [1, ""]);
    const { pid } = first.process.child;
    assert.equal(
      stderr,
      `tram: Cannot use ${await Deno.realPath(room.store)}: process ${pid} uses it\n`,
    );
    const { waiting } = await room.sent(first.port, ["--count", "5"]);
    assert.equal(waiting, 0, "the first goes on");
    first.process.kill("SIGKILL");
    await first.process.ended;
    await using third = await room.serve();
    assert.notEqual(third.port, "", "a lock ends with its process");
  }));

Deno.test({
  name: "collect serve ends with 1 when its store is in a folder that cannot be written",
  ignore,
  fn: () =>
    withRoom(async (room) => {
      await using server = serveOnDisk(room, `${room.folder}/disk`, "ro");
      const { code, stdout, stderr } = await server.ended;
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^tram: Cannot open \S+store\.sqlite: it cannot be written [^\n]+\n$/);
    }),
});

Deno.test({
  name: "collect serve refuses samples while its disk is full, and has all of them afterwards",
  ignore,
  fn: () =>
    withRoom(async ({ folder }) => {
      const disk = `${folder}/disk`;
      await using server = serveOnDisk(new CollectRoom(folder), disk, "size=2m");
      const port = await portOf(server);
      const inside = `/proc/${server.child.pid}/root${disk}`;
      const room = new CollectRoom(folder, `${folder}/copy.sqlite`, `${inside}/store.sqlite`);
      await using client = room.send(port, ["--interval", "50ms", "--timeout", "30s"]);
      await until("some are stored", () => (room.read()[0]?.rows ?? 0) >= 5);
      await fill(`${inside}/filler`);
      const [, message] = await server.matching(/"type":"trouble","code":"full","message":"(.*?)"/);
      assert.match(message ?? "", /^Cannot write \S+: there is no room left/);
      // Whoever comes now, too.
      await using late = room.send(port, ["--count", "5", "--timeout", "30s", "--id", "late"]);
      await server.matching(/(?:"type":"trouble"[^]*){4}/);
      const { rows: rowsWhenFull = 0 } = room.read()[0] ?? {};
      await Deno.remove(`${inside}/filler`);
      const { taken, waiting } = await summaryOf(late);
      assert.deepEqual([taken, waiting], [5, 0]);
      await until("it heals", () => (room.read()[0]?.rows ?? 0) > rowsWhenFull + 10);
      client.kill("SIGINT");
      const summary = await summaryOf(client, 130);
      assert.equal(summary.waiting, 0);
      const [session, ...others] = room.read();
      const { rows, stored, equal, highest } = session!;
      assert.deepEqual({ rows, stored, equal, highest }, {
        rows: summary.taken,
        stored: summary.taken,
        equal: 0,
        highest: summary.taken,
      });
      assert.deepEqual(others.map(({ clientId, rows }) => [clientId, rows]), [["late", 5]]);
      server.kill("SIGINT");
      assert.equal((await server.ended).code, 0);
    }),
});

Deno.test("collect serve removes what is older than --retention, and knows that it had it", () =>
  withRoom(async (room) => {
    await using first = await room.serve();
    await room.sent(first.port, ["--count", "40", "--id", "lab-3"]);
    first.process.kill("SIGINT");
    await first.process.ended;
    await wait(1100);
    await using second = await room.serve(["--retention", "1s"]);
    await until("the old ones are gone", () => room.read()[0]?.rows === 0);
    await room.sent(second.port, ["--count", "10", "--id", "lab-3"]);
    assert.deepEqual(room.read().map(({ rows, stored }) => [rows, stored]), [[0, 40], [10, 10]]);
    const sessions = (await room.report()).get("lab-3") ?? [];
    assert.deepEqual(sessions.map(({ sent, stored, lost }) => [sent, stored, lost]), [
      [40, 40, 0],
      [10, 10, 0],
    ]);
  }));

/** Writes until there is no room. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const bytes = new Uint8Array(4096);
  try {
    while (await file.write(bytes) > 0);
  } catch (error) {
    assert.match(String(error), /No space left/);
  }
}
