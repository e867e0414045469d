"""Throwaway certificates for loopback: one authority, a good server, and servers that must not be trusted."""
import datetime
import ipaddress
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _make(subject, issuer, key, signing_key, names, days):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(issuer)).public_key(key.public_key())
               .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=30))
               .not_valid_after(now + datetime.timedelta(days=days))
               .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signing_key, hashes.SHA256())


class Certificates:
    """Files in a folder; `authority` is what the client trusts."""

    def __init__(self, folder):
        self.folder, self.authority = folder, str(folder / "authority.pem")
        self.key, self.stranger = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = _make("Faults authority", "Faults authority", self.key, self.key, [], 2)
        (folder / "authority.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
        here = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        self._server("good", "Faults authority", self.key, here, 2)
        self._server("unknown", "Somebody else", self.stranger, here, 2)
        self._server("elsewhere", "Faults authority", self.key, [x509.DNSName("example.com")], 2)
        self._server("expired", "Faults authority", self.key, here, -1)

    def _server(self, which, issuer, signing_key, names, days):
        key = ec.generate_private_key(ec.SECP256R1())
        made = _make(which, issuer, key, signing_key, names, days)
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (self.folder / f"{which}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)

    def context(self, which="good", *protocols):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.folder / f"{which}.pem")
        if protocols:
            made.set_alpn_protocols(list(protocols))
        return made
