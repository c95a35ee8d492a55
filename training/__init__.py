"""What the reader is taught, how it is tuned, and the figures it was accepted with."""
