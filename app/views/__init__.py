"""The pages; each reads the state, draws and hands over."""
