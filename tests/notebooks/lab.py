"""Runs a notebook inside JupyterLab's own server, over REST and its websocket."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import websocket

TOKEN = "notebooks"  # noqa: S105 - of a server on this machine, for seconds


@contextmanager
def lab(folder: Path) -> Iterator[str]:
    """Start JupyterLab on a folder and yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--ServerApp.port={port}", f"--IdentityProvider.token={TOKEN}"),
        *(f"--ServerApp.root_dir={folder}", "--ServerApp.port_retries=0"),
    ]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(folder / ".config")}
    log = (folder / "lab.log").open("w")
    server = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        address = f"127.0.0.1:{port}"
        _wait(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def run_in_lab(address: str, name: str, path: Path) -> nbformat.NotebookNode:
    """Run all cells of a notebook in a session of the server."""
    session = _request(
        address,
        "sessions",
        {"path": name, "name": name, "type": "notebook", "kernel": {"name": "python3"}},
    )
    kernel = session["kernel"]["id"]
    channel = f"ws://{address}/api/kernels/{kernel}/channels?token={TOKEN}"
    connection = websocket.create_connection(channel, timeout=120)
    notebook = nbformat.read(path, as_version=4)
    try:
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = list(_execute(connection, cell.source))
    finally:
        connection.close()
        _request(address, f"sessions/{session['id']}", method="DELETE")
    return notebook


def _execute(connection: Any, source: str) -> Iterator[nbformat.NotebookNode]:
    number = uuid.uuid4().hex
    header = {
        "msg_id": number,
        "msg_type": "execute_request",
        "username": "test",
        "session": "test",
        "version": "5.3",
        "date": "",
    }
    content = {"code": source, "silent": False, "store_history": True}
    message = {
        "header": header,
        "parent_header": {},
        "metadata": {},
        "content": content,
        "channel": "shell",
        "buffers": [],
    }
    connection.send(json.dumps(message))
    while True:
        answer = json.loads(connection.recv())
        if answer["parent_header"].get("msg_id") != number:
            continue
        kind, content = answer["msg_type"], answer["content"]
        if kind == "status" and content["execution_state"] == "idle":
            return
        if kind in {"execute_result", "display_data", "stream", "error"}:
            content.pop("transient", None)
            yield nbformat.from_dict({"output_type": kind, **content})


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "JupyterLab ended early"
        try:
            _request(address, "status")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(address)


def _request(
    address: str, path: str, content: object = None, *, method: str | None = None
) -> Any:
    request = urllib.request.Request(
        f"http://{address}/api/{path}",
        data=None if content is None else json.dumps(content).encode(),
        headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        text = answer.read()
    return json.loads(text) if text else None
