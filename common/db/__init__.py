"""Database access below the ORM: prepared statements, time limits, triggers and keys of migrations."""
