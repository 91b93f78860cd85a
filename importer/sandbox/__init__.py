"""A local FinzBooks. Imports nothing of the importer: a shared bug is no rehearsal."""
