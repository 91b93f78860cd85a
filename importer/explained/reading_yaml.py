"""Codes of YAML files."""

from __future__ import annotations

from typing import Final

from importer.explained.entry import CONTRACT, YAML, Entry, Subject, manifest

_RIGHT: Final = manifest("""
    contacts:
      - key: acme
        contact_name: Acme Corp
    """)

READING_YAML: Final = Subject(
    "YAML",
    "What is written cannot be taken for YAML, or not for a manifest.",
    (
        Entry(
            "yaml-syntax",
            "The file is not YAML from here on",
            "After a fault of syntax it is not known what belongs to what, so the rest of the file is not read: half "
            "a file is never sent.",
            "Indent with blanks and not with tabs; close quotes and brackets; put a text that holds `: ` or begins "
            "with a sign such as @ or % in quotes.",
            source=YAML,
            wrong=manifest("""
                contacts:
                  - key: acme
                    contact_name: Acme: Corp
                """),
            right=manifest("""
                contacts:
                  - key: acme
                    contact_name: "Acme: Corp"
                """),
        ),
        Entry(
            "repeated-field",
            "A name is given twice in one mapping",
            "Most programs take the last and say nothing, so one of the two values would be lost without a word. A "
            "section that is given twice would lose all of its documents.",
            "Remove one of the two, or put the entries of both sections under one name.",
            source="YAML 1.2.2, section 3.2.1.3: the keys of a mapping are unique",
            wrong=manifest("""
                contacts:
                  - key: acme
                    contact_name: Acme Corp
                    contact_name: Acme Limited
                """),
            right=_RIGHT,
        ),
        Entry(
            "bad-name",
            "The name of a field is empty, or no text",
            "Every field has a name that the schema knows. A list or a mapping in the place of a name is most often a "
            "bracket or a `?` too many.",
            "Write the name of the field in front of the colon.",
            wrong=manifest("""
                contacts:
                  - key: acme
                    contact_name: Acme Corp
                    [phone]: 080 2345
                """),
            right=manifest("""
                contacts:
                  - key: acme
                    contact_name: Acme Corp
                    phone: 080 2345
                """),
        ),
        Entry(
            "bad-merge",
            "The merge key `<<` is given no mapping",
            "`<<` takes over the fields of another mapping. From a text there is nothing to take over, and the fields "
            "that were meant would be missing.",
            "Name an anchor that stands at a mapping: `<<: *name`.",
            source="the merge key of YAML, https://yaml.org/type/merge.html",
            wrong=manifest("""
                contacts:
                  - <<: acme
                    key: acme
                    contact_name: Acme Corp
                """),
            right=manifest("""
                contacts:
                  - &acme
                    key: acme
                    contact_name: Acme Corp
                  - <<: *acme
                    key: acme-south
                    contact_name: Acme South
                """),
        ),
        Entry(
            "unknown-anchor",
            "An alias repeats an anchor that does not stand above it",
            "`*name` repeats what `&name` marks earlier in the same YAML document. Without it nothing is known of the "
            "value.",
            "Put the anchor above, or write the value; a text that begins with * stands in quotes.",
            source="YAML 1.2.2, section 7.1",
            wrong=manifest("""
                contacts:
                  - key: acme
                    contact_name: Acme Corp
                    phone: *office
                """),
            right=manifest("""
                contacts:
                  - key: acme
                    contact_name: Acme Corp
                    phone: 080 2345
                """),
        ),
        Entry(
            "recursive-alias",
            "An alias stands inside what it repeats",
            "Unfolded, it would never end.",
            "Write the value out.",
            wrong=manifest("""
                contacts:
                  - &acme
                    key: acme
                    contact_name: Acme Corp
                    billing_address: *acme
                """),
            right=_RIGHT,
        ),
        Entry(
            "alias-bomb",
            "The aliases of the file unfold to far more than it holds",
            "A few lines of aliases to aliases can unfold to thousands of millions of values and fill the memory of "
            "any machine. Reading stops long before that; no honest manifest comes near.",
            "Write the repeated parts out, or use `defaults`.",
            wrong=manifest("""
                defaults:
                  contacts:
                    contact_name: &a [x, x, x, x, x, x, x, x, x, x]
                    legal_name: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
                    company_name: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
                    display_name: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
                    website: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
                """),
            right=_RIGHT,
        ),
        Entry(
            "too-deep",
            "Lists and mappings are nested too deep",
            "The deepest field of a manifest stands six levels down. Sixty-four levels are a damaged file, or one "
            "that was made to make a program run out of memory.",
            "Look for brackets that are never closed.",
            wrong=manifest("contacts: " + "[" * 65 + "]" * 65),
            right=_RIGHT,
        ),
        Entry(
            "unknown-tag",
            "A tag says what type the value is",
            "Types come from the schema alone, so a tag could only contradict it. Tags that would build objects of a "
            "program (`!!python/object`) are a known way to have a file run commands, and never do anything here.",
            "Remove the tag.",
            wrong=manifest("""
                contacts:
                  - key: acme
                    contact_name: !name Acme Corp
                """),
            right=_RIGHT,
        ),
        Entry(
            "empty-element",
            "An element of a list is empty",
            "A `-` with nothing behind it is the rest of something that was removed, or the beginning of something "
            "that is missing. Passed over, a line of an invoice could be lost.",
            "Fill it in, or remove the `-`.",
            wrong=manifest("""
                contacts:
                  - key: acme
                    contact_name: Acme Corp
                    contact_persons:
                      - {first_name: Asha}
                      -
                """),
            right=manifest("""
                contacts:
                  - key: acme
                    contact_name: Acme Corp
                    contact_persons:
                      - {first_name: Asha}
                """),
        ),
        Entry(
            "not-a-manifest",
            "The file is YAML, and no manifest",
            "A manifest is a mapping of sections such as `contacts` and `invoices`. A list or a text at the top does "
            "not say of what kind its entries are.",
            "Put the name of the section above the list.",
            wrong=manifest("""
                - key: acme
                  contact_name: Acme Corp
                """),
            right=_RIGHT,
        ),
        Entry(
            "unknown-section",
            "A section that no manifest has",
            "Whatever stands below it would not be sent. Most often it is a slip of the pen, or a section that "
            "belongs into the project file.",
            "Write one of the names that the problem offers.",
            wrong=manifest("""
                contcats:
                  - key: acme
                    contact_name: Acme Corp
                """),
            right=_RIGHT,
        ),
        Entry(
            "not-a-list",
            "A section holds one entry in place of a list",
            "Each section holds a list, also for a single document: without it, its fields look like the names of "
            "documents. Of an answer of FinzBooks it means that a list was asked for and something else came.",
            "Put `- ` before the first field of each entry.",
            wrong=manifest("""
                contacts:
                  key: acme
                  contact_name: Acme Corp
                """),
            right=_RIGHT,
        ),
        Entry(
            "not-a-mapping",
            "Text or a list stands where fields belong",
            "A document, the defaults of a kind and a project file are mappings: each value has the name of its "
            "field. Of a bare value it is not known what it is.",
            "Write `name: value`, one field a line.",
            wrong=manifest("""
                contacts:
                  - acme
                """),
            right=_RIGHT,
        ),
        Entry(
            "bad-version",
            "The version is not one that this importer reads",
            "`version` is that of the manifest's format, and there is one so far. A file of a later format could mean "
            "something else with the same words.",
            "Write `version: 1`, leave it out, or use a newer importer.",
            wrong=manifest("""
                version: 2
                contacts:
                  - key: acme
                    contact_name: Acme Corp
                """),
            right=_RIGHT,
        ),
        Entry(
            "repeated-defaults",
            "`defaults` is given twice in one file",
            "The defaults of a file reach all of its documents, also those of another YAML document (`---`) of it. Of "
            "two sections it would not be plain which one wins.",
            "Join the two.",
            source=CONTRACT,
            wrong=manifest("""
                defaults:
                  contacts: {contact_type: CUSTOMER}
                contacts:
                  - {key: acme, contact_name: Acme Corp}
                ---
                defaults:
                  contacts: {contact_type: VENDOR}
                """),
            right=manifest("""
                defaults:
                  contacts: {contact_type: CUSTOMER}
                contacts:
                  - {key: acme, contact_name: Acme Corp}
                """),
        ),
    ),
)
