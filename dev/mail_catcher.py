"""A real SMTP server on this machine only: each mail becomes a file, for the page /dev/mail/."""

import os
import signal
import sys
import uuid
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Keep:
    """Writes each mail to a folder, with the people it was for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        head = f"X-RcptTo: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        path = self.folder / f"{uuid.uuid4().hex}.part"
        path.write_bytes(head + (envelope.original_content or b""))
        path.rename(path.with_suffix(".eml"))
        return "250 kept"


if __name__ == "__main__":
    port = int(os.environ["MAIL_PORT"])
    controller = Controller(Keep(Path(sys.argv[1])), hostname="127.0.0.1", port=port)
    controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()
