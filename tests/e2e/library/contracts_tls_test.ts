/** The contracts of `Connection`, over TLS on loopback; only the clock is a fake one. */
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import { endingContracts } from "../../transport/contracts_ending.ts";
import { livingContracts } from "../../transport/contracts_living.ts";
import { sendingContracts } from "../../transport/contracts_sending.ts";
import { networkWith } from "../../transport/tls/test_certificates.ts";
import type { World } from "../../transport/world.ts";

const network = networkWith();

function tlsWorld(): World {
  const budget = new MemoryBudget(64 * 1024 * 1024);
  return { name: "tls", network, clock: new FakeClock(), budget };
}

sendingContracts(tlsWorld);
livingContracts(tlsWorld);
endingContracts(tlsWorld);
