"""The canvas on which pipelines are drawn: a Streamlit component and the messages it exchanges with Python."""
