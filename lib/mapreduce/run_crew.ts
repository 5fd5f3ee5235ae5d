import { tokensToGuard } from "../config/user_token.ts";
import type { RunContext } from "../context.ts";
import { warnOfExposure } from "../log/warn_of_exposure.ts";
import { type Address, formatAddress } from "../transport/network.ts";
import { formatToken, newToken, type Token } from "../transport/token.ts";
import { Coordinator } from "./engine/coordinator.ts";
import type { JobResult } from "./engine/job_result.ts";
import { MAPREDUCE_PORT } from "./engine/port.ts";
import { openInput } from "./input/open_input.ts";
import { LocalWorkers } from "./local_workers.ts";
import { isOpenToOthers, type RunFlags } from "./run_flags.ts";
import { newRunId, type RunParts } from "./run_parts.ts";

/** Runs a job with workers: processes that are started here, and others that come. */
export async function runCrew(
  context: RunContext,
  flags: RunFlags,
  { host, plan, output, view }: RunParts,
): Promise<JobResult> {
  const { clock, network, log } = context;
  const isOpen = isOpenToOthers(flags);
  const tokens = await tokensOf(context, flags, isOpen);
  const inputFiles = await context.inputFiles();
  const failing = new AbortController();
  let failure: string | undefined;
  const count = flags.workers === "join" ? 0 : flags.workers ?? host.cores;
  // Says in one line that there can be none, and takes away what dead workers have left.
  const tryTemp = async () => await (await host.makeTemp(flags.temp))[Symbol.asyncDispose]();
  if (count > 0) await tryTemp();
  await using stack = new AsyncDisposableStack();
  if (count > 0) stack.defer(() => tryTemp().catch(() => {}));
  await using workers = new LocalWorkers({
    ...{ host, clock, count },
    log: log.child("worker"),
    args: (address) => [
      ...workerArgs(flags, address, host.cores, count),
      // On all addresses: others cannot come to the one by which workers here come to us.
      ...isAnyAddress(flags.host) ? ["--advertise", context.hostName()] : [],
    ],
    line: tokens?.[0] === undefined ? "" : formatToken(tokens[0]),
    onGone(why) {
      if (isOpen) return log.warn(why);
      failure = why;
      failing.abort();
    },
  });
  const coordinator = new Coordinator({
    ...{ clock, network, tokens, plan, output },
    address: { host: flags.host, port: flags.port ?? (isOpen ? MAPREDUCE_PORT : 0) },
    isResumed: flags.resume,
    run: newRunId(),
    openInput: (input, signal) => openInput(input, inputFiles, signal),
    signal: AbortSignal.any([context.signal, failing.signal]),
    // Workers of this process alone died with the one before: nobody can come back.
    limits: { noWorkerMs: flags.timeout, ...isOpen ? {} : { returnMs: 0 } },
    onServerEvent: isOpen ? (event) => view.serverEvent(event) : undefined,
    onEvent(event) {
      view.event(event, isOpen);
      if (event.type !== "listening") return;
      if (isOpen) {
        const { address } = event;
        const named = isAnyAddress(flags.host) ? { ...address, host: "HOST" } : address;
        log.info(
          `listening on ${formatAddress(address)}; workers come by "tram mapreduce worker ` +
            `--coordinator ${formatAddress(named)}${tokens === undefined ? " --insecure" : ""}"`,
        );
      }
      warnOfExposure(log, { host: flags.host, tokens, network });
      workers.start(event.address);
    },
  });
  using _ = view.watch(() => coordinator.status());
  const result = await coordinator.run();
  workers.expectEnd();
  if (failure === undefined || result.outcome !== "interrupted") return result;
  return { ...result, outcome: "failed", code: "task-failed", message: failure };
}

/** Tokens of the run: new ones where nobody else needs to know them; `undefined`: all may join. */
async function tokensOf(
  context: RunContext,
  { host, tokenFile, insecure }: RunFlags,
  isOpen: boolean,
): Promise<readonly Token[] | undefined> {
  const isNamed = tokenFile !== undefined || Boolean(context.process.env["TRAM_TOKEN"]);
  if (!isOpen && !isNamed) return [newToken()];
  return await tokensToGuard(context, { host, tokenFile, insecure });
}

/** How a worker is started on this machine. It may open what its coordinator names: that is us. */
function workerArgs(
  { threads, memory, timeout, temp, ...flags }: RunFlags,
  { host, port }: Address,
  cores: number,
  count: number,
): readonly string[] {
  const local = isAnyAddress(host) ? host === "::" ? "::1" : "127.0.0.1" : host;
  return [
    ...["mapreduce", "worker", "--token-stdin", "--config", "none", "--log-level", "warn"],
    ...["--coordinator", formatAddress({ host: local, port }), "--input-root", "/"],
    ...["--threads", String(threads ?? Math.max(1, Math.floor(cores / count)))],
    ...["--memory", String(memory), "--timeout", `${Math.ceil(timeout)}ms`],
    ...temp === undefined ? [] : [`--temp=${temp}`],
    ...tlsArgs(flags),
  ];
}

/** The line of a worker is encrypted as ours is; it shows the same certificate to other workers. */
function tlsArgs({ tlsCert, tlsKey, tlsCa }: Partial<RunFlags>): readonly string[] {
  if (tlsCert === undefined || tlsKey === undefined || tlsCa === undefined) return [];
  return ["--tls-cert", tlsCert, "--tls-key", tlsKey, "--tls-ca", tlsCa];
}

function isAnyAddress(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
