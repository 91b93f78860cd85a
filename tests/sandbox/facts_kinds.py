"""What is known about the five kinds, their lookups, bulk and reports, a fact a row as in facts_shared."""

from __future__ import annotations

from typing import Final

KINDS: Final = """
# 12 Contacts
12.list | D | `GET /contacts` takes `per_page`, `cursor`, `contact_type`, `status` and `search`.
12.search | D | `search` is a substring of name, GSTIN or e-mail.
12.get | D | `GET /contacts/{id}` shows one.
12.create | D | `POST /contacts` needs `contact_name` only.
12.update | I | `PUT /contacts/{id}` changes one.
12.delete | I | `DELETE /contacts/{id}` removes one; `status` sets it aside.
12.shape | D | A contact has `contact_id`, `contact_name`, `contact_type`, `display_name`, `legal_name`, `company_name`,
    `gst_no`, `gst_treatment`, `place_of_contact`, `pan`, `email`, `phone`, `website`, both addresses,
    `contact_persons`, `payment_terms`, `opening_balance`, `credit_limit`, `currency_code`, `status` and its times.
12.type | D | `contact_type` is `CUSTOMER`, `VENDOR` or `BOTH`.
12.default-type | U | It is `CUSTOMER` unless given.
12.display-name | I | `display_name` is the name unless given.
12.sent | D | `contact_type`, `email`, `phone` and `billing_address` can be sent.
12.sent-more | I | So can the other fields but id, status and times.
12.gst-no | D | `gst_no` has 15 characters.
12.gst-treatment | U | `gst_treatment` is any upper-case word; only `REGISTERED` is seen (`gst_treatments`).
12.place | D | `place_of_contact` has the form `IN-KA`.
12.address | D | An address has `address`, `city`, `state_code` (`IN-KA`), `zip` as text, and `country`.
12.persons | D | A person has `first_name`, `email` and `is_primary`.
12.terms | D | `payment_terms` is a number of days.
12.opening-balance | I | `opening_balance` is kept and books nothing (`opening_balances`).
12.currency | D | `currency_code` is an ISO code, `INR` unless given.
12.status | D | `status` is `ACTIVE` or `INACTIVE`.
12.same-name | U | Two contacts may share a name and a GSTIN (`contact_guard`).

# 13 Items, taxes, accounts
13.items | D | `GET /items`, `GET /items/{id}`, `POST /items` and `PUT /items/{id}` list, get, create and change.
13.archive | D | `POST /items/{id}/archive` sets an item aside: it stays.
13.delete | D | `DELETE /items/{id}` works only while nothing uses the item.
13.taxes | D | `GET /taxes` and `GET /taxes/{id}`, read-only.
13.accounts | D | `GET /accounts` and `GET /accounts/{id}`, read-only.
13.active-accounts | D | `/accounts` shows the active ones.
13.no-filter | D | Items, taxes and accounts take no filter: one that is sent changes nothing.
13.name | C | An item's name is `item_name` or `name` (`item_spelling`); the answer says `item_name`.
13.type | C | Its type is `item_type` or `type`, `GOODS` or `SERVICE`; the answer says `item_type`.
13.hsn | C | Its code is `hsn_or_sac` or `hsn_sac`; the answer says `hsn_or_sac`.
13.sku | U | Two items may share a `sku` (`item_guard`).
13.rate | D | `rate` is the selling price.
13.purchase-rate | C | `purchase_rate` or `purchase_price`; the answer says `purchase_rate`.
13.account | C | `account_id` is taken and credited; the answer does not show it.
13.shape | D | An item shows `item_id`, `sku`, `rate`, `tax_id`, `unit`, `description`, `status` and its times.
13.archived | U | An archived item is `INACTIVE`.
13.required | U | A name is enough (`item_required`).
13.tax-shape | D | A tax is `tax_id`, `name`, `shape` and four percentages as numbers.
13.account-shape | D | An account is `account_id`, `code`, `name`, `account_type`, `parent_id`, `description`,
    `current_balance`, `currency_code`, `is_active` and `is_system`.
13.account-types | D | `account_type` is one of 17 words, `BANK` to `RETAINED_EARNINGS`.

# 14 Lookups
14.whole | D | Lookups come whole, in one call.
14.branches | D | A branch is `branch_id`, `code`, `name`, `gstin`, `state` (`IN-MH`), `city`, `is_default`,
    `invoice_prefix` and `bill_prefix`.
14.branches-active | D | `active_only` of `/branches` is true unless given.
14.banks | D | `/bank_accounts` are the BANK and CASH accounts; `include_cash=false` leaves out the cash.
14.banks-active | D | `active_only` of `/bank_accounts` is true unless given.
14.bank-shape | I | Their rows are accounts.
14.cost-centers | D | `GET /cost_centers` shows `cost_center_id`.
14.tags | D | Cost centres are passed in a document's `tags[]`.
14.currencies | D | `GET /currencies` shows the enabled ISO codes.
14.rates | D | `GET /exchange_rates` shows `exchange_rate_id`, `from_currency`, `to_currency`, `rate`, `rate_date` and
    `source`, the newest first.
14.rates-query | D | It takes `from_currency`, `to_currency` and `limit` (200, at most 1000).
14.paid-through | C | A payment's bank is `bank_account_id`; `paid_through_account_id` is taken as well.
14.salespersons | U | No salesperson is known (`salespersons`).

# 15 Invoices
15.early-due | U | A due date before the invoice's date is refused, or taken (`early_due_date`).
15.list | D | `GET /invoices` takes `per_page`, `cursor`, `status` (one), `customer_id`, `date_from` and `date_to`.
15.get | D | `GET /invoices/{id}` shows one.
15.draft | D | A new invoice is a DRAFT unless `auto_approve`.
15.update | I | `PUT /invoices/{id}` changes a draft's header (`invoice_update`).
15.approve | D | `POST /invoices/{id}/approve` posts a draft.
15.void | D | `POST /invoices/{id}/void` voids one.
15.delete | I | `DELETE /invoices/{id}` removes a draft only.
15.series | D | `GET /invoices/series` exists.
15.pdf | D | `GET /invoices/{id}/pdf` answers a raw PDF.
15.email | D | `POST /invoices/{id}/email` leaves the status: a DRAFT stays one.
15.no-filter | D | There is no filter on `reference_number`, `invoice_number` or text: one that is sent changes nothing.
15.customer | D | `customer_id` is required.
15.date | D | `date` is required.
15.lines | D | `line_items` has one line at least.
15.own-number | D | `invoice_number` overrides the numbering and leaves the series' counter alone.
15.series-name | D | `series_name` belongs to its branch; an unknown one falls back to `default`.
15.branch | D | `branch_id` is optional.
15.default-branch | I | Without it the default branch issues the invoice.
15.reference | D | `reference_number` is kept.
15.salesperson | D | `salesperson_id` is looked up.
15.auto-approve | D | `auto_approve` posts the journal in the same call.
15.due-date | I | `due_date` is the date plus the customer's `payment_terms` unless given.
15.currency | I | `currency_code` and `exchange_rate` can be sent.
15.tags | D | `tags[]` is taken.
15.short-line | D | `{item_id, quantity}` is enough: name, rate, tax and HSN are the item's.
15.free-line | I | `{name, quantity, rate}` is enough too, and untaxed.
15.discount | U | `discount` of a line is an amount (`discount`).
15.line-shape | D | A line shows `line_item_id`, `item_id`, `name`, `description`, `hsn_or_sac`, `quantity`, `unit`,
    `rate`, `discount`, `tax_id`, `tax_percentage` and `item_total`.
15.shape | D | An invoice shows `invoice_id`, `invoice_number`, `customer_id`, `customer_name`, `date`, `due_date`,
    `reference_number`, `place_of_supply`, `currency_code`, `exchange_rate`, `line_items`, `sub_total`, `tax_total`,
    `round_off`, `total`, `payment_made`, `balance`, `status`, `notes` and its times.
15.number-form | I | Numbers read `INV-2627-001` or `INV-2026-0042` (`number_form`).
15.statuses | D | `DRAFT`, `SENT`, `PARTIALLY_PAID`, `PAID`, `OVERDUE`, `CANCELLED`, `CREDIT_APPLIED`: every one is
    reached.
15.sent | D | `SENT` means posted.
15.partly-paid | D | A part of the balance makes it `PARTIALLY_PAID`, all of it `PAID`.
15.overdue | I | With the due date past and a balance left it is `OVERDUE`.
15.credit-applied | I | Settled by a credit note it is `CREDIT_APPLIED`.
15.cancelled | I | Voided it is `CANCELLED`: there is no VOID.
15.paid-webhook | D | A balance of zero fires the webhook `INVOICE_PAID`.

# 16 Payments
16.both-ways | D | Receipts and vendor payments are one resource, by `flow`.
16.list | D | `GET /payments` takes `flow`, `cursor` and `per_page` only.
16.get | D | `GET /payments/{id}` shows one with its allocations.
16.apply | I | `POST /payments/{id}/apply` takes `{allocations: [...]}` (`payment_apply_body`).
16.flow | D | `flow` is required: `INCOMING` or `OUTGOING`.
16.contact | D | `contact_id` is required.
16.date | D | `date` is required.
16.amount | D | `amount` is required.
16.mode | C | `mode` is `BANK_TRANSFER` unless given (`payment_mode`).
16.modes | D | `mode` is `CASH`, `BANK_TRANSFER`, `CHEQUE`, `UPI`, `CARD` or `OTHER`; `BANK` is of expenses only.
16.reference | D | `reference_number` is kept.
16.bank | D | `bank_account_id` says where the money goes.
16.default-bank | D | Without it the first BANK or CASH account is taken.
16.allocations | D | `allocations[]` is `{invoice_id, amount}` or `{bill_id, amount}`; the answer adds `allocation_id`,
    and the id that is not used is null.
16.types | D | `payment_type` is `REGULAR`, `ADVANCE` or `REFUND`.
16.shape | D | A payment shows `payment_id`, `contact_name`, `description`, `currency_code`, `exchange_rate`,
    `bank_charges`, `tds_amount` and its times besides what was sent.
16.one-shot | D | Payment and allocations are one transaction.
16.journal | D | The journal posts at once: debit the bank, credit the receivable.
16.statuses | D | The statuses of what it settles change.
16.advance | I | A payment without allocations is applied later.
16.tds | I | With TDS the allocations may exceed the amount by it (`payment_tds`).
16.charges | U | Bank charges lower what the bank gets (`bank_charges`).
16.too-much | U | More than the balance, or than the payment, is refused.

# 17 Credit notes
17.list | D | `GET /credit_notes` takes `status`, `customer_id`, `invoice_id`, `bill_id`, `type` and the paging.
17.get | D | `GET /credit_notes/{id}` shows one.
17.create | D | `POST /credit_notes` posts the journal at once.
17.both-sides | D | Vendor credits share the resource; the contact and the parent decide.
17.stock | D | Stock moves with a note: `SALES_RETURN_IN`, `PURCHASE_RETURN_OUT`.
17.update | D | `PUT /credit_notes/{id}` is blocked once the note is applied.
17.void | D | `POST /credit_notes/{id}/void` makes it `CANCELLED`.
17.apply | D | `/apply-to-invoice` takes `{invoice_id, amount}`.
17.other-invoice | D | It may target another invoice of the same customer.
17.apply-to-bill | D | `/apply-to-bill` exists and looks its bill up.
17.required | I | `customer_id`, `date` and `line_items` are required.
17.lines | D | A line has `item_id` or `name`, `quantity`, `rate` and `restock`.
17.link | D | `invoice_id` links a note to its invoice.
17.notes | D | `notes` is kept.
17.untaxed-line | D | A free-text line carries no tax.
17.no-balance | D | A new note lowers no invoice's balance; applying it does.
17.never-automatic | D | A linked invoice needs its apply call as well.
17.statuses | D | `DRAFT`, `ISSUED`, `APPLIED`, `CANCELLED` are the words the filter knows.
17.issued | I | A new note is `ISSUED`, and so it stays until it is used up.
17.shape | I | A note shows `credit_note_number`, `total`, `balance`, `status`, `line_items` and its times
    (`credit_note_shape`).
17.debit-notes | D | `POST /debit_notes` exists.

# 18 Bulk
18.invoices | D | `POST /bulk/invoices` takes `{invoices: [...]}`, each row a body of `POST /invoices`.
18.bills | D | `POST /bulk/bills` does so for bills.
18.no-others | D | There is none for contacts, items, payments and credit notes.
18.approval | D | `auto_approve` is each row's own.
18.size | D | 1 to 50 rows; none or more is 422 for the whole call.
18.always-200 | D | The answer is always 200.
18.answer | D | It holds `code` 0, `2 of 3 invoices created.`, `summary` of `total`, `succeeded`, `failed`, and
    `results`.
18.row | D | A result is `{ok: true, invoice}` with the full object, or `{ok: false, error: {code, message, field}}`.
18.isolation | D | A failing row takes back only itself.
18.durable | D | Earlier rows stay, whatever comes after.
18.order | I | Results are in the order of the request (`bulk_order`).
18.no-row-key | D | A result has no key or index of its own.
18.one-key | I | A key covers the whole call.
18.crash | I | A crash in the middle keeps the rows before and remembers nothing.
18.webhooks | D | Each row fires its webhook, and the whole `INVOICE_BULK_CREATED`.

# 20 Reports
20.envelope | D | A report is `code` 0, `message` and its own name.
20.branch | D | Every report takes `branch_id`.
20.trial-balance | D | `trial_balance` requires `as_of_date`.
20.ar-aging | D | `ar_aging` has the buckets 0-30, 31-60, 61-90 and 90+.
20.ar-aging-date | U | It takes `as_of_date` and counts from the due date (`aging_by`).
20.outstanding | D | `outstanding_receivables` shows the open documents of each contact.
20.sales-register | D | `sales_register` breaks down by HSN/SAC line.
20.sales-register-dates | U | It takes `from_date` and `to_date`.
20.customer-ledger | D | `customer_ledger` takes `contact_id`, `from_date`, `to_date`: documents in order of date with a
    running balance.
20.dates | C | Their dates are taken plain and as datetimes.
20.others | D | `balance_sheet`, `profit_and_loss`, `cash_flow`, `gstr1`, `gstr3b`, `ap_aging`, `outstanding_payables`,
    `purchase_register`, `day_book` and `ledger` exist.
"""
