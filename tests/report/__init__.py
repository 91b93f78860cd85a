"""Tests of importer/report. A package of its own, so that its modules have names of their own."""
