"""From mail to alert to triage on a real Elasticsearch, which goes away in the middle."""

from dataclasses import replace
from pathlib import Path

import elastic_node
from running import wait_for
from test_alerting import TEACHER, alerts, hand_over, school
from test_mailing import Inbox, receiving

PROGRAMME = (
    *("case", "open", "--programme", "--purpose", "b", "--authoriser", "h.ead"),
    *("--reason", "the yearly programme", "--dpia", "DPIA-3", "--since", "2026-09-01"),
    *("--until", "2027-07-31", "--expires", "2098-01-01"),
)


def test_triage_goes_on_where_the_index_was_away(tmp_path: Path) -> None:
    """What came meanwhile is told and waits once it is indexed; nothing is told of before."""
    elastic_node.require()
    data, port, inbox = tmp_path / "node", elastic_node.free_port(), Inbox()
    data.mkdir()
    node = elastic_node.start(data, port=port)
    with receiving(inbox) as behind, school(tmp_path / "house", behind) as plain:
        house = replace(plain, settings={**plain.settings, "SECTION9_SEARCH__URL": node.url})
        file = house.home / "section9.toml"
        file.write_text(file.read_text().replace("domains = []", 'domains = ["school.example"]'))
        with house.serving() as serving:
            hand_over(serving.port, 1)
            wait_for(lambda: len(inbox.messages) == 1)
            node.kill()
            hand_over(serving.port, 2)
            wait_for(lambda: b"round_failed" in serving.log.read_bytes())
            away = house.run("status")
            told = len(inbox.messages)
            with elastic_node.running(data, port=port):
                wait_for(lambda: len(inbox.messages) == 2)
                house.must(*PROGRAMME)
                listed = [
                    house.read(one) for one in house.must("triage", "list", "--json").splitlines()
                ]
                house.must("triage", "confirm", listed[0]["item"])
                house.must("incident", "file", "--what", "help", "--mail", listed[0]["item"])
                after, planned = house.json("status"), house.must("retention", "plan")

    assert (31, 1) == (away.returncode, told)
    assert ["welfare", "welfare"] == [one["alerts"][0]["what"] for one in listed]
    assert [TEACHER, TEACHER] == [one["to"][0] for one in listed]
    assert (1, 1) == (after["triage_waiting"], after["alerts_unanswered"])
    assert b"0 messages would go" in planned
    assert 2 == len(alerts(plain))
