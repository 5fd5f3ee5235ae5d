/** A machine of a list. */

/** Name that stands for the machine on which the launcher runs: it is reached without ssh. */
export const HERE = "here";

/** A machine of a list. */
export interface Machine {
  /** As the user wrote it, ranges expanded: `ada@node07:2222`. No two of a list have the same. */
  readonly name: string;
  /** Name, address or alias of ssh. Never begins with `-`. */
  readonly host: string;
  /** As whom to log in; `undefined` leaves that to ssh. */
  readonly user: string | undefined;
  /** `undefined` leaves that to ssh. */
  readonly port: number | undefined;
  /** How many copies of a role it takes, from 1. */
  readonly slots: number;
  /** What else its line says, by name. */
  readonly values: Readonly<Record<string, string>>;
}

/** Whether it is the machine on which the launcher runs. */
export function isHere({ name }: Machine): boolean {
  return name === HERE;
}

/** The line of a list that says all of this about a machine. */
export function machineLine({ name, slots, values }: Machine): string {
  const words = [
    ...slots === 1 ? [] : [`slots=${slots}`],
    ...Object.entries(values).map(([key, value]) => `${key}=${value}`),
  ];
  return [name, ...words].join(" ");
}
