"""YAML and CSV text into documents that remember file, line and column. Pure."""
