import assert from "node:assert/strict";
import { clientRefusal, serverRefusal } from "../../../lib/transport/tls/tls_failure.ts";

const server = { host: "lab-1", port: 7777 };
const trusted = { file: "ca.pem", authorities: ["tram on ada 0123abcd"] };

function refusal(message: string) {
  return serverRefusal(server, trusted, new Deno.errors.InvalidData(message));
}

for (
  const [problem, says] of [
    [
      "BadSignature",
      'not from an authority in ca.pem ("tram on ada 0123abcd"); take the ca.pem that it was made with',
    ],
    ["NotValidForName", "is for nobody, not for lab-1; dial one of"],
    ["Expired", "not valid any more; it needs a new one"],
    ["NotValidYet", "not valid yet; look at this machine's clock"],
    ["Revoked", "is not right: Revoked"],
    [
      'certificate not valid for name "lab-1"; certificate is only valid for DnsName("lab-2") or ' +
      "IpAddress(0::1)",
      "is for lab-2, ::1, not for lab-1",
    ],
  ] as const
) {
  Deno.test(`serverRefusal() explains "${problem.slice(0, 30)}"`, () => {
    const error = refusal(`invalid peer certificate: ${problem}`);
    assert.equal(error?.code, "untrusted");
    assert(error.message.startsWith("Cannot trust lab-1:7777: its certificate "), error.message);
    assert(error.message.includes(says), error.message);
  });
}

Deno.test("serverRefusal() counts authorities beyond five", () => {
  const authorities = ["a", "b", "c", "d", "e", "f", "g"];
  const cause = new Deno.errors.InvalidData("invalid peer certificate: UnknownIssuer");
  const error = serverRefusal(server, { file: "all.pem", authorities }, cause);
  assert.match(error?.message ?? "", /in all\.pem \("a", "b", "c", "d", "e", 2 more\);/);
});

Deno.test("serverRefusal() tells another TLS from none", () => {
  assert.match(
    refusal("received corrupt message of type InvalidContentType")?.message ?? "",
    /^Cannot shake hands with lab-1:7777: it speaks no TLS$/,
  );
  const other = refusal("received fatal alert: NoApplicationProtocol");
  assert.equal(other?.code, "no-tls");
  assert.match(other?.message ?? "", /it speaks another TLS: .*NoApplicationProtocol$/);
});

Deno.test("serverRefusal() and clientRefusal() leave alone what is no matter of TLS", () => {
  const reset = new Deno.errors.ConnectionReset("reset");
  assert.equal(serverRefusal(server, trusted, reset), undefined);
  assert.equal(clientRefusal(server, reset), undefined);
});

Deno.test("clientRefusal() names a client's alert about the certificate", () => {
  for (const alert of ["UnknownCA", "BadCertificate", "CertificateExpired", "CertificateUnknown"]) {
    const cause = new Deno.errors.InvalidData(`received fatal alert: ${alert}`);
    const error = clientRefusal({ host: "192.0.2.7", port: 5 }, cause);
    assert.equal(error?.code, "untrusted");
    assert.equal(
      error.message,
      `Cannot shake hands with 192.0.2.7:5: it does not trust this server's certificate (${alert})`,
    );
  }
});
