import { type Network, tcpNetwork, tlsNetwork } from "tram";

/** The network of a peer: TLS, with files of the bench, if its command line ends in `tls FOLDER`. */
export function peerNetwork(): Network {
  const [word, folder] = Deno.args.slice(-2);
  if (word !== "tls") return tcpNetwork;
  const read = (name: string) => Deno.readTextFileSync(`${folder}/${name}`);
  return tlsNetwork({ certPem: read("cert.pem"), keyPem: read("key.pem"), caPem: read("ca.pem") });
}
