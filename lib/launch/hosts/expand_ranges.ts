/** Most machines that one list may name. */
export const MAX_MACHINES = 10_000;

/** Most digits of a number in a range: whatever has more is not a machine's number. */
const MAX_DIGITS = 9;

/**
 * The names that a pattern such as `rack[1-2]-node[01-03,07]` stands for, in its order, the last
 * range running fastest. Numbers keep the zeros that the lower end of their range begins with. A
 * bracket that holds a colon is an IPv6 address and stays.
 *
 * @throws {SyntaxError} that says what is wrong with the pattern
 */
export function expandRanges(pattern: string): readonly string[] {
  let names = [""];
  let at = 0;
  while (at < pattern.length) {
    const open = pattern.indexOf("[", at);
    const literal = pattern.slice(at, open < 0 ? undefined : open);
    if (literal.includes("]")) throw new SyntaxError(`wanted "[" before "]", got "${pattern}"`);
    names = names.map((name) => name + literal);
    if (open < 0) break;
    const close = pattern.indexOf("]", open);
    if (close < 0) throw new SyntaxError(`wanted "]" behind "[", got "${pattern}"`);
    const inside = pattern.slice(open + 1, close);
    const parts = inside.includes(":") ? [`[${inside}]`] : numbersOf(inside, pattern);
    if (names.length * parts.length > MAX_MACHINES) throw tooMany(pattern);
    names = names.flatMap((name) => parts.map((part) => name + part));
    at = close + 1;
  }
  return names;
}

/** What stands between brackets: numbers and ranges of numbers, with commas between them. */
function numbersOf(inside: string, pattern: string): readonly string[] {
  const numbers: string[] = [];
  for (const part of inside.split(",")) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    const [, from = "", to = from] = match ?? [];
    if (match === null) {
      throw new SyntaxError(`wanted numbers as in node[01-20,30], got "${pattern}"`);
    }
    if (from.length > MAX_DIGITS || to.length > MAX_DIGITS) {
      throw new SyntaxError(`wanted numbers of at most ${MAX_DIGITS} digits, got "${pattern}"`);
    }
    const [first, last] = [Number(from), Number(to)];
    if (first > last) {
      throw new SyntaxError(`wanted a range that goes up, got "${part}" in "${pattern}"`);
    }
    if (from.startsWith("0") && from.length > 1 && to.length !== from.length) {
      throw new SyntaxError(
        `wanted both ends of a range to have as many digits, got "${part}" in "${pattern}"`,
      );
    }
    if (numbers.length + last - first + 1 > MAX_MACHINES) throw tooMany(pattern);
    for (let number = first; number <= last; number++) {
      numbers.push(String(number).padStart(from.length, "0"));
    }
  }
  return numbers;
}

function tooMany(pattern: string): SyntaxError {
  return new SyntaxError(`wanted at most ${MAX_MACHINES} machines, got more by "${pattern}"`);
}
