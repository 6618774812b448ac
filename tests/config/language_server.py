"""A client of the YAML language server, as editors are, where the server is installed."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATH = os.pathsep.join([str(ROOT / "node_modules" / ".bin"), os.environ.get("PATH", "")])
SERVER = shutil.which("yaml-language-server", path=PATH)
SETTINGS = {"yaml": {"validate": True, "completion": True, "schemaStore": {"enable": False}}}


class LanguageServer:
    """The server in a process of its own; messages are JSON after a header with their length."""

    def __init__(self) -> None:
        assert SERVER, "there is one"
        streams: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen([SERVER, "--stdio"], stderr=subprocess.DEVNULL, **streams)
        self.number = 0
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        configuration = {"workspace": {"configuration": True}}
        self.ask("initialize", processId=None, rootUri=None, capabilities=configuration)
        self.send({"method": "initialized", "params": {}})

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """The next message; what the server asks is answered, and diagnostics are kept."""
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the server has ended"
        message = json.loads(self.process.stdout.read(length))
        if message.get("method") == "workspace/configuration":
            wanted = [SETTINGS.get(item["section"]) for item in message["params"]["items"]]
            self.send({"id": message["id"], "result": wanted})
        elif "method" in message and "id" in message:
            self.send({"id": message["id"], "result": None})
        elif message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message

    def ask(self, method: str, **params: Any) -> Any:
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == self.number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def open(self, name: str, text: str) -> str:
        """Open a text as a file beside the bundled configurations; returns its address."""
        uri = (ROOT / "configs" / name).as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        return uri

    def mistakes(self, name: str, text: str) -> list[str]:
        """What the server finds wrong with a text."""
        uri = self.open(name, text)
        while uri not in self.diagnostics:
            self.receive()
        return [mistake["message"] for mistake in self.diagnostics[uri]]

    def words(self, name: str, text: str) -> set[str]:
        """What the server offers where ``|`` stands in a text."""
        before = text[: text.index("|")]
        uri = self.open(name, text.replace("|", "", 1))
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        place = {"line": line, "character": column}
        found = self.ask("textDocument/completion", textDocument={"uri": uri}, position=place)
        items = found["items"] if isinstance(found, dict) else found or []
        return {item["label"] for item in items}

    def close(self) -> None:
        self.ask("shutdown")
        self.send({"method": "exit"})
        self.process.communicate(timeout=10)
