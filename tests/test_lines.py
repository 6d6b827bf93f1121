"""What `--json` prints is a contract: a shape changes only together with its schema file."""

import json
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TypeGuard

import msgspec

import commands

SCHEMAS = Path(commands.__path__[0]) / "schemas.json"


def shapes() -> list[type[msgspec.Struct]]:
    """Every line that a command prints: the tagged structures of the modules named `…lines`."""
    return sorted(set(_tagged()), key=lambda shape: (shape.__module__, shape.__name__))


def _tagged() -> Iterator[type[msgspec.Struct]]:
    for module in pkgutil.iter_modules(commands.__path__):
        if module.name.endswith("lines"):
            for shape in vars(import_module(f"commands.{module.name}")).values():
                if _is_struct(shape) and shape.__struct_config__.tag:
                    yield shape


def _is_struct(shape: object) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(shape, type) and issubclass(shape, msgspec.Struct)


def schemas() -> str:
    """The contract as the file has to hold it."""
    _, components = msgspec.json.schema_components(shapes())
    return json.dumps(components, indent=1, sort_keys=True) + "\n"


def test_the_shapes_are_those_of_the_schema_file() -> None:
    """To change a shape on purpose, give it the next number and write what `schemas` gives."""
    assert SCHEMAS.read_text() == schemas()


def test_every_shape_names_itself() -> None:
    """A line says which shape it has, and in which version; no two are called alike."""
    names = [shape.__struct_config__.tag for shape in shapes()]

    assert all(str(name).startswith("section9.") and "/" in str(name) for name in names)
    assert len(names) == len(set(names))
