"""A request log becomes a cleaned log in which every record is accounted for."""
