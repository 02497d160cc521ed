"""A real screen reader (Orca) beside a real browser, and what it says. Linux only.

The browser is driven by keys alone, as people who listen do. Whoever waits here waits for words,
never for silence: a busy machine speaks late.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Page

PACKAGES = "orca at-spi2-core dbus-daemon xvfb openbox xdotool chromium"
NEEDED = ("orca", "Xvfb", "dbus-run-session", "openbox", "xdotool")
MISSING = [name for name in NEEDED if not shutil.which(name)]
TRIED = "43."  # the version of Orca, Debian 12's: another may keep its words elsewhere
LONGEST = 100  # seconds for all that is listened to
PATIENCE = 30  # seconds for the next word
# The first line of the words of what has the focus, once that is another; "BODY" where nothing has.
FOCUSED = """() => {
  const one = document.activeElement
  if (one === window.left) return ""
  if (one === document.body) return "BODY"
  return (one.labels?.[0] ?? one).innerText.trim().split("\\n")[0].replace(/\\s+/g, " ")
}"""
READER = Path(__file__).with_name("reader.py")
SESSION = """
openbox &
/usr/bin/python3 "$READER" &
until [ -s "$SPOKEN" ]; do sleep 0.1; done
exec "$BROWSER" --no-sandbox --force-renderer-accessibility --remote-debugging-port="$PORT" \\
  --user-data-dir="$HOME/profile" --no-first-run --no-default-browser-check --disable-gpu \\
  --disable-background-networking --disable-component-update --disable-sync --lang=en-GB \\
  --window-size=1280,880 --window-position=0,0 "data:text/html,<title>Nothing yet</title>"
"""


class Ear:
    """What is said, and the keys. Each wait raises AssertionError with what was heard."""

    def __init__(self, folder: Path, display: str, browser: str) -> None:
        self.spoken, self.log = folder / "spoken", folder / "log"
        self.heard: list[str] = []
        self.page: Page  # what is listened to, once the browser is there
        self.at, self.end, self.port = 0, time.monotonic() + LONGEST, free_port()
        self.browser = f"http://127.0.0.1:{self.port}"  # where it answers whoever looks into it
        (folder / "run").mkdir(mode=0o700)
        self.spoken.touch()
        self.env = {
            **os.environ,
            "DISPLAY": display,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "XDG_DATA_HOME": str(folder / "data"),
            "GSETTINGS_BACKEND": "memory",
            "ACCESSIBILITY_ENABLED": "1",
            "LC_ALL": "C.UTF-8",
            "READER": str(READER),
            "SPOKEN": str(self.spoken),
            "PORT": str(self.port),
            "BROWSER": browser,
        }

    def wait(self) -> None:
        if time.monotonic() > self.end:
            self.fail(f"After {LONGEST} seconds this was not over.")
        time.sleep(0.05)

    def fail(self, what: str) -> None:
        log = self.log.read_text()[-1500:]
        raise AssertionError(f"{what} Heard last: {self.heard[-20:]}. The log ends: {log}")

    def next(self) -> str:
        """The next utterance, or "" if there is none yet."""
        with self.spoken.open() as file:
            file.seek(self.at)
            line = file.readline()
        if not line.endswith("\n"):
            return ""
        self.at += len(line.encode())
        self.heard.append(line.strip())
        return line.strip() or self.next()

    def utterances(self, patience: float) -> Iterator[str]:
        """What is said, until nothing was for so many seconds."""
        last = time.monotonic()
        while time.monotonic() < last + patience:
            if line := self.next():
                yield line
                last = time.monotonic()
            else:
                self.wait()

    def hear(self, words: str) -> None:
        """Wait until these words are said."""
        last = time.monotonic()
        while time.monotonic() < last + PATIENCE:
            line = self.next()
            if words in line:
                return
            if line:
                last = time.monotonic()
            else:
                self.wait()
        self.fail(f"“{words}” was not said, and nothing more for {PATIENCE} seconds.")

    def press(self, key: str) -> None:
        subprocess.run(["xdotool", "key", key], env=self.env, check=True, timeout=PATIENCE)

    def do(self, key: str, *said: str) -> None:
        """Press this key, Tab as often as it takes, and wait for all these words in their order."""
        if key == "Tab":
            self.tab_to(said[0])
            said = said[1:]
        else:
            self.press(key)
        for words in said:
            self.hear(words)

    def tab_to(self, words: str) -> None:
        """Press Tab until these words are said; each place on the way has to say its own name.

        Where the focus is, the browser is asked: what is said may be of the place before.
        """
        name = "BODY"
        while not words.startswith(name):
            self.page.evaluate("window.left = document.activeElement")
            self.press("Tab")
            while not (name := self.page.evaluate(FOCUSED)):
                self.wait()
            if name == "BODY":
                self.fail(f"Tab never came to “{words}”.")
            self.hear(words if words.startswith(name) else name)


def version() -> str:
    """Which Orca is here."""
    asked = ["/usr/bin/orca", "--version"]
    return subprocess.run(asked, capture_output=True, text=True, timeout=PATIENCE).stdout.strip()


@contextmanager
def listening(folder: Path, browser: str) -> Iterator[Ear]:
    """Orca and the browser, until the end; then all that was started is ended."""
    with (folder / "log").open("w") as log, screen(log) as display:
        ear = Ear(folder, display, browser)
        session = subprocess.Popen(
            ["dbus-run-session", "--", "sh", "-c", SESSION],
            env=ear.env,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            ear.hear("Screen reader on.")
            while not answers(ear.port):
                ear.wait()
            ear.hear("Nothing yet")
            yield ear
        finally:
            end(session)


@contextmanager
def screen(log) -> Iterator[str]:
    """The name of a screen that nobody sees; it chooses its own."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=[writer], stderr=log)
    os.close(writer)
    try:
        with os.fdopen(reader) as said:
            yield f":{said.readline().strip()}"
    finally:
        process.terminate()
        process.wait(10)


def end(session: subprocess.Popen) -> None:
    """End it with all that it started: gently, so that no socket stays, then what is left."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(session.pid, how)
            session.wait(5)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def answers(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0
