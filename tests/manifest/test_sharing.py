from __future__ import annotations

from importer.manifest import SourceFile, read
from importer.manifest.sharing import Shared


def written(*parts: str) -> str:
    return "-".join(parts)  # put together when asked, so that no two are one object by themselves


def test_equal_texts_are_one_object() -> None:
    shared = Shared()
    assert written("IN", "KA") is not written("IN", "KA")
    assert shared(written("IN", "KA")) is shared(written("IN", "KA"))


def test_of_ever_new_texts_it_keeps_a_few_thousand_and_gives_back_the_others() -> None:
    shared = Shared()
    first = shared(written("IN", "KA"))
    for number in range(10_000):
        text = written("key", str(number))
        assert shared(text) == text
    assert shared(written("IN", "KA")) is first
    assert shared(written("key", "9999")) is not shared(written("key", "9999"))


def test_both_readers_keep_names_and_repeated_values_once() -> None:
    yaml = "contacts:\n" + "".join(f"  - {{key: c{at}, contact_name: N{at}, email: a@b.in}}\n" for at in range(2))
    csv = "key,contact_name,email\nd1,N1,a@b.in\nd2,N2,a@b.in\n"
    for name, text in (("books.yaml", yaml), ("contacts.csv", csv)):
        one, other = read([SourceFile(name, text.encode())]).documents
        assert one.fields["email"] is other.fields["email"]
        assert all(mine is its for mine, its in zip(one.fields, other.fields, strict=True))
