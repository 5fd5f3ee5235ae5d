import { formatNs } from "../terminal/format_ns.ts";

/** `+2.50 s ± 55 us`: what to add to a clock, and how far that may be off. */
export function formatOffset(
  { offsetUs, boundUs }: { readonly offsetUs: number; readonly boundUs: number },
): string {
  return `${offsetUs < 0 ? "-" : "+"}${formatNs(Math.abs(offsetUs) * 1000)} ± ${
    formatNs(boundUs * 1000)
  }`;
}
