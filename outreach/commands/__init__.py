"""Commands about the installation as a whole; those about one feature stand in its folder."""
