"""Storage: Parquet written aside and renamed, DuckDB as the reader. No other room knows the engine."""
