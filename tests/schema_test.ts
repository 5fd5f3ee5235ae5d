/** Shapes of the JSON that commands print, compared with `tests/schema`; UPDATE_SNAPSHOTS=1 writes them anew. */
import assert from "node:assert/strict";
import { GOOD_ESTIMATE, storeWith } from "./collect/report_stores.ts";
import { FakeRoom } from "./fake_context.ts";
import { jsonShape } from "./json_shape.ts";

const FOLDER = new URL("schema/", import.meta.url);

type Objects = readonly Readonly<Record<string, unknown>>[];

function parse(text: string): Objects {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

async function assertShape(name: string, values: Objects): Promise<void> {
  assert(values.length > 0, `${name} was never printed`);
  const file = new URL(`${name}.txt`, FOLDER);
  const shape = jsonShape(values);
  if (Deno.env.get("UPDATE_SNAPSHOTS") === "1") await Deno.writeTextFile(file, shape);
  assert.equal(shape, await Deno.readTextFile(file), name);
}

/** What a server, some clients of it and `compare` print, by type. */
async function timerObjects(): Promise<Map<string, Objects>> {
  const room = new FakeRoom({ there: { delayUs: 300, jitterUs: 100 } });
  const server = room.run(["timer", "serve", "--json", "--max-clients", "1"]);
  await server.stdout.matching(/\n/);
  const ping = (...flags: string[]) => room.run(["timer", "ping", "--json", ...flags]);
  const open = ping("--rate", "1000", "--duration", "3s", "--hdr", "a.hlog");
  await room.clock.advance(500);
  const refused = ping();
  await room.clock.runUntil(refused.exitCode);
  await room.clock.runUntil(open.exitCode);
  const closed = ping("--count", "1");
  await room.clock.runUntil(closed.exitCode);
  const left = ping("--count", "100000");
  await room.clock.advance(100);
  server.interrupt();
  await room.clock.runUntil(Promise.all([left.exitCode, server.exitCode]));
  const compare = room.run(["timer", "compare", "a.hlog", "a.hlog", "--json"]);
  await room.clock.runUntil(compare.exitCode);
  const config = room.run(["timer", "ping", "--show-config", "--json"]);
  await room.clock.runUntil(config.exitCode);
  const all = [server, open, closed, left, compare, config].flatMap(({ stdout }) =>
    parse(stdout.text)
  );
  return Map.groupBy(all, ({ type }) => String(type));
}

Deno.test("JSON of timer has the shapes that programs rely on", async () => {
  const objects = await timerObjects();
  const types = [
    ...["listening", "joined", "left", "refused", "closing"],
    ...["summary", "comparison", "config"],
  ];
  assert.deepEqual([...objects.keys()].sort(), types.toSorted());
  for (const type of types) await assertShape(`timer_${type}`, objects.get(type) ?? []);
});

/** What `report` and `export` of collect print, by command. */
async function collectObjects(): Promise<ReadonlyMap<string, Objects>> {
  const room = new FakeRoom();
  const [fromUs, toUs] = [room.clock.wallUs() - 5e6, room.clock.wallUs()];
  const step = { session: "a", side: "client", atUs: toUs, byUs: 1e6, errorUs: 1 } as const;
  room.stores.set(
    "collect.sqlite",
    await storeWith(
      { clientId: "ada", session: "a", fromUs, toUs, estimate: GOOD_ESTIMATE, steps: [step] },
      { clientId: "bob", session: "b", fromUs, toUs },
    ),
  );
  const printed = async (...args: string[]) => {
    const { stdout, exitCode } = room.run(["collect", ...args]);
    await room.clock.runUntil(exitCode);
    return parse(stdout.text);
  };
  return new Map([
    ["client", await printed("report", "--json")],
    ["sample", await printed("export", "--format", "jsonl")],
  ]);
}

Deno.test("JSON of collect report and export has the shapes that programs rely on", async () => {
  const objects = await collectObjects();
  for (const [type, values] of objects) await assertShape(`collect_${type}`, values);
});

/** What `mapreduce run` and `worker` print, by type; of a run that loses a part of its input. */
async function mapreduceObjects(): Promise<Map<string, Objects>> {
  const room = new FakeRoom();
  room.inputFiles.put("/data/a.txt", "word ".repeat(1000));
  room.inputFiles.put("/data/cut.warc", "WARC/1.0\r\nContent-Length: 100\r\n\r\ncut");
  const args = [
    "mapreduce",
    "run",
    "--job",
    "wordcount",
    "--output",
    "out",
    "--json",
    "--top",
    "1",
  ];
  const run = room.run([...args, "--workers", "join", "/data"]);
  await room.clock.advance(1500);
  const join = ["mapreduce", "worker", "--coordinator", "127.0.0.1", "--json"];
  await room.clock.runUntil(room.run(join, { TRAM_TOKEN: "ab".repeat(32) }).exitCode); // refused
  const worker = room.run(join);
  await room.clock.runUntil(Promise.all([run.exitCode, worker.exitCode]));
  const ofRun = Map.groupBy(parse(run.stdout.text), ({ type }) => `run_${type}`);
  return new Map([...ofRun, ["worker", parse(worker.stdout.text)]]);
}

Deno.test("JSON of mapreduce has the shapes that programs rely on", async () => {
  const objects = await mapreduceObjects();
  const events = ["plan", "listening", "refused", "worker", "attempt", "problem", "progress"];
  const types = [...events.map((type) => `run_${type}`), "run_summary", "worker"];
  assert.deepEqual([...objects.keys()].sort(), types.toSorted());
  for (const type of types) await assertShape(`mapreduce_${type}`, objects.get(type) ?? []);
});
