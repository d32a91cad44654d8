"""The history of the database's shape; run by `outreach db upgrade`, never at start."""
