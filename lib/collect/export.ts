import { ExitCode } from "../config/exit_code.ts";
import { UsageError } from "../config/usage_error.ts";
import type { RunContext } from "../context.ts";
import { type ExportFormat, exportHead, exportLines } from "./export_format.ts";
import { formatTimeUs } from "./format_time_us.ts";
import { openToRead } from "./open_to_read.ts";
import { chosenClients } from "./report_clients.ts";

/** Flags and arguments of `tram collect export`. */
export interface ExportFlags {
  /** File of the store. */
  readonly store: string;
  /** How samples are written. @default {jsonl with `json`, else csv} */
  readonly format?: ExportFormat | undefined;
  readonly json: boolean;
  /** Samples from this time on, by the client's clock, in microseconds since 1970. */
  readonly from?: number | undefined;
  /** Samples before this time. */
  readonly to?: number | undefined;
  /** Which clients; all when there are none. */
  readonly clients: readonly string[];
}

/** `tram collect export`: writes samples, in the order of clients and times, as they are read. */
export async function exportSamples(context: RunContext, flags: ExportFlags): Promise<ExitCode> {
  const { signal, process: { stdout } } = context;
  const { from: fromUs, to: toUs, clients } = flags;
  const format = flags.format ?? (flags.json ? "jsonl" : "csv");
  if (fromUs !== undefined && toUs !== undefined && fromUs >= toUs) {
    throw new UsageError(
      `Cannot export from ${formatTimeUs(fromUs)} to ${
        formatTimeUs(toUs)
      }: nothing lies between; ` +
        "wanted --from before --to",
    );
  }
  await using store = await openToRead(context, flags.store);
  const chosen = clients.length === 0
    ? undefined
    : await chosenClients(clients, (clientIds) => store.report({ clientIds }));
  const clientIds = chosen?.map(({ clientId }) => clientId);
  stdout.write(exportHead(format));
  for await (const samples of store.export({ clientIds, fromUs, toUs })) {
    if (signal.aborted) break; // also when nobody reads the output any more
    stdout.write(exportLines(samples, format));
    await stdout.drained?.();
  }
  return signal.aborted ? ExitCode.Interrupted : ExitCode.Done;
}
