import { UsageError } from "../config/usage_error.ts";
import { isLoopback } from "../transport/network.ts";
import type { JobFlags } from "./jobs/describe_job.ts";
import type { WorkerCount } from "./parse_mapreduce.ts";

/** Flags of `tram mapreduce run`. */
export interface RunFlags extends JobFlags {
  readonly onError: "skip" | "fail";
  readonly input?: readonly string[] | undefined;
  /** Those behind the options. */
  readonly inputs: readonly string[];
  /** Path of the folder for output. */
  readonly output: string;
  /** @default {as many as there are cores} */
  readonly workers?: WorkerCount | undefined;
  /** Tasks at once in each worker. @default {its share of the cores} */
  readonly threads?: number | undefined;
  /** Memory of a worker, in bytes. */
  readonly memory: number;
  /** Folder for what does not fit into memory. @default {the system's} */
  readonly temp?: string | undefined;
  readonly partitions: number;
  readonly top?: number | undefined;
  readonly verifyInputs: boolean;
  readonly resume: boolean;
  readonly host: string;
  readonly port?: number | undefined;
  /** Longest time without any worker, in milliseconds. */
  readonly timeout: number;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  /** For the workers that are started here. */
  readonly tlsCa?: string | undefined;
  readonly tokenFile?: string | undefined;
  /** Lets everybody join. */
  readonly insecure: boolean;
  readonly json: boolean;
}

/** Jobs whose values are no counts. */
const WITHOUT_COUNTS: ReadonlySet<string> = new Set(["index", "sort"]);

/** All inputs as they were given, those of `--input` first. */
export function inputsOf({ input = [], inputs }: RunFlags): readonly string[] {
  return [...input, ...inputs];
}

/** Whether workers may come that were not started here. */
export function isOpenToOthers({ workers, host, port }: RunFlags): boolean {
  return workers !== 0 && (workers === "join" || port !== undefined || !isLoopback(host));
}

/** Looks at what no single option can see. @throws {UsageError} */
export function checkRunFlags(flags: RunFlags): void {
  const { workers, job, top } = flags;
  if (inputsOf(flags).length === 0) {
    throw new UsageError(
      "Cannot run a job over nothing: wanted files, folders, patterns, URLs or @LIST behind the options",
    );
  }
  if (top !== undefined && job !== undefined && WITHOUT_COUNTS.has(job)) {
    throw new UsageError(`Cannot show the --top of ${job}: its values are no counts`);
  }
  if (workers === 0 && (flags.port !== undefined || !isLoopback(flags.host))) {
    throw new UsageError("Cannot let workers join with --workers 0: it is done in this process");
  }
  const startsWorkers = workers !== 0 && workers !== "join";
  if (flags.tlsCert !== undefined && flags.tlsCa === undefined && startsWorkers) {
    throw new UsageError(
      "Cannot start workers here without --tls-ca, since they would not trust this server: give " +
        "it, or wait for others with --workers join",
    );
  }
  if (flags.insecure && !isOpenToOthers(flags)) {
    throw new UsageError(
      "Cannot be --insecure where nobody may join: --host, --port or --workers join let others in",
    );
  }
}
