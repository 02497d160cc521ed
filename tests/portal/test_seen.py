"""Each request has an id: the proxy's, where one of ours stands in front, else a fresh one."""

import pytest

from collective.seeing import lines, request_ids

GIVEN = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("proxies", "given", "is_taken"),
    [(1, GIVEN, True), (0, GIVEN, False), (1, "a-word-of-a-visitor", False), (1, "x" * 32, False)],
)
def test_only_a_proxy_of_ours_gives_the_id_and_no_word_hides_in_it(
    client, settings, proxies, given, is_taken
):
    settings.TRUSTED_PROXIES = proxies
    answer = client.get("/health/live", headers={"X-Request-ID": given})

    assert (answer["X-Request-ID"] == given) is is_taken
    assert request_ids.GOOD.fullmatch(answer["X-Request-ID"])


def test_lines_of_a_request_bear_its_id(client, db, caplog):
    answer = client.get("/nowhere/")
    line = lines.Text().format(caplog.records[0])

    assert line.endswith(f"WARNING {answer['X-Request-ID']} django.request Not Found: /nowhere/")
