#!/bin/sh
# The page of `report --format html` in other people's programs: it is well-formed, refers to nothing outside
# itself, holds figures as images, and fits a phone of 360 pixels and a desk of 1280 without scrolling sideways (in Chromium, where that
# is installed).  Prints a line for each check.  Runs from the root of the repository.
program=${LEXBENCH_TESTS:-build/float/tests}/results/html
python=/usr/bin/python3

if ! "$python" -c '' 2>/dev/null; then
    echo "skip html: python3 is not installed"
    exit 0
fi
if ! [ -x "$program" ]; then
    echo "not ok html: $program has not been built (make tests)"
    exit 1
fi
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
failed=0
for count in 3 40; do
    if ! "$program" "$folder/$count.html" "$count"; then
        echo "not ok html $count variants: $program could not write a page"
        failed=1
    fi
done
[ "$failed" = 0 ] || exit 1

"$python" - "$folder/3.html" "$folder/40.html" <<'END' || failed=1
import base64, html.parser, re, sys
import xml.etree.ElementTree as tree

bad = 0
inside = "data:image/svg+xml;base64,"
class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.targets, self.ids, self.elements, self.images = [], [], [], set(), []
    def handle_starttag(self, tag, attributes):
        self.elements.add(tag)
        if tag == "img":
            self.images.append(dict(attributes))
        for name, value in attributes:
            if tag == "img" and name == "src" and value.startswith(inside):
                continue
            if name in ("src", "srcset", "action", "data", "poster", "background") or name.startswith("on"):
                self.links.append(f"{tag} {name}={value}")
            if name in ("href", "xlink:href"):
                (self.targets if value.startswith("#") else self.links).append(value)
            if name == "id":
                self.ids.append(value)

for path in sys.argv[1:]:
    page, name = open(path, encoding="utf-8").read(), path.split("/")[-1]
    def check(what, holds, why=""):
        global bad
        bad += not holds
        print(("ok" if holds else "not ok") + f" html {name}: {what}" + ("" if holds else f": {why}"))
    try:
        tree.fromstring(page.replace("<!DOCTYPE html>", ""))
        check("well-formed", True)
    except tree.ParseError as error:
        check("well-formed", False, error)
    links = Links()
    links.feed(page)
    outside = links.links + re.findall(r"https?:|@import|url\((?!#)", page)
    check("refers to nothing outside", not outside, outside[:5])
    lost = [target for target in links.targets if target[1:] not in links.ids]
    check("its own references lead somewhere", links.targets and not lost, lost[:5])
    check("ids are unique", len(links.ids) == len(set(links.ids)))
    check("nothing runs", not links.elements & {"script", "iframe", "object", "embed", "link", "form", "svg"})
    check("has figures", links.images or "No figure" in page)
    try:
        drawn = [tree.fromstring(base64.b64decode(image["src"][len(inside):], validate=True)) for image in links.images]
        check("figures are SVG with text", all(svg.find(".//{http://www.w3.org/2000/svg}text") is not None for svg in drawn))
    except (tree.ParseError, ValueError) as error:
        check("figures are SVG with text", False, error)
    check("figures say what is to be seen", all(image.get("alt") for image in links.images))
sys.exit(bad > 0)
END

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -z "$browser" ]; then
    echo "skip html widths: chromium is not installed"
    exit "$failed"
fi

# In a frame of the width asked for, because a window has a least width.
for count in 3 40; do
    for width in 360 1280; do
        "$python" - "$folder/$count.html" "$width" >"$folder/frame.html" <<'END'
import html, sys
page = open(sys.argv[1], encoding="utf-8").read()
print(f'''<!DOCTYPE html><html><body><iframe style="border:0;width:{sys.argv[2]}px;height:2000px"
srcdoc="{html.escape(page)}"></iframe><script>
document.querySelector("iframe").onload = function () {{
    var inside = this.contentDocument, root = inside.documentElement, shown = 0, small = 1000, beyond = 0;
    inside.querySelectorAll("figure img").forEach(function (image) {{
        var box = image.getBoundingClientRect();
        if (box.width === 0 || image.naturalWidth === 0) return;
        shown++;
        if (box.right > root.clientWidth) beyond++;
        /* A copy of the same width, in which texts can be measured. */
        var bytes = Uint8Array.from(atob(image.src.split(",")[1]), c => c.charCodeAt(0));
        var svg = new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml").documentElement;
        svg.style.width = box.width + "px";
        svg.style.height = "auto";
        image.after(svg);
        svg.querySelectorAll("text").forEach(function (text) {{
            var high = text.getBoundingClientRect().height;
            if (high > 0 && high < small) small = high;
        }});
        svg.remove();
    }});
    document.documentElement.setAttribute("data-probe", ["width", root.scrollWidth, this.contentWindow.innerWidth,
        inside.querySelectorAll("figure").length, shown, beyond, small].join(" "));
}};</script></body></html>''')
END
        "$browser" --headless --no-sandbox --disable-gpu --disable-background-networking --disable-sync \
            --no-first-run --user-data-dir="$folder/profile" --window-size=1400,2000 \
            --dump-dom "file://$folder/frame.html" >"$folder/dom" 2>/dev/null
        probe=$(sed -n 's/.*data-probe="\([^"]*\)".*/\1/p' "$folder/dom" | head -n 1)
        set -- $probe
        name="html $count variants at $width pixels"
        if [ "$#" != 7 ]; then
            echo "not ok $name: $browser did not measure the page"
            failed=1
        elif [ "$3" != "$width" ] || [ "$2" -gt "$width" ]; then
            echo "not ok $name: the page is $2 wide in a window of $3"
            failed=1
        elif command -v gnuplot >/dev/null 2>&1 && { [ "$4" = 0 ] || [ "$5" != "$4" ] || [ "$6" != 0 ]; }; then
            echo "not ok $name: of $4 figures $5 drawings are shown, $6 of them wider than the page"
            failed=1
        elif [ "${7%%.*}" -lt 9 ]; then
            echo "not ok $name: text of figures is only $7 pixels high"
            failed=1
        else
            echo "ok $name"
        fi
    done
done
exit "$failed"
