/** A file between real clients that are killed at any moment, and so is their server. */
import assert from "node:assert/strict";
import { until } from "../e2e/collect_room.ts";
import { type ChatClientProcess, type ChatServerProcess, withChat } from "../e2e/chat_room.ts";
import { joinedWith, sha256sum, writeRandom } from "../e2e/pass_file.ts";
import { wait } from "../e2e/processes.ts";
import { Random } from "../random.ts";

const SIZE_BYTES = 128 * 1024 * 1024 + 12_345;
const DEATHS = 20;
/** Longest time between two deaths, in milliseconds. */
const MOST_MS = 1500;

Deno.test("a file passes whole, however often its server and its clients are killed", () =>
  withChat(async (room) => {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
    const random = new Random(seed);
    const [path, folder] = [`${room.folder}/big.bin`, `${room.folder}/in`];
    await writeRandom(path, SIZE_BYTES);
    await Deno.mkdir(folder);
    await using all = new AsyncDisposableStack();
    const serve = async (port: string) =>
      all.use(await room.serve(["--file-rate", "8MiB/s"], port));
    let server: ChatServerProcess = await serve("0");
    const { port } = server;
    const join = async (nick: string) =>
      all.use(await joinedWith(room, port, nick, folder, "--accept"));
    const clients: Record<string, ChatClientProcess> = {
      ada: await join("ada"),
      bob: await join("bob"),
    };
    await clients["ada"]?.type(`!send bob ${path}`);
    await clients["bob"]?.event("file", ({ state }) => state === "started");
    const names = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort().join();
    const isDone = () => names() === "big.bin";
    for (let death = 0; death < DEATHS && !isDone(); death++) {
      await wait(random.below(MOST_MS));
      const victims = random.pick([["ada"], ["bob"], ["server"], ["ada", "bob"], [
        "bob",
        "server",
      ]]);
      if (isDone()) break;
      for (const victim of victims) {
        (victim === "server" ? server.process : clients[victim])?.kill();
      }
      if (victims.includes("server")) server = await serve(port);
      await Promise.all(
        victims.filter((victim) => victim !== "server").map(async (victim) => {
          clients[victim] = await join(victim);
        }),
      );
    }
    await until(`the file is there; seed ${seed}, there is ${names()}`, isDone);
    assert.equal(await sha256sum(`${folder}/big.bin`), await sha256sum(path), `seed ${seed}`);
  }));
