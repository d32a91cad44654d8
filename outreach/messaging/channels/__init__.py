"""Ways to talk to a guest besides plain texts, each in one file."""
