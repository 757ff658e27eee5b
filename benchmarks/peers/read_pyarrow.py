"""Read Parquet with pyarrow, and take the vectors as an array: FILE."""

import sys

import numpy as np
import pyarrow.parquet as pq

table = pq.read_table(sys.argv[1], columns=["text", "embedding"])
column = table["embedding"].combine_chunks()
np.asarray(column.flatten()).astype(np.float32).reshape(len(column), -1)
