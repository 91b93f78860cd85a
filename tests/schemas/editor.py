"""An editor with nothing but what speaks to a YAML language server: JSON-RPC over pipes (LSP 3.17)."""

from __future__ import annotations

import itertools
import json
import queue
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

# Seconds. A cold server on a busy machine took 4 for its first answer; what takes longer hangs.
LONGEST_WAIT: Final = 60.0
SETTINGS: Final = {
    "yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}},
    "http": {},
}
Node = dict[str, Any]


class Editor:
    """A language server that runs, and the files that are open in it."""

    def __init__(self, command: Sequence[str]) -> None:
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._inbox: queue.SimpleQueue[Node | None] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        threading.Thread(target=self._listen, daemon=True).start()
        completion = {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}}
        hover = {"contentFormat": ["markdown"]}
        able = {
            "textDocument": {"completion": completion, "hover": hover, "publishDiagnostics": {}},
            "workspace": {"configuration": True},
        }
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": able})
        self._tell("initialized", {})

    def diagnostics(self, path: Path, text: str) -> list[Node]:
        """What the server marks in ``text``, were it the content of ``path``. The file need not exist."""
        uri = path.as_uri()
        self._tell("textDocument/didOpen", {"textDocument": _document(uri, text)})
        while True:
            heard = self._heard()
            if heard.get("method") == "textDocument/publishDiagnostics" and heard["params"]["uri"] == uri:
                found: list[Node] = heard["params"]["diagnostics"]
                return found

    def completion(self, path: Path, text: str) -> list[Node]:
        """What the server offers where ``text`` has its ``|``."""
        answer = self._at("textDocument/completion", path, text)
        return list(answer["items"] if isinstance(answer, dict) else answer or [])

    def hover(self, path: Path, text: str) -> str:
        """What the server shows of the name at the ``|`` of ``text``."""
        answer = self._at("textDocument/hover", path, text)
        return str(answer["contents"]["value"]) if answer else ""

    def close(self) -> None:
        self.ask("shutdown", None)
        self._tell("exit", None)
        self._server.wait(LONGEST_WAIT)
        for pipe in (self._server.stdin, self._server.stdout):
            assert pipe is not None
            pipe.close()

    def ask(self, method: str, params: Any) -> Any:
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        while True:
            heard = self._heard()
            if heard.get("id") == number and "method" not in heard:
                assert "error" not in heard, heard
                return heard["result"]

    def _at(self, method: str, path: Path, text: str) -> Any:
        before, _, after = text.partition("|")
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        uri = path.as_uri()
        self._tell("textDocument/didOpen", {"textDocument": _document(uri, before + after)})
        place = {"line": line, "character": column}
        return self.ask(method, {"textDocument": {"uri": uri}, "position": place})

    def _tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Node) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._server.stdin.flush()

    def _heard(self) -> Node:
        """The next message of the server; what it asks of an editor is answered on the way."""
        heard = self._inbox.get(timeout=LONGEST_WAIT)
        assert heard is not None, "the language server has ended"
        if "id" in heard and "method" in heard:
            asked = heard["params"].get("items", ()) if heard["method"] == "workspace/configuration" else None
            result = None if asked is None else [SETTINGS.get(item["section"]) for item in asked]
            self._send({"id": heard["id"], "result": result})
        return heard

    def _listen(self) -> None:
        pipe = self._server.stdout
        assert pipe is not None
        while header := pipe.readline():
            size = int(header.partition(b":")[2])
            while pipe.readline().strip():
                pass  # other headers
            self._inbox.put(json.loads(pipe.read(size)))
        self._inbox.put(None)


def _document(uri: str, text: str) -> Node:
    return {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
