/**
 * What in a line of output is another at each run: amounts, times, ids, ports. All else has to be as
 * it is printed: words, labels, order, and how many columns there are.
 */

/** A text that a session may print otherwise, and what stands for it. */
export interface Rule {
  readonly where: RegExp;
  readonly as: string;
}

/** What stands for the rows of a histogram, of which chance makes more or fewer. */
export const HISTOGRAM = "<row of a histogram>";

/** Ports from here on are those that Linux gives away; ours below are meant as they are printed. */
const FIRST_FREE_PORT = 32_768;
/** The port of timer lies among them. */
const TIMER_PORT = 47_945;

const UNIT = "(?:[numk]?s|us|min|h|[KMGT]iB(?:/s)?)";
const NUMBER = String.raw`\d+(?:,\d{3})*(?:\.\d+)?`;
/** No part of a name, an address or a version stands before or behind it. */
const START = String.raw`(?<![\w.:/=-])`;
const END = String.raw`(?![\w/-]|\.\d|:\d)`;

const RULES: readonly Rule[] = [
  { where: / +[█▉▊▋▌▍▎▏]+$/g, as: " <bar>" },
  { where: new RegExp(`^ *${NUMBER} ${UNIT} - +(?:0|\\d+ <bar>)$`), as: HISTOGRAM },
  { where: /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, as: "<time>" },
  { where: /\b20\d\d-\d\d-\d\d(?: \d\d:\d\d UTC)?\b/g, as: "<date>" },
  { where: /\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/g, as: "<id>" },
  { where: /\b(?=[a-f]*\d)[\da-f]{16,}\b/g, as: "<id>" },
  { where: /(?<![\d:])\d\d:\d\d(?![\d:])/g, as: "<clock>" },
  { where: /\bprocess \d+\b/g, as: "process <pid>" },
  { where: /(?<= {2})(?:now|\d+(?:\.\d+)? m?s ago)(?= {2})/g, as: "<when>" },
  { where: /\b\d+ (?:h \d\d min|min \d\d s)\b/g, as: "<amount>" },
  { where: new RegExp(`${START}[+-]?${NUMBER} ${UNIT}${END}`, "g"), as: "<amount>" },
  { where: new RegExp(`${START}[+-]?${NUMBER} ?%`, "g"), as: "<share>" },
  {
    where: new RegExp(String.raw`${START}[+-]?\d+(?:(?:,\d{3})+|\.\d+|\d\d)${END}`, "g"),
    as: "<n>",
  },
];

/**
 * Puts marks in place of what differs between runs.
 *
 * @param rules of the session, which hold before the others
 */
export function mask(line: string, rules: readonly Rule[] = []): string {
  let text = line.trimEnd();
  for (const { where, as } of rules) text = text.replace(where, as);
  text = text.replace(
    /(?<=[\w.]:|port=)\d{5}\b/g,
    (port) => isFree(Number(port)) ? "<port>" : port,
  );
  for (const { where, as } of RULES) text = text.replace(where, as);
  return withoutWidths(text);
}

function isFree(port: number): boolean {
  return port >= FIRST_FREE_PORT && port !== TIMER_PORT;
}

/** How wide a column is depends on what is in it: two spaces stand for any more of them. */
function withoutWidths(text: string): string {
  // A line of text that is indented keeps its indentation, a row that is aligned right does not.
  const isRow = /\S {2,}\S/.test(text) || /^ *(?:[\d<]|$)/.test(text);
  const indent = isRow ? "" : /^ */.exec(text)?.[0] ?? "";
  return indent + text.trim().replace(/ {2,}/g, "  ");
}
