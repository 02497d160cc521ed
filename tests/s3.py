"""A real server that speaks S3, moto's, in a process of its own, with one bucket."""

import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

from dev import servers

SETTINGS = {"BACKUP_S3_KEY_ID": "key", "BACKUP_S3_SECRET": "secret"}
BUCKET = "backups"


@contextmanager
def running():
    """Yields its address."""
    port = servers.free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        make_bucket(address, process)
        yield address
    finally:
        process.kill()
        process.wait()


def make_bucket(address, process):
    """Once the server answers."""
    for _ in range(600):
        assert process.poll() is None, "moto's server did not start"
        try:
            return call(address, BUCKET, "PUT")
        except urllib.error.URLError:
            process_waits(process)
    raise AssertionError("moto's server does not answer")


def process_waits(process):
    try:
        process.wait(timeout=0.1)
    except subprocess.TimeoutExpired:
        return


def call(address, path, method="GET"):
    asked = urllib.request.Request(f"{address}/{path}", method=method)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return answer.read()


def uploads_left(address):
    """Has somebody begun an upload and not ended it?"""
    return b"<Upload>" in call(address, f"{BUCKET}?uploads")
