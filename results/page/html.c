/* html.c -- the page as a whole: its order, its looks, its verdicts. */
#include "results/page/html.h"

#include <stdbool.h>

#include "results/page/private.h"
#include "results/tables/table.h"

/* Readable at 360 pixels and at 1280, in light and in dark, and on paper.  What is wider than the page
 * scrolls in its own box. */
static const char style[] =
    ":root { color-scheme: light dark; --ink: #1d1f21; --soft: #5c6166; --line: #d9dcdf; --ground: #ffffff;\n"
    "  --shade: #f4f5f7; --mark: #00538a; --good: #00603f; --bad: #a33b00; }\n"
    "@media (prefers-color-scheme: dark) { :root { --ink: #e4e6e8; --soft: #a4a9ae; --line: #3b3f44;\n"
    "  --ground: #17191b; --shade: #212427; --mark: #7cc4f4; --good: #6fd0a4; --bad: #ff9d66; } }\n"
    "* { box-sizing: border-box; }\n"
    "body { margin: 0 auto; max-width: 62rem; padding: 1.2rem 1rem 4rem; background: var(--ground);\n"
    "  color: var(--ink); font: 16px/1.5 Lato, system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif;\n"
    "  overflow-wrap: anywhere; }\n"
    "h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }\n"
    "h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--line); "
    "}\n"
    "h3 { font-size: 1.02rem; margin: 1.6rem 0 .2rem; }\n"
    "p { margin: .4rem 0; } .soft { color: var(--soft); font-size: .9rem; }\n"
    "nav a { margin-right: 1rem; white-space: nowrap; } a { color: var(--mark); }\n"
    ".box { overflow-x: auto; margin: .5rem 0 1rem; }\n"
    "table { border-collapse: collapse; font-size: .9rem; overflow-wrap: normal; font-variant-numeric: "
    "tabular-nums; }\n"
    "th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: "
    "top; }\n"
    "thead th { border-bottom: 2px solid var(--line); white-space: nowrap; }\n"
    "tbody th { font-weight: 600; position: sticky; left: 0; background: var(--ground); max-width: 14rem;\n"
    "  overflow-wrap: anywhere; min-width: 7rem; }\n"
    "thead th + th.length { text-align: right; } td.number { text-align: right; white-space: nowrap; } "
    "td.number small { display: block; color: var(--soft); }\n"
    "td.best { font-weight: 700; background: var(--shade); } td.none { color: var(--bad); font-style: "
    "italic; }\n"
    "td.long { min-width: 12rem; overflow-wrap: anywhere; }\n"
    ".verdict { border-left: 4px solid var(--soft); padding: .1rem .9rem; margin: .7rem 0; }\n"
    ".verdict b { text-transform: uppercase; letter-spacing: .04em; font-size: .85rem; }\n"
    "figure { margin: 1rem 0 1.6rem; } figure img { display: block; width: 100%; height: auto; "
    "border-radius: 4px; }\n"
    "figure img.narrow { display: none; } figcaption { color: var(--soft); font-size: .9rem; }\n"
    "pre { background: var(--shade); padding: .7rem .9rem; border-radius: 4px; white-space: pre-wrap; "
    "font-size: .85rem; }\n"
    "code { font-size: .92em; background: var(--shade); padding: .05rem .25rem; border-radius: 3px; }\n"
    "@media (max-width: 640px) { figure img.wide { display: none; } figure img.narrow { display: block; }\n"
    "  body { padding: .9rem .8rem 3rem; } th, td { padding: .25rem .5rem; } tbody th { max-width: 9rem; } "
    "}\n"
    "@media print { :root { --ink: #000; --soft: #444; --line: #bbb; --ground: #fff; --shade: #f2f2f2; "
    "--mark: #000;\n"
    "  --good: #000; --bad: #000; } body { max-width: none; font-size: 10pt; padding: 0; } nav { display: "
    "none; }\n"
    "  .box { overflow: visible; } figure, .verdict, tr { break-inside: avoid; } h2, h3 { break-after: "
    "avoid; }\n"
    "  figure img.wide { display: block; } figure img.narrow { display: none; } }\n";

void html_write(struct text *out, const struct results *results)
{
    static const char *const sections[][2] = {{"run", "What was run"}, {"verdicts", "Verdicts"},
                                              {"tables", "Tables"},    {"figures", "Figures"},
                                              {"missing", "Missing"},  {"repeat", "Repeat"}};
    text_append(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>");
    html_text(out, results->title);
    text_append(out, " - lexbench</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>", style);
    html_text(out, results->title);
    text_append(out,
                "</h1>\n<p class=\"soft\">Length extrapolation: what happens beyond the training length.  "
                "L is the training length, n the evaluation length.</p>\n<nav>\n");
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        text_append(out, "<a href=\"#%s\">%s</a>\n", sections[i][0], sections[i][1]);
    text_append(out, "</nav>\n");
    html_what(out, results);
    html_verdicts(out, results);
    html_tables(out, results);
    html_figures(out, results);
    html_missing(out, results);
    html_repeat(out, results);
    text_append(out, "</body>\n</html>\n");
}

const struct table_format table_format_html = {
    .name = "html",
    .summary = "a page for people with tables, figures, what is missing and how to repeat the run",
    .write = html_write,
};
