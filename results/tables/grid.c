/* grid.c -- a grid of texts, printed. */
#include "results/tables/grid.h"

#include <stdio.h>
#include <string.h>

#include "results/tables/walk.h"
#include "support/label.h"
#include "support/memory.h"

enum { LINE_WIDTH = 110, GAP = 2 }; /* names of 26 characters beside five losses fit */
enum { NOTE_WIDTH = 100 };

bool table_grid_begin(struct grid_of_texts *grid, size_t rows, size_t columns)
{
    *grid = (struct grid_of_texts){.rows = rows, .columns = columns};
    grid->cell = memory_allocate(rows * columns, sizeof *grid->cell, "a table", NULL);
    return grid->cell != NULL;
}

struct text *table_grid_cell(struct grid_of_texts *grid, size_t row, size_t column)
{
    return &grid->cell[row * grid->columns + column];
}

void table_grid_name(struct text *out, const char *name, enum table_style style)
{
    if (style == TABLE_MARKDOWN)
        label_markdown(out, name);
    else
        label_plain(out, name);
}

void table_grid_variant(struct text *out, const struct results *results, size_t variant,
                        enum table_style style)
{
    table_variant(out, results, variant, style == TABLE_MARKDOWN ? label_markdown : label_plain);
}

/* Breaks a note between words; lines after the first are indented. */
static void print_wrapped(struct text *out, const char *note)
{
    size_t column = 0;
    while (*note) {
        size_t bytes = strcspn(note, " ");
        char word[REASON_SIZE * 4];
        snprintf(word, sizeof word, "%.*s", (int)(bytes < sizeof word ? bytes : sizeof word - 1), note);
        size_t width = label_width(word);
        if (column > 0 && column + 1 + width > NOTE_WIDTH) {
            text_append(out, "\n   ");
            column = 3;
        }
        text_append(out, "%s%s", column > 0 ? " " : "", word);
        column += width + (column > 0);
        note += bytes + strspn(note + bytes, " ");
    }
    text_append(out, "\n");
}

void table_note(struct text *out, const struct text *note, enum table_style style)
{
    if (style == TABLE_TEXT)
        print_wrapped(out, text_string(note));
    else
        text_append(out, "%s\n", text_string(note));
    text_carry(out, note);
}

static const char *string_at(const struct grid_of_texts *grid, size_t row, size_t column)
{
    return text_string(&grid->cell[row * grid->columns + column]);
}

static size_t width_of(const struct grid_of_texts *grid, size_t column)
{
    size_t width = 0;
    for (size_t r = 0; r < grid->rows; r++) {
        const size_t taken = label_width(string_at(grid, r, column));
        width = taken > width ? taken : width;
    }
    return width;
}

static void print_blanks(struct text *out, size_t count)
{
    while (count-- > 0)
        text_append(out, " ");
}

static void print_lines(struct text *out, const struct grid_of_texts *grid, size_t first, size_t end)
{
    for (size_t r = 0; r < grid->rows; r++) {
        text_append(out, "%s", string_at(grid, r, 0));
        print_blanks(out, width_of(grid, 0) - label_width(string_at(grid, r, 0)));
        for (size_t c = first; c < end; c++) {
            print_blanks(out, GAP + width_of(grid, c) - label_width(string_at(grid, r, c)));
            text_append(out, "%s", string_at(grid, r, c));
        }
        while (out->length > 0 && out->bytes[out->length - 1] == ' ')
            out->length--;
        text_append(out, "\n");
    }
}

static void print_text(struct text *out, const struct grid_of_texts *grid)
{
    for (size_t first = 1, end; first < grid->columns; first = end) {
        size_t width = width_of(grid, 0);
        for (end = first; end < grid->columns; end++) {
            width += width_of(grid, end) + GAP;
            if (width > LINE_WIDTH && end > first)
                break;
        }
        text_append(out, "%s", first > 1 ? "\n" : "");
        print_lines(out, grid, first, end);
    }
}

static void print_markdown(struct text *out, const struct grid_of_texts *grid)
{
    for (size_t r = 0; r < grid->rows; r++) {
        text_append(out, "|");
        for (size_t c = 0; c < grid->columns; c++)
            text_append(out, " %s |", string_at(grid, r, c));
        text_append(out, "\n");
        for (size_t c = 0; r == 0 && c < grid->columns; c++)
            text_append(out, c == 0 ? "|:--|" : "--:|");
        text_append(out, "%s", r == 0 ? "\n" : "");
    }
}

void table_grid_end(struct text *out, struct grid_of_texts *grid, enum table_style style)
{
    if (style == TABLE_MARKDOWN)
        print_markdown(out, grid);
    else
        print_text(out, grid);
    for (size_t i = 0; i < grid->rows * grid->columns; i++) {
        text_carry(out, &grid->cell[i]);
        text_release(&grid->cell[i]);
    }
    memory_release(grid->cell);
    *grid = (struct grid_of_texts){.rows = 0};
}
