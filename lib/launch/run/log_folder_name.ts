import type { Clock } from "../../clock/clock.ts";

/** `launch-NAME-DATE-TIME`, local time: a folder for the logs of one run. */
export function logFolderName(name: string, clock: Clock): string {
  const at = new Date(clock.wallUs() / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  const time = [two(at.getHours()), two(at.getMinutes()), two(at.getSeconds())].join("");
  return `launch-${name}-${date}-${time}`;
}
