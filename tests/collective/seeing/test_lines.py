"""What one log line looks like."""

import json
import logging
import sys

from collective.seeing import lines

ADDRESS = "ann@example.org"


def record(message, *values):
    """A record as a logger makes it, about an exception whose text holds an address."""
    try:
        raise ValueError(f"{ADDRESS} is odd")
    except ValueError:
        error = sys.exc_info()
    return logging.LogRecord("one", logging.ERROR, __file__, 1, message, values, error)


def test_json_has_its_fields_and_no_text_of_an_exception():
    said = lines.Json().format(record("Could not write to %s", ADDRESS))

    found = json.loads(said)
    assert [*found] == ["time", "level", "request_id", "logger", "message", "places"]
    assert found["message"] == "Could not write to …@… (ValueError)"
    assert "test_lines.py" in found["places"] and ADDRESS not in said


def test_access_log_is_a_file_of_the_web_server_alone(tmp_path):
    to = str(tmp_path / "access.log")

    assert to not in str(lines.config("text", "INFO"))
    found = lines.of_the_web_server("text", "INFO", to)
    assert found["handlers"]["access"]["filename"] == to
