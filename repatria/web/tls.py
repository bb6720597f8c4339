"""The node's own certificate authority: browsers need https for passkeys, the camera and work without a network.

A node in a tent has a name and no public certificate. Its authority is made once and kept in the node's vault; the
machines of whoever works here are given its certificate when they are enrolled, from `node/web/authority.pem`. It may
sign for this node's names and for nothing else: a name constraint says so in the certificate (RFC 5280 4.2.1.10).
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from repatria.store.vault import Vault

CERTIFICATE, KEY = "web/authority.pem", "web/authority.key"  # documents of the vault
AUTHORITY_DAYS, SERVER_DAYS = 3650, 180  # a server's certificate is made anew at each start


def authority(
    vault: Vault, folder: Path, member: str, names: Sequence[str]
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The node's authority, made at the first call, and anew where it may not sign for one of these names.

    Args:
        folder: where its certificate is put for others to be given.
        names: every name under which this node is served, and no other.
    """
    there, held = vault.document(CERTIFICATE), vault.document(KEY)
    if there is not None and held is not None:
        certificate = x509.load_pem_x509_certificate(there)
        limits = certificate.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
        if set(map(_general, names)) <= set(limits):
            found = serialization.load_pem_private_key(held, None)
            assert isinstance(found, ec.EllipticCurvePrivateKey)
            (folder / "authority.pem").write_bytes(there)
            return certificate, found
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Repatria node of {member}")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(list(map(_general, names)), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )  # fmt: skip
    whole = certificate.public_bytes(serialization.Encoding.PEM)
    vault.put_all({}, {CERTIFICATE: whole, KEY: _pem(private)})
    (folder / "authority.pem").write_bytes(whole)
    return certificate, private


def context(vault: Vault, folder: Path, member: str, names: Sequence[str]) -> ssl.SSLContext:
    """A server's TLS context with a fresh certificate for these names; TLS 1.3 and 1.2 only.

    The authority's own certificate goes with it, so that a browser that does not know it yet can show its fingerprint.
    """
    issuer, issuer_key = authority(vault, folder, member, names)
    private = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])]))
        .issuer_name(issuer.subject).public_key(private.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=SERVER_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(list(map(_named, names))), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )  # fmt: skip
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    with TemporaryDirectory(dir=folder) as beside:  # the library reads keys from files only; gone at once
        chain, own = Path(beside) / "chain.pem", Path(beside) / "own.pem"
        chain.write_bytes(b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (certificate, issuer)))
        own.touch(mode=0o600)
        own.write_bytes(_pem(private))
        found.load_cert_chain(chain, own)
    return found


def _pem(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _named(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _general(name: str) -> x509.GeneralName:
    """The name as a constraint: itself, and for an address the net of that one address."""
    try:
        return x509.IPAddress(ipaddress.ip_network(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
