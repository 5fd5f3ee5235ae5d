/** The contracts of `Connection`, over memory. `tests/e2e` runs the same over TCP. */
import { endingContracts } from "./contracts_ending.ts";
import { livingContracts } from "./contracts_living.ts";
import { sendingContracts } from "./contracts_sending.ts";
import { memoryWorld } from "./world.ts";

sendingContracts(memoryWorld);
livingContracts(memoryWorld);
endingContracts(memoryWorld);
