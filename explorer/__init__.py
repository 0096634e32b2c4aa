"""The window: a Streamlit app over published snapshots. Start it with ``explorer.server.serve``."""
