import { ExitCode } from "../config/exit_code.ts";
import { tokenToDial } from "../config/user_token.ts";
import type { RunContext } from "../context.ts";
import { styleFor } from "../terminal/style.ts";
import { clientIdFrom } from "../transport/handshake_messages.ts";
import { DEFAULT_STORE } from "./default_store.ts";
import { openToRead } from "./open_to_read.ts";
import { askReport } from "./report_client.ts";
import { chosenClients } from "./report_clients.ts";
import { reportJson } from "./report_json.ts";
import { reportText } from "./report_text.ts";
import type { ClientReport } from "./store/client_report.ts";

/** Flags and arguments of `tram collect report`. */
export interface ReportFlags {
  /** File of the store. @default {collect.sqlite, unless a server is asked} */
  readonly store?: string | undefined;
  /** Whether a running server is asked. */
  readonly live: boolean;
  /** The server; whoever names one and no store wants to ask it. @default {127.0.0.1} */
  readonly host?: string | undefined;
  readonly port: number;
  /** Longest wait for the connection and for each part of the answer, in milliseconds. */
  readonly timeout: number;
  readonly tokenFile?: string | undefined;
  readonly insecure: boolean;
  readonly json: boolean;
  /** Which clients; all when there are none. */
  readonly clients: readonly string[];
}

/** What is reported, and the wall time of the server it is seen from. */
interface Found {
  readonly clients: readonly ClientReport[];
  readonly nowUs: number;
}

/** `tram collect report`: says what is known about clients and their clocks. */
export async function report(context: RunContext, flags: ReportFlags): Promise<ExitCode> {
  const { stdout } = context.process;
  const isLive = flags.live || (flags.store === undefined && flags.host !== undefined);
  const { clients, nowUs } = await (isLive ? ask : read)(context, flags);
  stdout.write(
    flags.json
      ? clients.map((client) => `${reportJson(client, nowUs)}\n`).join("")
      : reportText(clients, nowUs, stdout.columns, styleFor(stdout)),
  );
  return ExitCode.Done;
}

async function read(context: RunContext, flags: ReportFlags): Promise<Found> {
  await using store = await openToRead(context, flags.store ?? DEFAULT_STORE);
  const clients = await chosenClients(flags.clients, (clientIds) => store.report({ clientIds }));
  return { clients, nowUs: context.clock.wallUs() };
}

async function ask(context: RunContext, flags: ReportFlags): Promise<Found> {
  const { clock, network, signal } = context;
  const { host = "127.0.0.1", port, timeout: timeoutMs } = flags;
  const credentials = await tokenToDial(context, { ...flags, host });
  const clientId = clientIdFrom(context.hostName());
  const options = { host, port, clientId, timeoutMs, clock, network, signal, ...credentials };
  let nowUs = clock.wallUs();
  const clients = await chosenClients(flags.clients, async (clientIds) => {
    const answer = await askReport(options, clientIds);
    nowUs = answer.nowUs;
    return answer.clients;
  });
  return { clients, nowUs };
}
