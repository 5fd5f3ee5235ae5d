/** What a run keeps to itself: its token and its keys. Linux, root; Debian: openssh-server. */
import assert from "node:assert/strict";
import { runTram, TramProcess, withFolder } from "./processes.ts";
import { sshAbsence, SshRoom } from "./ssh_room.ts";
import { tramScript } from "./tram_file.ts";

/** A number of a user who owns nothing. */
const NOBODY = "65534";

function launchFile(list: string): string {
  return `
[roles.server]
run = ["tram", "collect", "serve", "--host", "0.0.0.0", "--port", "0", "--store", ":memory:"]
ready = { log = 'listening on \\S+:(?<port>\\d+)' }
[roles.client]
after = ["server"]
machines = "${list}"
copies = 2
run = "echo here; exec tram collect send --port {server.port} --host {server.host} --id client-{index} --duration 50s"
ready = { line = "here" }
`;
}

/** What a shell of somebody else says. */
async function asNobody(line: string): Promise<string> {
  const { stdout, stderr } = await new Deno.Command("setpriv", {
    args: ["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "sh", "-c", line],
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

/** Paths of all files below a folder. */
function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory, isFile }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? filesBelow(path) : isFile ? [path] : [];
  });
}

/** Files of run folders below a folder. */
function secretFiles(folder: string): string[] {
  return filesBelow(folder).filter((path) => path.includes("/tram-run-"));
}

/** The parts of a file that nobody else may know: its lines, but for those that all such files have. */
function secretsOf(path: string): string[] {
  const isPublic = path.endsWith("ca.pem") || path.endsWith("cert.pem");
  const lines = Deno.readTextFileSync(path).split("\n");
  return isPublic ? [] : lines.filter((line) => line.length > 20 && !line.startsWith("-----"));
}

/** What all processes of this machine have in their arguments and environments. */
function processTable(): string {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).map(({ name }) => {
    const read = (file: string) => {
      try {
        return Deno.readTextFileSync(`/proc/${name}/${file}`);
      } catch {
        return ""; // it has ended
      }
    };
    return `${read("cmdline")}\0${read("environ")}`;
  }).join("\n");
}

Deno.test("launch keeps token and keys of a run from arguments, environments, logs and other users", async () => {
  const absence = sshAbsence();
  if (absence !== undefined) throw new Error(`Cannot run sshd for this test: ${absence}`);
  await withFolder(async (folder) => {
    // Only the folders of the run themselves keep others out.
    const runtimes = [`${folder}/here`, `${folder}/there`] as const;
    for (const path of runtimes) await Deno.mkdir(path);
    for (const path of [folder, ...runtimes]) await Deno.chmod(path, 0o755);
    await using room = await SshRoom.open({
      env: { XDG_RUNTIME_DIR: runtimes[1], TMPDIR: runtimes[1] },
    });
    await Deno.chmod(room.folder, 0o755);
    const list = await room.list("node[1-2]\n");
    const tram = await tramScript(folder);
    const file = launchFile(list).replace("exec tram", `exec ${tram}`);
    await Deno.writeTextFile(`${folder}/launch.toml`, file);
    const env = { XDG_RUNTIME_DIR: runtimes[0], TRAM_STATE_DIR: `${folder}/state` };
    await using process = new TramProcess([
      ...["launch", "up", `${folder}/launch.toml`, "--log-dir", `${folder}/logs`],
      ...["--log-level", "debug", "--log-file", `${folder}/launch.log`],
      ...["--ssh-config", room.configFile, "--executable", tram, "--advertise", "127.0.0.1"],
    ], env);
    // Both have shown their tokens by then.
    for (const copy of [1, 2]) {
      await process.matching(new RegExp(`server +\\| .*client-${copy}.*joined`));
    }

    const paths = runtimes.flatMap(secretFiles);
    const names = paths.map((path) => path.replace(/^.*\//, "")).sort();
    const each = ["ca.pem", "cert.pem", "key.pem", "token"];
    assert.deepEqual(names, [...each, ...each, ...each].sort(), "three machines have their own");
    const secrets = [...new Set(paths.flatMap(secretsOf))];
    assert(secrets.length >= 1 + 3 * 2, "a token, and keys of three machines");

    const table = processTable();
    assert(paths.some((path) => table.includes(path)), "paths are there");
    for (const secret of secrets) assert(!table.includes(secret), "a secret is in a process table");

    for (const path of paths) {
      assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600, path);
      const said = await asNobody(`cat ${path}; ls ${path.replace(/\/[^/]*$/, "")}`);
      assert.equal(said.match(/Permission denied/g)?.length, 2, said);
    }
    const sockets = await asNobody(`ls ${folder}/state ${folder}/state/*; echo`);
    assert.match(sockets, /Permission denied/, "nobody else finds the socket of the run");

    process.kill("SIGINT");
    const { code, stdout, stderr } = await process.ended;
    assert.equal(code, 130, stderr);
    const kept = [...filesBelow(folder), ...filesBelow(room.folder)].filter((path) =>
      !paths.includes(path) && Deno.statSync(path).size < 10e6 // not the executable
    );
    const texts = [stdout, stderr, ...kept.map((path) => Deno.readTextFileSync(path))];
    assert(kept.some((path) => path.endsWith("launch.log")) && kept.length > 5);
    for (const text of texts) {
      for (const secret of secrets) {
        assert(!text.includes(secret), "a secret was written somewhere");
      }
    }
    assert.deepEqual(runtimes.flatMap(secretFiles), [], "the folders of the run are gone");
    assert.equal((await runTram(["launch", "status"], env)).code, 0);
  });
});
