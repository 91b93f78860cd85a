"""The rules of the field: what the tax law and its portals ask of GSTINs, PANs, states and round-offs."""

from __future__ import annotations

from typing import Final

from importer.explained.entry import ERROR_OR_WARNING, WARNING, Entry, Example, Subject, manifest
from importer.explained.values import invoice

_PORTAL: Final = "the GST developer portal's forms of registration numbers"


def _gstin(number: str, more: str = "") -> Example:
    return manifest(f"contacts:\n  - key: acme\n    contact_name: Acme Corp\n    gst_no: {number}{more}")


_RIGHT: Final = _gstin("27AAPFU0939F1ZV")

GST_NUMBERS: Final = Subject(
    "Rules of the field: registrations and states",
    "What is usual in India's tax practice. A project may give those that `rules` names another level, or switch them "
    "off.",
    (
        Entry(
            "G1",
            "A GSTIN has the form of a kind of registration",
            "Two digits of the state, the ten characters of the PAN, a counter, mostly Z, and a check character; tax "
            "deductors, UN bodies and foreigners have forms of their own. With another number the customer gets no "
            "credit for the tax. A fourteenth character other than Z is allowed and rare: a warning.",
            "Copy it from the certificate of registration. Zero and O, one and I, two and Z are easily mixed up.",
            source=_PORTAL,
            levels=ERROR_OR_WARNING,
            switchable=True,
            wrong=_gstin("27AAPFU0939F1Z"),
            right=_RIGHT,
        ),
        Entry(
            "G2",
            "The check character of a GSTIN agrees with the other fourteen",
            "The fifteenth character is computed from the others and finds every single mistyped one. A number that "
            "fails is mistyped, or the placeholder of a template, and the return would be refused or credit somebody "
            "else.",
            "Copy it from the certificate. For old data that must be taken as it is: `rules: {G2: warning}`.",
            source=f"{_PORTAL}: a Luhn sum over 36 characters",
            levels=ERROR_OR_WARNING,
            switchable=True,
            wrong=_gstin("27AAPFU0939F1ZO"),
            right=_RIGHT,
        ),
        Entry(
            "G3",
            "A GSTIN begins with the number of a state",
            "The first two digits are the state of the registration, 01 to 38, 97 or 99. 25 and 28 are of states that "
            "were joined or divided since, and still stand in old data: a warning.",
            "Look at the first two digits on the certificate.",
            source="the state codes of GST",
            levels=ERROR_OR_WARNING,
            switchable=True,
            wrong=_gstin("39AABCF9012G1ZQ"),
            right=_gstin("29AABCF9012G1ZQ"),
        ),
        Entry(
            "G4",
            "The PAN of a contact is the one in its GSTIN",
            "Characters 3 to 12 of a GSTIN are the PAN of its holder. Where the two differ, one of them belongs to "
            "somebody else. Where the check character of the GSTIN is wrong as well, one problem says both, and what "
            "the GSTIN would be with this PAN in it.",
            "Look which of the two is mistyped.",
            source=_PORTAL,
            switchable=True,
            wrong=_gstin("27AAPFU0939F1ZV", "\n    pan: AABCF9012G"),
            right=_gstin("27AAPFU0939F1ZV", "\n    pan: AAPFU0939F"),
        ),
        Entry(
            "G5",
            "A GSTIN is of the state where the contact is said to be",
            "A firm has a registration for each state. With the number of another one, the tax may be credited to "
            "another branch. Firms are billed at one place and sit at another, so it is a warning.",
            "Correct the state, or give the GSTIN of the registration in that state.",
            source="the state codes of GST, in the first two digits",
            levels=WARNING,
            switchable=True,
            wrong=_gstin("27AAPFU0939F1ZV", "\n    billing_address: {city: Bengaluru, state_code: IN-KA}"),
            right=_gstin("27AAPFU0939F1ZV", "\n    billing_address: {city: Mumbai, state_code: IN-MH}"),
        ),
        Entry(
            "G6",
            "A contact that is registered has a GSTIN, and one that is not has none",
            "An invoice to a registered customer without its number credits nobody. FinzBooks documents REGISTERED "
            "alone; words of other programs count where they leave no doubt: COMPOSITION, SEZ, SEZ_UNIT, "
            "SEZ_DEVELOPER, BUSINESS_GST and the like need a GSTIN as well, and DEEMED_EXPORT, TAX_DEDUCTOR, "
            "TAX_COLLECTOR and INPUT_SERVICE_DISTRIBUTOR are a warning without one. A number beside UNREGISTERED, "
            "CONSUMER, OVERSEAS, BUSINESS_NONE or BUSINESS_UNREGISTERED contradicts it, and is a warning. Any other "
            "word raises nothing.",
            "Give `gst_no`, or correct `gst_treatment`.",
            source="practice of the field: whoever is registered under GST has a GSTIN",
            levels=ERROR_OR_WARNING,
            switchable=True,
            wrong=manifest("""
                contacts:
                  - {key: acme, contact_name: Acme Corp, gst_treatment: REGISTERED}
                """),
            right=manifest("""
                contacts:
                  - {key: acme, contact_name: Acme Corp, gst_treatment: REGISTERED, gst_no: 27AAPFU0939F1ZV}
                """),
        ),
        Entry(
            "G8",
            "One GSTIN stands on one contact",
            "Two contacts of one GSTIN are most often one customer that was entered twice: its debts and payments "
            "would be spread over both. Branches of a firm may share a number, so it is a warning.",
            "Join the two, or leave it if they are branches.",
            source="practice of the field: branches in one state may share a registration",
            levels=WARNING,
            switchable=True,
            wrong=manifest("""
                contacts:
                  - {key: acme, contact_name: Acme Corp, gst_no: 27AAPFU0939F1ZV}
                  - {key: acme-2, contact_name: Acme Corporation, gst_no: 27AAPFU0939F1ZV}
                """),
            right=_RIGHT,
        ),
        Entry(
            "P1",
            "A PAN has its form, and its fourth letter stands for a kind of holder",
            "Five letters, four digits other than 0000, a letter; the fourth letter says whether it is a person, a "
            "company, a firm and so on. A number that fails is mistyped, and tax that is withheld under it is "
            "credited to nobody.",
            "Copy it from the card. It looks like AAPFU0939F.",
            source="the structure of the PAN (Income Tax Department)",
            levels=ERROR_OR_WARNING,
            switchable=True,
            wrong=manifest("""
                contacts:
                  - {key: acme, contact_name: Acme Corp, pan: AAPXU0939F}
                """),
            right=manifest("""
                contacts:
                  - {key: acme, contact_name: Acme Corp, pan: AAPFU0939F}
                """),
        ),
        Entry(
            "S1",
            "A state is written as IN-XX",
            "The place of supply decides between CGST with SGST and IGST, and FinzBooks takes it in this form alone. "
            "In an address a code of the right form that is not known is a warning. It is not switchable: another "
            "form could not be sent.",
            "Write the code that the problem offers, as in IN-KA.",
            source="ISO 3166-2:IN; FinzBooks API, /docs/reference/invoices (place_of_supply)",
            levels=ERROR_OR_WARNING,
            wrong=manifest("""
                invoices:
                  - key: INV-1
                    customer_id: ct_1
                    date: 2025-05-19
                    place_of_supply: Karnataka
                    line_items: [{name: Audit, quantity: 1, rate: 5000}]
                """),
            right=invoice(),
        ),
        Entry(
            "M3",
            "A round-off is at most half a rupee",
            "Rounding to the nearest rupee moves a total by 0.50 at most. More than that is no rounding but a part of "
            "the price, which would escape the tax: above 0.50 a warning, above 1.00 an error.",
            "Put the rest into a line.",
            source="CGST Act, section 170: to the nearest rupee, 50 paise upward",
            levels=ERROR_OR_WARNING,
            switchable=True,
            wrong=invoice(more="round_off: 0.75"),
            right=invoice(more="round_off: 0.25"),
        ),
    ),
)
