"""Rules beyond the schema, one small module per subject. Pure."""
