import { didYouMean } from "../config/did_you_mean.ts";
import type { ClientReport } from "./store/client_report.ts";

/**
 * Clients that have sent samples, each without the sessions that sent none: those belong to people
 * who only asked, or to clients that have just come. Pure.
 */
export function sampledClients(reports: readonly ClientReport[]): ClientReport[] {
  return reports.map(({ clientId, sessions }) => ({
    clientId,
    sessions: sessions.filter(({ sent }) => sent > 0),
  })).filter(({ sessions }) => sessions.length > 0);
}

/**
 * Reports on the clients that somebody named, or on all when nobody was.
 *
 * @param read gives the reports on these clients, on all when left out
 * @throws {Error} for a name that nobody has, with one that is near
 */
export async function chosenClients(
  clientIds: readonly string[],
  read: (clientIds?: readonly string[]) => Promise<readonly ClientReport[]>,
): Promise<ClientReport[]> {
  if (clientIds.length === 0) return sampledClients(await read());
  const chosen = sampledClients(await read([...new Set(clientIds)]));
  const missing = clientIds.find((id) => chosen.every(({ clientId }) => clientId !== id));
  if (missing === undefined) return chosen;
  const known = sampledClients(await read()).map(({ clientId }) => clientId);
  throw new Error(
    `Cannot find client "${missing}": it has sent no samples${didYouMean(missing, known)}`,
  );
}
