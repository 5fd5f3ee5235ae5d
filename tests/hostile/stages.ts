/** Sets the stage for each service: its server, as the executable that `TRAM_BIN` names or from source. */
import assert from "node:assert/strict";
import { withChat } from "../e2e/chat_room.ts";
import { CollectRoom } from "../e2e/collect_room.ts";
import { JsonProcess } from "../e2e/json_process.ts";
import { withFolder } from "../e2e/processes.ts";
import { type ChatTarget, PACE } from "./chat_attack.ts";
import { listeningPort } from "./server_figures.ts";
import { SlowJob } from "./slow_job.ts";
import { type ServerEvent, Stage, type StageParts, tokenOfStage } from "./stage.ts";

/** What a stage is for. */
type Play = (stage: Stage) => Promise<void>;

/** Most memory of a server: what its buffers may hold, and some. */
const MOST_BYTES = 800 * 2 ** 20;

/** Clients who have the token and may be here at once. */
const CLIENTS = ["--max-clients", "200"];

/** A line that `timer ping --json` and `collect send --json` end with. */
interface Summary {
  readonly type: string;
  readonly lost: number;
  readonly duplicated: number;
  readonly late: number;
  readonly reordered: number;
  readonly answered: number;
  readonly taken: number;
  readonly waiting: number;
  readonly dropped: number;
}

async function start(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly server: JsonProcess<ServerEvent>; readonly port: string }> {
  const server = new JsonProcess<ServerEvent>([...args, "--json", "--port", "0"], env);
  const { port } = await server.event("listening");
  return { server, port: String(port) };
}

/** Interrupts a client and reads its last line. */
async function summaryOf(client: JsonProcess<Summary>, code: number): Promise<Summary> {
  client.kill("SIGINT");
  const ended = await client.ended;
  assert.equal(ended.code, code, ended.stderr);
  return JSON.parse(ended.stdout.trimEnd().split("\n").at(-1) ?? "");
}

/** `timer serve`, and `timer ping` all the while. */
export function onTimer(size: number, play: Play): Promise<void> {
  return withFolder(async (folder) => {
    const { token, env } = tokenOfStage();
    const all = { ...env, TRAM_CONFIG_DIR: folder };
    const { server, port } = await start(["timer", "serve", ...CLIENTS], all);
    const ping = ["timer", "ping", "--port", port, "--rate", "50", "--count", "1000000", "--json"];
    await using client = new JsonProcess<Summary>(ping, all);
    const goal = { service: "timer", port, token };
    const check = async () => {
      const { lost, duplicated, reordered, answered } = await summaryOf(client, 130);
      assert.deepEqual([lost, duplicated, reordered], [0, 0, 0]);
      assert(answered > 0);
    };
    await using stage = await Stage.set({ goal, server, check, mostBytes: MOST_BYTES }, size);
    await play(stage);
    await stage.end();
  });
}

/** `collect serve`, and `collect send` all the while. */
export function onCollect(size: number, play: Play): Promise<void> {
  return withFolder(async (folder) => {
    const { token, env } = tokenOfStage();
    const room = new CollectRoom(folder);
    const all = { ...env, ...room.env };
    const serve = ["collect", "serve", "--store", room.store, ...CLIENTS];
    const { server, port } = await start(serve, all);
    const send = ["collect", "send", "--port", port, "--id", "real", "--json"];
    await using client = new JsonProcess<Summary>(send, all);
    const goal = { service: "collect", port, token };
    const check = async () => {
      const { taken, waiting, dropped } = await summaryOf(client, 130);
      assert.deepEqual([waiting, dropped], [0, 0]);
      const stored = room.read().find(({ clientId }) => clientId === "real");
      assert.equal(stored?.sequences, taken);
      const own = room.read().find(({ clientId }) => clientId === "honest");
      assert(own !== undefined && own.rows === own.highest && own.sequences === own.highest);
    };
    await using stage = await Stage.set({ goal, server, check, mostBytes: MOST_BYTES }, size);
    await play(stage);
    await stage.end();
  });
}

/** `chat serve`, and members who talk. */
export function onChat(size: number, play: Play): Promise<void> {
  return withFolder(async (folder) => {
    const { token, env } = tokenOfStage();
    const all = { ...env, TRAM_CONFIG_DIR: folder, TRAM_STATE_DIR: folder };
    const serve = ["chat", "serve", "--store", `${folder}/chat.sqlite`, "--pace", `${PACE}`];
    const { server, port } = await start(serve, all);
    const goal = { service: "chat", port, token };
    await using stage = await Stage.set({ goal, server, mostBytes: MOST_BYTES }, size);
    await play(stage);
    await stage.end();
  });
}

/** `chat serve` whose door stands open, and members who talk. */
export function onOpenChat(
  size: number,
  play: (stage: Stage, target: ChatTarget) => Promise<void>,
): Promise<void> {
  return withChat(async (room) => {
    await using server = await room.serve(["--insecure", "--pace", `${PACE}`]);
    const { process, port } = server;
    const goal = { service: "chat", port, token: undefined };
    await using stage = await Stage.set({ goal, server: process, mostBytes: MOST_BYTES }, size);
    await play(stage, { room, server, port });
    await stage.end();
  });
}

/** `mapreduce run`, with a worker whose map tasks go on all the while. */
export function onMapreduce(size: number, play: Play): Promise<void> {
  return onRun(size, play, ({ port, token, run }) => ({
    goal: { service: "mapreduce", port, token },
    server: run,
  }));
}

/** The worker of such a run, whose port of `shuffle` is open to other workers. */
export function onShuffle(size: number, play: Play): Promise<void> {
  return onRun(size, play, ({ token, worker }) => ({
    goal: { service: "shuffle", port: listeningPort(worker.child.pid), token },
    server: worker,
  }));
}

function onRun(
  size: number,
  play: Play,
  partsOf: (job: SlowJob) => Pick<StageParts, "goal" | "server">,
): Promise<void> {
  return withFolder(async (folder) => {
    await using job = await SlowJob.start(folder);
    const check = () => job.finish();
    const parts = { ...partsOf(job), check, mostBytes: MOST_BYTES };
    await using stage = await Stage.set(parts, size);
    await play(stage);
    await stage.end();
  });
}
