import { UsageError } from "../../config/usage_error.ts";
import type { RunContext } from "../../context.ts";
import { machineName } from "../../transport/tls/machine_name.ts";
import { HERE, isHere, type Machine } from "../hosts/machine.ts";
import { readMachines } from "../hosts/read_machines.ts";
import type { Connector } from "../ssh/connector.ts";
import { openConnector } from "../ssh/open_connector.ts";
import { sshLinks } from "../ssh/ssh_links.ts";
import type { LaunchPlan } from "./launch_plan.ts";
import type { MachineFlags } from "./machine_options.ts";
import type { Place } from "./place.ts";
import { TUNNEL_HOST } from "./tunnel.ts";

/** Machines by the list that roles name; `undefined` is this machine alone. */
export type Places = ReadonlyMap<string | undefined, readonly Place[]>;

/**
 * The machines that the roles of a plan run on, each once, however many lists name it.
 *
 * @param forwards ports of this machine that the others shall be led to
 * @throws {UsageError} when a list is wrong, or there is no executable to bring
 */
export async function openPlaces(
  context: RunContext,
  plan: LaunchPlan,
  flags: MachineFlags,
  forwards: readonly number[] = [],
): Promise<Places> {
  const lists = new Map<string, readonly Machine[]>();
  for (const { machines: path } of plan.roles) {
    if (path === undefined || lists.has(path)) continue;
    lists.set(path, await readMachines(context, path, flags.exclude));
  }
  const others = new Map<string, Machine>();
  for (const machine of [...lists.values()].flat()) {
    if (!isHere(machine) && !others.has(machine.name)) others.set(machine.name, machine);
  }
  const places = new Map<string, Place>();
  const host = await context.launchHost();
  const here: Place = {
    ...{ name: HERE, slots: 1, link: host.here(), silenceMs: 0 },
    // Through a tunnel, too, it is reached at this address.
    address: others.size === 0 || flags.tunnel
      ? TUNNEL_HOST
      : flags.advertise ?? context.hostName(),
  };
  places.set(HERE, here);
  if (others.size > 0) {
    const machines = [...others.values()];
    const { executable } = flags;
    const { signal } = context;
    const links = await sshLinks(context, { machines, flags, executable, forwards, signal });
    const connector = await openConnector(context, flags);
    await Promise.all(machines.map(async (machine, at) => {
      const link = links[at];
      if (link === undefined) return;
      const address = await addressOf(machine, connector);
      const { name, slots } = machine;
      places.set(name, { name, address, slots, link, silenceMs: flags.silence });
    }));
  }
  const placeOf = (machine: Machine): Place => {
    const place = places.get(machine.name) ?? here;
    return isHere(machine) ? { ...place, slots: machine.slots } : place;
  };
  const found = new Map<string | undefined, readonly Place[]>([[undefined, [here]]]);
  for (const [path, machines] of lists) {
    const dealt = machines.map(placeOf);
    // One guard for this machine, whatever its slots are in which list.
    found.set(
      path,
      dealt.flatMap((place) =>
        place.name === HERE ? Array<Place>(place.slots).fill(here) : [place]
      ),
    );
  }
  return found;
}

/** Where others find a machine: what its list says, else where ssh goes. @throws {UsageError} */
async function addressOf(machine: Machine, connector: Connector): Promise<string> {
  const said = machine.values["address"];
  if (said !== undefined) return checked(said, machine);
  try {
    const { door } = await connector.destination(machine);
    return /^(\S+):\d+$/.exec(door)?.[1] ?? machine.host;
  } catch {
    return machine.host; // its link says what is wrong with it
  }
}

/** An address as certificates have it. @throws {UsageError} */
function checked(address: string, { name }: Machine): string {
  try {
    return machineName(address);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot use address= of the machine ${name}: ${why}`);
  }
}
