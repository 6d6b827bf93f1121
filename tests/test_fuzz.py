"""What fuzzing found stays mended: `fuzz/cases`, and for some seconds what is like them.

The long search is `make fuzz`.
"""

from pathlib import Path

import pytest
from fuzz import properties
from hypothesis import given
from hypothesis import strategies as st

HERE = Path(__file__).parent
CASES = sorted(path for path in (HERE / "fuzz" / "cases").iterdir() if path.is_file())
WORDS = [
    line.strip('"').encode().decode("unicode_escape").encode("latin-1")
    for line in (HERE / "fuzz" / "words.dict").read_text().splitlines()
    if line.startswith('"')
]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_what_fuzzing_found_stays_mended(path: Path) -> None:
    """Each case broke something once."""
    content = path.read_bytes()

    for holds in properties.ALL:
        holds(content)


@given(st.lists(st.sampled_from(WORDS) | st.binary(max_size=8), max_size=40))
def test_no_medley_of_the_grammars_breaks_a_promise(words: list[bytes]) -> None:
    """The fuzzer's properties, on the fuzzer's words in any order."""
    for holds in properties.ALL:
        holds(b"".join(words))
