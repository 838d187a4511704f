"""Where things go out: accounts, newspapers, printers, groups; and the port their channels fill."""
