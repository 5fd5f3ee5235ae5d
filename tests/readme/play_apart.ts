/**
 * Plays a story in a network, a process table and a host name of its own, so that ports are free
 * whatever else runs here, and nothing of it is left. Linux, root; Debian: iproute2, util-linux.
 */
import { fromSource } from "../e2e/root.ts";
import { withFolder } from "../e2e/processes.ts";
import { tramFile } from "../e2e/tram_file.ts";

/** Longest time of a story, in milliseconds. */
const DEADLINE_MS = 120_000;

/**
 * The first process there: it makes the network, and stays to reap what has lost its parents. The
 * addresses are those that the documents use; they are this machine alone (RFC 5737).
 */
const INIT = `set -e
ip link set lo up
for address in 192.0.2.7 192.0.2.8; do ip addr add $address/32 dev lo; done
hostname desk
mount --bind "$1/hosts" /etc/hosts
shift
"$@"
exit $?`;

/** Why stories cannot be played here, or `undefined`. */
export function apartAbsence(): string | undefined {
  const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;
  return isRoot ? undefined : "only root on Linux can make networks";
}

/** Plays a story. @throws {Error} when it does not go as the documents say */
export async function playApart(name: string): Promise<void> {
  await withFolder(async (made) => {
    const folder = await Deno.realPath(made);
    for (const part of ["home", "data", "bin", "tmp"]) {
      await Deno.mkdir(`${folder}/${part}`, { mode: 0o700 });
    }
    const hosts = "127.0.0.1 localhost\n192.0.2.7 desk lab-1\n";
    await Deno.writeTextFile(`${folder}/hosts`, hosts);
    await Deno.symlink(await tramFile(folder), `${folder}/bin/tram`);
    const home = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`;
    const modules = Deno.env.get("DENO_DIR") ?? `${home}/deno`;
    const executable = Deno.env.get("TRAM_BIN");
    const apart = ["--net", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const transcript = Deno.env.get("README_TRANSCRIPT");
    const play = [Deno.execPath(), "run", "-A", "--no-check", fromSource("tests/readme/play.ts")];
    const child = new Deno.Command("unshare", {
      args: [...apart, "bash", "-c", INIT, "init", folder, ...play, name, folder],
      clearEnv: true,
      env: {
        PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
        HOME: `${folder}/home`,
        TMPDIR: `${folder}/tmp`,
        USER: "ada",
        LANG: "C.UTF-8",
        TZ: "UTC",
        TERM: "xterm-256color",
        NO_COLOR: "1",
        DENO_DIR: modules,
        DENO_NO_UPDATE_CHECK: "1",
        ...transcript ? { README_TRANSCRIPT: transcript } : {},
        ...executable ? { TRAM_BIN: await Deno.realPath(executable) } : {},
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    // It takes no notice of SIGTERM.
    const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
    const { success, stdout, stderr } = await child.output();
    clearTimeout(timer);
    const decoder = new TextDecoder();
    if (!success) throw new Error(`${decoder.decode(stdout)}${decoder.decode(stderr)}`);
  });
}
