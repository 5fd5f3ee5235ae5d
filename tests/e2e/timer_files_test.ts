/** Runs of `timer ping` that end otherwise than planned: by ^C, with a full disk, unread. */
import assert from "node:assert/strict";
import { readHistogramLog } from "../../lib/timer/read_histogram_log.ts";
import {
  joined,
  runTram,
  startServer,
  tramCommand,
  TramProcess,
  wait,
  withFolder,
} from "./processes.ts";

/** Open loop, and far too long to wait for. */
const ENDLESS = ["--rate", "2000", "--duration", "50s"];

/** Samples in a file of `--samples`, each line as whole as the first. */
async function samplesIn(path: string): Promise<number> {
  const text = await Deno.readTextFile(path);
  assert(text.endsWith("\n"), "the last line is whole");
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const columns = header.split(",").length;
  for (const line of lines) assert.equal(line.split(",").length, columns, line);
  return lines.length;
}

/** Values of one tag in a file of `--hdr`. */
async function valuesIn(path: string, tag: string): Promise<number> {
  const { slices } = readHistogramLog(await Deno.readTextFile(path), path);
  const counts = (slices.get(tag) ?? []).flatMap((slice) => slice.map(({ count }) => count));
  return counts.reduce((sum, count) => sum + count, 0);
}

Deno.test("timer ping leaves whole files and its result so far when it is interrupted", async () => {
  const { process: server, port } = await startServer(["--json"]);
  await using _ = server;
  await withFolder(async (folder) => {
    const files = ["--samples", `${folder}/all.csv`, "--hdr", `${folder}/all.hlog`];
    const args = ["timer", "ping", "--port", port, ...ENDLESS, ...files, "--json"];
    await using ping = new TramProcess(args);
    await joined(server, 1);
    await wait(700);
    ping.kill("SIGINT");
    const { code, stdout, stderr } = await ping.ended;
    assert.deepEqual([code, stderr], [130, ""]);
    const summary = JSON.parse(stdout);
    assert.equal(summary.end, "stopped");
    const { count } = summary.response;
    assert(count > 0);
    assert.equal(summary.answered, count);
    assert(summary.unanswered <= 1);
    assert.equal(summary.sent, count + summary.unanswered);
    assert.equal(await samplesIn(`${folder}/all.csv`), count);
    for (const tag of ["response", "service", "held", "lateness"]) {
      assert.equal(await valuesIn(`${folder}/all.hlog`, tag), count, tag);
    }
    assert.equal(await valuesIn(`${folder}/all.hlog`, "gap"), count - 1);
  });
});

Deno.test("timer ping prints its result so far for people, too, when it is interrupted", async () => {
  const { process: server, port } = await startServer(["--json"]);
  await using _ = server;
  await using ping = new TramProcess(["timer", "ping", "--port", port, ...ENDLESS]);
  await joined(server, 1);
  await wait(700);
  ping.kill("SIGINT");
  const { code, stdout, stderr } = await ping.ended;
  assert.deepEqual([code, stderr], [130, ""]);
  assert.match(stdout, /open loop at 2,000\/s/);
  assert.match(stdout, /^stopped by you$/m);
  assert.match(stdout, /^count +\d/m);
  assert.match(stdout, /█/);
});

for (const [flag, name] of [["--samples", "all.csv"], ["--hdr", "all.hlog"]] as const) {
  Deno.test(`timer ping ${flag} ends with 1 and its result when the disk is full`, async () => {
    if (Deno.build.os !== "linux") return;
    const { process: server, port } = await startServer();
    await using _ = server;
    await withFolder(async (folder) => {
      const path = `${folder}/${name}`;
      await Deno.symlink("/dev/full", path);
      // Enough samples for several writes, all but the first of which must not be told again.
      const args = ["timer", "ping", "--port", port, "--count", "5000", flag, path, "--json"];
      const { code, stdout, stderr } = await runTram(args);
      assert.equal(code, 1);
      assert.equal(JSON.parse(stdout).answered, 5000);
      assert.match(stderr, /^tram: Cannot write [^\n]+: No space left [^\n]+\n$/);
      assert(stderr.includes(path), stderr);
    });
  });
}

Deno.test("timer ping tells of a file that cannot be made before it measures", async () => {
  const { code, stdout, stderr } = await runTram(
    ["timer", "ping", "--port", "1", "--samples", "/nonexistent/all.csv"],
  );
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^tram: Cannot write \/nonexistent\/all\.csv: [^\n]+\n$/);
});

Deno.test("timer ping writes its files and says nothing when nobody reads its result", async () => {
  const { process: server, port } = await startServer(["--json"]);
  await using _ = server;
  await withFolder(async (folder) => {
    const path = `${folder}/all.csv`;
    // A closed loop: an open one ends with 3 when a busy machine delays its last messages.
    await using ping = new TramProcess(
      ["timer", "ping", "--port", port, "--count", "5000", "--samples", path],
    );
    await ping.stopReading();
    const { code, stderr } = await ping.ended;
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(await samplesIn(path), 5000);
  });
});

Deno.test("timer ping does not write two outputs to one file", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.hlog`;
    const twice = ["--hdr", path, "--samples", `${folder}/../${folder.split("/").at(-1)}/a.hlog`];
    const { code, stderr } = await runTram(["timer", "ping", "--port", "1", ...twice]);
    assert.equal(code, 1);
    assert.match(stderr, /^tram: Cannot write .*a\.hlog: something else is written to it, too/);
  });
});

Deno.test("timer ping --samples does not write over the summary in a file", async () => {
  const { process: server, port } = await startServer(["--json"]);
  await using _ = server;
  await withFolder(async (folder) => {
    const { command, prefix } = tramCommand();
    const tram = [command, ...prefix].map((word) => `'${word}'`).join(" ");
    const line = `${tram} timer ping --port ${port} --count 5 --json --samples /dev/stdout`;
    await using ping = new TramProcess(["-c", `${line} > '${folder}/out'`], {}, "sh");
    const { code, stderr } = await ping.ended;
    assert.equal(code, 1);
    assert.match(stderr, /Cannot write \/dev\/stdout: something else is written to it, too/);
  });
});

Deno.test("timer ping leaves older files alone, and no new ones, when nobody answers", async () => {
  await withFolder(async (folder) => {
    const [csv, hlog] = [`${folder}/a.csv`, `${folder}/a.hlog`];
    await Deno.writeTextFile(hlog, "an older run");
    const files = ["--samples", csv, "--hdr", hlog];
    const { code } = await runTram(["timer", "ping", "--port", "1", ...files]);
    assert.equal(code, 69);
    assert.equal(await Deno.readTextFile(hlog), "an older run");
    await assert.rejects(Deno.stat(csv), Deno.errors.NotFound);
  });
});
