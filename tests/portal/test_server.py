"""What the server keeps of a request, before any page is asked."""

import pytest
from waitress.adjustments import Adjustments

from portal.server import Request

HEAD = b"POST /accounts/login/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def request_in_pieces(monkeypatch):
    """A request whose body says nowhere how long it is; its page takes 100 bytes."""
    monkeypatch.setattr(Request, "most_bytes", staticmethod(lambda path: 100), raising=False)
    request = Request(Adjustments())
    request.received(HEAD)
    return request


def piece(length):
    return b"%x\r\n%s\r\n" % (length, b"a" * length)


def test_body_in_pieces_ends_where_its_page_takes_no_more(request_in_pieces):
    request_in_pieces.received(piece(50))
    before = request_in_pieces.completed

    request_in_pieces.received(piece(60))

    assert (before, request_in_pieces.completed) == (False, True)
    assert request_in_pieces.error.code == 413


def test_body_in_pieces_that_its_page_takes_comes_whole(request_in_pieces):
    request_in_pieces.received(piece(50))
    request_in_pieces.received(b"0\r\n\r\n")

    assert (request_in_pieces.completed, request_in_pieces.error) == (True, None)
    assert request_in_pieces.headers["CONTENT_LENGTH"] == "50"
