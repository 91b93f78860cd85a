"""Rules beyond the schema: pure, one small module per subject.

``check`` runs them all. ``Book`` is for those who go on with the same documents: it types and prices each once.
"""

from importer.checks.book import Book
from importer.checks.rates import OfflineRates, Rates
from importer.checks.references import edges
from importer.checks.run import check
from importer.checks.worth import Worth

__all__ = ["Book", "OfflineRates", "Rates", "Worth", "check", "edges"]
