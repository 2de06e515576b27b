"""A Scrapyd node: what it is asked through its JSON API, and what goes wrong with it in words."""

import base64
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Literal
from urllib.parse import urlencode, urljoin, urlsplit

PROJECT = "nianbao"
"""The name under which the egg is deployed."""

# A node that schedules its first job looks through the project's spiders before it answers.
_SECONDS_TO_ANSWER = 30.0

JobState = Literal["pending", "running", "finished"]


class NodeError(Exception):
    """A node did not do what it was asked; the message says why."""


class RefusalError(NodeError):
    """A node is there and says no."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A job as a node lists it; ``log_url`` is None for one that is pending."""

    state: JobState
    log_url: str | None


class Node:
    """A Scrapyd at an address: ``http://host:6800``, or ``http://user:password@host:6800`` where it asks for that."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ValueError("write the address of a node like http://host:6800")
        user, _, host = parts.netloc.rpartition("@")
        self.url = parts._replace(netloc=host, path=parts.path.rstrip("/") + "/", query="", fragment="").geturl()
        self._headers = {"Authorization": f"Basic {base64.b64encode(user.encode()).decode()}"} if user else {}

    def jobs(self) -> dict[str, Listed]:
        """The project's jobs by their id, pending, running and finished. Raises NodeError."""
        answer = self._ask("listjobs.json", {"project": PROJECT})
        states: tuple[JobState, ...] = ("finished", "pending", "running")
        return {job["id"]: Listed(state, job.get("log_url")) for state in states for job in answer.get(state, ())}

    def version(self) -> str | None:
        """The version of the project's egg that the node runs: the last that was deployed; None where it has none.
        Raises NodeError."""
        versions = self._ask("listversions.json", {"project": PROJECT}).get("versions")
        # Scrapyd keeps eggs as files named by their version, with _ for whatever is not safe in a name.
        return versions[-1].replace("_", ".") if versions else None

    def schedule(self, job: str, spider: str, arguments: dict[str, str]) -> None:
        """Have the node run a spider as soon as it has room. Raises NodeError, RefusalError for an unknown spider."""
        self._post("schedule.json", {"project": PROJECT, "spider": spider, "jobid": job, **arguments})

    def cancel(self, job: str) -> None:
        """Take a job off the node. Raises NodeError."""
        self._post("cancel.json", {"project": PROJECT, "job": job})

    def log(self, log_url: str) -> str | None:
        """A job's log; None where the node no longer has it. Raises NodeError."""
        try:
            # All of it: asked for a range longer than the file, the node's web server answers HTTP 500.
            body = self._open(log_url)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise NodeError(f"its log answers HTTP {error.code}") from error
        except (OSError, HTTPException) as error:
            raise NodeError(_reason(error)) from error
        return body.decode("utf-8", "replace")

    def _post(self, name: str, values: dict[str, str]) -> None:
        self._ask(name, {}, urlencode(values).encode())

    def _ask(self, name: str, query: dict[str, str], body: bytes | None = None) -> dict[str, Any]:
        try:
            text = self._open(f"{name}?{urlencode(query)}", body)
            answer = json.loads(text)
        except (OSError, HTTPException) as error:
            raise NodeError(_reason(error)) from error
        except ValueError as error:
            raise NodeError("answers, but not as a Scrapyd does") from error
        if not isinstance(answer, dict) or answer.get("status") != "ok":
            raise RefusalError(f"says: {answer.get('message') if isinstance(answer, dict) else answer}")
        return answer

    def _open(self, path: str, body: bytes | None = None) -> bytes:
        request = urllib.request.Request(urljoin(self.url, path), body, self._headers)  # noqa: S310 - see __init__
        with urllib.request.urlopen(request, timeout=_SECONDS_TO_ANSWER) as answer:  # noqa: S310 - see __init__
            content: bytes = answer.read()
        return content


def _reason(error: OSError | HTTPException) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"answers HTTP {error.code} {error.reason}"
    reason = getattr(error, "reason", error)
    return f"does not answer: {getattr(reason, 'strerror', None) or reason}"
