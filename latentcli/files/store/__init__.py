"""The store: a file is parsed once and kept, mapped, beside a fingerprint of its source."""
