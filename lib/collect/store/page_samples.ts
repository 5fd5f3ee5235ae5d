import type { ExportedSample } from "./collect_store.ts";
import type { Page } from "./sqlite_messages.ts";

function known(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** The samples of a page, one by one. Pure. */
export function pageSamples(clientId: string, page: Page): ExportedSample[] {
  const { count, columns, sessions } = page;
  const samples: ExportedSample[] = [];
  for (let i = 0; i < count; i++) {
    const at = (column: number) => columns[column * count + i];
    samples.push({
      clientId,
      session: sessions.get(at(4) ?? NaN) ?? "",
      sequence: at(5) ?? NaN,
      timeUs: at(0) ?? NaN,
      correctedUs: known(at(1)),
      boundUs: known(at(2)),
      correctionId: known(at(3)),
      receivedUs: at(6) ?? NaN,
    });
  }
  return samples;
}
