"""The ways out to a vendor: one file each, alike from the outside."""
