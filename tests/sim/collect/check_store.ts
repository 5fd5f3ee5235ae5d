/** Compares what the server has and says with what the clients really did. */
import type { SessionReport } from "../../../lib/collect/store/client_report.ts";
import type { CollectStore, ExportedSample } from "../../../lib/collect/store/collect_store.ts";
import type { Sim } from "../core/sim.ts";
import type { Claim, ClockTruth } from "./clock_truth.ts";
import type { SampleBook, SessionBook } from "./sample_book.ts";

/** What is compared. */
export interface StoreCheck {
  readonly sim: Sim;
  readonly books: SampleBook;
  readonly content: CollectStore;
  readonly truthOf: (clientId: string) => ClockTruth | undefined;
}

/** At the end, when nothing more comes. */
export async function checkStore(parts: StoreCheck): Promise<void> {
  const { sim, books, content } = parts;
  const stored = new Map<string, Map<number, ExportedSample>>();
  const times = new Map<string, Set<number>>();
  for await (const page of content.export()) {
    for (const sample of page) {
      const { clientId, session, sequence, timeUs } = sample;
      const seen = times.get(clientId) ?? new Set();
      times.set(clientId, seen);
      sim.check("once", !seen.has(timeUs), `${clientId} has ${timeUs} twice in the store`);
      seen.add(timeUs);
      const ofSession = stored.get(session) ?? new Map();
      stored.set(session, ofSession);
      sim.check("once", !ofSession.has(sequence), `${clientId} has number ${sequence} twice`);
      ofSession.set(sequence, sample);
      checkSample(parts, sample);
    }
  }
  for (const { clientId, sessions } of await content.report()) {
    for (const report of sessions) {
      const book = books.find(report.session);
      if (book === undefined) {
        sim.check("oracle", report.sent === 0, `${clientId} has a session that nobody had`);
        continue;
      }
      const rows = stored.get(report.session) ?? new Map();
      checkAccount(sim, book, report, rows, times.get(clientId) ?? new Set());
      for (const estimate of await content.estimates(report.session)) {
        checkClaim(parts, clientId, "an estimate in the store", estimate);
      }
    }
  }
}

/** What is said of a session while it goes on. */
export function checkReport(parts: StoreCheck, clientId: string, report: SessionReport): void {
  const { sim, books } = parts;
  const { session, sent, stored, equal, lost, estimate } = report;
  sim.check("oracle", sent === stored + equal + lost && lost >= 0, () => {
    return `${clientId}: ${sent} sent = ${stored} stored + ${equal} equal + ${lost} lost`;
  });
  const book = books.find(session);
  if (book !== undefined) {
    sim.check("oracle", sent <= book.taken.length, () => {
      return `${clientId} has sent ${sent}, and has taken ${book.taken.length}`;
    });
  }
  if (estimate !== undefined) checkClaim(parts, clientId, "a report", estimate, true);
}

function checkClaim(
  { sim, truthOf }: StoreCheck,
  clientId: string,
  where: string,
  claim: Claim,
  isNow = false,
): void {
  const truth = truthOf(clientId);
  if (truth === undefined) return;
  const errorUs = isNow ? truth.errorNow(claim) : truth.errorOf(claim);
  sim.count(`claims in ${where.replace(/^an? /, "")}`);
  sim.check("bounds", errorUs === 0, () => {
    return `${where} says that ${clientId} is off by ${claim.offsetUs} +- ${claim.boundUs} us at ` +
      `${claim.atUs}; true is ${truth.offsetsAt(claim.atUs)}, ${Math.round(errorUs)} us beyond`;
  });
}

function checkSample({ sim, books, truthOf }: StoreCheck, sample: ExportedSample): void {
  const { clientId, session, sequence, timeUs, correctedUs, boundUs } = sample;
  const book = books.find(session);
  const taken = book?.at(sequence);
  if (book === undefined || taken === undefined) {
    sim.fail("oracle", `number ${sequence} of ${clientId} was never taken`);
    return;
  }
  if (taken.timeUs !== timeUs) {
    const other = book.taken.findIndex((one) => one.timeUs === timeUs) + 1;
    sim.fail(
      other > 0 ? "order" : "oracle",
      `number ${sequence} of ${clientId} is stored as ${timeUs}, which is number ${other}, and not ` +
        `as ${taken.timeUs}`,
    );
    return;
  }
  const truth = truthOf(clientId);
  if (correctedUs === undefined || boundUs === undefined || truth === undefined) return;
  sim.count("samples with a bound");
  const serverUs = truth.serverUs(taken.nowNs);
  const farUs = Math.min(...serverUs.map((us) => Math.abs(correctedUs - us)));
  const beyondUs = farUs - boundUs - truth.unpromisedUs(taken.nowNs) - 1;
  sim.check("bounds", beyondUs <= 0, () => {
    return `number ${sequence} of ${clientId} was taken at ${serverUs} of the server, and is ` +
      `corrected to ${correctedUs} +- ${boundUs} us, ${Math.round(beyondUs)} us beyond`;
  });
}

function checkAccount(
  sim: Sim,
  book: SessionBook,
  report: SessionReport,
  rows: ReadonlyMap<number, ExportedSample>,
  times: ReadonlySet<number>,
): void {
  const { clientId, acknowledged, dropped, taken } = book;
  const { sent, stored, equal, lost, isTailKnown } = report;
  const name = `${clientId}, session ${report.session}`;
  let equalForSure = 0;
  let equalPerhaps = 0;
  for (let sequence = 1; sequence <= sent; sequence++) {
    if (rows.has(sequence)) continue;
    const hasTwin = times.has(book.at(sequence)?.timeUs ?? NaN);
    if (dropped.has(sequence)) {
      if (hasTwin) equalPerhaps++;
    } else if (hasTwin) equalForSure++;
    else {
      sim.fail(
        sequence <= acknowledged ? "kept" : "oracle",
        `number ${sequence} of ${name} is not in the store, nobody dropped it, and ` +
          `${acknowledged} was acknowledged`,
      );
      return;
    }
  }
  sim.check("oracle", sent >= acknowledged, `${name}: ${sent} sent, ${acknowledged} acknowledged`);
  sim.check("oracle", sent === stored + equal + lost && lost >= 0, () => {
    return `${name}: ${sent} sent = ${stored} stored + ${equal} equal + ${lost} lost`;
  });
  sim.check("oracle", stored === rows.size, `${name}: ${stored} stored, ${rows.size} are there`);
  sim.check("oracle", equal >= equalForSure && equal <= equalForSure + equalPerhaps, () => {
    return `${name}: ${equal} equal, should be ${equalForSure} to ${equalForSure + equalPerhaps}`;
  });
  sim.check("oracle", isTailKnown === book.hasEnded, `${name}: tail known: ${isTailKnown}`);
  const isWhole = isTailKnown || acknowledged === taken.length;
  sim.check("oracle", isWhole ? sent === taken.length : sent <= taken.length, () => {
    return `${name}: ${sent} sent, ${taken.length} taken`;
  });
  sim.count("equal samples", equal);
  sim.count("samples lost and counted", lost);
  if (!isTailKnown) sim.count("sessions whose tail is unknown");
}
