"""Passages of ours made rougher: slips, disguises, the manners of posts. Nobody types like us."""

import re
from collections.abc import Callable
from random import Random

_LEET = str.maketrans("aeiost", "431057")
_EMOJI = "😂 😡 🤮 🙄 ❤ 😭 👏 🔥 💀 😊 🤡 🐷"
_LEADS = ("@user ", "@user @user ", "lol ", "RT @user: ", "omg ", "ffs ", "Subject: ", "> ")
_MOST_SLIPS = 3
_WORD = re.compile(r"[^\W\d_]{4,}")


def rough(text: str, random: Random) -> str:
    """Return a passage in one of the ways that people write."""
    ways: tuple[Callable[[str, Random], str], ...] = (
        _slip, _leet, _gaps, _bare, _emoji, _lead, _shout, _tag,
    )  # fmt: skip
    return random.choice(ways)(text, random)


def misspelt(text: str, random: Random) -> str:
    """Return a passage with one to three words misspelt or parted, or glued to the next."""
    for _ in range(random.randrange(1, _MOST_SLIPS + 1)):
        text = random.choice((_slip, _slip, _slip, _doubled, _glued, _leet, _gaps))(text, random)
    return text


def _slip(text: str, random: Random) -> str:
    """Leave a letter out, or swap two."""
    word = _some(text, random)
    at = random.randrange(1, max(2, len(word) - 1))
    swapped = word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
    return text.replace(word, random.choice((word[:at] + word[at + 1 :], swapped)), 1)


def _doubled(text: str, random: Random) -> str:
    """Write a letter twice, or more often as those do who shout."""
    word = _some(text, random)
    at = random.randrange(1, len(word)) if len(word) > 1 else 0
    again = word[at : at + 1] * random.choice((1, 1, 3))
    return text.replace(word, word[:at] + again + word[at:], 1)


def _glued(text: str, random: Random) -> str:
    """Forget one blank."""
    blanks = [at for at, letter in enumerate(text) if letter == " "]
    at = random.choice(blanks or [len(text)])
    return text[:at] + text[at + 1 :]


def _leet(text: str, random: Random) -> str:
    word = _some(text, random)
    return text.replace(word, word.translate(_LEET), 1)


def _gaps(text: str, random: Random) -> str:
    word = _some(text, random)
    return text.replace(word, random.choice((" ", ".", "-")).join(word), 1)


def _bare(text: str, _random: Random) -> str:
    return re.sub(r"[^\w\s]", "", text).lower()


def _emoji(text: str, random: Random) -> str:
    return f"{text} {random.choice(_EMOJI.split())}"


def _lead(text: str, random: Random) -> str:
    return random.choice(_LEADS) + text


def _shout(text: str, _random: Random) -> str:
    return f"{text.upper()}!!"


def _tag(text: str, random: Random) -> str:
    word = _some(text, random)
    return f"{text} #{word.lower()}"


def _some(text: str, random: Random) -> str:
    words: list[str] = _WORD.findall(text) or [text]
    return random.choice(words)
