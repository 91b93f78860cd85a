"""The tables of the sandbox's file.

Amounts are paise (hundredths of the document's currency), moments Unix microseconds, dates ISO text, rates and
quantities decimal text. ``base`` amounts are in rupees whatever the currency of the document: they are what the journal
holds. Of an allocation or an application ``base`` is what left the receivable of the payment or note, ``base_settled``
what left that of the invoice. The ``total`` of a payment is what it can settle: its amount, with
TDS where that adds to it.
"""

from __future__ import annotations

from typing import Final

TABLES: Final = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE faults (id INTEGER PRIMARY KEY AUTOINCREMENT, spec TEXT NOT NULL);
CREATE TABLE orgs (id TEXT PRIMARY KEY, name TEXT NOT NULL, round_totals INTEGER NOT NULL DEFAULT 0,
    rounding_method TEXT NOT NULL DEFAULT 'nearest', is_default INTEGER NOT NULL);
CREATE TABLE tokens (digest TEXT PRIMARY KEY, id TEXT NOT NULL, user_id TEXT NOT NULL, org TEXT, scopes TEXT NOT NULL,
    tier TEXT NOT NULL, expires_at REAL, revoked INTEGER NOT NULL);
CREATE TABLE memberships (user_id TEXT, org TEXT, PRIMARY KEY (user_id, org)) WITHOUT ROWID;
CREATE TABLE answers (key TEXT, method TEXT, path TEXT, subject TEXT, status INTEGER NOT NULL, body BLOB NOT NULL,
    request TEXT NOT NULL, kept_at REAL NOT NULL, PRIMARY KEY (key, method, path, subject)) WITHOUT ROWID;
CREATE TABLE locks (key TEXT, method TEXT, path TEXT, subject TEXT, taken_at REAL NOT NULL,
    PRIMARY KEY (key, method, path, subject)) WITHOUT ROWID;
CREATE TABLE branches (id TEXT PRIMARY KEY, org TEXT NOT NULL, code TEXT, name TEXT, gstin TEXT, state TEXT NOT NULL,
    city TEXT, is_default INTEGER NOT NULL, is_active INTEGER NOT NULL DEFAULT 1, invoice_prefix TEXT NOT NULL,
    bill_prefix TEXT NOT NULL);
CREATE TABLE taxes (id TEXT PRIMARY KEY, org TEXT NOT NULL, name TEXT NOT NULL, shape TEXT NOT NULL,
    cgst TEXT NOT NULL, sgst TEXT NOT NULL, igst TEXT NOT NULL, cess TEXT NOT NULL);
CREATE TABLE accounts (id TEXT PRIMARY KEY, org TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL,
    account_type TEXT NOT NULL, role TEXT, parent_id TEXT, description TEXT, is_active INTEGER NOT NULL DEFAULT 1,
    UNIQUE (org, role));
CREATE TABLE cost_centers (id TEXT PRIMARY KEY, org TEXT NOT NULL, name TEXT NOT NULL);
CREATE TABLE currencies (org TEXT, code TEXT, name TEXT NOT NULL, PRIMARY KEY (org, code)) WITHOUT ROWID;
CREATE TABLE exchange_rates (id TEXT PRIMARY KEY, org TEXT NOT NULL, from_currency TEXT NOT NULL,
    to_currency TEXT NOT NULL, rate TEXT NOT NULL, rate_date TEXT NOT NULL, source TEXT NOT NULL);
CREATE TABLE counters (org TEXT, name TEXT, value INTEGER NOT NULL, PRIMARY KEY (org, name)) WITHOUT ROWID;
CREATE TABLE contacts (id TEXT PRIMARY KEY, org TEXT NOT NULL, name TEXT NOT NULL, contact_type TEXT NOT NULL,
    status TEXT NOT NULL, searched TEXT NOT NULL, fields TEXT NOT NULL,
    created INTEGER NOT NULL, modified INTEGER NOT NULL);
CREATE INDEX contacts_newest ON contacts (org, created, id);
CREATE TABLE items (id TEXT PRIMARY KEY, org TEXT NOT NULL, name TEXT NOT NULL, item_type TEXT NOT NULL, hsn TEXT,
    sku TEXT, rate TEXT, purchase_rate TEXT, tax_id TEXT, account_id TEXT, unit TEXT, description TEXT,
    status TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL);
CREATE INDEX items_newest ON items (org, created, id);
CREATE TABLE invoices (id TEXT PRIMARY KEY, org TEXT NOT NULL, branch_id TEXT NOT NULL, number TEXT NOT NULL,
    customer_id TEXT NOT NULL, date TEXT NOT NULL, due_date TEXT NOT NULL, reference TEXT, salesperson_id TEXT,
    series TEXT, tags TEXT, currency TEXT NOT NULL, exchange_rate TEXT NOT NULL,
    place_of_supply TEXT NOT NULL, notes TEXT, lines TEXT NOT NULL, revenue TEXT NOT NULL, sub_total INTEGER NOT NULL,
    cgst INTEGER NOT NULL, sgst INTEGER NOT NULL, igst INTEGER NOT NULL, cess INTEGER NOT NULL,
    shipping INTEGER NOT NULL, adjustment INTEGER NOT NULL, tds INTEGER NOT NULL, round_off INTEGER NOT NULL,
    round_off_given INTEGER NOT NULL, total INTEGER NOT NULL, paid INTEGER NOT NULL DEFAULT 0,
    credited INTEGER NOT NULL DEFAULT 0, base_total INTEGER NOT NULL DEFAULT 0,
    base_settled INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, created INTEGER NOT NULL,
    modified INTEGER NOT NULL, UNIQUE (org, branch_id, number));
CREATE INDEX invoices_newest ON invoices (org, created, id);
CREATE INDEX invoices_of_customer ON invoices (org, customer_id, date, total);
CREATE TABLE payments (id TEXT PRIMARY KEY, org TEXT NOT NULL, contact_id TEXT NOT NULL, flow TEXT NOT NULL,
    date TEXT NOT NULL, amount INTEGER NOT NULL, tds INTEGER NOT NULL, charges INTEGER NOT NULL, mode TEXT NOT NULL,
    payment_type TEXT NOT NULL, reference TEXT, description TEXT, bank_account_id TEXT NOT NULL,
    currency TEXT NOT NULL, exchange_rate TEXT NOT NULL, total INTEGER NOT NULL,
    base_total INTEGER NOT NULL DEFAULT 0,
    base_applied INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL, modified INTEGER NOT NULL);
CREATE INDEX payments_newest ON payments (org, created, id);
CREATE TABLE allocations (id TEXT PRIMARY KEY, payment_id TEXT NOT NULL, invoice_id TEXT NOT NULL,
    amount INTEGER NOT NULL, base INTEGER NOT NULL DEFAULT 0, base_settled INTEGER NOT NULL DEFAULT 0,
    position INTEGER NOT NULL);
CREATE INDEX allocations_of_payment ON allocations (payment_id, position);
CREATE INDEX allocations_of_invoice ON allocations (invoice_id);
CREATE TABLE credit_notes (id TEXT PRIMARY KEY, org TEXT NOT NULL, branch_id TEXT NOT NULL, number TEXT NOT NULL,
    customer_id TEXT NOT NULL, side TEXT NOT NULL, invoice_id TEXT, date TEXT NOT NULL, reference TEXT,
    currency TEXT NOT NULL, exchange_rate TEXT NOT NULL, place_of_supply TEXT NOT NULL,
    notes TEXT, tags TEXT, lines TEXT NOT NULL, sub_total INTEGER NOT NULL, cgst INTEGER NOT NULL,
    sgst INTEGER NOT NULL, igst INTEGER NOT NULL, cess INTEGER NOT NULL, round_off INTEGER NOT NULL,
    total INTEGER NOT NULL, applied INTEGER NOT NULL DEFAULT 0, base_total INTEGER NOT NULL DEFAULT 0,
    base_applied INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, created INTEGER NOT NULL,
    modified INTEGER NOT NULL);
CREATE TABLE applications (id TEXT PRIMARY KEY, credit_note_id TEXT NOT NULL, invoice_id TEXT NOT NULL,
    amount INTEGER NOT NULL, base INTEGER NOT NULL DEFAULT 0, base_settled INTEGER NOT NULL DEFAULT 0,
    position INTEGER NOT NULL);
CREATE INDEX applications_of_note ON applications (credit_note_id, position);
CREATE INDEX applications_of_invoice ON applications (invoice_id);
CREATE INDEX credit_notes_newest ON credit_notes (org, created, id);
CREATE INDEX credit_notes_by_number ON credit_notes (org, branch_id, number);
CREATE INDEX credit_notes_of_customer ON credit_notes (org, customer_id);
CREATE TABLE entries (id INTEGER PRIMARY KEY, org TEXT NOT NULL, branch_id TEXT NOT NULL, date TEXT NOT NULL,
    source TEXT NOT NULL, source_id TEXT NOT NULL, number TEXT, reference TEXT);
CREATE INDEX entries_by_date ON entries (org, date);
CREATE INDEX entries_of_source ON entries (source_id);
CREATE TABLE postings (entry_id INTEGER NOT NULL, account_id TEXT NOT NULL, contact_id TEXT, amount INTEGER NOT NULL);
CREATE INDEX postings_of_entry ON postings (entry_id);
CREATE INDEX postings_of_contact ON postings (contact_id, account_id);
"""
