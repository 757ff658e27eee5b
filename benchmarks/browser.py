"""A headless Chromium that opens a file with the network off, by its debugging pipe: no driver is installed."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


class Page:
    """A page of the browser."""

    def __init__(self, said: Any, heard: Any) -> None:
        self._said, self._heard, self._last, self._session = said, heard, 0, ""
        self.console: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        found = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = found["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call(
            "Network.emulateNetworkConditions", offline=True, latency=0,
            downloadThroughput=0, uploadThroughput=0,
        )  # fmt: skip

    def call(self, method: str, **parameters: Any) -> Any:
        """Send a command of the DevTools protocol; return its result."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._said.write(json.dumps(message).encode() + b"\0")
        self._said.flush()
        while True:
            answer = self._read()
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _read(self) -> Any:
        parts = []
        while (part := self._heard.read(1)) != b"\0":
            if not part:
                raise RuntimeError("the browser has ended")
            parts.append(part)
        answer = json.loads(b"".join(parts))
        if answer.get("method") in (
            "Runtime.exceptionThrown",
            "Log.entryAdded",
            "Runtime.consoleAPICalled",
        ):
            self.console.append(json.dumps(answer["params"])[:300])
        return answer

    def size(self, width: int, height: int, *, phone: bool = False, dark: bool = False) -> None:
        """Set the size of the window, whether it is a phone, and the color scheme that is preferred."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height,
            deviceScaleFactor=2 if phone else 1, mobile=phone,
        )  # fmt: skip
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, path: Path) -> None:
        """Open a file."""
        self.call("Page.navigate", url=path.absolute().as_uri())

    def run(self, script: str) -> Any:
        """Run the body of an async function in the page; return what it returns."""
        found = self.call(
            "Runtime.evaluate", expression=f"(async()=>{{{script}}})()", awaitPromise=True,
            returnByValue=True,
        )  # fmt: skip
        if "exceptionDetails" in found:
            raise RuntimeError(json.dumps(found["exceptionDetails"])[:500])
        return found["result"].get("value")

    def key(self, key: str, text: str = "") -> None:
        """Press and release a key."""
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, **more)

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        """Send an event of the mouse: mousePressed, mouseMoved, mouseReleased or mouseWheel."""
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def picture(self, path: Path) -> None:
        """Write what is seen as PNG."""
        found = self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(found["data"]))


@contextlib.contextmanager
def opened() -> Iterator[Page]:
    """Start the browser; end it."""
    if CHROMIUM is None:
        raise RuntimeError("there is no Chromium")
    out, heard = os.pipe()
    told, into = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            [
                "sh", "-c", f'exec "$0" "$@" 3<&{told} 4>&{heard}', CHROMIUM, "--headless",
                "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
                f"--user-data-dir={profile}",
            ],
            pass_fds=(told, heard), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(told)
        os.close(heard)
        try:
            with os.fdopen(into, "wb") as said, os.fdopen(out, "rb") as answers:
                yield Page(said, answers)
        finally:
            browser.terminate()
            browser.wait(timeout=30)
