"""Write JSON lines as Parquet, the vectors as lists of float32: JSONL PARQUET."""

import sys

import pyarrow as pa
import pyarrow.json as lines
import pyarrow.parquet as pq

table = lines.read_json(sys.argv[1], lines.ReadOptions(block_size=64 << 20))
place = table.schema.get_field_index("embedding")
vectors = table["embedding"].cast(pa.list_(pa.float32()))
pq.write_table(table.set_column(place, "embedding", vectors), sys.argv[2])
