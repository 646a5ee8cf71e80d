"""Every way a person or a program meets Routeloom: pages, canvas, command line, HTTP."""
