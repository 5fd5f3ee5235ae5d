import type { Connection } from "../transport/connection.ts";
import type { BothClocks } from "./both_clocks.ts";
import { collectService } from "./protocol.ts";
import type { Reported, ReportRequest } from "./report_messages.ts";
import type { Presence } from "./report_live.ts";
import { sampledClients } from "./report_clients.ts";
import type { CollectStore } from "./store/collect_store.ts";

/** Sessions in one frame: with a hundred steps each they stay below the largest frame. */
const SESSIONS_PER_FRAME = 16;

/** What a server reports from. */
export interface ReportParts {
  /** The server's own wall clock. */
  readonly clocks: BothClocks;
  /** Reads the store, when it is this asker's turn. */
  readonly report: CollectStore["report"];
  /** What is known of a session that is connected; `undefined`: it is not. */
  readonly presenceOf: (session: string) => Presence | undefined;
}

/**
 * Answers a REPORT, as fast as the asker reads. Who only asks has no samples, and so does not show.
 *
 * @throws {StoreError} when the store cannot be read
 */
export async function sendReports(
  connection: Connection<typeof collectService.kinds>,
  { clientIds }: ReportRequest,
  { clocks, report, presenceOf }: ReportParts,
): Promise<void> {
  let frames = 0;
  const send = async (reported: Reported) => {
    while (!connection.send(collectService.kinds.reported, reported)) {
      if (!(await connection.writable())) return;
    }
    frames++;
  };
  for (const { clientId, sessions } of sampledClients(await report({ clientIds }))) {
    const current = sessions.map((session) => {
      const presence = presenceOf(session.session);
      if (presence === undefined) return session;
      const { estimate = session.estimate } = presence;
      return { ...session, lastSeenUs: clocks.wallUs(), estimate };
    });
    for (let at = 0; at < current.length; at += SESSIONS_PER_FRAME) {
      await send({ client: { clientId, sessions: current.slice(at, at + SESSIONS_PER_FRAME) } });
    }
  }
  await send({ end: { frames, nowUs: clocks.wallUs() } });
}
