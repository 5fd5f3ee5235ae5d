import assert from "node:assert/strict";
import { HistogramLogReader, type JsHistogram } from "hdr-histogram-js";
import type { NewFile } from "../../lib/context.ts";
import { DISTRIBUTIONS, Measurement } from "../../lib/timer/measurement.ts";
import { PingFiles } from "../../lib/timer/ping_files.ts";
import { NO_GAP } from "../../lib/timer/protocol.ts";
import { SampleFile } from "../../lib/timer/sample_file.ts";
import { type Summary, timerRoom } from "./timer_room.ts";

/** The histograms of a log, by tag, each tag's slices added up. */
function histogramsIn(log: string): Map<string, { whole: JsHistogram; slices: number }> {
  const found = new Map<string, { whole: JsHistogram; slices: number }>();
  const reader = new HistogramLogReader(log, 64, false);
  for (;;) {
    const histogram = reader.nextIntervalHistogram() as JsHistogram | null;
    if (histogram === null) return found;
    const known = found.get(histogram.tag);
    if (known === undefined) {
      found.set(histogram.tag, { whole: histogram, slices: 1 });
    } else {
      known.whole.add(histogram);
      known.slices++;
    }
  }
}

/** A run of 4 s over a path that varies. */
const RUN = ["--rate", "250", "--in-flight", "8", "--duration", "4s"];

Deno.test("timer ping --hdr x.hlog holds what the summary says, for other tools", async () => {
  await using room = await timerRoom({ thereUs: 100, jitterUs: 5000 });
  const summary = await room.summary(...RUN, "--hdr", "x.hlog");
  const log = room.texts.get("x.hlog") ?? "";
  const found = histogramsIn(log);
  assert.deepEqual([...found.keys()], [...DISTRIBUTIONS]);
  for (const name of DISTRIBUTIONS) {
    const { whole, slices } = found.get(name) ?? assert.fail();
    const { count, percentiles, maxNs } = summary[name as "response"];
    assert.ok(slices >= 16 && slices <= 32);
    assert.equal(whole.totalCount, count);
    assert.equal(whole.maxValue, whole.highestEquivalentValue(maxNs ?? NaN));
    assert.deepEqual(
      percentiles.map(({ percentile }) => percentile),
      [50, 90, 99].slice(0, name === "gap" ? 2 : 3),
    );
    for (const { percentile, ns } of percentiles) {
      const value = Math.min(maxNs ?? NaN, whole.getValueAtPercentile(percentile));
      assert.equal(ns, value, `${name} p${percentile}`);
    }
  }
  const lines = log.split("\n");
  assert.equal(lines[0], "#[Histogram log format version 1.3]");
  assert.match(log, /^#tram timer ping; values in nanoseconds$/m);
  assert.match(
    log,
    /^#\[StartTime: 1700000000\.\d{3} \(seconds since epoch\), 2023-11-14T\S+Z\]$/m,
  );
  assert.doesNotMatch(log, /\n\n/, "an empty line, which not every reader takes");
  const first = lines.find((line) => line.startsWith("Tag=response,"));
  assert.match(first ?? "", /^Tag=response,1700000000\.\d{3},0\.[12]00,\d+\.\d{3},HIST/);
});

Deno.test("timer ping --hdr x.hgrm is what hdr-histogram-js prints for the same run", async () => {
  await using room = await timerRoom({ thereUs: 100, backUs: 150 });
  for (const name of ["x.hlog", "x.hgrm"]) {
    const ping = room.ping([...RUN, "--hdr", name, "--json"]);
    await room.clock.advance(1000);
    room.network.links.at(-1)?.stall();
    await room.clock.advance(60); // fifteen fall due, eight have room
    room.network.links.at(-1)?.resume();
    assert.equal((await room.ended(ping)).exitCode, 0);
  }
  const found = histogramsIn(room.texts.get("x.hlog") ?? "");
  for (const [name, tag] of [["x.hgrm", "response"], ["x.service.hgrm", "service"]] as const) {
    const expected = found.get(tag)?.whole.outputPercentileDistribution(5, 1000, false);
    assert.equal(room.texts.get(name), expected);
    assert.match(expected ?? "", /^ +Value +Percentile +TotalCount 1\/\(1-Percentile\)\n/);
  }
});

Deno.test("timer ping prints the result, one line of error and ends with 1 when the disk is full", async () => {
  for (const files of [["--samples", "a.csv"], ["--hdr", "a.hlog"], ["--hdr", "a.hgrm"]]) {
    await using room = await timerRoom({ thereUs: 100 });
    room.fullDisk = true;
    const { exitCode, out, err } = await room.ended(room.ping([...RUN, ...files, "--json"]));
    assert.equal(exitCode, 1);
    const { sent, answered } = JSON.parse(out) as Summary;
    assert.deepEqual([sent, answered], [1000, 1000]);
    assert.match(err, /^tram: Cannot write a\.\w+: no space left\n$/);
  }
});

Deno.test("timer ping refuses a wrong --hdr before anything is sent", async () => {
  for (const name of ["x.txt", "hlog", "x.HLOG", "x.hlog.gz"]) {
    await using room = await timerRoom();
    const { exitCode, out, err } = await room.ended(
      room.ping(["--hdr", name, "--samples", "a.csv"]),
    );
    assert.deepEqual([exitCode, out], [2, ""]);
    assert.equal(err, `tram: Cannot write ${name}: the name must end in .hlog or .hgrm\n`);
    assert.equal(room.network.links.length, 0);
    assert.equal(room.texts.size, 0);
  }
});

/** A file in memory. */
class KeptFile implements NewFile {
  begin(): void {}

  text = "";
  isClosed = false;
  writes = 0;

  write(bytes: Uint8Array): void {
    this.writes++;
    this.text += new TextDecoder().decode(bytes);
  }

  close(): void {
    this.isClosed = true;
  }
}

Deno.test("SampleFile writes whole nanoseconds that add up, of a clock that has fractions", () => {
  const file = new KeptFile();
  using samples = new SampleFile(file);
  const startNs = 1234.75;
  for (let sequence = 0; sequence < 5000; sequence++) {
    const plannedNs = startNs + sequence * 1000;
    const roomNs = plannedNs + (sequence % 7) * 0.3 - 0.6;
    const writtenNs = Math.max(plannedNs, roomNs) + (sequence % 11) * 0.17;
    const repliedNs = writtenNs + 300 + (sequence % 13) * 0.37;
    const gapNs = sequence === 0 ? NO_GAP : 1000;
    samples.add(
      { client: 3, sequence, plannedNs, roomNs, writtenNs, repliedNs, gapNs },
      startNs,
    );
  }
  assert.ok(file.writes > 0, "written while the run goes on");
  samples.finish();
  const [header, ...lines] = file.text.trimEnd().split("\n");
  assert.equal(
    header,
    "client,sequence,planned_ns,written_ns,replied_ns,response_ns,service_ns,held_ns,lateness_ns,gap_ns",
  );
  assert.equal(lines.length, 5000);
  assert.match(lines[0] ?? "", /^3,0,0,0,300,300,300,0,0,$/);
  for (const line of lines) {
    assert.match(line, /^3,\d+(,\d+){7},\d*$/);
    const [planned, written, replied, response, service, held, lateness] = line
      .split(",").slice(2).map(Number) as [number, number, number, number, number, number, number];
    assert.equal(response, held + lateness + service, line);
    assert.deepEqual([response, service], [replied - planned, replied - written], line);
  }
});

Deno.test("PingFiles writes the samples even when the histograms cannot be written", () => {
  const kept = new KeptFile();
  const broken = {
    begin() {},
    write() {
      throw new Error("no space left");
    },
    close() {},
  };
  const create = (path: string) => path === "a.csv" ? kept : broken;
  const files = new PingFiles({ create }, { samples: "a.csv", hdr: "a.hlog" });
  using measurement = new Measurement(0, true);
  const times = { plannedNs: 0, roomNs: 0, writtenNs: 0, repliedNs: 0, gapNs: 0 };
  files.add({ client: 0, sequence: 0, ...times }, 0);
  assert.throws(() => files.finish(measurement, 0, 0), /^Error: no space left$/);
  files[Symbol.dispose]();
  assert.equal(kept.text.split("\n").length, 3);
  assert.ok(kept.isClosed);
});

Deno.test("SampleFile goes on after a failed write, and tells the first failure at the end", () => {
  let writes = 0;
  const file = {
    begin() {},
    write() {
      throw new Error(`failure ${++writes}`);
    },
    close() {},
  };
  using samples = new SampleFile(file);
  const times = { plannedNs: 0, roomNs: 0, writtenNs: 0, repliedNs: 0, gapNs: 0 };
  for (let sequence = 0; sequence < 10_000; sequence++) {
    samples.add({ client: 0, sequence, ...times }, 0);
  }
  assert.throws(() => samples.finish(), /^Error: failure 1$/);
  assert.equal(writes, 1);
});
