"""The script that Streamlit runs: navigation, and nothing else."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.plain import plain
from app.state import set_pages, workspace
from app.views import data, experiments, gallery, models, routers, studio
from pipelines.error import RouteloomError

ASSETS = Path(__file__).parents[1] / "assets"

st.set_page_config(page_title="Routeloom", page_icon=str(ASSETS / "icon.png"), layout="wide")
st.html(ASSETS / "page.css")
pages = {
    "gallery": st.Page(gallery.draw, title="Gallery", url_path="gallery", icon=":material/grid_view:", default=True),
    "studio": st.Page(studio.draw, title="Studio", url_path="studio", icon=":material/account_tree:"),
    "experiments": st.Page(experiments.draw, title="Experiments", url_path="experiments", icon=":material/science:"),
    "routers": st.Page(routers.draw, title="Routers", url_path="routers", icon=":material/alt_route:"),
    "data": st.Page(data.draw, title="Data", url_path="data", icon=":material/table_view:"),
    "models": st.Page(models.draw, title="Models", url_path="models", icon=":material/memory:"),
}
set_pages(pages)
st.logo(str(ASSETS / "logo.svg"), size="large")
page = st.navigation(list(pages.values()), position="top")
try:
    workspace()
    page.run()
except RouteloomError as error:
    st.error(plain(str(error)), icon=":material/error:")
