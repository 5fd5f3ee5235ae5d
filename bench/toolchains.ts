/** Builds the peers that are not written in TypeScript, where their compilers are. */
import { runProgram } from "./child.ts";

/** A program, or the reason why there is none. */
export type Build = { readonly program: string } | { readonly absence: string };

const folder = (path: string) => decodeURIComponent(new URL(path, import.meta.url).pathname);
const GO_TIMEOUT_MS = 120_000;
const CARGO_TIMEOUT_MS = 120_000;

async function isThere(program: string, versionFlag: string): Promise<boolean> {
  return (await runProgram(program, [versionFlag], { timeoutMs: 10_000 })).isSuccess;
}

/** The Go peer of the framing bench. */
export async function buildGo(): Promise<Build> {
  if (!await isThere("go", "version")) return { absence: "no Go compiler" };
  const program = folder("results/framing-go");
  const { isSuccess, output } = await runProgram("go", ["build", "-o", program, "."], {
    timeoutMs: GO_TIMEOUT_MS,
    cwd: folder("peers/go"),
  });
  return isSuccess ? { program } : { absence: `go build: ${lastLine(output)}` };
}

/** Where Debian's packages of crates are (`librust-tokio-util-dev` and what it needs). */
const DEBIAN_CRATES = "/usr/share/cargo/registry";

/** The tokio-util peer of the framing bench. Its crates come from the network, else from Debian. */
export async function buildTokio(): Promise<Build> {
  if (!await isThere("cargo", "--version")) return { absence: "no Rust compiler" };
  const cwd = folder("results/framing-tokio");
  await Deno.mkdir(`${cwd}/src`, { recursive: true });
  for (const file of ["Cargo.toml", "src/main.rs"]) {
    await Deno.copyFile(folder(`peers/tokio/${file}`), `${cwd}/${file}`);
  }
  const fromDebian = [
    ...["--offline", "--config", 'source.crates-io.replace-with="debian"'],
    ...["--config", `source.debian.directory="${DEBIAN_CRATES}"`],
  ];
  for (const source of [[], fromDebian]) {
    const { isSuccess } = await runProgram("cargo", ["build", "--release", ...source], {
      timeoutMs: CARGO_TIMEOUT_MS,
      cwd,
    });
    if (isSuccess) return { program: `${cwd}/target/release/framing` };
  }
  return { absence: "crates cannot be fetched or built; Debian: librust-tokio-util-dev" };
}

/** The program in Rust of the mapreduce bench. It needs no crates. */
export async function buildWords(): Promise<Build> {
  if (!await isThere("rustc", "--version")) return { absence: "no Rust compiler" };
  const program = folder("results/words-rust");
  const { isSuccess, output } = await runProgram(
    "rustc",
    ["--edition", "2021", "-C", "opt-level=3", "-o", program, folder("peers/words/words.rs")],
    { timeoutMs: CARGO_TIMEOUT_MS },
  );
  return isSuccess ? { program } : { absence: `rustc: ${lastLine(output)}` };
}

/** `mawk`, if installed. */
export async function findMawk(): Promise<Build> {
  return await isThere("mawk", "-Wversion") ? { program: "mawk" } : { absence: "no mawk" };
}

/** GNU `parallel`, if installed. */
export async function findParallel(): Promise<Build> {
  if (await isThere("parallel", "--version")) return { program: "parallel" };
  return { absence: "no GNU parallel" };
}

/** `sockperf`, if installed. */
export async function findSockperf(): Promise<Build> {
  if (await isThere("sockperf", "--version")) return { program: "sockperf" };
  return { absence: "no sockperf" };
}

/** `ngircd`, if installed: Debian keeps it where only root looks. */
export async function findNgircd(): Promise<Build> {
  return await findServer("ngircd");
}

/** `nats-server`, if installed. */
export async function findNatsServer(): Promise<Build> {
  return await findServer("nats-server");
}

async function findServer(name: string): Promise<Build> {
  for (const program of [name, `/usr/sbin/${name}`]) {
    if (await isThere(program, "--version")) return { program };
  }
  return { absence: `no ${name}` };
}

function lastLine(output: string): string {
  return output.trimEnd().split("\n").at(-1) ?? "";
}
