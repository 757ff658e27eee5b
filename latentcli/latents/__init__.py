"""Latent codes: paths between them, directions, edits, and what the prior says of them."""
