"""Codes of an apply: why a document was not booked, or not as it should be."""

from __future__ import annotations

from typing import Final

from importer.explained.entry import Subject, later

_ENVELOPES: Final = "FinzBooks API, /docs/envelopes"
_PAGES: Final = "FinzBooks API, /docs/pagination"

SKIPPED: Final = Subject(
    "What an apply did not send",
    "Certainly not booked.",
    (
        later(
            "not-reached",
            "The run ended before its turn",
            "It was stopped, or no further call could succeed.",
            "Run apply again.",
        ),
        later(
            "needs-failed",
            "What it needs was not booked",
            "An invoice cannot be booked before its customer.",
            "Mend the one that failed, and run apply again.",
        ),
        later(
            "needs-conflict",
            "What it needs is in conflict",
            "It would have nothing to refer to.",
            "Settle the conflict first.",
        ),
        later(
            "kind-stopped",
            "The books came to another total for a document of its kind",
            "If the server computes otherwise than the importer, all further documents would be wrong in the same way.",
            "Look at the one that differs: a tax or a rate is set otherwise in FinzBooks.",
        ),
        later(
            "not-sent",
            "The connection was never made",
            "The call never left this machine.",
            "Look at the connection, and run apply again.",
        ),
        later(
            "row-refused",
            "FinzBooks refused a row of a bulk call and gave no code",
            "The other rows of the call are booked.",
            "Look at its message, and at the document.",
            "FinzBooks API, /docs/reference/bulk",
        ),
        later(
            "over-application",
            "Less is open than is to be applied",
            "Something else was settled meanwhile.",
            "Lower the amount, or apply the rest to another document.",
        ),
        later(
            "note-already-used",
            "More of the note is used than is remembered",
            "This application may be among what somebody made by hand.",
            "Look in FinzBooks at what it was applied to, then `state accept`.",
        ),
        later(
            "may-be-applied",
            "The application may have been made already",
            "More of the invoice is settled than is remembered.",
            "Look in FinzBooks at what settles it, and say the same in the manifest.",
        ),
        later(
            "state-unknown",
            "FinzBooks does not say whether it is a draft",
            "A posted document must not be updated as a draft.",
            "Look at it in FinzBooks.",
        ),
        later(
            "stale-answers",
            "FinzBooks answers with a document that is gone",
            "It repeats an old answer for a day, so a new one cannot be told from it.",
            "Run apply again tomorrow.",
            "FinzBooks API, /docs/idempotency",
        ),
    ),
    "failed or skipped: not booked",
)

DOUBTFUL: Final = Subject(
    "What may have been booked",
    "The answer is missing. The importer never sends such a call again before it has looked.",
    (
        later(
            "no-answer",
            "The answer was lost, and the books do not tell",
            "The call may have been carried out.",
            "Run apply again: it looks in the books first. For an application: finz-import recover.",
        ),
        later(
            "lost",
            "The connection broke before the answer came",
            "The call may have been carried out.",
            "Run apply again: it looks in the books first.",
        ),
        later(
            "cut-off",
            "The run ended before the answer came",
            "The call may have been carried out.",
            "Run apply again: it looks in the books first.",
        ),
        later(
            "still-running",
            "FinzBooks is still at work on the call",
            "Sent under another key it would be booked twice.",
            "Run apply again in a while; if it is said for hours: finz-import recover.",
            "FinzBooks API, /docs/idempotency (idempotency.in_progress)",
        ),
        later(
            "not-remembered",
            "It could not be written to the state",
            "It may have been booked, and the state does not say so.",
            "Mend the disk, and run apply again: it looks in the books first.",
        ),
        later(
            "not-seen",
            "FinzBooks said yes, and no balance has moved",
            "It may have repeated an earlier answer.",
            "Run finz-import recover: it looks at the balances again.",
        ),
        later(
            "balance-moved",
            "The answer was lost, and the balances have moved otherwise",
            "Somebody else has settled something at the same time: whether this was done cannot be told.",
            "Look at the balances in FinzBooks.",
        ),
        later(
            "change-open",
            "What became of an update or a posting is not known",
            "The books do not show for certain that it came through.",
            "Run finz-import recover; or look at the document in FinzBooks.",
        ),
        later(
            "entry-gone",
            "The entry of a call that was cut off is no longer in the files",
            "Without it nobody can say whether what the books hold is what was sent.",
            "Put it back and run it again, or `state rm`.",
        ),
        later(
            "entry-edited",
            "The entry of a call that was cut off was edited",
            "What the books hold is compared with what was sent, and the entry no longer says that.",
            "Write it as it was and run it again, or `state adopt`.",
        ),
        later(
            "several-calls",
            "The outcome of several calls for it is not known",
            "The books do not tell them apart.",
            "Look for it in FinzBooks, then `state adopt` or `state rm`.",
        ),
        later(
            "not-looked",
            "The books could not be asked",
            "What became of the call is as open as before.",
            "Run it again.",
        ),
    ),
    "failed: may have been booked",
)

ANSWERS: Final = Subject(
    "Answers that are none",
    "What came back is not an answer that FinzBooks documents. A code with a dot in it is FinzBooks' own: its page "
    "/docs/errors says what it means.",
    (
        later(
            "garbled",
            "The answer does not hold what was asked for",
            "Taken for an empty document, it would agree with everything.",
            "Run it again.",
            _ENVELOPES,
        ),
        later(
            "redirected",
            "The server sends the call to another address",
            "The token would go there too.",
            "Correct FINZBOOKS_BASE_URL.",
        ),
        later(
            "no-cursor",
            "There is a next page, and no way to it",
            "What is on it would be taken for missing and booked again.",
            "Run it again; if it stays so, ask FinzBooks.",
            _PAGES,
        ),
        later(
            "no-page-context",
            "A full page does not say whether it is the last",
            "There may be more, which would be taken for missing and booked again.",
            "Run it again; if it stays so, ask FinzBooks.",
            _PAGES,
        ),
        later(
            "cursor-repeats",
            "The list leads back to a page it came from",
            "Reading it would never end.",
            "Run it again; if it stays so, ask FinzBooks.",
            _PAGES,
        ),
    ),
    "failed: the call is told apart by whether it may have been carried out",
)
