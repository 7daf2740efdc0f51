"""Browser: headless Chromium, driven by Debian's python3-selenium and chromium-driver."""

import os
import shutil

import processes
import tap

try:
    from selenium import webdriver
    from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
except ImportError:
    webdriver = None

# No sandbox of its own: as root, and in containers, it cannot make one.
OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
           "--no-first-run", "--disable-background-networking", "--disable-component-update",
           "--disable-sync", "--disable-extensions", "--window-size=1280,1000", "--lang=en")


DRIVER, CHROMIUM = shutil.which("chromedriver"), shutil.which("chromium")


def needs_browser():
    if webdriver is None or not DRIVER or not CHROMIUM:
        raise tap.Skip("needs python3-selenium, chromium and chromium-driver")


class Browser:
    """A browser of its own for the `with` block, in that folder; nothing of it is left behind."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "browser")
        self.driver = None

    def __enter__(self):
        os.makedirs(self.folder)
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for option in OPTIONS + ("--user-data-dir=" + self.folder,):
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = Service(DRIVER, log_path=os.devnull,
                          env=dict(os.environ, HOME=self.folder, TMPDIR=self.folder,
                                   XDG_CONFIG_HOME=self.folder, XDG_CACHE_HOME=self.folder))
        try:
            self.driver = webdriver.Chrome(service=service, options=options)
        except WebDriverException as error:
            reason = str(error).split("\n", maxsplit=1)[0]
            raise tap.Skip("no browser starts here: " + reason) from error
        self.driver.set_page_load_timeout(processes.WAIT_LIMIT)
        self.driver.set_script_timeout(processes.WAIT_LIMIT)
        return self

    def __exit__(self, kind, error, trace):
        self.driver.quit()

    def open(self, url):
        self.driver.get(url)

    def find(self, selector):
        """The element that is there and can be seen, else None."""
        for element in self.driver.find_elements(By.CSS_SELECTOR, selector):
            try:
                if element.is_displayed():
                    return element
            except StaleElementReferenceException:
                pass
        return None

    def text(self, selector):
        """What can be read there, "" when nothing is there."""
        element = self.find(selector)
        return element.text if element else ""

    def wait(self, selector):
        return processes.wait_for(lambda: self.find(selector), selector + " on the page")

    def wait_gone(self, selector):
        processes.wait_for(lambda: not self.find(selector), selector + " to go from the page")

    def wait_text(self, selector, text):
        """Until the text has that in it; all of it."""
        def found():
            seen = self.text(selector)
            return seen if text in seen else None
        return processes.wait_for(found, lambda: "%r in %s, which has %r" % (
            text, selector, self.text(selector)))

    def click(self, selector):
        self.wait(selector).click()

    def run(self, script, *arguments):
        """JavaScript that hands its result to the callback `done`."""
        return self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];" + script, *arguments)

    def complaints(self):
        """What its console has got, refusals of the content security policy among it."""
        return [entry["message"] for entry in self.driver.get_log("browser")]
