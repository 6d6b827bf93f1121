"""The colours of the review screen, for eight hours: quiet, dark or light. No meaning is theirs."""

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="section9-dark",
    primary="#2f4d6b",
    secondary="#5b7f95",
    accent="#8fb8d8",
    foreground="#d7dce2",
    background="#12161b",
    surface="#171c22",
    panel="#1f262e",
    boost="#2b3947",
    success="#8fbf7f",
    warning="#d8b36a",
    error="#d98a8a",
    dark=True,
)
LIGHT: Final = Theme(
    name="section9-light",
    primary="#b9cfe4",
    secondary="#5b7f95",
    accent="#1f5f99",
    foreground="#22282e",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e6e3dc",
    boost="#d3e2f0",
    success="#2f6f2f",
    warning="#8a5a00",
    error="#a02c2c",
    dark=False,
)
