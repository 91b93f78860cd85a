"""Where pages contradict each other, what follows for a stand-in, and what nobody knows: rows as in facts_shared."""

from __future__ import annotations

from typing import Final

OPEN: Final = """
# 23 Contradictions
23.1-host | C | The sandbox answers whatever host it is asked for.
23.2-prefix | C | `aibk_pat_` and `aibooks_pat_` are both let in.
23.3-org | C | `?organization_id` and `X-AIBooks-Org` both choose the org.
23.4-multi-org | C | Single-org and multi-org tokens both exist.
23.5-item-fields | C | Both spellings of an item are taken and the reference's is answered (`item_spelling`).
23.6-purchase-price | C | So are `purchase_rate` and `purchase_price`.
23.7-bank | C | So are `bank_account_id` and `paid_through_account_id`.
23.8-dates | C | Dates and datetimes are taken in bodies and in queries.
23.9-guard | C | The guard is 409 `conflict.duplicate`, or 400 `validation.invalid_value` (`guard_code`).
23.10-key | C | A key is mandatory where money moves.
23.11-per-page | C | More than 200 rows a page is 422, or 200 rows (`per_page_above`).
23.12-cached | C | Every 4xx is kept but those that come before the keys are asked (`refusals_cached`).
23.13-success | C | A success is a 2xx and `code` 0 at once.
23.14-mode | C | `mode` has a default, or is required (`payment_mode`).
23.15-sent | C | `SENT` is posted, not e-mailed.
23.16-handle | C | A reference that differs lets the same customer, date and total pass; the same one does not.
23.17-request-id | C | An error has no `request_id`, or one (`error_request_id`).

# 24 What follows for a stand-in
24.order | I | Checks come in order: token, window, org, scope, key, schema (422), ids (404), rules (400), guard (409).
24.token-first | I | The token is checked before the window; a 401 tells a window all the same.
24.below-500 | I | An answer below 500 is kept with its write, in one transaction.
24.sticky-4xx | I | A refusal whose cause is mended still comes back under its key; a new key executes.
24.error-after | I | After a 5xx that followed the work, the same key works again: a second document.
24.bulk-replay | I | A bulk call sent again under its key gets its old failures.
24.bulk-5xx | I | After a 5xx in a bulk call the same key runs all of its rows again.
24.bytes | I | A replay is the same to the byte.
24.clock | I | The clock is a parameter: a key's 24 hours, a window's 60 seconds, OVERDUE.
24.faults | I | 5xx before and after the work, crash after row n, a dropped connection, a slow call, a 429 storm.
24.ledger | I | Balances, statuses, `customer_ledger`, `ar_aging` and `trial_balance` agree.

# 25 Open questions
25.1-create | U | A create is 200, or 201 (`create_status`).
25.2-same-key | U | The same key with another body or query is replayed, or 409 (`same_key_other_request`).
25.3-early | U | 401, 403, 429 and `in_progress` are not kept, or are (`refusals_cached`).
25.4-put | U | A key on PUT or DELETE is ignored, or honoured (`key_on_put`).
25.4-form | U | A malformed key is 400, or taken (`invalid_key`).
25.5-lock | U | A crash frees its key, or keeps it for a while (`lock_seconds`).
25.6-guard | U | Posted invoices of one customer, date, total and reference are duplicates, or fewer, or more
    (`invoice_guard`).
25.7-number | U | A taken `invoice_number` is 409, or 400, field `invoice_number` (`number_clash_code`).
25.8-guards | U | Payments, contacts and items have no guard, or one (`payment_guard`, `contact_guard`, `item_guard`).
25.9-items | U | Both spellings of an item, a name required: or one of them, or more required (`item_spelling`,
    `item_required`).
25.10-unknown | U | An unknown field is ignored, or 422 (`unknown_fields`).
25.11-rounding | U | Line tax is half-up to 2 decimals, or rounded once for the document (`tax_rounding`).
25.12-discount | U | `discount` is an amount, or a percentage (`discount`).
25.13-charges | U | `tds_amount`, `shipping_charge` and `adjustment` are taken, or not known (`extra_charges`).
25.14-treatment | U | `gst_treatment` is any upper-case word, or `REGISTERED` only (`gst_treatments`).
25.15-states | U | Both spellings of the renamed states, or one of them (`state_codes`).
25.16-update | U | PUT changes the header of a draft, its lines too, or nothing (`invoice_update`).
25.16-put-keeps | U | A PUT leaves alone what it does not name, or empties it (`put_keeps`).
25.17-void | U | `/void` is refused when something is paid, or gives it back (`void_paid`).
25.18-draft-payment | U | A payment on a DRAFT, and more than the balance, is 400 `validation.invalid_value`.
25.19-apply | U | `{allocations: [{invoice_id, amount}]}` with UPDATE or CREATE (`payment_apply_body`,
    `payment_apply_scope`).
25.20-tds | U | Allocations may come to `amount` plus `tds_amount`, or to `amount` (`payment_tds`).
25.20-charges | U | Bank charges are a further expense, within the amount or on top of it (`bank_charges`).
25.21-undo | U | A payment cannot be undone: 405, or deleted (`payment_delete`).
25.22-note-shape | U | A credit note is shaped as an invoice, or bare (`credit_note_shape`).
25.23-bulk-order | U | Results are in the order of the request, or reversed (`bulk_order`).
25.24-dates | U | `date_from` and `date_to` include their day, or not (`date_filters`).
25.24-rows | U | Rows of a list are full objects, or short (`list_rows`).
25.25-bad-cursor | U | An invalid cursor is 400 `validation.invalid_value`.
25.25-expiry | U | A cursor does not expire, or does (`cursor_seconds`).
25.26-times | U | Times are UTC, or India's (`time_zone`).
25.26-day | U | A day ends in India, or by UTC (`day_zone`).
25.27-window | U | Windows are the clock's minutes, or begin with the first call (`window`).
25.27-cost | U | A bulk call and a replay cost one each, or the rows and nothing (`bulk_cost`, `replay_cost`).
25.28-bodies | U | A 5xx comes as JSON, as HTML, or empty.
25.29-test-org | U | A test token has an org of its own.
25.29-reports | U | Reports have shapes of their own.
25.30-amount | U | An amount of 0 or less is 400.
25.30-length | U | A text of more than 255 characters is 422 (`too_long`).
25.30-lock | U | A document dated on the lock date or before is 400 (`lock_date`).
"""
