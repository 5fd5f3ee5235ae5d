/** The table that a terminal shows while `collect serve` runs. */
import type { Clock } from "../clock/clock.ts";
import { formatCount } from "../terminal/format_count.ts";
import { formatNs } from "../terminal/format_ns.ts";
import { formatRate } from "../terminal/format_rate.ts";
import { RateMeter } from "../terminal/rate_meter.ts";
import { safeText } from "../terminal/safe_text.ts";
import type { Style } from "../terminal/style.ts";
import { formatTable } from "../terminal/table.ts";
import type { Connection } from "../transport/connection.ts";
import type { CollectServer } from "./collect_server.ts";
import { formatOffset } from "./format_offset.ts";
import type { GatherClient } from "./gather_client.ts";
import type { collectService } from "./protocol.ts";

type Client = Connection<typeof collectService.kinds>;

/** Most clients that are shown; the others are counted. */
const MAX_ROWS = 20;

const right = (title: string) => ({ title, align: "right" as const });

/** Keeps the rates between two looks. */
export class LiveTable {
  readonly #server: CollectServer;
  readonly #clock: Clock;
  readonly #meters = new WeakMap<GatherClient, RateMeter>();

  constructor(server: CollectServer, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
  }

  /** The table now, in lines of at most `columns`. */
  lines(columns: number | undefined, style: Style): string[] {
    const { clients } = this.#server;
    const rows = [...clients].slice(0, MAX_ROWS).map(([line, client]) => this.#row(line, client));
    if (rows.length === 0) return ["no clients"];
    const table = formatTable({
      columns: [
        { title: "client", flexible: true },
        right("rate"),
        right("stored"),
        right("equal"),
        right("offset"),
        right("lag"),
      ],
      rows,
      columnsAvailable: columns,
      style,
    });
    const more = clients.size - rows.length;
    return more > 0 ? [...table, `and ${formatCount(more)} more`] : table;
  }

  #row(line: Client, client: GatherClient): string[] {
    const nowMs = this.#clock.monotonicNs() / 1e6;
    const { stored, equal } = client.counts;
    const meter = this.#meters.get(client) ??
      new RateMeter({ startMs: nowMs, done: stored + equal });
    this.#meters.set(client, meter);
    meter.update(stored + equal, nowMs);
    const { estimate } = client;
    return [
      safeText(line.terms.clientId),
      formatRate(Math.round(meter.perSecond(nowMs) ?? 0)),
      formatCount(stored),
      formatCount(equal),
      estimate === undefined ? "not known" : formatOffset(estimate),
      client.lagNs === undefined ? "" : formatNs(client.lagNs),
    ];
  }
}
