"""What each code means, why it is reported, and where its rule comes from: the texts of ``explain``."""
