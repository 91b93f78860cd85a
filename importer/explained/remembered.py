"""Codes of the state and of saved plans: what an earlier run has left."""

from __future__ import annotations

from typing import Final

from importer.explained.entry import Subject, later

STATE: Final = Subject(
    "The state",
    "The state remembers what is booked. A run that cannot trust it does not start.",
    (
        later(
            "state-locked",
            "Another run uses the state",
            "Two runs at once would each book what the other has not remembered yet.",
            "Wait until it has ended.",
        ),
        later(
            "state-not-ours",
            "The file is no state of the importer",
            "To write into it would damage the file of another program.",
            "Give another file to `--state`.",
        ),
        later(
            "state-too-new",
            "The state was written by a newer importer",
            "It may hold what this version does not understand, and would lose.",
            "Use the newer version.",
        ),
        later(
            "state-damaged",
            "The state cannot be read any more",
            "What it remembers is not certain. Begun anew, the run would have to find every document in the books.",
            "Put back a copy, or import the last `state export`.",
        ),
        later(
            "state-unwritable",
            "The state cannot be written",
            "What cannot be remembered must not be sent: after a lost answer it would be sent again.",
            "Look at the rights of the folder, and whether the disk is full.",
        ),
        later(
            "state-moved",
            "Another run has changed the state meanwhile",
            "What was decided rests on what is no longer so.",
            "Run it again.",
        ),
        later(
            "no-state",
            "There is no state here",
            "Nothing is remembered in this place.",
            "Give the PATH that apply was given.",
        ),
        later(
            "no-such-key",
            "The state does not know the key",
            "There is nothing that could be shown, renamed or forgotten.",
            "Look at `finz-import state list`; `state adopt` makes a document of the books known.",
        ),
        later(
            "key-taken",
            "The state knows the key already",
            "It would stand for two documents of the books.",
            "Take the books as they are with `state accept`, or forget it first with `state rm`.",
        ),
        later(
            "not-in-books",
            "The books have no such document that counts",
            "What is remembered must be there, and not be voided: else the next run would take it for done.",
            "Give the id of one that is there.",
        ),
        later(
            "not-alike",
            "The document of the books is not the one of the manifest",
            "Remembered as one, edits of the one would reach the other.",
            "Give the id of the right one, or correct the manifest.",
        ),
        later(
            "no-entry",
            "The files have no such entry, or it cannot be sent as it is",
            "Only what a manifest says can be agreed with the books.",
            "Give the file that holds the entry, and mend it.",
        ),
        later(
            "open-intents",
            "What became of a call is not known yet",
            "A change now could hide that it was booked.",
            "Have it settled first: finz-import recover.",
        ),
        later(
            "state-in-use",
            "The state holds something else already",
            "An import would overwrite what is remembered of booked documents.",
            "Import into another file with `--state`, or move the state away.",
        ),
        later(
            "bad-export",
            "The file is no sound export of a state",
            "A state with a part missing would have documents booked again.",
            "Export it again: finz-import state export.",
        ),
    ),
    "refused: nothing was written",
)

SAVED_PLANS: Final = Subject(
    "Saved plans",
    "A saved plan does just what was reviewed, or nothing.",
    (
        later(
            "plan-unreadable",
            "The file is no sound saved plan",
            "What cannot be read was not reviewed.",
            "Make it anew: finz-import plan PATH... --out FILE.",
        ),
        later(
            "plan-unwritable",
            "The plan could not be saved",
            "The file cannot be written.",
            "Give another place to `--out`.",
        ),
        later(
            "plan-other-version",
            "The plan was made by another version",
            "The other version may decide otherwise than was reviewed.",
            "Apply it with that version, or make it anew.",
        ),
        later(
            "plan-other-org",
            "The plan was made for another organisation",
            "It was reviewed against other books.",
            "Use the token of that organisation, or make the plan anew.",
        ),
        later(
            "plan-other-state",
            "The state has moved on since the plan was made",
            "Another run has booked something: the plan could book it again.",
            "Make the plan anew, and review it.",
        ),
        later(
            "plan-other-documents",
            "The files no longer say what was planned",
            "Somebody edited them after the review.",
            "Make the plan anew, and review it.",
        ),
        later(
            "plan-other-books",
            "The books have changed since the plan was made",
            "It would do something that nobody reviewed.",
            "Make the plan anew, and review it.",
        ),
        later(
            "plan-of-sandbox",
            "A plan of the sandbox was given to FinzBooks",
            "It was made against other books.",
            "Apply it with `--sandbox`, or make a plan without.",
        ),
        later(
            "plan-done",
            "The plan has been carried out",
            "A plan is carried out once: a second time it would book everything again.",
            "Make a new plan for what is new.",
        ),
        later(
            "plan-open-intents",
            "Calls of an earlier run are not settled",
            "What became of them would change the plan.",
            "Run `finz-import recover` first.",
        ),
    ),
    "refused: nothing was written",
)
