"""Several bots on one PostgreSQL, one Redis and one nginx."""
