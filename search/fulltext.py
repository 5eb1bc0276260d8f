"""The one expression that PostgreSQL's full-text index and its questions must share."""

TEXT_VECTOR = "array_to_tsvector(string_to_array(btrim(text), ' '))"
"""The words of an entry as they stand there: no parser, no dictionary, no positions."""
