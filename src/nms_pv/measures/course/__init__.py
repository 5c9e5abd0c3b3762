"""How does it go: death and seriousness, duration and recovery, and the treatment that was given."""
