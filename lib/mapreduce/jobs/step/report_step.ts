import type { RunContext } from "../../../context.ts";
import { safeText } from "../../../terminal/safe_text.ts";
import type { StepReport, TaskSigns } from "../running_job.ts";

/** Signs of life of a step, as lines of Hadoop's streaming contract. */
export function stepSigns({ signal, process: { stderr } }: RunContext): TaskSigns {
  let last = "";
  return {
    signal,
    alive(status) {
      if (status === undefined || status === last) return;
      last = status;
      stderr.write(`reporter:status:${safeText(status)}\n`);
    },
  };
}

/** Writes what a step says of itself, for people and for Hadoop. */
export function reportStep(
  { process: { stderr } }: RunContext,
  { counts, skipped }: StepReport,
  own: Readonly<Record<string, number>>,
): void {
  for (const { offset, message } of skipped) {
    const place = offset === undefined ? "" : `standard input at byte ${offset}: `;
    stderr.write(`tram: left out: ${place}${safeText(message)}\n`);
  }
  const line = (group: string, counter: string, n: number) => {
    if (n !== 0) stderr.write(`reporter:counter:${safeText(group)},${safeText(counter)},${n}\n`);
  };
  for (const [counter, n] of Object.entries(own)) line("tram", counter, n);
  for (const [name, n] of Object.entries(counts)) {
    const colon = name.indexOf(":");
    line(name.slice(0, colon), name.slice(colon + 1), n);
  }
}
