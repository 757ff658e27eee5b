"""Read JSON lines with polars, and take the vectors as an array: FILE."""

import sys

import polars as pl

frame = pl.read_ndjson(sys.argv[1])
width = len(frame["embedding"][0])
frame["embedding"].list.to_array(width).to_numpy().astype("float32")
