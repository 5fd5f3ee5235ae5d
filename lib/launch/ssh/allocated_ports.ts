/**
 * Ports that ssh says the other side chose, by the ports here that they lead to. Source: the messages of
 * OpenSSH (ssh.c, `ssh_confirm_remote_forward`), which are not translated.
 *
 * @param text what ssh wrote before the command began
 */
export function allocatedPorts(text: string): ReadonlyMap<number, number> {
  const lines = text.matchAll(
    /^Allocated port (\d{1,5}) for remote forward to 127\.0\.0\.1:(\d{1,5})\r?$/gm,
  );
  return new Map([...lines].map(([, there, here]) => [Number(here), Number(there)]));
}
