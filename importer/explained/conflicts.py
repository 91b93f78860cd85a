"""Codes of a plan: names that the org lacks, conflicts, what waits, and what is unusual."""

from __future__ import annotations

from typing import Final

from importer.explained.entry import Subject, later

NAMES: Final = Subject(
    "Names in the organisation",
    "A manifest names taxes, accounts, banks and branches that the organisation must have. They are looked up by a "
    "plan.",
    (
        later(
            "unknown-name",
            "The organisation has no such tax, account, bank or branch",
            "FinzBooks takes ids. A name that is not there has none, and the nearest one may be another tax.",
            "Write the name as the organisation has it, or make it there first.",
            "FinzBooks API, /docs/reference/lookups",
        ),
        later(
            "ambiguous-name",
            "The organisation has several of this name",
            "One of them would be taken by chance.",
            "Give the id instead, as the problem shows.",
            "FinzBooks API, /docs/reference/lookups",
        ),
        later(
            "bank-account-needed",
            "The payment names no bank account, and there are several",
            "FinzBooks would take the first one, and the money would stand in the wrong account.",
            "Give `bank_account`, here or in the defaults.",
            "FinzBooks API, /docs/tutorial",
        ),
    ),
    "an error of a plan",
)

CONFLICTS: Final = Subject(
    "Conflicts of a plan",
    "Manifest, state and books do not agree, and only a person can say which is right. Nothing is sent for it.",
    (
        later(
            "edit-of-document",
            "What was edited cannot be changed in the books",
            "A posted document is final: FinzBooks has no call that would change it.",
            "Take the edit back; or void it in FinzBooks and use a new key, or write a credit note.",
            "FinzBooks API, /docs/reference: the calls of each kind",
        ),
        later(
            "no-longer-editable",
            "The document could be changed once, and cannot now",
            "It was posted, applied or voided in FinzBooks since.",
            "Take the edit back, or run `state accept`.",
        ),
        later(
            "drift",
            "Somebody changed the document in FinzBooks",
            "An update would overwrite what a colleague has done there.",
            "Take the change over into the manifest, undo it in FinzBooks, or run `state accept`.",
        ),
        later(
            "books-differ",
            "The books hold it otherwise than the manifest says",
            "What depends on it would be booked on top of a difference that nobody has looked at.",
            "Correct the manifest, or run `state accept` if the books are right.",
        ),
        later(
            "needs-what-differs",
            "It refers to a document that the books hold otherwise",
            "It would be booked on top of the difference.",
            "Settle the other document first.",
        ),
        later(
            "gone-from-books",
            "The books no longer hold the document",
            "Somebody deleted it. Created again in silence, it would be back against their will.",
            "Remove its entry; or run `state rm` to have it created anew.",
        ),
        later(
            "voided-in-books",
            "The document was voided in FinzBooks",
            "It does not count any more, and nothing can be settled with it.",
            "Take its entry out, or give it another key to have it booked anew.",
        ),
        later(
            "ambiguous-match",
            "Several documents of the books could be this one",
            "Adopting one of them by chance could leave the real one to be booked twice.",
            "Say which one it is: state adopt.",
        ),
        later(
            "shared-match",
            "Two entries match the same document of the books",
            "One of them would be taken for booked although it is not.",
            "Say which one it is with `state adopt`, and make the other differ.",
        ),
        later(
            "known-under-other-key",
            "The books hold it under another key of yours",
            "Most likely the key was renamed. Created under the new one, it would be booked twice.",
            "Run `state mv` if it was renamed, `state rm` if they are two.",
        ),
        later(
            "waits-for-rename",
            "It refers to a document whose key was renamed",
            "Until the rename is settled, it is not known what it refers to.",
            "Settle the rename first: state mv.",
        ),
        later(
            "application-edited",
            "An application was edited after it was made",
            "The API cannot take an application back.",
            "Take the edit back, or run `state accept`.",
            "FinzBooks API, /docs/reference/credit-debit-notes",
        ),
        later(
            "application-gone",
            "An application is no longer in the manifest",
            "The API cannot take an application back.",
            "Put it back, or run `state accept`.",
            "FinzBooks API, /docs/reference/credit-debit-notes",
        ),
        later(
            "partly-applied",
            "More of the note is applied in the books than is known",
            "FinzBooks does not say to what: this application may be among it, and would be made twice.",
            "Look in FinzBooks at what it was applied to, and leave only that in the manifest.",
        ),
    ),
    "a conflict: nothing is sent for the document",
)

WAITING: Final = Subject(
    "What a plan waits for",
    "The outcome of an earlier call is not known yet. The next apply settles that first.",
    (
        later(
            "open-intent",
            "A call for it was cut off",
            "It may have been booked: sent again, it could be there twice.",
            "Run apply, which looks in the books first; or finz-import recover.",
        ),
        later(
            "waits-for-open-intent",
            "It depends on a document whose call was cut off",
            "Until that is settled, it has nothing to refer to, or would move the balance from which the outcome is "
            "told. An apply whose own call gets no answer sends nothing more of what that one may have settled.",
            "Run apply, which settles it first.",
        ),
        later(
            "waits",
            "It waits for the document that it belongs to",
            "That one is not settled yet.",
            "Settle that one first.",
        ),
    ),
    "pending: nothing is sent for the document yet",
)

UNUSUAL: Final = Subject(
    "What a plan finds unusual",
    "Nothing is wrong for certain. It is what a careful reader of the plan would stop at.",
    (
        later(
            "largest-amount",
            "An amount stands out from the others",
            "Ten times the usual amount is often a decimal point that was lost.",
            "Look at the amount in the source.",
        ),
        later(
            "far-date",
            "A date lies far from the others",
            "2062 in place of 2026 books an invoice into a year that nobody looks at.",
            "Look at the date in the source.",
        ),
        later(
            "same-again",
            "The same sale stands there twice",
            "Same customer, date and total is often a row that was exported twice, and sometimes two honest sales.",
            "Look whether it is one.",
        ),
        later(
            "near-double",
            "Two names are nearly the same",
            "One customer under two names has two statements.",
            "Look whether they are one.",
        ),
        later(
            "unapplied",
            "A payment or note settles less than it comes to",
            "The rest stays with the customer, as an advance or a credit.",
            "Add the allocation if one is missing.",
        ),
    ),
    "a note in the plan",
)
