from __future__ import annotations

from decimal import Decimal

from sandbox.client import Api


def test_a_report_is_as_of_its_date(api: Api) -> None:
    customer = api.contact()
    api.invoice(customer, "100.00", date="2026-05-01")
    api.invoice(customer, "50.00", date="2026-05-10")
    early = api.get("/reports/trial_balance?as_of_date=2026-05-09T00:00:00")["trial_balance"]
    assert (early["total_debit"], early["total_credit"]) == (Decimal("100.00"), Decimal("100.00"))
    path = f"/reports/customer_ledger?contact_id={customer}"
    late = api.get(f"{path}&from_date=2026-05-02&to_date=2026-05-10")["customer_ledger"]
    assert (late["opening_balance"], late["closing_balance"], len(late["entries"])) == (100, 150, 1)
    assert api.get(f"{path}&to_date=2026-04-30")["customer_ledger"]["entries"] == []


def test_a_report_can_be_limited_to_a_branch(api: Api) -> None:
    api.invoice(api.contact())
    (branch,) = api.get("/branches")["branches"]
    path = "/reports/trial_balance?as_of_date=2026-12-31&branch_id="
    assert api.get(path + branch["branch_id"])["trial_balance"]["total_debit"] == 100
    assert api.refused("GET", path + "br_no") == (404, "not_found.resource", "branch_id")


def test_a_missing_or_unknown_parameter_is_named(api: Api) -> None:
    assert api.refused("GET", "/reports/trial_balance") == (422, "validation.failed", "as_of_date")
    assert api.refused("GET", "/reports/customer_ledger") == (422, "validation.failed", "contact_id")
    unknown = api.refused("GET", "/reports/customer_ledger?contact_id=ct_no")
    assert unknown == (404, "not_found.resource", "contact_id")
