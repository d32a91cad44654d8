"""What happens and when: kinds, venues, drafting, review, publishing, calendar feeds."""
