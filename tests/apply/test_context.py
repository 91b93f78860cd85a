"""What the deliveries of a run share."""

from __future__ import annotations

from typing import Any, cast

import pytest

from apply.manifests import contact, document, manifest
from importer.apply.context import Context
from importer.model import Action, StepId
from importer.plan.body import Bindings
from importer.plan.value import Step


def test_nothing_is_remembered_without_an_id() -> None:
    nothing = cast(Any, None)  # a receipt needs neither the network nor the state
    context = Context(
        client=nothing,
        store=nothing,
        bindings=Bindings(),
        org_id="org",
        token_id="tok",
        run="run",
        now=lambda: 0.0,
        sleep=nothing,
        dice=lambda: 0.0,
        expected=lambda _: None,
        source_of=lambda one: one.file,
    )
    acme = document(manifest(contacts=[contact()]), "contacts", "acme")
    step = Step(StepId("contacts", "acme"), Action.CREATE, acme)
    assert context.receipt(step, {"contact_id": "ct_1"}).remote_id == "ct_1"
    for row in ({}, {"contact_id": ""}, {"contact_id": None}):
        with pytest.raises(ValueError, match="contacts/acme"):
            context.receipt(step, row)
