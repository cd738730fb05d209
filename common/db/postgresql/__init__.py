"""Django's back end for PostgreSQL, with a check of pooled connections that costs no way to the database."""
