/** Things that go wrong, at their times: all that a seed decides besides the work itself. */

/** What goes wrong. Unless it says otherwise, it happens to one machine, for a while. */
export const FAULTS = {
  "cut": "its lines are reset, at once",
  "storm": "all lines of all machines are reset, at once",
  "vanish": "its lines are half-open: what is on them is lost without a sign, new ones are fine",
  "stall": "nothing goes through its lines",
  "part": "its lines stall, and nobody can connect to it, nor it to others",
  "apart": "it and another machine cannot meet, both can meet others",
  "slow-line": "its lines have little bandwidth and a long delay",
  "freeze": "its process does not run, as after SIGSTOP or in swap",
  "kill": "its process is killed, and starts again afterwards",
  "power": "it loses its power and all that was not synced, and starts again afterwards",
  "slow-disk": "each commit takes long",
  "full-disk": "no commit succeeds",
  "step": "somebody sets its clock, at once",
  "drift": "its clock runs faster or slower",
} as const;

/** Name of something that goes wrong. */
export type FaultKind = keyof typeof FAULTS;

/** Something that goes wrong. */
export interface Fault {
  readonly atMs: number;
  readonly kind: FaultKind;
  /** Name of the machine. */
  readonly machine: string;
  /** How long; 0 for what happens at once. */
  readonly forMs: number;
  /** A number from 0 to below 1, for whatever else there is to decide. */
  readonly dice: number;
}

const AT_ONCE: ReadonlySet<FaultKind> = new Set(["cut", "storm", "vanish", "step"]);

/** Whether a fault happens at a moment, and takes no time. */
export function isAtOnce(kind: FaultKind): boolean {
  return AT_ONCE.has(kind);
}

/** A fault as it is printed. */
export function faultText({ atMs, kind, machine, forMs }: Fault): string {
  const time = forMs === 0 ? "" : ` for ${forMs} ms`;
  return `${String(atMs).padStart(7)} ms  ${kind} ${kind === "storm" ? "all" : machine}${time}`;
}
