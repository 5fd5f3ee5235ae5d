/**
 * One more member, who reads until it is stopped (SIGSTOP). Prints {"joined":true}, and stays.
 *
 *   chat_silent.ts PEER PORT
 */
import { print } from "../print.ts";
import { chatPeer } from "./chat_peers.ts";

const [name, port] = Deno.args;
await chatPeer(name).join(Number(port), "silent", () => {});
print(JSON.stringify({ joined: true }));
setInterval(() => {}, 60_000);
