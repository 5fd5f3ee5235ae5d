/** All text of a stream, up to `maxBytes`; what comes then is read and left out. Never throws. */
export async function textOf(
  stream: AsyncIterable<Uint8Array>,
  maxBytes = 256 * 1024,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      const fitting = chunk.subarray(0, Math.max(0, maxBytes - bytes));
      bytes += chunk.length;
      text += decoder.decode(fitting, { stream: true });
    }
  } catch {
    // The program was killed.
  }
  return text + decoder.decode();
}
