#!/bin/sh
# The flow of the API's own tutorial with curl: a customer, an item, an approved invoice, a receipt, a credit note and
# its application, the ledger. Prints each answer on a line of its own.
#
# BASE  the base URL, such as http://127.0.0.1:8000/api/public/v1
# PAT   a token
# RUN   a word for the keys; the same word again within a day brings the same answers (optional)
set -eu
RUN=${RUN:-1}

# The first text under the name $1 in the JSON on stdin.
first() {
  grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4
}

# The objects on stdin that hold nothing nested, and $1.
objects_with() {
  grep -o "{[^{}]*$1[^{}]*}"
}

show() {
  printf '%s\n' "$1"
}

WHOAMI=$(curl -s "$BASE/whoami" -H "Authorization: Bearer $PAT")
show "$WHOAMI"

ACCOUNTS=$(curl -s "$BASE/accounts?per_page=500" -H "Authorization: Bearer $PAT")
REVENUE=$(show "$ACCOUNTS" | objects_with '"account_type":"INCOME"' | first account_id)
BANK=$(show "$ACCOUNTS" | objects_with '"account_type":"BANK"' | first account_id)
TAX=$(curl -s "$BASE/taxes" -H "Authorization: Bearer $PAT" | objects_with '"igst":18,' | first tax_id)

CONTACT=$(curl -s -X POST "$BASE/contacts" \
  -H "Authorization: Bearer $PAT" -H "Content-Type: application/json" -H "Idempotency-Key: tutorial-$RUN:contact" \
  -d '{
    "contact_name": "Acme Corp",
    "contact_type": "CUSTOMER",
    "email": "ap@acme.example",
    "phone": "+91 98765 43210",
    "billing_address": {"address": "12 MG Road", "city": "Bengaluru", "state_code": "IN-KA", "zip": "560001",
      "country": "India"}
  }')
show "$CONTACT"
CUSTOMER=$(show "$CONTACT" | first contact_id)

ITEM=$(curl -s -X POST "$BASE/items" \
  -H "Authorization: Bearer $PAT" -H "Content-Type: application/json" -H "Idempotency-Key: tutorial-$RUN:item" \
  -d '{
    "name": "Widget Pro",
    "type": "SERVICE",
    "sku": "WGT-PRO",
    "rate": 12000,
    "hsn_sac": "997331",
    "tax_id": "'"$TAX"'",
    "account_id": "'"$REVENUE"'"
  }')
show "$ITEM"
ITEM_ID=$(show "$ITEM" | first item_id)

INVOICE=$(curl -s -X POST "$BASE/invoices" \
  -H "Authorization: Bearer $PAT" -H "Content-Type: application/json" -H "Idempotency-Key: tutorial-$RUN:invoice" \
  -d '{
    "customer_id": "'"$CUSTOMER"'",
    "date": "2026-05-19",
    "due_date": "2026-06-18",
    "place_of_supply": "IN-KA",
    "reference_number": "ORDER-99031",
    "line_items": [{"item_id": "'"$ITEM_ID"'", "quantity": 1}],
    "auto_approve": true
  }')
show "$INVOICE"
INVOICE_ID=$(show "$INVOICE" | first invoice_id)

PAYMENT=$(curl -s -X POST "$BASE/payments" \
  -H "Authorization: Bearer $PAT" -H "Content-Type: application/json" -H "Idempotency-Key: tutorial-$RUN:payment" \
  -d '{
    "flow": "INCOMING",
    "contact_id": "'"$CUSTOMER"'",
    "date": "2026-05-21",
    "amount": 14060,
    "mode": "UPI",
    "reference_number": "UPI-4411",
    "bank_account_id": "'"$BANK"'",
    "allocations": [{"invoice_id": "'"$INVOICE_ID"'", "amount": 14060}]
  }')
show "$PAYMENT"

NOTE=$(curl -s -X POST "$BASE/credit_notes" \
  -H "Authorization: Bearer $PAT" -H "Content-Type: application/json" -H "Idempotency-Key: tutorial-$RUN:note" \
  -d '{
    "customer_id": "'"$CUSTOMER"'",
    "invoice_id": "'"$INVOICE_ID"'",
    "date": "2026-05-25",
    "line_items": [{"name": "Goodwill", "quantity": 1, "rate": 100}],
    "notes": "Settles what is left"
  }')
show "$NOTE"
NOTE_ID=$(show "$NOTE" | first credit_note_id)

APPLIED=$(curl -s -X POST "$BASE/credit_notes/$NOTE_ID/apply-to-invoice" \
  -H "Authorization: Bearer $PAT" -H "Content-Type: application/json" -H "Idempotency-Key: tutorial-$RUN:apply" \
  -d '{"invoice_id": "'"$INVOICE_ID"'", "amount": 100}')
show "$APPLIED"

SETTLED=$(curl -s "$BASE/invoices/$INVOICE_ID" -H "Authorization: Bearer $PAT")
show "$SETTLED"

LEDGER=$(curl -s "$BASE/reports/customer_ledger?contact_id=$CUSTOMER&from_date=2026-05-01&to_date=2026-05-31" \
  -H "Authorization: Bearer $PAT")
show "$LEDGER"
