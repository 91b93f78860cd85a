"""Codes of project files."""

from __future__ import annotations

from typing import Final

from importer.explained.entry import Entry, Example, Subject, folder

_CONTACT: Final = """
    contacts:
      - key: acme
        contact_name: Acme Corp
    """


def _project(text: str, **files: str) -> Example:
    """A folder with this project file, and a manifest."""
    return folder({"finzbooks.yaml": text, "books.yaml": _CONTACT, **files})


PROJECTS: Final = Subject(
    "Projects",
    "What `finzbooks.yaml` says, and which files belong to it.",
    (
        Entry(
            "project-file",
            "The project file was given as a manifest",
            "finzbooks.yaml says what holds for all manifests of a folder, and holds no documents itself.",
            "Give the folder that holds it.",
            wrong=folder({"finzbooks.yaml": "version: 1", "books.yaml": _CONTACT}, "finzbooks.yaml"),
            right=_project("version: 1"),
        ),
        Entry(
            "nested-project",
            "Another project lies within the folder",
            "It has an org, a state and defaults of its own. Read as part of the outer one, its documents would be "
            "booked in the wrong organisation.",
            "Give that folder by itself, or leave it out with `include` in the outer finzbooks.yaml.",
            wrong=_project("version: 1", **{"north/finzbooks.yaml": "version: 1", "north/books.yaml": _CONTACT}),
            right=_project("include: [books.yaml]", **{"north/finzbooks.yaml": "version: 1"}),
        ),
        Entry(
            "include-matches-nothing",
            "An entry of `include` names no manifest",
            "The files that were meant would be missing from every run, and nobody would see it.",
            "Correct the name; a folder stands for the manifests below it, a glob for those that it matches.",
            wrong=_project("include: [books.yaml, sales]"),
            right=_project("include: [books.yaml]"),
        ),
        Entry(
            "include-not-portable",
            "An entry of `include` works on one machine only",
            "An absolute path or one with backslashes names something else, or nothing, on the machine of a colleague "
            "and in CI.",
            "Write it relative to the folder of finzbooks.yaml, with forward slashes.",
            wrong=_project("include: [/home/asha/books.yaml]"),
            right=_project("include: [books.yaml]"),
        ),
        Entry(
            "unknown-rule",
            "`rules` names a rule that there is not",
            "The level that was meant for it would not take effect, and nobody would notice until a run stops at it.",
            "Write one of the ids that the problem lists.",
            wrong=_project("rules: {G99: warning}"),
            right=_project("rules: {G2: warning}"),
        ),
        Entry(
            "not-switchable",
            "`rules` names what has no level",
            "Only the rules of the field that are applied have levels. What the manifest or the API asks for cannot be "
            "passed over: there would be nothing sound to send. A rule that no manifest has the fields for reports "
            "nothing.",
            "Take it out of `rules`, and mend what it reports.",
            wrong=_project("rules: {not-a-date: warning}"),
            right=_project("rules: {G2: warning}"),
        ),
        Entry(
            "several-documents",
            "The project file holds more than one YAML document",
            "A project has one org and one state. Of two documents it would not be plain which one holds.",
            "Join the two, and take out the line `---`.",
            wrong=_project("""
                state: books.state.db
                ---
                rules: {G2: warning}
                """),
            right=_project("""
                state: books.state.db
                rules: {G2: warning}
                """),
        ),
    ),
)
