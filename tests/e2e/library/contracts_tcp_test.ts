/** The contracts of `Connection`, over TCP on loopback; only the clock is a fake one. */
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import { tcpNetwork } from "../../../lib/transport/tcp_network.ts";
import { endingContracts } from "../../transport/contracts_ending.ts";
import { livingContracts } from "../../transport/contracts_living.ts";
import { sendingContracts } from "../../transport/contracts_sending.ts";
import type { World } from "../../transport/world.ts";

function tcpWorld(): World {
  const budget = new MemoryBudget(64 * 1024 * 1024);
  return { name: "tcp", network: tcpNetwork, clock: new FakeClock(), budget };
}

sendingContracts(tcpWorld);
livingContracts(tcpWorld);
endingContracts(tcpWorld);
