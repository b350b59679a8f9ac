"""A learner's hands and eyes: JupyterLab in a real browser, one notebook open."""

import json
import re
import shutil
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PICTURES = Path(__file__).resolve().parents[2] / "test-artefacts" / "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
PATIENCE_MS = 180_000
"""For one step on a slow computer; every wait ends as soon as the page shows what is waited for."""
HAS_RUN = re.compile(r"^\[\d+\]:$")
ALL_HAVE_ENDED = """() => {
    const shown = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)');
    const prompts = Array.from(shown.querySelectorAll('.jp-CodeCell .jp-InputPrompt'), prompt => prompt.textContent);
    return !prompts.includes('[*]:') && prompts.some(prompt => /[0-9]/.test(prompt));
}"""
IS_ERROR = '.jp-CodeCell [data-mime-type="application/vnd.jupyter.error"]'
IS_IDLE = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'


class OpenNotebook:
    """One notebook in JupyterLab.

    Parameters
    ----------
    page
        Of the browser.
    path
        The notebook on disk, which tells where its cells are.
    """

    def __init__(self, page: Page, path: Path) -> None:
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page = page
        self.panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")  # lessons that were open come back behind it
        self.cells = json.loads(path.read_text(encoding="utf-8"))["cells"]

    def open(self, url: str) -> None:
        """Load the page and wait until all cells are there and a kernel listens."""
        self.page.goto(url)
        expect(self.panel.locator(".jp-Cell")).to_have_count(len(self.cells))
        self.panel.locator(IS_IDLE).wait_for()

    def cell(self, name: str) -> Locator:
        """Return the cell with an id."""
        at = [cell["id"] for cell in self.cells].index(name)
        return self.panel.locator(f'.jp-Cell[data-windowed-list-index="{at}"]')

    def choose(self, *words: str) -> None:
        """Choose from the menus: the name of a menu, then those of its entries."""
        for word in words:
            exactly = re.compile(f"^{re.escape(word)}$")
            self.page.locator(".lm-MenuBar-itemLabel, .lm-Menu-itemLabel").filter(has_text=exactly).click()

    def run_all(self) -> None:
        """Run all cells, and wait for the last one; only checks may raise."""
        self.choose("Run", "Run All Cells")
        self.page.wait_for_function(ALL_HAVE_ENDED)
        errors = [text for text in self.panel.locator(IS_ERROR).all_inner_texts() if not text.startswith("CheckFailed")]
        assert not errors, errors
        expect(self.panel.locator(".jp-CodeCell .jp-InputPrompt").last).to_have_text(HAS_RUN)

    def run(self, cell: Locator) -> None:
        """Run one cell, and wait for its end."""
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        prompt.click()
        self.page.keyboard.press("Control+Enter")
        expect(prompt).not_to_have_text(before)
        expect(prompt).to_have_text(HAS_RUN)

    def write(self, cell: Locator, source: str) -> None:
        """Put a text into a cell in the place of what is there."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)

    def use_theme(self, name: str) -> None:
        """Choose a theme; it stays, as the learner's settings do."""
        self.choose("Settings", "Theme", name)
        self.page.locator(f'body[data-jp-theme-name="{name}"]').wait_for(state="attached")

    def narrow(self) -> None:
        """Make the window as narrow as a telephone, with nothing in it but the notebook."""
        self.page.keyboard.press("Control+B")  # the list of files
        self.page.set_viewport_size({"width": 480, "height": 900})

    def shoot(self, name: str, part: Locator | None = None) -> None:
        """Keep a picture of what the window shows, with a part of the notebook at the top of it."""
        if part is not None:
            part.evaluate("element => element.scrollIntoView({block: 'start'})")
        self.page.screenshot(path=PICTURES / f"{name}.png")
