/** Bans and suspensions in words. The words are for people, and not yet safe to print. */
import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import type { Sanction } from "../store/chat_store.ts";

/** What words need of a sanction. */
export type Telling = Pick<Sanction, "actor" | "reason" | "untilUs">;

/** `2026-11-20 09:50`, in UTC */
export function minuteText(timeUs: number): string {
  return new Date(timeUs / 1000).toISOString().slice(0, 16).replace("T", " ");
}

/** `2026-11-20 09:50 UTC` */
function dateText(timeUs: number): string {
  return `${minuteText(timeUs)} UTC`;
}

/** `10 min`, `1 h 30 min`: as short as it goes. */
export function timeText(us: number): string {
  return formatDurationMs(us / 1000).replace(/ 00 \S+$/, "");
}

/** `8 min 30 s left`, or `until forgiven`. */
export function timeLeft(untilUs: number | undefined, nowUs: number): string {
  if (untilUs === undefined) return "until forgiven";
  return `${formatDurationMs(Math.max(0, untilUs - nowUs) / 1000)} left`;
}

/** `8 min 30 s left, by ada: spam` */
export function sanctionText({ actor, reason, untilUs }: Telling, nowUs: number): string {
  return `${timeLeft(untilUs, nowUs)}, by ${actor}${reason === "" ? "" : `: ${reason}`}`;
}

/** What somebody is told at the door. */
export function bannedText(ban: Telling, nowUs: number): string {
  const until = ban.untilUs === undefined ? "" : ` (until ${dateText(ban.untilUs)})`;
  return `You are banned here${until}: ${sanctionText(ban, nowUs)}`;
}

/** What somebody is told whose line or file is refused. */
export function suspendedText(suspension: Telling, nowUs: number): string {
  return `You are suspended: you can read and not speak; ${sanctionText(suspension, nowUs)}`;
}
