/**
 * A client that keeps numbered words in a state file until somebody kills it, and says which ones are
 * written (`w N`) and which ones are on the disk (`s N`): `deno run -A state_process.ts PATH`. It
 * forgets some, as if they were acknowledged (`a N`, said before it is done).
 */
import { realStateFiles } from "../../../lib/transport/session/real_state_files.ts";
import { StateFile } from "../../../lib/transport/session/state_file.ts";

const [path = ""] = Deno.args;
const state = await StateFile.open(realStateFiles, path, {
  durability: "process",
  codec: {
    encode: (word: string) => new TextEncoder().encode(word),
    decode: (bytes) => new TextDecoder().decode(bytes),
  },
});
if (state === undefined) throw new Error("somebody has it");
const { outbox } = state;
const say = (text: string) => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

if (state.session === undefined) {
  await state.begin({ id: "0".repeat(32), cookie: new Uint8Array(32) }, "renumber");
}
say(`ready ${outbox.lastSequence}`);
state.onSendable = () => {
  outbox.advance(outbox.unsent);
  say(`w ${outbox.sentSequence}`);
};
for (let round = 0;; round++) {
  for (let count = 0; count < 50; count++) {
    const sequence = outbox.lastSequence + 1;
    state.add(`${sequence} ${"x".repeat(sequence % 300)}`);
  }
  if (round % 3 === 0) {
    const last = outbox.lastSequence;
    await state.sync();
    say(`s ${last}`);
  }
  if (round % 7 === 0) {
    outbox.advance(outbox.unsent);
    const upTo = Math.max(0, outbox.sentSequence - 100);
    say(`a ${upTo}`);
    state.acknowledged(upTo);
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
}
