"""What the parent and the child that rebuilds say to each other: `frames` of these types."""

import socket
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import msgspec

LARGEST = 256 * 1024 * 1024  # bytes of one rebuilt message
WAYS = {"msg": "msg/1", "pst": "pst/1"}  # raise the number when other bytes come of the same item
MAX_ORDER = 256  # bytes


class Outcome(StrEnum):
    """What became of an item, or of the file."""

    ITEM = "item"
    SETTING = "setting"  # a hidden item of some program, which is no message
    UNREADABLE = "unreadable"
    TOO_LARGE = "too-large"
    DAMAGED = "damaged"  # the file; nothing more comes of it
    END = "end"


@dataclass(frozen=True, slots=True)
class Order:
    """Rebuild the items of a file, but not the first `skip`: they are known to be done with."""

    kind: Literal["msg", "pst"]
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """The head of an answer; its body is the message."""

    outcome: Outcome
    folder: str = ""
    name: str = ""
    done: float = 1.0  # how much of the file has been read, from 0 to 1
    lost: tuple[str, ...] = ()


def send_order(child: socket.socket, order: Order, descriptor: int) -> None:
    """Hand a file to the child."""
    socket.send_fds(child, [msgspec.json.encode(order)], [descriptor])


def receive_order(parent: socket.socket) -> tuple[Order, int]:
    """Wait for a file. Raises EOFError when there are no more."""
    content, descriptors, _, _ = socket.recv_fds(parent, MAX_ORDER, 1)
    if not content or not descriptors:
        raise EOFError
    return msgspec.json.decode(content, type=Order), descriptors[0]
