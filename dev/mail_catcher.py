"""A real SMTP server on this machine only that keeps each mail as a file, for the page at
/dev/mail/.
"""

import os
import signal
import sys
import uuid
from pathlib import Path

from aiosmtpd.controller import Controller


class Keep:
    """Writes each mail to a folder, with who it was for."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server, session, envelope):
        head = f"X-RcptTo: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        path = self.folder / f"{uuid.uuid4().hex}.part"
        path.write_bytes(head + envelope.content)
        path.rename(path.with_suffix(".eml"))
        return "250 kept"


if __name__ == "__main__":
    controller = Controller(
        Keep(sys.argv[1]), hostname="127.0.0.1", port=int(os.environ["MAIL_PORT"])
    )
    controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()
