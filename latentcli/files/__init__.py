"""Bytes on disk to arrays and back: one file per format, and the plain table of them."""
