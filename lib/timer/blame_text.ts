/** What slow answers waited for, in words. */
import { formatCount } from "../terminal/format_count.ts";
import { formatNs } from "../terminal/format_ns.ts";
import type { Blame, Culprit, Stops } from "./tail_blame.ts";

const WHAT: Readonly<Record<Culprit, string>> = {
  client: "this machine was late or stopped",
  server: "the server did not run",
  path: "the path between was slow (or the server, for moments)",
};

function stopsText({ count, longestNs }: Stops): string {
  if (count === 0) return "";
  return count === 1
    ? ` (once, for ${formatNs(longestNs)})`
    : ` (${formatCount(count)} times, at most ${formatNs(longestNs)})`;
}

/** Lines, none when nothing was slow. */
export function blameLines({ slow, lostNs, culprit, stops }: Blame): string[] {
  if (culprit === undefined) return [];
  const totalNs = lostNs.client + lostNs.server + lostNs.path;
  const share = (of: Culprit) => totalNs === 0 ? 0 : Math.round(lostNs[of] / totalNs * 100);
  const shares = (["client", "server", "path"] as const)
    .map((of) => `${of} ${share(of)}%`)
    .join(", ");
  const happened = culprit === "path" ? "" : stopsText(stops[culprit]);
  return [
    `slow answers (over three times the median): ${
      formatCount(slow)
    }; what they waited for: ${shares}`,
    `blame the ${culprit}: ${WHAT[culprit]}${happened}`,
  ];
}
