"""What a request passes on its way in and out: keys, windows, faults, the server itself."""
