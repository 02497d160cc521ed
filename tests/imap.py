"""A real IMAP server, pymap's, in a process of its own, behind TLS with its own certificate."""

import imaplib
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dev import servers

USER, PASSWORD = "hello", "a/b@c"


@contextmanager
def running(folder):
    """Yields (its port with TLS, a client without)."""
    port, pymap = servers.free_port(), Path(sys.executable).with_name("pymap")
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict"]
    who = ["--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
    process = subprocess.Popen([pymap, *options, *who], stderr=subprocess.DEVNULL)
    try:
        client = _client(port, process)
        with _behind_tls(port, folder) as with_tls:
            yield with_tls, client
    finally:
        process.kill()
        process.wait()


def _client(port, process):
    """Signed in, once the server answers, with an empty inbox."""
    for _ in range(300):
        assert process.poll() is None, "pymap did not start"
        with suppress(OSError):
            client = imaplib.IMAP4("127.0.0.1", port, timeout=10)
            client.login(USER, PASSWORD)
            client.select()
            client.store("1:*", "+FLAGS", r"(\Deleted)")
            client.expunge()
            return client
        time.sleep(0.1)
    raise AssertionError("pymap does not answer")


def certificate(folder):
    """The file of a certificate for localhost, with its key, by nobody but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=9000))
        .not_valid_after(today + timedelta(days=9000))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file = folder / "localhost.pem"
    file.write_bytes(secret + made.public_bytes(pem))
    return file


@contextmanager
def _behind_tls(port, folder):
    """Hand on what comes by TLS, and back; yields the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(folder))
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_hand_on, args=(server, context, port), daemon=True).start()
        yield server.getsockname()[1]


def _hand_on(server, context, port):
    with suppress(OSError):  # the server is closed at the end
        while True:
            plain, _ = server.accept()
            with suppress(OSError):
                ours = context.wrap_socket(plain, server_side=True)
                theirs = socket.create_connection(("127.0.0.1", port))
                for pair in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=_pour, args=pair, daemon=True).start()


def _pour(source, target):
    files = source.makefile("rb", buffering=0), target.makefile("wb", buffering=0)
    with suppress(OSError), files[0] as coming, files[1] as going:
        shutil.copyfileobj(coming, going)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
