import { ExitCode } from "../../config/exit_code.ts";
import { HostProblem } from "./host_error.ts";

/** The exit code that stands for what went wrong with a machine. */
export function problemCode(problem: HostProblem): ExitCode {
  switch (problem) {
    case HostProblem.UnknownHost:
    case HostProblem.Refused:
    case HostProblem.Unreachable:
    case HostProblem.TimedOut:
    case HostProblem.Busy:
    case HostProblem.Lost:
      return ExitCode.Unreachable;
    case HostProblem.HostKeyChanged:
    case HostProblem.HostKeyUnknown:
    case HostProblem.Denied:
      return ExitCode.Refused;
    default:
      return ExitCode.Failed;
  }
}
