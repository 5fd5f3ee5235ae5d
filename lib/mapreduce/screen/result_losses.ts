import { safeText } from "../../terminal/safe_text.ts";
import type { JobPlan } from "../engine/job_plan.ts";
import type { JobResult } from "../engine/job_result.ts";
import { isLoss } from "../input/problem.ts";
import { problemText } from "../input/problem_text.ts";

/** What is not in the output, or may not be: a line each, with names and places. */
export function resultLosses(
  { inputs, tasks }: JobPlan,
  { problems, lost, skipped }: Pick<JobResult, "problems" | "lost" | "skipped">,
): readonly string[] {
  const nameOf = (number: number) => inputs[number]?.name ?? `input ${number}`;
  return [
    ...lost.flatMap(({ task, message }) =>
      (tasks[task]?.splits ?? []).map(({ input, startByte, endByte }) =>
        `${safeText(nameOf(input))}: bytes ${startByte} to ${endByte} are left out: ` +
        safeText(message)
      )
    ),
    ...problems.filter(isLoss).map((problem) => problemText(problem, nameOf(problem.input))),
    ...skipped.map(({ input, offset, message }) => {
      const place = input === undefined ? "" : `${safeText(nameOf(input))}: byte ${offset ?? 0}: `;
      return `${place}${safeText(message)}; left out`;
    }),
  ];
}
