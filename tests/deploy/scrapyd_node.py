"""Real Scrapyd nodes on the loopback address, configured as deploy/scrapyd.conf says."""

import configparser
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]


class ScrapydNode:
    """A Scrapyd of its own folder and port; can be stopped, killed and started again."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        config = configparser.ConfigParser()
        config.read(REPOSITORY / "deploy" / "scrapyd.conf")
        for name in ("dbs_dir", "eggs_dir", "logs_dir"):
            path = Path(config["scrapyd"][name])
            config["scrapyd"][name] = str(folder / path.name)
        config["scrapyd"].update({"http_port": str(self.port), "poll_interval": "0.2", **settings})
        folder.mkdir(parents=True)
        with (folder / "scrapyd.conf").open("w") as file:
            config.write(file)

    def start(self) -> None:
        with (self.folder / "scrapyd.log").open("ab") as log:
            self._process = subprocess.Popen(
                [Path(sys.executable).with_name("scrapyd"), "--pidfile="],
                cwd=self.folder,
                env={**os.environ, "HOME": str(self.folder)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(self._answers, f"Scrapyd does not start: {(self.folder / 'scrapyd.log').read_text()}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End Scrapyd and its jobs; nothing where it does not run."""
        if self._process is not None:
            os.killpg(self._process.pid, number)
            self._process.wait(20)
            self._process = None

    def get(self, name: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/{name}", timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        assert found["status"] == "ok", found
        return found

    def deploy(self) -> None:
        """Build the egg and add it."""
        egg = self.folder / "nianbao.egg"
        subprocess.run([sys.executable, REPOSITORY / "deploy" / "egg.py", egg], check=True, capture_output=True)
        self.add_version(egg.read_bytes())

    def add_version(self, egg: bytes) -> None:
        """Upload an egg as a form, as curl does."""
        fields = [(b'name="project"', b"nianbao"), (b'name="version"', b"0.1.0"), (b'name="egg"; filename="e"', egg)]
        parts = [b"--=nianbao=\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % field for field in fields]
        body = b"".join(parts) + b"--=nianbao=--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary==nianbao="}
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/addversion.json", body, headers)) as answer:
            said = json.load(answer)
        assert said["status"] == "ok", said

    def finished(self) -> list[str]:
        return sorted(job["id"] for job in self.get("listjobs.json?project=nianbao")["finished"])

    def _answers(self) -> bool:
        try:
            self.get("daemonstatus.json")
        except OSError:
            return False
        return True


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def wait_for(condition: Callable[[], bool], failure: str, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, failure
        time.sleep(0.1)
