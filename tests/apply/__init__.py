"""Tests of importer/apply. A package of its own, so that its helpers have names of their own."""
