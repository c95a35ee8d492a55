"""What a clinic installs (npm package, WordPress plugin), and what the reference names."""

import json
import re
import subprocess
import tarfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bot.channels.web.script import FOLDER
from tests.bot.channels.serving import Served
from tests.browser.conftest import needed
from tests.browser.visitor import Visit

ELEMENT = json.loads((FOLDER / "custom-elements.json").read_text())["modules"][0]["declarations"][0]
WORDPRESS = """
define('ABSPATH', '/');
function add_shortcode($name, $does) { $GLOBALS['shortcodes'][$name] = $does; }
function current_user_can($what) { return true; }
function esc_attr($text) { return htmlspecialchars($text, ENT_QUOTES); }
function esc_html($text) { return htmlspecialchars($text, ENT_QUOTES); }
function esc_url_raw($url, $schemes) { return preg_match('#^https?://#', $url) ? $url : ''; }
function wp_enqueue_script_module($id, $src) { echo "<script src='$src'>"; }
require $argv[1];
echo $GLOBALS['shortcodes']['hematoma_guide'](json_decode($argv[2], true));
"""


def test_the_reference_names_what_the_manifest_names() -> None:
    """Editors and readers are told of the same attributes, events and CSS properties."""
    text = (FOLDER.parents[1] / "docs/widget.md").read_text(encoding="utf-8")
    for kind in ("Attributes", "Events", "CSS properties"):
        section = text.split(f"## {kind}\n")[1].split("\n## ")[0]
        known = ELEMENT["cssProperties" if " " in kind else kind.lower()]
        named = re.findall(r"^\| `([\w-]+)`", section, re.MULTILINE)
        assert named == [one["name"] for one in known]


@pytest.mark.browser
def test_the_npm_package_brings_the_chat(visit: Visit, shared: Served, tmp_path: Path) -> None:
    """Packed and unpacked, what its package.json names is there, and the element answers."""
    needed("npm", "npm")
    pack = ["npm", "pack", str(FOLDER), "--silent", "--pack-destination", str(tmp_path)]
    subprocess.run(pack, check=True, capture_output=True)
    with tarfile.open(next(tmp_path.glob("*.tgz"))) as archive:
        archive.extractall(tmp_path, filter="data")
    package = tmp_path / "package"
    about = json.loads((package / "package.json").read_text())
    assert (package / about["types"]).is_file()
    assert (package / about["customElements"]).is_file()
    patient = visit(shared.url, path="/health")
    served = (package / about["exports"]["."]["default"]).read_bytes()
    patient.page.route(
        "**/app.js", lambda route: route.fulfill(body=served, content_type="text/javascript")
    )
    page = f'<!doctype html><html lang=en><hematoma-guide server="{shared.url}"></hematoma-guide>'
    patient.page.route(
        "**/app",
        lambda route: route.fulfill(
            body=page + "<script type=module src=app.js></script>", content_type="text/html"
        ),
    )
    patient.page.goto(shared.url + "/app")
    patient.open()
    patient.ask("What are the signs?")
    expect(patient.last).to_contain_text("Signs of a spinal hematoma")
    patient.complaints = [line for line in patient.complaints if "favicon" not in line]


def shortcode(**attributes: str) -> str:
    """What the plugin puts into the page of a WordPress that knows only what it calls."""
    needed("php-cli", "php")
    plugin = str(FOLDER / "wordpress/hematoma-guide/hematoma-guide.php")
    php = ["php", "-r", WORDPRESS, "--", plugin, json.dumps(attributes)]
    return subprocess.run(php, check=True, capture_output=True, text=True).stdout


def test_the_shortcode_takes_every_attribute_and_escapes_it() -> None:
    """What editors write becomes attributes, never markup; who forgets the address is told so."""
    assert 'set server="https://..."' in shortcode()
    names = [one["name"] for one in ELEMENT["attributes"]]
    values = {name.replace("-", "_"): '"><b>x</b>' for name in names}
    html = shortcode(**{**values, "server": "https://bot.clinic.example/", "onclick": "x"})
    assert html.startswith("<script src='https://bot.clinic.example/widget.js'>")
    assert 'server="https://bot.clinic.example"' in html
    for name in set(names) - {"server"}:
        assert f' {name}="&quot;&gt;&lt;b&gt;x' in html
    assert "<b>" not in html
    assert "onclick" not in html
