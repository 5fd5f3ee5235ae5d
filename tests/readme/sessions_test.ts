/** Every session of the README and of `docs/` is run, and prints what stands there. */
import assert from "node:assert/strict";
import { documentBlocks } from "./documents.ts";
import { apartAbsence, playApart } from "./play_apart.ts";
import { NOT_PLAYED, STORIES } from "./stories.ts";
import type { Story } from "./story.ts";

/** Stories at a time: they wait more than they calculate. */
const AT_ONCE = 3;

Deno.test("each session of the README and of docs/ is in one story, or has a reason not to be", () => {
  const played = STORIES.flatMap(({ blocks }) => blocks);
  const known = [...played, ...Object.keys(NOT_PLAYED)].sort();
  assert.deepEqual(known, documentBlocks().map(({ id }) => id).sort());
  const left = Object.keys(NOT_PLAYED).filter((id) => id.startsWith("README.md: "));
  assert.deepEqual(left, [], "all of the README is played");
});

Deno.test({
  name: "sessions print what stands there",
  ignore: apartAbsence() !== undefined,
  // Several at a time.
  ...{ sanitizeOps: false, sanitizeResources: false },
  async fn(test) {
    const step = ({ name, isMeasured = false }: Story) =>
      test.step({
        name,
        ...{ sanitizeOps: false, sanitizeResources: false, sanitizeExit: false },
        async fn() {
          try {
            await playApart(name);
          } catch (error) {
            if (!isMeasured) throw error;
            await playApart(name); // the machine may have been busy for a moment
          }
        },
      });
    for (const story of STORIES.filter(({ isMeasured }) => isMeasured)) await step(story);
    const waiting = STORIES.filter(({ isMeasured }) => !isMeasured);
    const worker = async () => {
      for (let story; (story = waiting.shift()) !== undefined;) await step(story);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  },
});
