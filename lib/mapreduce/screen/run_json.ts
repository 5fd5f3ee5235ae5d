/** What a run does and has done, as events for programs. */
import type { EngineEvent } from "../engine/coordinator_types.ts";
import type { JobPlan } from "../engine/job_plan.ts";
import { sumCounters } from "../engine/job_result.ts";
import type { RunSummary } from "./run_summary.ts";

type Event = Readonly<Record<string, unknown>>;

/** What is to be done. */
export function planJson(name: string, output: string, plan: JobPlan): Event {
  return {
    ...{ type: "plan", job: name, output },
    inputs: plan.inputs.length,
    inputBytes: plan.inputs.reduce((sum, { size }) => sum + size, 0),
    maps: plan.tasks.length,
    partitions: plan.partitions,
  };
}

/** Something that happened. */
export function eventJson(event: EngineEvent, plan: JobPlan): Event {
  const nameOf = (number: number | undefined) => plan.inputs[number ?? -1]?.name ?? null;
  switch (event.type) {
    case "listening":
      return { type: event.type, ...event.address };
    case "worker":
      return { ...event, message: event.message ?? null };
    case "attempt": {
      const { type, change, name, worker, label, isBackup, message } = event;
      return {
        ...{ type, change, ...name, worker, label },
        isBackup: isBackup ?? false,
        message: message ?? null,
      };
    }
    case "problem": {
      const { offset, code, message, input, resumedAt } = event.problem;
      return {
        ...{ type: event.type, input: nameOf(input), offset, code, message },
        resumedAt: resumedAt ?? null,
      };
    }
    case "lost": {
      const { type, task, message } = event;
      const inputs = (plan.tasks[task]?.splits ?? []).map(({ input, startByte, endByte }) => {
        return { input: nameOf(input), startByte, endByte };
      });
      return { type, task, message, inputs };
    }
  }
}

/** How it ended: one object. */
export function summaryJson({ name, output, plan, result, status, top }: RunSummary): Event {
  const { outcome, code, message, counters, problems, skipped, lost, parts } = result;
  const nameOf = (number: number | undefined) => plan.inputs[number ?? -1]?.name ?? null;
  const own = Object.entries(counters);
  const count = (key: string) => counters[key] ?? 0;
  const named = (isWanted: (key: string) => boolean, cut = 0) =>
    Object.fromEntries(
      own.filter(([key]) => isWanted(key)).map(([key, n]) => [key.slice(cut), n]),
    );
  const prefix = "map.skipped.";
  return {
    ...{ type: "summary", job: name, output, outcome },
    code: code ?? null,
    message: message ?? null,
    inputs: plan.inputs.length,
    storedBytes: count("map.stored_bytes"),
    textBytes: count("map.text_bytes"),
    records: count("map.records"),
    skippedTypes: named((key) => key.startsWith(prefix), prefix.length),
    emitted: count("map.emitted"),
    shuffledBytes: count("map.output_bytes"),
    shuffledEntries: count("map.output_records"),
    relayedBytes: status?.relayedBytes ?? 0,
    sentInputBytes: status?.sentInputBytes ?? 0,
    spilledBytes: count("map.spilled_bytes") + count("reduce.spilled_bytes"),
    lines: count("reduce.output_lines"),
    outputBytes: count("reduce.output_bytes"),
    parts: parts.map(({ name, bytes }) => ({ name, bytes })),
    maps: plan.tasks.length,
    earlier: result.earlier,
    attempts: result.attempts,
    backups: result.backups,
    refused: result.refused,
    problems: problems.map(({ input, offset, code, message }) => ({
      ...{ input: nameOf(input), offset, code, message },
    })),
    skipped: skipped.map(({ input, offset, message }) => ({
      ...{ input: nameOf(input), offset: offset ?? null, message },
    })),
    lost: lost.map(({ task, message }) => ({
      inputs: (plan.tasks[task]?.splits ?? []).map(({ input }) => nameOf(input)),
      message,
    })),
    counters: sumCounters([named((key) => key.includes(":"))]),
    top: top ?? null,
    wallMs: Math.round(result.wallMs),
  };
}
