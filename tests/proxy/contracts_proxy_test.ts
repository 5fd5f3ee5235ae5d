/**
 * The contracts of `Connection`, through a proxy without rules: nobody can tell that it is there.
 * `livingContracts` are left out, for one of them wants half a frame to arrive.
 */
import type { MemoryNetwork } from "../../lib/transport/memory_network.ts";
import { formatAddress, type Network } from "../../lib/transport/network.ts";
import { endingContracts } from "../transport/contracts_ending.ts";
import { sendingContracts } from "../transport/contracts_sending.ts";
import { memoryWorld, type World } from "../transport/world.ts";
import { FaultProxy } from "./fault_proxy.ts";

/** A world on which each address is reached through a proxy of its own. */
function proxiedWorld(): World {
  const world = memoryWorld();
  return { ...world, name: "memory, proxied", network: proxied(world.network, world) };
}

function proxied(network: MemoryNetwork, { clock }: World): Network {
  const proxies = new Map<string, FaultProxy>();
  return {
    isEncrypted: false,
    listen: (address) => network.listen(address),
    connect(target, signal) {
      const key = formatAddress(target);
      const proxy = proxies.get(key) ?? new FaultProxy({ network, clock, target });
      proxies.set(key, proxy);
      return network.connect(proxy.address, signal);
    },
  };
}

sendingContracts(proxiedWorld);
endingContracts(proxiedWorld);
