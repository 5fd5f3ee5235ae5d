/** At the door: wrong tokens, old proofs, sessions of others, crowds. */
import assert from "node:assert/strict";
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import { encodeHello, encodeProof, NO_PROOF } from "../../lib/transport/handshake_messages.ts";
import { clientProof, type Secret, transcriptHash } from "../../lib/transport/proofs.ts";
import { newToken } from "../../lib/transport/token.ts";
import { until } from "../e2e/collect_room.ts";
import type { Attacks, Target } from "./attack.ts";
import { Peer, refusal } from "./peer.ts";

/** Attackers at once. */
const AT_ONCE = 50;

/** Nonce that attackers use again and again. */
const NONCE = new Uint8Array(32).fill(7) as Secret;

/** Does something so many times, some at once. */
async function times(count: number, run: (number: number) => Promise<void>): Promise<void> {
  for (let at = 0; at < count; at += AT_ONCE) {
    const some = Math.min(AT_ONCE, count - at);
    await Promise.all(Array.from({ length: some }, (_, i) => run(at + i)));
  }
}

function hello({ goal: { service, token } }: Target): Uint8Array {
  const name = token?.name ?? "";
  return encodeHello({
    versions: [1],
    service,
    clientId: "replay",
    nonce: NONCE,
    tokenName: name,
    session: undefined,
  });
}

/** Tokens, proofs, sessions, crowds. */
export const doorAttacks: Attacks = {
  async "a wrong token, a thousand times"(target) {
    const goal = { ...target.goal, token: newToken() };
    await times(1000 * target.size, async (number) => {
      const code = await refusal(goal, `guess-${number}`);
      assert.equal(code, "bad-token");
      target.tell(code);
    });
  },

  async "a proof, replayed"(target) {
    const { goal } = target;
    using honest = await Peer.open(goal);
    const proof = await proofOf(honest, target);
    await honest.write(proof);
    await until("it is welcome", () => honest.frames.some(({ kind }) => kind === Kind.Welcome));
    await times(100 * target.size, async () => {
      using peer = await Peer.open(goal);
      await peer.write(hello(target)); // the same nonce as when the proof was made
      await until("it is challenged", () => peer.frames.length > 0);
      await peer.write(proof);
      const { code } = await peer.over();
      assert.equal(code, "bad-token");
      target.tell(code);
    });
    using peer = await Peer.open(goal);
    await peer.write(hello(target));
    await peer.write(encodeProof({ token: NO_PROOF, resume: NO_PROOF }));
    assert.equal((await peer.over()).code, "token-required");
    target.tell("token-required");
  },

  async "connections that come and go"(target) {
    await times(1000 * target.size, async (number) => {
      using peer = await Peer.open(target.goal);
      if (number % 3 === 0) await peer.write(hello(target));
    });
  },

  async "strangers who fill the house"(target) {
    using crowd = new DisposableStack();
    const peers: Peer[] = [];
    await times(400, async (number) => {
      const peer = await Peer.open(target.goal);
      crowd.use(peer);
      peers.push(peer);
      if (number % 2 === 0) await peer.write(hello(target).subarray(0, 20));
    });
    assert.equal(await refusal(target.goal, "newcomer"), "", "who has the token comes in");
    const gone = peers.filter(({ end }) => end !== undefined).length;
    for (const { end } of peers) target.tell(end === undefined ? "waited for" : end.code);
    assert(gone < peers.length);
  },

  async "a HELLO of another service, another version, another form"(target) {
    for (
      const [text, code] of [
        ['{"versions":[2],"service":"S","clientId":"a","nonce":"N"}', "version"],
        ['{"versions":[1],"service":"telnet","clientId":"a","nonce":"N"}', "unknown-service"],
        ['{"versions":[1],"service":"S","clientId":"../../etc","nonce":"N"}', "bad-message"],
        [
          '{"versions":[1],"service":"S","clientId":"a","nonce":"N","session":"../x"}',
          "bad-message",
        ],
        ['{"versions":[1],"service":"S","clientId":"a","nonce":""}', "bad-message"],
        ["[".repeat(4000), "bad-message"],
        ['{"a":'.repeat(800), "bad-message"],
        ["\xff\xfe{}", "bad-message"],
      ] as const
    ) {
      using peer = await Peer.open(target.goal);
      const filled = text.replace("S", target.goal.service).replace("N", "ab".repeat(32));
      const bytes = Uint8Array.from(filled, (letter) => letter.charCodeAt(0));
      await peer.write(encodeFrame(Kind.Hello, bytes));
      const { code: told } = await peer.over();
      assert.equal(told, code, text.slice(0, 80));
      target.tell(told);
    }
  },
};

/** For services that keep sessions. */
export const sessionAttacks: Attacks = {
  async "a session id without its cookie"(target) {
    const { goal } = target;
    using owner = await Peer.login(goal, "owner");
    const { session } = owner;
    assert(session !== undefined);
    await times(100 * target.size, async () => {
      const cookie = crypto.getRandomValues(new Uint8Array(32)) as Secret;
      const code = await refusal(goal, "owner", { id: session.id, cookie });
      assert.equal(code, "bad-session");
      target.tell(code);
    });
    assert.equal(await owner.handled(), undefined, "the owner notices nothing");
  },
};

/** What somebody honest proves their token with, overheard. */
async function proofOf(honest: Peer, target: Target): Promise<Uint8Array> {
  const { token } = target.goal;
  assert(token !== undefined);
  const first = hello(target);
  await honest.write(first);
  await until("there is a challenge", () => honest.frames.length > 0);
  const [{ kind, payload } = { kind: 0, payload: NONCE }] = honest.frames;
  const th = transcriptHash(first, encodeFrame(kind, payload));
  return encodeProof({ token: clientProof(token.secret, th), resume: NO_PROOF });
}
