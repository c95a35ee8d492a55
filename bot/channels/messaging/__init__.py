"""What the channels on messaging platforms share; each platform has a folder of its own."""
