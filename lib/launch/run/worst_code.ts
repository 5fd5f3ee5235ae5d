import { ExitCode } from "../../config/exit_code.ts";

/** The worst of several exit codes: 0 is good, 3 half so, the largest of the others the worst. */
export function worstCode(codes: readonly number[]): number {
  const bad = codes.filter((code) => code !== ExitCode.Done && code !== ExitCode.Partial);
  if (bad.length > 0) return Math.max(...bad);
  return codes.includes(ExitCode.Partial) ? ExitCode.Partial : ExitCode.Done;
}
