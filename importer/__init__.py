"""FinzBooks importer: manifests in, books out, exactly once."""

__version__ = "0.1.0"
