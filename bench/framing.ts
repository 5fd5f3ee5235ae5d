/**
 * How many frames per second go one way over one TCP connection between two processes on one
 * machine. A frame of N bytes is a 4-byte length, a kind and N - 1 bytes of payload, so N + 4 bytes
 * on the wire; the payload begins with a sequence number, which the receiver adds up and the bench
 * checks.
 */
import { makeCertificates } from "./certificates.ts";
import { Child, denoRun } from "./child.ts";
import { type Contestant, interleave } from "./interleave.ts";
import type { PeerReport } from "./peers/peer.ts";
import { type Bench, judge, type Measurement, type Sample, type Target } from "./report.ts";
import { type Build, buildGo, buildTokio } from "./toolchains.ts";

const SIZES = [16, 64, 1024, 64 * 1024] as const;
const TIMEOUT_MS = 30_000;

/** Which numbers to reach. */
const TARGETS: readonly Target[] = [
  target(rowOf(64), "inline loop", 0.8),
  target(rowOf(64), "tokio-util", 2),
  target(rowOf(64), "node:net", 5),
  target(rowOf(64 * 1024), "bare", 0.9),
];

function target(row: string, against: string, limit: number): Target {
  return { row, contestant: "tram", against, relation: "times", sense: "at least", limit };
}

function rowOf(n: number): string {
  return n < 1024 ? `${n} B` : `${n / 1024} KiB`;
}

/** How to start the two sides of a pair. */
interface Pair {
  readonly name: string;
  readonly absence?: string | undefined;
  readonly command: readonly [string, ...string[]];
  /** Further arguments, after those that each peer takes. */
  readonly extra?: readonly string[];
}

const deno = (name: string, module: string, ...extra: string[]): Pair => ({
  name,
  command: [Deno.execPath(), ...denoRun(module)],
  extra,
});

const built = (name: string, build: Build): Pair =>
  "program" in build
    ? { name, command: [build.program] }
    : { name, command: [""], absence: build.absence };

/** Sends frames with `pair` and checks that they came. */
async function transfer(pair: Pair, n: number, warmMs: number, runMs: number): Promise<Sample> {
  const [program, ...first] = pair.command;
  const extra = pair.extra ?? [];
  await using receiver = new Child(program, [...first, "recv", `${n}`, ...extra]);
  const { port } = JSON.parse(await receiver.line(TIMEOUT_MS));
  const args = [n, port, warmMs, runMs].map(String);
  await using sender = new Child(program, [...first, "send", ...args, ...extra]);
  const sent: PeerReport = JSON.parse(await sender.line(TIMEOUT_MS));
  const received: PeerReport = JSON.parse(await receiver.line(TIMEOUT_MS));
  const { frames, sum, seconds } = received;
  if (frames !== sent.frames || (sum !== null && sum !== sumOfSequence(frames))) {
    throw new Error(`Cannot trust ${pair.name}: sent ${sent.frames}, received ${frames} (${sum})`);
  }
  const perFrame = (us: number) => us * 1000 / frames;
  return {
    value: frames / seconds / 1e6,
    details: {
      "MB/s": frames * (n + 4) / seconds / 1e6,
      "send user ns": perFrame(sent.userUs),
      "send system ns": perFrame(sent.systemUs),
      "receive user ns": perFrame(received.userUs),
      "receive system ns": perFrame(received.systemUs),
    },
  };
}

/** 0 + 1 + … + (frames - 1) in signed 32-bit arithmetic. */
function sumOfSequence(frames: number): number {
  const count = BigInt(frames);
  return Number(BigInt.asIntN(32, count * (count - 1n) / 2n));
}

/** The framing bench. */
export const framing: Bench = async (options) => {
  options.onProgress("building the Go and Rust peers");
  using certificates = await makeCertificates();
  const pairs = [
    deno("tram", "peers/tram.ts"),
    deno("tram over TLS", "peers/tram.ts", "tls", certificates.folder),
    deno("inline loop", "peers/inline.ts"),
    deno("bare", "peers/bare.ts"),
    deno("node:net", "peers/node_net.ts", "single"),
    deno("node:net batched", "peers/node_net.ts", "batched"),
    built("Go bufio", await buildGo()),
    built("tokio-util", await buildTokio()),
  ];
  const warmMs = options.isQuick ? 200 : 300;
  const runMs = options.isQuick ? 300 : 1000;
  const measurements: Measurement[] = [];
  for (const n of SIZES) {
    const contestants = pairs.map((pair): Contestant => ({
      name: pair.name,
      absence: pair.absence,
      run: () => transfer(pair, n, warmMs, runMs),
    }));
    measurements.push(...await interleave(rowOf(n), "M frames/s", contestants, options));
  }
  return {
    bench: "framing",
    question: "frames of N bytes one way, one connection, two processes",
    measurements,
    verdicts: judge(TARGETS, measurements),
  };
};
