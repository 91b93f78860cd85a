"""Receipts and intents on disk."""
