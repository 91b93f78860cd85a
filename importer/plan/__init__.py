"""What an apply would do, as a value. Pure."""
