"""Settings of the documentation site; ``python docs/make_site.py`` builds it.

The source folder is the repository, so that links between pages, notebooks and files are the same
for readers of the site and of the repository.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import smpsim

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS))

import site_math  # noqa: E402
import site_pages  # noqa: E402

project = "smpsim"
author = "The smpsim developers"
version = release = smpsim.__version__
copyright = f"{author}, MIT License"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_design"]
root_doc = "docs/index"
include_patterns = ["docs/*.md", "notebooks/*.ipynb", "[CS]*.md", "results/reference/README.md"]
# README.md of the folder is the same table for readers of the repository
exclude_patterns = ["docs/README.md", ".*", "build", "dist", "**/.ipynb_checkpoints"]

myst_enable_extensions = ["colon_fence", "dollarmath"]
# formulas as readers of the repository see them too
myst_fence_as_directive = ["math"]
myst_heading_anchors = 4
nb_execution_mode = "off"
# widgets would be fetched from another host
nb_ipywidgets_js: dict[str, Any] = {}
# a block that names no language is what a terminal shows
highlight_language = "text"

# what a single backtick in a docstring means
default_role = "name"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
# as a list: some attributes are properties too, and those have entries of their own
napoleon_custom_sections = [("Attributes", "params_style")]
python_maximum_signature_line_length = 90
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

html_math_renderer = "mathml"
html_theme = "pydata_sphinx_theme"
html_title = "smpsim"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_favicon = "static/smpsim.svg"
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {
        "image_light": "static/smpsim.svg",
        "image_dark": "static/smpsim.svg",
        "text": "smpsim",
    },
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
    "navigation_depth": 2,
}


def finish(app: Any, error: Exception | None) -> None:
    """Add what is no page: the schemas, and a way from the top of the site to its first page."""
    if error is None and app.builder.format == "html":
        folder = Path(app.outdir)
        site_pages.write_schemas(folder / "schema")
        first = app.builder.get_target_uri(root_doc)
        (folder / "index.html").write_text(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{project}</title>\n'
            f'<meta http-equiv="refresh" content="0; url={first}">\n'
            f'<a href="{first}">{project}</a>\n',
            encoding="utf-8",
        )


def setup(app: Any) -> None:
    """Tell Sphinx of what pages take from the code, and of formulas."""
    site_math.add_to(app)
    app.add_role("name", site_pages.name)
    app.connect("source-read", site_pages.fill)
    app.connect("build-finished", finish)
