"""Codes of runs that may not start or may not go on."""

from __future__ import annotations

from typing import Final

from importer.explained.entry import Subject, later

ENDINGS: Final = Subject(
    "How a run ends",
    "One code for the end of the whole run.",
    (
        later(
            "invalid-input",
            "The input has errors",
            "Nothing is sent while any document of the run has an error: half a batch is harder to mend than none.",
            "Each problem has a code of its own: mend them, and run it again.",
        ),
        later(
            "plan-conflicts",
            "The plan holds conflicts",
            "A conflict needs the decision of a person, and what follows from it is not known before.",
            "Settle each as its help says, or run `apply --skip-conflicts` to have done what none of them holds back.",
        ),
        later(
            "applied-in-part",
            "Something failed or was skipped",
            "What was booked stays booked; the summary says what was not, and why.",
            "Mend what failed and run apply again: it goes on where it was. `apply --failed FILE` writes what is left.",
        ),
        later(
            "interrupted",
            "A person or the system has ended the run",
            "What was sent is remembered, also a call whose answer was not waited for.",
            "Run apply again: it looks in the books first, and sends nothing twice.",
        ),
        later(
            "usage",
            "The command line makes no sense",
            "A guess at what was meant could write where it should not.",
            "Look at `finz-import COMMAND --help`.",
        ),
        later(
            "no-state-place",
            "It is not plain where the state is",
            "Several PATHs have no one folder. With a state in another place each time, the same documents would be "
            "booked again.",
            "Give `--state FILE`, or put a finzbooks.yaml above the PATHs.",
        ),
        later(
            "several-projects",
            "The PATHs belong to different projects",
            "The org, the defaults and the state of one would be used for the other.",
            "Give the PATHs of one project at a time.",
        ),
        later(
            "not-confirmed",
            "Nobody said yes",
            "An apply asks before it writes. Without a terminal there is nobody to ask.",
            "Read the plan, and run it with `--yes`.",
        ),
        later(
            "failed-unwritable",
            "The file for what failed could not be written",
            "The run itself has ended as its summary says; only the list is missing.",
            "Give another place to `--failed`.",
        ),
        later(
            "bug",
            "The importer met something that it was not made for",
            "It stops instead of going on with what it does not understand. The report file says where.",
            "Send the report file to its makers. Run apply again afterwards: it looks in the books first.",
        ),
    ),
    "the whole run",
)

CONNECTION: Final = Subject(
    "Organisation, token and server",
    "The run is refused before anything is written.",
    (
        later(
            "wrong-org",
            "The token leads to another organisation than is meant",
            "Documents in the books of another organisation are hard to get out again. The org that the project, the "
            "environment or the state names must be the one that FinzBooks answers for.",
            "Use the token of the organisation that is meant, or correct FINZBOOKS_ORG_ID or `org_id`.",
        ),
        later(
            "org-not-named",
            "With --yes, nothing names the organisation",
            "Nobody looks at a prompt, so something else must say which organisation is meant.",
            "Set FINZBOOKS_ORG_ID, or `org_id` in finzbooks.yaml.",
        ),
        later(
            "org-needed",
            "The token belongs to several organisations",
            "FinzBooks does not know which of them is meant.",
            "Set FINZBOOKS_ORG_ID.",
            "FinzBooks API, /docs/errors (auth.missing_organization_id)",
        ),
        later(
            "no-token",
            "There is no token, or it is not one",
            "Without it FinzBooks lets nobody in.",
            "Put the token alone into FINZBOOKS_TOKEN, as the console shows it; or try it with `--sandbox`.",
            "FinzBooks API, /docs/authentication",
        ),
        later(
            "token-rejected",
            "FinzBooks does not take the token",
            "It has expired, was revoked, or was not copied whole.",
            "Make a new one, and put it into FINZBOOKS_TOKEN.",
            "FinzBooks API, /docs/errors (auth)",
        ),
        later(
            "no-server",
            "The server does not answer",
            "Nothing was sent, or nothing arrived.",
            "Look at the connection and at FINZBOOKS_BASE_URL, and try again later.",
        ),
        later(
            "bad-base-url",
            "FINZBOOKS_BASE_URL is not an address that can be used",
            "The token would be sent to the wrong place, or in the open.",
            "Leave it unset, or write the https address of the API.",
            "FinzBooks API, /docs/reference: the base URL",
        ),
        later(
            "not-finzbooks",
            "What answers is not FinzBooks",
            "A proxy, a portal or another server answered. What it says is no word of the books.",
            "Look at FINZBOOKS_BASE_URL, and whether a proxy asks for a login.",
            "FinzBooks API, /docs/envelopes",
        ),
        later(
            "lookup-failed",
            "What the books hold could not be read",
            "Without it the importer cannot tell what is there already, and would book it twice.",
            "Run it again; the message says what FinzBooks answered.",
        ),
        later(
            "sandbox-missing",
            "The sandbox is not installed",
            "The local FinzBooks is an extra.",
            "Install it: pip install 'finzbooks-importer[sandbox]'.",
        ),
        later(
            "sandbox-failed",
            "The sandbox could not do it",
            "Its books are in use, or cannot be read or written.",
            "The message says what is in the way; `finz-import sandbox reset` begins anew.",
        ),
    ),
    "refused: nothing was written",
)
