"""A server that answers from a script, and a clock that only moves when it is slept on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from email.utils import formatdate
from typing import Any, TypeVar

import httpx

from importer.api.client import Client

BASE = "https://books.test/api/public/v1"
TOKEN = "aibk_pat_recognisable+token/0815=="
NOW = 1_779_148_800.0  # 2026-05-19 00:00:00 UTC
WHOAMI = {
    "code": 0,
    "message": "success",
    "token": {
        "token_id": "43cb7580",
        "org_id": "0c2c3781",
        "user_id": "d65edfea",
        "scopes": ["AIBooks.fullaccess.all"],
        "tier": "DEFAULT",
    },
}
T = TypeVar("T")
Scene = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class FakeClock:
    def __init__(self, now: float = NOW) -> None:
        self.time = now
        self.naps: list[float] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


class Script(httpx.MockTransport):
    """Plays the scenes one after the other, the last one for ever; keeps the requests."""

    def __init__(self, *scenes: Scene) -> None:
        super().__init__(self._play)
        self.scenes = scenes
        self.requests: list[httpx.Request] = []

    def _play(self, request: httpx.Request) -> httpx.Response:
        scene = self.scenes[min(len(self.requests), len(self.scenes) - 1)]
        self.requests.append(request)
        if isinstance(scene, Exception):
            raise scene
        if isinstance(scene, httpx.Response):  # a fresh copy: a response can be read once
            return httpx.Response(scene.status_code, headers=scene.headers, content=scene.content)
        return scene(request)


def ok(body: dict[str, Any] | None = None, /, **headers: str) -> httpx.Response:
    return answer(200, {"code": 0, "message": "success", **(body or {})}, **headers)


def refused(status: int, code: str, message: str = "no", **body: Any) -> httpx.Response:
    return answer(status, {"code": code, "message": message, **body})


def answer(status: int, body: object, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, content=json.dumps(body))


def page(text: str = "<html>Welcome</html>", status: int = 200) -> httpx.Response:
    return httpx.Response(status, text=text)


def date(unix: float) -> str:
    return formatdate(unix, usegmt=True)


def client(script: httpx.AsyncBaseTransport, clock: FakeClock | None = None, **options: Any) -> Client:
    settings: dict[str, Any] = {"clock": clock or FakeClock(), "transport": script, "dice": lambda: 0.0, **options}
    return Client(BASE, TOKEN, **settings)


def run(make: Callable[[], Client], use: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
    async def main() -> T:
        async with make() as it:
            return await use(it)

    return asyncio.run(main())
