"""The page in a real browser, from a file, with the network off (skipped where there is no Chromium)."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest

import latentcli
from latentcli.pictures import map_page, space_map

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

HOSTILE = [
    "</script><script>document.title='hacked'</script>", "<img src=x onerror=\"document.title='hacked'\">", "&amp;", "\u202eevil", "a" * 10_000,
    "😀", "line\nbreak", "'\"", "\u2028", "__proto__",
]  # fmt: skip


def in_browser(page, script, tmp_path, *, width=1000):
    """Open a page from a file, run a script that returns JSON, and return it with the console's lines."""
    path = tmp_path / "map.html"
    probe = (
        "<script>(async()=>{for(let i=0;i<400&&!globalThis.latentMap;i++)await new Promise(r=>setTimeout(r,25));"
        f"const found=await (async()=>{{{script}}})();const p=document.createElement('pre');p.id='probe';"
        "p.textContent=JSON.stringify(found);document.body.append(p)})()</script>"
    )
    path.write_bytes(page + probe.encode())
    done = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--window-size={width},800",
            "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--log-level=0",
            f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=20000", "--dump-dom",
            path.as_uri(),
        ],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    found = re.search(r'<pre id="probe">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-800:]
    text = found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    errors = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(text), errors


def made(names=None, **options):
    x = np.random.default_rng(0).standard_normal((len(names) if names else 300, 6))
    return space_map(x, names=names, unit_rows=True, neighbors=5, **options)


@needs_browser
def test_a_word_is_found_and_its_neighbors_are_those_of_the_command(tmp_path):
    space = latentcli.open()
    words = space.words.words(range(3000))
    found = space_map(
        space.matrix[:3000], names=words, unit_rows=True, by_frequency=True, neighbors=10
    )
    result, errors = in_browser(
        map_page(found, title="words"),
        "const i=latentMap.search('king')[0];latentMap.choose(i,true);"
        "return {word:latentMap.words[i],near:latentMap.neighbors(i),"
        "shown:[...document.querySelectorAll('#chosen li button')].map(b=>b.textContent),"
        "hits:latentMap.search('kin').map(j=>latentMap.words[j])}",
        tmp_path,
    )
    expected = [hit.word for hit in space.neighbors("king", top=10, restrict=3000)]
    assert errors == []
    assert (result["word"], result["near"], result["shown"]) == ("king", expected, expected)
    assert result["hits"][0] in ("kind", "king")


@needs_browser
def test_hostile_words_are_text(tmp_path):
    names = [*HOSTILE, *(f"w{n}" for n in range(30))]
    found = made(names, labels=[HOSTILE[n % 3] for n in range(40)])
    result, errors = in_browser(
        map_page(found, title="<b>title</b>"),
        "const out=[];for(let i=0;i<10;i++){latentMap.choose(i,true);out.push(document.querySelector('#chosen b').textContent)}"
        "latentMap.choose(4,true);const list=document.querySelector('#chosen ol').getBoundingClientRect().top;"
        "return {out,list,title:document.title,heading:document.querySelector('h1').textContent,scripts:document.scripts.length,images:document.images.length}",
        tmp_path,
    )
    assert errors == []
    assert result["out"] == HOSTILE
    assert result["list"] < 300  # ten thousand letters do not push the neighbors out of sight
    assert (result["title"], result["heading"]) == ("<b>title</b>", "<b>title</b>")
    assert (result["scripts"], result["images"]) == (3, 0)


@needs_browser
def test_the_legend_filters_and_the_lasso_selects(tmp_path):
    found = made(labels=[f"class {n % 2}" for n in range(300)])
    result, errors = in_browser(
        map_page(found, title="t"),
        "const box=[[0,0],[5000,0],[5000,5000],[0,5000]];latentMap.select(box);const all=latentMap.selected.length;"
        "document.querySelector('#legend input').click();latentMap.select(box);"
        "return {all,some:latentMap.selected.length,labels:[...document.querySelectorAll('#legend span')].map(e=>e.textContent)}",
        tmp_path,
    )
    assert errors == []
    assert (result["all"], result["some"]) == (300, 150)
    assert result["labels"] == ["class 0 (150)", "class 1 (150)"]


def test_the_page_asks_for_nothing_and_stays_small():
    found = made()
    page = map_page(found, title="t").decode()
    assert not re.search(r"https?://|//cdn|@import|url\(", page)
    empty = len(map_page(made([f"w{n}" for n in range(3)]), title="t"))
    assert empty < 40_000
    assert len(page) - empty < 60 * 300


def test_a_page_keeps_within_six_megabytes_and_twenty_bytes_a_point(monkeypatch):
    from latentcli.pictures import _page

    found = made([f"w{n}" for n in range(3000)])
    whole = len(map_page(found, title="t"))
    monkeypatch.setattr(_page, "_LARGEST", whole - 20 * 3000 - 8_000)
    smaller = map_page(found, title="t")
    assert len(smaller) <= whole - 8_000
    assert re.search(rb'"k": (\d+), "width": 2', smaller)[1] in (b"3", b"4", b"5")


@needs_browser
@pytest.mark.parametrize("room", [None, 1])
def test_fewer_neighbors_are_the_nearest(tmp_path, monkeypatch, room):
    from latentcli.pictures import _page

    found = made()
    if room is not None:
        monkeypatch.setattr(_page, "_LARGEST", room)
        monkeypatch.setattr(_page, "_A_POINT", 0)
    result, errors = in_browser(
        map_page(found, title="t"),
        "return [0, 7, 299].map(i => latentMap.neighbors(i))",
        tmp_path,
    )
    most = 5 if room is None else 3
    expected = [[found.names[j] for j in found.neighbors[i][:most]] for i in (0, 7, 299)]
    assert errors == []
    assert result == expected


@needs_browser
def test_torn_points_may_be_paler_from_the_start(tmp_path):
    found = made()
    asked = "const b=document.getElementById('torn');return [b.hidden, b.getAttribute('aria-pressed')]"
    for fade in (False, True):
        page = map_page(found, title="t", fade_torn=fade)
        result, errors = in_browser(page, asked, tmp_path)
        assert (result, errors) == ([False, str(fade).lower()], [])


@needs_browser
def test_names_do_not_collide(tmp_path):
    found = made([f"name {n}" for n in range(2000)])
    result, _ = in_browser(
        map_page(found, title="t"),
        "return latentMap.captions(60).map(i => [latentMap.x(i), latentMap.y(i), latentMap.words[i].length])",
        tmp_path,
    )
    assert len(result) > 20
    for n, (x, y, length) in enumerate(result):
        for a, b, _ in result[:n]:
            assert abs(y - b) >= 15 or a >= x + 7 * length or x >= a + 7 * 6


@needs_browser
@pytest.mark.parametrize("width", [1000, 500])
def test_neighbors_are_named_apart_and_lie_in_what_is_free(tmp_path, width):
    result, errors = in_browser(
        map_page(made([f"name {n}" for n in range(300)]), title="t"),
        "latentMap.choose(7,true);"
        "const box=document.querySelector('aside').getBoundingClientRect();"
        "const found=latentMap.nearNames();return {found,at:[7,...found.map(one=>one.i)].map(i=>"
        "[latentMap.x(i),latentMap.y(i)]),right:box.right,top:box.top,width:innerWidth,height:innerHeight}",
        tmp_path,
        width=width,
    )
    assert errors == []
    spots = [(one["x"], one["y"]) for one in result["found"]]
    assert len(spots) >= 4
    for n, (x, y) in enumerate(spots):
        assert all(abs(y - b) >= 13 or abs(x - a) >= 30 for a, b in spots[:n])
    for x, y in result["at"]:
        inside = result["right"] < x < result["width"] and y < result["height"]
        assert inside if width > 560 else 0 < x < result["width"] and 40 < y < result["top"]


@needs_browser
def test_ends_of_arrows_are_named_off_the_arrow(tmp_path):
    result, errors = in_browser(
        map_page(made([f"name {n}" for n in range(300)]), title="t", arrows=[(0, 1), (2, 3)]),
        "return latentMap.ends().map(({i,x,y})=>({i,x,y,at:[latentMap.x(i),latentMap.y(i)],"
        "to:[latentMap.x(i^1),latentMap.y(i^1)]}))",
        tmp_path,
    )
    assert errors == []
    assert [one["i"] for one in result] == [0, 1, 2, 3]
    for one in result:
        middle = np.array([one["x"] + 20, one["y"] - 4]) - one["at"]
        assert (
            middle @ (np.array(one["to"]) - one["at"]) < 0
        )  # beyond the end, not over the line


@needs_browser
def test_rows_without_names_have_their_labels_written_in_place(tmp_path):
    x = np.random.default_rng(0).standard_normal((90, 3)) * 0.1
    x[:, :2] += np.repeat([[0, 0], [9, 0], [0, 9]], 30, axis=0)
    found = space_map(x, labels=[f"class {n // 30}" for n in range(90)])
    asked = (
        "const a=latentMap.groupNames();document.querySelector('#legend input').click();"
        "return [a.map(one=>[one.tag,one.x,one.y]),latentMap.groupNames().map(one=>one.tag),"
        "[...Array(90).keys()].map(i=>[latentMap.x(i),latentMap.y(i)])]"
    )
    (names, filtered, xy), errors = in_browser(map_page(found, title="t"), asked, tmp_path)
    assert errors == []
    assert [name for name, _, _ in names] == ["class 0", "class 1", "class 2"]
    assert filtered == ["class 1", "class 2"]
    for n, (_, x, y) in enumerate(names):
        middle = np.median(xy[30 * n : 30 * n + 30], axis=0)
        assert (x + 22, y - 4) == pytest.approx(tuple(middle), abs=8)


@needs_browser
@pytest.mark.parametrize("width", [1000, 500])
def test_arrows_and_paths_are_drawn_in_the_accent_and_a_phone_shows_all_points(tmp_path, width):
    found = made(path=np.random.default_rng(1).standard_normal((4, 6)))
    result, errors = in_browser(
        map_page(found, title="t", arrows=[(0, 1), (2, 3)]),
        "document.documentElement.style.colorScheme='light';latentMap.draw();"
        "const c=document.getElementById('over');"
        "const b=c.getContext('2d').getImageData(0,0,c.width,c.height).data;let accent=0;"
        "for(let i=0;i<b.length;i+=4)accent+=b[i]===31&&b[i+1]===95&&b[i+2]===191&&b[i+3]===255;"
        "const top=innerWidth>560?innerHeight:document.querySelector('aside').getBoundingClientRect().top;"
        "let under=0;for(let i=0;i<latentMap.count;i++)under+=latentMap.y(i)>top;"
        "return {accent,under,width:innerWidth}",
        tmp_path,
        width=width,
    )
    assert errors == []
    assert result["accent"] > 100
    assert (result["under"], result["width"]) == (0, width)
