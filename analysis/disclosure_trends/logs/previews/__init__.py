"""What a log gives away before it is cleaned."""
