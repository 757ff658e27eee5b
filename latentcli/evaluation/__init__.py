"""The field's benchmarks, asked of a space: words to rows, one call of the core, what came out."""
