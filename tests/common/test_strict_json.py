import pytest

from common import strict_json


@pytest.mark.parametrize("text", ['{"a":[1,2.5,null,true,"ä"]}', '"\\ud83d\\ude00"', '"\\\\u0000"', " 5 "])
def test_proper_json_is_read(text: str) -> None:
    assert strict_json.loads(text.encode()) is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b"NaN",
        b"-Infinity",
        b"9" * 5000,
        b"[" * 100_000,
        b'"\xff"',
        b'"\\u0000"',
        b'"\\\\\\u0000"',
        b'{"\\u0000":1}',
        b'"\\ud800"',
        b'["\\udc00\\ud800"]',
        b'"\x00"',
    ],
)
def test_what_could_surprise_later_is_refused_with_one_exception(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        strict_json.loads(content)
