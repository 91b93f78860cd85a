"""YAML and CSV text into documents that remember file, line and column. Pure."""

from importer.manifest.defaults import Defaults
from importer.manifest.excerpt import with_excerpts
from importer.manifest.reading import read
from importer.manifest.source import SourceFile, decode

__all__ = ["Defaults", "SourceFile", "decode", "read", "with_excerpts"]
