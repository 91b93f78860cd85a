from __future__ import annotations

import codecs

import pytest

from importer.manifest.source import Lines, SourceFile, decode
from importer.model import Place, Severity


def refusal(data: bytes, *, alone: bool = True, limit: int = 1000) -> tuple[str, Place | None]:
    text, problems = decode(SourceFile("f.csv", data, alone), limit)
    assert text == ""
    assert len(problems) == 1
    return problems[0].code, problems[0].place


def test_text_comes_without_its_byte_order_mark() -> None:
    assert decode(SourceFile("f.csv", codecs.BOM_UTF8 + "é\r\n".encode())) == ("é\r\n", ())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "utf-32-be"])
def test_another_unicode_encoding_is_named(encoding: str) -> None:
    mark = {"utf-16-be": codecs.BOM_UTF16_BE, "utf-32-be": codecs.BOM_UTF32_BE}.get(encoding, b"")
    _, problems = decode(SourceFile("f.csv", mark + "key".encode(encoding)))
    assert problems[0].code == "wrong-encoding"
    assert encoding[:6].upper() in problems[0].message


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_zeros(encoding: str) -> None:
    text, problems = decode(SourceFile("m.yaml", "contacts: []\n".encode(encoding)))
    assert (text, problems[0].code) == ("", "wrong-encoding")
    assert problems[0].message == "the file seems to be written in UTF-16, without the mark that says so"


def test_a_byte_that_is_not_utf8_is_shown_with_its_line_and_column() -> None:
    data = codecs.BOM_UTF8 + "key\r\nAé".encode() + b"\x93x"
    assert refusal(data) == ("not-utf-8", Place("f.csv", 2, 3))
    assert "0x93" in decode(SourceFile("f.csv", data))[1][0].message


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", codecs.BOM_UTF8])
def test_a_file_without_content_is_an_error_alone_and_a_warning_in_a_folder(data: bytes) -> None:
    assert decode(SourceFile("f.csv", data, alone=True))[1][0].severity is Severity.ERROR
    assert decode(SourceFile("f.csv", data, alone=False))[1][0].severity is Severity.WARNING
    assert refusal(data)[0] == "empty-file"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"k\x00\x00y\x00", "binary-file"),
        (b"PK\x03\x04rest", "binary-file"),
        (b"x" * 1001, "file-too-big"),
        (b"key\x07", "control-character"),
        ("key\n\ufeffkey".encode(), "control-character"),
        ("key\x9f".encode(), "control-character"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, code: str) -> None:
    assert refusal(data)[0] == code


def test_a_file_of_the_greatest_size_is_read() -> None:
    assert decode(SourceFile("f.csv", b"x" * 1000), 1000) == ("x" * 1000, ())


def test_a_control_character_is_pointed_at() -> None:
    assert refusal(b"a\nbc\x1bd") == ("control-character", Place("f.csv", 2, 3))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_three_ways(end: str) -> None:
    lines = Lines("f", f"ab{end}cd{end}")
    assert lines.place(len("ab" + end) + 1) == Place("f", 2, 2)
    assert lines.place(lines.size) == Place("f", 3, 1)
    assert lines.start(2) == len("ab" + end)
    assert lines.start(9) == lines.size


def test_a_width_ends_with_its_line() -> None:
    assert Lines("f", "abc\ndef").place(1, 50) == Place("f", 1, 2, 2)
    assert Lines("f", "abc\ndef").place(5, 50) == Place("f", 2, 2, 2)
