"""From the bytes of any kind of file to rows of text, every record accounted for."""
