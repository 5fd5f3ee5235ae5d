/** `tram tls init`, and every tool over TLS, as their users start them. Debian: openssl. */
import assert from "node:assert/strict";
import { withChat } from "./chat_room.ts";
import { withRoom } from "./collect_room.ts";
import { MapreduceRoom } from "./mapreduce_room.ts";
import { type Ended, runTram, startServer, TramProcess, withFolder } from "./processes.ts";

/** The files that `tram tls init` made in a folder, as variables of all tools. */
function variables(folder: string, name = "localhost") {
  return {
    server: {
      TRAM_TLS_CERT: `${folder}/${name}.pem`,
      TRAM_TLS_KEY: `${folder}/${name}.key`,
    },
    client: { TRAM_TLS_CA: `${folder}/ca.pem` },
  };
}

async function init(folder: string, ...args: string[]): Promise<Ended> {
  return await runTram(["tls", "init", "--ca-dir", folder, ...args]);
}

/** Runs a body in a folder with certificates for this machine. */
function withTls<T>(body: (folder: string) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const { code, stderr } = await init(`${folder}/tls`, "localhost");
    assert.deepEqual([code, stderr], [0, ""]);
    return await body(`${folder}/tls`);
  });
}

async function openssl(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("openssl", { args }).output();
  const text = new TextDecoder().decode(stdout);
  assert.equal(code, 0, text + new TextDecoder().decode(stderr));
  return text;
}

Deno.test("tram tls init makes what openssl verifies, keys for their owner alone", () =>
  withFolder(async (parent) => {
    const folder = `${parent}/a room`;
    const { code, stderr } = await init(folder, "lab-1,192.0.2.7", "lab-2", "2001:db8::7");
    assert.deepEqual([code, stderr], [0, ""]);
    const ca = `${folder}/ca.pem`;
    for (const name of ["lab-1", "lab-2", "ip6-2001-db8--7"]) {
      const file = `${folder}/${name}.pem`;
      await openssl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca, file);
      const key = await openssl("pkey", "-in", `${folder}/${name}.key`, "-pubout");
      assert.equal(await openssl("x509", "-in", file, "-noout", "-pubkey"), key);
    }
    for (const check of [["-verify_hostname", "lab-1"], ["-verify_ip", "192.0.2.7"]]) {
      await openssl("verify", ...check, "-CAfile", ca, `${folder}/lab-1.pem`);
    }
    assert.match(
      await openssl("x509", "-in", ca, "-noout", "-ext", "basicConstraints,keyUsage"),
      /critical\s+CA:TRUE, pathlen:0[^]*critical\s+Certificate Sign, CRL Sign/,
    );
    const modes = [...Deno.readDirSync(folder)].map(({ name }) => {
      return [name, (Deno.statSync(`${folder}/${name}`).mode ?? 0) & 0o777] as const;
    });
    assert.equal(modes.length, 8);
    for (const [name, mode] of modes) {
      assert.equal(mode & 0o077, name.endsWith(".key") ? 0 : mode & 0o044, name);
    }
    assert.equal((Deno.statSync(folder).mode ?? 0) & 0o777, 0o700);
  }));

Deno.test("tram tls init replaces a key with --force only, and leaves nothing half", () =>
  withTls(async (folder) => {
    const before = Deno.readTextFileSync(`${folder}/localhost.key`);
    const { code, stderr } = await init(folder, "localhost");
    assert.equal(code, 2);
    assert.match(stderr, /^tram: Cannot write \S+localhost\.pem: it is there already; --force/);
    assert.equal(Deno.readTextFileSync(`${folder}/localhost.key`), before);
    assert.equal((await init(folder, "--force", "localhost")).code, 0);
    assert.notEqual(Deno.readTextFileSync(`${folder}/localhost.key`), before);
    assert.equal((Deno.statSync(`${folder}/localhost.key`).mode ?? 0) & 0o777, 0o600);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["ca.key", "ca.pem", "localhost.key", "localhost.pem"]);
    const verified = ["verify", "-CAfile", `${folder}/ca.pem`, `${folder}/localhost.pem`];
    assert.match(await openssl(...verified), /OK/);
  }));

Deno.test("timer runs over TLS, and refuses who is not of the same authority", () =>
  withTls(async (folder) => {
    const { server, client } = variables(folder);
    await using process = (await startServer([], server)).process;
    const [, port = ""] = await process.matching(/listening on \S+:(\d+)/);
    const ping = (args: readonly string[], env = {}) =>
      runTram(["timer", "ping", "--port", port, "--count", "100", "--json", ...args], env);
    const good = await ping([], client);
    assert.equal(good.code, 0, good.stderr);
    assert.equal(JSON.parse(good.stdout).lost, 0);
    const named = await ping(["--host", "localhost", "--tls-ca", `${folder}/ca.pem`]);
    assert.equal(named.code, 0, named.stderr);
    const plain = await ping([]);
    assert.equal(plain.code, 1);
    assert.match(
      plain.stderr,
      /^tram: Cannot shake hands with \S+: it speaks TLS, this side does not; give .* --tls-ca\n$/,
    );
    assert.equal((await init(`${folder}/other`, "x")).code, 0);
    const stranger = await ping([], { TRAM_TLS_CA: `${folder}/other/ca.pem` });
    assert.equal(stranger.code, 77);
    assert.match(
      stranger.stderr,
      /^tram: Cannot trust \S+: its certificate is not from an [^\n]+\n$/,
    );
    process.kill("SIGTERM");
    const { code, stderr } = await process.ended;
    assert.equal(code, 0);
    assert.match(stderr, /refused 127\.0\.0\.1:\d+ \(no-tls: .*it speaks no TLS\)/);
    assert.match(stderr, /refused 127\.0\.0\.1:\d+ \(untrusted: .*\(UnknownCA\)\)/);
  }));

Deno.test("a server's key that others may read is refused, and stands in no message", () =>
  withTls(async (folder) => {
    const { server } = variables(folder);
    Deno.chmodSync(server.TRAM_TLS_KEY, 0o644);
    const { code, stdout, stderr } = await runTram(["timer", "serve", "--port", "0"], server);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^tram: Cannot use \S+localhost\.key: others may read it \(mode 644\); /);
    assert.doesNotMatch(stderr, /BEGIN|MIG/);
  }));

Deno.test("a server says in one line that a key is another certificate's", () =>
  withTls(async (folder) => {
    const { server } = variables(folder);
    const env = { ...server, TRAM_TLS_KEY: `${folder}/ca.key` };
    const { code, stderr } = await runTram(["collect", "serve", "--store", ":memory:"], {
      ...env,
      TRAM_CONFIG_DIR: folder,
      TRAM_COLLECT_PORT: "0",
    });
    assert.equal(code, 1);
    assert.match(stderr, /Cannot listen on \S+: the key does not belong to the certificate\n$/);
  }));

Deno.test("timer ping over TLS to a server without it says so", async () => {
  await withTls(async (folder) => {
    const { process, port } = await startServer();
    await using _ = process;
    const args = ["timer", "ping", "--port", port, "--count", "1"];
    const { code, stderr } = await runTram(args, variables(folder).client);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^tram: Cannot shake hands with \S+: it speaks no TLS; --tls-ca none/,
    );
    process.kill("SIGTERM");
    assert.match((await process.ended).stderr, /refused .*looks like TLS/);
  });
});

Deno.test("collect runs over TLS: send, report of the running server, stored once", () =>
  withTls((folder) =>
    withRoom(async (room) => {
      const { server, client } = variables(folder);
      const cert = ["--tls-cert", server.TRAM_TLS_CERT, "--tls-key", server.TRAM_TLS_KEY];
      const ca = ["--tls-ca", client.TRAM_TLS_CA];
      await using serving = await room.serve(cert);
      const { taken, waiting } = await room.sent(serving.port, ["-c", "50", ...ca]);
      assert.deepEqual([taken, waiting], [50, 0]);
      const args = ["collect", "report", "--live", "--port", serving.port, "--json"];
      const { code, stdout, stderr } = await runTram([...args, ...ca], room.env);
      assert.equal(code, 0, stderr);
      assert.equal(stdout.trimEnd().split("\n").length, 1);
      serving.process.kill("SIGINT");
      await serving.process.ended;
      assert.equal(room.read()[0]?.rows, 50);
    })
  ));

Deno.test("chat runs over TLS, and a client that comes back finds its lines", () =>
  withTls((folder) =>
    withChat(async (room) => {
      const { server, client } = variables(folder);
      await using serving = await room.serve([], "0", server);
      await using bob = await room.joined(serving.port, "bob", ["--stay"], client);
      await using ada = await room.joined(serving.port, "ada", ["--stay"], client);
      await ada.type("over the wire");
      await bob.event("line", ({ text }) => text === "over the wire");
      await ada.endInput();
      assert.deepEqual(room.lines("#lobby").map(({ text }) => text), ["over the wire"]);
    })
  ));

/** Runs a body in a folder with inputs and certificates. */
function withInputs<T>(body: (room: MapreduceRoom, tls: string) => Promise<T>): Promise<T> {
  return withTls((tls) =>
    withFolder((folder) => {
      const room = new MapreduceRoom(folder);
      room.writeInputs(4);
      return body(room, tls);
    })
  );
}

function flagsOf(tls: string): readonly string[] {
  const { server, client } = variables(tls);
  const cert = ["--tls-cert", server.TRAM_TLS_CERT, "--tls-key", server.TRAM_TLS_KEY];
  return [...cert, "--tls-ca", client.TRAM_TLS_CA];
}

Deno.test("mapreduce runs over TLS with workers that it starts, and gives what one process gives", () =>
  withInputs(async (room, tls) => {
    const job = ["--job", "wordcount"];
    await using run = await room.run([...job, ...flagsOf(tls)], { workers: "2" });
    const { code, stderr } = await run.ended();
    assert.equal(code, 0, stderr);
    assert.deepEqual(room.output(), await room.oracle(job));
  }));

Deno.test("mapreduce runs over TLS with workers that come, which speak TLS to one another", () =>
  withInputs(async (room, tls) => {
    // Slow enough that both have tasks, and then outputs that the other one wants.
    const job = ["--mapper", "sleep 0.5; tr -s ' ' '\\n'", "--reducer", "uniq -c"];
    await using run = await room.run([...job, ...flagsOf(tls)]);
    const [one, two] = await Promise.all([1, 2].map(() => room.worker(run, flagsOf(tls))));
    await using _ = one;
    await using __ = two;
    const { code, stderr, events } = await run.ended();
    assert.equal(code, 0, stderr);
    assert.deepEqual(room.output(), await room.oracle(job));
    assert.equal(events.at(-1)?.["relayedBytes"], 0, "they met without the coordinator");
  }));

Deno.test("a mapreduce worker without TLS is not let into a run with it", () =>
  withInputs(async (room, tls) => {
    await using run = await room.run(["--job", "wordcount", ...flagsOf(tls)]);
    await using worker = new TramProcess(
      ["mapreduce", "worker", "--coordinator", `127.0.0.1:${run.port}`],
      { TRAM_TOKEN: "5a".repeat(32) },
    );
    const { code, stderr } = await worker.ended;
    assert.equal(code, 1);
    assert.match(stderr, /it speaks TLS, this side does not/);
  }));
