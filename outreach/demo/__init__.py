"""A made-up Kansas City for trying out: real organizations, places, past events and plan; invented guests."""
