const TAB = 0x09;

/** Where the key of a line ends: at the first TAB; without one, all of the line is key. */
export function keyEnd(line: Uint8Array): number {
  const tab = line.indexOf(TAB);
  return tab < 0 ? line.length : tab;
}
