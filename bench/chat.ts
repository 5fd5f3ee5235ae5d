/** How many lines a second `chat` delivers, how soon, and what its members and files cost. */
import { type ChatServer, startNats, startNgircd, startTram } from "./chat_servers.ts";
import { Child, denoRun } from "./child.ts";
import { type Contestant, interleave } from "./interleave.ts";
import { residentMegabytes } from "./peers/proc.ts";
import { type Bench, judge, median, type Sample, type Target } from "./report.ts";
import { type Build, findNatsServer, findNgircd } from "./toolchains.ts";

const TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 180_000;
const SECONDS = 5;
const QUICK_SECONDS = 1;

/** How long idle clients are looked at, in seconds. */
const IDLE_SECONDS = 60;
const QUICK_IDLE_SECONDS = 5;
/** A look of a minute is not taken more often. */
const IDLE_RUNS = 3;

const FILE_BYTES = 512 * 1024 * 1024;
const QUICK_FILE_BYTES = 128 * 1024 * 1024;

const MEMBERS = 100;
const SENDERS = 20;
const IDLE_CLIENTS = 10_000;

const LOAD = "1 room, 100 members, M lines/s";
const LATENCY = "a line to another, p99 us";
const FILE = "a file to another, MB/s";
const IDLE = "10,000 idle clients, MB";

const STOPPED = "tram, one reader stopped";
const WITH_FILE = "tram, a file at 100 MB/s";
const WITH_FULL_FILE = "tram, a file at full speed";
/** As many bytes as processors allow pass through other processes: what the machine makes of it. */
const BESIDE_BARE = "tram, bytes elsewhere";
const WANTED = "wanted";

const TARGETS: readonly Target[] = [
  target(LOAD, "tram", WANTED, "at least", 1),
  target(LOAD, STOPPED, "tram", "at least", 0.9),
  target(LOAD, "tram", "ngIRCd", "at least", 1),
  target(LOAD, "tram", "nats-server", "at least", 1),
  target(LATENCY, WITH_FILE, "tram", "at most", 2),
  target(LATENCY, WITH_FULL_FILE, BESIDE_BARE, "at most", 2),
  target(FILE, "tram, bytes alone", "bare", "at least", 0.5),
  target(IDLE, "tram", WANTED, "at most", 1),
];

function target(
  row: string,
  contestant: string,
  against: string,
  sense: Target["sense"],
  limit: number,
): Target {
  return { row, contestant, against, relation: "times", sense, limit };
}

const wanted = (value: number): Contestant => ({
  name: WANTED,
  run: () => Promise.resolve({ value, details: {} }),
});

function run(module: string, ...args: readonly (string | number)[]): Child {
  return new Child(Deno.execPath(), denoRun(`peers/${module}`, ...args));
}

async function answerOf<T>(module: string, ...args: readonly (string | number)[]): Promise<T> {
  await using child = run(module, ...args);
  return JSON.parse(await child.line(TIMEOUT_MS));
}

async function load(server: ChatServer, peer: string, seconds: number): Promise<Sample> {
  const { port, pid } = server;
  const { perSecond, serverCores, clientCores } = await answerOf<
    Record<"perSecond" | "serverCores" | "clientCores", number | null>
  >("chat_load.ts", peer, port, MEMBERS, SENDERS, seconds, pid);
  return {
    value: (perSecond ?? NaN) / 1e6,
    details: { "server cores": serverCores ?? NaN, "client cores": clientCores ?? NaN },
  };
}

/** One more member, whose process is stopped before the others begin. */
async function loadBesideStopped(server: ChatServer, seconds: number): Promise<Sample> {
  await using silent = run("chat_silent.ts", "tram", server.port);
  await silent.line(TIMEOUT_MS);
  Deno.kill(silent.pid, "SIGSTOP");
  return await load(server, "tram", seconds);
}

async function latency({ port }: ChatServer, peer: string, seconds: number): Promise<Sample> {
  const { p50Us, p99Us } = await answerOf<{ readonly p50Us: number; readonly p99Us: number }>(
    "chat_latency.ts",
    ...[peer, port, seconds],
  );
  return { value: p99Us, details: { "p50 us": p50Us } };
}

/** The median of some seconds, the first of which is left out. */
async function megabytesPerSecond(receiver: Child, seconds: number): Promise<number> {
  const each: number[] = [];
  for (let second = 0; second <= seconds; second++) {
    each.push(JSON.parse(await receiver.line(TIMEOUT_MS)).megabytesPerSecond);
  }
  return median(each.slice(1));
}

/** Lines of two members, while bytes pass from one process to another. */
async function latencyBeside(
  module: string,
  port: number,
  server: ChatServer,
  seconds: number,
): Promise<Sample> {
  await using receiver = run(module, "receive", port);
  await receiver.line(TIMEOUT_MS);
  await using _sender = run(module, "send", port);
  const [sample, rate] = await Promise.all([
    latency(server, "tram", seconds),
    megabytesPerSecond(receiver, seconds),
  ]);
  if (rate === 0) throw new Error("Cannot measure beside bytes that stand still");
  return { ...sample, details: { ...sample.details, "bytes MB/s": rate } };
}

async function latencyBesideBare(server: ChatServer, seconds: number): Promise<Sample> {
  await using other = run("chat_relay_bare.ts", "serve");
  const { port } = JSON.parse(await other.line(TIMEOUT_MS));
  return await latencyBeside("chat_relay_bare.ts", port, server, seconds);
}

/** The most that is resident while idle clients are there: what they leave behind is collected late. */
async function idle(server: ChatServer, seconds: number): Promise<Sample> {
  const before = residentMegabytes(server.pid);
  await using clients = run("chat_idle.ts", server.port, IDLE_CLIENTS);
  await clients.line(IDLE_TIMEOUT_MS);
  const first = residentMegabytes(server.pid);
  let most = first;
  for (let second = 0; second < seconds; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    most = Math.max(most, residentMegabytes(server.pid));
  }
  return { value: most, details: { "before MB": before, "at first MB": first } };
}

/** From disk to disk, both sides hashing, until the receiver has it whole. */
async function exchange({ port }: ChatServer, bytes: number): Promise<Sample> {
  const folder = await Deno.makeTempDir({ prefix: "tram-bench-" });
  try {
    await Deno.mkdir(`${folder}/received`);
    await Deno.writeFile(`${folder}/file.bin`, new Uint8Array(bytes));
    await using receiver = run("chat_exchange.ts", "receive", port, `${folder}/received`);
    await receiver.line(TIMEOUT_MS);
    const { seconds } = await answerOf<{ readonly seconds: number }>(
      "chat_exchange.ts",
      ...["send", port, `${folder}/file.bin`],
    );
    const { size } = await Deno.stat(`${folder}/received/file.bin`);
    if (size !== bytes) throw new Error(`Cannot find the file: ${size} of ${bytes} bytes`);
    return { value: bytes / 1e6 / seconds, details: {} };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function passFile(module: string, port: number, seconds: number): Promise<Sample> {
  await using receiver = run(module, "receive", port);
  await receiver.line(TIMEOUT_MS);
  await using _sender = run(module, "send", port);
  return { value: await megabytesPerSecond(receiver, seconds), details: {} };
}

async function passBare(seconds: number): Promise<Sample> {
  await using server = run("chat_relay_bare.ts", "serve");
  const { port } = JSON.parse(await server.line(TIMEOUT_MS));
  return await passFile("chat_relay_bare.ts", port, seconds);
}

/** A contestant with a server of its own for each run. */
function on(
  name: string,
  start: () => Promise<ChatServer>,
  measure: (server: ChatServer) => Promise<Sample>,
  build?: Build,
): Contestant {
  const absence = build !== undefined && "absence" in build ? build.absence : undefined;
  return {
    name,
    absence,
    async run() {
      await using server = await start();
      return await measure(server);
    },
  };
}

/** The chat bench. */
export const chat: Bench = async (options) => {
  const seconds = options.isQuick ? QUICK_SECONDS : SECONDS;
  const idleSeconds = options.isQuick ? QUICK_IDLE_SECONDS : IDLE_SECONDS;
  const fileBytes = options.isQuick ? QUICK_FILE_BYTES : FILE_BYTES;
  const [ngircd, nats] = await Promise.all([findNgircd(), findNatsServer()]);
  const durable = () => startTram();
  const inMemory = () => startTram("--store", ":memory:");
  const paced = () => startTram("--file-rate", "100MB/s");
  const besideFile = (server: ChatServer) =>
    latencyBeside("chat_file.ts", server.port, server, seconds);
  const peers = (measure: (server: ChatServer, peer: string) => Promise<Sample>) => [
    on("ngIRCd", () => startNgircd(ngircd), (server) => measure(server, "irc"), ngircd),
    on("nats-server", () => startNats(nats), (server) => measure(server, "nats"), nats),
  ];
  const once = options.isQuick ? { ...options, runs: 1 } : options;
  const measurements = [
    ...await interleave(LOAD, "M lines/s", [
      on("tram", durable, (server) => load(server, "tram", seconds)),
      on(STOPPED, durable, (server) => loadBesideStopped(server, seconds)),
      on("tram, :memory:", inMemory, (server) => load(server, "tram", seconds)),
      ...peers((server, peer) => load(server, peer, seconds)),
      wanted(1),
    ], once),
    ...await interleave(LATENCY, "us", [
      on("tram", durable, (server) => latency(server, "tram", seconds)),
      on(WITH_FILE, paced, besideFile),
      on(WITH_FULL_FILE, durable, besideFile),
      on(BESIDE_BARE, durable, (server) => latencyBesideBare(server, seconds)),
      on("tram, :memory:", inMemory, (server) => latency(server, "tram", seconds)),
      ...peers((server, peer) => latency(server, peer, seconds)),
    ], once),
    ...await interleave(FILE, "MB/s", [
      on("tram, disk to disk", durable, (server) => exchange(server, fileBytes)),
      on("tram, bytes alone", durable, ({ port }) => passFile("chat_file.ts", port, seconds)),
      { name: "bare", run: () => passBare(seconds) },
    ], once),
    ...await interleave(IDLE, "MB", [
      on("tram", durable, (server) => idle(server, idleSeconds)),
      wanted(500),
    ], { ...once, runs: Math.min(once.runs, IDLE_RUNS) }),
  ];
  return {
    bench: "chat",
    question: "millions of lines a second delivered to members; us until another member has a " +
      "line; MB/s of a file through the server; resident MB",
    measurements,
    verdicts: judge(TARGETS, measurements),
  };
};
