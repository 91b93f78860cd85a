"""YAML and CSV text into documents that remember file, line and column. Pure."""

from importer.manifest.defaults import Defaults
from importer.manifest.excerpt import with_excerpts
from importer.manifest.reading import project_defaults, read
from importer.manifest.source import SourceFile, decode
from importer.manifest.typed import typed

__all__ = ["Defaults", "SourceFile", "decode", "project_defaults", "read", "typed", "with_excerpts"]
