"""Organizations and staff: who works here, and for whom."""
