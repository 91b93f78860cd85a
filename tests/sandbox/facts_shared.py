"""What is known about the API as a whole, a fact a row: transport, tokens, envelopes, errors, lists, keys, money, GST.

A row is ``id | mark | text``, its further lines indented. The id begins with the section of the fact sheet. Marks: D
documented, I inferred, C contradictory, U unknown; of the last three, the side that the sandbox takes.
"""

from __future__ import annotations

from typing import Final

SHARED: Final = """
# 1 Transport
1.prefix | D | Every path lies below `/api/public/v1`.
1.hosts | C | The pages name `api.finzbooks.com`, `api.aibooks.in` and `localhost:8000`: what host was asked for makes
    no difference.
1.bare-body | D | A request's object is the bare JSON body, without a wrapper.
1.opaque-ids | D | Ids are opaque strings, prefixed or bare UUIDs: both forms are seen (`id_form`).
1.brand | D | Scopes, headers and tokens keep the old brand: `AIBooks.`, `X-AIBooks-Org`, `aibk_`.
1.naive-times | D | `created_time` and `last_modified_time` carry no zone: `2026-05-12T08:30:00`.
1.zone | U | Those times are UTC (`time_zone`).
1.dates-in | C | A document's date is taken as `2026-05-19` and as a datetime.
1.dates-out | D | Answers show dates as midnight: `2026-05-19T00:00:00`.

# 2 Tokens and organisations
2.bearer | D | Every call carries `Authorization: Bearer <token>`.
2.pat | D | A personal access token begins with `aibk_pat_`.
2.test-token | D | A token for rehearsals begins with `aibk_pat_test_`; it has an org of its own.
2.other-prefix | C | `aibooks_pat_` is let in as `aibk_pat_` is.
2.shown-once | D | A token's raw value is shown once and kept nowhere.
2.expiry | D | A token past its `expires_at` opens nothing more; an OAuth access token lives 3600 seconds.
2.oauth | D | `GET /oauth/authorize` and `POST /oauth/token` give tokens (PKCE S256), bound to one org or to all.
2.single-org | D | A token is for one org unless it was made for all; no `organization_id` is needed then.
2.multi-org | D | A multi-org token is bound to its user and serves all orgs of that user.
2.org-parameter | D | A multi-org token names `?organization_id=` on every call.
2.membership | D | Membership in the org is checked at each call.
2.one-org-each | C | One page says that every token belongs to one org: both kinds exist.
2.org-header | C | Where `X-AIBooks-Org` stands for `?organization_id`, either will do.
2.org-mismatch | D | A single-org token with another org's id is 403.
2.org-match | I | A single-org token with its own org's id is let in.
2.whoami | D | `GET /whoami` shows `token` with `token_id`, `org_id`, `user_id`, `scopes` and `tier`.
2.whoami-scope | I | `GET /whoami` needs no scope.
2.whoami-multi | U | `org_id` of a multi-org token is null, and whoami needs no org.
2.tier | I | `tier` is `DEFAULT` or `PARTNER`.
2.cross-org | D | Another org's id is not told apart from none: 404 `not_found.resource`.
2.looked-up-first | D | Ids are looked up before anything is written.
2.invoice-ids | D | `POST /invoices` checks `customer_id`, `salesperson_id` and each `line_items[].item_id`.
2.payment-ids | D | `POST /payments` checks `contact_id` and `bank_account_id`.
2.note-ids | D | `POST /credit_notes` and both of its apply calls check their ids and name the field.

# 3 Scopes
3.pattern | D | A scope is `AIBooks.<resource>.<READ or CREATE or UPDATE or DELETE>`.
3.full-access | D | `AIBooks.fullaccess.all` opens everything.
3.missing | D | Without its scope a call is 403 `auth.insufficient_scope`.
3.contacts | D | `/contacts`: READ to list and get, CREATE to create.
3.contacts-change | I | `/contacts`: UPDATE for PUT, DELETE for DELETE.
3.items | D | `/items`: READ, CREATE, UPDATE (archive too), DELETE.
3.taxes-accounts | D | `/taxes` and `/accounts`: READ.
3.invoices | D | `/invoices`: READ, CREATE, and UPDATE to approve and to void.
3.invoices-delete | I | `DELETE /invoices/{id}`: DELETE.
3.bulk | D | `/bulk/invoices`: `invoices.CREATE`.
3.payments | D | `/payments`: READ and CREATE.
3.payments-apply | U | `/payments/{id}/apply`: CREATE or UPDATE, either will do (`payment_apply_scope`).
3.creditnotes | D | `/credit_notes`: `creditnotes.` READ, CREATE, and UPDATE to update and to void.
3.creditnotes-apply | U | Applying a credit note: UPDATE (`note_apply_scope`).
3.lookups | D | READ of `reports`, `branches`, `bankaccounts`, `costcenters`, `currencies`.
3.pdf-email | D | An invoice's PDF needs its READ scope only, e-mailing it UPDATE.

# 4 Envelopes
4.list | D | A list is `code`, `message`, its plural and `page_context`.
4.single | D | A single object, a create, an update and an action are `code`, `message` and the singular.
4.error | D | An error is flat: `code`, `message`, and where it fits `field` and `details`.
4.code | D | `code` is the integer 0 on success and a dotted string on failure.
4.code-and-status | C | Whether to go by `code` or by the HTTP status: the two always agree.
4.no-data-key | D | There is never a `data` key.
4.keys-shown | D | `contacts`, `contact`, `invoices`, `invoice`, `accounts`, `credit_note`, `token` are shown literally.
4.keys-by-rule | I | The other keys follow the rule: `items`, `item`, `taxes`, `tax`, `account`, `payments`, `payment`,
    `credit_notes`.
4.message | D | A success has a text that varies: `The invoice has been created and approved.`
4.create-status | U | A successful create is 200 (`create_status`).
4.request-id | C | Errors carry no `request_id`, or one (`error_request_id`).

# 5 Errors
5.missing-token | D | 401 `auth.missing_token`: no Authorization header.
5.invalid-token | D | 401 `auth.invalid_token`: unknown or malformed.
5.revoked-token | D | 401 `auth.revoked_token`.
5.expired-token | D | 401 `auth.expired_token`: past `expires_at`.
5.insufficient-scope | D | 403 `auth.insufficient_scope`.
5.org-mismatch | D | 403 `auth.org_mismatch`.
5.no-membership | D | 403 `auth.no_membership`: no active membership in that org.
5.missing-organization | D | 400 `auth.missing_organization_id`: a multi-org token that names no org.
5.required-field | D | 400 `validation.required_field`: a required field is missing.
5.invalid-value | D | 400 `validation.invalid_value`: out of range, or no value of that field.
5.failed | D | 422 `validation.failed`: the body or the query does not fit the schema.
5.not-found | D | 404 `not_found.resource`: an id that is not in this org, in the path or in the body.
5.duplicate | D | 409 `conflict.duplicate`: the guard refused a create.
5.rate-limit | D | 429 `rate_limit.exceeded`, with `Retry-After`.
5.key-required | D | 400 `idempotency.key_required`: no key where one is mandatory.
5.in-progress | D | 409 `idempotency.in_progress`: the same key is still running.
5.catalogue | D | The errors page lacks the two `idempotency.*` codes: more codes than it lists are possible.
5.field-path | D | `field` is an indexed path: `line_items[0].item_id`.
5.details | D | `details` shows what was received: `{"received": "INKA"}`.
5.message-form | D | Messages read `Customer 'ct_abc123' not found in this org.`, `Item '...'`, `Invoice '...'`.
5.two-conflicts | D | 409 has two meanings: `conflict.duplicate` stays, `idempotency.in_progress` passes.
5.schema-first | I | A schema in front answers 422 before any business check answers 400.
5.mistyped | U | A mistyped field is 422.
5.missing-field | U | A missing field is 400 (`missing_field`).
5.wrong-state | U | A document that is not in the state for it is 400 (`state_conflict`).
5.server-error | I | The body of a 5xx may be no JSON.
5.retryable | D | A 4xx is the input's fault and stays; a 5xx may be repeated under the same key.

# 6 Lists
6.default-size | D | A page has 50 rows unless `per_page` says otherwise.
6.sizes | D | `per_page` may be 1 to 200.
6.context | D | `page_context` holds `per_page`, `has_more_page` and `next_cursor`.
6.cursor | D | `?cursor=` takes `next_cursor` and goes on where the page ended.
6.stop | D | The walk ends when `has_more_page` is false.
6.last-cursor | U | `next_cursor` of the last page is null (`last_cursor`).
6.forward | D | Pages go forward only.
6.opaque-cursor | D | A cursor is base64 over `created_at` and `id`.
6.cursor-with-filters | I | The filters of a walk go with each of its pages.
6.newest-first | I | Rows come newest first, by `created_at` and then `id`.
6.added-meanwhile | D | Rows added at the top are not seen in a walk that has begun.
6.above-200 | C | `per_page` above 200 (the tutorial asks for 500) is 422 (`per_page_above`).
6.lookups | D | Lookups come whole, without pages.
6.accounts-taxes | U | `/accounts` and `/taxes` come whole too and take any `per_page` (`lookup_pages`).

# 7 Rate limits
7.per-token | D | Each token has a window of its own.
7.fixed-window | D | Windows are fixed and last 60 seconds.
7.default-tier | D | The Default tier has 600 requests a window.
7.partner-tier | D | The Partner tier has 3,000.
7.headers | D | Every answer carries `X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset`.
7.reset | D | `X-RateLimit-Reset` is the Unix second at which the window turns.
7.excess | D | The call above the limit is 429 with `Retry-After` in seconds and `rate_limit.exceeded`.
7.retry-under-key | D | A 429 repeated under its key is done once.
7.alignment | U | A window begins with the minute of the clock (`window`).
7.bulk-cost | I | A bulk call counts as one (`bulk_cost`).
7.replay-cost | U | A replayed answer counts as one (`replay_cost`).
7.refused-count | U | A refused call counts as well.

# 8 Idempotency
8.header | D | `Idempotency-Key` on a POST makes a repeat harmless.
8.not-post | I | On PUT and DELETE it is ignored (`key_on_put`).
8.mandatory-invoices | D | `POST /invoices` needs a key.
8.mandatory-payments | D | `POST /payments` and `/payments/{id}/apply` need a key.
8.mandatory-notes | D | `POST /credit_notes`, `/apply-to-invoice` and `/apply-to-bill` need a key.
8.mandatory-debit-notes | D | `POST /debit_notes` needs a key.
8.optional | D | Every other POST works without: contacts, items, approve, void.
8.bulk-optional | D | `/bulk/invoices` is not on the list of those that need one.
8.honoured | D | A key sent where none is needed counts all the same.
8.key-form | D | A key is 1 to 200 of letters, digits, `-`, `_` and `:`.
8.bad-key | U | A key of another form is 400 `validation.invalid_value`, field `Idempotency-Key` (`invalid_key`).
8.other-path | D | The same key on another path is another entry.
8.other-method | D | The method is part of a key's identity.
8.other-subject | D | So is who calls.
8.subject | U | A new token begins with an empty memory, though of the same user (`key_subject`).
8.replay-2xx | D | A 2xx is replayed for 24 hours: the same status and body.
8.replay-3xx | D | So is a 3xx.
8.replay-4xx | D | So is a 4xx, though its cause be gone.
8.never-5xx | D | A 5xx is not kept: the next attempt executes.
8.in-progress | D | A second caller under a running key gets 409 `idempotency.in_progress` at once.
8.after-24h | D | After 24 hours a key is forgotten.
8.second-record | I | The same key then makes a second record.
8.other-body | I | The body is not part of the identity: another body gets the old answer (`same_key_other_request`).
8.other-query | I | Nor is the query: another `organization_id` may get the first one's answer.
8.no-marker | I | Nothing tells a replay from a first answer.
8.lock-after-crash | U | A crash frees the key (`lock_seconds`).
8.early-answers | C | 401, 403, 429, `key_required` and `in_progress` are not kept (`refusals_cached`).
8.tutorial-note | C | The tutorial's credit note without a key is 400 now.

# 9 Guards against duplicates
9.bills | D | A bill with the vendor, date and total of a posted one is refused unless its reference differs.
9.conflict | D | A guard answers 409 `conflict.duplicate`.
9.code | C | Or 400 `validation.invalid_value`, as the bills page has it (`guard_code`).
9.reference | D | An order's id as `reference_number` is caught when it comes again.
9.tuple | U | The guard compares customer, date, total and reference (`invoice_guard`).
9.number | D | A given `invoice_number` is unique within its branch.
9.number-clash | U | A taken one is 409 `conflict.duplicate`, field `invoice_number` (`number_clash_code`).
9.posted-only | I | The guard compares with posted documents only: a draft is nobody's twin.
9.payments | U | Payments have no guard (`payment_guard`).
9.contacts-items | U | Neither have contacts and items (`contact_guard`, `item_guard`).
9.credit-notes | U | Nor credit notes.

# 10 Money
10.decimals | D | Amounts are JSON numbers with decimals in units of the currency: `11800.00`.
10.item-total | D | `item_total` is quantity times rate less discount, before tax.
10.sub-total | D | `sub_total` is the sum of the lines.
10.total | D | `total` is `sub_total` plus `tax_total`.
10.example-236 | D | 2 x 100 at 18 %: 200, 36, 236.
10.example-826 | D | 700 at 18 %: 126, 826.
10.example-14160 | D | 12000 at 18 %: 14160.
10.balance | I | `balance` is `total` less what was paid and credited.
10.tax-rounding | U | Tax is rounded to paise on each line (`tax_rounding`).
10.pre | D | What is rounded is subtotal - discount + tax + shipping + adjustment - tds.
10.tds-lowers | D | So TDS lowers an invoice's total.
10.terms | U | The terms are sent as `shipping_charge`, `adjustment` and `tds_amount` (`extra_charges`).
10.booked | D | The round-off is booked to the Round Off ledger, above zero when rounded up.
10.preference | D | The org's preference decides whether totals are rounded.
10.nearest | D | `nearest` is the default, and half-up: not banker's.
10.example-199 | D | 199.49 becomes 199 by `nearest`, 200 by `up`, 199 by `down`.
10.every-path | D | Every way to create rounds, the bulk call too.
10.explicit | D | An explicit `round_off` wins.
10.explicit-zero | I | An explicit 0 means no rounding.
10.preference-off | I | With the preference off, `round_off` is 0.
10.preference-closed | D | No token sets the preference or reads it.

# 11 GST
11.required | D | `place_of_supply` is required on invoices.
11.form | D | It has the form `IN-KA`.
11.invalid | D | `INKA` is 400 `validation.invalid_value`, field `place_of_supply`.
11.tax-row | D | A tax has `cgst`, `sgst`, `igst`, `cess` and `shape`.
11.shapes | D | `shape` is one of `INTRA_STATE`, `INTER_STATE`, `RCM`, `EXEMPT`, `NIL_RATED`, `NON_GST`.
11.both-splits | D | One row holds both splits: `cgst` 9, `sgst` 9, `igst` 18.
11.one-item | I | One item's tax serves buyers in both kinds of state; the server picks the split.
11.split | I | Within the branch's state CGST and SGST, half each; else IGST.
11.same-tax | I | `tax_total` is the same either way, to the paisa (but for `tax_parts`: `each`).
11.shown | D | An invoice shows `tax_percentage` by line and one `tax_total`, no components.
11.no-fallback | I | A customer's `place_of_contact` does not stand in for a missing `place_of_supply`.
11.states | I | Every state of ISO 3166-2:IN is taken.
11.renamed | U | So are both spellings of the four renamed ones (`state_codes`).
"""
