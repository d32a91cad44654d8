"""Who is coming: one registration through many doors, seats, waiting list, check-in, retention."""
