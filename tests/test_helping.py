"""`section9 help`: everything that it shows can be typed as it stands there."""

from collections.abc import Iterator

import pytest
from evidence_house import PERSON, house, plain
from running import House
from test_review_commands import must, run

from search.fields import FIELDS, SYNTAX
from search.web_fields import WEB_FIELDS

PEOPLE = f"""\
address,name,role,school,year,leaving,born,user
{PERSON},Jane Doe,staff,North Primary,,,,j.doe
h.ill@school.example,Jo Hill,staff,Hill,,,,
"""
OF_MAIL = tuple(form for form, _ in SYNTAX) + tuple(field.example for field in FIELDS)
OF_VISITS = tuple(field.example for field in WEB_FIELDS)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A case in an archive with a directory of people."""
    folder = tmp_path_factory.mktemp("help")
    people = folder / "people.csv"
    people.write_text(PEOPLE)
    with house(folder, {str(number): plain(number) for number in range(3)}) as ready:
        must(ready, "people", "import", people)
        must(ready, "saved", "add", "coach-firms", "coach", "--case", "C-0001")
        yield ready


@pytest.mark.parametrize("query", OF_MAIL)
def test_every_example_of_mail_runs(asked: House, query: str) -> None:
    """It is shown, and it runs: with hits, or with none."""
    shown = must(asked, "help", "query").decode()

    found = run(asked, "search", query, "--case", "C-0001", "--count")

    assert f" {query} " in shown
    assert found.exit_code in {0, 4}, found.exception


@pytest.mark.parametrize("query", OF_VISITS)
def test_every_example_of_web_visits_runs(asked: House, query: str) -> None:
    """As for mail."""
    shown = must(asked, "help", "web").decode()

    found = run(asked, "search", query, "--case", "C-0001", "--web", "--count")

    assert f" {query} " in shown
    assert found.exit_code in {0, 4}, found.exception


@pytest.mark.parametrize("columns", ["20", "80", "200"])
def test_the_page_is_as_wide_as_the_terminal(asked: House, columns: str) -> None:
    """Nothing is said in columns narrower than can be read, nor beyond a wide terminal."""
    wide = asked.run("help", "query", COLUMNS=columns).stdout.decode().splitlines()

    assert max(map(len, wide)) <= max(int(columns), 52 + 40)
