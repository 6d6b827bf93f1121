"""The child: takes limits upon itself, then rebuilds the items of one file after the other.

Run as `python -m ingest.outlook MEMORY CPU` (bytes; seconds for each item), with a stream socket
as standard input. It ends when the socket closes. A file comes as an open descriptor, so that
nothing here needs a name or a permission.
"""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from ingest.confined import allow_cpu, limit_files, limit_memory
from ingest.extraction.frames import send
from ingest.outlook import msg, pst
from ingest.outlook.compose import Composed, compose
from ingest.outlook.item import DamagedError, Found
from ingest.outlook.talk import LARGEST, WAYS, Order, Outcome, Told, receive_order

READERS: dict[str, Callable[[BinaryIO], Iterator[Found]]] = {"msg": msg.items, "pst": pst.items}


def main(memory: int, cpu: int) -> None:
    """Serve until the parent closes the socket."""
    limit_memory(memory)
    limit_files()
    with socket.socket(fileno=sys.stdin.fileno()) as parent:
        while True:
            allow_cpu(cpu)
            try:
                order, descriptor = receive_order(parent)
            except (EOFError, ConnectionError):
                break
            with os.fdopen(descriptor, "rb") as file:
                _serve(parent, order, file, cpu=cpu)
    with suppress(OSError):  # a parent that was killed cannot tidy up
        Path.cwd().rmdir()


def _serve(parent: socket.socket, order: Order, file: BinaryIO, *, cpu: int) -> None:
    found = READERS[order.kind](file)
    try:
        for number, one in enumerate(found):
            if number >= order.skip:
                told, content = _told(one, WAYS[order.kind])
                send(parent, told, content)
            allow_cpu(cpu)
    except DamagedError:
        send(parent, Told(Outcome.DAMAGED), b"")
    else:
        send(parent, Told(Outcome.END), b"")


def _told(found: Found, way: str) -> tuple[Told, bytes]:
    outcome, made = Outcome.ITEM, Composed(b"")
    if found.setting:
        outcome = Outcome.SETTING
    elif found.item is None:
        outcome = Outcome.UNREADABLE
    else:
        made = compose(found.item, way=way)
        if len(made.content) > LARGEST:
            outcome, made = Outcome.TOO_LARGE, Composed(b"")
    folder, name = found.folder[-400:], found.name[-40:]
    return Told(outcome, folder, name, found.done, made.lost), made.content


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
