"""The cockpit: a programme on a page in the browser, with sliders, and what its runs come to."""
