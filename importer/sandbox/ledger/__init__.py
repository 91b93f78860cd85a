"""The bookkeeping under the endpoints: what documents come to, and double entry."""
